/* SPDX-License-Identifier: Apache-2.0 */
/* See peer_http.h. Answers bear no date: it would be the host's. */
#include "peer_http.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *find(const char *text, size_t len, const char *what)
{
    return memmem(text, len, what, strlen(what));
}

/* True when a header line of the head says name: value, whatever their case. */
static bool has_header(const char *head, size_t len, const char *line)
{
    size_t n = strlen(line);
    for (const char *at = head; (at = find(at, len - (size_t)(at - head), "\r\n")) != NULL;) {
        at += 2;
        size_t left = len - (size_t)(at - head);
        if (left >= n + 2 && strncasecmp(at, line, n) == 0 && at[n] == '\r') {
            return true;
        }
    }
    return false;
}

/* The value of the header that line begins ("Range: "), up to its end; NULL: there is none. */
static const char *header(const char *head, size_t len, const char *line, size_t *value_len)
{
    size_t n = strlen(line);
    for (const char *at = head; (at = find(at, len - (size_t)(at - head), "\r\n")) != NULL;) {
        at += 2;
        size_t left = len - (size_t)(at - head);
        if (left >= n && strncasecmp(at, line, n) == 0) {
            const char *end = find(at, left, "\r\n");
            *value_len = (size_t)(end - at) - n;
            return at + n;
        }
    }
    return NULL;
}

/* Digits at *text; false when there are none, or too many. */
static bool take_number(const char **text, const char *end, uint64_t *n)
{
    const char *start = *text;
    for (*n = 0; *text < end && isdigit((unsigned char)**text); (*text)++) {
        *n = *n * 10 + (uint64_t)(**text - '0');
    }
    return *text > start && *text - start <= 18;
}

/* "bytes=A-" or "bytes=A-B"; whatever else is ignored, as RFC 9110 allows. */
static void parse_range(const char *head, size_t len, struct vb_http_request *request)
{
    size_t n;
    const char *text = header(head, len, "Range: bytes=", &n);
    const char *end = text != NULL ? text + n : NULL;
    request->has_range = false;
    request->to = UINT64_MAX;
    if (text == NULL || !take_number(&text, end, &request->from) || text == end || *text != '-') {
        return;
    }
    text++;
    request->has_range = text == end || (take_number(&text, end, &request->to) && text == end &&
                                         request->to >= request->from);
}

static void parse_if_range(const char *head, size_t len, struct vb_http_request *request)
{
    size_t n;
    const char *text = header(head, len, "If-Range: ", &n);
    snprintf(request->if_range, sizeof(request->if_range), "%.*s", text != NULL ? (int)n : 0,
             text != NULL ? text : "");
}

static enum vb_http_method method_of(const char *line, size_t len)
{
    if (len == 3 && memcmp(line, "GET", 3) == 0) {
        return VB_HTTP_GET;
    }
    return len == 4 && memcmp(line, "HEAD", 4) == 0 ? VB_HTTP_HEAD_METHOD : VB_HTTP_OTHER;
}

/* "METHOD SP target SP HTTP/1.x" in line[len]. */
static bool parse_line(const char *line, size_t len, struct vb_http_request *request,
                       bool *is_http_1_1)
{
    const char *target = memchr(line, ' ', len);
    if (target == NULL || target[1] != '/') {
        return false;
    }
    request->method = method_of(line, (size_t)(target - line));
    target++;
    size_t left = len - (size_t)(target - line);
    const char *version = memchr(target, ' ', left);
    if (version == NULL || line + len - version != 9 || memcmp(version, " HTTP/1.", 8) != 0) {
        return false;
    }
    *is_http_1_1 = version[8] == '1';
    size_t n = (size_t)(version - target);
    const char *query = memchr(target, '?', n);
    n = query != NULL ? (size_t)(query - target) : n;
    if (n > VB_HTTP_PATH || memchr(target, '\0', n) != NULL) {
        return false;
    }
    memcpy(request->path, target, n);
    request->path[n] = '\0';
    return true;
}

int vb_http_parse(const char *text, size_t len, struct vb_http_request *request)
{
    bool is_http_1_1 = false;
    size_t searched = len < VB_HTTP_HEAD ? len : VB_HTTP_HEAD;
    if (len > 0 && !isupper((unsigned char)text[0])) {
        return -1;
    }
    const char *end = find(text, searched, "\r\n\r\n");
    if (end == NULL) {
        return len < VB_HTTP_HEAD ? 0 : -1;
    }
    size_t head_len = (size_t)(end - text) + 4;
    size_t line_len = (size_t)(find(text, head_len, "\r\n") - text);
    if (!parse_line(text, line_len, request, &is_http_1_1)) {
        return -1;
    }
    request->keeps_open = is_http_1_1 ? !has_header(text, head_len, "Connection: close")
                                      : has_header(text, head_len, "Connection: keep-alive");
    parse_range(text, head_len, request);
    parse_if_range(text, head_len, request);
    return (int)head_len;
}

const char *vb_http_reason(unsigned status)
{
    switch (status) {
    case 200:
        return "OK";
    case 206:
        return "Partial Content";
    case 302:
        return "Found";
    case 400:
        return "Bad Request";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 416:
        return "Range Not Satisfiable";
    case 500:
        return "Internal Server Error";
    case 503:
        return "Service Unavailable";
    default:
        return "As Scripted";
    }
}

unsigned vb_http_choose_range(const struct vb_http_request *request, const char *etag, uint64_t len,
                              uint64_t *from, uint64_t *end)
{
    bool is_same = request->if_range[0] == '\0' || strcmp(request->if_range, etag) == 0;
    *from = 0;
    *end = len;
    if (!request->has_range || !is_same) {
        return 200;
    }
    if (request->from >= len) {
        return 416;
    }
    *from = request->from;
    *end = request->to < len ? request->to + 1 : len;
    return 206;
}

/* Content-Range, ETag and Accept-Ranges as far as they belong there. */
static void write_range(char out[160], const struct vb_http_answer *answer)
{
    int n = 0;
    out[0] = '\0';
    if (answer->status == 206) {
        n = snprintf(out, 160, "Content-Range: bytes %llu-%llu/%llu\r\n",
                     (unsigned long long)answer->from,
                     (unsigned long long)(answer->from + answer->length - 1),
                     (unsigned long long)answer->total);
    } else if (answer->status == 416) {
        n = snprintf(out, 160, "Content-Range: bytes */%llu\r\n",
                     (unsigned long long)answer->total);
    }
    if (answer->etag != NULL) {
        snprintf(out + n, 160 - (size_t)n, "ETag: %s\r\nAccept-Ranges: bytes\r\n", answer->etag);
    }
}

size_t vb_http_write(char *out, size_t size, const struct vb_http_answer *answer)
{
    bool has_location = answer->location != NULL;
    char range[160];
    write_range(range, answer);
    int n =
        snprintf(out, size,
                 "HTTP/1.1 %u %s\r\nContent-Type: application/octet-stream\r\n"
                 "Content-Length: %llu\r\n%s%s%s%s%s\r\n",
                 answer->status, vb_http_reason(answer->status), (unsigned long long)answer->length,
                 range, has_location ? "Location: " : "", has_location ? answer->location : "",
                 has_location ? "\r\n" : "", answer->keeps_open ? "" : "Connection: close\r\n");
    return n > 0 && (size_t)n < size ? (size_t)n : 0;
}
