/* SPDX-License-Identifier: Apache-2.0 */
#include "elf.h"

#include <stdlib.h>
#include <string.h>

#include "airslot/bytes.h"

/* Fact: System V ABI, ELF32 header and section header; machine number of Xtensa. */
enum {
    EHDR_LEN = 52,
    EHDR_TYPE = 16,
    EHDR_MACHINE = 18,
    EHDR_ENTRY = 24,
    EHDR_SHOFF = 32,
    EHDR_SHENTSIZE = 46,
    EHDR_SHNUM = 48,
    EHDR_SHSTRNDX = 50,
    SHDR_LEN = 40,
    SHDR_NAME = 0,
    SHDR_TYPE = 4,
    SHDR_FLAGS = 8,
    SHDR_ADDR = 12,
    SHDR_OFFSET = 16,
    SHDR_SIZE = 20,
    ET_EXEC_ = 2,
    EM_XTENSA_ = 94,
    SHT_NOBITS_ = 8,
    SHF_ALLOC_ = 2,
};

struct file {
    const uint8_t *data;
    size_t len;
    const uint8_t *names; /* section name table, NULL when there is none */
    size_t names_len;
};

static bool is_inside(const struct file *file, uint32_t off, uint32_t len)
{
    return off <= file->len && len <= file->len - off;
}

static const char *check_header(const struct file *file)
{
    static const uint8_t ident[] = {0x7f, 'E', 'L', 'F', 1, 1, 1};

    if (file->len < EHDR_LEN || memcmp(file->data, ident, 4) != 0) {
        return "not an ELF file";
    }
    if (memcmp(file->data, ident, sizeof(ident)) != 0) {
        return "not a 32-bit little-endian ELF file";
    }
    if (asl_get_le16(file->data + EHDR_MACHINE) != EM_XTENSA_) {
        return "not made for Xtensa";
    }
    if (asl_get_le16(file->data + EHDR_TYPE) != ET_EXEC_) {
        return "not a linked program";
    }
    uint32_t n = asl_get_le16(file->data + EHDR_SHNUM);
    if (n == 0 || asl_get_le16(file->data + EHDR_SHENTSIZE) != SHDR_LEN ||
        !is_inside(file, asl_get_le32(file->data + EHDR_SHOFF), n * SHDR_LEN)) {
        return "its section table is missing or damaged";
    }
    return NULL;
}

static const uint8_t *section_header(const struct file *file, uint32_t index)
{
    return file->data + asl_get_le32(file->data + EHDR_SHOFF) + index * SHDR_LEN;
}

static void find_names(struct file *file)
{
    uint32_t index = asl_get_le16(file->data + EHDR_SHSTRNDX);

    file->names = NULL;
    if (index >= asl_get_le16(file->data + EHDR_SHNUM)) {
        return;
    }
    const uint8_t *header = section_header(file, index);
    uint32_t off = asl_get_le32(header + SHDR_OFFSET);
    uint32_t len = asl_get_le32(header + SHDR_SIZE);
    if (len > 0 && is_inside(file, off, len) && file->data[off + len - 1] == '\0') {
        file->names = file->data + off;
        file->names_len = len;
    }
}

static const char *section_name(const struct file *file, uint32_t off)
{
    return file->names != NULL && off < file->names_len ? (const char *)file->names + off : "";
}

static bool is_loadable(const uint8_t *header)
{
    return (asl_get_le32(header + SHDR_FLAGS) & SHF_ALLOC_) != 0 &&
           asl_get_le32(header + SHDR_TYPE) != SHT_NOBITS_ && asl_get_le32(header + SHDR_SIZE) != 0;
}

static const char *add_section(const struct file *file, const uint8_t *header, struct elf *out)
{
    uint32_t off = asl_get_le32(header + SHDR_OFFSET);
    uint32_t len = asl_get_le32(header + SHDR_SIZE);
    uint32_t vaddr = asl_get_le32(header + SHDR_ADDR);

    if (!is_inside(file, off, len)) {
        return "a section reaches beyond the end of the file";
    }
    if (vaddr > UINT32_MAX - len) {
        return "a section reaches beyond the address space";
    }
    if (out->n_sections == ELF_MAX_SECTIONS) {
        return "it has too many loadable sections";
    }
    struct elf_section *section = &out->section[out->n_sections++];
    section->name = section_name(file, asl_get_le32(header + SHDR_NAME));
    section->vaddr = vaddr;
    section->len = len;
    section->data = file->data + off;
    return NULL;
}

static int by_vaddr(const void *a, const void *b)
{
    const struct elf_section *x = a, *y = b;

    return x->vaddr < y->vaddr ? -1 : x->vaddr > y->vaddr;
}

static const char *check_overlaps(const struct elf *elf)
{
    for (uint32_t i = 1; i < elf->n_sections; i++) {
        const struct elf_section *before = &elf->section[i - 1];
        if (elf->section[i].vaddr - before->vaddr < before->len) {
            return "two of its sections overlap";
        }
    }
    return elf->n_sections > 0 ? NULL : "it has nothing to load";
}

const char *elf_parse(const uint8_t *data, size_t len, struct elf *out)
{
    struct file file = {.data = data, .len = len};

    const char *why = check_header(&file);
    if (why != NULL) {
        return why;
    }
    find_names(&file);
    out->entry = asl_get_le32(data + EHDR_ENTRY);
    out->n_sections = 0;
    uint32_t n = asl_get_le16(data + EHDR_SHNUM);
    for (uint32_t i = 0; why == NULL && i < n; i++) {
        const uint8_t *header = section_header(&file, i);
        if (is_loadable(header)) {
            why = add_section(&file, header, out);
        }
    }
    if (why != NULL) {
        return why;
    }
    qsort(out->section, out->n_sections, sizeof(out->section[0]), by_vaddr);
    return check_overlaps(out);
}
