/* SPDX-License-Identifier: Apache-2.0 */
/* The debugger's protocol: framing, every command on a small board, and hostile bytes: whatever
 * comes, the reader stays in bounds, replies are well-formed and the board can go on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gdb_regs.h"
#include "gdb_stub.h"
#include "lx106.h"

/* --- frames --- */

static enum gdb_event feed(struct gdb_reader *r, const char *bytes, size_t len)
{
    enum gdb_event last = GDB_NOTHING;
    for (size_t i = 0; i < len; i++) {
        last = gdb_reader_feed(r, (uint8_t)bytes[i]);
    }
    return last;
}

static enum gdb_event feed_text(struct gdb_reader *r, const char *text)
{
    return feed(r, text, strlen(text));
}

static void test_packets_are_read(void **state)
{
    static struct gdb_reader r;
    (void)state;
    gdb_reader_init(&r);
    assert_int_equal(feed_text(&r, "+noise$OK#9a"), GDB_PACKET);
    assert_string_equal(r.data, "OK");
    assert_int_equal(feed_text(&r, "$#00"), GDB_PACKET);
    assert_int_equal(r.len, 0);
    assert_int_equal(feed_text(&r, "$OK#9b"), GDB_BAD);
    assert_int_equal(feed_text(&r, "$OK#x9"), GDB_BAD);
    assert_int_equal(feed_text(&r, "\x03"), GDB_INTERRUPT);
    assert_int_equal(feed_text(&r, "-"), GDB_NAK);
    assert_int_equal(feed_text(&r, "$lost$OK#9a"), GDB_PACKET);
    assert_string_equal(r.data, "OK");
    assert_int_equal(feed_text(&r, "$a}\x03z#7b"), GDB_BAD);
    assert_int_equal(feed_text(&r, "$a}\x03#e1"), GDB_PACKET);
    assert_memory_equal(r.data, "a#", 2);
}

static void test_long_packets_are_refused(void **state)
{
    static struct gdb_reader r;
    static char text[GDB_PACKET_MAX + 1];
    uint8_t sum = 0;
    char tail[4];
    (void)state;
    gdb_reader_init(&r);
    memset(text, 'm', sizeof(text));
    for (size_t n = GDB_PACKET_MAX; n <= GDB_PACKET_MAX + 1; n++) {
        sum = (uint8_t)(n * 'm');
        snprintf(tail, sizeof(tail), "#%02x", sum);
        feed_text(&r, "$");
        feed(&r, text, n);
        assert_int_equal(feed_text(&r, tail), n <= GDB_PACKET_MAX ? GDB_PACKET : GDB_TOO_LONG);
    }
    assert_int_equal(feed_text(&r, "$OK#9a"), GDB_PACKET);
}

static void test_frames_come_back(void **state)
{
    static struct gdb_text text;
    static struct gdb_reader r;
    static char frame[GDB_FRAME_MAX];
    (void)state;
    for (unsigned i = 0; i < GDB_PACKET_MAX; i++) {
        text.data[i] = (char)(i * 7);
    }
    text.len = GDB_PACKET_MAX;
    gdb_reader_init(&r);
    assert_int_equal(feed(&r, frame, gdb_frame(&text, frame)), GDB_PACKET);
    assert_int_equal(r.len, text.len);
    assert_memory_equal(r.data, text.data, text.len);
}

/* --- commands --- */

static struct gdb_text reply;
static char said[GDB_PACKET_MAX + 1]; /* the same as a string */

static enum gdb_action say(struct lx106 *lx, const char *packet)
{
    enum gdb_action action = gdb_stub_command(lx->board, packet, strlen(packet), &reply);
    assert_true(reply.len <= sizeof(reply.data));
    memcpy(said, reply.data, reply.len);
    said[reply.len] = '\0';
    return action;
}

static void assert_reply(struct lx106 *lx, const char *packet, const char *expected)
{
    assert_int_equal(say(lx, packet), GDB_REPLY);
    assert_string_equal(said, expected);
}

