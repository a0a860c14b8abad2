/* SPDX-License-Identifier: Apache-2.0 */
/* Packs a linked program into an image: version 3 applications, or images for the mask ROM. Bytes
 * in, bytes out; what it returns has passed core's own verifier. */
#ifndef TOOLS_IMAGE_MAKE_H
#define TOOLS_IMAGE_MAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "asl_image.h"
#include "elf.h"
#include "io.h"

struct image_options {
    uint8_t spi_mode;
    uint8_t spi_speed;
    uint8_t spi_size; /* code for the kind of image, see image_flash_size_code() */
    bool for_rom;     /* a bootloader: RAM only, entry in IRAM */
};

/* Look up header codes by the names of the command line ("dio", "40m") and of the flash size.
 * Return false when there is none. */
bool image_flash_mode_code(const char *name, uint8_t *code);
bool image_flash_freq_code(const char *name, uint8_t *code);
bool image_flash_size_code(uint32_t size, bool for_rom, uint8_t *code);
/* The way back; "?" for codes without a name, 0 for sizes without one. */
const char *image_flash_mode_name(uint8_t code);
const char *image_flash_freq_name(uint8_t code);
uint32_t image_flash_size_of(uint8_t code, bool for_rom);

/* Packs elf, whose file has the digest elf_sha256. Fills out (the caller frees out->data) and info;
 * on failure returns false with a sentence in why[why_len]. */
bool image_make(const struct elf *elf, const uint8_t elf_sha256[32],
                const struct image_options *options, struct bytes *out, struct asl_image_info *info,
                char *why, size_t why_len);

#endif
