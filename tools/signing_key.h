/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that sign images: P-256 and nothing else. Private keys stand in PEM files of mode 0600 and
 * are never overwritten; public keys are PEM or 64 raw bytes. Errors are printed here. */
#ifndef TOOLS_SIGNING_KEY_H
#define TOOLS_SIGNING_KEY_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>

#include "asl_claims.h"

/* Makes a key and writes it to path, which must not exist; asks twice for a pass phrase when
 * encrypt. The caller frees the key; NULL on error. */
EVP_PKEY *signing_key_new(const char *path, bool encrypt);
/* Reads a private key; asks for its pass phrase. The caller frees it; NULL on error. */
EVP_PKEY *signing_key_open(const char *path);
/* Signs digest into sig (r, then s, the smaller of its two values). */
bool signing_key_sign(EVP_PKEY *key, const uint8_t digest[32], uint8_t sig[ASL_SIGNATURE_LEN]);
/* The public half: x, then y. */
bool signing_key_public(EVP_PKEY *key, uint8_t pub[ASL_KEY_LEN]);
/* Writes the public half as PEM; replaces the file. */
bool signing_key_write_public(const char *path, const uint8_t pub[ASL_KEY_LEN]);

/* Reads the public key of a file: PEM of a public or private key, or 64 raw bytes. */
bool public_key_read(const char *path, uint8_t pub[ASL_KEY_LEN]);

#endif
