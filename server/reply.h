/* SPDX-License-Identifier: Apache-2.0 */
/* Decides what a request gets. */
#ifndef SRV_REPLY_H
#define SRV_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "file.h"
#include "http.h"

struct evbuffer;

/* An answer ready to be sent: its head and, unless it comes from a file, its body. */
struct srv_reply {
    unsigned status;
    struct evbuffer *out; /* owned: head, then a body made in memory */
    uint64_t head_len;    /* bytes of out before the body */
    struct srv_file file; /* owned: body_len bytes follow out from here when fd >= 0, */
    uint64_t file_from;   /* beginning with this one */
    uint64_t file_size;   /* of the whole, which 416 tells */
    uint64_t body_len;
    bool keep_alive;
};

/* Makes the answer to request, of which srv_http_parse() returned status.
 * Errors: false when memory is out; nothing is then owned. */
bool srv_reply_make(int root_fd, const struct srv_request *request, unsigned status,
                    struct srv_reply *out);

/* Frees what the reply owns; may be repeated. */
void srv_reply_clear(struct srv_reply *reply);

#endif
