/* SPDX-License-Identifier: Apache-2.0 */
/* `airslot board` at the end of a real line, raw TCP, pseudo-terminal and RFC 2217, as a flasher
 * meets it: the loader answers within host time-outs, lines reset, clients come and vanish. */
#include <errno.h>
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
#include <time.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>

#define AIRSLOT    "build/airslot"
#define ANSWER_MS  3000
#define SILENCE_MS 300
#define SYNC_REPLY "\xc0\x01\x08\x02\x00\x07\x07\x12\x20\x00\x00\xc0"
#define DTR_ON     "\xff\xfa\x2c\x05\x08\xff\xf0"
#define DTR_OFF    "\xff\xfa\x2c\x05\x09\xff\xf0"
#define RTS_ON     "\xff\xfa\x2c\x05\x0b\xff\xf0"
#define RTS_OFF    "\xff\xfa\x2c\x05\x0c\xff\xf0"
#define BAUD_74880 "\xff\xfa\x2c\x01\x00\x01\x24\x80\xff\xf0"
#define BAUD_115K  "\xff\xfa\x2c\x01\x00\x01\xc2\x00\xff\xf0"

struct board {
    pid_t pid;
    int fd;
    char heard[65536];
    size_t n_heard;
};

static char folder[64];
static struct board b;

static const char *in_folder(const char *name)
{
    static char path[4][128];
    static unsigned next;
    char *p = path[next++ % 4];
    snprintf(p, sizeof(path[0]), "%s/%s", folder, name);
    return p;
}

static uint64_t now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000u + (uint64_t)ts.tv_nsec / 1000000u;
}

static void pause_ms(int ms)
{
    poll(NULL, 0, ms);
}

/* --- the board's process --- */

static void start(const char *serial, const char *boot)
{
    const char *flash = in_folder("flash.bin"), *port = in_folder("port");
    const char *stats = in_folder("stats.json");
    unlink(port);
    b = (struct board){.fd = -1};
    b.pid = fork();
    if (b.pid == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        dup2(null, 1);
        dup2(null, 2);
        bool has_port = strncmp(serial, "pty", 3) != 0;
        execl(AIRSLOT, AIRSLOT, "board", "--flash", flash, "--flash-size", "1MB", "--no-net",
              "--boot", boot, "--stats", stats, "--serial", serial,
              has_port ? "--port-file" : (char *)NULL, port, (char *)NULL);
        _exit(127);
    }
    assert_true(b.pid > 0);
}

static int end(int signal_number)
{
    int status = 0;
    if (b.fd >= 0) {
        close(b.fd);
    }
    kill(b.pid, signal_number);
    waitpid(b.pid, &status, 0);
    b.pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int tear_down(void **state)
{
    (void)state;
    if (b.pid > 0) {
        end(SIGKILL);
    }
    return 0;
}

static unsigned port_number(void)
{
    unsigned port = 0;
    for (uint64_t start = now_ms(); port == 0 && now_ms() - start < ANSWER_MS; pause_ms(5)) {
        FILE *f = fopen(in_folder("port"), "r");
        if (f != NULL) {
            assert_int_equal(fscanf(f, "%u", &port), 1);
            fclose(f);
        }
    }
    assert_int_not_equal(port, 0);
    return port;
}

static int dial(void)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port_number()),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_return_code(connect(fd, (struct sockaddr *)&at, sizeof(at)), errno);
    return fd;
}

/* --- bytes --- */

static void say(const void *bytes, size_t len)
{
    assert_int_equal(write(b.fd, bytes, len), len);
}
#define SAY(text) say(text, sizeof(text) - 1)

static bool has_heard(const void *bytes, size_t len)
{
    return memmem(b.heard, b.n_heard, bytes, len) != NULL;
}

/* Listens until the bytes came, the other end closed, or ms passed. */
static bool hears(const void *bytes, size_t len, int ms)
{
    for (uint64_t start = now_ms(); !has_heard(bytes, len);) {
        struct pollfd ready = {.fd = b.fd, .events = POLLIN};
        int left = ms - (int)(now_ms() - start);
        if (left <= 0 || poll(&ready, 1, left) != 1) {
            return false;
        }
        assert_true(b.n_heard < sizeof(b.heard));
        ssize_t n = read(b.fd, b.heard + b.n_heard, sizeof(b.heard) - b.n_heard);
        if (n <= 0) {
            return false;
        }
        b.n_heard += (size_t)n;
    }
    return true;
}
#define HEARS(text, ms) hears(text, sizeof(text) - 1, ms)

