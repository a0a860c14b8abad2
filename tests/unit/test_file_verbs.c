/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs image, partitions, otadata, flash, read-flash and erase-flash as a user calls them:
 * exit codes, what they print, and what they leave in files. */
#include "check.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "asl_table.h"
#include "io.h"
#include "make_image.h"
#include "otadata_pair.h"
#include "sdk_record.h"
#include "tools.h"
#include "verb_run.h"

#define DIR        "build/test-file-verbs"
#define FLASH      DIR "/flash.bin"
#define PORT       "file:" FLASH
#define TABLE      DIR "/table.bin"
#define APP        DIR "/app.bin"
#define FLASH_SIZE 0x400000u

static void write_file(const char *path, const void *data, size_t len)
{
    assert_true(io_write_file(path, data, len));
}

static uint32_t write_app(const char *path, uint32_t slot_addr, uint32_t text_len)
{
    static uint8_t image[70000];
    uint32_t len = make_app(slot_addr, text_len, 100, image, sizeof(image));

    write_file(path, image, len);
    return len;
}

static const uint8_t *read_flash_file(void)
{
    static uint8_t bytes[FLASH_SIZE + 1];
    FILE *file = fopen(FLASH, "rb");

    assert_non_null(file);
    assert_int_equal(fread(bytes, 1, sizeof(bytes), file), FLASH_SIZE);
    fclose(file);
    return bytes;
}

static int set_up(void **state)
{
    (void)state;
    mkdir("build", 0777);
    mkdir(DIR, 0777);
    unlink(FLASH);
    assert_int_equal(RUN(partitions, "build", "configs/partitions_two_ota.csv", TABLE), EXIT_DONE);
    write_app(APP, 0x10000, 5000);
    return 0;
}

static void images_are_described_and_judged(void **state)
{
    uint8_t image[96];

    (void)state;
    assert_int_equal(RUN(image, "info", APP), EXIT_DONE);
    verb_expect(verb_out, "test_app");
    verb_expect(verb_out, "factory, ota_0, ota_1");
    verb_expect(verb_out, "no trial: the image links no confirm call");
    assert_int_equal(RUN(image, "info", "--json", APP), EXIT_DONE);
    verb_expect(verb_out, "\"sha256_state\": \"valid\"");
    verb_expect(verb_out, "\"can_confirm\": false");
    assert_int_equal(RUN(image, "verify", APP), EXIT_DONE);
    make_vector_a(image, sizeof(image));
    write_file(DIR "/cut.bin", image, 95);
    assert_int_equal(RUN(image, "verify", DIR "/cut.bin"), EXIT_REFUSED);
    verb_expect_error("ASL_ERR_IMAGE_TRUNCATED");
    write_file(DIR "/cut.bin", image, 64);
    assert_int_equal(RUN(image, "verify", DIR "/cut.bin"), EXIT_REFUSED);
    verb_expect_error("ASL_ERR_IMAGE_NO_HASH");
    assert_int_equal(RUN(image, "verify", "--bootloader", APP), EXIT_REFUSED);
    assert_int_equal(RUN(image, "verify", "configs/partitions_two_ota.csv"), EXIT_REFUSED);
    verb_expect_error("ASL_ERR_IMAGE_MAGIC");
    assert_int_equal(RUN(image, "verify", DIR "/none.bin"), EXIT_HOST);
    verb_expect_error("cannot open '" DIR "/none.bin'");
    assert_int_equal(RUN(image, "make", APP, DIR "/x.bin"), EXIT_REFUSED);
    verb_expect_error("not an ELF file");
    assert_int_equal(RUN(image, "make", APP, DIR "/x.bin", "--flash-size", "3MB"), EXIT_HOST);
    assert_int_equal(RUN(image, "bake", APP), EXIT_HOST);
}

