/* SPDX-License-Identifier: Apache-2.0 */
#include "sets.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECTOR 4096u

static const char *const names[CAM_N_SETS] = {"single", "pairs", "double",   "cuts",
                                              "flips",  "dead",  "brownout", "case"};

const char *cam_set_name(enum cam_set set)
{
    return names[set];
}

bool cam_is_out_of_time(const struct cam_campaign *c)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return c->deadline > 0 && (double)now.tv_sec + (double)now.tv_nsec / 1e9 > c->deadline;
}

/* --- what a case leaves behind --- */

static void add_failure(struct cam_campaign *c, enum cam_set set, const struct cam_trial *t)
{
    struct cam_shared *s = c->shared;
    unsigned i = __atomic_fetch_add(&s->n_failures, 1, __ATOMIC_RELAXED);
    if (i < CAM_MAX_FAILURES) {
        s->failure[i].set = set;
        s->failure[i].faults = t->faults;
        memcpy(s->failure[i].why, t->verdict.why, sizeof(t->verdict.why));
    }
}

/* row: of the picture; at: the operation at which the first fault fell. */
static void note(struct cam_campaign *c, enum cam_set set, unsigned row, uint64_t at,
                 const struct cam_trial *t)
{
    struct cam_shared *s = c->shared;
    enum cam_outcome outcome = (enum cam_outcome)t->verdict.outcome;
    uint64_t n_ops = s->scene.n_ops;
    uint64_t column = n_ops > 0 ? (at < n_ops ? at : n_ops - 1) * CAM_COLUMNS / n_ops : 0;
    __atomic_add_fetch(&s->total[set].outcome[outcome], 1, __ATOMIC_RELAXED);
    if (outcome == CAM_UNFIRED) {
        return;
    }
    __atomic_add_fetch(t->was_merged ? &s->total[set].merged : &s->total[set].run, 1,
                       __ATOMIC_RELAXED);
    __atomic_or_fetch(&s->cell[row][column], (uint16_t)(1u << outcome), __ATOMIC_RELAXED);
    if (outcome == CAM_FAILED) {
        add_failure(c, set, t);
    }
}

static unsigned row_of(const struct cam_campaign *c, enum cam_set set)
{
    return c->config->n_kinds + (unsigned)set - 1;
}

/* --- branching --- */

/* A case that is under way, and the fault that it meets next. */
struct branch {
    struct cam_campaign *c;
    enum cam_set set;
    unsigned row;
    uint64_t at;     /* for the picture */
    uint64_t random; /* state of the draws */
    struct vb_fault next;
    struct cam_trial trial;
};

/* Calls act in a process of its own when a network hangs on the board, because that forks with the
 * process only. */
static void branch(struct branch *b, void (*act)(struct branch *b))
{
    bool has_net = b->c->config->board.net != NULL;
    pid_t child = has_net ? fork() : 0;
    if (child < 0) {
        return;
    }
    if (child > 0) {
        waitpid(child, NULL, 0);
        return;
    }
    act(b);
    if (has_net) {
        _exit(0);
    }
}

static struct branch branch_at(struct cam_campaign *c, enum cam_set set,
                               const struct cam_task *task, const struct cam_device *walker)
{
    uint64_t at = cam_set_goes_by_time(set) ? cam_device_ops(walker) : task->at;
    struct branch b = {.c = c, .set = set, .row = row_of(c, set), .at = at, .random = task->seed};
    b.trial.device = *walker;
    return b;
}

/* The end of a case: one fault more, then to the verdict. */
static void act_last(struct branch *b)
{
    struct cam_trial t;
    if (!cam_trial_fork(&t, &b->trial)) {
        return;
    }
    if (cam_trial_meet(&t, &b->next)) {
        cam_trial_finish(&t, b->c->memo);
    }
    note(b->c, b->set, b->row, b->at, &t);
    cam_trial_end(&t);
}

/* --- single faults --- */

