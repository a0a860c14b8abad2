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
#define N_WAITING 24u /* workers with cases in which servers fall silent */
#define N_AGAIN   5u  /* cases that a busy machine may have upset; more are no accident */
#define HANGS_S   120u

enum state { UNPLAYED, PLAYING, RIGHT, WRONG };

/* Shared by the processes. */
struct run {
    struct crew {
        unsigned next, end; /* of the wanted cases, to be played */
    } waiting, busy, alone;
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
static unsigned n_wanted, n_silent, n_left_out;
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
static void work(struct crew *crew)
{
    for (unsigned i; (i = __atomic_fetch_add(&crew->next, 1, __ATOMIC_SEQ_CST)) < crew->end;) {
        play(i);
    }
    give_back();
    exit(0);
}

/* --- all of them --- */

static void start_worker(struct crew *crew)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0) {
        perror("error: fork");
        exit(1);
    }
    if (pid == 0) {
        work(crew);
    }
}

/* Sets workers to the cases from next to end. */
static void start_crew(struct crew *crew, unsigned next, unsigned end, unsigned n)
{
    *crew = (struct crew){next, end};
    for (unsigned i = 0; i < n && i < end - next; i++) {
        start_worker(crew);
    }
}

/* A worker that has not ended well takes the blame for the case that it was at, and another one
 * goes on. Returns the number of failures that belong to no case. */
static unsigned blame(pid_t worker, int status)
{
    for (unsigned i = 0; i < n_wanted; i++) {
        if (run->of[i].worker == worker && run->of[i].state == PLAYING) {
            run->of[i].state = WRONG;
            snprintf(run->of[i].why, sizeof run->of[i].why, "the process broke off: %s",
                     WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "see above");
            start_worker(i < n_silent ? &run->waiting : &run->busy);
            return 0;
        }
    }
    printf("FAILED: a worker has left something over: see above\n");
    return 1;
}

/* Until all workers have ended. */
static unsigned gather(void)
{
    unsigned failed = 0;
    int status;
    for (pid_t pid; (pid = wait(&status)) > 0;) {
        failed += status != 0 ? blame(pid, status) : 0;
    }
    return failed;
}

/* Time is real: when a busy machine halts client or server for seconds, the other gives up. What
 * was wrong among others must be wrong alone, too. */
static unsigned play_again(void)
{
    unsigned failed = 0, n_wrong = 0;
    for (unsigned i = 0; i < n_wanted; i++) {
        n_wrong += run->of[i].state == WRONG;
    }
    for (unsigned i = 0; n_wrong <= N_AGAIN && i < n_wanted; i++) {
        if (run->of[i].state == WRONG) {
            printf("once more, alone: %s: %s\n", wanted[i]->name, run->of[i].why);
            run->of[i].why[0] = '\0';
            start_crew(&run->alone, i, i + 1, 1);
            failed += gather();
        }
    }
    return failed;
}

static unsigned play_all(void)
{
    long n_cpus = sysconf(_SC_NPROCESSORS_ONLN);
    start_crew(&run->waiting, 0, n_silent, N_WAITING);
    start_crew(&run->busy, n_silent, n_wanted, n_cpus > 0 ? (unsigned)n_cpus : 1);
    unsigned failed = gather();
    return failed + play_again();
}

/* Of those that wait, who waits longest begins first. */
static int rank(const struct liar_case *c)
{
    return !liar_falls_silent(c) ? 0 : c->is_slow ? 2 : 1;
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
            n_silent += rank(c) > 0;
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