static void tables_are_built_shown_and_judged(void **state)
{
    (void)state;
    assert_int_equal(RUN(partitions, "show", TABLE), EXIT_DONE);
    verb_expect(verb_out, "factory,app,factory,0x10000,960K,\n");
    write_file(DIR "/shown.csv", verb_out, strlen(verb_out));
    assert_int_equal(RUN(partitions, "build", DIR "/shown.csv", DIR "/again.bin"), EXIT_DONE);
    char first[ASL_TABLE_LEN + 1], again[ASL_TABLE_LEN + 1];
    assert_int_equal(verb_slurp(TABLE, first, sizeof(first)), ASL_TABLE_LEN);
    assert_int_equal(verb_slurp(DIR "/again.bin", again, sizeof(again)), ASL_TABLE_LEN);
    assert_memory_equal(first, again, ASL_TABLE_LEN);
    assert_int_equal(RUN(partitions, "verify", TABLE), EXIT_DONE);
    assert_string_equal(verb_err, "");
    assert_int_equal(RUN(partitions, "verify", TABLE, "--flash-size", "2MB"), EXIT_REFUSED);
    verb_expect_error(
        "'ota_1' ends at 0x300000, the flash has 0x200000 bytes (2MB): needed 0xf0000, "
        "available 0x0 (ASL_ERR_FLASH_BOUNDS)");
    assert_int_equal(RUN(partitions, "build", "configs/partitions_two_ota.csv", DIR "/no.bin",
                         "--flash-size", "1MB"),
                     EXIT_REFUSED);
    assert_int_equal(access(DIR "/no.bin", F_OK), -1);
    assert_int_equal(RUN(partitions, "offset", TABLE, "otadata"), EXIT_DONE);
    assert_string_equal(verb_out, "0xd000\n");
    assert_int_equal(RUN(partitions, "offset", TABLE, "nothing"), EXIT_REFUSED);
    assert_int_equal(RUN(partitions, "app-slot", TABLE), EXIT_DONE);
    assert_string_equal(verb_out, "0x10000 0xf0000\n");
    assert_int_equal(RUN(partitions, "show", APP), EXIT_REFUSED);
    assert_int_equal(RUN(partitions, "build", TABLE), EXIT_HOST);
}

static void a_slot_across_1_mib_builds_with_a_warning_and_does_not_verify(void **state)
{
    static const char csv[] = "nvs,data,nvs,,0x4000\nfactory,app,factory,0x10000,1M\n";

    (void)state;
    write_file(DIR "/cross.csv", csv, sizeof(csv) - 1);
    assert_int_equal(RUN(partitions, "build", DIR "/cross.csv", DIR "/cross.bin"), EXIT_DONE);
    verb_expect(verb_err, "warning: ");
    verb_expect(verb_err, "crosses a 1 MiB boundary: only 0xf0000 bytes");
    assert_int_equal(RUN(partitions, "verify", DIR "/cross.bin"), EXIT_REFUSED);
    verb_expect_error("ASL_ERR_TABLE_WINDOW");
    assert_int_equal(
        RUN(partitions, "verify", "configs/partitions_two_ota.1MB.csv", "--flash-size", "1MB"),
        EXIT_DONE);
    verb_expect(verb_err, "each needs an image linked for it");
}

static void a_new_flash_file_is_blank_but_for_what_was_written(void **state)
{
    const uint8_t *flash;

    (void)state;
    assert_int_equal(RUN(flash, "--port", PORT, "0x8000", TABLE, "0x10000", APP), EXIT_DONE);
    flash = read_flash_file();
    for (uint32_t i = 0; i < 0x8000; i++) {
        assert_int_equal(flash[i], 0xff);
    }
    assert_int_equal(flash[0x8000], 0xaa);
    assert_int_equal(flash[0x10000], 0xe9);
    assert_int_equal(flash[0xd000], 0xff);
    assert_int_equal(flash[0x110000], 0xff);
    assert_int_equal(RUN(read_flash, "--port", PORT, "0x8000", "0xc00", DIR "/back.bin"),
                     EXIT_DONE);
    char table[ASL_TABLE_LEN + 1], back[ASL_TABLE_LEN + 1];
    verb_slurp(TABLE, table, sizeof(table));
    assert_int_equal(verb_slurp(DIR "/back.bin", back, sizeof(back)), ASL_TABLE_LEN);
    assert_memory_equal(table, back, ASL_TABLE_LEN);
    /* A shorter file over it: its sectors are erased as a whole, the next stays. */
    uint32_t len = write_app(DIR "/small.bin", 0x10000, 256);
    assert_int_equal(RUN(flash, "--port", PORT, "0x10000", DIR "/small.bin"), EXIT_DONE);
    uint8_t next = flash[0x11000];
    flash = read_flash_file();
    assert_int_equal(flash[0x10000 + len], 0xff);
    assert_int_equal(flash[0x11000], next);
}

