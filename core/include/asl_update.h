/* SPDX-License-Identifier: Apache-2.0 */
/* The update session: bytes in, a verified slot out. Push-style; core never waits. Erases nothing
 * before the gate accepted the first bytes; then each sector just ahead of its data; reads back
 * every page. */
#ifndef ASL_UPDATE_H
#define ASL_UPDATE_H

#include <stdbool.h>
#include <stdint.h>

#include "airslot/err.h"
#include "airslot/flash.h"
#include "asl_image.h"
#include "asl_resume.h"

/* Collected before the first erase, and the unit of programming afterwards. */
#define ASL_UPDATE_BUFFER_LEN 1024u

struct asl_update_config {
    const struct asl_flash *flash; /* outlives the session */
    uint32_t slot_addr;
    uint32_t slot_size;
    uint32_t image_len; /* declared size in bytes, 0 when unknown */
    bool accept_no_hash;
    /* What the caller wants to find again after a reset (asl_resume_find); NULL: nothing. At most
     * ASL_NOTE_MAX bytes, read at the first write. With it the slot's last sector is used unless
     * the image needs it, and one sector more than needed may be erased. */
    const void *note;
    uint32_t note_len;
    /* The owner's rules on the first bytes; may be NULL. Called once, before the first erase;
     * anything but ASL_OK ends the session with that error. */
    enum asl_err (*accept)(void *ctx, const uint8_t *first, uint32_t len);
    /* Called once, right before the session changes the slot for the first time; may be NULL.
     * Anything but ASL_OK ends the session with that error, the slot and its note as they were. */
    enum asl_err (*before_write)(void *ctx);
    void *ctx;
};

/* Caller owns the memory; contents are private but for the fields marked readable. */
struct asl_update {
    struct asl_update_config config;
    struct asl_image_verifier verifier;
    uint32_t state;
    uint32_t fill;       /* bytes waiting in buffer */
    uint32_t received;   /* readable: bytes taken */
    uint32_t written;    /* readable: bytes in flash */
    uint32_t erased;     /* readable: bytes of the slot erased */
    enum asl_err failed; /* readable: what ended the session */
    uint32_t buffer[ASL_UPDATE_BUFFER_LEN / 4u];
};

/* Opens a session. Touches no flash. Errors: INVALID_ARG (slot not whole sectors, a geometry that
 * the buffer does not suit, a note that is too long), FLASH_BOUNDS (slot beyond the chip),
 * TABLE_WINDOW (slot across a 1 MiB boundary: it never boots), IMAGE_TOO_LARGE (declared size). On
 * error: the session is closed. */
enum asl_err asl_update_begin(struct asl_update *u, const struct asl_update_config *config);

/* Holds the image to a signed digest (asl_image_verifier_expect) beside its own hash: the bytes as
 * they pass to the first, the slot at the end to the second, which covers the claims too. From the
 * accept hook. */
void asl_update_expect(struct asl_update *u, const uint8_t digest[ASL_IMAGE_HASH_LEN]);

/* Opens a session whose first offset bytes stand in the slot already, as asl_resume_find() says:
 * they are read and pass the gate, the accept hook and the verifier as if they were fed. Writes
 * nothing. offset is a multiple of the erase size and below image_len; 0 is asl_update_begin().
 * Errors: as begin, INVALID_ARG (offset), and as feed. On error: the session is closed. */
enum asl_err asl_update_resume(struct asl_update *u, const struct asl_update_config *config,
                               uint32_t offset);

/* True when the bytes taken so far are a whole image with its SHA-256: a stream that ended without
 * a word was not cut. scratch is working memory. */
bool asl_update_is_whole(const struct asl_update *u, struct asl_image_verifier *scratch);

/* Takes the next bytes, any length. The first error is final and repeated by every later call; a
 * closed session answers INVALID_STATE. A page that does not read back as written is programmed
 * once more where its bits allow that, then it is FLASH_VERIFY.
 * Errors: those of asl_image_gate and of the verifier, the accept hook's, IMAGE_TOO_LARGE,
 * IMAGE_TRAILING (also past the declared length), FLASH_*.
 * After an error in the image the slot's note is gone: what is not an image is not gone on with.
 * Cut: the slot holds a torn image; no other byte of flash has changed. */
enum asl_err asl_update_feed(struct asl_update *u, const void *data, uint32_t len);

/* Writes what is left, then verifies the whole image as it stands in flash, not as it was fed.
 * info (may be NULL) describes it, on success only. Closes in any case.
 * Errors: as feed, IMAGE_TRUNCATED (also below the declared length), IMAGE_NO_HASH. */
enum asl_err asl_update_end(struct asl_update *u, struct asl_image_info *info);

/* Closes without verifying. The slot keeps what it holds. */
void asl_update_abort(struct asl_update *u);

/* Verifies the image that a slot holds: the gate for this slot, then the whole, reading through
 * scratch[len] (4-aligned, len >= 64, multiple of 4). progress (may be NULL) is called after each
 * read with the bytes done; v is working memory; info (may be NULL) is filled as far as parsed,
 * untouched when flash or arguments fail.
 * Errors: those of the gate and the verifier, FLASH_READ, FLASH_BOUNDS, INVALID_ARG. */
enum asl_err asl_slot_verify(const struct asl_flash *flash, uint32_t slot_addr, uint32_t slot_size,
                             bool accept_no_hash, void *scratch, uint32_t len,
                             void (*progress)(void *ctx, uint32_t done), void *ctx,
                             struct asl_image_verifier *v, struct asl_image_info *info);

/* The same with a signed digest (asl_image_verifier_expect), NULL for none. */
enum asl_err asl_slot_verify_signed(const struct asl_flash *flash, uint32_t slot_addr,
                                    uint32_t slot_size, bool accept_no_hash, const uint8_t *digest,
                                    void *scratch, uint32_t len,
                                    void (*progress)(void *ctx, uint32_t done), void *ctx,
                                    struct asl_image_verifier *v, struct asl_image_info *info);

#endif
