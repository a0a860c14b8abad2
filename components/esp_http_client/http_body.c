/* SPDX-License-Identifier: Apache-2.0 */
/* Framing of bodies. A chunk's size has at most seven hex digits: 256 MB, and no overflow. */
#include "http_body.h"

#include <string.h>

#define MAX_SIZE_DIGITS 7u
#define MAX_TRAILERS    32u

void http_body_init(struct http_body *b, const struct http_head *head, bool head_request)
{
    memset(b, 0, sizeof(*b));
    if (head_request || head->status == 204 || head->status == 304) {
        b->kind = HTTP_BODY_NONE;
        b->done = true;
    } else if (head->chunked) {
        b->kind = HTTP_BODY_CHUNKED;
    } else if (head->has_length) {
        b->kind = HTTP_BODY_LENGTH;
        b->left = head->length;
        b->done = b->left == 0;
    } else {
        b->kind = HTTP_BODY_UNTIL_CLOSE;
    }
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

static void next_line(struct http_body *b, enum http_chunk_state state)
{
    b->state = state;
    b->line_len = 0;
}

static bool size_line_end(struct http_body *b)
{
    if (b->n_digits == 0) {
        return false;
    }
    next_line(b, b->left == 0 ? HTTP_CHUNK_TRAILER : HTTP_CHUNK_DATA);
    b->n_digits = 0;
    return true;
}

static bool size_byte(struct http_body *b, char c)
{
    int digit = hex_value(c);
    if (digit >= 0) {
        b->left = b->left << 4 | (uint32_t)digit;
        return ++b->n_digits <= MAX_SIZE_DIGITS;
    }
    if (c == '\n') {
        return size_line_end(b);
    }
    if (c == '\r' || c == ';' || c == ' ' || c == '\t') {
        b->state = HTTP_CHUNK_EXTENSION;
        return b->n_digits > 0;
    }
    return false;
}

static bool trailer_byte(struct http_body *b, char c)
{
    if (c == '\n') {
        b->done = b->line_len == 0;
        b->line_len = 0;
        return ++b->n_trailers <= MAX_TRAILERS;
    }
    if (c != '\r') {
        b->line_len++;
    }
    return b->line_len <= HTTP_BODY_MAX_LINE;
}

/* One byte of chunk framing; false when it cannot stand there. */
static bool framing_byte(struct http_body *b, char c)
{
    switch (b->state) {
    case HTTP_CHUNK_SIZE:
        return size_byte(b, c);
    case HTTP_CHUNK_EXTENSION:
        return c == '\n' ? size_line_end(b) : ++b->line_len <= HTTP_BODY_MAX_LINE;
    case HTTP_CHUNK_DATA_END:
        if (c == '\n') {
            next_line(b, HTTP_CHUNK_SIZE);
            return true;
        }
        return c == '\r' && ++b->line_len == 1;
    case HTTP_CHUNK_TRAILER:
        return trailer_byte(b, c);
    default:
        return false;
    }
}

static void take_data(struct http_body *b, const char *in, size_t len, size_t *used,
                      const char **data, size_t *n)
{
    *data = in + *used;
    *n = len - *used < b->left ? len - *used : b->left;
    *used += *n;
    b->left -= (uint32_t)*n;
}

static esp_err_t feed_chunked(struct http_body *b, const char *in, size_t len, size_t *used,
                              const char **data, size_t *n)
{
    while (*used < len && !b->done) {
        if (b->state == HTTP_CHUNK_DATA) {
            take_data(b, in, len, used, data, n);
            if (b->left == 0) {
                next_line(b, HTTP_CHUNK_DATA_END);
            }
            return ESP_OK;
        }
        if (!framing_byte(b, in[(*used)++])) {
            return ESP_ERR_INVALID_RESPONSE;
        }
    }
    return ESP_OK;
}

esp_err_t http_body_feed(struct http_body *b, const char *in, size_t len, size_t *used,
                         const char **data, size_t *n)
{
    *used = 0;
    *data = in;
    *n = 0;
    if (b->done) {
        return ESP_OK;
    }
    switch (b->kind) {
    case HTTP_BODY_CHUNKED:
        return feed_chunked(b, in, len, used, data, n);
    case HTTP_BODY_LENGTH:
        take_data(b, in, len, used, data, n);
        b->done = b->left == 0;
        return ESP_OK;
    default:
        *used = len;
        *n = len;
        return ESP_OK;
    }
}
