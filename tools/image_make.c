/* SPDX-License-Identifier: Apache-2.0 */
#include "image_make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "airslot/bytes.h"
#include "asl_err.h"

#define DESC_ELF_SHA256 144u
#define CHECKSUM_BLOCK  16u
/* RAM sections closer than this become one segment: a segment header would cost half of it. */
#define MERGE_GAP 16u

struct code {
    const char *name;
    uint32_t size;
    uint8_t code;
};

static const struct code modes[] = {{"qio", 0, 0},  {"qout", 0, 1}, {"dio", 0, 2},
                                    {"dout", 0, 3}, {"fast", 0, 4}, {"slow", 0, 5}};
static const struct code freqs[] = {{"40m", 0, 0}, {"26m", 0, 1}, {"20m", 0, 2}, {"80m", 0, 15}};
/* Fact: the ROM's own code in bootloader images; the SDK's tool writes the ESP32's in applications,
 * where nobody reads it. */
static const struct code rom_sizes[] = {
    {NULL, 512u << 10, 0}, {NULL, 256u << 10, 1}, {NULL, 1u << 20, 2}, {NULL, 2u << 20, 3},
    {NULL, 4u << 20, 4},   {NULL, 8u << 20, 8},   {NULL, 16u << 20, 9}};
static const struct code app_sizes[] = {{NULL, 1u << 20, 0},
                                        {NULL, 2u << 20, 1},
                                        {NULL, 4u << 20, 2},
                                        {NULL, 8u << 20, 3},
                                        {NULL, 16u << 20, 4}};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool find_by_name(const struct code *table, size_t n, const char *name, uint8_t *code)
{
    for (size_t i = 0; i < n; i++) {
        if (strcasecmp(table[i].name, name) == 0) {
            *code = table[i].code;
            return true;
        }
    }
    return false;
}

static const struct code *find_by_code(const struct code *table, size_t n, uint8_t code)
{
    for (size_t i = 0; i < n; i++) {
        if (table[i].code == code) {
            return &table[i];
        }
    }
    return NULL;
}

bool image_flash_mode_code(const char *name, uint8_t *code)
{
    return find_by_name(modes, COUNT(modes), name, code);
}

bool image_flash_freq_code(const char *name, uint8_t *code)
{
    return find_by_name(freqs, COUNT(freqs), name, code);
}

bool image_flash_size_code(uint32_t size, bool for_rom, uint8_t *code)
{
    const struct code *table = for_rom ? rom_sizes : app_sizes;
    size_t n = for_rom ? COUNT(rom_sizes) : COUNT(app_sizes);

    for (size_t i = 0; i < n; i++) {
        if (table[i].size == size) {
            *code = table[i].code;
            return true;
        }
    }
    return false;
}

const char *image_flash_mode_name(uint8_t code)
{
    const struct code *found = find_by_code(modes, COUNT(modes), code);

    return found != NULL ? found->name : "?";
}

const char *image_flash_freq_name(uint8_t code)
{
    const struct code *found = find_by_code(freqs, COUNT(freqs), code);

    return found != NULL ? found->name : "?";
}

uint32_t image_flash_size_of(uint8_t code, bool for_rom)
{
    const struct code *found = for_rom ? find_by_code(rom_sizes, COUNT(rom_sizes), code)
                                       : find_by_code(app_sizes, COUNT(app_sizes), code);

    return found != NULL ? found->size : 0;
}

/* A segment as a run of sections, with zero bytes between them. */
struct run {
    uint32_t first, n; /* sections */
    uint32_t vaddr;
    uint32_t len; /* padded to 4 */
};

struct layout {
    const struct elf *elf;
    struct run run[ASL_IMAGE_MAX_SEGMENTS];
    uint32_t n_runs;
};

static bool is_flash(const struct elf_section *section)
{
    return section->vaddr - ASL_WINDOW_VADDR < ASL_WINDOW_LEN;
}

