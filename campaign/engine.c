/* SPDX-License-Identifier: Apache-2.0 */
/* The campaign: a reference run that shows the way, then, for each set of cases, one process that
 * walks along the same run once and leaves a process behind for each stretch of it, in which the
 * cases branch off. What processes tell each other stands in shared memory; one that dies is
 * counted, and leaves its cases not run. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "branch.h"

#define MAX_JOBS  64u
#define STRETCHES 32u /* of a set's tasks, for each job */
#define MAX_TASKS 1000000u
#define REFERENCE_LIMIT                                                                            \
    (600u * 1000000ull)   /* virtual microseconds for the whole reference run,                     \
                           */
#define REFERENCE_WAYS 8u /* or so many times the limit of one greeting */
#define PROGRESS_NS    200000000l

static double host_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void *share(size_t len)
{
    void *p =
        mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p != MAP_FAILED ? p : NULL;
}

/* --- the reference run --- */

static bool is_confirmed_choice(const struct cam_scene *s, const uint8_t *otadata,
                                const struct cam_part *slot)
{
    uint32_t state = 0;
    const struct cam_part *choice = cam_choice(&s->table, otadata, &state);
    return choice != slot || (state != CAM_STATE_NEW && state != CAM_STATE_PENDING);
}

/* What the run has left where images stand, and which slots it wrote. */
static void note_slots(struct cam_shared *s, const struct vb_board *board)
{
    struct cam_scene *scene = &s->scene;
    for (unsigned i = 0; i < scene->table.n; i++) {
        const struct cam_part *part = &scene->table.part[i];
        struct cam_known *known = &scene->known[i];
        if (part->type != CAM_TYPE_APP) {
            continue;
        }
        known->has_after = cam_device_image(board, part, &known->after) == NULL;
        for (uint64_t op = 0; op < scene->n_ops && !known->may_change; op++) {
            known->may_change = s->op[op].addr - part->addr < part->size;
        }
        known->is_spare = known->may_change && part != scene->start_slot;
    }
    const uint8_t *otadata = scene->config->board.flash + scene->otadata->addr;
    if (!is_confirmed_choice(scene, otadata, scene->start_slot)) {
        scene->known[scene->start_slot - scene->table.part].may_change = true;
    }
}

static void note_goal(struct cam_shared *s, struct cam_device *d)
{
    uint8_t records[8192];
    struct cam_scene *scene = &s->scene;
    scene->reference_us = cam_device_now_us(d);
    scene->goal_slot = d->slot;
    scene->start_slot = scene->start_slot != NULL ? scene->start_slot : d->slot;
    vb_board_read_flash(d->board, scene->otadata->addr, records, sizeof(records));
    scene->ends_confirmed = is_confirmed_choice(scene, records, scene->goal_slot);
    note_slots(s, d->board);
    s->is_reached = cam_device_chose_goal(d);
}

static uint64_t reference_limit_us(const struct cam_config *config)
{
    return config->limit_us != 0 ? REFERENCE_WAYS * config->limit_us : REFERENCE_LIMIT;
}

/* Lists the operations up to the goal. */
static void run_reference(struct cam_shared *s)
{
    struct cam_device d;
    struct vb_board *board = vb_board_fork(s->scene.before);
    uint64_t *n = &s->scene.n_ops;
    enum cam_event event = CAM_HELD;
    if (board == NULL) {
        return;
    }
    cam_device_attach(&d, &s->scene, board);
    vb_board_set_fault(board, &(struct vb_fault){.kind = VB_FAULT_HOLD, .op = 1});
    while (cam_device_now_us(&d) < reference_limit_us(s->scene.config) && *n < CAM_MAX_OPS &&
           (event == CAM_HELD || event == CAM_UP)) {
        event = cam_device_run(&d);
        if (event == CAM_HELD) {
            vb_board_last_flash_op(board, &s->op[*n]);
            s->scene.way[*n] = cam_device_moment(&d);
            vb_board_set_fault(board, &(struct vb_fault){.kind = VB_FAULT_HOLD, .op = ++*n + 1});
        } else if (event == CAM_UP && s->scene.start_slot == NULL) {
            s->scene.start_slot = d.slot;
        }
    }
    if (event == CAM_GOAL) {
        note_goal(s, &d);
    }
    memcpy(s->problem, d.why, sizeof(d.why));
    vb_board_free(board);
}

/* --- the cases --- */

