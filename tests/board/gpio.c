/* SPDX-License-Identifier: Apache-2.0 */
/* The driver of the pins on a device: tests/firmware/gpio with a hand at its button. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "device.h"

#define GPIO_BUILD "tests/firmware/gpio/build/"
#define LIMIT_MS   5000u
#define BUTTON     0u

static struct device d;

static int set_up(void **state)
{
    (void)state;
    device_init(&d, 4u << 20);
    device_load(&d, 0, GPIO_BUILD "bootloader/bootloader.bin");
    device_load(&d, 0x8000, GPIO_BUILD "partition-table.bin");
    device_load(&d, FACTORY_ADDR, GPIO_BUILD "gpio.bin");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    device_free(&d);
    return 0;
}

static void reach(const char *text)
{
    if (!device_run(&d, text, LIMIT_MS)) {
        fail_msg("no '%s' on the console:\n%s", text, d.console);
    }
}

static unsigned n_pressed(void)
{
    unsigned n = 0;
    for (const char *p = d.console; (p = strstr(p, "pressed:")) != NULL; p++) {
        n++;
    }
    return n;
}

static void presses_move_every_kind_of_output(void **state)
{
    (void)state;
    reach("ready, button 1\r\n");
    assert_true(device_printed(&d, "refused 111111"));
    assert_true(vb_board_set_pin(d.board, BUTTON, 0));
    reach("pressed: button 0, led 1, gpio16 1, drain 1\r\n");
    assert_true(vb_board_set_pin(d.board, BUTTON, VB_PIN_FLOATING));
    device_run(&d, "pressed: button 1", 50);
    assert_int_equal(n_pressed(), 1);
    assert_true(vb_board_set_pin(d.board, BUTTON, 0));
    reach("pressed: button 0, led 0, gpio16 0, drain 0\r\n");
    assert_int_equal(n_pressed(), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(presses_move_every_kind_of_output, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