static struct vb_fault fault_of(const struct cam_campaign *c, unsigned kind, uint64_t op)
{
    struct vb_fault fault = c->config->kind[kind];
    fault.op = op;
    fault.seed = (c->config->board.seed << 24 ^ op << 8 ^ kind) & UINT32_MAX;
    return fault;
}

static void try_single(struct cam_campaign *c, const struct cam_task *task,
                       const struct cam_device *walker)
{
    struct branch b = branch_at(c, CAM_SINGLE, task, walker);
    for (unsigned k = 0; k < c->config->n_kinds && !cam_is_out_of_time(c); k++) {
        if (cam_fits(&c->config->kind[k], &c->shared->op[task->at])) {
            b.row = k;
            b.next = fault_of(c, k, task->at + 1);
            branch(&b, act_last);
        }
    }
}

/* --- every pair on the records --- */

#define MAX_RECORD_OPS 256u

/* Lists the operations on the records from here to the goal. */
static unsigned list_recovery(const struct cam_campaign *c, const struct cam_trial *from,
                              struct vb_flash_op op[MAX_RECORD_OPS])
{
    struct cam_trial t;
    unsigned n = 0;
    if (!cam_trial_fork(&t, from)) {
        return 0;
    }
    uint64_t next = cam_device_ops(&t.device) + 1;
    while (n < MAX_RECORD_OPS && cam_device_walk_to_op(&t.device, next)) {
        vb_board_last_flash_op(t.device.board, &op[n]);
        n += cam_is_record(c, &op[n]);
        next++;
    }
    cam_trial_end(&t);
    return n;
}

static void try_second(struct branch *b, const struct vb_flash_op *op)
{
    struct cam_campaign *c = b->c;
    for (unsigned k = 0; k < c->config->n_kinds && !cam_is_out_of_time(c); k++) {
        if (cam_fits(&c->config->kind[k], op)) {
            b->next = fault_of(c, k, op->number);
            __atomic_add_fetch(&c->shared->total[b->set].planned, 1, __ATOMIC_RELAXED);
            act_last(b);
        }
    }
}

static void act_pairs(struct branch *b)
{
    struct vb_flash_op op[MAX_RECORD_OPS];
    struct branch inner = *b;
    if (!cam_trial_fork(&inner.trial, &b->trial)) {
        return;
    }
    if (cam_trial_meet(&inner.trial, &b->next)) {
        unsigned n = list_recovery(b->c, &inner.trial, op);
        for (unsigned i = 0; i < n; i++) {
            if (!cam_device_walk_to_op(&inner.trial.device, op[i].number - 1)) {
                break;
            }
            try_second(&inner, &op[i]);
        }
    }
    cam_trial_end(&inner.trial);
}

static void try_pairs(struct cam_campaign *c, const struct cam_task *task,
                      const struct cam_device *walker)
{
    struct branch b = branch_at(c, CAM_PAIRS, task, walker);
    for (unsigned k = 0; k < c->config->n_kinds && !cam_is_out_of_time(c); k++) {
        if (cam_fits(&c->config->kind[k], &c->shared->op[task->at])) {
            b.next = fault_of(c, k, task->at + 1);
            act_pairs(&b);
        }
    }
}

/* --- random second faults, in groups along one recovery --- */

