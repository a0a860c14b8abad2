/* SPDX-License-Identifier: Apache-2.0 */
/* Scheduler, heap, flash layer and the ways to die, checked from inside by tests/firmware/kernel.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "device.h"

#define KERNEL_BUILD "tests/firmware/kernel/build/"
#define LIMIT_MS     3000000u /* the program waits 2000 virtual seconds for the timer to wrap */

static struct device d;

static int set_up(void **state)
{
    (void)state;
    device_init(&d, 4u << 20);
    device_load(&d, 0, KERNEL_BUILD "bootloader/bootloader.bin");
    device_load(&d, 0x8000, KERNEL_BUILD "partition-table.bin");
    device_load(&d, FACTORY_ADDR, KERNEL_BUILD "kernel.bin");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    device_free(&d);
    return 0;
}

static void checks_itself(void **state)
{
    (void)state;
    if (!device_run(&d, " passed, 0 failed", LIMIT_MS)) {
        fail_msg("console:\n%s", d.console);
    }
}

/* Moves on to the next place of text on the console. */
static const char *expect(const char *from, const char *text)
{
    const char *place = strstr(from, text);
    if (place == NULL) {
        fail_msg("no '%s' in:\n%s", text, from);
    }
    return place + 1;
}

/* What each death says, and the reset reason that the next start finds. ESP-IDF's numbers: 3
 * software, 4 panic, 6 task watchdog, 7 hardware watchdog. */
static void dies_and_tells_why(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        int reason;
    } deaths[] = {
        {"", 3},
        {"panic'ed (StoreProhibited)", 4},
        {"panic'ed (LoadStoreError)", 4},
        {"panic'ed (LoadStoreAlignment)", 4},
        {"panic'ed (InstFetchProhibited)", 4},
        {"abort() was called at PC 0x40", 4},
        {"ESP_ERROR_CHECK failed: esp_err_t 0x105 (ESP_ERR_NOT_FOUND)", 4},
        {"freed twice", 4},
        {"block overrun", 4},
        {"stack overflow at PC", 4},
        {"panic'ed (DoubleException)", 4},
        {"Task watchdog got triggered: uiT", 6},
        {"wdt reset", 7},
    };

    assert_true(device_run(&d, "kernel: all crashes survived", LIMIT_MS));
    if (device_printed(&d, "kernel: FAILED")) {
        fail_msg("console:\n%s", d.console);
    }
    const char *place = d.console;
    for (unsigned i = 0; i < sizeof(deaths) / sizeof(deaths[0]); i++) {
        char line[64];
        snprintf(line, sizeof(line), "kernel: crash %u gave reset reason %d\r\n", i,
                 deaths[i].reason);
        place = expect(expect(place, deaths[i].words), line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(checks_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(dies_and_tells_why, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
