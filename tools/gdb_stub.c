/* SPDX-License-Identifier: Apache-2.0 */
/* See gdb_stub.h. Fact: packets of GDB's remote serial protocol, appendix E of its manual. */
#include "gdb_stub.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "gdb_access.h"
#include "gdb_monitor.h"
#include "gdb_regs.h"

/* Signal numbers of the protocol. */
enum { SIGNAL_INT = 2, SIGNAL_ILL = 4, SIGNAL_TRAP = 5 };

/* --- going on --- */

/* c and s, with the address to go on at. */
static enum gdb_action go_on(struct vb_board *board, struct gdb_command p, struct gdb_text *reply,
                             enum gdb_action action)
{
    struct vb_cpu_state cpu;
    uint32_t pc;
    if (p.len > 0) {
        if (!gdb_hex_u32(&p.data, &pc) || *p.data != '\0') {
            return gdb_answer(reply, false, GDB_ERROR_PACKET);
        }
        vb_board_get_cpu(board, &cpu);
        cpu.pc = pc;
        vb_board_set_cpu(board, &cpu);
    }
    return action;
}

static enum gdb_action go(struct vb_board *board, struct gdb_command p, struct gdb_text *reply)
{
    return go_on(board, p, reply, GDB_CONTINUE);
}

static enum gdb_action step(struct vb_board *board, struct gdb_command p, struct gdb_text *reply)
{
    return go_on(board, p, reply, GDB_STEP);
}

/* C and S: there is no signal that a chip could be given. */
static enum gdb_action go_signalled(struct vb_board *board, struct gdb_command p,
                                    struct gdb_text *reply)
{
    (void)board, (void)p, (void)reply;
    return GDB_CONTINUE;
}

static enum gdb_action step_signalled(struct vb_board *board, struct gdb_command p,
                                      struct gdb_text *reply)
{
    (void)board, (void)p, (void)reply;
    return GDB_STEP;
}

/* vCont: the first action counts, for there is one thread. */
static enum gdb_action go_by_list(struct vb_board *board, struct gdb_command p,
                                  struct gdb_text *reply)
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
        return gdb_answer(reply, false, GDB_ERROR_PACKET);
    }
}

static enum gdb_action detach(struct vb_board *board, struct gdb_command p, struct gdb_text *reply)
{
    (void)p;
    vb_board_clear_debug(board);
    gdb_answer(reply, true, 0);
    return GDB_DETACH;
}

static enum gdb_action end(struct vb_board *board, struct gdb_command p, struct gdb_text *reply)
{
    (void)board, (void)p, (void)reply;
    return GDB_KILL;
}

/* --- questions --- */

static enum gdb_action tell_stop(struct vb_board *board, struct gdb_command p,
                                 struct gdb_text *reply)
{
    (void)p;
    gdb_stub_stopped(board, VB_STOP_TIME, reply);
    return GDB_REPLY;
}

static enum gdb_action tell_support(struct vb_board *board, struct gdb_command p,
                                    struct gdb_text *reply)
{
    (void)board, (void)p;
    gdb_text_printf(reply,
                    "PacketSize=%x;qXfer:features:read+;swbreak+;hwbreak+;QStartNoAckMode+;"
                    "vContSupported+",
                    GDB_PACKET_MAX);
    return GDB_REPLY;
}

static enum gdb_action tell_description(struct vb_board *board, struct gdb_command p,
                                        struct gdb_text *reply)
{
    struct gdb_text xml = {.len = 0};
    uint32_t off, len;
    (void)board;
    if (!gdb_read_range(&p.data, &off, &len)) {
        return gdb_answer(reply, false, GDB_ERROR_PACKET);
    }
    gdb_regs_describe(&xml);
    size_t left = off < xml.len ? xml.len - off : 0;
    size_t n = len < left ? len : left;
    n = n < GDB_PACKET_MAX - 1 ? n : GDB_PACKET_MAX - 1;
    gdb_text_printf(reply, n == left ? "l" : "m");
    gdb_text_add(reply, xml.data + (left > 0 ? off : 0), n);
    return GDB_REPLY;
}

static enum gdb_action monitor(struct vb_board *board, struct gdb_command p, struct gdb_text *reply)
{
    char line[128];
    struct gdb_text words = {.len = 0};
    size_t len = p.len / 2;
    if (len >= sizeof(line) || !gdb_hex_bytes(p.data, (uint8_t *)line, len)) {
        return gdb_answer(reply, false, GDB_ERROR_PACKET);
    }
    line[len] = '\0';
    gdb_monitor(board, line, &words);
    gdb_text_hex(reply, words.data, words.len);
    return GDB_REPLY;
}

static enum gdb_action stop_acks(struct vb_board *board, struct gdb_command p,
                                 struct gdb_text *reply)
{
    (void)board, (void)p;
    gdb_answer(reply, true, 0);
    return GDB_REPLY_NO_ACK;
}

static enum gdb_action agree(struct vb_board *board, struct gdb_command p, struct gdb_text *reply)
{
    (void)board, (void)p;
    return gdb_answer(reply, true, 0);
}

static enum gdb_action tell_thread(struct vb_board *board, struct gdb_command p,
                                   struct gdb_text *reply)
{
    (void)board;
    if (p.len == 0) { /* qCRC begins so, too */
        gdb_text_printf(reply, "QC1");
    }
    return GDB_REPLY;
}

static enum gdb_action tell_first_thread(struct vb_board *board, struct gdb_command p,
                                         struct gdb_text *reply)
{
    (void)board, (void)p;
    gdb_text_printf(reply, "m1");
    return GDB_REPLY;
}

static enum gdb_action tell_last_thread(struct vb_board *board, struct gdb_command p,
                                        struct gdb_text *reply)
{
    (void)board, (void)p;
    gdb_text_printf(reply, "l");
    return GDB_REPLY;
}

static enum gdb_action tell_attached(struct vb_board *board, struct gdb_command p,
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
    enum gdb_action (*run)(struct vb_board *board, struct gdb_command p, struct gdb_text *reply);
} commands[] = {
    {"?", tell_stop},
    {"g", gdb_read_all},
    {"G", gdb_write_all},
    {"p", gdb_read_one},
    {"P", gdb_write_one},
    {"m", gdb_read_memory},
    {"M", gdb_write_hex},
    {"X", gdb_write_binary},
    {"Z", gdb_set_point},
    {"z", gdb_clear_point},
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
            return commands[i].run(board, (struct gdb_command){packet + n, len - n}, reply);
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
    gdb_add_word(reply, cpu.pc);
    gdb_text_printf(reply, ";");
    if (stop == VB_STOP_DEBUG) {
        tell_halt(board, reply);
    }
}