static int compare_numbers(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void draw_sorted(uint64_t *random, uint64_t from, uint64_t n, uint64_t out[CAM_GROUP])
{
    for (unsigned i = 0; i < CAM_GROUP; i++) {
        out[i] = from + cam_draw_below(random, n);
    }
    qsort(out, CAM_GROUP, sizeof(out[0]), compare_numbers);
}

/* Length of the way from here to the goal; a failure on it counts as a case. */
struct way {
    uint64_t ops, us;
};
static bool measure(struct branch *b, struct way *out)
{
    struct cam_trial t;
    bool is_good = false;
    if (!cam_trial_fork(&t, &b->trial)) {
        return false;
    }
    uint64_t from_op = cam_device_ops(&t.device), from_us = cam_device_now_us(&t.device);
    cam_trial_finish(&t, b->c->memo);
    is_good = t.verdict.outcome != CAM_FAILED;
    bool is_whole = t.verdict.outcome == CAM_WENT_ON;
    out->ops = is_whole ? cam_device_ops(&t.device) - from_op : t.verdict.ops;
    out->us = is_whole ? cam_device_now_us(&t.device) - from_us : t.verdict.us;
    if (!is_good) {
        note(b->c, b->set, b->row, b->at, &t);
    }
    cam_trial_end(&t);
    return is_good;
}

static struct vb_fault draw_cut(uint64_t *random, uint64_t us)
{
    return (struct vb_fault){.kind = VB_FAULT_CUT_AT,
                             .time_ns = us * 1000 + cam_draw(random) % 1000};
}

static void cut_along(struct branch *b, const struct way *way)
{
    uint64_t us[CAM_GROUP];
    draw_sorted(&b->random, cam_device_now_us(&b->trial.device), way->us + CAM_PAST_US, us);
    for (unsigned i = 0; i < CAM_GROUP && !cam_is_out_of_time(b->c); i++) {
        if (!cam_device_walk_to_us(&b->trial.device, us[i])) {
            return;
        }
        b->next = draw_cut(&b->random, us[i]);
        branch(b, act_last);
    }
}

static void fault_along(struct branch *b, const struct way *way)
{
    static const enum vb_fault_kind kinds[] = {VB_FAULT_CUT_BEFORE, VB_FAULT_CUT_AFTER,
                                               VB_FAULT_SILENT,     VB_FAULT_TORN,
                                               VB_FAULT_TORN,       VB_FAULT_TORN};
    uint64_t op[CAM_GROUP];
    draw_sorted(&b->random, cam_device_ops(&b->trial.device) + 1, way->ops, op);
    for (unsigned i = 0; i < CAM_GROUP && !cam_is_out_of_time(b->c); i++) {
        if (!cam_device_walk_to_op(&b->trial.device, op[i] - 1)) {
            return;
        }
        b->next = (struct vb_fault){.kind = kinds[cam_draw_below(&b->random, 6)],
                                    .op = op[i],
                                    .seed = cam_draw(&b->random) & UINT32_MAX};
        branch(b, act_last);
    }
}

/* One first fault, then a group of second ones; where the recovery touches no flash, random cuts.
 */
static void act_group(struct branch *b)
{
    struct way way;
    struct branch inner = *b;
    if (!cam_trial_fork(&inner.trial, &b->trial)) {
        return;
    }
    if (cam_trial_meet(&inner.trial, &b->next) && measure(&inner, &way)) {
        if (b->set == CAM_CUTS || way.ops == 0) {
            cut_along(&inner, &way);
        } else {
            fault_along(&inner, &way);
        }
    }
    cam_trial_end(&inner.trial);
}

static void try_double(struct cam_campaign *c, const struct cam_task *task,
                       const struct cam_device *walker)
{
    struct branch b = branch_at(c, CAM_DOUBLE, task, walker);
    const struct vb_flash_op *op = &c->shared->op[task->at];
    unsigned n = cam_count_fitting(c, op);
    unsigned chosen = (unsigned)cam_draw_below(&b.random, n);
    for (unsigned k = 0; k < c->config->n_kinds && n > 0; k++) {
        if (cam_fits(&c->config->kind[k], op) && chosen-- == 0) {
            b.next = fault_of(c, k, op->number);
            branch(&b, act_group);
            return;
        }
    }
}

static void try_cut(struct cam_campaign *c, const struct cam_task *task,
                    const struct cam_device *walker)
{
    struct branch b = branch_at(c, CAM_CUTS, task, walker);
    b.next = draw_cut(&b.random, task->at);
    branch(&b, (task->seed & 1) != 0 ? act_group : act_last);
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
static void draw_record_bit(struct branch *b, struct vb_fault *out)
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
static bool draw_image_bit(struct branch *b, bool is_end, struct vb_fault *out)
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

static void act_flip(struct branch *b)
{
    struct branch inner = *b;
    struct vb_fault flip = {.kind = VB_FAULT_FLIP};
    if (!cam_trial_fork(&inner.trial, &b->trial)) {
        return;
    }
    if (cam_trial_meet(&inner.trial, &b->next)) {
        bool is_end = b->next.kind == VB_FAULT_CUT_AT;
        if (cam_draw(&inner.random) % 2 == 0 || !draw_image_bit(&inner, is_end, &flip)) {
            draw_record_bit(&inner, &flip);
        }
        flip.bit = (uint8_t)(cam_draw(&inner.random) % 8);
        inner.next = flip;
        act_last(&inner);
    }
    cam_trial_end(&inner.trial);
}

/* While the power is off after some operation, or, one in four, after the goal was reached. */
static void try_flip(struct cam_campaign *c, const struct cam_task *task,
                     const struct cam_device *walker)
{
    struct branch b = branch_at(c, CAM_FLIPS, task, walker);
    bool is_end = cam_draw(&b.random) % 4 == 0;
    b.next = is_end ? draw_cut(&b.random, c->shared->scene.reference_us + CAM_PAST_US)
                    : (struct vb_fault){.kind = VB_FAULT_CUT_AFTER, .op = task->at + 1};
    branch(&b, act_flip);
}

/* --- the others --- */

static void try_brownout(struct cam_campaign *c, const struct cam_task *task,
                         const struct cam_device *walker)
{
    static const uint32_t counts[] = {2, 3, 8, 16, 64, 512};
    struct branch b = branch_at(c, CAM_BROWNOUT, task, walker);
    b.next = (struct vb_fault){.kind = VB_FAULT_BROWNOUT,
                               .op = task->at + 1,
                               .count = counts[cam_draw_below(&b.random, 6)]};
    branch(&b, act_last);
}

static void try_dead(struct cam_campaign *c, const struct cam_task *task,
                     const struct cam_device *walker)
{
    struct branch b = branch_at(c, CAM_DEAD, task, walker);
    b.next = (struct vb_fault){.kind = VB_FAULT_DEAD, .addr = (uint32_t)task->seed};
    branch(&b, act_last);
}

static void act_given(struct branch *b)
{
    struct cam_trial t;
    const struct cam_faults *given = &b->c->config->given;
    bool goes_on = true;
    if (!cam_trial_fork(&t, &b->trial)) {
        return;
    }
    for (unsigned i = 0; i < given->n && goes_on; i++) {
        goes_on = cam_trial_meet(&t, &given->fault[i]);
    }
    if (goes_on) {
        cam_trial_finish(&t, NULL);
    }
    note(b->c, b->set, b->row, b->at, &t);
    cam_trial_end(&t);
}

static void try_given(struct cam_campaign *c, const struct cam_task *task,
                      const struct cam_device *walker)
{
    struct branch b = branch_at(c, CAM_GIVEN, task, walker);
    branch(&b, act_given);
}

void cam_set_try(struct cam_campaign *c, enum cam_set set, const struct cam_task *task,
                 const struct cam_device *walker)
{
    static void (*const tries[CAM_N_SETS])(struct cam_campaign *, const struct cam_task *,
                                           const struct cam_device *) = {
        [CAM_SINGLE] = try_single,     [CAM_PAIRS] = try_pairs, [CAM_DOUBLE] = try_double,
        [CAM_CUTS] = try_cut,          [CAM_FLIPS] = try_flip,  [CAM_DEAD] = try_dead,
        [CAM_BROWNOUT] = try_brownout, [CAM_GIVEN] = try_given,
    };
    tries[set](c, task, walker);
}
