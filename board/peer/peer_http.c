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
    return (int)head_len;
}

const char *vb_http_reason(unsigned status)
{
    switch (status) {
    case 200:
        return "OK";
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
    case 500:
        return "Internal Server Error";
    case 503:
        return "Service Unavailable";
    default:
        return "As Scripted";
    }
}

size_t vb_http_write(char *out, size_t size, const struct vb_http_answer *answer)
{
    bool has_location = answer->location != NULL;
    int n =
        snprintf(out, size,
                 "HTTP/1.1 %u %s\r\nContent-Type: application/octet-stream\r\n"
                 "Content-Length: %llu\r\n%s%s%s%s\r\n",
                 answer->status, vb_http_reason(answer->status), (unsigned long long)answer->length,
                 has_location ? "Location: " : "", has_location ? answer->location : "",
                 has_location ? "\r\n" : "", answer->keeps_open ? "" : "Connection: close\r\n");
    return n > 0 && (size_t)n < size ? (size_t)n : 0;
}
