/* SPDX-License-Identifier: Apache-2.0 */
/* The board as an object: creating, copying and resetting it, its randomness, and what it tells
 * about itself. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "clock.h"
#include "internal.h"
#include "vb_cpu_state.h"

#define MIN_FLASH (512u * 1024)
#define MAX_FLASH (16u * 1024 * 1024)

/* --- randomness --- */

/* splitmix64, spreads any seed over the generator's state. */
static uint64_t spread(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static uint64_t rotate_left(uint64_t value, unsigned n)
{
    return value << n | value >> (64 - n);
}

/* xoroshiro128+ */
uint64_t vb_random(struct vb_board *b)
{
    uint64_t s0 = b->random[0];
    uint64_t s1 = b->random[1];
    uint64_t result = s0 + s1;
    s1 ^= s0;
    b->random[0] = rotate_left(s0, 24) ^ s1 ^ s1 << 16;
    b->random[1] = rotate_left(s1, 37);
    return result;
}

/* --- life --- */

static const char *config_problem(const struct vb_config *config)
{
    uint32_t size = config->flash_size;
    if (size < MIN_FLASH || size > MAX_FLASH || (size & (size - 1)) != 0) {
        return "flash size must be a power of two from 512 KiB to 16 MiB";
    }
    if (config->n_aps > VB_MAX_APS) {
        return "too many access points";
    }
    if (config->strap != 0 && config->strap != VB_BOOT_FLASH && config->strap != VB_BOOT_DOWNLOAD) {
        return "unknown boot strap";
    }
    return NULL;
}

static void init_state(struct vb_board *b, const struct vb_config *config)
{
    uint64_t seed = config->seed;
    b->config = *config;
    b->random[0] = spread(&seed);
    b->random[1] = spread(&seed);
    b->strap = config->strap != 0 ? config->strap : VB_BOOT_FLASH;
    b->cycle_ticks = b->apb_ticks = VB_TICKS_PER_US / 52;
    b->debug.trace_from = config->trace_insn_from;
    b->debug.trace_to = config->trace_insn_to;
    for (unsigned i = 0; i < VB_EVENT_COUNT; i++) {
        b->due[i] = VB_NEVER;
    }
}

static bool init_memories(struct vb_board *b)
{
    if (!vb_memory_init(b, b->config.rom != NULL ? b->config.rom : vb_builtin_rom)) {
        return false;
    }
    if (!vb_nor_init(b)) {
        vb_memory_free(b);
        return false;
    }
    b->config.flash = NULL;
    b->config.flash_wear = NULL;
    b->config.rom = NULL;
    return true;
}

struct vb_board *vb_board_new(const struct vb_config *config, char *err, size_t err_len)
{
    const char *problem = config_problem(config);
    struct vb_board *b = NULL;
    if (problem == NULL) {
        b = calloc(1, sizeof(*b));
        if (b != NULL) {
            init_state(b, config);
        }
        if (b == NULL || !init_memories(b)) {
            free(b);
            problem = "out of memory";
        }
    }
    if (problem != NULL) {
        snprintf(err, err_len, "%s", problem);
        return NULL;
    }
    return b;
}

void vb_board_free(struct vb_board *b)
{
    if (b != NULL) {
        vb_nor_free(b);
        vb_memory_free(b);
        free(b);
    }
}

struct vb_board *vb_board_fork(const struct vb_board *board)
{
    struct vb_board *b = malloc(sizeof(*b));
    if (b == NULL) {
        return NULL;
    }
    memcpy(b, board, sizeof(*b));
    b->tap = NULL;
    if (!vb_memory_fork(b)) {
        free(b);
        return NULL;
    }
    if (!vb_nor_fork(b)) {
        vb_memory_free(b);
        free(b);
        return NULL;
    }
    return b;
}

void vb_board_set_output(struct vb_board *b, void (*uart_tx)(void *, unsigned, uint8_t),
                         void (*trace)(void *, enum vb_trace_kind, const char *), void *ctx)
{
    b->config.uart_tx = uart_tx;
    b->config.trace = trace;
    b->config.pin_changed = NULL;
    b->config.ctx = ctx;
}

void vb_board_set_net(struct vb_board *b, const struct vb_net *net)
{
    b->config.net = net;
    vb_schedule(b, VB_EVENT_NET, VB_NEVER);
}

/* --- resets --- */

void vb_request_reset(struct vb_board *b, enum vb_reset_kind kind)
{
    if (!b->reset_pending || kind < b->reset_kind) {
        b->reset_kind = kind;
    }
    b->reset_pending = true;
    b->cpu.attention = true;
}

void vb_board_power_cycle(struct vb_board *b)
{
    vb_request_reset(b, VB_RESET_POWER);
}

void vb_board_external_reset(struct vb_board *b, enum vb_boot_strap strap)
{
    vb_note_work(b); /* what was idle under the old strap stays so */
    b->strap = strap;
    vb_request_reset(b, VB_RESET_EXTERNAL);
}

bool vb_board_in_download(const struct vb_board *b)
{
    return b->strap == VB_BOOT_DOWNLOAD;
}

void vb_board_set_host_reach(struct vb_board *b, enum vb_host_reach reach)
{
    b->host_reach = reach;
}

static void trace_reset(struct vb_board *b)
{
    static const char *const names[] = {"power-on", "external", "software", "watchdog"};
    vb_trace(b, VB_TRACE_RESET, "%s reset at 0x%08x", names[b->reset_kind], b->cpu.pc);
}

void vb_board_apply_reset(struct vb_board *b)
{
    trace_reset(b);
    b->reset_pending = false;
    b->stop_reason = VB_STOP_TIME;
    b->message[0] = '\0';
    b->stats.resets += b->powered;
    b->powered = true;
    b->reset_applied = true;
    if (b->reset_kind == VB_RESET_POWER) {
        vb_memory_power_on(b);
    }
    for (unsigned i = 0; i < vb_n_devices; i++) {
        if (vb_devices[i].reset != NULL) {
            vb_devices[i].reset(b, b->reset_kind);
        }
    }
    vb_cpu_reset(b);
    vb_memory_reset(b);
}

/* Hardware was here before; whoever comes without it restarts by a jump, which keeps the cause. */
void vb_board_at_reset_vector(struct vb_board *b)
{
    if (!b->reset_applied) {
        vb_trace(b, VB_TRACE_RESET, "restart by a jump to the reset vector");
        b->stats.resets++;
        vb_memory_forget_executed(b);
    }
    b->reset_applied = false;
}

/* --- talking --- */

void vb_board_stop(struct vb_board *b)
{
    b->stop_requested = true;
    b->cpu.attention = true;
}

const char *vb_board_message(const struct vb_board *b)
{
    return b->message;
}

void vb_unmodelled(struct vb_board *b, const char *format, ...)
{
    char what[192];
    va_list args;
    if (b->stop_reason == VB_STOP_UNMODELLED) {
        return; /* the first one explains the run */
    }
    va_start(args, format);
    vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    snprintf(b->message, sizeof(b->message), "not modelled: %s, at pc 0x%08x", what, b->cpu.pc);
    b->stop_reason = VB_STOP_UNMODELLED;
    b->cpu.attention = true;
}

void vb_trace(struct vb_board *b, enum vb_trace_kind kind, const char *format, ...)
{
    char text[256];
    va_list args;
    if (!vb_is_tracing(b)) {
        return;
    }
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    b->config.trace(b->config.ctx, kind, text);
}

void vb_board_get_stats(const struct vb_board *b, struct vb_stats *out)
{
    *out = b->stats;
    out->virtual_us = vb_now(b) / VB_TICKS_PER_US;
    out->idle_us = vb_clock_idle(b) / VB_TICKS_PER_US;
    out->instructions += (uint32_t)(b->cpu.slice_len - b->cpu.slice_left);
    out->mapped_offset = vb_memory_mapped_image(b);
    out->pc = b->cpu.pc;
}

static uint64_t mix(uint64_t hash, const void *bytes, size_t len)
{
    const uint8_t *from = bytes;
    for (size_t i = 0; i + sizeof(uint64_t) <= len; i += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, from + i, sizeof(word));
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return hash;
}

uint64_t vb_board_program_state(const struct vb_board *b)
{
    uint32_t sr[256];
    uint64_t hash = mix(b->cpu.pc, b->cpu.a, sizeof(b->cpu.a));
    memcpy(sr, b->cpu.sr, sizeof(sr));
    sr[VB_SR_CCOUNT] = sr[VB_SR_CCOMPARE0] = 0;
    hash = mix(hash, sr, sizeof(sr));
    hash = mix(hash, b->mem.dram, sizeof(b->mem.dram));
    hash = mix(hash, b->mem.iram, sizeof(b->mem.iram));
    hash = mix(hash, b->rtc.scratch, sizeof(b->rtc.scratch));
    return mix(hash, b->rtc.memory, sizeof(b->rtc.memory));
}

void vb_board_get_cpu(const struct vb_board *b, struct vb_cpu_state *out)
{
    memcpy(out->a, b->cpu.a, sizeof(out->a));
    out->pc = b->cpu.pc;
    for (unsigned i = 0; i < 256; i++) {
        out->sr[i] = vb_cpu_read_sr(b, i);
    }
}

void vb_board_set_cpu(struct vb_board *b, const struct vb_cpu_state *in)
{
    memcpy(b->cpu.a, in->a, sizeof(b->cpu.a));
    b->cpu.pc = in->pc;
    b->cpu.waiting = false;
    memcpy(b->cpu.sr, in->sr, sizeof(b->cpu.sr));
    vb_cpu_write_sr(b, VB_SR_CCOUNT, in->sr[VB_SR_CCOUNT]);
    vb_cpu_clock_changed(b);
    vb_memory_refresh(b);
}
