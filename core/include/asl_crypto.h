/* SPDX-License-Identifier: Apache-2.0 */
/* The digests that core needs from outside; the implementation is chosen by linking one file. */
#ifndef ASL_CRYPTO_H
#define ASL_CRYPTO_H

#include <stdint.h>

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

#endif
