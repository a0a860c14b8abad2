/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's rules on the first bytes of an image: signed claims, their signature, and what they
 * say against what the device is. Pure; the digest of the rest is the image verifier's to compare.
 */
#ifndef ASL_CLAIMS_H
#define ASL_CLAIMS_H

#include <stdbool.h>
#include <stdint.h>

#include "airslot/err.h"
#include "airslot/format.h"

#define ASL_KEY_LEN           64u /* a public key: x, then y, big endian */
#define ASL_KEY_ID_LEN        8u  /* the first bytes of the key's SHA-256 */
#define ASL_CLAIMS_SIGNED_LEN 172u
#define ASL_SIGNATURE_LEN     64u

/* Bytes of an image that hold everything the owner's rules ask about. */
#define ASL_CLAIMS_GATE_LEN (ASL_CLAIMS_OFF + ASL_CLAIMS_LEN)

/* What the signer says of an image; strings are NUL-terminated. */
struct asl_claims {
    uint32_t secure_version; /* that of the descriptor */
    uint32_t min_version;    /* what the device's floor becomes once the image is confirmed */
    uint32_t image_len;      /* bytes of the whole file, hash included */
    uint8_t key_id[ASL_KEY_ID_LEN];
    char version[33];
    char project[33];
    char board[33];
    uint8_t digest[ASL_IMAGE_HASH_LEN]; /* SHA-256 of bytes 0..L-1 with the room erased */
};

/* What a device accepts. Strings and keys outlive the calls. */
struct asl_owner_rules {
    const uint8_t (*key)[ASL_KEY_LEN]; /* trusted public keys; a revoked key is not in the list */
    uint32_t n_keys;                   /* 0: unsigned images are accepted, claims are not read */
    const char *project;               /* the one project that is accepted; NULL: any */
    const char *board;                 /* what the claims must name; NULL: any */
    uint32_t min_version;              /* lowest secure version that is accepted */
};

/* Reads claims from the raw[240] of their room, without asking who signed them.
 * Errors: CLAIMS_MISSING (no magic: the image is not signed), CLAIMS_FORMAT (a format of later
 * days, text that is not filled with 00, bytes that must be 0, an XOR over the room that is not 0).
 * On error out is untouched. */
enum asl_err asl_claims_parse(const uint8_t raw[ASL_CLAIMS_LEN], struct asl_claims *out);

/* Writes claims into raw, with a signature of 64 zeros. Strings of 33 bytes with 32 at most. */
void asl_claims_put(const struct asl_claims *claims, uint8_t raw[ASL_CLAIMS_LEN]);
/* Puts the signature (r, then s) into raw and settles the room's XOR, so that the checksum byte of
 * the image stays what it was. */
void asl_claims_put_signature(uint8_t raw[ASL_CLAIMS_LEN], const uint8_t sig[ASL_SIGNATURE_LEN]);
/* The digest that the signature signs: SHA-256 of the bytes before it. */
void asl_claims_digest(const uint8_t raw[ASL_CLAIMS_LEN], uint8_t digest[32]);
/* Turns s into n - s where that is smaller; airslot signs and accepts only such signatures. */
void asl_signature_normalize(uint8_t sig[ASL_SIGNATURE_LEN]);

/* The name of a public key in claims. */
void asl_key_id(const uint8_t pub[ASL_KEY_LEN], uint8_t id[ASL_KEY_ID_LEN]);

/* True when the room behind the descriptor is erased: there is place to sign. */
bool asl_claims_is_room(const uint8_t raw[ASL_CLAIMS_LEN]);

/* Judges the claims in raw alone: format, key, signature. A signature has one form only: r in
 * 1..n-1, s in 1..n/2.
 * Errors: those of asl_claims_parse, CLAIMS_KEY, CLAIMS_SIGNATURE, NO_MEM (no verdict). On error
 * out is untouched. */
enum asl_err asl_claims_verify(const uint8_t raw[ASL_CLAIMS_LEN], const uint8_t (*key)[ASL_KEY_LEN],
                               uint32_t n_keys, struct asl_claims *out);

/* Judges the first len bytes of an image for the slot of slot_size bytes by the owner's rules;
 * image_len is the declared size, 0 when unknown. With keys, claims (not NULL) receives what was
 * signed, and claims->digest must then be held against the image: asl_image_verifier_expect().
 * Without keys only the descriptor is asked, claims may be NULL and stays untouched.
 * Errors: IMAGE_DESC (a rule asks a descriptor that is not there), RULE_PROJECT, RULE_VERSION; with
 * keys those of asl_claims_verify, CLAIMS_MISSING (also when len ends before the claims do),
 * CLAIMS_DESC, CLAIMS_BOARD, CLAIMS_SIZE. */
enum asl_err asl_owner_judge(const struct asl_owner_rules *rules, const uint8_t *first,
                             uint32_t len, uint32_t slot_size, uint32_t image_len,
                             struct asl_claims *claims);

#endif
