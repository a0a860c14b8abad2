/* SPDX-License-Identifier: Apache-2.0 */
/* A state machine of parts with known lengths: header, then per segment its header and data, the
 * block that ends with the checksum, the hash. Lengths are held against max_len before a part
 * starts. */
#include <stddef.h>
#include <string.h>

#include "asl_image.h"

enum part { PART_HEADER, PART_SEGMENT_HEADER, PART_DATA, PART_TAIL, PART_HASH, PART_DONE };

#define CHECKSUM_BLOCK 16u

/* Starts a part of len bytes, or ends with the error of an image that claims too much: in a file
 * the bytes are missing, in a slot there is no room for them. */
static enum asl_err start(struct asl_image_verifier *v, enum part part, uint32_t len)
{
    if (v->pos > v->rules.max_len || len > v->rules.max_len - v->pos) {
        return v->rules.exact_len ? ASL_ERR_IMAGE_TRUNCATED : ASL_ERR_IMAGE_TOO_LARGE;
    }
    v->state = part;
    v->want = len;
    v->fill = 0;
    return ASL_OK;
}

void asl_image_verifier_init(struct asl_image_verifier *v, const struct asl_image_rules *rules)
{
    memset(v, 0, sizeof(*v));
    v->rules = *rules;
    v->info.checksum = ASL_IMAGE_CHECKSUM_SEED;
    asl_sha256_init(&v->digest);
    v->failed = start(v, PART_HEADER, ASL_IMAGE_HEADER_LEN);
}

void asl_image_verifier_expect(struct asl_image_verifier *v,
                               const uint8_t digest[ASL_IMAGE_HASH_LEN])
{
    memcpy(v->expected, digest, ASL_IMAGE_HASH_LEN);
    v->has_expected = true;
}

static struct asl_segment *present_segment(struct asl_image_verifier *v)
{
    return &v->info.segment[v->n_done];
}

/* Keeps up to len bytes of the present part. */
static void hold(struct asl_image_verifier *v, const uint8_t *p, uint32_t len)
{
    uint32_t room = (uint32_t)sizeof(v->hold) - v->fill;
    uint32_t n = len < room ? len : room;

    memcpy(v->hold + v->fill, p, n);
    v->fill += n;
}

/* Segment data: checksum, and the start of flash segments is where descriptors stand: segment 0 in
 * our images, segment 1 in those of the SDK. */
static void take_data(struct asl_image_verifier *v, const uint8_t *p, uint32_t len)
{
    uint8_t checksum = v->info.checksum;

    for (uint32_t i = 0; i < len; i++) {
        checksum ^= p[i];
    }
    v->info.checksum = checksum;
    if (v->info.desc.present || v->fill == ASL_APP_DESC_LEN ||
        !asl_segment_is_flash(present_segment(v))) {
        return;
    }
    hold(v, p, len);
    if (v->fill == ASL_APP_DESC_LEN) {
        asl_app_desc_parse(v->hold, &v->info.desc);
    }
}

/* Adds the next bytes to the digest; those in the claims' room count as erased. */
static void digest_without_claims(struct asl_image_verifier *v, const uint8_t *p, uint32_t len)
{
    static const uint8_t erased = 0xff;

    for (uint32_t off = 0; off < len;) {
        uint32_t pos = v->pos + off;
        uint32_t n = len - off;
        if (pos - ASL_CLAIMS_OFF < ASL_CLAIMS_LEN) {
            n = 1;
            asl_sha256_update(&v->digest, &erased, 1);
        } else {
            if (pos < ASL_CLAIMS_OFF && n > ASL_CLAIMS_OFF - pos) {
                n = ASL_CLAIMS_OFF - pos;
            }
            asl_sha256_update(&v->digest, p + off, n);
        }
        off += n;
    }
}

/* Takes len (1..want) bytes of the present part. */
static void take(struct asl_image_verifier *v, const uint8_t *p, uint32_t len)
{
    if (v->state != PART_HASH && v->has_expected) {
        digest_without_claims(v, p, len);
    } else if (v->state != PART_HASH) {
        asl_sha256_update(&v->digest, p, len);
    }
    if (v->state == PART_DATA) {
        take_data(v, p, len);
    } else {
        hold(v, p, len);
    }
    v->pos += len;
    v->want -= len;
}

static enum asl_err end_header(struct asl_image_verifier *v)
{
    enum asl_err err = asl_image_header_parse(v->hold, &v->info.header);

    return err != ASL_OK ? err : start(v, PART_SEGMENT_HEADER, ASL_IMAGE_SEGMENT_HEADER_LEN);
}

static enum asl_err end_segment_header(struct asl_image_verifier *v)
{
    struct asl_segment *segment = present_segment(v);

