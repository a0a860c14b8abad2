/* SPDX-License-Identifier: Apache-2.0 */
/* The path that a request's target names, decoded. What could name another file than it shows (".."
 * and encoded slashes) is refused, not guessed. */
#include <string.h>

#include "http.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decodes one byte at *at; returns it, or -1 when it may not stand in a path. An encoded slash is
 * refused because it would name another file than it shows. */
static int decode_byte(const char **at, const char *end)
{
    int byte = (unsigned char)*(*at)++;
    if (byte == '%') {
        int high = end - *at >= 2 ? hex_digit((*at)[0]) : -1;
        int low = high >= 0 ? hex_digit((*at)[1]) : -1;
        if (low < 0) {
            return -1;
        }
        *at += 2;
        byte = high << 4 | low;
        if (byte == '/') {
            return -1;
        }
    }
    return byte < 0x20 || byte == 0x7f || byte == '#' ? -1 : byte;
}

/* Drops the last segment when it is empty or "."; returns 403 for "..". */
static unsigned close_segment(char *path, size_t *len, size_t start)
{
    size_t n = *len - start;
    if (n == 2 && memcmp(path + start, "..", 2) == 0) {
        return 403;
    }
    if (n == 1 && path[start] == '.') {
        *len = start;
    }
    return 0;
}

unsigned srv_http_decode_path(const char *target, size_t len, char path[SRV_PATH_MAX])
{
    const char *query = memchr(target, '?', len);
    const char *end = query ? query : target + len;
    size_t n = 0, start = 1;
    if (target == end || *target != '/') {
        return 400;
    }
    while (target < end) {
        int byte = decode_byte(&target, end);
        if (byte < 0) {
            return 400;
        }
        if (byte == '/' && n > 0) {
            unsigned status = close_segment(path, &n, start);
            if (status) {
                return status;
            }
        }
        if (byte == '/' && n > 0 && path[n - 1] == '/') {
            continue;
        }
        if (n + 1 >= SRV_PATH_MAX) {
            return 414;
        }
        path[n++] = (char)byte;
        start = byte == '/' ? n : start;
    }
    unsigned status = close_segment(path, &n, start);
    path[n] = '\0';
    return status;
}
