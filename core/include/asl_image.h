/* SPDX-License-Identifier: Apache-2.0 */
/* Application images: a push parser that checks header, segments, checksum and SHA-256 while the
 * bytes pass, and the gate that judges the first bytes against a slot. Never seeks, never waits. */
#ifndef ASL_IMAGE_H
#define ASL_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "airslot/err.h"
#include "airslot/format.h"
#include "asl_crypto.h"

struct asl_image_header {
    uint8_t n_segments;
    uint8_t spi_mode;
    uint8_t spi_speed; /* low nibble of byte 3 */
    uint8_t spi_size;  /* high nibble of byte 3 */
    uint32_t entry;    /* vaddr */
};

struct asl_segment {
    uint32_t vaddr;
    uint32_t len; /* bytes */
    uint32_t off; /* of the data, from the start of the image */
};

/* What an image says of itself, from its 256-byte descriptor; strings are NUL-terminated. */
struct asl_app_desc {
    bool present;
    uint32_t secure_version;
    uint32_t confirm_ref; /* reserv1[0]: non-zero exactly when the program links the confirm call */
    char version[33];
    char project_name[33];
    char time[17];
    char date[17];
    char idf_ver[33];
};

/* Reads the header. Errors: IMAGE_MAGIC, IMAGE_SEGMENTS. */
enum asl_err asl_image_header_parse(const uint8_t raw[ASL_IMAGE_HEADER_LEN],
                                    struct asl_image_header *out);
/* Reads a segment header; off is where the header stands in the image. */
void asl_segment_parse(const uint8_t raw[ASL_IMAGE_SEGMENT_HEADER_LEN], uint32_t off,
                       struct asl_segment *out);
/* Judges one segment: index 0 must be flash text and not empty, the others must lie in IRAM, DRAM,
 * RTC memory or flash; addresses and lengths multiples of 4.
 * Errors: IMAGE_SEGMENT_ADDR, IMAGE_SEGMENT_LEN. */
enum asl_err asl_segment_check(const struct asl_segment *segment, uint32_t index);
/* Judges a segment of an image that the mask ROM loads: IRAM or DRAM. Errors: as above. */
enum asl_err asl_segment_check_rom(const struct asl_segment *segment);
/* True when it lies in the flash window: mapped, not loaded. */
bool asl_segment_is_flash(const struct asl_segment *segment);
/* True when entry (vaddr) points into it and code may run there: flash or IRAM. */
bool asl_segment_holds_entry(const struct asl_segment *segment, uint32_t entry);
/* Reads a descriptor of desc[256]; out->present is false when the magic is not there. */
void asl_app_desc_parse(const uint8_t raw[ASL_APP_DESC_LEN], struct asl_app_desc *out);

/* Bytes that the gate wants to see at once: header, first segment header, descriptor. */
#define ASL_IMAGE_GATE_LEN (ASL_IMAGE_DESC_OFF + ASL_APP_DESC_LEN)

/* Judges the first bytes of an image against the slot it is meant for; reads min(len,
 * ASL_IMAGE_GATE_LEN) bytes. image_len 0 means unknown.
 * Errors: IMAGE_MAGIC, IMAGE_SEGMENTS, IMAGE_SEGMENT_ADDR, IMAGE_SEGMENT_LEN, IMAGE_ENTRY,
 * IMAGE_LINK (segment 0 vaddr against the slot's offset mod 1 MiB), IMAGE_TOO_LARGE (also when
 * the first segment alone does not fit), IMAGE_TRUNCATED (len below one header pair, or image_len
 * below what the first segment needs). */
enum asl_err asl_image_gate(const uint8_t *first, uint32_t len, uint32_t slot_addr,
                            uint32_t slot_size, uint32_t image_len);

struct asl_image_info {
    struct asl_image_header header;
    struct asl_segment segment[ASL_IMAGE_MAX_SEGMENTS];
    struct asl_app_desc desc;
    uint32_t len;       /* bytes with checksum block, without hash */
    uint32_t total_len; /* len, + 32 when the hash is there */
    uint8_t checksum;   /* computed */
    bool has_hash;
    uint8_t hash[ASL_IMAGE_HASH_LEN]; /* computed over len bytes; with an expected digest, over
                                       * those bytes with the claims' room erased */
};

struct asl_image_rules {
    uint32_t max_len;    /* bytes that may be read: slot or file size */
    bool accept_no_hash; /* default false */
    bool exact_len;      /* bytes after the image are an error (files), not slack (slots) */
    bool for_rom;        /* an image for the mask ROM (bootloader), not an application */
};

/* Push verifier. Caller owns the memory; contents are private. */
struct asl_image_verifier {
    struct asl_image_rules rules;
    struct asl_image_info info;
    struct asl_digest digest;
    uint32_t state;
    uint32_t pos;    /* bytes taken so far */
    uint32_t want;   /* bytes left in the present part */
    uint32_t n_done; /* segments passed */
    uint32_t fill;
    uint8_t hold[ASL_APP_DESC_LEN];
    enum asl_err failed;
    bool has_expected;
    uint8_t expected[ASL_IMAGE_HASH_LEN];
};

void asl_image_verifier_init(struct asl_image_verifier *v, const struct asl_image_rules *rules);
/* Holds the image to a signed digest, that of its bytes with the claims' room erased, instead of to
 * its own hash: that one must be there, but its value is not looked at. One SHA-256 either way.
 * Between init and the first feed. */
void asl_image_verifier_expect(struct asl_image_verifier *v,
                               const uint8_t digest[ASL_IMAGE_HASH_LEN]);
/* Takes the next bytes. After an error it repeats that error. Bytes after the end are ignored
 * unless exact_len. An image that claims more than max_len is IMAGE_TOO_LARGE, with exact_len
 * IMAGE_TRUNCATED. */
enum asl_err asl_image_verifier_feed(struct asl_image_verifier *v, const void *data, uint32_t len);
/* True when nothing more is wanted: a slot reader stops here. */
bool asl_image_verifier_is_done(const struct asl_image_verifier *v);
/* Judges the whole; the entry of an application must lie in flash, as the application itself loads
 * its RAM. info (may be NULL) receives what was seen, filled as far as parsed even on
 * error. In a slot 32 erased bytes behind the checksum mean no hash.
 * Errors: IMAGE_MAGIC, IMAGE_SEGMENTS, IMAGE_SEGMENT_ADDR, IMAGE_SEGMENT_LEN, IMAGE_ENTRY,
 * IMAGE_TOO_LARGE, IMAGE_TRUNCATED, IMAGE_CHECKSUM, IMAGE_HASH, IMAGE_NO_HASH, IMAGE_TRAILING,
 * CLAIMS_DIGEST (not the image that was signed). */
enum asl_err asl_image_verifier_finish(struct asl_image_verifier *v, struct asl_image_info *info);

#endif