static void test_registers(void **state)
{
    struct lx106 lx;
    struct vb_cpu_state cpu;
    (void)state;
    lx_open(&lx);
    assert_reply(&lx, "P5=78563412", "OK");
    assert_reply(&lx, "p5", "78563412");
    assert_reply(&lx, "P10=00001040", "OK"); /* pc */
    assert_reply(&lx, "P15=20000000", "OK"); /* ps */
    assert_reply(&lx, "p31", "00000000");    /* ccompare0, the last */
    assert_reply(&lx, "p32", "E01");
    assert_reply(&lx, "pffffffffffffffff", "E01");
    assert_reply(&lx, "P5=7856", "E01");
    assert_reply(&lx, "P5", "E01");
    vb_board_get_cpu(lx.board, &cpu);
    assert_int_equal(cpu.a[5], 0x12345678);
    assert_int_equal(cpu.pc, 0x40100000);
    say(&lx, "g");
    assert_int_equal(reply.len, 8 * GDB_N_G_REGS);
    assert_memory_equal(reply.data + 5 * 8, "78563412", 8);
    assert_memory_equal(reply.data + 16 * 8, "00001040", 8);
    char all[8 * GDB_N_G_REGS + 2] = "G";
    memcpy(all + 1, reply.data, 8 * GDB_N_G_REGS);
    memcpy(all + 1 + 5 * 8, "01000000", 8);
    assert_reply(&lx, all, "OK");
    assert_reply(&lx, "p5", "01000000");
    all[8 * GDB_N_G_REGS] = 'x';
    assert_reply(&lx, all, "E01");
    assert_reply(&lx, "G00", "E01");
    lx_close(&lx);
}

static void test_memory(void **state)
{
    struct lx106 lx;
    (void)state;
    lx_open(&lx);
    assert_reply(&lx, "M3ffe8001,3:a1b2c3", "OK");
    assert_reply(&lx, "m3ffe8001,3", "a1b2c3");
    assert_int_equal(gdb_stub_command(lx.board, "X40100002,2:\0#", 14, &reply), GDB_REPLY);
    assert_memory_equal(reply.data, "OK", 2);
    assert_reply(&lx, "m40100002,2", "0023");
    lx_close(&lx);
}

static void test_memory_at_its_borders(void **state)
{
    struct lx106 lx;
    (void)state;
    lx_open(&lx);
    assert_reply(&lx, "m60000000,4", "E0e"); /* a device: reading changes it */
    assert_reply(&lx, "m0,1", "E0e");
    assert_reply(&lx, "mffffffff,ffffffff", "E0e");
    say(&lx, "m3fffffff,2"); /* DRAM ends, ROM begins */
    assert_int_equal(reply.len, 4);
    say(&lx, "m4000ffff,2"); /* ROM ends: one byte */
    assert_int_equal(reply.len, 2);
    say(&lx, "m3ffe8000,ffffffff");
    assert_int_equal(reply.len, GDB_PACKET_MAX);
    assert_reply(&lx, "M40000000,1:00", "E0e"); /* ROM */
    assert_reply(&lx, "M3fffffff,2:0000", "E0e");
    assert_reply(&lx, "M3ffe8000,2:00", "E01"); /* fewer than told */
    assert_reply(&lx, "M3ffe8000,ffffffff:00", "E01");
    assert_reply(&lx, "X3ffe8000,5:ab", "E01");
    assert_reply(&lx, "m3ffe8000", "E01");
    assert_reply(&lx, "m,", "E01");
    lx_close(&lx);
}

