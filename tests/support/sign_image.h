/* SPDX-License-Identifier: Apache-2.0 */
/* Signed images for tests, written by the drawing of docs/format.md and not through core or tools:
 * right ones, and ones that lie on request. */
#ifndef TESTS_SIGN_IMAGE_H
#define TESTS_SIGN_IMAGE_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>

/* Where the parts of the claims stand in an image. */
#define CLAIMS_AT    0x110u
#define CLAIMS_LEN   240u
#define SIGNED_LEN   172u
#define SIGNATURE_AT (CLAIMS_AT + SIGNED_LEN)

struct sign_plan {
    uint32_t secure_version, min_version;
    const char *version, *project; /* NULL: make_signable_app's */
    const char *board;
    uint32_t image_len;    /* 0: the true one */
    const uint8_t *digest; /* NULL: the true one */
    const uint8_t *key_id; /* NULL: the key's */
};

/* A new P-256 key; the caller frees it. Aborts when there is none. */
EVP_PKEY *make_key(void);
void key_public(EVP_PKEY *key, uint8_t pub[64]);
void key_id(EVP_PKEY *key, uint8_t id[8]);
/* Signs digest: r, then the smaller s. */
void sign_digest(EVP_PKEY *key, const uint8_t digest[32], uint8_t sig[64]);

/* make_app() with secure_version in its descriptor and erased room behind it; text_len >= 496. */
uint32_t make_signable_app(uint32_t slot_addr, uint32_t text_len, uint32_t data_len,
                           uint32_t secure_version, uint8_t *out, uint32_t max);
/* Fills the room of an image of len bytes (hash included) and renews its hash. */
void sign_image(uint8_t *image, uint32_t len, EVP_PKEY *key, const struct sign_plan *plan);
/* After a change of the claims' bytes: settles the XOR over the room, and the image's hash. */
void settle_claims(uint8_t *image, uint32_t len);

#endif
