/* SPDX-License-Identifier: Apache-2.0 */
/* A network behind the radio that ends at this host, in user mode (libslirp): the device gets
 * 10.0.2.15 by DHCP, the host's loopback is 10.0.2.2, its resolver 10.0.2.3. Nothing else can be
 * reached: frames to other addresses are dropped. */
#ifndef VB_NET_SLIRP_H
#define VB_NET_SLIRP_H

#include <stdint.h>

#include "vb_board.h"

struct vb_net_slirp;

/* One network, for one board. Returns NULL when libslirp cannot start. */
struct vb_net_slirp *vb_net_slirp_new(void);
/* After the board. Open host connections are closed. */
void vb_net_slirp_free(struct vb_net_slirp *net);
/* The backend for vb_config.net; lives as long as net. */
const struct vb_net *vb_net_slirp_backend(const struct vb_net_slirp *net);

#endif
