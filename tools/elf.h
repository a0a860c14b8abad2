/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the loadable sections of a linked 32-bit Xtensa ELF file that stands in memory. Every
 * offset is held against the file before it is followed. */
#ifndef TOOLS_ELF_H
#define TOOLS_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ELF_MAX_SECTIONS 128u

struct elf_section {
    const char *name; /* points into the file, "" when it has none */
    uint32_t vaddr;
    uint32_t len;
    const uint8_t *data; /* points into the file */
};

struct elf {
    uint32_t entry;
    uint32_t n_sections;
    struct elf_section section[ELF_MAX_SECTIONS]; /* allocated, with bytes, ascending by vaddr */
};

/* Returns NULL and fills out, or returns what is wrong with the file as a static clause. */
const char *elf_parse(const uint8_t *file, size_t len, struct elf *out);

#endif
