/* SPDX-License-Identifier: Apache-2.0 */
/* A lab whose server plays a case of servers that lie (liar.h), and can be halted before each piece
 * that it sends: the moments at which a test forks. One a process, as the network in it. */
#ifndef TESTS_NET_STAGE_H
#define TESTS_NET_STAGE_H

#include "liar.h"
#include "net_lab.h"

#define NET_STAGE_CONNS 16u

struct net_stage {
    struct net_lab lab;
    struct liar_files files;
    const struct liar_case *c; /* NULL: the first request is not answered yet */
    bool halts;                /* before each piece of the first connection */
    bool is_at_moment;         /* halted there */
    bool is_let_on;            /* one piece may go */
    bool is_over;              /* the first connection's script has ended */
    bool is_cut;               /* it ends now, in the way below */
    enum liar_end cut_end;
    uint64_t given; /* bytes of all answers */
    struct liar_conn conn[NET_STAGE_CONNS];
};

/* A device in front of the server, up to its first request: that is the first moment, and the lab's
 * mark. image_path names the right image. Ends the program when it does not come so far. */
void net_stage_open(struct net_stage *stage, const char *image_path);
/* Sets what all connections are answered by, the first one included. */
void net_stage_play(struct net_stage *stage, const struct liar_case *c);
/* Lets the server send one piece and goes on to the moment before the next. False: it has no more.
 */
bool net_stage_step(struct net_stage *stage);
/* From here the first connection ends so; the server is not halted any more. */
void net_stage_cut(struct net_stage *stage, enum liar_end end);
/* The server is not halted any more. */
void net_stage_go_on(struct net_stage *stage);

/* A file as a whole, with a NUL behind it; ends the program when it cannot be read. */
uint8_t *net_stage_read_file(const char *path, size_t *len);

#endif
