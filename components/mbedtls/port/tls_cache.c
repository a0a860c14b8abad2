/* SPDX-License-Identifier: Apache-2.0 */
/* Master secrets live here between connections: in RAM only, wiped when they go. */
#include "tls_cache.h"

#include <stdlib.h>
#include <string.h>

#include "esp_clock.h"
#include "mbedtls/platform_util.h"
#include "mbedtls/sha256.h"

struct entry {
    uint8_t key[TLS_CACHE_KEY_LEN];
    uint64_t kept_ms;
    uint32_t max_age_ms;
    mbedtls_x509_time not_before;
    mbedtls_x509_time not_after;
    mbedtls_ssl_session session;
};

static struct entry *entry; /* NULL: none */

/* With its NUL, so that no two lists of texts hash alike. */
static void add_text(mbedtls_sha256_context *sha, const char *text)
{
    static const unsigned char none = 0xff;
    if (text != NULL) {
        (void)mbedtls_sha256_update(sha, (const unsigned char *)text, strlen(text) + 1);
    } else {
        (void)mbedtls_sha256_update(sha, &none, 1);
    }
}

void tls_cache_key(const struct esp_tls_session_config *config, const char *name,
                   uint8_t key[TLS_CACHE_KEY_LEN])
{
    const unsigned char rest[] = {(unsigned char)(config->port >> 8), (unsigned char)config->port,
                                  config->skip_common_name};
    mbedtls_sha256_context sha;
    mbedtls_sha256_init(&sha);
    (void)mbedtls_sha256_starts(&sha, 0);
    add_text(&sha, config->host);
    add_text(&sha, name);
    add_text(&sha, config->ca_pem);
    add_text(&sha, config->client_cert_pem);
    (void)mbedtls_sha256_update(&sha, rest, sizeof(rest));
    (void)mbedtls_sha256_finish(&sha, key);
    mbedtls_sha256_free(&sha);
}

static bool is_in_its_dates(const struct entry *e)
{
    return !mbedtls_x509_time_is_past(&e->not_after) &&
           (!esp_clock_is_set() || !mbedtls_x509_time_is_future(&e->not_before));
}

int tls_cache_offer(const uint8_t key[TLS_CACHE_KEY_LEN], uint64_t now_ms, mbedtls_ssl_context *ssl,
                    bool *is_offered)
{
    *is_offered = false;
    if (entry == NULL || memcmp(entry->key, key, TLS_CACHE_KEY_LEN) != 0) {
        return 0;
    }
    if (now_ms - entry->kept_ms > entry->max_age_ms || !is_in_its_dates(entry)) {
        tls_cache_drop();
        return 0;
    }
    int ret = mbedtls_ssl_set_session(ssl, &entry->session);
    *is_offered = ret == 0;
    return ret;
}

/* The server's hint, within our own limit; 0 is no hint. */
static uint32_t max_age_ms(const mbedtls_ssl_session *session)
{
    uint32_t hint_s = session->MBEDTLS_PRIVATE(ticket_lifetime);
    bool has_hint = session->MBEDTLS_PRIVATE(ticket_len) != 0 && hint_s != 0;
    return has_hint && hint_s < TLS_CACHE_AGE_MS / 1000u ? hint_s * 1000u : TLS_CACHE_AGE_MS;
}

static void free_entry(struct entry *e)
{
    if (e != NULL) {
        mbedtls_ssl_session_free(&e->session);
        mbedtls_platform_zeroize(e, sizeof(*e));
        free(e);
    }
}

static struct entry *new_entry(const mbedtls_ssl_context *ssl)
{
    struct entry *e = calloc(1, sizeof(*e));
    if (e == NULL) {
        return NULL;
    }
    mbedtls_ssl_session_init(&e->session);
    size_t ticket_len = 0, id_len = 0;
    bool is_got = mbedtls_ssl_get_session(ssl, &e->session) == 0;
    if (is_got) {
        ticket_len = e->session.MBEDTLS_PRIVATE(ticket_len);
        id_len = e->session.MBEDTLS_PRIVATE(id_len);
    }
    if (!is_got || ticket_len > TLS_CACHE_TICKET_MAX || (ticket_len == 0 && id_len == 0)) {
        free_entry(e);
        return NULL;
    }
    return e;
}

void tls_cache_keep(const uint8_t key[TLS_CACHE_KEY_LEN], uint64_t now_ms,
                    const struct tls_verify *v, const mbedtls_ssl_context *ssl)
{
    bool is_same = entry != NULL && memcmp(entry->key, key, TLS_CACHE_KEY_LEN) == 0;
    if (v == NULL && !is_same) {
        return; /* its verification is no longer here */
    }
    struct entry *e = new_entry(ssl);
    if (e == NULL) {
        return;
    }
    memcpy(e->key, key, TLS_CACHE_KEY_LEN);
    e->kept_ms = now_ms;
    e->max_age_ms = max_age_ms(&e->session);
    if (v != NULL) {
        e->not_before = v->not_before;
        e->not_after = v->not_after;
    } else {
        /* A new ticket, but the old verification: its age goes on. */
        e->kept_ms = entry->kept_ms;
        e->not_before = entry->not_before;
        e->not_after = entry->not_after;
    }
    free_entry(entry);
    entry = e;
}

void tls_cache_drop(void)
{
    free_entry(entry);
    entry = NULL;
}
