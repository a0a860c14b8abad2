/* SPDX-License-Identifier: Apache-2.0 */
/* Buttons and LEDs of `airslot board`: presses that are planned on the command line, and lines that
 * tell what the device drives its pins to. */
#ifndef TOOLS_BOARD_PINS_H
#define TOOLS_BOARD_PINS_H

#include <stdbool.h>
#include <stdint.h>

#include "vb_board.h"

#define BOARD_PRESSES (VB_PIN_PLANS / 2)

/* A button between a pin and ground. */
struct board_press {
    unsigned pin;
    uint64_t from_us, to_us; /* virtual time */
};

struct board_presses {
    unsigned n;
    struct board_press press[BOARD_PRESSES];
};

/* Adds PIN[:AT[:FOR]], virtual seconds, 0 and 0.1 when absent. Returns false when the text is
 * something else, or there are BOARD_PRESSES already. */
bool board_presses_add(struct board_presses *presses, const char *text);
/* Plans them on a new board. */
void board_presses_plan(const struct board_presses *presses, struct vb_board *board);
/* Writes one line to stderr: the device drives the pin to level. */
void board_led_print(const struct vb_board *board, unsigned pin, int level);

#endif
