/* SPDX-License-Identifier: Apache-2.0 */
/* The network in virtual time behind the radio: link, hosts and script on one time line. Everything
 * happens at the microsecond it is due, in order, whenever the board happens to look: so the slices
 * in which a board is run do not matter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "net_follow.h"
#include "peer_stack.h"
#include "vb_net_peer.h"

#define USUAL_PORT  8070u
#define STREAM_UP   1u
#define STREAM_DOWN 2u
#define HASH_START  UINT64_C(0xcbf29ce484222325) /* FNV-1a */
#define HASH_PRIME  UINT64_C(0x100000001b3)

/* --- frames --- */

static void hash_bytes(struct vb_net_peer *net, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        net->traffic = (net->traffic ^ bytes[i]) * HASH_PRIME;
    }
}

static void note_frame(struct vb_net_peer *net, const uint8_t *frame, size_t len)
{
    uint8_t time[8];
    for (unsigned i = 0; i < 8; i++) {
        time[i] = (uint8_t)(net->now_us >> 8 * i);
    }
    hash_bytes(net, time, sizeof(time));
    hash_bytes(net, frame, len);
}

/* From a host of the peer, towards the device. */
static void on_host_frame(void *ctx, const uint8_t *frame, size_t len)
{
    struct vb_net_peer *net = ctx;
    if (net->ap_is_down) {
        vb_link_lose(&net->down);
    } else {
        vb_link_send(&net->down, frame, len, net->now_us);
    }
}

static void on_up_arrival(struct vb_net_peer *net)
{
    const struct vb_link_frame *frame = vb_link_take(&net->up);
    vb_peer_stack_input(frame->byte, frame->len);
}

static void on_down_arrival(struct vb_net_peer *net)
{
    const struct vb_link_frame *frame = vb_link_take(&net->down);
    if (!net->ap_is_down) {
        note_frame(net, frame->byte, frame->len);
        vb_board_net_deliver(net->board, frame->byte, frame->len);
    }
}

/* --- the time line --- */

static void work_servers(struct vb_net_peer *net)
{
    do {
        net->server.limit = vb_script_next(&net->script, VB_WHEN_BYTES);
        vb_server_service(&net->server, net->now_us);
    } while (vb_net_follow_bytes(net));
}

enum event { EV_SCRIPT, EV_AP, EV_UP, EV_DOWN, EV_TICK, EV_SERVER, N_EVENTS };

/* At the same microsecond the first in this order goes first. */
static enum event next_event(const struct vb_net_peer *net, uint64_t *at_us)
{
    const uint64_t due[N_EVENTS] = {
        [EV_SCRIPT] = vb_script_next(&net->script, VB_WHEN_TIME),
        [EV_AP] = net->ap_up_us,
        [EV_UP] = vb_link_next_us(&net->up),
        [EV_DOWN] = vb_link_next_us(&net->down),
        [EV_TICK] = vb_peer_stack_next_us(),
        [EV_SERVER] = vb_server_next_us(&net->server, net->now_us),
    };
    enum event first = EV_SCRIPT;
    for (enum event i = EV_SCRIPT; i < N_EVENTS; i++) {
        first = due[i] < due[first] ? i : first;
    }
    *at_us = due[first];
    return first;
}

static void handle(struct vb_net_peer *net, enum event event)
{
    switch (event) {
    case EV_SCRIPT:
        vb_net_follow_time(net);
        break;
    case EV_AP:
        vb_net_restore_ap(net);
        break;
    case EV_UP:
        on_up_arrival(net);
        break;
    case EV_DOWN:
        on_down_arrival(net);
        break;
    case EV_TICK:
        vb_peer_stack_tick();
        break;
    default: /* a stall is over: service does the rest */
        break;
    }
    work_servers(net);
}

static void set_now(struct vb_net_peer *net, uint64_t now_us)
{
    net->now_us = now_us > net->now_us ? now_us : net->now_us;
    vb_peer_stack_set_now(net->now_us);
}

