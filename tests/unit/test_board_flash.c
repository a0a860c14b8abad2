/* SPDX-License-Identifier: Apache-2.0 */
/* The flash file of `airslot board`: made, locked, refused, written back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "board_flash.h"

#define SIZE (512u << 10)

static char dir[] = "build/tests/flash-XXXXXX";
static char path[64];

static int make_dir(void **state)
{
    (void)state;
    if (mkdtemp(dir) == NULL) {
        return -1;
    }
    strcpy(path, dir);
    strcat(path, "/flash.bin");
    return 0;
}

static int remove_dir(void **state)
{
    (void)state;
    return rmdir(dir);
}

static int remove_file(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

static struct vb_board *board_of(const struct flash_file *file)
{
    const struct vb_config config = {.flash_size = SIZE, .flash = file->bytes};
    char err[160];
    struct vb_board *b = vb_board_new(&config, err, sizeof(err));
    assert_non_null(b);
    return b;
}

static void a_new_file_is_blank_and_of_the_chips_size(void **state)
{
    (void)state;
    struct flash_file file;
    struct stat st;
    assert_true(flash_file_open(&file, path, SIZE));
    for (uint32_t i = 0; i < SIZE; i++) {
        assert_int_equal(file.bytes[i], 0xff);
    }
    flash_file_close(&file);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, SIZE);
}

static void changes_come_back(void **state)
{
    (void)state;
    struct flash_file file;
    assert_true(flash_file_open(&file, path, SIZE));
    struct vb_board *b = board_of(&file);
    assert_true(vb_board_write_flash(b, 0x1fff, "ab", 2));
    assert_true(flash_file_save(&file, b));
    vb_board_free(b);
    flash_file_close(&file);

    assert_true(flash_file_open(&file, path, SIZE));
    assert_memory_equal(file.bytes + 0x1ffe,
                        "\xff"
                        "ab"
                        "\xff",
                        4);
    b = board_of(&file);
    char back[2];
    assert_true(vb_board_read_flash(b, 0x1fff, back, 2));
    assert_memory_equal(back, "ab", 2);
    vb_board_free(b);
    flash_file_close(&file);
}

static void only_changed_pages_are_written(void **state)
{
    (void)state;
    struct flash_file file;
    assert_true(flash_file_open(&file, path, SIZE));
    struct vb_board *b = board_of(&file);
    /* Somebody else's byte in the file stays where the board changed nothing. */
    int fd = open(path, O_WRONLY);
    assert_int_equal(pwrite(fd, "X", 1, 0x3000), 1);
    close(fd);
    assert_true(vb_board_write_flash(b, 0x4000, "a", 1));
    assert_true(flash_file_save(&file, b));
    vb_board_free(b);
    flash_file_close(&file);
    assert_true(flash_file_open(&file, path, SIZE));
    assert_int_equal(file.bytes[0x3000], 'X');
    assert_int_equal(file.bytes[0x4000], 'a');
    flash_file_close(&file);
}

static void a_second_board_is_refused(void **state)
{
    (void)state;
    struct flash_file first;
    struct flash_file second;
    assert_true(flash_file_open(&first, path, SIZE));
    assert_false(flash_file_open(&second, path, SIZE));
    flash_file_close(&first);
    assert_true(flash_file_open(&second, path, SIZE));
    flash_file_close(&second);
}

static void another_size_is_refused_and_left_alone(void **state)
{
    (void)state;
    struct flash_file file;
    struct stat st;
    assert_true(flash_file_open(&file, path, SIZE));
    flash_file_close(&file);
    assert_false(flash_file_open(&file, path, 2 * SIZE));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, SIZE);
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
    (void)state;
    struct flash_file file;
    assert_false(flash_file_open(&file, "build/tests/no/such/flash.bin", SIZE));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, remove_file)
    const struct CMUnitTest tests[] = {
        TEST(a_new_file_is_blank_and_of_the_chips_size),
        TEST(changes_come_back),
        TEST(only_changed_pages_are_written),
        TEST(a_second_board_is_refused),
        TEST(another_size_is_refused_and_left_alone),
        TEST(a_folder_that_is_not_there_is_an_error),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
