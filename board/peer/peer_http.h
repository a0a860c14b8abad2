/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of HTTP/1.x requests and answers as text. Pure. Bodies of requests are not understood. */
#ifndef VB_PEER_HTTP_H
#define VB_PEER_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VB_HTTP_PATH 511u
#define VB_HTTP_HEAD 4096u /* of a request, with its empty line */

enum vb_http_method { VB_HTTP_GET, VB_HTTP_HEAD_METHOD, VB_HTTP_OTHER };

struct vb_http_request {
    enum vb_http_method method;
    char path[VB_HTTP_PATH + 1]; /* without query */
    bool keeps_open;
};

/* Reads a request head. Returns its length, 0 when it is not complete, -1 when it is none. */
int vb_http_parse(const char *text, size_t len, struct vb_http_request *request);

struct vb_http_answer {
    unsigned status;
    uint64_t length;      /* Content-Length */
    const char *location; /* NULL: none */
    bool keeps_open;
};

/* The usual text of a status. */
const char *vb_http_reason(unsigned status);
/* Writes the head; returns its length, less than size. */
size_t vb_http_write(char *out, size_t size, const struct vb_http_answer *answer);

#endif
