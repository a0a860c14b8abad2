/* SPDX-License-Identifier: Apache-2.0 */
/* ELF files, and the images made of those that can be read. */
#include "elf.h"
#include "fuzz.h"
#include "image_make.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct image_options options = {.spi_mode = 2};
    static const uint8_t digest[32];
    static struct elf elf;
    struct asl_image_info info;
    struct bytes image;
    char why[300];

    if (elf_parse(data, size, &elf) != NULL) {
        return 0;
    }
    if (image_make(&elf, digest, &options, &image, &info, why, sizeof(why))) {
        require(info.total_len == image.len);
        free(image.data);
    }
    return 0;
}
