/* SPDX-License-Identifier: Apache-2.0 */
/* One update of examples/simple_ota_example over the network in virtual time, in a child process of
 * its own, because a process has one such network. */
#ifndef TESTS_PEER_RUN_H
#define TESTS_PEER_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "vb_board.h"
#include "vb_net_peer.h"

#define PEER_CONSOLE_MAX 16384u
#define PEER_LOSSES      3u

struct peer_case {
    uint64_t seed;
    const char *link;    /* properties of both directions; NULL: VB_LINK_USUAL */
    const char *script;  /* NULL: none */
    const char *until;   /* NULL: "Hello world!" */
    uint32_t limit_ms;   /* virtual; 0: two minutes */
    const char *fork_at; /* console text at which the run is forked; NULL: it is not */
    uint64_t slice_us;   /* virtual time between two calls of vb_board_run(); 0: one call */
    const char *image;   /* file that is served as hello_world.bin; NULL: that of the example */
    const char
        *lost_at[PEER_LOSSES]; /* console texts at which, in turn, the device loses what it */
    bool by_reset;             /* was doing: by a pulse at EN instead of a power cut */
};

struct peer_result {
    bool has_ended;   /* the child came to its end */
    bool was_reached; /* until was printed */
    bool runs_ota_0;  /* code of ota_0 was executed since the last reset */
    struct vb_stats board;
    struct vb_net_peer_stats net;
    struct vb_stats board_at_loss[PEER_LOSSES]; /* as far as there were any */
    struct vb_net_peer_stats net_at_loss[PEER_LOSSES];
    uint64_t flash;                 /* hashes */
    uint64_t trace;                 /* of all lines with their times */
    uint64_t host_us;               /* the run alone */
    char console[PEER_CONSOLE_MAX]; /* its end */
};

/* Runs a case. forked is what the process forked at fork_at saw, when there is one; may be NULL. */
void peer_run(const struct peer_case *c, struct peer_result *result, struct peer_result *forked);

#endif
