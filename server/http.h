/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/1.x requests as bytes: pure functions, no I/O. Strict where two readers could disagree. */
#ifndef SRV_HTTP_H
#define SRV_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#define SRV_HEAD_MAX 8192 /* bytes of a request line with its headers */
#define SRV_PATH_MAX 1024 /* bytes of a decoded path with its NUL */
#define SRV_ETAG_MAX 64   /* bytes of an entity tag with its NUL */

struct srv_request {
    char method[16];         /* "-" when the request line is unreadable */
    char shown[240];         /* the target, printable, for the log */
    char path[SRV_PATH_MAX]; /* decoded: starts with '/', no "." or ".." or empty segments */
    char if_none_match[256]; /* value of that header, "" when absent or too long */
    char range[64];          /* likewise; "?", which names no bytes, when it comes twice */
    char if_range[SRV_ETAG_MAX];
    bool is_head;
    bool keep_alive;
};

/* Returns the length of the head at the start of data, with its empty line, or 0 when the empty
 * line has not come yet. Lines end in CR LF or LF. */
size_t srv_http_head_len(const char *data, size_t len);

/* Parses a complete head. Returns 0, or the status to answer with: 400, 403 (".." segment), 405,
 * 413 (a body is announced), 414, 501, 505. method and shown are filled in any case. */
unsigned srv_http_parse(const char *head, size_t len, struct srv_request *out);

/* Decodes an origin-form target up to '?' into path. Returns 0, 400, 403 or 414 as above. */
unsigned srv_http_decode_path(const char *target, size_t len, char path[SRV_PATH_MAX]);

/* True when the list of entity tags in an If-None-Match header holds etag or is "*". */
bool srv_http_etag_matches(const char *list, const char *etag);

/* The reason phrase of a status this server sends. */
const char *srv_http_reason(unsigned status);

/* Copies text[len] to dst[size] with bytes outside 0x21..0x7e as \xNN; cuts at the end with "...".
 */
void srv_http_escape_log(const char *text, size_t len, char *dst, size_t size);

#endif
