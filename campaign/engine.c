/* SPDX-License-Identifier: Apache-2.0 */
/* The campaign: a reference run that lists the flash operations, then processes that walk along the
 * same run and branch off one case for each operation and kind of fault. What processes tell each
 * other stands in shared memory; a process that dies leaves its cases not run. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "try.h"

#define MAX_JOBS        64u
#define REFERENCE_LIMIT (600u * 1000000ull) /* virtual microseconds for the whole reference run */
#define PROGRESS_NS     200000000l

struct shared {
    /* Of the reference run. */
    bool is_reached;
    char problem[CAM_WHY_MAX];
    uint64_t n_ops;
    struct vb_flash_op op[CAM_MAX_OPS];
    uint32_t old_addr, new_addr;
    struct cam_image old_image, new_image;
    uint64_t reference_us;
    /* Of the cases. */
    uint64_t done;
};

struct campaign {
    const struct cam_config *config;
    struct cam_scene scene;
    struct shared *shared;
    struct cam_report *report;
    size_t cases_len;
    double deadline; /* host seconds; 0: none */
};

static double host_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void *share(size_t len)
{
    void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return p != MAP_FAILED ? p : NULL;
}

/* --- the reference run --- */

static bool note_image(struct cam_device *d, const struct cam_part *slot, struct cam_image *out)
{
    uint8_t *bytes = malloc(slot->size);
    const char *problem = "out of memory";
    if (bytes != NULL && vb_board_read_flash(d->board, slot->addr, bytes, slot->size)) {
        problem = cam_image_check(bytes, slot->size, out);
    }
    free(bytes);
    if (problem != NULL) {
        cam_device_blame(d, "the image in %s: %s", slot->label, problem);
    }
    return problem == NULL;
}

static const struct cam_part *running_slot(const struct cam_device *d)
{
    struct vb_stats stats;
    vb_board_get_stats(d->board, &stats);
    return cam_table_at(&d->scene->table, stats.mapped_offset);
}

static void hold_at(struct vb_board *board, uint64_t op)
{
    vb_board_set_fault(board, &(struct vb_fault){.kind = VB_FAULT_HOLD, .op = op});
}

static bool greet_for_reference(struct campaign *c, struct cam_device *d, enum cam_event event)
{
    struct shared *s = c->shared;
    const struct cam_part *slot = running_slot(d);
    if (event == CAM_GREETED_NEW) {
        s->new_addr = slot->addr;
        s->is_reached = note_image(d, slot, &s->new_image);
        return false;
    }
    if (c->scene.old_slot == NULL) {
        c->scene.old_slot = slot;
        s->old_addr = slot->addr;
        return note_image(d, slot, &s->old_image);
    }
    return true;
}

/* Lists the operations up to the new image's greeting. */
static void run_reference(struct campaign *c)
{
    char err[CAM_WHY_MAX];
    struct cam_device d;
    struct vb_stats stats = {0};
    struct shared *s = c->shared;
    struct vb_board *board = vb_board_new(&c->config->board, err, sizeof(err));
    if (board == NULL) {
        memcpy(s->problem, err, sizeof(err));
        return;
    }
    cam_device_attach(&d, &c->scene, board);
    hold_at(board, 1);
    for (bool goes_on = true; goes_on && stats.virtual_us < REFERENCE_LIMIT;) {
        enum cam_event event = cam_device_run(&d);
        if (event == CAM_HELD && s->n_ops < CAM_MAX_OPS) {
            vb_board_last_flash_op(board, &s->op[s->n_ops]);
            hold_at(board, ++s->n_ops + 1);
        } else if (event == CAM_GREETED_OLD || event == CAM_GREETED_NEW) {
            goes_on = greet_for_reference(c, &d, event);
        } else {
            goes_on = false;
        }
        vb_board_get_stats(board, &stats);
    }
    s->reference_us = stats.virtual_us;
    memcpy(s->problem, d.why, sizeof(d.why));
    vb_board_free(board);
}

/* --- the cases --- */

static bool is_out_of_time(const struct campaign *c)
{
    return c->deadline > 0 && host_seconds() > c->deadline;
}

/* A number of bytes that the operation does not leave out anything of is no torn program. */
static bool fits(const struct vb_fault *kind, const struct vb_flash_op *op)
{
    return vb_fault_fits(kind->kind, op->kind) &&
           (kind->kind != VB_FAULT_PROGRAM_BYTES || kind->bytes < op->len);
}