static void images_that_do_not_suit_are_refused_before_a_byte_is_written(void **state)
{
    static uint8_t big[0xf0001] = {0xe9};
    static uint8_t before[FLASH_SIZE];

    (void)state;
    assert_int_equal(RUN(flash, "--port", PORT, "0x8000", TABLE), EXIT_DONE);
    memcpy(before, read_flash_file(), FLASH_SIZE);
    write_file(DIR "/big.bin", big, sizeof(big));
    assert_int_equal(RUN(flash, "--port", PORT, "0x110000", APP, "0x10000", DIR "/big.bin"),
                     EXIT_REFUSED);
    verb_expect_error("needed 0xf0001 bytes, available 0xf0000");
    write_app(DIR "/linked.bin", 0x20000, 256);
    assert_int_equal(RUN(flash, "--port", PORT, "0x10000", DIR "/linked.bin"), EXIT_REFUSED);
    verb_expect_error("ASL_ERR_IMAGE_LINK");
    uint8_t image[96];
    make_vector_a(image, sizeof(image));
    write_file(DIR "/cut.bin", image, 90);
    assert_int_equal(RUN(flash, "--port", PORT, "0x10000", DIR "/cut.bin"), EXIT_REFUSED);
    verb_expect_error("ASL_ERR_IMAGE_TRUNCATED");
    assert_int_equal(RUN(flash, "--port", PORT, "0x0", APP), EXIT_REFUSED);
    verb_expect_error("as bootloader");
    assert_int_equal(RUN(flash, "--port", PORT, "0x8000", APP), EXIT_REFUSED);
    verb_expect_error("ASL_ERR_TABLE_MAGIC");
    assert_int_equal(RUN(flash, "--port", PORT, "0x3ff000", APP), EXIT_REFUSED);
    verb_expect_error("ASL_ERR_FLASH_BOUNDS");
    assert_int_equal(RUN(flash, "--port", PORT, "0x10000", APP, "0x11000", APP), EXIT_REFUSED);
    verb_expect_error("share sectors");
    assert_int_equal(RUN(flash, "--port", PORT, "0x10010", APP), EXIT_REFUSED);
    assert_memory_equal(before, read_flash_file(), FLASH_SIZE);
    assert_int_equal(RUN(flash, "--port", PORT, "--force", "0x10000", DIR "/cut.bin"), EXIT_DONE);
}

static void host_trouble_is_told_in_one_line(void **state)
{
    (void)state;
    assert_int_equal(RUN(flash, "--port", "/dev/ttyUSB-none", "0x10000", APP), EXIT_HOST);
    verb_expect_error("cannot open '/dev/ttyUSB-none'");
    assert_int_equal(RUN(flash, "0x10000", APP), EXIT_HOST);
    assert_int_equal(RUN(flash, "--port", PORT, "0x10000"), EXIT_HOST);
    assert_int_equal(RUN(flash, "--port", PORT, "here", APP), EXIT_HOST);
    assert_int_equal(RUN(flash, "--port", "file:" DIR "/no/flash", "0x10000", APP), EXIT_HOST);
    verb_expect_error("cannot open");
    assert_int_equal(RUN(flash, "--port", "file:/dev/null", "0x10000", APP), EXIT_HOST);
    verb_expect_error("not a plain file");
    assert_int_equal(RUN(read_flash, "--port", PORT, "0", "16", DIR "/out"), EXIT_HOST);
    verb_expect_error("cannot open");
    assert_int_equal(access(FLASH, F_OK), -1);
    assert_int_equal(RUN(flash, "--port", PORT, "0x8000", TABLE), EXIT_DONE);
    assert_int_equal(RUN(flash, "--port", PORT, "--flash-size", "2MB", "0x10000", APP), EXIT_HOST);
    verb_expect_error("holds 4MB, the flash chip 2MB");
    assert_int_equal(RUN(read_flash, "--port", PORT, "0x3ffff0", "17", DIR "/out"), EXIT_HOST);
    int fd = open(FLASH, O_RDWR);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assert_int_equal(RUN(flash, "--port", PORT, "0x10000", APP), EXIT_HOST);
    verb_expect_error("in use by a running board");
    close(fd);
}

