/* SPDX-License-Identifier: Apache-2.0 */
/* Values of single response headers: which part of a file an answer holds, which version of it, and
 * how the server wants to be asked. Refuses what two readers could read differently. Pure. */
#ifndef HTTP_FIELDS_H
#define HTTP_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"
#include "esp_http_client.h"

/* Reads "bytes FIRST-LAST/TOTAL", nothing else: all three known, FIRST <= LAST < TOTAL <=
 * INT32_MAX. Errors: ESP_ERR_INVALID_RESPONSE. On error: out is untouched. */
esp_err_t http_content_range_parse(const char *text, esp_http_client_range_t *out);

/* True for one strong entity tag, which names bytes and not only meaning: quoted, no blanks or
 * control characters, without "W/". */
bool http_etag_is_strong(const char *text);

/* True when a WWW-Authenticate header offers the Basic scheme. */
bool http_offers_basic(const char *text);

/* Writes the base64 of "user:password" to out[cap]; returns the length it has or would need,
 * without the NUL that is always written when cap > 0. */
size_t http_basic_text(const char *user, const char *password, char *out, size_t cap);

#endif