static void forget(void)
{
    b.n_heard = 0;
}

static void say_sync(void)
{
    uint8_t frame[46] = {0xc0, 0, 8, 36, 0, 0, 0, 0, 0, 0x07, 0x07, 0x12, 0x20};
    memset(frame + 13, 0x55, 32);
    frame[45] = 0xc0;
    say(frame, sizeof(frame));
}

/* As host tools do: up to five tries of 100 ms. */
static bool syncs(void)
{
    for (unsigned i = 0; i < 5; i++) {
        say_sync();
        if (HEARS(SYNC_REPLY SYNC_REPLY SYNC_REPLY SYNC_REPLY SYNC_REPLY SYNC_REPLY SYNC_REPLY
                      SYNC_REPLY,
                  100)) {
            return true;
        }
    }
    return false;
}

/* The UART's version: nothing in it needs an escape, be it SLIP's or Telnet's. */
static bool reads_register(void)
{
    forget();
    SAY("\xc0\x00\x0a\x04\x00\x00\x00\x00\x00\x78\x00\x00\x60\xc0");
    return HEARS("\xc0\x01\x0a\x02\x00\x00\x20\x06\x00\x00\x00\xc0", ANSWER_MS);
}

/* --- raw lines --- */

static void raw_tcp_reaches_the_loader(void **state)
{
    (void)state;
    start("tcp:0", "download");
    b.fd = dial();
    assert_true(syncs());
    assert_true(reads_register());
    assert_int_equal(end(SIGTERM), 0);
}

static void a_pseudo_terminal_reaches_the_loader(void **state)
{
    (void)state;
    char spec[128];
    snprintf(spec, sizeof(spec), "pty:%s", in_folder("tty"));
    start(spec, "download");
    for (uint64_t begun = now_ms(); b.fd < 0 && now_ms() - begun < ANSWER_MS; pause_ms(5)) {
        b.fd = open(in_folder("tty"), O_RDWR | O_NOCTTY);
    }
    assert_true(b.fd >= 0);
    assert_true(HEARS("boot mode:(1,6)", ANSWER_MS));
    assert_true(syncs());
    assert_true(reads_register());
    assert_int_equal(end(SIGTERM), 0);
}

/* The same loader, whoever holds the line. */
static void clients_come_and_go(void **state)
{
    (void)state;
    start("tcp:0", "download");
    b.fd = dial();
    assert_true(syncs());
    SAY("\xc0\x00\x0a\x04"); /* gone in mid-frame */
    close(b.fd);
    b.fd = dial();
    SAY("\xc0"); /* ends the fragment, as any host's flush does */
    assert_true(reads_register());
    int second = dial();
    char byte;
    struct pollfd ready = {.fd = second, .events = POLLIN};
    assert_int_equal(poll(&ready, 1, ANSWER_MS), 1);
    assert_true(read(second, &byte, 1) <= 0); /* turned away */
    close(second);
    assert_true(reads_register());
    assert_int_equal(end(SIGINT), 0);
}

/* --- RFC 2217 --- */

static void open_telnet(void)
{
    b.fd = dial();
    assert_true(HEARS("\xff\xfd\x2c", ANSWER_MS));
    SAY("\xff\xfb\x2c\xff\xfd\x2c" BAUD_115K);
    assert_true(HEARS("\xff\xfa\x2c\x65\x00\x01\xc2\x00\xff\xf0", ANSWER_MS));
}

static void lines_reset_into_the_loader_and_out(void **state)
{
    (void)state;
    start("rfc2217:0", "flash"); /* blank: it hangs after ets_main.c, and EN gets it out */
    open_telnet();
    forget();
    SAY(DTR_OFF RTS_ON);
    assert_true(HEARS("\xff\xfa\x2c\x69\x0b\xff\xf0", ANSWER_MS));
    SAY(BAUD_74880);
    pause_ms(20);
    SAY(DTR_ON RTS_OFF);
    assert_true(HEARS("rst cause:2, boot mode:(1,6)", ANSWER_MS));
    SAY(DTR_OFF BAUD_115K);
    assert_true(syncs());
    assert_true(reads_register());
    SAY(BAUD_74880 RTS_ON);
    pause_ms(20);
    forget();
    SAY(RTS_OFF);
    assert_true(HEARS("rst cause:2, boot mode:(3,6)", ANSWER_MS));
    assert_int_equal(end(SIGTERM), 0);
}

