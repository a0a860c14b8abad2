/* SPDX-License-Identifier: Apache-2.0 */
/* What shall happen to link and server, and when: the text of --net-script as rules. The format is
 * described in docs/howto/virtual-board.md. */
#ifndef VB_NET_SCRIPT_H
#define VB_NET_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VB_SCRIPT_RULES 64u
#define VB_SCRIPT_LINE  255u

enum vb_script_when {
    VB_WHEN_TIME,    /* at: virtual microseconds */
    VB_WHEN_BYTES,   /* at: bytes of bodies served in all */
    VB_WHEN_REQUEST, /* at: number of the request, from 1; 0: every one */
    VB_WHEN_START,
};

enum vb_script_act {
    VB_ACT_AP_DOWN, /* time_us: for how long; 0: until further notice */
    VB_ACT_AP_UP,
    VB_ACT_LINK, /* text: properties; both directions */
    VB_ACT_LINK_UP,
    VB_ACT_LINK_DOWN,
    VB_ACT_ADDRESS, /* number: what DHCP gives from now on, as 0x0a00020f */
    VB_ACT_CLOSE,
    VB_ACT_RESET,
    VB_ACT_STALL,    /* time_us */
    VB_ACT_STATUS,   /* number: the answer's status, with its usual text as body */
    VB_ACT_REDIRECT, /* text: where to; status 302 */
    VB_ACT_LENGTH,   /* number: what Content-Length says */
    VB_ACT_TLS,      /* number: the only version, as on the wire */
    VB_ACT_NAME,     /* text: a name that the resolver knows */
};

struct vb_script_rule {
    enum vb_script_when when;
    uint64_t at;
    enum vb_script_act act;
    uint64_t time_us;
    uint32_t number;
    bool is_done;
    char text[VB_SCRIPT_LINE + 1];
};

struct vb_script {
    unsigned n;
    struct vb_script_rule rule[VB_SCRIPT_RULES];
};

/* Reads a whole script. name stands before line numbers in messages.
 * Errors: false with "name:line: sentence" in err[err_len]. */
bool vb_script_parse(struct vb_script *script, const char *name, const char *text, char *err,
                     size_t err_len);
/* Reads one action ("ap down 2s"). Errors: false with a sentence in err[err_len]. */
bool vb_script_parse_action(struct vb_script_rule *rule, const char *text, char *err,
                            size_t err_len);
/* The point at which the next rule of this kind that is not done wants to act; UINT64_MAX: none. */
uint64_t vb_script_next(const struct vb_script *script, enum vb_script_when when);
/* Takes the first rule of this kind that is not done and whose point is reached, and marks it done.
 * NULL: none. */
const struct vb_script_rule *vb_script_take(struct vb_script *script, enum vb_script_when when,
                                            uint64_t reached);
/* The rule that changes this act for the request, or NULL. Marks it done. */
const struct vb_script_rule *vb_script_answer(struct vb_script *script, unsigned request,
                                              enum vb_script_act act);

#endif
