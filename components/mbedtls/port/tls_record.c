/* SPDX-License-Identifier: Apache-2.0 */
/* The record watcher: five bytes of header, then a count of the body. */
#include "tls_record.h"

#include <string.h>

static void next_header_byte(struct tls_record_watch *w, uint8_t byte)
{
    if (w->fill == TLS_RECORD_HEADER_LEN) {
        w->fill = 0;
    }
    w->header[w->fill++] = byte;
    w->body_taken = 0;
}

void tls_record_feed(struct tls_record_watch *w, const void *data, size_t len)
{
    const uint8_t *bytes = data;
    while (len > 0) {
        uint32_t left = tls_record_seen(w) ? tls_record_len(w) - w->body_taken : 0;
        if (left == 0) {
            next_header_byte(w, *bytes++);
            len--;
            continue;
        }
        size_t n = len < left ? len : left;
        for (size_t i = 0; i < n && w->body_taken + i < sizeof(w->body); i++) {
            w->body[w->body_taken + i] = bytes[i];
        }
        w->body_taken += (uint32_t)n;
        bytes += n;
        len -= n;
    }
}

bool tls_record_seen(const struct tls_record_watch *w)
{
    return w->fill == TLS_RECORD_HEADER_LEN;
}

uint32_t tls_record_len(const struct tls_record_watch *w)
{
    return (uint32_t)w->header[3] << 8 | w->header[4];
}

bool tls_record_is_whole(const struct tls_record_watch *w)
{
    return w->fill == 0 || (tls_record_seen(w) && w->body_taken == tls_record_len(w));
}

bool tls_record_is_foreign(const struct tls_record_watch *w)
{
    return tls_record_seen(w) && (w->header[0] < 20 || w->header[0] > 23 || w->header[1] != 3);
}

bool tls_record_is_http(const struct tls_record_watch *w)
{
    return tls_record_seen(w) && memcmp(w->header, "HTTP/", TLS_RECORD_HEADER_LEN) == 0;
}

int tls_record_alert(const struct tls_record_watch *w)
{
    if (!tls_record_seen(w) || w->header[0] != TLS_RECORD_ALERT || tls_record_len(w) != 2 ||
        w->body_taken != 2) {
        return -1;
    }
    return w->body[1];
}