/* All flash sections are one segment, so that file and mapped address agree for each of them. */
static bool joins(const struct elf_section *section, const struct elf_section *before,
                  const struct run *run)
{
    if (is_flash(section) || is_flash(before)) {
        return is_flash(section) && is_flash(before);
    }
    return section->vaddr - run->vaddr - run->len < MERGE_GAP ||
           section->vaddr - run->vaddr < run->len;
}

/* Appends the sections that are in flash, or those that are not, as runs. */
static bool add_runs(struct layout *layout, bool flash)
{
    const struct elf_section *before = NULL;
    struct run *run = NULL;

    for (uint32_t i = 0; i < layout->elf->n_sections; i++) {
        const struct elf_section *section = &layout->elf->section[i];
        if (is_flash(section) != flash) {
            continue;
        }
        if (run == NULL || !joins(section, before, run)) {
            if (layout->n_runs == ASL_IMAGE_MAX_SEGMENTS) {
                return false;
            }
            run = &layout->run[layout->n_runs++];
            *run = (struct run){.first = i, .vaddr = section->vaddr};
        }
        run->n = i + 1 - run->first;
        run->len = (section->vaddr + section->len - run->vaddr + 3u) & ~3u;
        before = section;
    }
    return true;
}

/* Judges one run where the name of its section still helps; the verifier judges the rest. */
static bool check_run(const struct layout *layout, uint32_t index, bool for_rom, char *why,
                      size_t why_len)
{
    const struct run *run = &layout->run[index];
    const struct asl_segment segment = {.vaddr = run->vaddr, .len = run->len};
    enum asl_err err =
        for_rom ? asl_segment_check_rom(&segment) : asl_segment_check(&segment, index);

    if (err == ASL_OK) {
        return true;
    }
    snprintf(why, why_len, "section %s at 0x%08x (%u bytes): %s (%s)",
             layout->elf->section[run->first].name, run->vaddr, run->len,
             for_rom ? "the mask ROM loads only IRAM and DRAM" : asl_err_text(err),
             asl_err_name(err));
    return false;
}

static bool check_link(const struct run *text, char *why, size_t why_len)
{
    uint32_t off = text->vaddr - ASL_WINDOW_VADDR;

    if (off % ASL_SECTOR_SIZE == ASL_IMAGE_DESC_OFF) {
        return true;
    }
    snprintf(
        why, why_len,
        "flash text starts at 0x%08x; it must start 0x10 behind a sector, as in 0x40210010 for "
        "a slot at 0x10000",
        text->vaddr);
    return false;
}

static bool plan(struct layout *layout, bool for_rom, char *why, size_t why_len)
{
    if (!add_runs(layout, true) || !add_runs(layout, false)) {
        snprintf(why, why_len, "the program needs more than %u segments", ASL_IMAGE_MAX_SEGMENTS);
        return false;
    }
    for (uint32_t i = 0; i < layout->n_runs; i++) {
        if (!check_run(layout, i, for_rom, why, why_len)) {
            return false;
        }
    }
    return for_rom || check_link(&layout->run[0], why, why_len);
}

static size_t image_len(const struct layout *layout)
{
    size_t len = ASL_IMAGE_HEADER_LEN;

    for (uint32_t i = 0; i < layout->n_runs; i++) {
        len += ASL_IMAGE_SEGMENT_HEADER_LEN + layout->run[i].len;
    }
    return len - len % CHECKSUM_BLOCK + CHECKSUM_BLOCK;
}

static void put_header(const struct layout *layout, const struct image_options *options,
                       uint8_t *raw)
{
    raw[0] = ASL_IMAGE_MAGIC;
    raw[1] = (uint8_t)layout->n_runs;
    raw[2] = options->spi_mode;
    raw[3] = (uint8_t)(options->spi_size << 4 | options->spi_speed);
    asl_put_le32(raw + 4, layout->elf->entry);
}