/* A client that waits for each answer brings RTS long after DTR. */
static void slow_lines_strap_too(void **state)
{
    (void)state;
    start("rfc2217:0", "flash");
    open_telnet();
    SAY(BAUD_74880 RTS_ON);
    pause_ms(50);
    forget();
    SAY(DTR_ON);
    pause_ms(100);
    SAY(RTS_OFF);
    assert_true(HEARS("rst cause:2, boot mode:(1,6)", ANSWER_MS));
    assert_int_equal(end(SIGTERM), 0);
}

static void a_chip_held_in_reset_is_silent(void **state)
{
    (void)state;
    start("rfc2217:0", "download");
    open_telnet();
    assert_true(syncs());
    SAY(RTS_ON);
    pause_ms(20);
    forget();
    say_sync();
    assert_false(HEARS("\xc0\x01\x08", SILENCE_MS));
    forget();
    SAY(BAUD_74880 "\xff\xfa\x2c\x05\x0a\xff\xf0"); /* yet the port answers */
    assert_true(HEARS("\xff\xfa\x2c\x69\x0b\xff\xf0", ANSWER_MS));
    close(b.fd); /* the lines fall back with their client */
    b.fd = dial();
    SAY(BAUD_74880 RTS_ON);
    pause_ms(20);
    SAY(RTS_OFF);
    assert_true(HEARS("boot mode:(3,6)", ANSWER_MS));
    assert_int_equal(end(SIGTERM), 0);
}

/* --- time --- */

static double figure(const char *name)
{
    char text[4096];
    double value = -1;
    FILE *f = fopen(in_folder("stats.json"), "r");
    assert_non_null(f);
    text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
    fclose(f);
    const char *at = strstr(text, name);
    assert_non_null(at);
    assert_int_equal(sscanf(at + strlen(name), "\": %lf", &value), 1);
    return value;
}

/* One second on the wall in which nobody says a word. */
static void idle_time_is_that_of_the_wall(void **state)
{
    (void)state;
    start("rfc2217:0", "download");
    open_telnet();
    assert_true(syncs());
    pause_ms(1000);
    assert_true(reads_register());
    assert_int_equal(end(SIGTERM), 0);
    double virtual_s = figure("virtual_us") / 1e6, host_s = figure("host_seconds");
    assert_true(virtual_s < host_s + 0.3);
    assert_true(virtual_s > 0.2 * host_s);
}

/* Erasing 256 KiB and more takes the chip over a second; the host gets its answer much sooner. */
static void flash_work_is_not_held_back(void **state)
{
    (void)state;
    start("tcp:0", "download");
    b.fd = dial();
    assert_true(syncs());
    uint64_t begun = now_ms();
    forget();
    SAY("\xc0\x00\x02\x10\x00\x00\x00\x00\x00\x00\x00\x04\x00\x01\x00\x00\x00\x00\x04\x00\x00"
        "\x00\x00\x00\x00\xc0");
    assert_true(HEARS("\xc0\x01\x02\x02\x00", ANSWER_MS));
    uint64_t host_ms = now_ms() - begun;
    assert_int_equal(end(SIGTERM), 0);
    assert_true(figure("virtual_us") / 1e3 > 1000 + (double)host_ms / 2);
}

int main(void)
{
    strcpy(folder, "build/tests/serial-lines-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        perror(folder);
        return 1;
    }
    signal(SIGPIPE, SIG_IGN);
#define TEST(name) cmocka_unit_test_teardown(name, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(raw_tcp_reaches_the_loader),    TEST(a_pseudo_terminal_reaches_the_loader),
        TEST(clients_come_and_go),           TEST(lines_reset_into_the_loader_and_out),
        TEST(slow_lines_strap_too),          TEST(a_chip_held_in_reset_is_silent),
        TEST(idle_time_is_that_of_the_wall), TEST(flash_work_is_not_held_back),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    static const char *const files[] = {"flash.bin", "port", "stats.json", "tty"};
    for (unsigned i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        unlink(in_folder(files[i]));
    }
    rmdir(folder);
    return failed;
}
