/* SPDX-License-Identifier: Apache-2.0 */
/* The monitor's judgements: the speed of a console, keys, time stamps, names of addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "airslot/bytes.h"
#include "elf_symbols.h"
#include "monitor_baud.h"
#include "monitor_keys.h"
#include "monitor_text.h"

/* What a receiver at rx makes of a text sent at tx: it looks at the middle of each of its bits, and
 * begins anew at the next falling edge. The answer in out[]; returns its length. */
static size_t on_the_line(const char *text, uint32_t tx, uint32_t rx, uint8_t *out)
{
    size_t n_bits = 10 * strlen(text), n = 0;
    double at = 0; /* in bits of the sender */
    double step = (double)tx / rx;

#define LEVEL(t)                                                                                   \
    ((size_t)(t) >= n_bits   ? 1u                                                                  \
     : (size_t)(t) % 10 == 0 ? 0u                                                                  \
     : (size_t)(t) % 10 == 9 ? 1u                                                                  \
                             : (unsigned)text[(size_t)(t) / 10] >> ((size_t)(t) % 10 - 1) & 1u)
    while (at < (double)n_bits) {
        while (at < (double)n_bits && LEVEL(at) == 1) {
            at += 0.05;
        }
        unsigned byte = 0;
        for (unsigned bit = 1; bit <= 8; bit++) {
            byte |= LEVEL(at + (bit + 0.5) * step) << (bit - 1);
        }
        if (at < (double)n_bits) {
            out[n++] = (uint8_t)byte;
        }
        at += 9.5 * step;
    }
    return n;
}

static const char boot_text[] =
    "\r\n ets Jan  8 2013,rst cause:2, boot mode:(3,6)\r\n\r\nload 0x40100000, len 1234, room 16 "
    "\r\ntail 2\r\nchksum 0x12\r\n";
static const char app_text[] =
    "\033[0;32mI (123) main: hello from the program\033[0m\r\nI (124) main: it goes on like "
    "this\r\n"
    "W (125) wifi: and on, with numbers 0x3ffe8000, 17, and names of things\r\n"
    "I (126) main: hello from the program\r\nI (127) main: it goes on like this\r\n";

/* Sends text at a speed, line by line; returns in shown what the monitor would show. What is left
 * of a line when the speed changes is lost, as it is in an adapter. */
static void listen(struct monitor_baud *m, const char *text, uint32_t baud, char *shown)
{
    uint8_t heard[4096];
    char line[256];
    size_t n_shown = 0;

    for (const char *at = text; *at != '\0'; at += strlen(line)) {
        snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\n") + 1, at);
        uint32_t before = monitor_baud_now(m);
        size_t n = on_the_line(line, baud, before, heard);
        for (size_t i = 0; i < n && monitor_baud_now(m) == before; i++) {
            if (monitor_baud_take(m, heard[i]) == MONITOR_SHOW) {
                memcpy(shown + n_shown, m->held, m->n_held);
                n_shown += m->n_held;
                m->n_held = 0;
                shown[n_shown++] = (char)heard[i];
            }
        }
    }
    shown[n_shown] = '\0';
}

static void finds_each_speed(void **state)
{
    static const uint32_t bauds[] = {74880, 115200, 9600, 57600, 230400, 460800, 921600, 38400};
    static char text[20000], shown[40000];

    (void)state;
    text[0] = '\0';
    for (unsigned i = 0; i < 20; i++) {
        strcat(text, app_text);
    }
    for (size_t i = 0; i < sizeof(bauds) / sizeof(bauds[0]); i++) {
        struct monitor_baud m;
        monitor_baud_init(&m);
        listen(&m, text, bauds[i], shown);
        assert_int_equal(monitor_baud_now(&m), bauds[i]);
        assert_non_null(strstr(shown, "it goes on like this"));
    }
}

static void follows_from_the_boot_message_to_the_program(void **state)
{
    static char text[20000], shown[40000];
    struct monitor_baud m;

    (void)state;
    text[0] = '\0';
    for (unsigned i = 0; i < 5; i++) {
        strcat(text, app_text);
    }
    monitor_baud_init(&m);
    listen(&m, boot_text, 74880, shown);
    assert_string_equal(shown, boot_text);
    listen(&m, text, 115200, shown);
    assert_int_equal(monitor_baud_now(&m), 115200);
}

