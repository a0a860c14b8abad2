/* SPDX-License-Identifier: Apache-2.0 */
/* mbedTLS calls from the top of the chain, depth > 0, down to the server's own certificate. */
#include "tls_verify.h"

#include <string.h>

#include "esp_clock.h"

static bool is_same_name(const mbedtls_x509_buf *a, const mbedtls_x509_buf *b)
{
    return a->len == b->len && memcmp(a->p, b->p, a->len) == 0;
}

static void note_untrusted(struct tls_verify *v, const mbedtls_x509_crt *crt)
{
    tls_cert_issuer(crt, v->name);
    for (const mbedtls_x509_crt *ca = v->ca; ca != NULL; ca = ca->next) {
        v->is_namesake |= is_same_name(&ca->subject_raw, &crt->issuer_raw);
    }
}

/* Until the time is set, mbedTLS is given the build's: what had expired by then is bad for certain,
 * what was not yet valid by then may be good now. */
static void judge_dates(struct tls_verify *v, const mbedtls_x509_crt *crt, uint32_t *flags)
{
    if (!esp_clock_is_set()) {
        *flags &= ~(uint32_t)MBEDTLS_X509_BADCERT_FUTURE;
    }
    if (v->not_after.year == 0 || mbedtls_x509_time_cmp(&crt->valid_to, &v->not_after) < 0) {
        v->not_after = crt->valid_to;
    }
    if (mbedtls_x509_time_cmp(&crt->valid_from, &v->not_before) > 0) {
        v->not_before = crt->valid_from;
    }
}

static void judge_name(struct tls_verify *v, const mbedtls_x509_crt *crt, uint32_t *flags)
{
    if (v->skip_name) {
        *flags &= ~(uint32_t)MBEDTLS_X509_BADCERT_CN_MISMATCH;
    } else if (!tls_cert_is_for(crt, v->host)) {
        *flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
    }
    if ((*flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) != 0 && v->name[0] == '\0') {
        tls_cert_names(crt, v->name);
    }
}

int tls_verify_note(void *arg, mbedtls_x509_crt *crt, int depth, uint32_t *flags)
{
    struct tls_verify *v = arg;
    if (crt->raw.len == 0) {
        v->is_unread = true;
        v->flags |= *flags;
        return 0;
    }
    if (*flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) {
        note_untrusted(v, crt);
    }
    judge_dates(v, crt, flags);
    if (depth == 0) {
        judge_name(v, crt, flags);
    } else if (tls_cert_has_name_constraints(crt)) {
        *flags |= MBEDTLS_X509_BADCERT_OTHER;
    }
    v->flags |= *flags;
    return 0;
}