static void try_stretch(struct cam_campaign *c, enum cam_set set, const struct cam_task *task,
                        uint64_t n, struct cam_device *walker)
{
    for (uint64_t i = 0; i < n && !cam_is_out_of_time(c); i++) {
        bool is_there = cam_set_goes_by_time(set) ? cam_device_walk_to_us(walker, task[i].at)
                                                  : cam_device_walk_to_op(walker, task[i].at);
        if (!is_there) {
            return;
        }
        cam_set_try(c, set, &task[i], walker);
    }
}

static void wait_for_one(struct cam_campaign *c, unsigned *n_running)
{
    int status = 0;
    pid_t pid = wait(&status);
    cam_check_end(c, pid, status);
    (*n_running)--;
}

/* Walks along the whole run and leaves a process behind for each stretch. */
static void walk(struct cam_campaign *c, enum cam_set set, const struct cam_task *task, uint64_t n)
{
    struct cam_device walker;
    unsigned n_jobs = c->config->n_jobs != 0 ? c->config->n_jobs : 1;
    unsigned n_running = 0;
    uint64_t stretch = n / (STRETCHES * n_jobs) + 1;
    struct vb_board *board = vb_board_fork(c->shared->scene.before);
    if (board == NULL) {
        return;
    }
    cam_device_attach(&walker, &c->shared->scene, board);
    for (uint64_t i = 0; i < n && !cam_is_out_of_time(c); i += stretch) {
        bool is_there = cam_set_goes_by_time(set) ? cam_device_walk_to_us(&walker, task[i].at)
                                                  : cam_device_walk_to_op(&walker, task[i].at);
        if (!is_there) {
            break;
        }
        if (n_running == n_jobs) {
            wait_for_one(c, &n_running);
        }
        pid_t child = fork();
        if (child == 0) {
            try_stretch(c, set, task + i, n - i < stretch ? n - i : stretch, &walker);
            _exit(0);
        }
        if (child < 0) {
            cam_check_end(c, child, 0);
            break;
        }
        n_running++;
    }
    while (n_running > 0) {
        wait_for_one(c, &n_running);
    }
    vb_board_free(board);
}

/* --- the parent --- */

static void tell_progress(const struct cam_campaign *c, double start)
{
    uint64_t done = 0, planned = 0;
    for (unsigned set = 0; set < CAM_N_SETS; set++) {
        const struct cam_totals *t = &c->shared->total[set];
        done += __atomic_load_n(&t->run, __ATOMIC_RELAXED) +
                __atomic_load_n(&t->merged, __ATOMIC_RELAXED);
        planned += __atomic_load_n(&t->planned, __ATOMIC_RELAXED);
    }
    if (c->config->progress != NULL) {
        c->config->progress(c->config->ctx, done, planned, host_seconds() - start);
    }
}

static bool run_set(struct cam_campaign *c, enum cam_set set, double start)
{
    const struct timespec nap = {.tv_nsec = PROGRESS_NS};
    struct cam_task *task = calloc(MAX_TASKS, sizeof(*task));
    double set_start = host_seconds();
    if (task == NULL) {
        return false;
    }
    uint64_t n = cam_set_tasks(c, set, task, MAX_TASKS);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        walk(c, set, task, n);
        _exit(0);
    }
    int status = 0;
    pid_t ended = child > 0 ? 0 : child;
    while (ended == 0) {
        nanosleep(&nap, NULL);
        tell_progress(c, start);
        ended = waitpid(child, &status, WNOHANG);
    }
    cam_check_end(c, ended, status);
    free(task);
    c->shared->total[set].seconds = host_seconds() - set_start;
    return child > 0;
}

/* What the device may write besides. Images are judged, whatever is allowed. */
static bool let_change(const struct cam_config *config, struct cam_scene *scene, char *err,
                       size_t err_len)
{
    for (unsigned i = 0; i < config->n_may_change; i++) {
        unsigned at = 0;
        while (at < scene->table.n &&
               strcmp(scene->table.part[at].label, config->may_change[i]) != 0) {
            at++;
        }
        if (at == scene->table.n || scene->table.part[at].type == CAM_TYPE_APP) {
            snprintf(err, err_len, "the partition table has no data partition '%s'",
                     config->may_change[i]);
            return false;
        }
        scene->known[at].may_change = true;
    }
    return true;
}

