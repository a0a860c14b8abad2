/* SPDX-License-Identifier: Apache-2.0 */
/* Reads an image file from memory and describes what core says about it. */
#ifndef TOOLS_IMAGE_INFO_H
#define TOOLS_IMAGE_INFO_H

#include <stdbool.h>
#include <stdint.h>

#include "asl_claims.h"
#include "asl_image.h"
#include "io.h"

#define IMAGE_FILE_MAX (16u << 20)

struct image_report {
    bool for_rom;     /* a bootloader: it loads to RAM only */
    enum asl_err err; /* what core's verifier says of the whole file */
    size_t file_len;
    struct asl_image_info info; /* as far as parsed */
    enum asl_err claims_err;    /* image_read_claims(); CLAIMS_MISSING when err is not ASL_OK */
    struct asl_claims claims;
};

/* True when the first segment of the image loads to RAM, as the mask ROM wants it. */
bool image_is_rom(const struct bytes *file);
/* Judges a whole file. An application that is linked for no slot address at all is IMAGE_LINK. */
void image_inspect(const struct bytes *file, bool for_rom, struct image_report *report);

void image_print_text(const char *path, const struct image_report *report);
void image_print_json(const char *path, const struct image_report *report);

#endif
