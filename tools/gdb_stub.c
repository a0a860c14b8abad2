/* SPDX-License-Identifier: Apache-2.0 */
/* See gdb_stub.h. Fact: packets of GDB's remote serial protocol, appendix E of its manual. */
#include "gdb_stub.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "gdb_monitor.h"
#include "gdb_regs.h"

/* Signal numbers of the protocol. */
enum { SIGNAL_INT = 2, SIGNAL_ILL = 4, SIGNAL_TRAP = 5 };

enum { ERROR_PACKET = 1, ERROR_MEMORY = 14, ERROR_ROOM = 28 };

/* A packet while it is read. */
struct packet {
    const char *data; /* behind the name of the command */
    size_t len;
};

static enum gdb_action answer(struct gdb_text *reply, bool is_good, int error)
{
    if (is_good) {
        gdb_text_printf(reply, "OK");
    } else {
        gdb_text_printf(reply, "E%02x", error);
    }
    return GDB_REPLY;
}

/* Reads "vaddr,len" and moves *p behind it. */
static bool read_range(const char **p, uint32_t *vaddr, uint32_t *len)
{
    if (!gdb_hex_u32(p, vaddr) || **p != ',') {
        return false;
    }
    (*p)++;
    return gdb_hex_u32(p, len);
}

/* --- registers --- */

static void add_word(struct gdb_text *reply, uint32_t value)
{
    const uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                              (uint8_t)(value >> 24)};
    gdb_text_hex(reply, bytes, sizeof(bytes));
}

static bool read_word(const char *p, uint32_t *out)
{
    uint8_t b[4];
    if (!gdb_hex_bytes(p, b, sizeof(b))) {
        return false;
    }
    *out = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    return true;
}

static enum gdb_action read_all(struct vb_board *board, struct packet p, struct gdb_text *reply)
{
    struct vb_cpu_state cpu;
    (void)p;
    vb_board_get_cpu(board, &cpu);
    for (unsigned n = 0; n < GDB_N_G_REGS; n++) {
        add_word(reply, *gdb_reg(&cpu, n));
    }
    return GDB_REPLY;
}

static enum gdb_action write_all(struct vb_board *board, struct packet p, struct gdb_text *reply)
{
    struct vb_cpu_state cpu;
    bool is_good = p.len >= 8 * GDB_N_G_REGS;
    vb_board_get_cpu(board, &cpu);
    for (unsigned n = 0; is_good && n < GDB_N_G_REGS; n++) {
        is_good = read_word(p.data + 8 * n, gdb_reg(&cpu, n));
    }
    if (is_good) {
        vb_board_set_cpu(board, &cpu);
    }
    return answer(reply, is_good, ERROR_PACKET);
}

static enum gdb_action read_one(struct vb_board *board, struct packet p, struct gdb_text *reply)
{
    struct vb_cpu_state cpu;
    uint32_t n;
    if (!gdb_hex_u32(&p.data, &n) || *p.data != '\0' || n >= GDB_N_REGS) {
        return answer(reply, false, ERROR_PACKET);
    }
    vb_board_get_cpu(board, &cpu);
    add_word(reply, *gdb_reg(&cpu, n));
    return GDB_REPLY;
}

static enum gdb_action write_one(struct vb_board *board, struct packet p, struct gdb_text *reply)
{
    struct vb_cpu_state cpu;
    uint32_t n, value;
    bool is_good = gdb_hex_u32(&p.data, &n) && n < GDB_N_REGS && *p.data == '=' &&
                   read_word(p.data + 1, &value);
    if (is_good) {
        vb_board_get_cpu(board, &cpu);
        *gdb_reg(&cpu, n) = value;
        vb_board_set_cpu(board, &cpu);
    }
    return answer(reply, is_good, ERROR_PACKET);
}

/* --- memory --- */

/* As much as can be read from the start of the range. Reading a device's register could change it:
 * they are refused. */