static bool is_chosen(const struct campaign *c, uint64_t op)
{
    const struct cam_part *slot = c->scene.new_slot;
    uint64_t every = c->config->every != 0 ? c->config->every : 1;
    if (op < c->report->from || op > c->report->to) {
        return false;
    }
    return c->shared->op[op - 1].addr - slot->addr >= slot->size || op % every == 0;
}

/* In a process of its own when a network hangs on the board, because that forks with the process
 * only. */
static void branch(struct campaign *c, const struct vb_board *walker, const struct vb_fault *fault,
                   struct cam_memo *memo, struct cam_case *out)
{
    pid_t child = c->config->board.net != NULL ? fork() : 0;
    if (child < 0) {
        return;
    }
    if (child > 0) {
        waitpid(child, NULL, 0);
        return;
    }
    struct vb_board *board = vb_board_fork(walker);
    if (board != NULL) {
        cam_try(&c->scene, board, fault, memo, out);
        vb_board_free(board);
    }
    if (c->config->board.net != NULL) {
        _exit(0);
    }
}

static void try_operation(struct campaign *c, const struct vb_board *walker, uint64_t op,
                          struct cam_memo *memo)
{
    for (unsigned k = 0; k < c->config->n_kinds; k++) {
        struct cam_case *out = &c->report->cases[(op - 1) * c->report->n_kinds + k];
        if (out->outcome == CAM_UNFIT || is_out_of_time(c)) {
            continue;
        }
        struct vb_fault fault = c->config->kind[k];
        fault.op = op;
        fault.seed = c->config->board.seed ^ op << 8 ^ k;
        branch(c, walker, &fault, memo, out);
        __atomic_add_fetch(&c->shared->done, 1, __ATOMIC_RELAXED);
    }
}

/* Runs on until operation op has begun. False when it never does. */
static bool walk_to(struct cam_device *walker, uint64_t op)
{
    enum cam_event event = CAM_GREETED_OLD;
    hold_at(walker->board, op);
    while (event == CAM_GREETED_OLD) {
        event = cam_device_run(walker);
    }
    return event == CAM_HELD;
}

static void work(struct campaign *c, unsigned job, unsigned n_jobs)
{
    char err[CAM_WHY_MAX];
    struct cam_device walker;
    struct cam_memo *memo = c->config->no_merge ? NULL : share(sizeof(*memo));
    struct vb_board *board = vb_board_new(&c->config->board, err, sizeof(err));
    uint64_t n_chosen = 0;
    if (board == NULL) {
        return;
    }
    cam_device_attach(&walker, &c->scene, board);
    for (uint64_t op = c->report->from; op <= c->report->to && !is_out_of_time(c); op++) {
        if (!is_chosen(c, op) || n_chosen++ % n_jobs != job) {
            continue;
        }
        if (op > 1 && !walk_to(&walker, op - 1)) {
            break;
        }
        try_operation(c, board, op, memo);
    }
    vb_board_free(board);
}

/* --- the parent --- */

static void tell_progress(struct campaign *c)
{
    if (c->config->progress != NULL) {
        c->config->progress(c->config->ctx, __atomic_load_n(&c->shared->done, __ATOMIC_RELAXED),
                            c->report->total.planned);
    }
}

static unsigned start_jobs(struct campaign *c, pid_t *child)
{
    unsigned n_jobs = c->config->n_jobs != 0 ? c->config->n_jobs : 1;
    n_jobs = n_jobs < MAX_JOBS ? n_jobs : MAX_JOBS;
    fflush(NULL);
    for (unsigned i = 0; i < n_jobs; i++) {
        child[i] = fork();
        if (child[i] == 0) {
            work(c, i, n_jobs);
            _exit(0);
        }
    }
    return n_jobs;
}

static void wait_for_jobs(struct campaign *c, const pid_t *child, unsigned n_jobs)
{
    const struct timespec nap = {.tv_nsec = PROGRESS_NS};
    for (unsigned i = 0; i < n_jobs; i++) {
        while (child[i] > 0 && waitpid(child[i], NULL, WNOHANG) == 0) {
            nanosleep(&nap, NULL);
            tell_progress(c);
        }
    }
    tell_progress(c);
}

