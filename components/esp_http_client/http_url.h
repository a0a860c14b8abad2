/* SPDX-License-Identifier: Apache-2.0 */
/* http and https URLs, read where they stand. Refuses what could smuggle something into a request:
 * control characters, blanks, credentials. IPv6 literals are not offered. Pure. */
#ifndef HTTP_URL_H
#define HTTP_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"

#define HTTP_URL_MAX_LEN  1024u /* signed links of object stores take 600 and more */
#define HTTP_HOST_MAX_LEN 253u

/* Bytes of somebody else's text, not NUL-terminated. */
struct http_span {
    const char *text;
    size_t len;
};

struct http_url {
    bool tls;      /* https */
    uint16_t port; /* given, or 80 or 443 */
    struct http_span host;
    struct http_span target; /* path and query; may be empty or begin with '?': sent with a '/' */
};

/* Reads text[len]; the spans point into it. Errors: ESP_ERR_INVALID_SIZE (too long),
 * ESP_ERR_NOT_SUPPORTED (another scheme, credentials, IPv6), ESP_ERR_INVALID_ARG (malformed).
 * On error: out is untouched. */
esp_err_t http_url_parse(const char *text, size_t len, struct http_url *out);

/* Writes the absolute URL that location[len] means when it was received for base: absolute,
 * "//host",
 * "/path", "?query", or relative to base's folder (dot segments are left to the server).
 * Errors: those of http_url_parse(), ESP_ERR_INVALID_SIZE (does not fit out[cap]). */
esp_err_t http_url_resolve(const struct http_url *base, const char *location, size_t len, char *out,
                           size_t cap);

/* True when both name the same scheme, host and port. */
bool http_url_same_origin(const struct http_url *a, const struct http_url *b);

#endif
