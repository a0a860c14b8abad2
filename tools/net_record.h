/* SPDX-License-Identifier: Apache-2.0 */
/* `airslot board --net-record`: every frame that crosses the board's radio, with its virtual time,
 * into a pcapng file. */
#ifndef TOOLS_NET_RECORD_H
#define TOOLS_NET_RECORD_H

#include <stdbool.h>
#include <stdio.h>

#include "vb_board.h"

struct net_record {
    FILE *file; /* NULL: nothing is recorded */
    const char *path;
    bool failed;
    struct vb_board *board;
};

/* path NULL: nothing is recorded. Errors: false, printed. */
bool net_record_open(struct net_record *record, const char *path);
/* Begins to record; record outlives the board. A recording that cannot be written stops the run. */
void net_record_attach(struct net_record *record, struct vb_board *board);
/* Errors: false, printed: not everything could be written. */
bool net_record_close(struct net_record *record);

#endif