static void test_breakpoints_and_steps(void **state)
{
    struct lx106 lx;
    (void)state;
    lx_open(&lx);
    for (unsigned i = 0; i < 5; i++) {
        lx_put(&lx, LX_ADDI(2, 2, 1));
    }
    vb_board_set_cpu(lx.board, &lx.cpu);
    assert_reply(&lx, "Z0,40100006,3", "OK");
    assert_int_equal(say(&lx, "c"), GDB_CONTINUE);
    assert_int_equal(vb_board_step(lx.board, 100), VB_STOP_DEBUG);
    gdb_stub_stopped(lx.board, VB_STOP_DEBUG, &reply);
    reply.data[reply.len] = '\0';
    assert_string_equal(reply.data, "T05thread:1;10:06001040;hwbreak:;");
    assert_reply(&lx, "z0,40100006,3", "OK");
    assert_reply(&lx, "z1,40100006,3", "OK"); /* once more does no harm */
    assert_int_equal(say(&lx, "vCont;s:1;c"), GDB_STEP);
    assert_int_equal(say(&lx, "s40100000"), GDB_STEP);
    assert_reply(&lx, "p10", "00001040");
    assert_reply(&lx, "cfoo", "E01");
    assert_reply(&lx, "cx", "E01");
    assert_reply(&lx, "vCont;t", "E01");
    assert_reply(&lx, "Z0", "E01");
    assert_reply(&lx, "Z9,0,0", "");
    assert_reply(&lx, "z9,0,0", "");
    assert_int_equal(say(&lx, "k"), GDB_KILL);
    assert_int_equal(say(&lx, "D"), GDB_DETACH);
    lx_close(&lx);
}

static void test_watches_are_told_by_kind(void **state)
{
    static const struct {
        char type;
        const char *told;
    } kinds[] = {{'2', "watch:3ffe8002;"}, {'4', "awatch:3ffe8002;"}};
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct lx106 lx;
        char packet[] = "Z2,3ffe8002,1";
        lx_open(&lx);
        lx_put(&lx, LX_RRI8(LX_S32I, 2, 3, 0));
        lx.cpu.a[3] = LX_DRAM;
        vb_board_set_cpu(lx.board, &lx.cpu);
        packet[1] = kinds[i].type;
        assert_reply(&lx, packet, "OK");
        assert_int_equal(vb_board_step(lx.board, 1), VB_STOP_DEBUG);
        gdb_stub_stopped(lx.board, VB_STOP_DEBUG, &reply);
        reply.data[reply.len] = '\0';
        assert_non_null(strstr(reply.data, kinds[i].told));
        lx_close(&lx);
    }
}

static void test_the_description_comes_in_pieces(void **state)
{
    struct lx106 lx;
    struct gdb_text whole = {.len = 0};
    char got[GDB_PACKET_MAX + 1];
    size_t n = 0;
    (void)state;
    lx_open(&lx);
    do {
        char packet[64];
        snprintf(packet, sizeof(packet), "qXfer:features:read:target.xml:%zx,1f0", n);
        say(&lx, packet);
        memcpy(got + n, reply.data + 1, reply.len - 1);
        n += reply.len - 1;
    } while (reply.data[0] == 'm');
    got[n] = '\0';
    gdb_regs_describe(&whole);
    assert_int_equal(n, whole.len);
    assert_memory_equal(got, whole.data, n);
    assert_string_equal(got + n - strlen("</feature></target>"), "</feature></target>");
    assert_non_null(strstr(got, "name=\"a15\" bitsize=\"32\" regnum=\"15\""));
    assert_non_null(strstr(got, "name=\"ccompare0\" bitsize=\"32\" regnum=\"49\""));
    assert_reply(&lx, "qXfer:features:read:target.xml:ffffffff,10", "l");
    assert_reply(&lx, "qXfer:features:read:other.xml:0,10", "");
    lx_close(&lx);
}

