/* SPDX-License-Identifier: Apache-2.0 */
/* Compares the board's CPU with QEMU's lx106: the same guest runs the same random cases on both,
 * and every register, special register and word of memory that it records must agree.
 *
 * Usage, in the repository's root: build/tests/cpu_diff [SEED [CASES_PER_INSTRUCTION [ONE_CASE]]]
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cpu_diff_cases.h"
#include "vb_cpu_state.h"

#define GUEST_ELF      "build/tests/cpu_diff_guest.elf"
#define GUEST_BIN      "build/tests/cpu_diff_guest.bin"
#define CASES_PATH     "build/tests/cpu_diff.cases"
#define RESULTS_PATH   "build/tests/cpu_diff.qemu"
#define DEFAULT_CASES  1000
#define DEFAULT_SEED   1
#define QEMU_LIMIT_S   120
#define SHOWN_FAILURES 5

struct result {
    uint32_t a[16];
    uint32_t vector;
    uint32_t sr[DIFF_RESULT_N_SR];
    uint32_t data[DIFF_DATA_WORDS];
};
_Static_assert(sizeof(struct result) == DIFF_RESULT_LEN, "the guest writes results");

struct plan {
    uint64_t seed;
    unsigned n; /* cases, a multiple of the batch */
    long only;  /* the one case to run, -1 for all */
    struct diff_case *cases;
    struct result *board, *qemu;
};

static void die(const char *what, const char *object)
{
    fprintf(stderr, "error: %s '%s': %s\n", what, object, strerror(errno));
    exit(1);
}

/* Every case has a generator of its own, so that one can be made without the others. */
static uint64_t case_seed(uint64_t seed, uint64_t number)
{
    uint64_t x = (seed * 0x9e3779b97f4a7c15u) ^ (number * 0xd1342543de82ef95u + 1);
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    x ^= x >> 32;
    return x != 0 ? x : 1;
}

static unsigned case_number(const struct plan *plan, unsigned i)
{
    return plan->only >= 0 ? (unsigned)plan->only : i;
}

static unsigned instruction_of(const struct plan *plan, unsigned i)
{
    return case_number(plan, i) % diff_n_instructions();
}

static void make_cases(struct plan *plan)
{
    for (unsigned i = 0; i < plan->n; i++) {
        uint64_t rng = case_seed(plan->seed, case_number(plan, i));
        diff_make_case(&plan->cases[i], instruction_of(plan, i), &rng);
    }
}

/* --- QEMU --- */

static void write_cases(const struct plan *plan)
{
    FILE *file = fopen(CASES_PATH, "wb");
    if (file == NULL || fwrite(plan->cases, sizeof(*plan->cases), plan->n, file) != plan->n ||
        fclose(file) != 0) {
        die("cannot write", CASES_PATH);
    }
}

static pid_t start_qemu(void)
{
    pid_t pid = fork();
    if (pid != 0) {
        return pid;
    }
    int in = open(CASES_PATH, O_RDONLY);
    int out = open(RESULTS_PATH, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (in < 0 || out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0) {
        die("cannot open", RESULTS_PATH);
    }
    alarm(QEMU_LIMIT_S);
    execlp("qemu-system-xtensa", "qemu-system-xtensa", "-M", "sim", "-cpu", "lx106", "-semihosting",
           "-display", "none", "-serial", "none", "-monitor", "none", "-kernel", GUEST_ELF,
           (char *)NULL);
    die("cannot run", "qemu-system-xtensa");
    return -1;
}

static void finish_qemu(const struct plan *plan, pid_t pid)
{
    int status;
    FILE *file;
    if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "error: qemu-system-xtensa did not finish\n");
        exit(1);
    }
    file = fopen(RESULTS_PATH, "rb");
    if (file == NULL || fread(plan->qemu, sizeof(*plan->qemu), plan->n, file) != plan->n) {
        die("too few results in", RESULTS_PATH);
    }
    fclose(file);
}