static void plan_cases(struct campaign *c)
{
    for (uint64_t op = 1; op <= c->report->n_ops; op++) {
        for (unsigned k = 0; k < c->report->n_kinds; k++) {
            bool is_case = is_chosen(c, op) && fits(&c->config->kind[k], &c->shared->op[op - 1]);
            c->report->cases[(op - 1) * c->report->n_kinds + k].outcome =
                is_case ? CAM_NOT_RUN : CAM_UNFIT;
            c->report->total.planned += is_case;
        }
    }
}

static void add_up(struct cam_report *r)
{
    for (uint64_t i = 0; i < r->n_ops * r->n_kinds; i++) {
        const struct cam_case *cs = &r->cases[i];
        r->total.outcome[cs->outcome]++;
        r->total.merged += cs->was_merged;
        r->total.run += cs->outcome > CAM_UNFIT && !cs->was_merged;
    }
    r->total.failed = r->total.outcome[CAM_FAILED];
    r->total.not_run = r->total.outcome[CAM_NOT_RUN];
}

static bool set_scene(struct campaign *c, char *err, size_t err_len)
{
    const struct vb_config *board = &c->config->board;
    c->scene.config = c->config;
    if (!cam_table_read(board->flash, board->flash_size, &c->scene.table)) {
        snprintf(err, err_len, "there is no partition table in this flash");
        return false;
    }
    c->scene.otadata = cam_table_otadata(&c->scene.table);
    if (c->scene.otadata == NULL) {
        snprintf(err, err_len, "the partition table has no otadata");
        return false;
    }
    return true;
}

static bool do_reference(struct campaign *c, char *err, size_t err_len)
{
    struct shared *s = c->shared;
    c->scene.limit_us = c->config->limit_us != 0 ? c->config->limit_us : REFERENCE_LIMIT;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        run_reference(c);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    if (!s->is_reached) {
        snprintf(err, err_len, "without any fault the device does not come to its new image%s%s",
                 s->problem[0] != '\0' ? ": " : "", s->problem);
        return false;
    }
    c->scene.old_slot = cam_table_at(&c->scene.table, s->old_addr);
    c->scene.new_slot = cam_table_at(&c->scene.table, s->new_addr);
    c->scene.old_image = s->old_image;
    c->scene.new_image = s->new_image;
    if (c->config->limit_us == 0) {
        c->scene.limit_us = 2 * s->reference_us + 10000000u;
    }
    return true;
}

static bool set_report(struct campaign *c)
{
    struct cam_report *r = c->report;
    r->n_ops = c->shared->n_ops;
    r->op = c->shared->op;
    r->n_kinds = c->config->n_kinds;
    r->from = c->config->op_from > 0 ? c->config->op_from : 1;
    r->to = c->config->op_to > 0 && c->config->op_to < r->n_ops ? c->config->op_to : r->n_ops;
    r->reference_us = c->shared->reference_us;
    r->old_slot = c->shared->old_addr;
    r->new_slot = c->shared->new_addr;
    memcpy(r->old_label, c->scene.old_slot->label, sizeof(r->old_label));
    memcpy(r->new_label, c->scene.new_slot->label, sizeof(r->new_label));
    r->cases = share(r->n_ops * r->n_kinds * sizeof(r->cases[0]) + 1);
    return r->cases != NULL;
}

bool cam_run(const struct cam_config *config, struct cam_report *report, char *err, size_t err_len)
{
    pid_t child[MAX_JOBS];
    double start = host_seconds();
    struct campaign c = {.config = config, .report = report, .shared = share(sizeof(*c.shared))};
    *report = (struct cam_report){0};
    if (c.shared == NULL) {
        snprintf(err, err_len, "out of memory");
        return false;
    }
    report->op = c.shared->op;
    if (!set_scene(&c, err, err_len) || !do_reference(&c, err, err_len)) {
        return false;
    }
    if (!set_report(&c)) {
        snprintf(err, err_len, "out of memory");
        return false;
    }
    c.deadline = config->time_limit_s > 0 ? start + config->time_limit_s : 0;
    plan_cases(&c);
    wait_for_jobs(&c, child, start_jobs(&c, child));
    add_up(report);
    report->seconds = host_seconds() - start;
    return true;
}

void cam_report_free(struct cam_report *r)
{
    if (r->cases != NULL) {
        munmap(r->cases, r->n_ops * r->n_kinds * sizeof(r->cases[0]) + 1);
    }
    if (r->op != NULL) {
        /* The operations are a member of the shared block, which is given back as a whole. */
        munmap((char *)(uintptr_t)r->op - offsetof(struct shared, op), sizeof(struct shared));
    }
    *r = (struct cam_report){0};
}
