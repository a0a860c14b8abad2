/* SPDX-License-Identifier: Apache-2.0 */
/* Which tasks make up a set: places of the reference run, drawn or listed, in the order in which it
 * passes them. */
#include <stdlib.h>

#include "sets.h"

/* --- draws --- */

/* splitmix64 */
uint64_t cam_draw(uint64_t *random)
{
    uint64_t z = *random += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

uint64_t cam_draw_below(uint64_t *random, uint64_t n)
{
    return n > 0 ? cam_draw(random) % n : 0;
}

/* --- operations --- */

bool cam_is_record(const struct cam_campaign *c, const struct vb_flash_op *op)
{
    const struct cam_part *otadata = c->shared->scene.otadata;
    return op->addr - otadata->addr < otadata->size;
}

bool cam_fits(const struct vb_fault *kind, const struct vb_flash_op *op)
{
    return vb_fault_fits(kind->kind, op->kind) &&
           (kind->kind != VB_FAULT_PROGRAM_BYTES || kind->bytes < op->len);
}

static bool is_chosen(const struct cam_campaign *c, uint64_t number)
{
    const struct cam_config *config = c->config;
    if (number < config->op_from || (config->op_to != 0 && number > config->op_to)) {
        return false;
    }
    return config->every <= 1 || cam_is_record(c, &c->shared->op[number - 1]) ||
           number % config->every == 0;
}

unsigned cam_count_fitting(const struct cam_campaign *c, const struct vb_flash_op *op)
{
    unsigned n = 0;
    for (unsigned k = 0; k < c->config->n_kinds; k++) {
        n += cam_fits(&c->config->kind[k], op);
    }
    return n;
}

/* --- tasks --- */

static int compare_tasks(const void *a, const void *b)
{
    const struct cam_task *x = a, *y = b;
    return x->at < y->at ? -1 : x->at > y->at ? 1 : x->seed < y->seed ? -1 : x->seed > y->seed;
}

static bool is_begun_at(const struct cam_campaign *c, enum cam_set set, uint64_t op)
{
    return set == CAM_SINGLE ? is_chosen(c, op) : cam_is_record(c, &c->shared->op[op - 1]);
}

static uint64_t tasks_by_op(const struct cam_campaign *c, enum cam_set set, struct cam_task *task,
                            uint64_t max)
{
    uint64_t n = 0;
    for (uint64_t op = 1; op <= c->shared->scene.n_ops && n < max; op++) {
        if (is_begun_at(c, set, op)) {
            task[n++] = (struct cam_task){.at = op - 1, .n = 1};
        }
    }
    return n;
}

/* The sectors in which the reference run has erased. */
static uint64_t tasks_by_sector(const struct cam_campaign *c, struct cam_task *task, uint64_t max)
{
    uint64_t n = 0;
    const struct cam_shared *s = c->shared;
    for (uint64_t i = 0; i < s->scene.n_ops && n < max; i++) {
        bool is_new = s->op[i].kind == VB_FLASH_OP_ERASE;
        for (uint64_t j = 0; is_new && j < n; j++) {
            is_new = task[j].seed != s->op[i].addr;
        }
        if (is_new) {
            task[n++] = (struct cam_task){.seed = s->op[i].addr, .n = 1};
        }
    }
    return n;
}

static uint64_t cut_groups(const struct cam_campaign *c)
{
    uint64_t half = c->config->n_samples[CAM_CUTS] / 2;
    return (half + CAM_GROUP - 1) / CAM_GROUP;
}

/* Half of the random cuts fall into the reference run; the others, in groups, into the recovery
 * from one. */
static uint64_t n_random_tasks(const struct cam_campaign *c, enum cam_set set)
{
    uint64_t n = c->config->n_samples[set];
    if (set == CAM_CUTS) {
        return n - n / 2 + cut_groups(c);
    }
    return set == CAM_DOUBLE ? (n + CAM_GROUP - 1) / CAM_GROUP : n;
}

/* All groups are full but the last one. */
static unsigned group_size(const struct cam_campaign *c, enum cam_set set, uint64_t i)
{
    uint64_t n = c->config->n_samples[set] / (set == CAM_CUTS ? 2 : 1);
    bool is_group = set == CAM_DOUBLE || (set == CAM_CUTS && i < cut_groups(c));
    if (!is_group) {
        return 1;
    }
    return n - i * CAM_GROUP < CAM_GROUP ? (unsigned)(n - i * CAM_GROUP) : CAM_GROUP;
}

static uint64_t random_tasks(const struct cam_campaign *c, enum cam_set set, struct cam_task *task,
                             uint64_t max)
{
    const struct cam_scene *scene = &c->shared->scene;
    uint64_t random = c->config->board.seed ^ (uint64_t)set << 56;
    uint64_t n = n_random_tasks(c, set);
    n = n < max ? n : max;
    for (uint64_t i = 0; i < n; i++) {
        task[i].at = cam_set_goes_by_time(set)
                         ? cam_draw_below(&random, scene->reference_us + CAM_PAST_US)
                         : cam_draw_below(&random, scene->n_ops);
        /* The last bits tell a group of cuts in the recovery from a single one in the run. */
        task[i].seed = cam_draw(&random) << 1 | (i < cut_groups(c));
        task[i].n = group_size(c, set, i);
    }
    qsort(task, n, sizeof(*task), compare_tasks);
    return n;
}

uint64_t cam_set_tasks(const struct cam_campaign *c, enum cam_set set, struct cam_task *task,
                       uint64_t max)
{
    switch (set) {
    case CAM_SINGLE:
    case CAM_PAIRS:
        return tasks_by_op(c, set, task, max);
    case CAM_DEAD:
        return tasks_by_sector(c, task, max);
    case CAM_GIVEN:
        task[0] = (struct cam_task){.n = 1};
        return 1;
    default:
        return random_tasks(c, set, task, max);
    }
}

uint64_t cam_set_planned(const struct cam_campaign *c, enum cam_set set)
{
    static struct cam_task task[CAM_MAX_OPS];
    uint64_t n = 0;
    if (set != CAM_SINGLE && set != CAM_PAIRS) {
        return set == CAM_DEAD    ? cam_set_tasks(c, set, task, CAM_MAX_OPS)
               : set == CAM_GIVEN ? 1
                                  : c->config->n_samples[set];
    }
    for (uint64_t op = 1; op <= c->shared->scene.n_ops; op++) {
        n += is_begun_at(c, set, op) ? cam_count_fitting(c, &c->shared->op[op - 1]) : 0;
    }
    return n;
}
