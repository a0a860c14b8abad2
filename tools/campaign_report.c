/* SPDX-License-Identifier: Apache-2.0 */
#include "campaign_report.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io.h"

#define MAX_SHOWN 20u

/* One word of a command line, for a shell. */
static void put_word(FILE *out, const char *word)
{
    fputc('\'', out);
    for (; *word != '\0'; word++) {
        fputs(*word == '\'' ? "'\\''" : (char[]){*word, '\0'}, out);
    }
    fputc('\'', out);
}

/* The line that repeats one case; to be freed, NULL when memory is out. */
static char *replay_line(const struct campaign_options *o, const struct cam_failure *f)
{
    char *line = NULL;
    size_t len;
    char text[CAM_FAULTS_TEXT_MAX];
    FILE *out = open_memstream(&line, &len);
    if (out == NULL) {
        return NULL;
    }
    fprintf(out, "airslot campaign");
    for (unsigned i = 0; i < o->n_words; i++) {
        fprintf(out, " %s", o->word[i].name);
        if (o->word[i].value != NULL) {
            fputc(' ', out);
            put_word(out, o->word[i].value);
        }
    }
    fprintf(out, " --case %s", cam_faults_text(&f->faults, text));
    fclose(out);
    return line;
}

static const char *op_name(enum vb_flash_op_kind kind)
{
    return kind == VB_FLASH_OP_PROGRAM ? "program" : kind == VB_FLASH_OP_ERASE ? "erase" : "status";
}

/* The operation of the reference run at which the first fault fell; NULL: at none. */
static const struct vb_flash_op *first_op(const struct cam_report *r, const struct cam_failure *f)
{
    uint64_t number = f->faults.fault[0].op;
    return number > 0 && number <= r->n_ops ? &r->op[number - 1] : NULL;
}

static void print_failure(const struct campaign_options *o, const struct cam_report *r,
                          const struct cam_failure *f)
{
    char text[CAM_FAULTS_TEXT_MAX];
    char *line = replay_line(o, f);
    const struct vb_flash_op *op = first_op(r, f);
    printf("FAILED: %s: ", cam_faults_text(&f->faults, text));
    if (op != NULL) {
        printf("(%s 0x%06x) ", op_name(op->kind), op->addr);
    }
    printf("%s\n  %s\n", f->why, line != NULL ? line : "");
    free(line);
}

uint64_t campaign_report_cases(const struct cam_totals *t)
{
    return t->run + t->merged;
}

/* Drawn cases that found no place are none. */
static uint64_t begun(const struct cam_totals *t)
{
    return campaign_report_cases(t) + t->outcome[CAM_UNFIRED];
}

uint64_t campaign_report_not_run(const struct cam_totals *t)
{
    return t->planned > begun(t) ? t->planned - begun(t) : 0;
}

static void print_totals(const char *name, const struct cam_totals *t)
{
    printf("%-9s %8llu cases (%llu run to their end, %llu merged by equal state), %llu failed, "
           "%llu not run; old %llu, new %llu, went on %llu, refused %llu; %llu needed a power-on; "
           "%.1f s, "
           "%.1f cases/s\n",
           name, (unsigned long long)campaign_report_cases(t), (unsigned long long)t->run,
           (unsigned long long)t->merged, (unsigned long long)t->outcome[CAM_FAILED],
           (unsigned long long)campaign_report_not_run(t), (unsigned long long)t->outcome[CAM_OLD],
           (unsigned long long)t->outcome[CAM_NEW], (unsigned long long)t->outcome[CAM_WENT_ON],
           (unsigned long long)t->outcome[CAM_REFUSED], (unsigned long long)t->woken, t->seconds,
           t->seconds > 0 ? (double)campaign_report_cases(t) / t->seconds : 0);
}

struct cam_totals campaign_report_sum(const struct cam_report *r)
{
    struct cam_totals sum = {.seconds = r->seconds};
    for (unsigned set = 0; set < CAM_N_SETS; set++) {
        const struct cam_totals *t = &r->total[set];
        sum.planned += begun(t) + campaign_report_not_run(t);
        sum.run += t->run;
        sum.merged += t->merged;
        sum.woken += t->woken;
        for (unsigned i = 0; i < CAM_N_OUTCOMES; i++) {
            sum.outcome[i] += t->outcome[i];
        }
    }
    return sum;
}

