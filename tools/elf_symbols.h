/* SPDX-License-Identifier: Apache-2.0 */
/* Names of addresses: the functions of a 32-bit ELF file's symbol table. Every offset is held
 * against the file before it is followed. */
#ifndef TOOLS_ELF_SYMBOLS_H
#define TOOLS_ELF_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf_symbol {
    uint32_t vaddr;
    uint32_t len;     /* 0: up to the next symbol */
    const char *name; /* points into the file */
};

struct elf_symbols {
    struct elf_symbol *symbol; /* ascending by vaddr; malloc'd */
    uint32_t n;
};

/* Reads the functions of file[len], which must outlive out. Returns NULL, or what is wrong with the
 * file as a static clause. */
const char *elf_symbols_read(const uint8_t *file, size_t len, struct elf_symbols *out);
void elf_symbols_free(struct elf_symbols *symbols);
/* The function that vaddr lies in; NULL when there is none. */
const struct elf_symbol *elf_symbols_find(const struct elf_symbols *symbols, uint32_t vaddr);

#endif
