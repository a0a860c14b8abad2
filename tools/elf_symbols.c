/* SPDX-License-Identifier: Apache-2.0 */
#include "elf_symbols.h"

#include <stdlib.h>
#include <string.h>

#include "airslot/bytes.h"

/* Fact: System V ABI, ELF32 header, section header and symbol. */
enum {
    EHDR_LEN = 52,
    EHDR_SHOFF = 32,
    EHDR_SHENTSIZE = 46,
    EHDR_SHNUM = 48,
    SHDR_LEN = 40,
    SHDR_TYPE = 4,
    SHDR_OFFSET = 16,
    SHDR_SIZE = 20,
    SHDR_LINK = 24,
    SHT_SYMTAB_ = 2,
    SYM_LEN = 16,
    SYM_NAME = 0,
    SYM_VALUE = 4,
    SYM_SIZE = 8,
    SYM_INFO = 12,
    SYM_SHNDX = 14,
    STT_NOTYPE_ = 0,
    STT_FUNC_ = 2,
};

/* A function of unknown length is not followed further than this. */
#define OPEN_LEN 0x1000u

struct span {
    const uint8_t *data;
    uint32_t len;
};

static bool get_section(const struct span *file, uint32_t index, struct span *out, uint32_t *type,
                        uint32_t *link)
{
    const uint8_t *header =
        file->data + asl_get_le32(file->data + EHDR_SHOFF) + (size_t)index * SHDR_LEN;
    uint32_t off = asl_get_le32(header + SHDR_OFFSET);
    uint32_t len = asl_get_le32(header + SHDR_SIZE);

    *type = asl_get_le32(header + SHDR_TYPE);
    *link = asl_get_le32(header + SHDR_LINK);
    if (off > file->len || len > file->len - off) {
        return false;
    }
    *out = (struct span){file->data + off, len};
    return true;
}

static const char *check_header(const struct span *file, uint32_t *n_sections)
{
    static const uint8_t ident[] = {0x7f, 'E', 'L', 'F', 1, 1};

    if (file->len < EHDR_LEN || memcmp(file->data, ident, sizeof(ident)) != 0) {
        return "not a 32-bit little-endian ELF file";
    }
    uint32_t off = asl_get_le32(file->data + EHDR_SHOFF);
    *n_sections = asl_get_le16(file->data + EHDR_SHNUM);
    if (asl_get_le16(file->data + EHDR_SHENTSIZE) != SHDR_LEN || off > file->len ||
        *n_sections * SHDR_LEN > file->len - off) {
        return "its section table is missing or damaged";
    }
    return NULL;
}

/* Finds the symbol table and its strings, which end with a NUL. */
static bool find_table(const struct span *file, uint32_t n_sections, struct span *symbols,
                       struct span *strings)
{
    uint32_t type, link, ignored;

    for (uint32_t i = 0; i < n_sections; i++) {
        if (get_section(file, i, symbols, &type, &link) && type == SHT_SYMTAB_) {
            return link < n_sections && get_section(file, link, strings, &type, &ignored) &&
                   strings->len > 0 && strings->data[strings->len - 1] == '\0';
        }
    }
    return false;
}

/* Functions, and names without a type that assembly gives them. */
static bool take_symbol(const uint8_t *raw, const struct span *strings, struct elf_symbol *out)
{
    uint32_t name = asl_get_le32(raw + SYM_NAME);
    unsigned type = raw[SYM_INFO] & 15u;

    out->vaddr = asl_get_le32(raw + SYM_VALUE);
    out->len = asl_get_le32(raw + SYM_SIZE);
    if (name == 0 || name >= strings->len || asl_get_le16(raw + SYM_SHNDX) == 0 ||
        (type != STT_FUNC_ && type != STT_NOTYPE_) || out->vaddr >> 28 != 4) {
        return false;
    }
    out->name = (const char *)strings->data + name;
    return out->name[0] != '.' && out->name[0] != '$';
}

static int by_vaddr(const void *a, const void *b)
{
    const struct elf_symbol *x = a, *y = b;

    return x->vaddr < y->vaddr ? -1 : x->vaddr > y->vaddr;
}

const char *elf_symbols_read(const uint8_t *data, size_t len, struct elf_symbols *out)
{
    struct span file = {data, len <= UINT32_MAX ? (uint32_t)len : UINT32_MAX};
    struct span symbols, strings;
    uint32_t n_sections;
    const char *why = check_header(&file, &n_sections);

    *out = (struct elf_symbols){NULL, 0};
    if (why != NULL) {
        return why;
    }
    if (!find_table(&file, n_sections, &symbols, &strings)) {
        return "it has no symbol table";
    }
    uint32_t n = symbols.len / SYM_LEN;
    out->symbol = malloc((n + 1) * sizeof(out->symbol[0]));
    if (out->symbol == NULL) {
        return "out of memory";
    }
    for (uint32_t i = 0; i < n; i++) {
        if (take_symbol(symbols.data + i * SYM_LEN, &strings, &out->symbol[out->n])) {
            out->n++;
        }
    }
    qsort(out->symbol, out->n, sizeof(out->symbol[0]), by_vaddr);
    return NULL;
}

void elf_symbols_free(struct elf_symbols *symbols)
{
    free(symbols->symbol);
    *symbols = (struct elf_symbols){NULL, 0};
}

const struct elf_symbol *elf_symbols_find(const struct elf_symbols *symbols, uint32_t vaddr)
{
    uint32_t low = 0, high = symbols->n;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (symbols->symbol[middle].vaddr <= vaddr) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    /* Several names of one place: the one that knows its length. */
    for (uint32_t i = low; i > 0; i--) {
        const struct elf_symbol *s = &symbols->symbol[i - 1];
        if (vaddr - s->vaddr < (s->len != 0 ? s->len : OPEN_LEN)) {
            return s;
        }
        if (s->vaddr != symbols->symbol[low - 1].vaddr) {
            break;
        }
    }
    return NULL;
}
