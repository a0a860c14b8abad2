/* SPDX-License-Identifier: Apache-2.0 */
/* `airslot board --net-replay`: a recording as the network behind the radio. The device gets the
 * recorded frames at the recorded moments, and what it sends is held against the recording. */
#ifndef TOOLS_NET_REPLAY_H
#define TOOLS_NET_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "io.h"
#include "pcapng.h"
#include "vb_board.h"

struct net_replay {
    struct vb_net backend; /* for vb_config.net */
    struct vb_board *board;
    struct bytes file;
    struct pcapng_reader reader;
    struct pcapng_frame next; /* not yet delivered or sent */
    unsigned n;               /* number of next, from 1 */
    bool at_end;
    bool differs;
    char difference[256]; /* the first one, as one sentence */
};

/* Reads and checks the whole recording. Errors: false, printed. */
bool net_replay_open(struct net_replay *replay, const char *path);
/* Begins; the board's config.net must be replay->backend, and replay outlives the board. At the
 * first difference the run is stopped. */
void net_replay_attach(struct net_replay *replay, struct vb_board *board);
void net_replay_close(struct net_replay *replay);

#endif