static enum gdb_action read_memory(struct vb_board *board, struct packet p, struct gdb_text *reply)
{
    uint32_t vaddr, len;
    uint8_t byte;
    if (!read_range(&p.data, &vaddr, &len)) {
        return answer(reply, false, ERROR_PACKET);
    }
    for (uint32_t i = 0; i < len && i < GDB_PACKET_MAX / 2; i++) {
        if (i > UINT32_MAX - vaddr || !vb_board_read_mem(board, vaddr + i, &byte, 1)) {
            return i > 0 ? GDB_REPLY : answer(reply, false, ERROR_MEMORY);
        }
        gdb_text_hex(reply, &byte, 1);
    }
    return GDB_REPLY;
}

static enum gdb_action write_hex(struct vb_board *board, struct packet p, struct gdb_text *reply)
{
    uint32_t vaddr, len;
    uint8_t bytes[GDB_PACKET_MAX / 2];
    bool is_good = read_range(&p.data, &vaddr, &len) && *p.data == ':' && len <= sizeof(bytes) &&
                   gdb_hex_bytes(p.data + 1, bytes, len);
    if (!is_good) {
        return answer(reply, false, ERROR_PACKET);
    }
    return answer(reply, vb_board_write_mem(board, vaddr, bytes, len), ERROR_MEMORY);
}

static enum gdb_action write_binary(struct vb_board *board, struct packet p, struct gdb_text *reply)
{
    const char *end = p.data + p.len;
    uint32_t vaddr, len;
    if (!read_range(&p.data, &vaddr, &len) || *p.data != ':' || len != (size_t)(end - p.data) - 1) {
        return answer(reply, false, ERROR_PACKET);
    }
    return answer(reply, vb_board_write_mem(board, vaddr, p.data + 1, len), ERROR_MEMORY);
}

/* --- breakpoints and watches --- */

/* Reads "type,vaddr,kind". */
static bool read_point(struct packet p, uint32_t *type, uint32_t *vaddr, uint32_t *len)
{
    if (!gdb_hex_u32(&p.data, type) || *p.data != ',') {
        return false;
    }
    p.data++;
    return read_range(&p.data, vaddr, len);
}

static const enum vb_access accesses[] = {
    [2] = VB_ACCESS_STORE, [3] = VB_ACCESS_LOAD, [4] = VB_ACCESS_ANY};

static enum gdb_action set_point(struct vb_board *board, struct packet p, struct gdb_text *reply)
{
    uint32_t type, vaddr, len;
    if (!read_point(p, &type, &vaddr, &len)) {
        return answer(reply, false, ERROR_PACKET);
    }
    if (type <= 1) {
        return answer(reply, vb_board_set_breakpoint(board, vaddr), ERROR_ROOM);
    }
    if (type > 4) {
        return GDB_REPLY; /* not known */
    }
    return answer(reply, vb_board_set_watch(board, vaddr, len, accesses[type]), ERROR_ROOM);
}

static enum gdb_action clear_point(struct vb_board *board, struct packet p, struct gdb_text *reply)
{
    uint32_t type, vaddr, len;
    if (!read_point(p, &type, &vaddr, &len)) {
        return answer(reply, false, ERROR_PACKET);
    }
    if (type <= 1) {
        vb_board_clear_breakpoint(board, vaddr);
    } else if (type <= 4) {
        vb_board_clear_watch(board, vaddr, len, accesses[type]);
    } else {
        return GDB_REPLY;
    }
    return answer(reply, true, 0); /* clearing twice is no error: packets may be repeated */
}

/* --- going on --- */

/* c and s, with the address to go on at. */
static enum gdb_action go_on(struct vb_board *board, struct packet p, struct gdb_text *reply,
                             enum gdb_action action)
{
    struct vb_cpu_state cpu;
    uint32_t pc;
    if (p.len > 0) {
        if (!gdb_hex_u32(&p.data, &pc) || *p.data != '\0') {
            return answer(reply, false, ERROR_PACKET);
        }
        vb_board_get_cpu(board, &cpu);
        cpu.pc = pc;
        vb_board_set_cpu(board, &cpu);
    }
    return action;
}