/* --- the board --- */

static struct vb_board *new_board(void)
{
    static uint8_t image[DIFF_PADS + DIFF_PADS_LEN - DIFF_TEXT];
    const struct vb_config config = {.flash_size = 512 * 1024};
    const uint32_t machine = 1;
    struct vb_cpu_state cpu;
    char err[128];
    FILE *file = fopen(GUEST_BIN, "rb");
    if (file == NULL || fread(image, 1, sizeof(image), file) != sizeof(image)) {
        die("cannot read", GUEST_BIN);
    }
    fclose(file);
    struct vb_board *board = vb_board_new(&config, err, sizeof(err));
    if (board == NULL) {
        die("no board", err);
    }
    vb_board_step(board, 0); /* powers on */
    vb_board_write_mem(board, DIFF_TEXT, image, sizeof(image));
    vb_board_write_mem(board, DIFF_CONTROL + DIFF_MACHINE, &machine, sizeof(machine));
    vb_board_get_cpu(board, &cpu);
    cpu.pc = DIFF_TEXT + 0x100;
    vb_board_set_cpu(board, &cpu);
    return board;
}

/* Serves the guest's read and write; a2 is the call, then its result. */
static unsigned serve(const struct plan *plan, struct vb_board *board, unsigned done,
                      struct vb_cpu_state *cpu)
{
    uint32_t len = cpu->a[5];
    bool is_good = true;
    if (cpu->a[2] == DIFF_SYS_READ) {
        is_good = vb_board_write_mem(board, cpu->a[4], &plan->cases[done], len);
    } else if (cpu->a[2] == DIFF_SYS_WRITE) {
        is_good = vb_board_read_mem(board, cpu->a[4], &plan->board[done], len);
        done += DIFF_BATCH;
    }
    if (!is_good) {
        fprintf(stderr, "error: the guest asked for memory at 0x%08" PRIx32 "\n", cpu->a[4]);
        exit(1);
    }
    cpu->a[2] = len;
    return done;
}

static void run_board(const struct plan *plan)
{
    struct vb_board *board = new_board();
    unsigned done = 0;
    while (done < plan->n) {
        struct vb_cpu_state cpu;
        enum vb_stop stop = vb_board_run(board, UINT64_MAX);
        vb_board_get_cpu(board, &cpu);
        if (stop != VB_STOP_DEAD) {
            fprintf(stderr,
                    "error: board stopped (%d) at pc 0x%08" PRIx32 " in the batch of case "
                    "%u: %s\n",
                    (int)stop, cpu.pc, done, vb_board_message(board));
            exit(1);
        }
        done = serve(plan, board, done, &cpu);
        vb_board_set_cpu(board, &cpu);
    }
    vb_board_free(board);
}

/* --- comparing --- */

static const uint8_t result_srs[] = {
#define ORDER(i, sr) [i] = sr,
    DIFF_RESULT_SRS(ORDER)
#undef ORDER
};

/* INTERRUPT 6 comes from the cycle counter, which runs at another speed in QEMU; INTENABLE keeps
 * the bits of interrupts that do not exist there. */
static uint32_t compared_bits(unsigned sr)
{
    return sr == 226 ? ~0x40u : sr == 228 ? 0x7fffu : ~0u;
}

static unsigned differences(const struct result *board, const struct result *qemu, bool show)
{
    unsigned n = 0;
#define COMPARE(name, number, b, q)                                                                \
    do {                                                                                           \
        if ((b) != (q)) {                                                                          \
            n++;                                                                                   \
            if (show) {                                                                            \
                printf("  %s%u: board 0x%08" PRIx32 ", qemu 0x%08" PRIx32 "\n", name, number, b,   \
                       q);                                                                         \
            }                                                                                      \
        }                                                                                          \
    } while (0)
    for (unsigned i = 0; i < 16; i++) {
        COMPARE("a", i, board->a[i], qemu->a[i]);
    }
    COMPARE("vector ", 0u, board->vector, qemu->vector);
    for (unsigned i = 0; i < DIFF_RESULT_N_SR; i++) {
        uint32_t bits = compared_bits(result_srs[i]);
        COMPARE("sr ", (unsigned)result_srs[i], board->sr[i] & bits, qemu->sr[i] & bits);
    }
    for (unsigned i = 0; i < DIFF_DATA_WORDS; i++) {
        COMPARE("data ", i, board->data[i], qemu->data[i]);
    }
#undef COMPARE
    return n;
}

