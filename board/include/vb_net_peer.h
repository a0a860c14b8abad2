/* SPDX-License-Identifier: Apache-2.0 */
/* A network behind the radio that lives in this process and in virtual time: the device gets
 * 10.0.2.15 by DHCP, names from 10.0.2.3, and files over HTTPS or HTTP from 10.0.2.2, through a
 * link with bandwidth, delay and faults. No host clock, no host randomness: the same config and
 * device give the same frames at the same microseconds. It forks with the board by fork(2). */
#ifndef VB_NET_PEER_H
#define VB_NET_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vb_board.h"

struct vb_net_peer;

/* One direction of the air between device and network. Zero means perfect in every field. */
struct vb_link {
    uint32_t bandwidth;   /* bytes/s; 0: unlimited */
    uint32_t delay_us;    /* of every frame */
    uint32_t jitter_us;   /* added to it, 0 to this, evenly; frames stay in order */
    uint32_t loss_ppm;    /* of a million frames, how many vanish, */
    uint32_t dup_ppm;     /* arrive twice, */
    uint32_t reorder_ppm; /* are held back by 10 ms more while later ones pass */
    uint32_t mtu;         /* bytes; a longer IP packet vanishes. 0: 1500 */
};

/* Changes the fields of link that spec names: "bandwidth=50k,delay=20ms,loss=10%". Keys: bandwidth
 * (bytes/s, k, M), delay, jitter (us, ms, s), loss, dup, reorder (%), mtu (bytes).
 * Errors: false with a sentence in err[err_len]; link is untouched. */
bool vb_link_parse(struct vb_link *link, const char *spec, char *err, size_t err_len);

/* A wireless network of a home, for both directions; what `airslot board` starts from. */
#define VB_LINK_USUAL "bandwidth=2M,delay=2ms"

/* A file to serve; bytes must outlive the peer. */
struct vb_peer_file {
    const char *path; /* "/hello_world.bin" */
    const uint8_t *bytes;
    size_t len;
};

/* What a server that is written by somebody else does next on a connection. */
struct vb_peer_step {
    enum {
        VB_PEER_WAIT,    /* for more of the request; bytes below are not looked at */
        VB_PEER_SEND,    /* bytes[len]: one TLS record, one segment where TCP lets it */
        VB_PEER_FINISH,  /* close_notify, then FIN */
        VB_PEER_CLOSE,   /* FIN alone */
        VB_PEER_RESET,   /* once the device has acknowledged what was sent */
        VB_PEER_SILENCE, /* for ever */
    } kind;
    uint64_t pause_us; /* before it */
    const uint8_t *bytes;
    size_t len;
};

/* Writes the answers instead of the files, byte for byte: a server that misbehaves. Connections are
 * counted from 0. Everything that it decides by must be its own memory, so that it forks along. */
struct vb_peer_author {
    /* A connection comes. False: it is reset. */
    bool (*begin)(void *ctx, unsigned connection);
    /* Asked when the handshake is done and the step before has left: request[len] is what the client
     * has sent so far, its first 4096 bytes at most. */
    void (*next)(void *ctx, unsigned connection, const char *request, size_t len,
                 struct vb_peer_step *step);
    void *ctx;
};

struct vb_net_peer_config {
    uint64_t seed;         /* all randomness of link and server */
    struct vb_link up;     /* from the device */
    struct vb_link down;   /* to the device */
    uint16_t port;         /* of the server; 0: 8070 */
    const char *cert_file; /* PEM chain and key: HTTPS; both NULL: plain HTTP */
    const char *key_file;
    const char *root;                 /* folder to serve; NULL: none */
    const struct vb_peer_file *files; /* looked up before root; may be NULL */
    unsigned n_files;
    const struct vb_peer_author *author; /* outlives the peer; NULL: the files are served */
    int64_t time_s;              /* of power-on, since 1970, as a time server on 10.0.2.2 says it; 0:
                                    there is none */
    const char *script;          /* text as docs/howto/virtual-board.md describes; NULL: none */
    const char *script_name;     /* for messages; NULL: "script" */
    struct vb_ap ap[VB_MAX_APS]; /* the board's, for losing them and bringing them back */
    unsigned n_aps;
};

/* Makes the network. A process has one in its life, because lwIP has global state: who needs more
 * forks processes. Returns NULL with a sentence in err[err_len]. */
struct vb_net_peer *vb_net_peer_new(const struct vb_net_peer_config *config, char *err,
                                    size_t err_len);
/* After the board. */
void vb_net_peer_free(struct vb_net_peer *net);
/* The backend for vb_config.net; lives as long as net. */
const struct vb_net *vb_net_peer_backend(const struct vb_net_peer *net);

/* Carries out one action of a script ("ap down 2s", "reset") now, between two runs of the board.
 * Errors: false with a sentence in err[err_len]. */
bool vb_net_peer_act(struct vb_net_peer *net, const char *action, char *err, size_t err_len);
/* Gives the link other random numbers from here on: forks of one network then differ. */
void vb_net_peer_reseed(struct vb_net_peer *net, uint64_t seed);

struct vb_link_stats {
    uint64_t frames; /* offered by the sender */
    uint64_t lost;   /* of them: by chance, too long, no room, or without an access point */
    uint64_t duplicated, reordered;
};

struct vb_net_peer_stats {
    struct vb_link_stats up, down;
    uint64_t traffic;     /* hash of all frames and their times, as they left and reached the air */
    uint64_t body_bytes;  /* of HTTP bodies handed to TCP or TLS */
    unsigned connections; /* accepted */
    unsigned requests;    /* answered */
    unsigned script_done; /* script lines that have acted */
};
void vb_net_peer_get_stats(const struct vb_net_peer *net, struct vb_net_peer_stats *out);

#endif