static void advance(struct vb_net_peer *net, uint64_t now_us)
{
    uint64_t at_us;
    for (;;) {
        enum event event = next_event(net, &at_us);
        if (at_us > now_us) {
            break;
        }
        set_now(net, at_us);
        handle(net, event);
    }
    set_now(net, now_us);
}

/* --- what the board calls --- */

/* A frame enters the air at the next whole microsecond after the instruction that sends it. How
 * soon the next poll comes depends on how the board is run, and must not matter. */
static void peer_send(void *ctx, const uint8_t *frame, size_t len)
{
    struct vb_net_peer *net = ctx;
    struct vb_stats stats;
    if (net->board == NULL || net->n_outbox == VB_NET_OUTBOX || len > VB_LINK_FRAME_MAX) {
        vb_link_lose(&net->up);
        return;
    }
    vb_board_get_stats(net->board, &stats);
    net->outbox[net->n_outbox].sent_us = stats.virtual_us + 1;
    net->outbox[net->n_outbox].len = len;
    memcpy(net->outbox[net->n_outbox].byte, frame, len);
    net->n_outbox++;
}

static void send_first(struct vb_net_peer *net)
{
    const struct vb_sent_frame *first = &net->outbox[0];
    note_frame(net, first->byte, first->len);
    if (net->ap_is_down) {
        vb_link_lose(&net->up);
    } else {
        vb_link_send(&net->up, first->byte, first->len, net->now_us);
    }
    net->n_outbox--;
    memmove(net->outbox, net->outbox + 1, net->n_outbox * sizeof(net->outbox[0]));
}

static void peer_poll(void *ctx, struct vb_board *board, uint64_t now_us, uint32_t wait_us)
{
    struct vb_net_peer *net = ctx;
    if (wait_us > 0) { /* nothing comes from outside: only a board in real time waits */
        struct timespec wait = {wait_us / 1000000u, (long)(wait_us % 1000000u) * 1000};
        nanosleep(&wait, NULL);
    }
    net->board = board;
    while (net->n_outbox > 0 && net->outbox[0].sent_us <= now_us) {
        advance(net, net->outbox[0].sent_us);
        send_first(net);
    }
    advance(net, now_us);
}

static uint64_t peer_next_us(void *ctx)
{
    const struct vb_net_peer *net = ctx;
    uint64_t at_us;
    next_event(net, &at_us);
    uint64_t sent_us = net->n_outbox > 0 ? net->outbox[0].sent_us : UINT64_MAX;
    return sent_us < at_us ? sent_us : at_us;
}

static bool peer_is_open(void *ctx)
{
    (void)ctx; /* nobody outside: time may always be skipped */
    return false;
}

/* --- life --- */

static bool read_script(struct vb_net_peer *net, const struct vb_net_peer_config *config, char *err,
                        size_t err_len)
{
    const char *name = config->script_name != NULL ? config->script_name : "script";
    const char *text = config->script != NULL ? config->script : "";
    if (!vb_script_parse(&net->script, name, text, err, err_len)) {
        return false;
    }
    for (unsigned i = 0; i < net->script.n; i++) {
        if (net->script.rule[i].act == VB_ACT_NAME) {
            net->names[net->n_names++] = net->script.rule[i].text;
        }
    }
    return true;
}

/* Rules that hold from the start; names were collected when the script was read. */
static bool apply_start_rules(struct vb_net_peer *net, char *err, size_t err_len)
{
    const struct vb_script_rule *rule;
    while ((rule = vb_script_take(&net->script, VB_WHEN_START, 0)) != NULL) {
        if (rule->act == VB_ACT_TLS && net->server.tls == NULL) {
            snprintf(err, err_len, "the script asks for TLS, and there is no certificate");
            return false;
        }
        if (rule->act == VB_ACT_TLS) {
            vb_tls_server_set_version(net->server.tls, (int)rule->number);
        }
    }
    return true;
}

