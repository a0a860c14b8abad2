/* SPDX-License-Identifier: Apache-2.0 */
/* libslirp as the network behind the radio. Its clock is the board's virtual time; its sockets are
 * the host's. Frames for the device wait here until poll(), which knows the board. */
#include "vb_net_slirp.h"

#include <poll.h>
#include <slirp/libslirp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "net_flows.h"

#define FRAME_MAX     1514u
#define QUEUE         128u
#define POLL_EVERY_US 1000u /* while a host connection is open */

struct queued {
    size_t len;
    uint8_t byte[FRAME_MAX];
};

struct vb_net_slirp {
    struct vb_net backend;
    Slirp *slirp;
    struct vb_flows flows;
    uint64_t now_us;
    uint64_t next_us;
    struct pollfd *fds;
    int n_fds, max_fds;
    uint32_t head, n;
    struct queued frame[QUEUE];
};

/* --- what libslirp calls --- */

static ssize_t on_packet(const void *buf, size_t len, void *opaque)
{
    struct vb_net_slirp *net = opaque;
    if (len <= FRAME_MAX && net->n < QUEUE) {
        struct queued *slot = &net->frame[(net->head + net->n) % QUEUE];
        slot->len = len;
        memcpy(slot->byte, buf, len);
        net->n++;
    }
    return (ssize_t)len;
}

static void on_guest_error(const char *msg, void *opaque)
{
    (void)msg;
    (void)opaque;
}

static int64_t on_clock(void *opaque)
{
    const struct vb_net_slirp *net = opaque;
    return (int64_t)net->now_us * 1000;
}

/* Sockets are collected anew for every poll. */
static void on_fd(int fd, void *opaque)
{
    (void)fd;
    (void)opaque;
}

static void on_notify(void *opaque)
{
    struct vb_net_slirp *net = opaque;
    net->next_us = net->now_us;
}

/* Timers belong to IPv6 alone, which is off: no timer callbacks. */
static const SlirpCb callbacks = {
    .send_packet = on_packet,
    .guest_error = on_guest_error,
    .clock_get_ns = on_clock,
    .register_poll_fd = on_fd,
    .unregister_poll_fd = on_fd,
    .notify = on_notify,
};

/* --- polling --- */

static short poll_events(int slirp_events)
{
    int events = 0;
    events |= (slirp_events & SLIRP_POLL_IN) != 0 ? POLLIN : 0;
    events |= (slirp_events & SLIRP_POLL_OUT) != 0 ? POLLOUT : 0;
    events |= (slirp_events & SLIRP_POLL_PRI) != 0 ? POLLPRI : 0;
    return (short)events;
}

static int add_poll(int fd, int events, void *opaque)
{
    struct vb_net_slirp *net = opaque;
    if (net->n_fds == net->max_fds) {
        int max = net->max_fds * 2 + 8;
        struct pollfd *fds = realloc(net->fds, (size_t)max * sizeof(*fds));
        if (fds == NULL) {
            return -1;
        }
        net->fds = fds;
        net->max_fds = max;
    }
    net->fds[net->n_fds] = (struct pollfd){.fd = fd, .events = poll_events(events)};
    return net->n_fds++;
}

static int get_revents(int idx, void *opaque)
{
    const struct vb_net_slirp *net = opaque;
    if (idx < 0 || idx >= net->n_fds) {
        return 0;
    }
    int revents = net->fds[idx].revents;
    int events = 0;
    events |= (revents & POLLIN) != 0 ? SLIRP_POLL_IN : 0;
    events |= (revents & POLLOUT) != 0 ? SLIRP_POLL_OUT : 0;
    events |= (revents & POLLPRI) != 0 ? SLIRP_POLL_PRI : 0;
    events |= (revents & POLLERR) != 0 ? SLIRP_POLL_ERR : 0;
    events |= (revents & POLLHUP) != 0 ? SLIRP_POLL_HUP : 0;
    return events;
}

static void deliver(struct vb_net_slirp *net, struct vb_board *board)
{
    while (net->n > 0) {
        const struct queued *first = &net->frame[net->head];
        vb_flows_note(&net->flows, first->byte, first->len, false, net->now_us);
        vb_board_net_deliver(board, first->byte, first->len);
        net->head = (net->head + 1) % QUEUE;
        net->n--;
    }
}

static bool net_is_open(void *ctx)
{
    const struct vb_net_slirp *net = ctx;
    return vb_flows_are_open(&net->flows, net->now_us);
}

static void net_poll(void *ctx, struct vb_board *board, uint64_t now_us, uint32_t wait_us)
{
    struct vb_net_slirp *net = ctx;
    uint32_t timeout_ms = UINT32_MAX;
    struct timespec wait = {.tv_sec = wait_us / 1000000u, .tv_nsec = wait_us % 1000000u * 1000};
    net->now_us = now_us;
    net->n_fds = 0;
    if (net->n > 0) {
        wait = (struct timespec){0};
    }
    slirp_pollfds_fill(net->slirp, &timeout_ms, add_poll, net);
    int ready = ppoll(net->fds, (nfds_t)net->n_fds, &wait, NULL);
    slirp_pollfds_poll(net->slirp, ready < 0, get_revents, net);
    if (wait_us == 0) {
        deliver(net, board);
    }
    net->next_us = timeout_ms != UINT32_MAX ? now_us + timeout_ms * UINT64_C(1000) : UINT64_MAX;
    if (net_is_open(net) && net->next_us > now_us + POLL_EVERY_US) {
        net->next_us = now_us + POLL_EVERY_US;
    }
    if (net->n > 0) {
        net->next_us = now_us;
    }
}

static void net_send(void *ctx, const uint8_t *frame, size_t len)
{
    struct vb_net_slirp *net = ctx;
    if (!vb_flows_is_local(frame, len)) {
        return;
    }
    vb_flows_note(&net->flows, frame, len, true, net->now_us);
    slirp_input(net->slirp, frame, (int)len);
    net->next_us = net->now_us;
}

static uint64_t net_next_us(void *ctx)
{
    const struct vb_net_slirp *net = ctx;
    return net->next_us;
}

/* --- life --- */

static Slirp *slirp_start(struct vb_net_slirp *net)
{
    SlirpConfig config = {
        .version = 4,
        .in_enabled = true,
        .vnetwork.s_addr = htonl(0x0a000200u),
        .vnetmask.s_addr = htonl(0xffffff00u),
        .vhost.s_addr = htonl(0x0a000202u),
        .vnameserver.s_addr = htonl(0x0a000203u),
        .vdhcp_start.s_addr = htonl(0x0a00020fu),
    };
    return slirp_new(&config, &callbacks, net);
}

struct vb_net_slirp *vb_net_slirp_new(void)
{
    struct vb_net_slirp *net = calloc(1, sizeof(*net));
    if (net == NULL) {
        return NULL;
    }
    net->next_us = UINT64_MAX;
    net->backend = (struct vb_net){
        .send = net_send,
        .poll = net_poll,
        .next_us = net_next_us,
        .is_open = net_is_open,
        .ctx = net,
    };
    net->slirp = slirp_start(net);
    if (net->slirp == NULL) {
        free(net);
        return NULL;
    }
    return net;
}

void vb_net_slirp_free(struct vb_net_slirp *net)
{
    if (net != NULL) {
        slirp_cleanup(net->slirp);
        free(net->fds);
        free(net);
    }
}

const struct vb_net *vb_net_slirp_backend(const struct vb_net_slirp *net)
{
    return &net->backend;
}