/* A file size limit stands for a full disk; writes beyond it fail with EFBIG. */
static void a_full_disk_leaves_no_half_chip(void **state)
{
    struct rlimit limit, small;
    struct stat st;

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    small = limit;
    small.rlim_cur = 0x100000;
    setrlimit(RLIMIT_FSIZE, &small);
    int code = RUN(flash, "--port", PORT, "0x8000", TABLE);
    setrlimit(RLIMIT_FSIZE, &limit);
    assert_int_equal(code, EXIT_HOST);
    verb_expect_error("cannot write '" FLASH "'");
    assert_int_equal(stat(FLASH, &st), 0);
    assert_int_equal(st.st_size, 0);
    /* The chip exists, but a write stops half-way: that is said, with the place. */
    assert_int_equal(RUN(flash, "--port", PORT, "0x8000", TABLE), EXIT_DONE);
    static uint8_t blob[0x20000];
    write_file(DIR "/blob.bin", blob, sizeof(blob));
    small.rlim_cur = 0x308000;
    setrlimit(RLIMIT_FSIZE, &small);
    code = RUN(flash, "--port", PORT, "0x300000", DIR "/blob.bin");
    setrlimit(RLIMIT_FSIZE, &limit);
    assert_int_equal(code, EXIT_HOST);
    verb_expect(verb_err, "half-written: 0x300000 to 0x308000 is new, from there to 0x320000");
}

static void erasing_takes_all_or_a_region(void **state)
{
    const uint8_t *flash;

    (void)state;
    assert_int_equal(RUN(flash, "--port", PORT, "0x8000", TABLE, "0x10000", APP), EXIT_DONE);
    assert_int_equal(RUN(erase_flash, "--port", PORT, "--region", "0x10000", "0x1000"), EXIT_DONE);
    flash = read_flash_file();
    assert_int_equal(flash[0x8000], 0xaa);
    assert_int_equal(flash[0x10000], 0xff);
    assert_int_not_equal(flash[0x11000], 0xff);
    assert_int_equal(RUN(erase_flash, "--port", PORT, "--region", "0x10000", "0x800"), EXIT_HOST);
    assert_int_equal(RUN(erase_flash, "--port", PORT, "--region", "0x10000"), EXIT_HOST);
    assert_int_equal(RUN(erase_flash, "--port", PORT), EXIT_DONE);
    flash = read_flash_file();
    for (uint32_t i = 0; i < FLASH_SIZE; i++) {
        assert_int_equal(flash[i], 0xff);
    }
}

static void otadata_is_explained(void **state)
{
    static uint8_t dump[0x2000];

    (void)state;
    memset(dump, 0xff, sizeof(dump));
    write_file(DIR "/otadata.bin", dump, sizeof(dump));
    assert_int_equal(RUN(otadata, "show", DIR "/otadata.bin"), EXIT_DONE);
    verb_expect(verb_out, "boots:    factory at 0x10000: otadata is blank");
    sdk_record_make(2, UINT32_MAX, dump);
    sdk_record_make(1, 3, dump + 0x1000);
    write_file(DIR "/otadata.bin", dump, sizeof(dump));
    assert_int_equal(RUN(otadata, "show", DIR "/otadata.bin", "--partitions", TABLE), EXIT_DONE);
    verb_expect(verb_out, "boots:    ota_1 at 0x210000: the governing record names it");
    verb_expect(verb_out, "names ota slot (2 - 1) mod 2 = 1");
    verb_expect(verb_out, "foreign, governs");
    verb_expect(verb_out, "state 0x00000003 (INVALID)");
    dump[28] ^= 1;
    write_file(DIR "/otadata.bin", dump, sizeof(dump));
    assert_int_equal(RUN(otadata, "show", DIR "/otadata.bin", "--json"), EXIT_DONE);
    verb_expect(verb_out, "\"crc_right\": false");
    verb_expect(verb_out, "\"boots\": \"factory\"");
    write_file(DIR "/otadata.bin", dump, 100);
    assert_int_equal(RUN(otadata, "show", DIR "/otadata.bin"), EXIT_REFUSED);
}

