/* SPDX-License-Identifier: Apache-2.0 */
/* The flash of a world behind struct asl_flash. One operation of a run may fail, in one of the ways
 * that NOR flash fails; weak bits read by a pattern. Notes what no chip forgives. */
#ifndef PROTOCOL_MODEL_FLASH_H
#define PROTOCOL_MODEL_FLASH_H

#include "world.h"

enum fault {
    FAULT_NONE,
    FAULT_CUT_BEFORE,
    FAULT_CUT_AFTER,
    FAULT_TORN_CUT, /* with a variant, then the power is gone */
    FAULT_TORN,     /* with a variant, the power stays */
    FAULT_NOOP,     /* reports success, does nothing */
    FAULT_ERROR,    /* reports an error, does nothing */
    FAULT_DEAD,     /* the sector takes nothing from here on, and reports success */
    N_FAULTS,
};

/* Ways to read weak bits: always so, always the other way, alternating from read to read. */
#define N_PATTERNS 4u

struct model_flash {
    struct asl_flash flash;
    struct world *world;
    enum fault fault;
    uint32_t at_op; /* from 1 */
    uint32_t variant;
    uint32_t pattern;
    /* what happened */
    uint32_t n_ops, n_reads;
    bool no_weak; /* torn erases are stable */
    bool is_off;
    bool fired;
    bool no_such_variant; /* the variant does not exist for that operation */
    const char *misuse;   /* NULL: none */
};

void model_flash_init(struct model_flash *m, struct world *world, uint32_t pattern);
/* Plans a fault and starts counting. */
void model_flash_plan(struct model_flash *m, enum fault fault, uint32_t at_op, uint32_t variant);

#endif
