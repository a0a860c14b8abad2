/* SPDX-License-Identifier: Apache-2.0 */
/* The cryptography that core needs from outside; each implementation is chosen by linking a file.
 */
#ifndef ASL_CRYPTO_H
#define ASL_CRYPTO_H

#include <stdint.h>

#include "airslot/err.h"

/* Streaming digest state; implementations check their own need against it at compile time. */
struct asl_digest {
    uint64_t state[16];
};

/* SHA-256: init, any number of updates, final once into digest[32]. Cannot fail. */
void asl_sha256_init(struct asl_digest *d);
void asl_sha256_update(struct asl_digest *d, const void *data, uint32_t len);
void asl_sha256_final(struct asl_digest *d, uint8_t digest[32]);

/* MD5 of data[len] into digest[16]; only for the partition table's own check entry. */
void asl_md5(const void *data, uint32_t len, uint8_t digest[16]);

/* Judges whether sig (r, then s) is an ECDSA signature of digest by the owner of pub (x, then y) on
 * curve P-256; numbers are big endian. Errors: CLAIMS_SIGNATURE (it is not; also when pub is no
 * point of the curve, or r or s outside 1..n-1), NO_MEM (nothing is known). */
enum asl_err asl_p256_verify(const uint8_t pub[64], const uint8_t digest[32],
                             const uint8_t sig[64]);

#endif
