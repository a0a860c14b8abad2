/* SPDX-License-Identifier: Apache-2.0 */
/* See drawn.h. Second faults come in groups that share one walk through a recovery. */
#include "drawn.h"

#include <stdlib.h>

#include "branch.h"

#define SECTOR 4096u

/* --- second faults, in groups along one recovery --- */

static int compare_numbers(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* The places of a group's second faults: among n from here on. */
static void draw_sorted(struct cam_branch *b, uint64_t from, uint64_t n, uint64_t out[CAM_GROUP])
{
    for (unsigned i = 0; i < b->n; i++) {
        out[i] = from + cam_draw_below(&b->random, n);
    }
    qsort(out, b->n, sizeof(out[0]), compare_numbers);
}

static struct vb_fault draw_cut(uint64_t *random, uint64_t us)
{
    return (struct vb_fault){.kind = VB_FAULT_CUT_AT,
                             .time_ns = us * 1000 + cam_draw(random) % 1000};
}

static void cut_along(struct cam_branch *b, const struct cam_way *way)
{
    uint64_t us[CAM_GROUP];
    draw_sorted(b, cam_device_now_us(&b->trial.device), way->us + CAM_PAST_US, us);
    for (unsigned i = 0; i < b->n && !cam_is_out_of_time(b->c); i++) {
        if (!cam_device_walk_to_us(&b->trial.device, us[i])) {
            cam_note_unmet(b, b->n - i);
            return;
        }
        b->next = draw_cut(&b->random, us[i]);
        cam_branch_act(b, cam_act_last);
    }
}

static void fault_along(struct cam_branch *b, const struct cam_way *way)
{
    static const enum vb_fault_kind kinds[] = {VB_FAULT_CUT_BEFORE, VB_FAULT_CUT_AFTER,
                                               VB_FAULT_SILENT,     VB_FAULT_TORN,
                                               VB_FAULT_TORN,       VB_FAULT_TORN};
    uint64_t op[CAM_GROUP];
    draw_sorted(b, cam_device_ops(&b->trial.device) + 1, way->ops, op);
    for (unsigned i = 0; i < b->n && !cam_is_out_of_time(b->c); i++) {
        if (!cam_device_walk_to_op(&b->trial.device, op[i] - 1)) {
            cam_note_unmet(b, b->n - i);
            return;
        }
        b->next = (struct vb_fault){.kind = kinds[cam_draw_below(&b->random, 6)],
                                    .op = op[i],
                                    .seed = cam_draw(&b->random) & UINT32_MAX};
        cam_branch_act(b, cam_act_last);
    }
}

/* One first fault, then a group of second ones; where the recovery touches no flash, random cuts.
 */
static void act_group(struct cam_branch *b)
{
    struct cam_way way;
    struct cam_branch inner;
    if (!cam_branch_meet(&inner, b)) {
        return;
    }
    if (cam_branch_measure(&inner, &way)) {
        if (b->set == CAM_CUTS || way.ops == 0) {
            cut_along(&inner, &way);
        } else {
            fault_along(&inner, &way);
        }
    }
    cam_trial_end(&inner.trial);
}

void cam_try_double(struct cam_campaign *c, const struct cam_task *task,
                    const struct cam_device *walker)
{
    struct cam_branch b = cam_branch_at(c, CAM_DOUBLE, task, walker);
    const struct vb_flash_op *op = &c->shared->op[task->at];
    unsigned n = cam_count_fitting(c, op);
    unsigned chosen = (unsigned)cam_draw_below(&b.random, n);
    for (unsigned k = 0; k < c->config->n_kinds && n > 0; k++) {
        if (cam_fits(&c->config->kind[k], op) && chosen-- == 0) {
            b.next = cam_fault_of(c, k, op->number);
            cam_branch_act(&b, act_group);
            return;
        }
    }
}

void cam_try_cut(struct cam_campaign *c, const struct cam_task *task,
                 const struct cam_device *walker)
{
    struct cam_branch b = cam_branch_at(c, CAM_CUTS, task, walker);
    b.next = draw_cut(&b.random, task->at);
    cam_branch_act(&b, (task->seed & 1) != 0 ? act_group : cam_act_last);
}

/* --- bits that turn over --- */

static bool is_blank(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != 0xff) {
            return false;
        }
    }
    return true;
}