/* Writes one segment with its header; returns its end. */
static uint8_t *put_run(const struct elf *elf, const struct run *run, uint8_t *raw)
{
    asl_put_le32(raw, run->vaddr);
    asl_put_le32(raw + 4, run->len);
    raw += ASL_IMAGE_SEGMENT_HEADER_LEN;
    for (uint32_t i = run->first; i < run->first + run->n; i++) {
        const struct elf_section *section = &elf->section[i];
        memcpy(raw + (section->vaddr - run->vaddr), section->data, section->len);
    }
    return raw + run->len;
}

static void put_elf_digest(const struct layout *layout, const uint8_t elf_sha256[32], uint8_t *raw)
{
    uint8_t *desc = raw + ASL_IMAGE_DESC_OFF;

    if (layout->run[0].len >= ASL_APP_DESC_LEN && asl_get_le32(desc) == ASL_APP_DESC_MAGIC) {
        memcpy(desc + DESC_ELF_SHA256, elf_sha256, 32);
    }
}

/* Checksum over segment data and digest over everything: the last bytes, in this order. */
static void seal(const struct layout *layout, uint8_t *raw, size_t len)
{
    uint8_t checksum = ASL_IMAGE_CHECKSUM_SEED;
    const uint8_t *p = raw + ASL_IMAGE_HEADER_LEN;
    struct asl_digest digest;

    for (uint32_t i = 0; i < layout->n_runs; i++) {
        p += ASL_IMAGE_SEGMENT_HEADER_LEN;
        for (uint32_t n = layout->run[i].len; n > 0; n--) {
            checksum ^= *p++;
        }
    }
    raw[len - 1] = checksum;
    asl_sha256_init(&digest);
    asl_sha256_update(&digest, raw, (uint32_t)len);
    asl_sha256_final(&digest, raw + len);
}

/* Asks core about the finished image. */
static bool prove(const struct bytes *image, bool for_rom, struct asl_image_info *info, char *why,
                  size_t why_len)
{
    const struct asl_image_rules rules = {
        .max_len = (uint32_t)image->len, .exact_len = true, .for_rom = for_rom};
    struct asl_image_verifier v;

    asl_image_verifier_init(&v, &rules);
    asl_image_verifier_feed(&v, image->data, (uint32_t)image->len);
    enum asl_err err = asl_image_verifier_finish(&v, info);
    if (err == ASL_OK && !for_rom &&
        info->segment[0].vaddr % ASL_WINDOW_LEN - ASL_IMAGE_DESC_OFF + image->len >
            ASL_WINDOW_LEN) {
        err = ASL_ERR_IMAGE_TOO_LARGE;
        snprintf(why, why_len, "image of %zu bytes leaves its 1 MiB window (%s)", image->len,
                 asl_err_name(err));
    } else if (err != ASL_OK) {
        snprintf(why, why_len, "%s (%s)", asl_err_text(err), asl_err_name(err));
    }
    return err == ASL_OK;
}

bool image_make(const struct elf *elf, const uint8_t elf_sha256[32],
                const struct image_options *options, struct bytes *out, struct asl_image_info *info,
                char *why, size_t why_len)
{
    struct layout layout = {.elf = elf};

    if (!plan(&layout, options->for_rom, why, why_len)) {
        return false;
    }
    size_t len = image_len(&layout);
    struct bytes image = {.data = calloc(1, len + ASL_IMAGE_HASH_LEN),
                          .len = len + ASL_IMAGE_HASH_LEN};
    if (image.data == NULL) {
        snprintf(why, why_len, "out of memory");
        return false;
    }
    put_header(&layout, options, image.data);
    uint8_t *p = image.data + ASL_IMAGE_HEADER_LEN;
    for (uint32_t i = 0; i < layout.n_runs; i++) {
        p = put_run(elf, &layout.run[i], p);
    }
    if (!options->for_rom) {
        put_elf_digest(&layout, elf_sha256, image.data);
    }
    seal(&layout, image.data, len);
    if (!prove(&image, options->for_rom, info, why, why_len)) {
        free(image.data);
        return false;
    }
    *out = image;
    return true;
}
