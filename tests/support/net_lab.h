/* SPDX-License-Identifier: Apache-2.0 */
/* Updates of simple_ota_example behind the network in virtual time, many from one beginning: a
 * board is brought to a moment of interest, and each case goes on from there in a process of its
 * own, because fork(2) copies board and network together. What came of it is judged from outside.
 */
#ifndef TESTS_NET_LAB_H
#define TESTS_NET_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "device.h"
#include "vb_net_peer.h"

#define NET_LAB_FIRMWARE "examples/simple_ota_example/" /* unless told otherwise */
#define NET_LAB_IMAGE    "examples/hello_world/build/hello_world.bin"
#define NET_LAB_TAIL     1200u

/* A firmware that installs an image, and its words for what came of it. */
struct net_lab_firmware {
    const char *folder;    /* of the project, with '/' */
    const char *name;      /* of its .bin and .elf */
    const char *installed; /* the new image says it */
    const char *failed;    /* the old one: then "0x101 (NAME)", or the number alone */
};

struct net_lab_config {
    uint64_t seed;
    const struct net_lab_firmware *firmware; /* NULL: NET_LAB_FIRMWARE's */
    const struct vb_net *backend; /* the network, which is not in virtual time then; NULL: is */
    const char *link;             /* properties of both directions; NULL: VB_LINK_USUAL */
    const char *script;           /* NULL: none */
    const struct vb_peer_author *author;
    const struct vb_peer_file *files;
    unsigned n_files;
};

struct net_lab {
    struct device d;
    struct vb_net_peer *net; /* NULL: another backend */
    const struct net_lab_firmware *firmware;
    uint32_t app_len; /* of the image at FACTORY_ADDR */
    uint8_t *before;  /* the flash at the mark */
    struct vb_stats at_mark;
    size_t console_at_mark;
    uint32_t n_free_min; /* address of the heap's low-water mark */
    uint32_t heap_min;   /* its value before the last restart */
};

struct net_verdict {
    bool has_ended;   /* the process came to its end */
    bool has_outcome; /* the device said what became of the update, in time */
    bool installed;   /* and it is the new firmware that runs, from ota_0 */
    char error[64];   /* the name that it gave, when it failed, or the number */
    bool kept_others; /* nothing outside ota_0 has changed, but the boot record when installed */
    uint64_t n_erases, n_programs;
    uint32_t resets;
    uint32_t took_ms;  /* virtual, since the mark */
    uint32_t heap_min; /* bytes that were free at the worst moment before a restart */
    uint32_t rx_bytes; /* frames that reached the device since the mark */
    unsigned connections;
    char tail[NET_LAB_TAIL]; /* the console's end */
};

/* A powered-off device and its network. Ends the program when something is missing. */
void net_lab_open(struct net_lab *lab, const struct net_lab_config *config);
/* Remembers flash, time and counters: verdicts count from here. */
void net_lab_mark(struct net_lab *lab);
/* Runs until the update's outcome or the time is up, and judges. */
void net_lab_finish(struct net_lab *lab, uint32_t limit_ms, struct net_verdict *out);
/* Applies power anew, with what the flash holds, and lets it update; true: it is installed. */
bool net_lab_try_again(struct net_lab *lab, uint32_t limit_ms);
/* The address of a symbol of the firmware; 0 when it has none. */
uint32_t net_lab_symbol(const struct net_lab *lab, const char *name);

/* Forks when fewer than two children run, else when one of them has ended. True in the child, which
 * net_lab_exit() ends; one that takes longer than two minutes of the host is killed. */
bool net_lab_fork(void);
void net_lab_exit(void) __attribute__((noreturn));
/* Waits for all children. */
void net_lab_join(void);
/* Zeroed memory that processes share; ends the program when there is none. */
void *net_lab_shared(size_t len);

#endif
