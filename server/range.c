/* SPDX-License-Identifier: Apache-2.0 */
#include "range.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* Reads digits and steps behind them; what is too large for a file stays so. False: no digit. */
static bool take_number(const char **text, uint64_t *out)
{
    const char *at = *text;
    uint64_t value = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        uint64_t digit = (uint64_t)(*at - '0');
        value = value > (UINT64_MAX - digit) / 10 ? UINT64_MAX : value * 10 + digit;
    }
    bool has_digit = at != *text;
    *text = at;
    *out = value;
    return has_digit;
}

/* "-N", the last N bytes. */
static unsigned choose_tail(uint64_t n, uint64_t size, struct srv_range *out)
{
    if (n == 0 || size == 0) {
        return 416;
    }
    out->len = n < size ? n : size;
    out->first = size - out->len;
    return 206;
}

/* "A-" or "A-B", with what follows A at text. */
static unsigned choose_from(uint64_t first, const char *text, uint64_t size, struct srv_range *out)
{
    uint64_t last = UINT64_MAX;
    bool is_bounded = take_number(&text, &last);
    if (!is_bounded) {
        last = UINT64_MAX;
    }
    if (*text != '\0' || last < first) {
        return 200;
    }
    if (first >= size) {
        return 416;
    }
    out->first = first;
    out->len = (last < size ? last + 1 : size) - first;
    return 206;
}

unsigned srv_range_choose(const char *range, const char *if_range, const char *etag, uint64_t size,
                          struct srv_range *out)
{
    uint64_t n;
    *out = (struct srv_range){0, size};
    if (strncasecmp(range, "bytes=", 6) != 0 ||
        (if_range[0] != '\0' && strcmp(if_range, etag) != 0)) {
        return 200;
    }
    range += 6;
    if (*range == '-') {
        range++;
        return take_number(&range, &n) && *range == '\0' ? choose_tail(n, size, out) : 200;
    }
    if (!take_number(&range, &n) || *range++ != '-') {
        return 200;
    }
    return choose_from(n, range, size, out);
}