static bool set_scene(struct cam_campaign *c, char *err, size_t err_len)
{
    struct cam_scene *scene = &c->shared->scene;
    const struct vb_config *board = &c->config->board;
    scene->config = c->config;
    scene->limit_us = c->config->limit_us != 0 ? c->config->limit_us : REFERENCE_LIMIT;
    if (!cam_table_read(board->flash, board->flash_size, &scene->table)) {
        snprintf(err, err_len, "there is no partition table in this flash");
        return false;
    }
    scene->otadata = cam_table_otadata(&scene->table);
    if (scene->otadata == NULL) {
        snprintf(err, err_len, "the partition table has no otadata");
        return false;
    }
    if (!let_change(c->config, scene, err, err_len)) {
        return false;
    }
    scene->before = vb_board_new(board, err, err_len);
    for (unsigned i = 0; i < scene->table.n && scene->before != NULL; i++) {
        struct cam_known *known = &scene->known[i];
        const struct cam_part *part = &scene->table.part[i];
        known->has_before = part->type == CAM_TYPE_APP &&
                            cam_device_image(scene->before, part, &known->before) == NULL;
    }
    return scene->before != NULL;
}

static bool do_reference(struct cam_campaign *c, char *err, size_t err_len)
{
    struct cam_shared *s = c->shared;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        run_reference(s);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    if (!s->is_reached) {
        snprintf(err, err_len, "without any fault the device does not come to its goal%s%s",
                 s->problem[0] != '\0' ? ": " : "", s->problem);
        return false;
    }
    if (c->config->limit_us == 0) {
        s->scene.limit_us = 2 * s->scene.reference_us + 10000000u;
    }
    return true;
}

static void set_report(const struct cam_campaign *c, struct cam_report *r)
{
    const struct cam_shared *s = c->shared;
    r->n_ops = s->scene.n_ops;
    r->op = s->op;
    r->from = c->config->op_from > 0 ? c->config->op_from : 1;
    r->to = c->config->op_to > 0 && c->config->op_to < r->n_ops ? c->config->op_to : r->n_ops;
    r->reference_us = s->scene.reference_us;
    memcpy(r->start_label, s->scene.start_slot->label, sizeof(r->start_label));
    memcpy(r->goal_label, s->scene.goal_slot->label, sizeof(r->goal_label));
    memcpy(r->total, s->total, sizeof(r->total));
    r->failure = s->failure;
    r->n_failures = s->n_failures < CAM_MAX_FAILURES ? s->n_failures : CAM_MAX_FAILURES;
    r->n_died = s->n_died;
    r->cell = (const uint16_t(*)[CAM_COLUMNS])s->cell;
}

bool cam_run(const struct cam_config *config, struct cam_report *report, char *err, size_t err_len)
{
    double start = host_seconds();
    struct cam_campaign c = {.config = config, .shared = share(sizeof(*c.shared))};
    *report = (struct cam_report){.shared = c.shared};
    if (c.shared == NULL) {
        snprintf(err, err_len, "out of memory");
        return false;
    }
    if (!set_scene(&c, err, err_len) || !do_reference(&c, err, err_len)) {
        return false;
    }
    c.memo = config->no_merge ? NULL : &c.shared->memo;
    c.deadline = config->time_limit_s > 0 ? start + config->time_limit_s : 0;
    for (unsigned set = 0; set < CAM_N_SETS; set++) {
        c.shared->total[set].planned = config->has_set[set] ? cam_set_planned(&c, set) : 0;
    }
    for (unsigned set = 0; set < CAM_N_SETS; set++) {
        if (config->has_set[set] && !run_set(&c, set, start)) {
            snprintf(err, err_len, "out of memory");
            return false;
        }
    }
    tell_progress(&c, start);
    set_report(&c, report);
    report->seconds = host_seconds() - start;
    return true;
}

void cam_report_free(struct cam_report *r)
{
    struct cam_shared *s = r->shared;
    if (s != NULL) {
        vb_board_free(s->scene.before);
        munmap(s, sizeof(*s));
    }
    *r = (struct cam_report){0};
}

/* --- words --- */

bool cam_faults_parse(struct cam_faults *out, const char *text)
{
    out->n = 0;
    for (const char *at = text; *at != '\0';) {
        char one[VB_FAULT_TEXT_MAX];
        size_t len = strcspn(at, ",");
        if (len >= sizeof(one) || out->n == CAM_MAX_FAULTS) {
            return false;
        }
        memcpy(one, at, len);
        one[len] = '\0';
        if (!vb_fault_parse(&out->fault[out->n++], one)) {
            return false;
        }
        at += len + (at[len] == ',');
    }
    return out->n > 0;
}

const char *cam_faults_text(const struct cam_faults *faults, char text[CAM_FAULTS_TEXT_MAX])
{
    size_t n = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < faults->n; i++) {
        char one[VB_FAULT_TEXT_MAX];
        n += (size_t)snprintf(text + n, CAM_FAULTS_TEXT_MAX - n, "%s%s", i > 0 ? "," : "",
                              vb_fault_text(&faults->fault[i], one));
    }
    return text;
}
