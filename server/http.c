/* SPDX-License-Identifier: Apache-2.0 */
/* Reads HTTP/1.x requests. What is ambiguous (folded lines, spaces in names, doubled lengths) is
 * refused, not guessed. */
#include "http.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

struct span {
    const char *at;
    size_t len;
};

/* Facts gathered while reading the headers. */
struct headers {
    unsigned n_hosts;
    bool has_body;
    bool has_encoding;
    bool close;
    bool keep_alive;
};

size_t srv_http_head_len(const char *data, size_t len)
{
    bool line_is_empty = false; /* true from a line end until the next visible byte */
    bool any = false;
    for (size_t i = 0; i < len; i++) {
        if (data[i] == '\n') {
            if (line_is_empty && any) {
                return i + 1;
            }
            line_is_empty = true;
        } else if (data[i] != '\r') {
            line_is_empty = false;
            any = true;
        }
    }
    return 0;
}

/* Takes one line without its end off the rest. Returns false at the end. */
static bool next_line(struct span *rest, struct span *line)
{
    const char *end = memchr(rest->at, '\n', rest->len);
    if (!end) {
        return false;
    }
    line->at = rest->at;
    line->len = (size_t)(end - rest->at);
    rest->len -= line->len + 1;
    rest->at = end + 1;
    if (line->len > 0 && line->at[line->len - 1] == '\r') {
        line->len--;
    }
    return true;
}

static bool is_token_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool is_token(struct span s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!is_token_char(s.at[i])) {
            return false;
        }
    }
    return s.len > 0;
}

static bool span_is(struct span s, const char *text)
{
    return s.len == strlen(text) && strncasecmp(s.at, text, s.len) == 0;
}

static struct span trim(struct span s)
{
    while (s.len > 0 && (s.at[0] == ' ' || s.at[0] == '\t')) {
        s.at++;
        s.len--;
    }
    while (s.len > 0 && (s.at[s.len - 1] == ' ' || s.at[s.len - 1] == '\t')) {
        s.len--;
    }
    return s;
}

/* Takes the text before sep, or all of it, off the rest. */
static struct span take_until(struct span *rest, char sep)
{
    const char *end = rest->len ? memchr(rest->at, sep, rest->len) : NULL;
    struct span head = {rest->at, end ? (size_t)(end - rest->at) : rest->len};
    size_t used = head.len + (end ? 1 : 0);
    rest->at += used;
    rest->len -= used;
    return head;
}

static bool has_control(struct span s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            return true;
        }
    }
    return false;
}

static void read_connection(struct span value, struct headers *h)
{
    while (value.len > 0) {
        struct span item = trim(take_until(&value, ','));
        h->close |= span_is(item, "close");
        h->keep_alive |= span_is(item, "keep-alive");
    }
}

/* A length of zero announces no body; clients of the ESP8266 send it with GET. */
static bool is_zero(struct span s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] != '0') {
            return false;
        }
    }
    return s.len > 0;
}

static void copy(struct span value, char *to, size_t size)
{
    if (value.len < size) {
        memcpy(to, value.at, value.len);
        to[value.len] = '\0';
    }
}

/* Headers that say which bytes are wanted, and of which version. An If-Range that is too long for a
 * tag of ours is of another version. */
static void read_condition(struct span name, struct span value, struct srv_request *out)
{
    static const struct span other = {"?", 1};
    if (span_is(name, "If-None-Match")) {
        copy(value, out->if_none_match, sizeof out->if_none_match);
    } else if (span_is(name, "Range")) {
        copy(out->range[0] ? other : value, out->range, sizeof out->range);
    } else if (span_is(name, "If-Range")) {
        copy(value.len < sizeof out->if_range ? value : other, out->if_range, sizeof out->if_range);
    }
}

static unsigned read_header(struct span line, struct headers *h, struct srv_request *out)
{
    if (!memchr(line.at, ':', line.len) || has_control(line)) {
        return 400;
    }
    struct span value = line;
    struct span name = take_until(&value, ':');
    if (!is_token(name)) {
        return 400;
    }
    value = trim(value);
    if (span_is(name, "Host")) {
        h->n_hosts++;
    } else if (span_is(name, "Content-Length")) {
        h->has_body |= !is_zero(value);
    } else if (span_is(name, "Transfer-Encoding")) {
        h->has_encoding = true;
    } else if (span_is(name, "Connection")) {
        read_connection(value, h);
    } else {
        read_condition(name, value, out);
    }
    return 0;
}

static unsigned read_headers(struct span rest, struct headers *h, struct srv_request *out)
{
    struct span line;
    while (next_line(&rest, &line) && line.len > 0) {
        unsigned status = read_header(line, h, out);
        if (status) {
            return status;
        }
    }
    return 0;
}

