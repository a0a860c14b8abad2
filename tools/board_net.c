/* SPDX-License-Identifier: Apache-2.0 */
/* See board_net.h. */
#include "board_net.h"

#include <stdlib.h>
#include <string.h>

#define SCRIPT_MAX 65536u

void board_net_options_init(struct board_net_options *options)
{
    char err[128];
    *options = (struct board_net_options){.kind = BOARD_NET_SLIRP};
    vb_link_parse(&options->peer.up, VB_LINK_USUAL, err, sizeof(err));
    options->peer.down = options->peer.up;
}

static bool set_kind(struct board_net_options *o, const char *value)
{
    static const char *const names[] = {
        [BOARD_NET_SLIRP] = "slirp", [BOARD_NET_PEER] = "peer", [BOARD_NET_NONE] = "none"};
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(value, names[i]) == 0) {
            o->kind = (enum board_net_kind)i;
            return true;
        }
    }
    io_error("option --net: bad value '%s'", value);
    io_hint("slirp, peer or none");
    return false;
}

static bool set_link(struct vb_link *link, const char *name, const char *value)
{
    char err[256];
    if (!vb_link_parse(link, value, err, sizeof(err))) {
        io_error("option %s: %s", name, err);
        io_hint("as bandwidth=50k,delay=20ms,jitter=5ms,loss=1%%,dup=0%%,reorder=0%%,mtu=1500");
        return false;
    }
    return true;
}

static bool set_port(struct vb_net_peer_config *peer, const char *value)
{
    uint32_t port;
    if (!io_parse_u32(value, &port) || port < 1 || port > 65535) {
        io_error("option --peer-port: bad value '%s'", value);
        io_hint("a port from 1 to 65535");
        return false;
    }
    peer->port = (uint16_t)port;
    return true;
}

bool board_net_set(struct board_net_options *options, const char *name, const char *value)
{
    struct board_net_options *o = options;
    if (strcmp(name, "--net") == 0) {
        return set_kind(o, value);
    }
    o->peer_option = o->peer_option != NULL ? o->peer_option : name;
    if (strcmp(name, "--peer-root") == 0) {
        o->peer.root = value;
    } else if (strcmp(name, "--peer-cert") == 0) {
        o->peer.cert_file = value;
    } else if (strcmp(name, "--peer-key") == 0) {
        o->peer.key_file = value;
    } else if (strcmp(name, "--net-script") == 0) {
        o->script_path = value;
    } else if (strcmp(name, "--peer-port") == 0) {
        return set_port(&o->peer, value);
    } else if (strcmp(name, "--link-up") == 0) {
        return set_link(&o->peer.up, name, value);
    } else if (strcmp(name, "--link-down") == 0) {
        return set_link(&o->peer.down, name, value);
    } else {
        return set_link(&o->peer.up, name, value) && set_link(&o->peer.down, name, value);
    }
    return true;
}

static bool open_slirp(struct board_net *net)
{
    net->slirp = vb_net_slirp_new();
    if (net->slirp == NULL) {
        io_error("cannot start the user-mode network");
    }
    return net->slirp != NULL;
}

/* Reads the script as a text. */
static bool read_script(struct board_net *net, const char *path)
{
    if (!io_read_file(path, SCRIPT_MAX, &net->script)) {
        return false;
    }
    uint8_t *text = realloc(net->script.data, net->script.len + 1);
    if (text == NULL || memchr(text, '\0', net->script.len) != NULL) {
        net->script.data = text != NULL ? text : net->script.data;
        io_error("'%s' is no text", path);
        return false;
    }
    text[net->script.len] = '\0';
    net->script.data = text;
    return true;
}

static bool open_peer(struct board_net *net, const struct board_net_options *options,
                      const struct vb_config *config)
{
    char err[512];
    struct vb_net_peer_config peer = options->peer;
    if (options->script_path != NULL && !read_script(net, options->script_path)) {
        return false;
    }
    peer.seed = config->seed;
    peer.script = (const char *)net->script.data;
    peer.script_name = options->script_path;
    memcpy(peer.ap, config->ap, sizeof(peer.ap));
    peer.n_aps = config->n_aps;
    net->peer = vb_net_peer_new(&peer, err, sizeof(err));
    if (net->peer == NULL) {
        io_error("%s", err);
    }
    return net->peer != NULL;
}

bool board_net_open(struct board_net *net, const struct board_net_options *options,
                    const struct vb_config *config)
{
    if (options->kind != BOARD_NET_PEER && options->peer_option != NULL) {
        io_error("option %s is for --net peer", options->peer_option);
        return false;
    }
    switch (options->kind) {
    case BOARD_NET_SLIRP:
        return open_slirp(net);
    case BOARD_NET_PEER:
        return open_peer(net, options, config);
    default:
        return true;
    }
}

const struct vb_net *board_net_backend(const struct board_net *net)
{
    if (net->peer != NULL) {
        return vb_net_peer_backend(net->peer);
    }
    return net->slirp != NULL ? vb_net_slirp_backend(net->slirp) : NULL;
}

void board_net_close(struct board_net *net)
{
    vb_net_peer_free(net->peer);
    vb_net_slirp_free(net->slirp);
    free(net->script.data);
    *net = (struct board_net){0};
}
