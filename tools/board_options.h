/* SPDX-License-Identifier: Apache-2.0 */
/* What `airslot board` was asked for. */
#ifndef TOOLS_BOARD_OPTIONS_H
#define TOOLS_BOARD_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "board_net.h"
#include "board_pins.h"
#include "insight.h"
#include "vb_board.h"
#include "vb_fault.h"

#define BOARD_UNTIL_MAX 256u

struct board_options {
    const char *flash_path;
    const char *serial;
    const char *port_file;  /* NULL: none */
    const char *until;      /* NULL: run on */
    const char *stats_path; /* NULL: none */
    struct insight_options insight;
    uint64_t time_limit_us;    /* UINT64_MAX: none */
    const char *wear_path;     /* NULL: wear is not kept */
    struct vb_flash_chip chip; /* config.flash_chip points here */
    uint32_t endurance;        /* instead of the chip's, when has_endurance */
    bool has_endurance;
    struct vb_fault fault; /* kind VB_FAULT_NONE: none */
    struct board_presses presses;
    bool leds; /* tell what the device drives its pins to */
    bool no_net;
    struct board_net_options net;
    struct vb_config config; /* without flash, net and callbacks */
};

/* Returns OPTS_GO_ON when the options are good, else the exit code: printed help or a printed
 * error. */
int board_options_parse(struct board_options *out, int argc, char **argv);

#endif