    asl_segment_parse(v->hold, v->pos - ASL_IMAGE_SEGMENT_HEADER_LEN, segment);
    enum asl_err err =
        v->rules.for_rom ? asl_segment_check_rom(segment) : asl_segment_check(segment, v->n_done);
    return err != ASL_OK ? err : start(v, PART_DATA, segment->len);
}

/* An application is entered before anybody has loaded its IRAM: from flash alone it can run. */
static bool entry_is_code(const struct asl_image_info *info, bool for_rom)
{
    for (uint32_t i = 0; i < info->header.n_segments; i++) {
        const struct asl_segment *segment = &info->segment[i];
        if (asl_segment_holds_entry(segment, info->header.entry) &&
            (for_rom || asl_segment_is_flash(segment))) {
            return true;
        }
    }
    return false;
}

static enum asl_err end_data(struct asl_image_verifier *v)
{
    v->n_done++;
    if (v->n_done < v->info.header.n_segments) {
        return start(v, PART_SEGMENT_HEADER, ASL_IMAGE_SEGMENT_HEADER_LEN);
    }
    if (!entry_is_code(&v->info, v->rules.for_rom)) {
        return ASL_ERR_IMAGE_ENTRY;
    }
    return start(v, PART_TAIL, CHECKSUM_BLOCK - v->pos % CHECKSUM_BLOCK);
}

static enum asl_err end_tail(struct asl_image_verifier *v)
{
    v->info.len = v->pos;
    v->info.total_len = v->pos;
    asl_sha256_final(&v->digest, v->info.hash);
    if (v->hold[v->fill - 1u] != v->info.checksum) {
        return ASL_ERR_IMAGE_CHECKSUM;
    }
    if (v->has_expected && memcmp(v->expected, v->info.hash, ASL_IMAGE_HASH_LEN) != 0) {
        return ASL_ERR_CLAIMS_DIGEST;
    }
    if (v->rules.max_len - v->pos < ASL_IMAGE_HASH_LEN && !v->rules.exact_len) {
        return start(v, PART_DONE, 0);
    }
    /* A file may end here, so the 32 bytes are awaited without being owed. */
    v->state = PART_HASH;
    v->want = ASL_IMAGE_HASH_LEN;
    v->fill = 0;
    return ASL_OK;
}

static bool is_blank(const uint8_t *p, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        if (p[i] != 0xff) {
            return false;
        }
    }
    return true;
}

static enum asl_err end_hash(struct asl_image_verifier *v)
{
    bool is_erased = is_blank(v->hold, ASL_IMAGE_HASH_LEN);

    if (v->has_expected ? !is_erased : memcmp(v->hold, v->info.hash, ASL_IMAGE_HASH_LEN) == 0) {
        v->info.has_hash = true;
        v->info.total_len = v->info.len + ASL_IMAGE_HASH_LEN;
    } else if (v->rules.exact_len || !is_erased) {
        return ASL_ERR_IMAGE_HASH;
    }
    return start(v, PART_DONE, 0);
}

static enum asl_err end_part(struct asl_image_verifier *v)
{
    switch ((enum part)v->state) {
    case PART_HEADER:
        return end_header(v);
    case PART_SEGMENT_HEADER:
        return end_segment_header(v);
    case PART_DATA:
        return end_data(v);
    case PART_TAIL:
        return end_tail(v);
    case PART_HASH:
        return end_hash(v);
    case PART_DONE:
        break;
    }
    return ASL_OK;
}

bool asl_image_verifier_is_done(const struct asl_image_verifier *v)
{
    return v->failed != ASL_OK || v->state == PART_DONE;
}

enum asl_err asl_image_verifier_feed(struct asl_image_verifier *v, const void *data, uint32_t len)
{
    const uint8_t *p = data;

    while (len > 0 && !asl_image_verifier_is_done(v)) {
        uint32_t n = len < v->want ? len : v->want;
        take(v, p, n);
        p += n;
        len -= n;
        while (v->want == 0 && !asl_image_verifier_is_done(v)) {
            v->failed = end_part(v);
        }
    }
    if (len > 0 && v->failed == ASL_OK && v->rules.exact_len) {
        v->failed = ASL_ERR_IMAGE_TRAILING;
    }
    return v->failed;
}

/* Where the input ended decides: behind the image, just before a hash, or inside a part. */
static enum asl_err judge_end(const struct asl_image_verifier *v)
{
    if (v->failed != ASL_OK) {
        return v->failed;
    }
    if (v->state != PART_DONE && (v->state != PART_HASH || v->fill != 0)) {
        return ASL_ERR_IMAGE_TRUNCATED;
    }
    return v->info.has_hash || v->rules.accept_no_hash ? ASL_OK : ASL_ERR_IMAGE_NO_HASH;
}

enum asl_err asl_image_verifier_finish(struct asl_image_verifier *v, struct asl_image_info *info)
{
    if (info != NULL) {
        *info = v->info;
    }
    return judge_end(v);
}
