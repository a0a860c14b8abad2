/* SPDX-License-Identifier: Apache-2.0 */
/* core's digests on the host, through OpenSSL. SHA-256 uses the plain context functions: they
 * live in the caller's memory as asl_digest promises, so a verifier can be dropped half-way without
 * a leak, where an EVP context would have to be freed. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "asl_crypto.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct asl_digest), "asl_digest holds a SHA256_CTX");

void asl_sha256_init(struct asl_digest *d)
{
    SHA256_CTX ctx;

    SHA256_Init(&ctx);
    memcpy(d->state, &ctx, sizeof(ctx));
}

void asl_sha256_update(struct asl_digest *d, const void *data, uint32_t len)
{
    SHA256_CTX ctx;

    memcpy(&ctx, d->state, sizeof(ctx));
    SHA256_Update(&ctx, data, len);
    memcpy(d->state, &ctx, sizeof(ctx));
}

void asl_sha256_final(struct asl_digest *d, uint8_t digest[32])
{
    SHA256_CTX ctx;

    memcpy(&ctx, d->state, sizeof(ctx));
    SHA256_Final(digest, &ctx);
    memset(d->state, 0, sizeof(d->state));
}

void asl_md5(const void *data, uint32_t len, uint8_t digest[16])
{
    if (EVP_Digest(data, len, digest, NULL, EVP_md5(), NULL) != 1) {
        /* MD5 is part of the format; a library that withholds it leaves nothing to go on with. */
        abort();
    }
}