static enum gdb_action go(struct vb_board *board, struct packet p, struct gdb_text *reply)
{
    return go_on(board, p, reply, GDB_CONTINUE);
}

static enum gdb_action step(struct vb_board *board, struct packet p, struct gdb_text *reply)
{
    return go_on(board, p, reply, GDB_STEP);
}

/* C and S: there is no signal that a chip could be given. */
static enum gdb_action go_signalled(struct vb_board *board, struct packet p, struct gdb_text *reply)
{
    (void)board, (void)p, (void)reply;
    return GDB_CONTINUE;
}

static enum gdb_action step_signalled(struct vb_board *board, struct packet p,
                                      struct gdb_text *reply)
{
    (void)board, (void)p, (void)reply;
    return GDB_STEP;
}

/* vCont: the first action counts, for there is one thread. */
static enum gdb_action go_by_list(struct vb_board *board, struct packet p, struct gdb_text *reply)
{
    (void)board;
    if (p.data[0] == '?') {
        gdb_text_printf(reply, "vCont;c;C;s;S");
        return GDB_REPLY;
    }
    switch (p.data[0] == ';' ? p.data[1] : '\0') {
    case 'c':
    case 'C':
        return GDB_CONTINUE;
    case 's':
    case 'S':
        return GDB_STEP;
    default:
        return answer(reply, false, ERROR_PACKET);
    }
}

static enum gdb_action detach(struct vb_board *board, struct packet p, struct gdb_text *reply)
{
    (void)p;
    vb_board_clear_debug(board);
    answer(reply, true, 0);
    return GDB_DETACH;
}

static enum gdb_action end(struct vb_board *board, struct packet p, struct gdb_text *reply)
{
    (void)board, (void)p, (void)reply;
    return GDB_KILL;
}

/* --- questions --- */

static enum gdb_action tell_stop(struct vb_board *board, struct packet p, struct gdb_text *reply)
{
    (void)p;
    gdb_stub_stopped(board, VB_STOP_TIME, reply);
    return GDB_REPLY;
}

static enum gdb_action tell_support(struct vb_board *board, struct packet p, struct gdb_text *reply)
{
    (void)board, (void)p;
    gdb_text_printf(reply,
                    "PacketSize=%x;qXfer:features:read+;swbreak+;hwbreak+;QStartNoAckMode+;"
                    "vContSupported+",
                    GDB_PACKET_MAX);
    return GDB_REPLY;
}

static enum gdb_action tell_description(struct vb_board *board, struct packet p,
                                        struct gdb_text *reply)
{
    struct gdb_text xml = {.len = 0};
    uint32_t off, len;
    (void)board;
    if (!read_range(&p.data, &off, &len)) {
        return answer(reply, false, ERROR_PACKET);
    }
    gdb_regs_describe(&xml);
    size_t left = off < xml.len ? xml.len - off : 0;
    size_t n = len < left ? len : left;
    n = n < GDB_PACKET_MAX - 1 ? n : GDB_PACKET_MAX - 1;
    gdb_text_printf(reply, n == left ? "l" : "m");
    gdb_text_add(reply, xml.data + (left > 0 ? off : 0), n);
    return GDB_REPLY;
}

static enum gdb_action monitor(struct vb_board *board, struct packet p, struct gdb_text *reply)
{
    char line[128];
    struct gdb_text words = {.len = 0};
    size_t len = p.len / 2;
    if (len >= sizeof(line) || !gdb_hex_bytes(p.data, (uint8_t *)line, len)) {
        return answer(reply, false, ERROR_PACKET);
    }
    line[len] = '\0';
    gdb_monitor(board, line, &words);
    gdb_text_hex(reply, words.data, words.len);
    return GDB_REPLY;
}

static enum gdb_action stop_acks(struct vb_board *board, struct packet p, struct gdb_text *reply)
{
    (void)board, (void)p;
    answer(reply, true, 0);
    return GDB_REPLY_NO_ACK;
}

static enum gdb_action agree(struct vb_board *board, struct packet p, struct gdb_text *reply)
{
    (void)board, (void)p;
    return answer(reply, true, 0);
}

