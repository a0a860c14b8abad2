/* SPDX-License-Identifier: Apache-2.0 */
#include "flash_header.h"

#include <string.h>

#include "asl_crypto.h"
#include "image_info.h"
#include "image_make.h"

enum { MODE_AT = 2, SIZE_FREQUENCY_AT = 3 };

bool flash_header_is_there(const struct bytes *file)
{
    return file->len > SIZE_FREQUENCY_AT && file->data[0] == ASL_IMAGE_MAGIC && image_is_rom(file);
}

uint32_t flash_header_size(const struct bytes *file)
{
    return image_flash_size_of(file->data[SIZE_FREQUENCY_AT] >> 4, true);
}

/* Where the hash stands when the image has one that is right; 0 when not. */
static uint32_t find_hash(const struct bytes *file)
{
    const struct asl_image_rules rules = {
        .max_len = (uint32_t)file->len, .accept_no_hash = true, .for_rom = true};
    static struct asl_image_verifier v;
    static struct asl_image_info info;

    asl_image_verifier_init(&v, &rules);
    asl_image_verifier_feed(&v, file->data, (uint32_t)file->len);
    enum asl_err err = asl_image_verifier_finish(&v, &info);
    return err == ASL_OK && info.has_hash ? info.len : 0;
}

static bool new_bytes(const struct flash_header *want, uint8_t byte[2])
{
    uint8_t frequency = byte[1] & 0x0fu;
    uint8_t size = byte[1] >> 4;
    char text[24];

    if (want->mode != NULL && !image_flash_mode_code(want->mode, &byte[0])) {
        io_error("unknown flash mode '%s': qio, qout, dio or dout", want->mode);
        return false;
    }
    if (want->frequency != NULL && !image_flash_freq_code(want->frequency, &frequency)) {
        io_error("unknown flash frequency '%s': 20m, 26m, 40m or 80m", want->frequency);
        return false;
    }
    if (want->size != 0 && !image_flash_size_code(want->size, true, &size)) {
        io_error("a header cannot say a flash size of %s", io_size_text(want->size, text));
        return false;
    }
    byte[1] = (uint8_t)(size << 4 | frequency);
    return true;
}

bool flash_header_patch(struct bytes *file, const struct flash_header *want, bool *changed)
{
    uint8_t byte[2] = {file->data[MODE_AT], file->data[SIZE_FREQUENCY_AT]};
    struct asl_digest digest;

    if (!new_bytes(want, byte)) {
        return false;
    }
    *changed = memcmp(byte, file->data + MODE_AT, 2) != 0;
    if (!*changed) {
        return true;
    }
    uint32_t hash_at = find_hash(file);
    memcpy(file->data + MODE_AT, byte, 2);
    if (hash_at != 0) {
        asl_sha256_init(&digest);
        asl_sha256_update(&digest, file->data, hash_at);
        asl_sha256_final(&digest, file->data + hash_at);
    }
    return true;
}
