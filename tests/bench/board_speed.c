/* SPDX-License-Identifier: Apache-2.0 */
/* Speed of the virtual board beside QEMU's translator, in one run: the same programs, turn about,
 * median of the repetitions, starts included. CPU time counts, so that other work on the machine
 * disturbs little. Prints a table and a line of JSON.
 *
 * Usage: board_speed PROGRAM.elf... */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "vb_cpu_state.h"

#define REPETITIONS  3
#define ENTRY        0x40100000u
#define IRAM_END     0x40110000u
#define QEMU_LIMIT_S 60

struct measure {
    double seconds;
    uint64_t instructions;
    uint32_t result;
};

static void die(const char *what, const char *object)
{
    fprintf(stderr, "error: %s '%s'\n", what, object);
    exit(1);
}

static double own_seconds(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double child_seconds(const struct rusage *usage)
{
    return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
           (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

static uint32_t le(const uint8_t *p, unsigned n)
{
    uint32_t value = 0;
    memcpy(&value, p, n);
    return value;
}

/* --- a minimal reader of 32-bit ELF files --- */

static uint8_t *read_file(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(1 << 20);
    if (file == NULL || data == NULL || (*len = fread(data, 1, 1 << 20, file)) < 52) {
        die("cannot read", path);
    }
    fclose(file);
    return data;
}

/* Copies the loadable segments that lie in the board's RAM. */
static void load(struct vb_board *board, const uint8_t *elf, size_t len, const char *path)
{
    uint32_t table = le(elf + 28, 4);
    uint32_t n = le(elf + 44, 2);
    for (uint32_t i = 0; i < n; i++) {
        const uint8_t *header = elf + table + 32 * i;
        if (table + 32 * (i + 1) > len || le(header + 4, 4) + le(header + 16, 4) > len) {
            die("not a program:", path);
        }
        uint32_t vaddr = le(header + 8, 4);
        if (le(header, 4) == 1 && vaddr < IRAM_END &&
            !vb_board_write_mem(board, vaddr, elf + le(header + 4, 4), le(header + 16, 4))) {
            die("a segment does not fit the board:", path);
        }
    }
}

/* Address of a symbol; the program has one symbol table and one string table behind it. */
static uint32_t symbol(const uint8_t *elf, const char *name, const char *path)
{
    const uint8_t *sections = elf + le(elf + 32, 4);
    for (uint32_t i = 0; i < le(elf + 48, 2); i++) {
        const uint8_t *section = sections + 40 * i;
        if (le(section + 4, 4) != 2) {
            continue;
        }
        const char *names = (const char *)elf + le(sections + 40 * le(section + 24, 4) + 16, 4);
        const uint8_t *entry = elf + le(section + 16, 4);
        for (uint32_t k = 0; k < le(section + 20, 4) / 16; k++, entry += 16) {
            if (strcmp(names + le(entry, 4), name) == 0) {
                return le(entry + 4, 4);
            }
        }
    }
    die("misses its symbols:", path);
    return 0;
}

/* --- the two machines --- */

static struct measure run_board(const char *path)
{
    const struct vb_config config = {.flash_size = 512 * 1024};
    const uint32_t on_board = 1;
    struct vb_cpu_state cpu;
    struct vb_stats stats;
    struct measure m;
    char err[128];
    size_t len;
    uint8_t *elf = read_file(path, &len);
    double start = own_seconds();
    struct vb_board *board = vb_board_new(&config, err, sizeof(err));
    if (board == NULL) {
        die("no board:", err);
    }
    vb_board_step(board, 0); /* powers on */
    load(board, elf, len, path);
    vb_board_write_mem(board, symbol(elf, "on_board", path), &on_board, sizeof(on_board));
    vb_board_get_cpu(board, &cpu);
    cpu.pc = ENTRY;
    vb_board_set_cpu(board, &cpu);
    if (vb_board_run(board, UINT64_MAX) != VB_STOP_DEAD) {
        die("the board stopped:", vb_board_message(board));
    }
    m.seconds = own_seconds() - start;
    vb_board_get_stats(board, &stats);
    m.instructions = stats.instructions;
    vb_board_read_mem(board, symbol(elf, "bench_result", path), &m.result, sizeof(m.result));
    vb_board_free(board);
    free(elf);
    return m;
}

static struct measure run_qemu(const char *path)
{
    struct measure m = {0};
    struct rusage usage;
    int fds[2], status;
    pid_t pid;
    if (pipe(fds) != 0 || (pid = fork()) < 0) {
        die("cannot start", "qemu-system-xtensa");
    }
    if (pid == 0) {
        dup2(fds[1], 1);
        close(fds[0]);
        alarm(QEMU_LIMIT_S);
        execlp("qemu-system-xtensa", "qemu-system-xtensa", "-M", "sim", "-cpu", "lx106",
               "-semihosting", "-display", "none", "-serial", "none", "-monitor", "none", "-kernel",
               path, (char *)NULL);
        _exit(127);
    }
    close(fds[1]);
    ssize_t got = read(fds[0], &m.result, sizeof(m.result));
    close(fds[0]);
    if (wait4(pid, &status, 0, &usage) != pid || status != 0 || got != sizeof(m.result)) {
        die("qemu-system-xtensa failed on", path);
    }
    m.seconds = child_seconds(&usage);
    return m;
}

static int by_seconds(const void *a, const void *b)
{
    double x = ((const struct measure *)a)->seconds;
    double y = ((const struct measure *)b)->seconds;
    return (x > y) - (x < y);
}

/* Prints one row and returns the ratio. */
static double bench(const char *path, char *json, size_t json_len)
{
    struct measure board[REPETITIONS], qemu[REPETITIONS];
    const char *slash = strrchr(path, '/');
    char name[64];
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(slash != NULL ? slash + 1 : path, "."),
             slash != NULL ? slash + 1 : path);
    for (unsigned i = 0; i < REPETITIONS; i++) {
        board[i] = run_board(path);
        qemu[i] = run_qemu(path);
        if (board[i].result != qemu[i].result) {
            die("board and QEMU disagree about", path);
        }
    }
    qsort(board, REPETITIONS, sizeof(board[0]), by_seconds);
    qsort(qemu, REPETITIONS, sizeof(qemu[0]), by_seconds);
    const struct measure *b = &board[REPETITIONS / 2], *q = &qemu[REPETITIONS / 2];
    double board_mips = (double)b->instructions / b->seconds / 1e6;
    double qemu_mips = (double)b->instructions / q->seconds / 1e6;
    double ratio = board_mips / qemu_mips;
    printf("%-10s %8.0f %12.0f %12.0f %8.2f\n", name, (double)b->instructions / 1e6, board_mips,
           qemu_mips, ratio);
    snprintf(json, json_len,
             "\"%s\":{\"instructions\":%" PRIu64
             ",\"board_mips\":%.1f,\"qemu_mips\":%.1f,\"ratio\":%.3f}",
             name, b->instructions, board_mips, qemu_mips, ratio);
    return ratio;
}

int main(int argc, char **argv)
{
    char json[1024] = "";
    printf("%-10s %8s %12s %12s %8s\n", "program", "M insn", "board MIPS", "QEMU MIPS", "ratio");
    for (int i = 1; i < argc; i++) {
        char row[256];
        bench(argv[i], row, sizeof(row));
        snprintf(json + strlen(json), sizeof(json) - strlen(json), "%s%s", i > 1 ? "," : "", row);
    }
    printf("{\"board_speed\":{%s}}\n", json);
    return 0;
}
