/* SPDX-License-Identifier: Apache-2.0 */
/* What the families of the network campaign share: which cases run, and what is counted. */
#ifndef NET_CAMPAIGN_H
#define NET_CAMPAIGN_H

#include "net_lab.h"

#define CAMPAIGN_FIRST_CASE 1u
#define CAMPAIGN_HEAP_FLOOR 24576u /* bytes that must stay free in every case */

/* Shared by all processes. */
struct campaign_tally {
    unsigned begun, passed, failed;
    unsigned n_installed, n_refused;
    uint32_t heap_min, took_max_ms;
};

struct campaign {
    const char *family;
    bool all;                     /* every case, not a sample */
    unsigned only;                /* this case alone; 0: no such wish. Cases are counted from 1 */
    struct campaign_tally *tally; /* of this family */
};

struct campaign_want {
    const char *const *errors; /* names of those that are right, too, then NULL; NULL: none is */
    uint32_t within_ms;        /* virtual */
    bool spares_heap;          /* the case is about the heap: no floor */
    const uint64_t *wire;      /* bytes that the server has sent; NULL: any number is right */
    uint64_t wire_max;
};

/* What an update may say of a network that is too bad for it. */
extern const char *const campaign_network_errors[];

/* True when case n runs: all of them, the wished one, or each every-th. It must be concluded. */
bool campaign_takes(const struct campaign *c, unsigned n, unsigned every);
/* Runs the forked lab to its outcome, judges, counts, prints what failed with its replay line, and
 * ends the process. what: the fault, for people. */
void campaign_conclude(const struct campaign *c, unsigned n, struct net_lab *lab,
                       const struct campaign_want *want, const char *what)
    __attribute__((noreturn));

/* The families. Each runs in a process of its own. */
void campaign_head(struct campaign *c);    /* the connection ends after each byte of the head */
void campaign_body(struct campaign *c);    /* and after each KB of a body of 512 KB */
void campaign_segment(struct campaign *c); /* and at each frame on the air, reset or closed */
void campaign_air(struct campaign *c);     /* loss, delay, copies, disorder, a small MTU */
void campaign_ap(struct campaign *c);   /* the access point goes, and comes with another address */
void campaign_heap(struct campaign *c); /* each allocation fails, one a case */
void campaign_heap_signed(struct campaign *c); /* likewise where a signature is demanded */

#endif