void campaign_report_print(const struct campaign_options *o, const struct cam_report *r)
{
    struct cam_totals sum = campaign_report_sum(r);
    cam_picture_text(&o->config, r, stdout);
    for (unsigned i = 0; i < r->n_failures && i < MAX_SHOWN; i++) {
        print_failure(o, r, &r->failure[i]);
    }
    if (sum.outcome[CAM_FAILED] > MAX_SHOWN) {
        printf("... and %llu failures more (--json has more)\n",
               (unsigned long long)(sum.outcome[CAM_FAILED] - MAX_SHOWN));
    }
    printf("from %s to %s: %llu flash operations, %.3f virtual seconds\n", r->start_label,
           r->goal_label, (unsigned long long)r->n_ops, (double)r->reference_us / 1e6);
    for (unsigned set = 0; set < CAM_N_SETS; set++) {
        if (o->config.has_set[set]) {
            print_totals(cam_set_name((enum cam_set)set), &r->total[set]);
        }
    }
    print_totals("all", &sum);
}

static json_t *totals_json(const struct cam_totals *t)
{
    return json_pack(
        "{sI sI sI sI sI sI sI sI sI sI sf sf}", "cases", (json_int_t)campaign_report_cases(t),
        "run", (json_int_t)t->run, "merged", (json_int_t)t->merged, "failed",
        (json_int_t)t->outcome[CAM_FAILED], "not_run", (json_int_t)campaign_report_not_run(t),
        "old", (json_int_t)t->outcome[CAM_OLD], "new", (json_int_t)t->outcome[CAM_NEW], "went_on",
        (json_int_t)t->outcome[CAM_WENT_ON], "refused", (json_int_t)t->outcome[CAM_REFUSED],
        "needed_power_on", (json_int_t)t->woken, "seconds", t->seconds, "cases_per_second",
        t->seconds > 0 ? (double)campaign_report_cases(t) / t->seconds : 0.0);
}

static json_t *failure_json(const struct campaign_options *o, const struct cam_report *r,
                            const struct cam_failure *f)
{
    char text[CAM_FAULTS_TEXT_MAX];
    char *line = replay_line(o, f);
    const struct vb_flash_op *op = first_op(r, f);
    json_t *out = json_pack("{ss ss ss ss}", "set", cam_set_name(f->set), "case",
                            cam_faults_text(&f->faults, text), "why", f->why, "replay",
                            line != NULL ? line : "");
    free(line);
    if (op != NULL) {
        json_object_set_new(out, "operation", json_string(op_name(op->kind)));
        json_object_set_new(out, "addr", json_integer((json_int_t)op->addr));
    }
    return out;
}

bool campaign_report_json(const struct campaign_options *o, const struct cam_report *r)
{
    struct cam_totals sum = campaign_report_sum(r);
    json_t *root = totals_json(&sum);
    json_t *sets = json_object(), *failures = json_array();
    for (unsigned set = 0; set < CAM_N_SETS; set++) {
        if (o->config.has_set[set]) {
            json_object_set_new(sets, cam_set_name((enum cam_set)set), totals_json(&r->total[set]));
        }
    }
    for (unsigned i = 0; i < r->n_failures; i++) {
        json_array_append_new(failures, failure_json(o, r, &r->failure[i]));
    }
    json_object_set_new(root, "operations", json_integer((json_int_t)r->n_ops));
    json_object_set_new(root, "reference_seconds", json_real((double)r->reference_us / 1e6));
    json_object_set_new(root, "from", json_string(r->start_label));
    json_object_set_new(root, "to", json_string(r->goal_label));
    json_object_set_new(root, "workers_died", json_integer((json_int_t)r->n_died));
    json_object_set_new(root, "sets", sets);
    json_object_set_new(root, "failures", failures);
    char *text = root != NULL ? json_dumps(root, JSON_INDENT(2)) : NULL;
    bool is_written = text != NULL && io_write_file(o->json_path, text, strlen(text));
    if (text == NULL) {
        io_error("out of memory");
    }
    free(text);
    json_decref(root);
    return is_written;
}

bool campaign_report_svg(const struct campaign_options *o, const struct cam_report *r)
{
    FILE *file = fopen(o->svg_path, "w");
    if (file == NULL) {
        io_error("cannot write '%s': %s", o->svg_path, strerror(errno));
        return false;
    }
    cam_picture_svg(&o->config, r, file);
    bool is_written = ferror(file) == 0;
    if (fclose(file) != 0 || !is_written) {
        io_error("cannot write '%s'", o->svg_path);
        return false;
    }
    return true;
}
