/* SPDX-License-Identifier: Apache-2.0 */
/* Updates in a row, slot about slot, each confirmed: the sequence passes 2^32 and 2^31, and nothing
 * drifts: flash operations, heap, order of slots and records. Prints the wear. Reads the records by
 * itself. Argument: the number of updates (12). */
#include <stdlib.h>

#include "trial_device.h"

#define INSTALLED "trial: installed 0x0"

static struct device d;
static unsigned n_updates = 12;

static int set_up(void **state)
{
    (void)state;
    trial_init(&d);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    device_free(&d);
    return 0;
}

static uint32_t record_seq(unsigned i)
{
    uint8_t p[4];
    assert_true(vb_board_read_flash(d.board, OTADATA_ADDR + i * 0x1000u, p, sizeof(p)));
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The newer of two records: what was last written, in serial arithmetic. */
static uint32_t newest_seq(void)
{
    uint32_t a = record_seq(0);
    uint32_t b = record_seq(1);
    if (a == 0xffffffffu || b == 0xffffffffu) {
        return a == 0xffffffffu ? b : a;
    }
    return (int32_t)(a - b) > 0 ? a : b;
}

/* Value of the last "name N" on the console. */
static unsigned printed(const char *name)
{
    const char *found = NULL;
    for (const char *p = d.console; (p = strstr(p, name)) != NULL; p++) {
        found = p;
    }
    assert_non_null(found);
    return (unsigned)strtoul(found + strlen(name), NULL, 10);
}

/* What one update takes; equal from update to update. */
struct cost {
    uint64_t programs, erases, bytes;
    unsigned heap;
};

static struct cost spent(const struct vb_stats *since)
{
    struct vb_stats now = device_stats(&d);
    return (struct cost){
        now.flash_programs - since->flash_programs, now.flash_erases - since->flash_erases,
        now.flash_bytes_programmed - since->flash_bytes_programmed, printed("heap ")};
}

/* Runs through the next update: the image in `slot` starts on trial, confirms itself and installs
 * the next. */
static void update_once(enum trial_slot slot)
{
    trial_forget_console(&d);
    trial_expect(&d, INSTALLED, TRIAL_LIMIT_MS);
    trial_expect_printed(&d, trial_greeting(slot));
    trial_expect_printed(&d, "start 1 of 3");
    trial_expect_printed(&d, "trial: confirmed 0x0");
}

static void check_sequence(uint32_t before)
{
    uint32_t step = newest_seq() - before;
    /* To the other slot 1, confirmed there 2 more; 0 and 2^32 - 1 name no slot, and what names the
     * wanted one may then be 2 further. */
    assert_in_range(step, 3, 3 + 2);
    assert_true(step == 3 || newest_seq() < 8);
}

static void print_wear(uint32_t start_seq, uint64_t us)
{
    printf("%u updates from sequence 0x%08x to 0x%08x: %.2f s each; erases: records %u and %u, "
           "ota_0 %u, ota_1 %u, all else %u\n",
           n_updates, start_seq, newest_seq(), (double)us / 1e6 / n_updates,
           vb_board_wear(d.board, OTADATA_ADDR), vb_board_wear(d.board, OTADATA_ADDR + 0x1000),
           vb_board_wear(d.board, OTA_0_ADDR), vb_board_wear(d.board, OTA_1_ADDR),
           vb_board_wear(d.board, FACTORY_ADDR) + vb_board_wear(d.board, 0x9000));
}

static void check_wear(void)
{
    unsigned a = vb_board_wear(d.board, OTADATA_ADDR);
    unsigned b = vb_board_wear(d.board, OTADATA_ADDR + 0x1000);
    /* Two records an update, in turns; the first image was there already. */
    assert_int_equal(a + b, 2 * n_updates + 1);
    assert_in_range(a > b ? a - b : b - a, 0, 2);
    assert_int_equal(vb_board_wear(d.board, OTA_0_ADDR) + vb_board_wear(d.board, OTA_1_ADDR),
                     n_updates + 1);
    for (uint32_t at = 0; at < d.flash_size; at += 0x1000) {
        bool is_ours = at - OTADATA_ADDR < 0x2000 || at - OTA_0_ADDR < 0x200000 - 0x10000;
        assert_true(is_ours || vb_board_wear(d.board, at) == 0);
    }
}

static void updates_from(uint32_t start_seq)
{
    struct cost first[2];
    enum trial_slot slot = start_seq % 2 != 0 ? OTA_0 : OTA_1;

    device_select(&d, 0, start_seq);
    device_load(&d, trial_addr[slot], TRIAL_BUILD "trial.bin");
    trial_order(&d, OTA_0, TRIAL_CONFIRM_UPDATE);
    trial_order(&d, OTA_1, TRIAL_CONFIRM_UPDATE);
    trial_expect(&d, INSTALLED, TRIAL_LIMIT_MS);
    uint64_t start_us = device_stats(&d).virtual_us;
    for (unsigned i = 0; i < n_updates; i++) {
        struct vb_stats before = device_stats(&d);
        uint32_t seq = newest_seq();
        slot = slot == OTA_0 ? OTA_1 : OTA_0;
        update_once(slot);
        check_sequence(seq);
        struct cost cost = spent(&before);
        if (i < 2) {
            first[i] = cost;
        }
        assert_memory_equal(&cost, &first[i % 2], sizeof(cost));
    }
    print_wear(start_seq, device_stats(&d).virtual_us - start_us);
    check_wear();
}

static void across_2_to_the_32(void **state)
{
    (void)state;
    updates_from(0xffffffe9u);
}

static void across_2_to_the_31(void **state)
{
    (void)state;
    updates_from(0x7fffffe9u);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        n_updates = (unsigned)strtoul(argv[1], NULL, 10);
    }
    if (n_updates < 2) {
        fprintf(stderr, "error: at least two updates\n");
        return 1;
    }
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {CASE(across_2_to_the_32), CASE(across_2_to_the_31)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
