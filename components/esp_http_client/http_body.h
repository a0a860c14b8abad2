/* SPDX-License-Identifier: Apache-2.0 */
/* Where a response's body ends: by length, by its last chunk, or with the connection. Pure. */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"
#include "http_parse.h"

#define HTTP_BODY_MAX_LINE 256u /* chunk extension or trailer line */

enum http_body_kind {
    HTTP_BODY_NONE,
    HTTP_BODY_LENGTH,
    HTTP_BODY_CHUNKED,
    HTTP_BODY_UNTIL_CLOSE,
};

enum http_chunk_state {
    HTTP_CHUNK_SIZE,
    HTTP_CHUNK_EXTENSION,
    HTTP_CHUNK_DATA,
    HTTP_CHUNK_DATA_END,
    HTTP_CHUNK_TRAILER,
};

/* Caller owns the memory; contents are private but for the fields marked readable. */
struct http_body {
    enum http_body_kind kind; /* readable */
    bool done;                /* readable: the end is proven by length or last chunk */
    uint32_t left;            /* bytes of the body or of the present chunk */
    uint32_t n_digits;
    uint32_t line_len;
    uint32_t n_trailers;
    enum http_chunk_state state;
};

/* Sets b for the response that head describes, to a HEAD request or another. */
void http_body_init(struct http_body *b, const struct http_head *head, bool head_request);

/* Takes bytes of in[len] until a piece of the body is found or all are taken. *data points into in,
 * *n is its length, 0 when only framing was seen; *used counts all that was taken. Takes nothing
 * after the end. Errors: ESP_ERR_INVALID_RESPONSE (a chunk that is none). */
esp_err_t http_body_feed(struct http_body *b, const char *in, size_t len, size_t *used,
                         const char **data, size_t *n);

#endif