/* A client behind a proxy setting sends the whole URL: the path starts after the authority. */
static struct span origin_form(struct span target)
{
    size_t skip = 0;
    if (target.len > 8 && strncasecmp(target.at, "https://", 8) == 0) {
        skip = 8;
    } else if (target.len > 7 && strncasecmp(target.at, "http://", 7) == 0) {
        skip = 7;
    }
    if (skip == 0) {
        return target;
    }
    const char *slash = memchr(target.at + skip, '/', target.len - skip);
    if (!slash) {
        return (struct span){"/", 1};
    }
    return (struct span){slash, target.len - (size_t)(slash - target.at)};
}

static unsigned check_version(struct span version)
{
    if (version.len != 8 || memcmp(version.at, "HTTP/", 5) != 0 || version.at[6] != '.' ||
        version.at[7] < '0' || version.at[7] > '9') {
        return 400;
    }
    return version.at[5] == '1' ? 0 : 505;
}

/* Splits "METHOD target HTTP/1.x"; fills method and shown even when it is wrong. */
static unsigned read_request_line(struct span line, struct srv_request *out, struct span *target,
                                  bool *is_1_0)
{
    struct span rest = line;
    struct span method = take_until(&rest, ' ');
    *target = take_until(&rest, ' ');
    if (!is_token(method) || method.len >= sizeof out->method || target->len == 0) {
        if (line.len > 0) {
            srv_http_escape_log(line.at, line.len, out->shown, sizeof out->shown);
        }
        return 400;
    }
    memcpy(out->method, method.at, method.len);
    out->method[method.len] = '\0';
    srv_http_escape_log(target->at, target->len, out->shown, sizeof out->shown);
    unsigned status = check_version(rest);
    *is_1_0 = !status && rest.at[7] == '0';
    return status;
}

/* What the headers forbid, once each is readable by itself. */
static unsigned judge(const struct headers *h, bool is_1_0, const struct srv_request *request)
{
    if (h->n_hosts > 1 || (h->n_hosts == 0 && !is_1_0)) {
        return 400;
    }
    if (!request->is_head && strcmp(request->method, "GET") != 0) {
        return 405;
    }
    if (h->has_encoding) {
        return 501;
    }
    return h->has_body ? 413 : 0;
}

unsigned srv_http_parse(const char *head, size_t len, struct srv_request *out)
{
    struct span rest = {head, len}, line = {head, 0}, target;
    struct headers h = {0};
    bool is_1_0 = false;
    memset(out, 0, sizeof *out);
    memcpy(out->method, "-", 2);
    memcpy(out->shown, "-", 2);
    while (next_line(&rest, &line) && line.len == 0) {
        /* Empty lines before the request line are allowed. */
    }
    unsigned status = read_request_line(line, out, &target, &is_1_0);
    if (!status) {
        status = read_headers(rest, &h, out);
    }
    if (status) {
        return status;
    }
    out->is_head = strcmp(out->method, "HEAD") == 0;
    /* A body would stand where the next request is expected: the connection ends instead. */
    out->keep_alive = !h.close && !h.has_body && !h.has_encoding && (!is_1_0 || h.keep_alive);
    status = judge(&h, is_1_0, out);
    if (status) {
        return status;
    }
    target = origin_form(target);
    return srv_http_decode_path(target.at, target.len, out->path);
}

bool srv_http_etag_matches(const char *list, const char *etag)
{
    struct span rest = {list, strlen(list)};
    while (rest.len > 0) {
        struct span item = trim(take_until(&rest, ','));
        if (item.len > 2 && memcmp(item.at, "W/", 2) == 0) {
            item.at += 2;
            item.len -= 2;
        }
        if (span_is(item, "*") || (item.len == strlen(etag) && !memcmp(item.at, etag, item.len))) {
            return true;
        }
    }
    return false;
}

const char *srv_http_reason(unsigned status)
{
    static const struct {
        unsigned status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {206, "Partial Content"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {416, "Range Not Satisfiable"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (reasons[i].status == status) {
            return reasons[i].reason;
        }
    }
    return "Error";
}

void srv_http_escape_log(const char *text, size_t len, char *dst, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        bool plain = c > 0x20 && c < 0x7f && c != '\\';
        if (n + (plain ? 1 : 4) + sizeof "..." > size) {
            memcpy(dst + n, "...", sizeof "...");
            return;
        }
        if (plain) {
            dst[n++] = (char)c;
        } else {
            n += (size_t)snprintf(dst + n, size - n, "\\x%02x", c);
        }
    }
    dst[n] = '\0';
}
