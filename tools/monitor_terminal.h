/* SPDX-License-Identifier: Apache-2.0 */
/* The user's terminal, taken over so that each key arrives by itself, and given back on every way
 * out: return, exit(), and the signals that end a program. One at a time. */
#ifndef TOOLS_MONITOR_TERMINAL_H
#define TOOLS_MONITOR_TERMINAL_H

#include <stdbool.h>

/* Takes over standard input when it is a terminal; anything else is left alone. */
void monitor_terminal_take(void);
/* Gives it back; harmless when nothing was taken. */
void monitor_terminal_give_back(void);
/* True when a signal asks to end. */
bool monitor_terminal_is_over(void);

#endif
