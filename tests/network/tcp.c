/* SPDX-License-Identifier: Apache-2.0 */
/* The network below TLS, end to end: tests/firmware/tcp_echo on `airslot board`, against a server
 * on this machine's loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "echo_server.h"

#define FIRMWARE    "tests/firmware/tcp_echo/build/"
#define FLASH_FILE  "build/tests/tcp_echo.flash"
#define LOG_FILE    "build/tests/tcp_echo.log"
#define FLASH_SIZE  (4u << 20)
#define ORDERS_ADDR 0x310000u
#define LOG_MAX     65536u
#define HOST_LIMIT  "180" /* seconds, should the board itself hang */

static uint16_t port;
static char console[LOG_MAX];

static void load(uint8_t *flash, uint32_t addr, const char *path)
{
    FILE *f = fopen(path, "rb");

    if (!f) {
        fail_msg("cannot open '%s'", path);
    }
    assert_true(fread(flash + addr, 1, FLASH_SIZE - addr, f) > 0);
    fclose(f);
}

static void compose_flash(const char *orders)
{
    uint8_t *flash = malloc(FLASH_SIZE);
    FILE *f = fopen(FLASH_FILE, "wb");

    assert_non_null(flash);
    assert_non_null(f);
    memset(flash, 0xff, FLASH_SIZE);
    load(flash, 0, FIRMWARE "bootloader/bootloader.bin");
    load(flash, 0x8000, FIRMWARE "partition-table.bin");
    load(flash, 0x10000, FIRMWARE "tcp_echo.bin");
    memcpy(flash + ORDERS_ADDR, orders, strlen(orders));
    assert_int_equal(fwrite(flash, 1, FLASH_SIZE, f), FLASH_SIZE);
    fclose(f);
    free(flash);
}

static void read_console(void)
{
    FILE *f = fopen(LOG_FILE, "rb");

    assert_non_null(f);
    console[fread(console, 1, LOG_MAX - 1, f)] = '\0';
    fclose(f);
}

/* Runs the board until the firmware has come to its end; returns the command's exit code. */
static int run_board(const char *ssid, const char *password)
{
    char orders[128];
    int status = -1;
    pid_t pid;

    snprintf(orders, sizeof(orders), "%s %s %u -\n", ssid, password, port);
    compose_flash(orders);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (freopen(LOG_FILE, "wb", stdout) && freopen("/dev/null", "rb", stdin)) {
            execlp("timeout", "timeout", HOST_LIMIT, "build/airslot", "board", "--flash",
                   FLASH_FILE, "--ap", "airslot:airslot8266", "--until", "tcp_echo ends",
                   "--time-limit", "600", (char *)NULL);
        }
        _exit(127);
    }
    waitpid(pid, &status, 0);
    read_console();
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void expect(const char *text)
{
    if (!strstr(console, text)) {
        fail_msg("no '%s'; console:\n%s", text, console);
    }
}

static void data_ends_and_failures(void **state)
{
    int code = run_board("airslot", "airslot8266");

    (void)state;
    expect("example_connect: IPv4 address: 10.0.2.15");
    expect("ok: down 1048576 bytes");
    expect("ok: up hash");
    expect("ok: lost link");
    expect(" passed, 0 failed");
    assert_int_equal(code, 0);
    printf("%s", strstr(console, "heap before joining"));
}

static void wrong_ssid_names_the_cure(void **state)
{
    int code = run_board("elsewhere", "airslot8266");

    (void)state;
    expect("no access point 'elsewhere' in the air (reason 201): check EXAMPLE_WIFI_SSID");
    expect("FAILED: join 0x300a");
    assert_int_equal(code, 0);
}

static void wrong_password_names_the_cure(void **state)
{
    int code = run_board("airslot", "not-this-one");

    (void)state;
    expect("'airslot' did not accept the password (reason 15): check EXAMPLE_WIFI_PASSWORD");
    expect("FAILED: join 0x300b");
    assert_null(strstr(console, "not-this-one"));
    assert_int_equal(code, 0);
}

static void short_password_is_refused_at_once(void **state)
{
    int code = run_board("airslot", "short");

    (void)state;
    expect("EXAMPLE_WIFI_PASSWORD needs 8 to 64 characters");
    assert_int_equal(code, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_ends_and_failures),
        cmocka_unit_test(wrong_ssid_names_the_cure),
        cmocka_unit_test(wrong_password_names_the_cure),
        cmocka_unit_test(short_password_is_refused_at_once),
    };

    port = echo_server_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