/* Writes an own record and marks into a dump. */
static void put_own(uint8_t *sector, uint32_t seq, const struct asl_otadata_choice *choice,
                    uint32_t marks)
{
    struct asl_otadata_sector own;

    pair_put_own(&own, seq, choice);
    memset(sector, 0xff, 0x1000);
    memcpy(sector, own.record, sizeof(own.record));
    memcpy(sector + 0x100, own.seal, sizeof(own.seal));
    for (uint32_t i = 0; i < marks; i++) {
        sector[(2 + i) * 0x100] = 'A';
    }
}

static void trials_are_explained(void **state)
{
    static const struct asl_otadata_choice valid = {
        .state = ASL_OTA_VALID, .previous = 0xff, .last = {ASL_RESULT_STARTS, 0x11, 3, 4}};
    static const struct asl_otadata_choice trial = {
        .state = ASL_OTA_NEW, .previous = 0x10, .last = {ASL_RESULT_CONFIRMED, 0x10, 1, 0}};
    static uint8_t dump[0x2000];

    (void)state;
    put_own(dump, 3, &valid, 0);
    put_own(dump + 0x1000, 4, &trial, 2);
    write_file(DIR "/otadata.bin", dump, sizeof(dump));
    assert_int_equal(RUN(otadata, "show", DIR "/otadata.bin", "--partitions", TABLE), EXIT_DONE);
    verb_expect(verb_out, "seal:   41534c3104000000");
    verb_expect(verb_out, "own, governs\n  state PENDING_VERIFY");
    verb_expect(verb_out, "previous good slot: ota_0");
    verb_expect(verb_out, "last trial: ota_1 was not confirmed in its starts; starts: 3, last "
                          "reset: panic");
    verb_expect(verb_out, "trial:    of ota_1, 2 of 3 starts used\n");
    verb_expect(verb_out, "boots:    ota_1 at 0x210000: the governing record names it");
    assert_int_equal(RUN(otadata, "show", DIR "/otadata.bin", "--starts", "2", "--json"),
                     EXIT_DONE);
    verb_expect(verb_out, "\"over\": true");
    verb_expect(verb_out, "\"boots\": \"ota_0\"");
    verb_expect(verb_out, "\"result\": \"confirmed\"");
    assert_int_equal(RUN(otadata, "show", DIR "/otadata.bin", "--starts", "13"), EXIT_HOST);
    dump[0x1110] ^= 1; /* state in the seal */
    write_file(DIR "/otadata.bin", dump, sizeof(dump));
    assert_int_equal(RUN(otadata, "show", DIR "/otadata.bin"), EXIT_DONE);
    verb_expect(verb_out, "torn\n");
    verb_expect(verb_out, "boots:    ota_0");
}

static void a_whole_flash_says_which_image_is_good(void **state)
{
    static uint8_t dump[0x2000];

    (void)state;
    memset(dump, 0xff, sizeof(dump));
    sdk_record_make(1, UINT32_MAX, dump);
    write_file(DIR "/otadata.bin", dump, sizeof(dump));
    assert_int_equal(
        RUN(flash, "--port", PORT, "0x8000", TABLE, "0xd000", DIR "/otadata.bin", "0x10000", APP),
        EXIT_DONE);
    assert_int_equal(RUN(otadata, "show", FLASH), EXIT_DONE);
    verb_expect(verb_out, "ota_0 at 0x110000: the governing record names it; image is not");
    verb_expect(verb_out, "boots:    factory at 0x10000: fallback; image is good");
    assert_int_equal(RUN(erase_flash, "--port", PORT), EXIT_DONE);
    assert_int_equal(RUN(otadata, "show", FLASH), EXIT_REFUSED);
    verb_expect_error("ASL_ERR_TABLE_MAGIC");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(images_are_described_and_judged),
        TEST(tables_are_built_shown_and_judged),
        TEST(a_slot_across_1_mib_builds_with_a_warning_and_does_not_verify),
        TEST(a_new_flash_file_is_blank_but_for_what_was_written),
        TEST(images_that_do_not_suit_are_refused_before_a_byte_is_written),
        TEST(host_trouble_is_told_in_one_line),
        TEST(a_full_disk_leaves_no_half_chip),
        TEST(erasing_takes_all_or_a_region),
        TEST(otadata_is_explained),
        TEST(trials_are_explained),
        TEST(a_whole_flash_says_which_image_is_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
