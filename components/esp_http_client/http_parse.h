/* SPDX-License-Identifier: Apache-2.0 */
/* The head of an HTTP/1.x response, pushed in pieces of any length. Refuses what is ambiguous:
 * folded lines, blanks before the colon, contradicting lengths, a length beside a transfer coding.
 * Pure. */
#ifndef HTTP_PARSE_H
#define HTTP_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"

#define HTTP_LINE_LEN       1088u  /* one line with its end; a Location of HTTP_URL_MAX_LEN fits */
#define HTTP_HEAD_MAX_LEN   16384u /* all lines, interim responses included */
#define HTTP_HEAD_MAX_LINES 100u

enum http_head_step {
    HTTP_HEAD_MORE,  /* all bytes taken, the head goes on */
    HTTP_HEAD_FIELD, /* name and value are valid until the next feed */
    HTTP_HEAD_DONE,  /* what follows *used is the body */
};

/* Caller owns the memory; contents are private but for the fields marked readable. */
struct http_head {
    int status;       /* readable when done */
    bool http_1_0;    /* readable when done */
    bool has_length;  /* readable when done */
    bool chunked;     /* readable when done */
    uint32_t length;  /* readable when done: Content-Length, at most INT32_MAX */
    const char *name; /* readable at HTTP_HEAD_FIELD, NUL-terminated */
    const char *value;
    bool in_fields; /* the status line has passed */
    bool cut;       /* the present line did not fit; its rest is skipped */
    uint32_t total;
    uint32_t n_lines;
    size_t fill;
    char line[HTTP_LINE_LEN];
};

void http_head_init(struct http_head *h);

/* Takes bytes of data[len] until something is to be told; *used says how many. A field too long for
 * a line is skipped, unless framing or the redirect depend on it. Errors: ESP_ERR_INVALID_RESPONSE
 * (not HTTP/1.x, or ambiguous), ESP_ERR_HTTP_HEADER_TOO_LONG, ESP_ERR_NOT_SUPPORTED (another
 * transfer coding than chunked, a body over 2 GB). After an error the head is only good for
 * http_head_init(). */
esp_err_t http_head_feed(struct http_head *h, const char *data, size_t len, size_t *used,
                         enum http_head_step *step);

#endif
