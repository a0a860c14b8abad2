/* SPDX-License-Identifier: Apache-2.0 */
/* What can happen in a world, acted out by the code under test as bootloader and application call
 * it, with one fault where one is planned. */
#ifndef PROTOCOL_ACTION_H
#define PROTOCOL_ACTION_H

#include "model_flash.h"

enum act {
    ACT_BOOT,
    ACT_RESTART,
    ACT_WRITE,     /* an image into a slot, complete */
    ACT_WRITE_CUT, /* half of one, then the power is gone */
    ACT_SELECT,
    ACT_CONFIRM,
    ACT_REJECT,
    ACT_SDK_SELECT, /* by a program of the SDK: no trial */
    ACT_IDF_SELECT, /* by one of ESP-IDF with rollback on */
    ACT_DAMAGE,     /* an image rots while the power is off */
};

struct action {
    uint8_t act, slot, image;
};
#define MAX_ACTIONS 48u

/* What governs, as far as the next start depends on it. */
struct view {
    int governing; /* -1: nothing; else 0 */
    uint8_t subtype;
    int state;
    uint8_t previous;
    bool refuses; /* the last trial ended badly, of subtype refused */
    uint8_t refused;
    uint32_t starts;
};

struct run {
    const struct setup *setup;
    struct world world;
    struct model_flash flash;
    struct asl_boot_plan plan;
    enum asl_err err;      /* of the write */
    const char *violation; /* NULL: none */
};

/* All that can happen; returns their number. */
uint32_t actions_of(const struct world *w, const struct setup *setup, struct action *out);
const char *action_text(const struct action *a, char text[64]);

/* Begins a run from a world. Plan a fault behind it, with model_flash_plan(). */
void run_init(struct run *r, const struct setup *setup, const struct world *w, uint32_t pattern);
void run_action(struct run *r, const struct action *a);
/* The plan that the bootloader would make of a world. */
void view_plan(const struct setup *setup, const struct world *w, uint32_t pattern,
               struct asl_boot_plan *plan);
struct view view_of(const struct setup *setup, const struct world *w, uint32_t pattern);
bool same_view(const struct view *a, const struct view *b);

#endif
