/* SPDX-License-Identifier: Apache-2.0 */
/* Plays the table to the firmware's own update code, its HTTP client and its TLS over real sockets,
 * in real time: many cases at once, each against a server of its own. Usage: liar_sockets [--all]
 * [TABLE [CASE...]]; without --all it leaves out what the table calls slow. With cases named it
 * shows what the device said. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "liar_judge.h"
#include "liar_net.h"
#include "make_image.h"

#define IMAGE_MAX 65536u
#define N_WORKERS 24u /* most of them wait */
#define HANGS_S   120u

enum state { UNPLAYED, PLAYING, RIGHT, WRONG };

/* Shared by the processes. */
struct run {
    unsigned next; /* of the wanted cases, to be played */
    struct {
        enum state state;
        pid_t worker;
        char why[400];
    } of[];
};

static uint8_t image[IMAGE_MAX];
static struct liar_files files;
static struct liar_table table;
static const struct liar_case **wanted;
static unsigned n_wanted, n_left_out;
static bool talks;
static struct run *run;

/* --- a worker --- */

static void play(unsigned i)
{
    const struct liar_case *c = wanted[i];
    struct liar_outcome outcome;
    run->of[i].worker = getpid();
    run->of[i].state = PLAYING;
    alarm(c->within_s + HANGS_S);
    liar_device_update(c, &outcome);
    alarm(0);
    liar_judge(c, &files, &outcome, run->of[i].why, sizeof run->of[i].why);
    run->of[i].state = run->of[i].why[0] ? WRONG : RIGHT;
    if (talks) {
        liar_show(c, &outcome);
    }
}

static void give_back(void)
{
    liar_device_stop();
    liar_net_close();
    liar_table_free(&table);
    liar_files_free(&files);
    free(wanted);
}

/* Its end is where the sanitizer looks for what is left over. */
static void work(void)
{
    for (unsigned i; (i = __atomic_fetch_add(&run->next, 1, __ATOMIC_SEQ_CST)) < n_wanted;) {
        play(i);
    }
    give_back();
    exit(0);
}

/* --- all of them --- */

static void start_worker(void)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0) {
        perror("error: fork");
        exit(1);
    }
    if (pid == 0) {
        work();
    }
}

/* A worker that has not ended well takes the blame for the case that it was at. */
static unsigned blame(pid_t worker, int status)
{
    for (unsigned i = 0; i < n_wanted; i++) {
        if (run->of[i].worker == worker && run->of[i].state == PLAYING) {
            run->of[i].state = WRONG;
            snprintf(run->of[i].why, sizeof run->of[i].why, "the process broke off: %s",
                     WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "see above");
            return 0;
        }
    }
    printf("FAILED: a worker has left something over: see above\n");
    return 1;
}

/* Returns the number of failures that belong to no case. */
static unsigned play_all(void)
{
    unsigned failed = 0, n = n_wanted < N_WORKERS ? n_wanted : N_WORKERS;
    int status;
    for (unsigned i = 0; i < n; i++) {
        start_worker();
    }
    for (pid_t pid; n > 0 && (pid = wait(&status)) > 0;) {
        n--;
        if (status != 0) {
            failed += blame(pid, status);
            if (run->next < n_wanted) {
                start_worker();
                n++;
            }
        }
    }
    return failed;
}

static bool is_silent(const struct liar_script *script)
{
    for (unsigned i = 0; i < script->n; i++) {
        const struct liar_op *op = &script->op[i];
        bool stalls = (op->kind == LIAR_OP_END && op->count == LIAR_STALL) ||
                      (op->kind == LIAR_OP_CUT && op->text[0] == LIAR_STALL);
        if (stalls || op->kind == LIAR_OP_PACE || op->kind == LIAR_OP_PAUSE) {
            return true;
        }
    }
    return false;
}

/* Who waits longest begins first, so that the others' work fills the time. */
static int rank(const struct liar_case *c)
{
    for (unsigned i = 0; i < c->n; i++) {
        if (is_silent(&c->script[i])) {
            return c->is_slow ? 2 : 1;
        }
    }
    return 0;
}

static int by_rank(const void *a, const void *b)
{
    const struct liar_case *const *left = a, *const *right = b;
    int more = rank(*right) - rank(*left);
    return more != 0 ? more : (*left > *right) - (*left < *right);
}

static void choose(char **names, int n, bool all)
{
    wanted = calloc(table.n, sizeof *wanted);
    for (unsigned i = 0; wanted && i < table.n; i++) {
        const struct liar_case *c = &table.cases[i];
        if (n > 0 ? liar_is_named(c, names, n) : all || !c->is_slow) {
            wanted[n_wanted++] = c;
        } else {
            n_left_out++;
        }
    }
    size_t len = sizeof *run + n_wanted * sizeof run->of[0];
    run = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!wanted || run == MAP_FAILED) {
        fprintf(stderr, "error: out of memory\n");
        exit(1);
    }
    qsort(wanted, n_wanted, sizeof *wanted, by_rank);
}

/* Returns the number of cases that went wrong. */
static unsigned report(void)
{
    unsigned failed = 0;
    for (unsigned i = 0; i < n_wanted; i++) {
        if (run->of[i].state != RIGHT) {
            printf("FAILED: %s (%s:%u): %s\n", wanted[i]->name, LIAR_TABLE, wanted[i]->line,
                   run->of[i].why);
            failed++;
        }
    }
    return failed;
}

int main(int argc, char **argv)
{
    bool all = argc > 1 && strcmp(argv[1], "--all") == 0;
    argv += all;
    argc -= all;
    talks = argc > 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    liar_files_make(&files, image, make_app(LIAR_SLOT_ADDR, 40000, 3000, image, sizeof image));
    liar_table_read(&table, argc > 1 ? argv[1] : LIAR_TABLE, &files);
    choose(argv + 2, talks ? argc - 2 : 0, all);
    liar_device_start(&files);
    liar_net_open();
    unsigned more = play_all(), failed = report();
    printf("%u passed, %u failed; %u of the table's %u left out", n_wanted - failed, failed + more,
           n_left_out, table.n);
    puts(n_left_out && !talks ? ": half a minute or more of real time each (--all)" : "");
    bool is_good = failed + more == 0 && n_wanted > 0;
    give_back();
    return is_good ? 0 : 1;
}