static void shows_a_text_from_its_first_byte(void **state)
{
    static char shown[40000];
    struct monitor_baud m;

    (void)state;
    monitor_baud_init(&m);
    listen(&m, app_text, 74880, shown);
    assert_string_equal(shown, app_text);
}

static void keys_have_their_meaning(void **state)
{
    struct monitor_keys keys = {0};

    (void)state;
    assert_int_equal(monitor_keys_take(&keys, 'a'), KEY_SEND);
    assert_int_equal(monitor_keys_take(&keys, 0x03), KEY_SEND);
    assert_int_equal(monitor_keys_take(&keys, 0x1d), KEY_QUIT);
    assert_int_equal(monitor_keys_take(&keys, 0x14), KEY_MENU);
    assert_int_equal(monitor_keys_take(&keys, 0x12), KEY_RESET);
    assert_int_equal(monitor_keys_take(&keys, 0x12), KEY_SEND);
    assert_int_equal(monitor_keys_take(&keys, 0x14), KEY_MENU);
    assert_int_equal(monitor_keys_take(&keys, 0x14), KEY_SEND);
    assert_int_equal(monitor_keys_take(&keys, 0x14), KEY_MENU);
    assert_int_equal(monitor_keys_take(&keys, 0x1d), KEY_SEND);
    assert_int_equal(monitor_keys_take(&keys, 0x14), KEY_MENU);
    assert_int_equal(monitor_keys_take(&keys, 0x08), KEY_HELP);
}

static void addresses_are_found(void **state)
{
    const char text[] = "PC      : 0x40210abc  A0 : 0x40100004 A1: 0x3ffe8000 40201234: "
                        "x40211111 402111111 0x4021111";
    static const uint32_t want[] = {0x40210abc, 0x40100004, 0x40201234};
    size_t at = 0;
    uint32_t vaddr;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_true(monitor_find_address(text, &at, &vaddr));
        assert_int_equal(vaddr, want[i]);
    }
    assert_false(monitor_find_address(text, &at, &vaddr));
}

/* Runs a text through; returns what would be on the screen. */
static const char *screen(const char *text, const struct elf_symbols *symbols, bool has_stamps)
{
    static char *shown;
    size_t len;

    free(shown);
    struct monitor_text t = {
        .out = open_memstream(&shown, &len), .symbols = symbols, .has_stamps = has_stamps};
    for (size_t i = 0; text[i] != '\0'; i++) {
        monitor_text_put(&t, (uint8_t)text[i], 1000 + i);
    }
    fclose(t.out);
    return shown;
}

static void names_stand_in_dumps_only(void **state)
{
    struct elf_symbol list[] = {{0x40210000, 0x100, "app_main"}, {0x40210100, 0x10, "helper"}};
    const struct elf_symbols symbols = {list, 2};

    (void)state;
    assert_string_equal(screen("load 0x40210004\r\n", &symbols, false), "load 0x40210004\r\n");
    assert_string_equal(screen("Guru Meditation Error\r\nPC: 0x40210104\r\n", &symbols, false),
                        "Guru Meditation Error\r\nPC: 0x40210104\r\n"
                        "  0x40210104 is in helper + 0x4\r\n");
    assert_string_equal(screen("epc1=0x40210004\n rst cause:2\nload 0x40210004\n", &symbols, false),
                        "epc1=0x40210004\n  0x40210004 is in app_main + 0x4\r\n rst cause:2\n"
                        "load 0x40210004\n");
}

static void lines_carry_their_time(void **state)
{
    (void)state;
    assert_string_equal(screen("a\r\n\r\nb", NULL, true), "     1.000  a\r\n\r\n     1.005  b");
}

static void a_line_without_end_stays_in_bounds(void **state)
{
    char text[3 * MONITOR_LINE_MAX];

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_string_equal(screen(text, NULL, false), text);
}

/* --- the symbol table: sections at 52, symbols behind them, strings last --- */

enum { SYMBOLS_AT = 52 + 3 * 40, N_SYMBOLS = 5, STRINGS_AT = SYMBOLS_AT + N_SYMBOLS * 16 };