static enum gdb_action tell_thread(struct vb_board *board, struct packet p, struct gdb_text *reply)
{
    (void)board;
    if (p.len == 0) { /* qCRC begins so, too */
        gdb_text_printf(reply, "QC1");
    }
    return GDB_REPLY;
}

static enum gdb_action tell_first_thread(struct vb_board *board, struct packet p,
                                         struct gdb_text *reply)
{
    (void)board, (void)p;
    gdb_text_printf(reply, "m1");
    return GDB_REPLY;
}

static enum gdb_action tell_last_thread(struct vb_board *board, struct packet p,
                                        struct gdb_text *reply)
{
    (void)board, (void)p;
    gdb_text_printf(reply, "l");
    return GDB_REPLY;
}

static enum gdb_action tell_attached(struct vb_board *board, struct packet p,
                                     struct gdb_text *reply)
{
    (void)board, (void)p;
    gdb_text_printf(reply, "1"); /* quitting the debugger detaches */
    return GDB_REPLY;
}

/* --- commands --- */

/* The first that the packet begins with. */
static const struct {
    const char *name;
    enum gdb_action (*run)(struct vb_board *board, struct packet p, struct gdb_text *reply);
} commands[] = {
    {"?", tell_stop},
    {"g", read_all},
    {"G", write_all},
    {"p", read_one},
    {"P", write_one},
    {"m", read_memory},
    {"M", write_hex},
    {"X", write_binary},
    {"Z", set_point},
    {"z", clear_point},
    {"c", go},
    {"C", go_signalled},
    {"s", step},
    {"S", step_signalled},
    {"vCont", go_by_list},
    {"vKill", end},
    {"k", end},
    {"D", detach},
    {"H", agree},
    {"T", agree},
    {"qSupported", tell_support},
    {"qXfer:features:read:target.xml:", tell_description},
    {"qRcmd,", monitor},
    {"QStartNoAckMode", stop_acks},
    {"qfThreadInfo", tell_first_thread},
    {"qsThreadInfo", tell_last_thread},
    {"qAttached", tell_attached},
    {"qC", tell_thread},
};

enum gdb_action gdb_stub_command(struct vb_board *board, const char *packet, size_t len,
                                 struct gdb_text *reply)
{
    reply->len = 0;
    for (unsigned i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        size_t n = strlen(commands[i].name);
        if (n <= len && memcmp(packet, commands[i].name, n) == 0) {
            return commands[i].run(board, (struct packet){packet + n, len - n}, reply);
        }
    }
    return GDB_REPLY; /* empty: not known */
}

static int signal_of(enum vb_stop stop)
{
    switch (stop) {
    case VB_STOP_REQUEST:
    case VB_STOP_DEAD:
        return SIGNAL_INT;
    case VB_STOP_UNMODELLED:
        return SIGNAL_ILL;
    default:
        return SIGNAL_TRAP;
    }
}

static void tell_halt(const struct vb_board *board, struct gdb_text *reply)
{
    struct vb_halt halt;
    vb_board_get_halt(board, &halt);
    if (halt.kind == VB_HALT_BREAKPOINT) {
        gdb_text_printf(reply, "hwbreak:;");
    } else if (halt.kind == VB_HALT_WATCH) {
        const char *name = halt.access == VB_ACCESS_STORE  ? "watch"
                           : halt.access == VB_ACCESS_LOAD ? "rwatch"
                                                           : "awatch";
        gdb_text_printf(reply, "%s:%" PRIx32 ";", name, halt.vaddr);
    }
}

void gdb_stub_stopped(const struct vb_board *board, enum vb_stop stop, struct gdb_text *reply)
{
    struct vb_cpu_state cpu;
    reply->len = 0;
    vb_board_get_cpu(board, &cpu);
    gdb_text_printf(reply, "T%02xthread:1;%02x:", (unsigned)signal_of(stop), GDB_REG_PC);
    add_word(reply, cpu.pc);
    gdb_text_printf(reply, ";");
    if (stop == VB_STOP_DEBUG) {
        tell_halt(board, reply);
    }
}
