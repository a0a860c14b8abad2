/* SPDX-License-Identifier: Apache-2.0 */
#include "http_fields.h"

#include <string.h>
#include <strings.h>

/* Reads digits up to INT32_MAX and steps behind them; false when there is none, or too many. */
static bool take_number(const char **text, uint32_t *out)
{
    const char *at = *text;
    uint32_t value = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        uint32_t digit = (uint32_t)(*at - '0');
        if (value > ((uint32_t)INT32_MAX - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    bool is_number = at != *text;
    *text = at;
    *out = value;
    return is_number;
}

static bool take_char(const char **text, char c)
{
    bool is_it = **text == c;
    *text += is_it;
    return is_it;
}

esp_err_t http_content_range_parse(const char *text, esp_http_client_range_t *out)
{
    esp_http_client_range_t range;
    if (strncasecmp(text, "bytes ", 6) != 0) {
        return ESP_ERR_INVALID_RESPONSE;
    }
    text += 6;
    bool ok = take_number(&text, &range.first) && take_char(&text, '-') &&
              take_number(&text, &range.last) && take_char(&text, '/') &&
              take_number(&text, &range.total) && *text == '\0';
    if (!ok || range.first > range.last || range.last >= range.total) {
        return ESP_ERR_INVALID_RESPONSE;
    }
    *out = range;
    return ESP_OK;
}

bool http_etag_is_strong(const char *text)
{
    size_t len = strlen(text);
    if (len < 2 || text[0] != '"' || text[len - 1] != '"') {
        return false;
    }
    for (size_t i = 1; i < len - 1; i++) {
        if (text[i] <= ' ' || text[i] > '~' || text[i] == '"') {
            return false;
        }
    }
    return true;
}

/* A scheme stands at the start of a challenge: first, or behind a comma. */
bool http_offers_basic(const char *text)
{
    while (text != NULL) {
        text += strspn(text, " \t,");
        if (strncasecmp(text, "Basic", 5) == 0 && strchr(" \t,", text[5]) != NULL) {
            return true;
        }
        text = strchr(text, ',');
    }
    return false;
}

/* What stands at i in "user:password". */
static uint8_t pair_at(const char *user, size_t user_len, const char *password, size_t i)
{
    if (i < user_len) {
        return (uint8_t)user[i];
    }
    return i == user_len ? ':' : (uint8_t)password[i - user_len - 1];
}

size_t http_basic_text(const char *user, const char *password, char *out, size_t cap)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t user_len = strlen(user);
    size_t len = user_len + 1 + strlen(password);
    size_t n = 0;
    for (size_t i = 0; i < len; i += 3) {
        uint32_t bits = 0;
        for (size_t j = 0; j < 3; j++) {
            bits = bits << 8 | (i + j < len ? pair_at(user, user_len, password, i + j) : 0);
        }
        for (size_t j = 0; j < 4; j++, n++) {
            if (n + 1 < cap) {
                out[n] = i + j <= len ? digits[bits >> (18 - 6 * j) & 63] : '=';
            }
        }
    }
    if (cap > 0) {
        out[n < cap ? n : cap - 1] = '\0';
    }
    return n;
}
