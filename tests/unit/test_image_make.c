/* SPDX-License-Identifier: Apache-2.0 */
/* From ELF to image: programs composed byte by byte, whole and damaged. */
#include "check.h"

#include <stdlib.h>

#include "airslot/bytes.h"
#include "elf.h"
#include "image_make.h"

#define FILE_MAX 8192u

struct program {
    uint8_t file[FILE_MAX];
    uint32_t len;
    uint32_t n; /* sections */
    uint32_t header_at[16];
};

static struct program p;
static struct elf elf;
static char why[300];
static const uint8_t elf_sha256[32] = {0xe1, 0xf0};

/* Starts a program: ELF header, then the bytes of sections, at last their headers. */
static void start(uint32_t entry)
{
    static const uint8_t ident[] = {0x7f, 'E', 'L', 'F', 1, 1, 1};

    memset(&p, 0, sizeof(p));
    memcpy(p.file, ident, sizeof(ident));
    asl_put_le16(p.file + 16, 2);
    asl_put_le16(p.file + 18, 94);
    asl_put_le32(p.file + 24, entry);
    asl_put_le32(p.file + 32, 4096); /* section headers */
    asl_put_le16(p.file + 46, 40);
    p.len = 52;
}

/* Adds a section of a pattern; type 8 (no bits) has none in the file. */
static uint8_t *add(uint32_t vaddr, uint32_t len, uint32_t type, uint32_t flags)
{
    uint8_t *header = p.file + 4096 + 40 * p.n;
    uint8_t *data = p.file + p.len;

    p.header_at[p.n] = 4096 + 40 * p.n;
    asl_put_le32(header + 4, type);
    asl_put_le32(header + 8, flags);
    asl_put_le32(header + 12, vaddr);
    asl_put_le32(header + 16, p.len);
    asl_put_le32(header + 20, len);
    p.n++;
    if (type != 8) {
        for (uint32_t i = 0; i < len; i++) {
            data[i] = (uint8_t)(vaddr + i);
        }
        p.len += len;
        assert_true(p.len <= 4096);
    }
    return data;
}

static uint32_t finish(void)
{
    asl_put_le16(p.file + 48, p.n);
    return 4096 + 40 * p.n;
}

static bool make(bool for_rom, struct bytes *image, struct asl_image_info *info)
{
    const struct image_options options = {2, 0, 4, for_rom};
    const char *fault = elf_parse(p.file, finish(), &elf);

    if (fault != NULL) {
        fail_msg("%s", fault);
    }
    return image_make(&elf, elf_sha256, &options, image, info, why, sizeof(why));
}

static void an_application_is_packed(void **state)
{
    struct bytes image;
    struct asl_image_info info;

    (void)state;
    start(0x40210210);
    uint8_t *desc = add(0x40210010, 256, 1, 2);
    asl_put_le32(desc, 0xabcd5432);
    strcpy((char *)desc + 48, "packed");
    add(0x40210110, 301, 1, 6);  /* text, not a multiple of 4 */
    add(0x40210300, 10, 1, 2);   /* flash rodata behind a gap */
    add(0x3ffe8000, 5, 1, 3);    /* data ... */
    add(0x3ffe8008, 4, 14, 3);   /* ... and init_array close behind: one segment */
    add(0x3ffe8010, 1000, 8, 3); /* bss */
    add(0x40100000, 16, 1, 6);   /* vectors */
    add(0, 50, 1, 0);            /* comment: not allocated */
    assert_true(make(false, &image, &info));
    assert_int_equal(info.header.n_segments, 3);
    assert_int_equal(info.segment[0].vaddr, 0x40210010);
    assert_int_equal(info.segment[0].off, 0x10);
    assert_int_equal(info.segment[0].len, 0x2fc);
    assert_int_equal(info.segment[1].vaddr, 0x3ffe8000);
    assert_int_equal(info.segment[1].len, 12);
    assert_int_equal(info.segment[2].vaddr, 0x40100000);
    assert_string_equal(info.desc.project_name, "packed");
    assert_true(info.has_hash);
    assert_int_equal(image.len, info.total_len);
    /* Mapped and file offset agree; gaps are zero; the ELF's digest is in the descriptor. */
    assert_int_equal(image.data[0x110], 0x10);
    assert_int_equal(image.data[0x300], 0x00);
    assert_int_equal(image.data[0x309], 0x09);
    assert_int_equal(image.data[0x2f0], 0);
    assert_memory_equal(image.data + 0x10 + 144, elf_sha256, 32);
    assert_int_equal(image.data[2], 2);
    assert_int_equal(image.data[3], 0x40);
    free(image.data);
}

static void a_bootloader_is_packed(void **state)
{
    struct bytes image;
    struct asl_image_info info;

    (void)state;
    start(0x40100004);
    add(0x40100000, 100, 1, 6);
    add(0x3ffe8000, 20, 1, 2);
    assert_true(make(true, &image, &info));
    assert_int_equal(info.header.n_segments, 2);
    assert_int_equal(info.header.entry, 0x40100004);
    assert_int_equal(image.len % 16, 0);
    free(image.data);
}

