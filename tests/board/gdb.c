/* SPDX-License-Identifier: Apache-2.0 */
/* A debugger at `airslot board --gdb`, over TCP: the board waits, halts, steps, is interrupted, let
 * go and taken again; bad packets are sent back. The firmware is one jump to itself at 0x40100000,
 * which the ROM loads. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define WAIT_MS 20000

struct session {
    pid_t pid;
    int err; /* the command's standard error */
    int fd;
    uint16_t port;
    char flash[40];
    char reply[8192];
};

/* --- the board --- */

static void make_flash(char path[40])
{
    static const uint8_t image[32] = {0xe9, 1, 2, 0, 0, 0, 0x10, 0x40, 0, 0,          0x10,
                                      0x40, 4, 0, 0, 0, 6, 0xff, 0xff, 0, [31] = 0xe9};
    strcpy(path, "build/tests/gdb-XXXXXX");
    int fd = mkstemp(path);
    uint8_t *flash = malloc(1u << 20);
    assert_true(fd >= 0 && flash != NULL);
    memset(flash, 0xff, 1u << 20);
    memcpy(flash, image, sizeof(image));
    assert_int_equal(write(fd, flash, 1u << 20), 1 << 20);
    free(flash);
    close(fd);
}

/* The port stands in the command's first line. */
static uint16_t read_port(int fd)
{
    char line[256];
    size_t n = 0;
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    while (n < sizeof(line) - 1 && (n == 0 || line[n - 1] != '\n')) {
        assert_int_equal(poll(&ready, 1, WAIT_MS), 1);
        assert_int_equal(read(fd, line + n, 1), 1);
        n++;
    }
    line[n] = '\0';
    const char *port = strstr(line, "127.0.0.1:");
    assert_non_null(port);
    return (uint16_t)strtoul(port + 10, NULL, 10);
}

static void attach(struct session *s)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons(s->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(s->fd, (struct sockaddr *)&at, sizeof(at)), 0);
}

static int start(void **state)
{
    static struct session s;
    int pipes[2];
    memset(&s, 0, sizeof(s));
    make_flash(s.flash);
    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    s.pid = fork();
    if (s.pid == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        dup2(null, 1);
        dup2(pipes[1], 2);
        execl("build/airslot", "airslot", "board", "--flash", s.flash, "--flash-size", "1MB",
              "--gdb", "0", "--no-net", "--time-limit", "60", (char *)NULL);
        _exit(127);
    }
    close(pipes[1]);
    s.err = pipes[0];
    s.port = read_port(s.err);
    attach(&s);
    *state = &s;
    return 0;
}

static int stop(void **state)
{
    struct session *s = *state;
    close(s->fd);
    close(s->err);
    kill(s->pid, SIGTERM);
    waitpid(s->pid, NULL, 0);
    unlink(s->flash);
    return 0;
}

/* --- the protocol, written anew --- */

static char read_char(struct session *s)
{
    char c;
    struct pollfd ready = {.fd = s->fd, .events = POLLIN};
    assert_int_equal(poll(&ready, 1, WAIT_MS), 1);
    assert_int_equal(recv(s->fd, &c, 1, 0), 1);
    return c;
}

static void send_packet(struct session *s, const char *packet)
{
    char frame[4096];
    uint8_t sum = 0;
    for (const char *p = packet; *p != '\0'; p++) {
        sum = (uint8_t)(sum + (uint8_t)*p);
    }
    int n = snprintf(frame, sizeof(frame), "$%s#%02x", packet, sum);
    assert_int_equal(send(s->fd, frame, (size_t)n, MSG_NOSIGNAL), n);
    assert_int_equal(read_char(s), '+');
}

/* A reply as it stands in its frame; escapes stay. */
static const char *read_reply(struct session *s)
{
    size_t n = 0;
    uint8_t sum = 0;
    char told[3] = "";
    assert_int_equal(read_char(s), '$');
    for (char c; (c = read_char(s)) != '#'; sum = (uint8_t)(sum + (uint8_t)c)) {
        assert_true(n < sizeof(s->reply) - 1);
        s->reply[n++] = c;
    }
    s->reply[n] = '\0';
    told[0] = read_char(s);
    told[1] = read_char(s);
    assert_int_equal(strtoul(told, NULL, 16), sum);
    assert_int_equal(send(s->fd, "+", 1, MSG_NOSIGNAL), 1);
    return s->reply;
}

static const char *ask(struct session *s, const char *packet)
{
    send_packet(s, packet);
    return read_reply(s);
}

static void assert_begins(const char *text, const char *beginning)
{
    char head[64];
    snprintf(head, sizeof(head), "%.*s", (int)strlen(beginning), text);
    assert_string_equal(head, beginning);
}

/* --- tests --- */

static void test_it_halts_at_the_first_instruction(void **state)
{
    struct session *s = *state;
    assert_non_null(strstr(ask(s, "qSupported:swbreak+"), "PacketSize=1000"));
    assert_string_equal(ask(s, "?"), "T05thread:1;10:80000040;");
    assert_string_equal(ask(s, "p10"), "80000040");
    assert_string_equal(ask(s, "pfoo"), "E01");
    assert_string_equal(ask(s, "unknown"), "");
}

