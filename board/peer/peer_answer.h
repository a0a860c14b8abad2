/* SPDX-License-Identifier: Apache-2.0 */
/* What a request gets from the server: a file, a part of it, or what the script puts in its place.
 */
#ifndef VB_PEER_ANSWER_H
#define VB_PEER_ANSWER_H

#include "peer_server.h"

/* Writes the head of the answer to conn's channel and leaves the body in conn to be sent.
 * is_readable: request holds one; otherwise the answer says that it does not. */
void vb_peer_answer(struct vb_conn *conn, const struct vb_http_request *request, bool is_readable);

#endif
