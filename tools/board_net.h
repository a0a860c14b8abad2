/* SPDX-License-Identifier: Apache-2.0 */
/* The network behind the virtual board's access points: this machine's loopback, one in virtual
 * time with a server of its own, or none. */
#ifndef TOOLS_BOARD_NET_H
#define TOOLS_BOARD_NET_H

#include <stdbool.h>
#include <stdint.h>

#include "io.h"
#include "vb_board.h"
#include "vb_net_peer.h"
#include "vb_net_slirp.h"

enum board_net_kind { BOARD_NET_SLIRP, BOARD_NET_PEER, BOARD_NET_NONE };

struct board_net_options {
    enum board_net_kind kind;
    const char *peer_option; /* the first option given that only the peer understands */
    const char *script_path; /* NULL: none */
    struct vb_net_peer_config peer;
};

struct board_net {
    struct vb_net_slirp *slirp;
    struct vb_net_peer *peer;
    struct bytes script;
};

/* libslirp, and a usual link should it be the peer. */
void board_net_options_init(struct board_net_options *options);
/* Takes option name ("--net", "--link", ...). Errors: false, printed. */
bool board_net_set(struct board_net_options *options, const char *name, const char *value);

/* Makes the network for a board of this config. Errors: false, printed. */
bool board_net_open(struct board_net *net, const struct board_net_options *options,
                    const struct vb_config *config);
/* For config.net; NULL: no network. */
const struct vb_net *board_net_backend(const struct board_net *net);
/* After the board. */
void board_net_close(struct board_net *net);

#endif
