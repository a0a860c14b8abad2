/* SPDX-License-Identifier: Apache-2.0 */
/* Connections whose answers somebody else writes (struct vb_peer_author). */
#ifndef VB_PEER_AUTHOR_H
#define VB_PEER_AUTHOR_H

#include "peer_server.h"

/* Counts a connection that comes, and asks the author, if there is one, whether it is wanted. */
bool vb_author_begin(struct vb_server *server);
/* Reads the request and carries out the next step, when the step before has left and it is time. */
void vb_author_work(struct vb_conn *conn, uint64_t now_us);

#endif