static void put_section(uint8_t *elf, unsigned i, uint32_t type, uint32_t off, uint32_t len,
                        uint32_t link)
{
    uint8_t *h = elf + 52 + 40 * i;
    asl_put_le32(h + 4, type);
    asl_put_le32(h + 16, off);
    asl_put_le32(h + 20, len);
    asl_put_le32(h + 24, link);
}

static void put_symbol(uint8_t *elf, unsigned i, uint32_t name, uint32_t vaddr, uint32_t len,
                       uint8_t type)
{
    uint8_t *s = elf + SYMBOLS_AT + 16 * i;
    asl_put_le32(s, name);
    asl_put_le32(s + 4, vaddr);
    asl_put_le32(s + 8, len);
    s[12] = type;
    asl_put_le16(s + 14, 1);
}

static size_t make_elf(uint8_t *elf)
{
    static const char strings[] = "\0alpha\0beta\0data";

    memset(elf, 0, 512);
    memcpy(elf,
           "\x7f"
           "ELF\x01\x01\x01",
           7);
    asl_put_le32(elf + 32, 52);
    asl_put_le16(elf + 46, 40);
    asl_put_le16(elf + 48, 3);
    put_section(elf, 1, 2, SYMBOLS_AT, N_SYMBOLS * 16, 2);
    put_section(elf, 2, 3, STRINGS_AT, sizeof(strings), 0);
    put_symbol(elf, 1, 7, 0x40210100, 0, 2);
    put_symbol(elf, 2, 1, 0x40210000, 0x80, 2);
    put_symbol(elf, 3, 12, 0x3ffe8000, 4, 1);
    put_symbol(elf, 4, 0xfffff, 0x40210200, 4, 2);
    memcpy(elf + STRINGS_AT, strings, sizeof(strings));
    return STRINGS_AT + sizeof(strings);
}

static void functions_are_found_by_address(void **state)
{
    uint8_t elf[512];
    struct elf_symbols symbols;
    size_t len = make_elf(elf);

    (void)state;
    assert_null(elf_symbols_read(elf, len, &symbols));
    assert_int_equal(symbols.n, 2);
    assert_string_equal(elf_symbols_find(&symbols, 0x4021007f)->name, "alpha");
    assert_null(elf_symbols_find(&symbols, 0x40210080));
    assert_null(elf_symbols_find(&symbols, 0x4020ffff));
    assert_string_equal(elf_symbols_find(&symbols, 0x40210101)->name, "beta");
    assert_null(elf_symbols_find(&symbols, 0x40212000));
    elf_symbols_free(&symbols);
}

static void damaged_files_are_refused_or_read_in_bounds(void **state)
{
    uint8_t elf[512];
    struct elf_symbols symbols;
    size_t len = make_elf(elf);
    uint32_t seed = 1;

    (void)state;
    for (size_t n = 0; n < len; n++) {
        uint8_t *copy = malloc(n + 1);
        memcpy(copy, elf, n);
        assert_non_null(elf_symbols_read(copy, n, &symbols));
        free(copy);
    }
    for (unsigned round = 0; round < 20000; round++) {
        uint8_t *copy = malloc(len);
        memcpy(copy, elf, len);
        for (unsigned i = 0; i < 3; i++) {
            seed = seed * 1664525u + 1013904223u;
            copy[(seed >> 8) % len] = (uint8_t)(seed >> 24);
        }
        if (elf_symbols_read(copy, len, &symbols) == NULL) {
            const struct elf_symbol *s = elf_symbols_find(&symbols, 0x40210010);
            assert_true(s == NULL || strlen(s->name) < len);
            elf_symbols_free(&symbols);
        }
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_each_speed),
        cmocka_unit_test(follows_from_the_boot_message_to_the_program),
        cmocka_unit_test(shows_a_text_from_its_first_byte),
        cmocka_unit_test(keys_have_their_meaning),
        cmocka_unit_test(addresses_are_found),
        cmocka_unit_test(names_stand_in_dumps_only),
        cmocka_unit_test(lines_carry_their_time),
        cmocka_unit_test(a_line_without_end_stays_in_bounds),
        cmocka_unit_test(functions_are_found_by_address),
        cmocka_unit_test(damaged_files_are_refused_or_read_in_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
