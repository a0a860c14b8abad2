/* SPDX-License-Identifier: Apache-2.0 */
/* Joining, addresses and names in virtual time: tests/firmware/tcp_echo on a board of this process,
 * with a scripted network behind its radio. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "device.h"
#include "lan.h"

#define FIRMWARE    "tests/firmware/tcp_echo/build/"
#define ORDERS_ADDR 0x310000u
#define LIMIT_MS    60000u

static struct device d;
static struct lan lan;

static int set_up(void **state)
{
    (void)state;
    lan_init(&lan);
    device_init(&d, 4u << 20);
    d.net = &lan.net;
    d.ap = (struct vb_ap){.ssid = "airslot", .password = "airslot8266"};
    device_load(&d, 0, FIRMWARE "bootloader/bootloader.bin");
    device_load(&d, 0x8000, FIRMWARE "partition-table.bin");
    device_load(&d, FACTORY_ADDR, FIRMWARE "tcp_echo.bin");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    device_free(&d);
    return 0;
}

/* The part of the console that fits into a message: its end. */
static const char *console_end(void)
{
    return d.console + (d.console_len > 600 ? d.console_len - 600 : 0);
}

/* Names the host to resolve and runs until the device has printed text. */
static void run(const char *name, const char *text)
{
    snprintf((char *)d.flash + ORDERS_ADDR, 256, "airslot airslot8266 0 %s\n", name);
    if (!device_run(&d, text, LIMIT_MS)) {
        fail_msg("no '%s'; console:\n%s", text, console_end());
    }
}

static void expect(const char *text)
{
    if (!device_printed(&d, text)) {
        fail_msg("no '%s'; console:\n%s", text, console_end());
    }
}

static void a_name_is_resolved_once(void **state)
{
    (void)state;
    run("device.test", "tcp_echo ends");
    expect("IPv4 address: 10.0.2.15");
    expect("resolved device.test: 0x0 10.0.2.77 in ");
    expect("resolved device.test: 0x0 10.0.2.77 in 0 ms");
    assert_int_equal(lan.n_dns, 1);
}

static void an_unknown_name_is_an_error_at_once(void **state)
{
    (void)state;
    run("other.test", "tcp_echo ends");
    expect("resolved other.test: 0x8001 0.0.0.0 in ");
    assert_int_equal(lan.n_dns, 2); /* one query a call, none again */
}

static void a_silent_resolver_meets_the_deadline(void **state)
{
    (void)state;
    lan.no_dns = true;
    run("device.test", "tcp_echo ends");
    expect("resolved device.test: 0x107 0.0.0.0 in 50");
    assert_true(lan.n_dns > 1);
}

static void lost_dhcp_messages_are_sent_again(void **state)
{
    (void)state;
    lan.n_to_drop = 2;
    run("-", "tcp_echo ends");
    expect("IPv4 address: 10.0.2.15");
    assert_int_equal(lan.n_to_drop, 0);
}

static void silent_dhcp_meets_the_deadline(void **state)
{
    (void)state;
    lan.no_dhcp = true;
    run("-", "tcp_echo ends");
    expect("no address from DHCP on 'airslot' within 30000 ms: check the network's DHCP server");
    expect("FAILED: join 0x107");
    assert_true(lan.n_dhcp > 2);
}

static void a_lost_access_point_is_joined_again(void **state)
{
    (void)state;
    run("-", "tcp_echo ends");
    vb_board_set_aps(d.board, NULL, 0);
    run("-", "lost address");
    expect("Wi-Fi disconnected, trying to reconnect...");
    vb_board_set_aps(d.board, &d.ap, 1);
    run("-", "got address 10.0.2.15");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_name_is_resolved_once),
        CASE(an_unknown_name_is_an_error_at_once),
        CASE(a_silent_resolver_meets_the_deadline),
        CASE(lost_dhcp_messages_are_sent_again),
        CASE(silent_dhcp_meets_the_deadline),
        CASE(a_lost_access_point_is_joined_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
