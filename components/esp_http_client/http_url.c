/* SPDX-License-Identifier: Apache-2.0 */
/* One pass from left to right; every cut is checked against the end before it is read. */
#include "http_url.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool starts_with(const char *text, size_t len, const char *prefix)
{
    size_t n = strlen(prefix);
    return len >= n && strncasecmp(text, prefix, n) == 0;
}

static const char *find_any(const char *text, const char *end, const char *set)
{
    while (text < end && strchr(set, *text) == NULL) {
        text++;
    }
    return text;
}

static bool is_printable(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] <= ' ' || text[i] > '~') {
            return false;
        }
    }
    return true;
}

static bool is_host(const char *text, size_t len)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\0' || strchr(allowed, text[i]) == NULL) {
            return false;
        }
    }
    return len > 0 && len <= HTTP_HOST_MAX_LEN;
}

static bool parse_port(const char *text, const char *end, uint16_t *port)
{
    uint32_t value = 0;
    if (text == end) {
        return true; /* "host:" means the default port */
    }
    for (; text < end; text++) {
        if (*text < '0' || *text > '9') {
            return false;
        }
        value = value * 10 + (uint32_t)(*text - '0');
        if (value > UINT16_MAX) {
            return false;
        }
    }
    *port = (uint16_t)value;
    return value != 0;
}

static esp_err_t parse_authority(const char *text, const char *end, struct http_url *url)
{
    if (memchr(text, '@', (size_t)(end - text)) != NULL || (text < end && *text == '[')) {
        return ESP_ERR_NOT_SUPPORTED;
    }
    const char *colon = find_any(text, end, ":");
    url->host = (struct http_span){text, (size_t)(colon - text)};
    if (!is_host(url->host.text, url->host.len)) {
        return ESP_ERR_INVALID_ARG;
    }
    return colon == end || parse_port(colon + 1, end, &url->port) ? ESP_OK : ESP_ERR_INVALID_ARG;
}

esp_err_t http_url_parse(const char *text, size_t len, struct http_url *out)
{
    if (len > HTTP_URL_MAX_LEN) {
        return ESP_ERR_INVALID_SIZE;
    }
    if (!is_printable(text, len)) {
        return ESP_ERR_INVALID_ARG;
    }
    struct http_url url = {0};
    if (starts_with(text, len, "https://")) {
        url.tls = true;
    } else if (!starts_with(text, len, "http://")) {
        return ESP_ERR_NOT_SUPPORTED;
    }
    url.port = url.tls ? 443 : 80;
    const char *end = text + len;
    const char *authority = text + (url.tls ? 8 : 7);
    const char *rest = find_any(authority, end, "/?#");
    esp_err_t err = parse_authority(authority, rest, &url);
    if (err != ESP_OK) {
        return err;
    }
    url.target = (struct http_span){rest, (size_t)(find_any(rest, end, "#") - rest)};
    *out = url;
    return ESP_OK;
}

/* Length of base's path up to and with its last '/'. */
static size_t folder_len(const struct http_span *target)
{
    const char *query = find_any(target->text, target->text + target->len, "?");
    size_t len = (size_t)(query - target->text);
    while (len > 0 && target->text[len - 1] != '/') {
        len--;
    }
    return len;
}

/* What of base's target stands before a relative location. */
static struct http_span kept_target(const struct http_url *base, const char *location, size_t len)
{
    struct http_span kept = {base->target.text, 0};
    if (len > 0 && location[0] == '/') {
        return kept;
    }
    if (len > 0 && location[0] == '?') {
        const char *end = base->target.text + base->target.len;
        kept.len = (size_t)(find_any(base->target.text, end, "?") - base->target.text);
    } else {
        kept.len = folder_len(&base->target);
    }
    return kept;
}

esp_err_t http_url_resolve(const struct http_url *base, const char *location, size_t len, char *out,
                           size_t cap)
{
    if (len > HTTP_URL_MAX_LEN) {
        return ESP_ERR_INVALID_SIZE;
    }
    const char *scheme = base->tls ? "https:" : "http:";
    const char *colon = find_any(location, location + len, ":/?#");
    bool absolute = colon < location + len && *colon == ':';
    int n;
    if (absolute) {
        n = snprintf(out, cap, "%.*s", (int)len, location);
    } else if (starts_with(location, len, "//")) {
        n = snprintf(out, cap, "%s%.*s", scheme, (int)len, location);
    } else {
        struct http_span kept = kept_target(base, location, len);
        const char *slash = kept.len == 0 && (len == 0 || location[0] != '/') ? "/" : "";
        n = snprintf(out, cap, "%s//%.*s:%u%.*s%s%.*s", scheme, (int)base->host.len,
                     base->host.text, (unsigned)base->port, (int)kept.len, kept.text, slash,
                     (int)len, location);
    }
    if (n < 0 || (size_t)n >= cap) {
        return ESP_ERR_INVALID_SIZE;
    }
    struct http_url check;
    return http_url_parse(out, (size_t)n, &check);
}

bool http_url_same_origin(const struct http_url *a, const struct http_url *b)
{
    return a->tls == b->tls && a->port == b->port && a->host.len == b->host.len &&
           strncasecmp(a->host.text, b->host.text, a->host.len) == 0;
}
