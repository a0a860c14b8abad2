/* SPDX-License-Identifier: Apache-2.0 */
/* core's digests on the device: SHA-256 of mbedTLS, MD5 of the mask ROM. Shared by the bootloader
 * and the application. */
#include "asl_crypto.h"

#include "mbedtls/sha256.h"

/* Fact: the ROM's MD5 state is four words, a 64-bit count and a 64-byte block: 88 bytes. */
struct rom_md5 {
    uint32_t state[22];
};
void MD5Init(struct rom_md5 *state);
void MD5Update(struct rom_md5 *state, const uint8_t *data, uint32_t len);
void MD5Final(uint8_t digest[16], struct rom_md5 *state);

_Static_assert(sizeof(mbedtls_sha256_context) <= sizeof(struct asl_digest), "digest state");
_Static_assert(_Alignof(mbedtls_sha256_context) <= _Alignof(struct asl_digest), "digest state");

static mbedtls_sha256_context *context(struct asl_digest *d)
{
    return (mbedtls_sha256_context *)(void *)d;
}

/* mbedTLS's software SHA-256 returns 0 for every input; its results are not worth a branch. */
void asl_sha256_init(struct asl_digest *d)
{
    mbedtls_sha256_init(context(d));
    (void)mbedtls_sha256_starts(context(d), 0);
}

void asl_sha256_update(struct asl_digest *d, const void *data, uint32_t len)
{
    (void)mbedtls_sha256_update(context(d), data, len);
}

void asl_sha256_final(struct asl_digest *d, uint8_t digest[32])
{
    (void)mbedtls_sha256_finish(context(d), digest);
    mbedtls_sha256_free(context(d));
}

void asl_md5(const void *data, uint32_t len, uint8_t digest[16])
{
    struct rom_md5 state;
    MD5Init(&state);
    MD5Update(&state, data, len);
    MD5Final(digest, &state);
}
