/* SPDX-License-Identifier: Apache-2.0 */
/* A chip at a serial port, brought to where its flash can be worked on; and everything that is said
 * on the way there: what the chip is, and why it does not answer. */
#ifndef TOOLS_FLASH_SESSION_H
#define TOOLS_FLASH_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "loader.h"
#include "serial_port.h"

struct flash_options {
    const char *port;
    uint32_t baud;
    bool no_stub;
    bool no_reset_before, no_reset_after;
    uint32_t flash_size;   /* 0: not given */
    bool detect_size;      /* the header is to say what the chip has */
    const char *mode;      /* NULL: as the image says */
    const char *frequency; /* NULL: as the image says */
    bool force;
    bool keep_otadata;
    bool json;
};

struct flash_session {
    const struct flash_options *options;
    struct serial_port port;
    struct loader loader;
    uint8_t mac[6];
    uint8_t flash_id[3];
    uint32_t flash_size; /* of the chip; what was given when it does not tell */
};

/* Opens the port and brings the chip into the loader that is to be used. Prints the error, with a
 * diagnosis when nothing answers; returns an exit code. */
int flash_session_open(struct flash_session *s, const struct flash_options *options);
/* Starts what is in flash, unless told otherwise, and closes. */
void flash_session_close(struct flash_session *s);
/* Prints why an operation ("write 'app.bin'") failed. */
void flash_session_error(const struct flash_session *s, enum loader_err err, const char *what);

/* A line on stderr that shows how far an operation is: redrawn on a terminal, else a line at each
 * quarter. */
struct flash_bar {
    const char *what;
    uint64_t start_ms, shown_ms;
    uint32_t quarter;
    bool is_terminal;
    bool is_open; /* the terminal's line is unfinished */
};
void flash_bar_open(struct flash_bar *bar, const char *what);
/* For struct loader_progress, with the bar as its context. */
void flash_bar_step(void *ctx, uint32_t done, uint32_t total);
/* Ends the line; returns the seconds since open, at least a thousandth. */
double flash_bar_close(struct flash_bar *bar);

#endif
