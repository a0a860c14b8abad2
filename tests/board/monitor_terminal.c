/* SPDX-License-Identifier: Apache-2.0 */
/* `airslot monitor` on a terminal of the test's own, beside a device of its own: two
 * pseudo-terminals. Whatever ends it, the terminal's settings are what they were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define WAIT_MS 20000

struct pair {
    int master, slave;
};

static struct pair user, device;
static struct termios before;
static pid_t child;
static char seen[8192];
static size_t n_seen;

static void open_pair(struct pair *p)
{
    p->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(p->master >= 0);
    assert_int_equal(grantpt(p->master), 0);
    assert_int_equal(unlockpt(p->master), 0);
    p->slave = open(ptsname(p->master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(p->slave >= 0);
}

/* Reads the screen until text is on it. */
static bool see(const char *text)
{
    struct pollfd ready = {.fd = user.master, .events = POLLIN};

    while (memmem(seen, n_seen, text, strlen(text)) == NULL) {
        if (n_seen == sizeof(seen) || poll(&ready, 1, WAIT_MS) != 1) {
            return false;
        }
        ssize_t n = read(user.master, seen + n_seen, sizeof(seen) - n_seen);
        if (n <= 0) {
            return false;
        }
        n_seen += (size_t)n;
    }
    return true;
}

static void type(const char *keys)
{
    assert_int_equal(write(user.master, keys, strlen(keys)), strlen(keys));
}

static void send(const char *text)
{
    assert_int_equal(write(device.master, text, strlen(text)), strlen(text));
}

static struct termios settings(void)
{
    struct termios t;

    assert_int_equal(tcgetattr(user.slave, &t), 0);
    return t;
}

static int set_up(void **state)
{
    char port[64];

    (void)state;
    open_pair(&user);
    open_pair(&device);
    before = settings();
    n_seen = 0;
    snprintf(port, sizeof(port), "%s", ptsname(device.master));
    child = fork();
    if (child == 0) {
        dup2(user.slave, STDIN_FILENO);
        dup2(user.slave, STDOUT_FILENO);
        dup2(user.slave, STDERR_FILENO);
        execl("build/airslot", "airslot", "monitor", "--port", port, "--baud", "115200", NULL);
        _exit(127);
    }
    assert_true(child > 0);
    assert_true(see("Ctrl-]"));
    send("a line of the device\r\n");
    assert_true(see("a line of the device"));
    assert_int_equal(settings().c_lflag & (ICANON | ECHO | ISIG), 0);
    return 0;
}

/* Waits for its end; returns the exit code, or minus the signal. */
static int ended(void)
{
    int status;

    assert_int_equal(waitpid(child, &status, 0), child);
    struct termios after = settings();
    assert_int_equal(after.c_iflag, before.c_iflag);
    assert_int_equal(after.c_oflag, before.c_oflag);
    assert_int_equal(after.c_cflag, before.c_cflag);
    assert_int_equal(after.c_lflag, before.c_lflag);
    assert_memory_equal(after.c_cc, before.c_cc, sizeof(before.c_cc));
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int tear_down(void **state)
{
    (void)state;
    close(user.master);
    close(user.slave);
    close(device.slave);
    close(device.master);
    return 0;
}

static void ctrl_bracket_ends_it(void **state)
{
    (void)state;
    type("\x1d");
    assert_int_equal(ended(), 0);
}

static void keys_reach_the_device_but_for_commands(void **state)
{
    char got[16] = {0};

    (void)state;
    type("a\x03\x14\x08\x14\x14z");
    assert_true(see("Ctrl-] quits"));
    for (size_t n = 0; n < 4;) {
        struct pollfd ready = {.fd = device.master, .events = POLLIN};
        assert_int_equal(poll(&ready, 1, WAIT_MS), 1);
        ssize_t more = read(device.master, got + n, sizeof(got) - 1 - n);
        assert_true(more > 0);
        n += (size_t)more;
    }
    assert_string_equal(got, "a\x03\x14z");
    type("\x1d");
    assert_int_equal(ended(), 0);
}

static void signals_end_it(void **state)
{
    static const int signals[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};

    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        if (i > 0) {
            set_up(state);
        }
        kill(child, signals[i]);
        assert_int_equal(ended(), 0);
        if (i + 1 < sizeof(signals) / sizeof(signals[0])) {
            tear_down(state);
        }
    }
}

static void a_crash_gives_it_back(void **state)
{
    (void)state;
    kill(child, SIGSEGV);
    assert_int_equal(ended(), -SIGSEGV);
}

static void a_device_that_vanishes_ends_it(void **state)
{
    (void)state;
    close(device.master);
    close(device.slave);
    assert_int_equal(ended(), 1);
    assert_true(see("has vanished"));
    device.master = open("/dev/null", O_RDONLY | O_CLOEXEC);
    device.slave = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ctrl_bracket_ends_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_reach_the_device_but_for_commands, set_up, tear_down),
        cmocka_unit_test_setup_teardown(signals_end_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_crash_gives_it_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_device_that_vanishes_ends_it, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