static void expect_refusal(bool for_rom, const char *words)
{
    struct bytes image;
    struct asl_image_info info;

    if (make(for_rom, &image, &info)) {
        fail_msg("accepted, expected: %s", words);
    }
    if (strstr(why, words) == NULL) {
        fail_msg("'%s' lacks '%s'", why, words);
    }
}

static void programs_that_cannot_run_are_refused(void **state)
{
    (void)state;
    start(0x40100000);
    add(0x40210010, 64, 1, 6);
    expect_refusal(true, "the mask ROM loads only IRAM and DRAM");
    start(0x40100000);
    add(0x40100000, 64, 1, 6);
    expect_refusal(false, "ASL_ERR_IMAGE_SEGMENT_ADDR");
    start(0x40210010);
    add(0x40210000, 64, 1, 6);
    expect_refusal(false, "flash text starts at 0x40210000");
    start(0x50000000);
    add(0x40210010, 64, 1, 6);
    expect_refusal(false, "ASL_ERR_IMAGE_ENTRY");
    start(0x40210010);
    add(0x40210010, 64, 1, 6);
    add(0x20000000, 64, 1, 6);
    expect_refusal(false, "at 0x20000000");
    start(0x40210010);
    add(0x40210010, 64, 1, 6);
    add(0x3fffff00, 0x200, 1, 6);
    expect_refusal(false, "ASL_ERR_IMAGE_SEGMENT_LEN");
    start(0x40210010);
    add(0x40210010, 64, 1, 6);
    for (uint32_t i = 0; i < 15; i++) {
        add(0x3ffe8000 + 0x100 * i, 4, 1, 2);
    }
    struct bytes image;
    struct asl_image_info info;
    assert_true(make(false, &image, &info));
    free(image.data);
    start(0x40210010);
    for (uint32_t i = 0; i < 16; i++) {
        add(0x3ffe8000 + 0x100 * i, 4, 1, 2);
    }
    asl_put_le32(p.file + p.header_at[0] + 12, 0x40210010);
    asl_put_le32(p.file + p.header_at[15] + 12, 0x40100000);
    assert_true(make(false, &image, &info));
    free(image.data);
}

static void more_than_16_segments_do_not_fit(void **state)
{
    (void)state;
    start(0x40210010);
    add(0x40210010, 64, 1, 6);
    for (uint32_t i = 0; i < 15; i++) {
        add(0x3ffe8000 + 0x100 * i, 4, 1, 2);
    }
    /* The seventeenth header has no place in header_at; it is made from the last. */
    memcpy(p.file + 4096 + 40 * 16, p.file + 4096 + 40 * 15, 40);
    asl_put_le32(p.file + 4096 + 40 * 16 + 12, 0x40100000);
    p.n = 17;
    expect_refusal(false, "more than 16 segments");
}

/* Whatever one byte of the ELF's own structures says, reading stays inside the file. */
static void damaged_elf_files_are_read_safely(void **state)
{
    static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};
    uint32_t n_refused = 0;

    (void)state;
    start(0x40210010);
    add(0x40210010, 64, 1, 6);
    add(0x3ffe8000, 20, 1, 2);
    uint32_t len = finish();
    uint8_t *copy = malloc(len);
    assert_non_null(copy);
    for (uint32_t at = 0; at < len; at += at == 51 ? 4096 - 51 : 1) {
        for (size_t v = 0; v < COUNT(values); v++) {
            memcpy(copy, p.file, len);
            copy[at] = values[v];
            n_refused += elf_parse(copy, len, &elf) != NULL;
        }
    }
    free(copy);
    assert_true(n_refused > 20);
    for (uint32_t cut = 0; cut < len; cut++) {
        copy = malloc(cut + 1);
        assert_non_null(copy);
        memcpy(copy, p.file, cut);
        assert_non_null(elf_parse(copy, cut, &elf));
        free(copy);
    }
}

static void names_and_codes_are_one_list(void **state)
{
    static const uint32_t sizes[] = {1u << 20, 2u << 20, 4u << 20, 8u << 20, 16u << 20};
    uint8_t code;

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        for (int rom = 0; rom < 2; rom++) {
            assert_true(image_flash_size_code(sizes[i], rom != 0, &code));
            assert_int_equal(image_flash_size_of(code, rom != 0), sizes[i]);
        }
    }
    assert_true(image_flash_size_code(4u << 20, true, &code) && code == 4);
    assert_true(image_flash_size_code(4u << 20, false, &code) && code == 2);
    assert_false(image_flash_size_code(3u << 20, true, &code));
    assert_true(image_flash_mode_code("DIO", &code) && code == 2);
    assert_true(image_flash_freq_code("80m", &code) && code == 15);
    assert_false(image_flash_mode_code("xio", &code));
    assert_string_equal(image_flash_mode_name(3), "dout");
    assert_string_equal(image_flash_freq_name(7), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_application_is_packed),
        cmocka_unit_test(a_bootloader_is_packed),
        cmocka_unit_test(programs_that_cannot_run_are_refused),
        cmocka_unit_test(more_than_16_segments_do_not_fit),
        cmocka_unit_test(damaged_elf_files_are_read_safely),
        cmocka_unit_test(names_and_codes_are_one_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