/* A bit of the records; of those that hold something, three times in four. */
static void draw_record_bit(struct cam_branch *b, struct vb_fault *out)
{
    uint8_t records[2 * SECTOR];
    uint32_t used[2 * SECTOR / 32], n = 0;
    const struct cam_part *otadata = b->c->shared->scene.otadata;
    vb_board_read_flash(b->trial.device.board, otadata->addr, records, sizeof(records));
    for (uint32_t at = 0; at < sizeof(records); at += 32) {
        if (!is_blank(records + at, 32)) {
            used[n++] = at;
        }
    }
    bool is_used = n > 0 && cam_draw(&b->random) % 4 != 0;
    out->addr = otadata->addr + (is_used ? used[cam_draw_below(&b->random, n)] +
                                               (uint32_t)cam_draw_below(&b->random, 32)
                                         : (uint32_t)cam_draw_below(&b->random, sizeof(records)));
}

/* A bit of an image that may be lost: another one is complete, confirmed, and leads to the goal. */
static bool draw_image_bit(struct cam_branch *b, bool is_end, struct vb_fault *out)
{
    const struct cam_scene *s = &b->c->shared->scene;
    const struct cam_part *slot = s->goal_slot;
    bool may_lose_start = is_end && s->ends_confirmed && s->start_slot != s->goal_slot;
    if (may_lose_start && cam_draw(&b->random) % 2 == 0) {
        slot = s->start_slot;
    } else if (!s->known[slot - s->table.part].is_spare) {
        return false;
    }
    const struct cam_known *known = &s->known[slot - s->table.part];
    const struct cam_image *image = known->has_after ? &known->after : &known->before;
    out->addr = slot->addr + (uint32_t)cam_draw_below(&b->random, image->len);
    return true;
}

static void act_flip(struct cam_branch *b)
{
    struct cam_branch inner;
    struct vb_fault flip = {.kind = VB_FAULT_FLIP};
    if (!cam_branch_meet(&inner, b)) {
        return;
    }
    bool is_end = b->next.kind == VB_FAULT_CUT_AT;
    if (cam_draw(&inner.random) % 2 == 0 || !draw_image_bit(&inner, is_end, &flip)) {
        draw_record_bit(&inner, &flip);
    }
    flip.bit = (uint8_t)(cam_draw(&inner.random) % 8);
    inner.next = flip;
    cam_act_last(&inner);
    cam_trial_end(&inner.trial);
}

void cam_try_flip(struct cam_campaign *c, const struct cam_task *task,
                  const struct cam_device *walker)
{
    struct cam_branch b = cam_branch_at(c, CAM_FLIPS, task, walker);
    bool is_end = cam_draw(&b.random) % 4 == 0;
    b.next = is_end ? draw_cut(&b.random, c->shared->scene.reference_us + CAM_PAST_US)
                    : (struct vb_fault){.kind = VB_FAULT_CUT_AFTER, .op = task->at + 1};
    cam_branch_act(&b, act_flip);
}

/* --- brownouts --- */

void cam_try_brownout(struct cam_campaign *c, const struct cam_task *task,
                      const struct cam_device *walker)
{
    static const uint32_t counts[] = {2, 3, 8, 16, 64, 512};
    struct cam_branch b = cam_branch_at(c, CAM_BROWNOUT, task, walker);
    b.next = (struct vb_fault){.kind = VB_FAULT_BROWNOUT,
                               .op = task->at + 1,
                               .count = counts[cam_draw_below(&b.random, 6)]};
    cam_branch_act(&b, cam_act_last);
}
