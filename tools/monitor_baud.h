/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the speed of a console by how readable what comes is. Pure: bytes in, verdict out. The
 * boot message of the chip and the console of its program may differ in speed: it goes on
 * watching. */
#ifndef TOOLS_MONITOR_BAUD_H
#define TOOLS_MONITOR_BAUD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MONITOR_BAUD_HELD 32u /* bytes that a verdict on a new speed takes */

struct monitor_baud {
    unsigned index;  /* of the present speed among the candidates */
    bool is_settled; /* bytes may be shown as they come */
    unsigned n_bad;  /* of the last bytes, newest in bit 0 of recent */
    uint32_t recent; /* 1: not readable */
    unsigned n_seen; /* at this speed, at most MONITOR_BAUD_HELD */
    uint8_t held[MONITOR_BAUD_HELD];
    size_t n_held;
};

enum monitor_verdict {
    MONITOR_SHOW,   /* show the held bytes, and the byte */
    MONITOR_HOLD,   /* the byte is held; nothing is known yet */
    MONITOR_CHANGE, /* the speed has changed: listen at monitor_baud_now(); the held are dropped */
};

/* Starts with the speed at which the chip boots. */
void monitor_baud_init(struct monitor_baud *m);
uint32_t monitor_baud_now(const struct monitor_baud *m);
/* Takes a byte. With MONITOR_SHOW the caller shows held[n_held], then sets n_held to 0, then shows
 * the byte itself. */
enum monitor_verdict monitor_baud_take(struct monitor_baud *m, uint8_t byte);

#endif
