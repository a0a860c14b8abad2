/* SPDX-License-Identifier: Apache-2.0 */
/* The two transistors between a serial adapter and the chip: RTS alone pulls EN low, DTR alone
 * pulls GPIO0 low, both together do nothing. Decides only; the caller holds and releases the board.
 */
#ifndef TOOLS_AUTO_RESET_H
#define TOOLS_AUTO_RESET_H

#include <stdbool.h>
#include <stdint.h>

/* EN rises slowly: what the lines do meanwhile still counts. */
#define AUTO_RESET_SETTLE_US 1000u
/* RTS alone, then DTR too: the middle of a reset into the loader whose second line is still to
 * come. A wire brings it at once, a network after its round trip. */
#define AUTO_RESET_PAIR_US 300000u

struct auto_reset {
    bool dtr, rts;
    bool is_held;        /* EN is low, or has not risen yet */
    bool is_rising;      /* since settles_us it will have risen */
    uint64_t settles_us; /* host time */
};

enum auto_reset_action {
    AUTO_RESET_NONE,
    AUTO_RESET_TO_FLASH,    /* EN has risen with GPIO0 high */
    AUTO_RESET_TO_DOWNLOAD, /* EN has risen with GPIO0 low */
};

/* The lines changed. The board must not run while is_held. */
void auto_reset_lines(struct auto_reset *a, bool dtr, bool rts, uint64_t now_us);
/* Time passed. */
enum auto_reset_action auto_reset_poll(struct auto_reset *a, uint64_t now_us);

#endif