static void test_monitor(void **state)
{
    struct lx106 lx;
    struct vb_cpu_state cpu;
    uint8_t words[GDB_PACKET_MAX / 2] = {0};
    (void)state;
    lx_open(&lx);
    say(&lx, "qRcmd,7374617473"); /* stats */
    assert_true(gdb_hex_bytes(reply.data, words, reply.len / 2));
    assert_non_null(strstr((char *)words, "instructions  0\n"));
    say(&lx, "qRcmd,7265736574"); /* reset */
    vb_board_get_cpu(lx.board, &cpu);
    assert_int_equal(cpu.pc, 0x40000080);
    say(&lx, "qRcmd,68656c70"); /* help, and whatever else is not known */
    assert_true(reply.len > 100);
    assert_reply(&lx, "qRcmd,zz", "E01");
    assert_reply(&lx, "qC", "QC1");
    assert_reply(&lx, "qCRC:0,4", "");
    assert_reply(&lx, "vMustReplyEmpty", "");
    lx_close(&lx);
}

/* --- hostile bytes --- */

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Whole commands, their beginnings, and noise, strung together at random. */
static size_t make_garbage(char *packet, size_t max, uint32_t *seed)
{
    static const char *const words[] = {
        "m",
        "M",
        "X",
        "Z0,",
        "z2,",
        "Z4,",
        "g",
        "G",
        "p",
        "P",
        "c",
        "s",
        "vCont",
        ";c",
        ";s",
        "q",
        "qRcmd,",
        "72657365",
        "qXfer:features:read:target.xml:",
        "3ffe",
        "40100",
        ",",
        ":",
        "=",
        "ffffffff",
        "0",
        "1",
        "D",
        "?",
    };
    size_t len = 0;
    for (unsigned n = next_random(seed) % 8; n-- > 0;) {
        if (next_random(seed) % 4 == 0) {
            packet[len++] = (char)next_random(seed);
        } else {
            const char *word = words[next_random(seed) % (sizeof(words) / sizeof(words[0]))];
            size_t room = max - len;
            size_t word_len = strlen(word) < room ? strlen(word) : room;
            memcpy(packet + len, word, word_len);
            len += word_len;
        }
    }
    packet[len] = '\0';
    return len;
}

static void test_garbage_is_survived(void **state)
{
    struct lx106 lx;
    static char packet[512];
    uint32_t seed = 1;
    (void)state;
    lx_open(&lx);
    for (unsigned i = 0; i < 20000; i++) {
        size_t len = make_garbage(packet, sizeof(packet) - 1, &seed);
        enum gdb_action action = gdb_stub_command(lx.board, packet, len, &reply);
        assert_true(action <= GDB_KILL && reply.len <= sizeof(reply.data));
    }
    vb_board_clear_debug(lx.board);
    assert_reply(&lx, "M3ffe8000,1:5a", "OK");
    assert_reply(&lx, "m3ffe8000,1", "5a");
    lx_close(&lx);
}

static void test_noise_on_the_line_is_survived(void **state)
{
    static struct gdb_reader r;
    uint32_t seed = 7;
    (void)state;
    gdb_reader_init(&r);
    for (unsigned i = 0; i < 2000000; i++) {
        static const char often[] = "$#}0a";
        uint32_t n = next_random(&seed);
        gdb_reader_feed(&r, n % 16 < 5 && i % 50000 < 40000 ? (uint8_t)often[n % 16]
                                                            : (uint8_t)(n >> 8));
        assert_true(r.len <= GDB_PACKET_MAX);
    }
    feed_text(&r, "#00");
    assert_int_equal(feed_text(&r, "$OK#9a"), GDB_PACKET);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_packets_are_read),
        cmocka_unit_test(test_long_packets_are_refused),
        cmocka_unit_test(test_frames_come_back),
        cmocka_unit_test(test_registers),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_memory_at_its_borders),
        cmocka_unit_test(test_breakpoints_and_steps),
        cmocka_unit_test(test_watches_are_told_by_kind),
        cmocka_unit_test(test_the_description_comes_in_pieces),
        cmocka_unit_test(test_monitor),
        cmocka_unit_test(test_garbage_is_survived),
        cmocka_unit_test(test_noise_on_the_line_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
