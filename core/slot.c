/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>

#include "asl_update.h"

#define SCRATCH_MIN 64u

/* The part of a verification that stays the same from read to read. */
struct reader {
    const struct asl_flash *flash;
    uint32_t addr;
    uint32_t size;
    uint8_t *scratch;
    uint32_t len;
};

/* Reads the next chunk at off into scratch and feeds it; the first one passes the gate before. */
static enum asl_err take_chunk(const struct reader *r, uint32_t off, uint32_t n,
                               struct asl_image_verifier *v)
{
    enum asl_err err = r->flash->read(r->flash->ctx, r->addr + off, r->scratch, n);

    if (err != ASL_OK) {
        return err;
    }
    if (off == 0) {
        v->failed = asl_image_gate(r->scratch, n, r->addr, r->size, 0);
    }
    /* What the verifier thinks of it is for its finish to say. */
    (void)asl_image_verifier_feed(v, r->scratch, n);
    return ASL_OK;
}

enum asl_err asl_slot_verify_signed(const struct asl_flash *flash, uint32_t slot_addr,
                                    uint32_t slot_size, bool accept_no_hash, const uint8_t *digest,
                                    void *scratch, uint32_t len,
                                    void (*progress)(void *ctx, uint32_t done), void *ctx,
                                    struct asl_image_verifier *v, struct asl_image_info *info)
{
    const struct reader r = {flash, slot_addr, slot_size, scratch, len};
    const struct asl_image_rules rules = {.max_len = slot_size, .accept_no_hash = accept_no_hash};

    if (len < SCRATCH_MIN || len % 4u != 0) {
        return ASL_ERR_INVALID_ARG;
    }
    if (slot_addr > flash->size || slot_size > flash->size - slot_addr) {
        return ASL_ERR_FLASH_BOUNDS;
    }
    asl_image_verifier_init(v, &rules);
    if (digest != NULL) {
        asl_image_verifier_expect(v, digest);
    }
    for (uint32_t off = 0; off < slot_size && !asl_image_verifier_is_done(v);) {
        uint32_t n = len < slot_size - off ? len : slot_size - off;
        enum asl_err err = take_chunk(&r, off, n, v);
        if (err != ASL_OK) {
            return err;
        }
        off += n;
        if (progress != NULL) {
            progress(ctx, off);
        }
    }
    return asl_image_verifier_finish(v, info);
}

enum asl_err asl_slot_verify(const struct asl_flash *flash, uint32_t slot_addr, uint32_t slot_size,
                             bool accept_no_hash, void *scratch, uint32_t len,
                             void (*progress)(void *ctx, uint32_t done), void *ctx,
                             struct asl_image_verifier *v, struct asl_image_info *info)
{
    return asl_slot_verify_signed(flash, slot_addr, slot_size, accept_no_hash, NULL, scratch, len,
                                  progress, ctx, v, info);
}