static bool start_tls(struct vb_net_peer *net, const struct vb_net_peer_config *config, char *err,
                      size_t err_len)
{
    if ((config->cert_file == NULL) != (config->key_file == NULL)) {
        snprintf(err, err_len, "a certificate needs its key, and a key its certificate");
        return false;
    }
    if (config->cert_file == NULL) {
        return true;
    }
    net->server.tls =
        vb_tls_server_new(config->seed, config->cert_file, config->key_file, err, err_len);
    return net->server.tls != NULL;
}

/* lwIP last: from here on the process has had its one peer. */
static bool start(struct vb_net_peer *net, const struct vb_net_peer_config *config, char *err,
                  size_t err_len)
{
    if (!read_script(net, config, err, err_len) || !start_tls(net, config, err, err_len) ||
        !apply_start_rules(net, err, err_len)) {
        return false;
    }
    if (!vb_peer_stack_start(config->seed, on_host_frame, net)) {
        snprintf(err, err_len, "this process has had its network in virtual time");
        return false;
    }
    if (!vb_peer_dhcp_start() || !vb_peer_dns_start(net->names, net->n_names) ||
        (config->time_s != 0 && !vb_peer_ntp_start(config->time_s)) ||
        !vb_server_start(&net->server, config->port != 0 ? config->port : USUAL_PORT)) {
        vb_peer_stack_stop();
        snprintf(err, err_len, "out of memory");
        return false;
    }
    return true;
}

static void free_parts(struct vb_net_peer *net)
{
    vb_server_stop(&net->server);
    vb_tls_server_free(net->server.tls);
    free(net);
}

struct vb_net_peer *vb_net_peer_new(const struct vb_net_peer_config *config, char *err,
                                    size_t err_len)
{
    struct vb_net_peer *net = calloc(1, sizeof(*net));
    if (net == NULL) {
        snprintf(err, err_len, "out of memory");
        return NULL;
    }
    vb_link_init(&net->up, &config->up, config->seed, STREAM_UP);
    vb_link_init(&net->down, &config->down, config->seed, STREAM_DOWN);
    net->server.files = (struct vb_peer_files){config->root, config->files, config->n_files};
    net->server.author = config->author;
    net->server.script = &net->script;
    net->ap_up_us = UINT64_MAX;
    net->traffic = HASH_START;
    net->n_aps = config->n_aps;
    memcpy(net->ap, config->ap, sizeof(net->ap));
    net->backend = (struct vb_net){peer_send, peer_poll, peer_next_us, peer_is_open, net};
    if (!start(net, config, err, err_len)) {
        free_parts(net);
        return NULL;
    }
    return net;
}

void vb_net_peer_free(struct vb_net_peer *net)
{
    if (net != NULL) {
        vb_peer_stack_stop();
        free_parts(net);
    }
}

const struct vb_net *vb_net_peer_backend(const struct vb_net_peer *net)
{
    return &net->backend;
}

bool vb_net_peer_act(struct vb_net_peer *net, const char *action, char *err, size_t err_len)
{
    struct vb_script_rule rule;
    if (!vb_script_parse_action(&rule, action, err, err_len)) {
        return false;
    }
    vb_net_follow(net, &rule, NULL);
    work_servers(net);
    return true;
}

void vb_net_peer_reseed(struct vb_net_peer *net, uint64_t seed)
{
    net->up.rng = vb_rng_stream(seed, STREAM_UP);
    net->down.rng = vb_rng_stream(seed, STREAM_DOWN);
}

static unsigned count_done(const struct vb_script *script)
{
    unsigned n = 0;
    for (unsigned i = 0; i < script->n; i++) {
        n += script->rule[i].is_done;
    }
    return n;
}

void vb_net_peer_get_stats(const struct vb_net_peer *net, struct vb_net_peer_stats *out)
{
    *out = (struct vb_net_peer_stats){
        .up = net->up.stats,
        .down = net->down.stats,
        .traffic = net->traffic,
        .body_bytes = net->server.body_bytes,
        .connections = net->server.n_connections,
        .requests = net->server.n_requests,
        .script_done = count_done(&net->script),
    };
}
