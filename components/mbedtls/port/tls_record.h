/* SPDX-License-Identifier: Apache-2.0 */
/* Watches the record headers of a TLS stream from outside mbedTLS, so that a refusal can be
 * explained: how long the record was, which alert came, or that it was no TLS at all. Pure. */
#ifndef TLS_RECORD_H
#define TLS_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TLS_RECORD_HEADER_LEN 5u
#define TLS_RECORD_ALERT      21u

struct tls_record_watch {
    uint8_t header[TLS_RECORD_HEADER_LEN]; /* of the present record; complete when fill says so */
    uint8_t body[2];                       /* its first bytes: level and number of an alert */
    uint8_t fill;                          /* bytes of header */
    uint32_t body_taken;                   /* bytes of the body */
};

/* Takes the next bytes of the stream. All zero is the state at its start. */
void tls_record_feed(struct tls_record_watch *w, const void *data, size_t len);

/* True when the header of the present record is complete. */
bool tls_record_seen(const struct tls_record_watch *w);
/* True between records: every one that began has come whole. */
bool tls_record_is_whole(const struct tls_record_watch *w);
/* Bytes of the present record's body, as its header says. */
uint32_t tls_record_len(const struct tls_record_watch *w);
/* True when the header is none of TLS 1.0 to 1.3: type 20..23, major version 3. */
bool tls_record_is_foreign(const struct tls_record_watch *w);
/* True when the stream starts like the answer of a plain HTTP server. */
bool tls_record_is_http(const struct tls_record_watch *w);
/* Number of the unencrypted alert that the present record holds, -1 when it holds none. */
int tls_record_alert(const struct tls_record_watch *w);

#endif
