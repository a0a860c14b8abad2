/* SPDX-License-Identifier: Apache-2.0 */
/* See branch.h. All processes of a campaign count into the same memory, hence atomically. */
#include "branch.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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

void cam_note(const struct cam_branch *b, const struct cam_trial *t)
{
    struct cam_shared *s = b->c->shared;
    enum cam_set set = b->set;
    enum cam_outcome outcome = (enum cam_outcome)t->verdict.outcome;
    uint64_t n_ops = s->scene.n_ops;
    uint64_t column = n_ops > 0 ? (b->at < n_ops ? b->at : n_ops - 1) * CAM_COLUMNS / n_ops : 0;
    __atomic_add_fetch(&s->total[set].outcome[outcome], 1, __ATOMIC_RELAXED);
    if (outcome == CAM_UNFIRED) {
        return;
    }
    __atomic_add_fetch(t->was_merged ? &s->total[set].merged : &s->total[set].run, 1,
                       __ATOMIC_RELAXED);
    __atomic_add_fetch(&s->total[set].woken, t->was_woken || t->verdict.was_woken,
                       __ATOMIC_RELAXED);
    __atomic_or_fetch(&s->cell[b->row][column], (uint16_t)(1u << outcome), __ATOMIC_RELAXED);
    if (outcome == CAM_FAILED) {
        add_failure(b->c, set, t);
    }
}

void cam_note_unmet(const struct cam_branch *b, unsigned n)
{
    struct cam_trial t = b->trial;
    if (t.device.why[0] != '\0') {
        cam_trial_blame(&t);
        cam_note(b, &t);
        return;
    }
    __atomic_add_fetch(&b->c->shared->total[b->set].outcome[CAM_UNFIRED], n, __ATOMIC_RELAXED);
}

static unsigned row_of(const struct cam_campaign *c, enum cam_set set)
{
    return c->config->n_kinds + (unsigned)set - 1;
}

struct cam_branch cam_branch_at(struct cam_campaign *c, enum cam_set set,
                                const struct cam_task *task, const struct cam_device *walker)
{
    uint64_t at = cam_set_goes_by_time(set) ? cam_device_ops(walker) : task->at;
    struct cam_branch b = {
        .c = c, .set = set, .row = row_of(c, set), .at = at, .random = task->seed, .n = task->n};
    b.trial.device = *walker;
    return b;
}

void cam_branch_act(struct cam_branch *b, void (*act)(struct cam_branch *b))
{
    bool has_net = b->c->config->board.net != NULL;
    pid_t child = has_net ? fork() : 0;
    if (child != 0) {
        int status = 0;
        pid_t ended = child > 0 ? waitpid(child, &status, 0) : child;
        cam_check_end(b->c, ended, status);
        return;
    }
    act(b);
    if (has_net) {
        _exit(0);
    }
}

void cam_check_end(struct cam_campaign *c, pid_t pid, int status)
{
    bool is_good = pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    __atomic_add_fetch(&c->shared->n_died, !is_good, __ATOMIC_RELAXED);
}

bool cam_branch_meet(struct cam_branch *inner, const struct cam_branch *b)
{
    *inner = *b;
    if (!cam_trial_fork(&inner->trial, &b->trial)) {
        return false;
    }
    if (cam_trial_meet(&inner->trial, &b->next)) {
        return true;
    }
    if (inner->trial.verdict.outcome == CAM_FAILED) {
        cam_note(b, &inner->trial);
    } else {
        cam_note_unmet(b, b->n);
    }
    cam_trial_end(&inner->trial);
    return false;
}

bool cam_branch_measure(const struct cam_branch *b, struct cam_way *out)
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
        cam_note(b, &t);
    }
    cam_trial_end(&t);
    return is_good;
}

void cam_act_last(struct cam_branch *b)
{
    struct cam_trial t;
    if (!cam_trial_fork(&t, &b->trial)) {
        return;
    }
    if (cam_trial_meet(&t, &b->next)) {
        cam_trial_finish(&t, b->c->memo);
    }
    cam_note(b, &t);
    cam_trial_end(&t);
}

struct vb_fault cam_fault_of(const struct cam_campaign *c, unsigned kind, uint64_t op)
{
    struct vb_fault fault = c->config->kind[kind];
    fault.op = op;
    fault.seed = (c->config->board.seed << 24 ^ op << 8 ^ kind) & UINT32_MAX;
    return fault;
}
