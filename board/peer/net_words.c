/* SPDX-License-Identifier: Apache-2.0 */
/* See net_words.h. Integer arithmetic throughout: no rounding of a host's library. */
#include "net_words.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#define HOUR_US   UINT64_C(3600000000)
#define MAX_WHOLE UINT64_C(4294967295)

struct unit {
    const char *suffix;
    uint32_t factor;
};

/* A decimal number with at most six places, in millionths; *rest is what follows it. */
static bool read_millionths(const char *text, uint64_t *value, const char **rest)
{
    const char *at = text;
    uint64_t whole = 0, part = 0;
    if (!isdigit((unsigned char)*at)) {
        return false;
    }
    for (; isdigit((unsigned char)*at); at++) {
        whole = whole * 10 + (uint64_t)(*at - '0');
        if (whole > MAX_WHOLE) {
            return false;
        }
    }
    if (*at == '.') {
        uint32_t place = 100000;
        for (at++; isdigit((unsigned char)*at) && place > 0; at++, place /= 10) {
            part += (uint64_t)(*at - '0') * place;
        }
    }
    *value = whole * 1000000u + part;
    *rest = at;
    return true;
}

static bool read_unit(const char *text, const struct unit *units, size_t n, uint64_t *millionths)
{
    const char *rest;
    if (!read_millionths(text, millionths, &rest)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (strcmp(rest, units[i].suffix) == 0 && *millionths <= UINT64_MAX / units[i].factor) {
            *millionths *= units[i].factor;
            return true;
        }
    }
    return false;
}

bool vb_word_time(const char *text, uint64_t *us)
{
    static const struct unit units[] = {{"us", 1}, {"ms", 1000}, {"s", 1000000}};
    uint64_t value;
    if (!read_unit(text, units, 3, &value) || value / 1000000u > HOUR_US) {
        return false;
    }
    *us = value / 1000000u;
    return true;
}

bool vb_word_count(const char *text, uint32_t *n)
{
    static const struct unit units[] = {{"", 1}, {"k", 1000}, {"M", 1000000}};
    uint64_t value;
    if (!read_unit(text, units, 3, &value) || value / 1000000u > UINT32_MAX) {
        return false;
    }
    *n = (uint32_t)(value / 1000000u);
    return true;
}

bool vb_word_share(const char *text, uint32_t *ppm)
{
    static const struct unit percent = {"%", 1};
    uint64_t value;
    if (!read_unit(text, &percent, 1, &value) || value > UINT64_C(100000000)) {
        return false;
    }
    *ppm = (uint32_t)(value / 100u);
    return true;
}