static void test_it_runs_to_a_breakpoint_and_steps(void **state)
{
    struct session *s = *state;
    assert_string_equal(ask(s, "Z1,40100000,3"), "OK");
    assert_string_equal(ask(s, "c"), "T05thread:1;10:00001040;hwbreak:;");
    assert_string_equal(ask(s, "m40100000,3"), "06ffff");         /* memory holds no breakpoint */
    assert_string_equal(ask(s, "s"), "T05thread:1;10:00001040;"); /* j . */
    assert_string_equal(ask(s, "c"), "T05thread:1;10:00001040;hwbreak:;");
}

static void test_a_store_to_watched_memory_halts(void **state)
{
    struct session *s = *state;
    /* The ROM copies the image's segment there. */
    assert_string_equal(ask(s, "Z2,40100000,4"), "OK");
    const char *told = ask(s, "c");
    assert_begins(told, "T05thread:1;10:");
    assert_non_null(strstr(told, "watch:40100000;"));
    assert_string_equal(ask(s, "m40100000,3"), "06ffff");
}

static void test_interruption_and_standing_time(void **state)
{
    struct session *s = *state;
    char before[8192];
    send_packet(s, "c");
    assert_int_equal(send(s->fd, "\x03", 1, MSG_NOSIGNAL), 1);
    assert_begins(read_reply(s), "T02");
    strcpy(before, ask(s, "qRcmd,74696d65")); /* time */
    usleep(30000);
    assert_string_equal(ask(s, "qRcmd,74696d65"), before);
    ask(s, "s");
    assert_string_not_equal(ask(s, "qRcmd,74696d65"), before);
}

static void test_reset_starts_anew(void **state)
{
    struct session *s = *state;
    ask(s, "Z0,40100000,3");
    ask(s, "c");
    ask(s, "qRcmd,7265736574"); /* reset */
    assert_string_equal(ask(s, "p10"), "80000040");
    assert_string_equal(ask(s, "c"), "T05thread:1;10:00001040;hwbreak:;");
}

static void test_it_runs_on_alone_and_is_taken_again(void **state)
{
    struct session *s = *state;
    ask(s, "Z0,40100000,3");
    assert_string_equal(ask(s, "D"), "OK");
    close(s->fd);
    attach(s);
    const char *told = ask(s, "?");
    assert_begins(told, "T05thread:1;10:");
    close(s->fd); /* without a word: the same */
    attach(s);
    assert_begins(ask(s, "?"), "T05");
}

/* l32i a3, a2, 0 from an address where no device is. */
static void test_what_is_not_modelled_is_told(void **state)
{
    struct session *s = *state;
    assert_string_equal(ask(s, "M40100000,3:322200"), "OK");
    assert_string_equal(ask(s, "P2=001f0060"), "OK");
    assert_string_equal(ask(s, "P10=00001040"), "OK");
    assert_begins(ask(s, "s"), "O6e6f74206d6f64656c6c6564"); /* not modelled */
    assert_string_equal(read_reply(s), "T04thread:1;10:00001040;");
    assert_string_equal(ask(s, "P10=80000040"), "OK");
}

static void test_kill_ends_the_command(void **state)
{
    struct session *s = *state;
    int status;
    send_packet(s, "k");
    assert_int_equal(waitpid(s->pid, &status, 0), s->pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    s->pid = fork(); /* for stop() */
    if (s->pid == 0) {
        pause();
        _exit(0);
    }
}

static void test_hostile_bytes_do_no_harm(void **state)
{
    struct session *s = *state;
    static char flood[20000];
    memset(flood, 'A', sizeof(flood));
    flood[0] = '$';
    assert_int_equal(send(s->fd, "\0\xff#$#$}#00", 10, MSG_NOSIGNAL), 10);
    assert_int_equal(read_char(s), '-');
    assert_int_equal(send(s->fd, flood, sizeof(flood), MSG_NOSIGNAL), sizeof(flood));
    assert_int_equal(send(s->fd, "#df", 3, MSG_NOSIGNAL), 3); /* 19999 times 'A' */
    assert_int_equal(read_char(s), '+');
    assert_string_equal(read_reply(s), "E01");
    assert_string_equal(ask(s, "p10"), "80000040");
}

static void test_without_acknowledgements(void **state)
{
    struct session *s = *state;
    assert_string_equal(ask(s, "QStartNoAckMode"), "OK");
    assert_int_equal(send(s->fd, "$qC#b4", 6, MSG_NOSIGNAL), 6);
    assert_string_equal(read_reply(s), "QC1");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(test_it_halts_at_the_first_instruction),
        TEST(test_it_runs_to_a_breakpoint_and_steps),
        TEST(test_a_store_to_watched_memory_halts),
        TEST(test_interruption_and_standing_time),
        TEST(test_reset_starts_anew),
        TEST(test_it_runs_on_alone_and_is_taken_again),
        TEST(test_what_is_not_modelled_is_told),
        TEST(test_kill_ends_the_command),
        TEST(test_hostile_bytes_do_no_harm),
        TEST(test_without_acknowledgements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
