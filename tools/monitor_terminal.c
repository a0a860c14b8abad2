/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor_terminal.h"

#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

/* Signals and exit() have no context: this is the process's own terminal. */
static struct termios saved;
static volatile sig_atomic_t is_taken, is_over;

void monitor_terminal_give_back(void)
{
    if (is_taken) {
        is_taken = 0;
        (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &saved);
    }
}

bool monitor_terminal_is_over(void)
{
    return is_over != 0;
}

static void on_end(int number)
{
    (void)number;
    is_over = 1;
}

/* What kills at once: give the terminal back, then die of it. tcsetattr is async-signal-safe. */
static void on_crash(int number)
{
    monitor_terminal_give_back();
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

static void catch_signals(void)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};
    struct sigaction action = {.sa_handler = on_end};

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        sigaction(ends[i], &action, NULL);
    }
    action.sa_handler = on_crash;
    for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++) {
        sigaction(crashes[i], &action, NULL);
    }
}

void monitor_terminal_take(void)
{
    struct termios raw;

    catch_signals();
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &saved) != 0) {
        return;
    }
    atexit(monitor_terminal_give_back);
    raw = saved;
    raw.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IXON);
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    is_taken = 1;
    (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
}
