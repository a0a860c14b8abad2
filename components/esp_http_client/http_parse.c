/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes are collected into a line; a complete line is judged. */
#include "http_parse.h"

#include <string.h>
#include <strings.h>

void http_head_init(struct http_head *h)
{
    memset(h, 0, sizeof(*h));
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "HTTP/1.x NNN[ reason]" */
static esp_err_t status_line(struct http_head *h)
{
    const char *s = h->line;
    bool ok = h->fill >= 12 && memcmp(s, "HTTP/1.", 7) == 0 && (s[7] == '0' || s[7] == '1') &&
              s[8] == ' ' && is_digit(s[9]) && is_digit(s[10]) && is_digit(s[11]) &&
              (h->fill == 12 || s[12] == ' ');
    if (!ok) {
        return ESP_ERR_INVALID_RESPONSE;
    }
    h->status = (s[9] - '0') * 100 + (s[10] - '0') * 10 + (s[11] - '0');
    if (h->status < 100 || h->status == 101) {
        return ESP_ERR_INVALID_RESPONSE;
    }
    h->http_1_0 = s[7] == '0';
    h->in_fields = true;
    return ESP_OK;
}

/* Characters of a header's name (RFC 9110, token). */
static bool is_token(const char *text, size_t len)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !is_digit(c) && (c == '\0' || strchr(others, c) == NULL)) {
            return false;
        }
    }
    return len > 0;
}

static esp_err_t content_length(struct http_head *h, const char *value)
{
    uint32_t length = 0;
    if (*value == '\0') {
        return ESP_ERR_INVALID_RESPONSE;
    }
    for (; *value != '\0'; value++) {
        if (!is_digit(*value)) {
            return ESP_ERR_INVALID_RESPONSE;
        }
        uint32_t digit = (uint32_t)(*value - '0');
        if (length > ((uint32_t)INT32_MAX - digit) / 10) {
            return ESP_ERR_NOT_SUPPORTED;
        }
        length = length * 10 + digit;
    }
    if (h->has_length && h->length != length) {
        return ESP_ERR_INVALID_RESPONSE;
    }
    h->has_length = true;
    h->length = length;
    return ESP_OK;
}

static esp_err_t transfer_coding(struct http_head *h, const char *value)
{
    if (strcasecmp(value, "chunked") != 0 || h->chunked) {
        return ESP_ERR_NOT_SUPPORTED;
    }
    h->chunked = true;
    return ESP_OK;
}

static esp_err_t framing_field(struct http_head *h)
{
    if (strcasecmp(h->name, "Content-Length") == 0) {
        return content_length(h, h->value);
    }
    if (strcasecmp(h->name, "Transfer-Encoding") == 0) {
        return transfer_coding(h, h->value);
    }
    return ESP_OK;
}

static bool is_needed_whole(const char *name)
{
    return strcasecmp(name, "Content-Length") == 0 || strcasecmp(name, "Transfer-Encoding") == 0 ||
           strcasecmp(name, "Location") == 0;
}

static esp_err_t field_line(struct http_head *h, enum http_head_step *step)
{
    char *colon = memchr(h->line, ':', h->fill);
    if (colon == NULL || !is_token(h->line, (size_t)(colon - h->line)) ||
        memchr(h->line, '\0', h->fill) != NULL) {
        return ESP_ERR_INVALID_RESPONSE;
    }
    *colon = '\0';
    h->name = h->line;
    if (h->cut) {
        return is_needed_whole(h->name) ? ESP_ERR_HTTP_HEADER_TOO_LONG : ESP_OK;
    }
    char *value = colon + 1;
    char *end = h->line + h->fill;
    while (value < end && (*value == ' ' || *value == '\t')) {
        value++;
    }
    while (end > value && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }
    *end = '\0';
    h->value = value;
    *step = HTTP_HEAD_FIELD;
    return framing_field(h);
}

/* The empty line: an interim response (100 Continue) makes room for the real one. */
static esp_err_t head_end(struct http_head *h, enum http_head_step *step)
{
    if (h->status >= 200) {
        *step = HTTP_HEAD_DONE;
        return h->chunked && h->has_length ? ESP_ERR_INVALID_RESPONSE : ESP_OK;
    }
    uint32_t total = h->total;
    uint32_t n_lines = h->n_lines;
    http_head_init(h);
    h->total = total;
    h->n_lines = n_lines;
    return ESP_OK;
}

static esp_err_t judge_line(struct http_head *h, enum http_head_step *step)
{
    if (++h->n_lines > HTTP_HEAD_MAX_LINES) {
        return ESP_ERR_HTTP_HEADER_TOO_LONG;
    }
    if (!h->cut && h->fill > 0 && h->line[h->fill - 1] == '\r') {
        h->fill--;
    }
    h->line[h->fill] = '\0';
    if (memchr(h->line, '\r', h->fill) != NULL) {
        return ESP_ERR_INVALID_RESPONSE;
    }
    if (!h->in_fields) {
        return h->cut ? ESP_ERR_HTTP_HEADER_TOO_LONG : status_line(h);
    }
    if (h->fill == 0) {
        return head_end(h, step);
    }
    return field_line(h, step);
}

esp_err_t http_head_feed(struct http_head *h, const char *data, size_t len, size_t *used,
                         enum http_head_step *step)
{
    *step = HTTP_HEAD_MORE;
    for (*used = 0; *used < len;) {
        char c = data[(*used)++];
        if (++h->total > HTTP_HEAD_MAX_LEN) {
            return ESP_ERR_HTTP_HEADER_TOO_LONG;
        }
        if (c == '\n') {
            esp_err_t err = judge_line(h, step);
            h->fill = 0;
            h->cut = false;
            if (err != ESP_OK || *step != HTTP_HEAD_MORE) {
                return err;
            }
        } else if (h->fill + 1 < HTTP_LINE_LEN) {
            h->line[h->fill++] = c;
        } else {
            h->cut = true;
        }
    }
    return ESP_OK;
}