static void show_failure(const struct plan *plan, unsigned i)
{
    const struct diff_case *c = &plan->cases[i];
    printf("case %u, %s, code", case_number(plan, i),
           diff_instruction_name(instruction_of(plan, i)));
    for (unsigned k = 0; k < DIFF_SLOT_LEN; k++) {
        printf(" %02x", c->code[k]);
    }
    printf("\n  a:");
    for (unsigned k = 0; k < 16; k++) {
        printf(" %08" PRIx32, c->a[k]);
    }
    printf("\n  sr:");
    for (unsigned k = 0; k < DIFF_CASE_N_SR; k++) {
        printf(" %08" PRIx32, c->sr[k]);
    }
    printf("\n");
    differences(&plan->board[i], &plan->qemu[i], true);
    printf("replay: build/tests/cpu_diff %" PRIu64 " 1 %u\n", plan->seed, case_number(plan, i));
}

static unsigned compare(const struct plan *plan)
{
    unsigned n_failed = 0, n_shown = 0;
    bool *is_bad = calloc(diff_n_instructions(), sizeof(*is_bad));
    if (is_bad == NULL) {
        die("out of", "memory");
    }
    for (unsigned i = 0; i < plan->n; i++) {
        if (differences(&plan->board[i], &plan->qemu[i], false) == 0) {
            continue;
        }
        if (n_shown < SHOWN_FAILURES && !is_bad[instruction_of(plan, i)]) {
            show_failure(plan, i);
            n_shown++;
        }
        is_bad[instruction_of(plan, i)] = true;
    }
    for (unsigned i = 0; i < diff_n_instructions(); i++) {
        if (is_bad[i]) {
            printf("differs: %s\n", diff_instruction_name(i));
            n_failed++;
        }
    }
    free(is_bad);
    return n_failed;
}

static void read_arguments(struct plan *plan, int argc, char **argv)
{
    unsigned each = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 0) : DEFAULT_CASES;
    plan->seed = argc > 1 ? strtoull(argv[1], NULL, 0) : DEFAULT_SEED;
    plan->only = argc > 3 ? strtol(argv[3], NULL, 0) : -1;
    plan->n = plan->only >= 0 ? DIFF_BATCH : each * diff_n_instructions();
    plan->n = (plan->n + DIFF_BATCH - 1) / DIFF_BATCH * DIFF_BATCH;
}

int main(int argc, char **argv)
{
    struct plan plan = {0};
    read_arguments(&plan, argc, argv);
    plan.cases = calloc(plan.n, sizeof(*plan.cases));
    plan.board = calloc(plan.n, sizeof(*plan.board));
    plan.qemu = calloc(plan.n, sizeof(*plan.qemu));
    if (plan.cases == NULL || plan.board == NULL || plan.qemu == NULL) {
        die("out of", "memory");
    }
    printf("cpu_diff: seed %" PRIu64 ", %u cases of %u instructions\n", plan.seed, plan.n,
           diff_n_instructions());
    fflush(stdout);
    make_cases(&plan);
    write_cases(&plan);
    pid_t qemu = start_qemu();
    run_board(&plan);
    finish_qemu(&plan, qemu);
    unsigned n_failed = compare(&plan);
    printf("%u passed, %u failed\n", diff_n_instructions() - n_failed, n_failed);
    free(plan.cases);
    free(plan.board);
    free(plan.qemu);
    return n_failed != 0;
}
