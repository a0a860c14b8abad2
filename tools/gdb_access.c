/* SPDX-License-Identifier: Apache-2.0 */
/* See gdb_access.h. */
#include "gdb_access.h"

#include "gdb_regs.h"

enum gdb_action gdb_answer(struct gdb_text *reply, bool is_good, int error)
{
    if (is_good) {
        gdb_text_printf(reply, "OK");
    } else {
        gdb_text_printf(reply, "E%02x", error);
    }
    return GDB_REPLY;
}

bool gdb_read_range(const char **p, uint32_t *vaddr, uint32_t *len)
{
    if (!gdb_hex_u32(p, vaddr) || **p != ',') {
        return false;
    }
    (*p)++;
    return gdb_hex_u32(p, len);
}

void gdb_add_word(struct gdb_text *reply, uint32_t value)
{
    const uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                              (uint8_t)(value >> 24)};
    gdb_text_hex(reply, bytes, sizeof(bytes));
}

/* --- registers --- */

static bool read_word(const char *p, uint32_t *out)
{
    uint8_t b[4];
    if (!gdb_hex_bytes(p, b, sizeof(b))) {
        return false;
    }
    *out = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    return true;
}

enum gdb_action gdb_read_all(struct vb_board *board, struct gdb_command p, struct gdb_text *reply)
{
    struct vb_cpu_state cpu;
    (void)p;
    vb_board_get_cpu(board, &cpu);
    for (unsigned n = 0; n < GDB_N_G_REGS; n++) {
        gdb_add_word(reply, *gdb_reg(&cpu, n));
    }
    return GDB_REPLY;
}

enum gdb_action gdb_write_all(struct vb_board *board, struct gdb_command p, struct gdb_text *reply)
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
    return gdb_answer(reply, is_good, GDB_ERROR_PACKET);
}

enum gdb_action gdb_read_one(struct vb_board *board, struct gdb_command p, struct gdb_text *reply)
{
    struct vb_cpu_state cpu;
    uint32_t n;
    if (!gdb_hex_u32(&p.data, &n) || *p.data != '\0' || n >= GDB_N_REGS) {
        return gdb_answer(reply, false, GDB_ERROR_PACKET);
    }
    vb_board_get_cpu(board, &cpu);
    gdb_add_word(reply, *gdb_reg(&cpu, n));
    return GDB_REPLY;
}

enum gdb_action gdb_write_one(struct vb_board *board, struct gdb_command p, struct gdb_text *reply)
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
    return gdb_answer(reply, is_good, GDB_ERROR_PACKET);
}

/* --- memory --- */

/* As much as can be read from the start of the range. Reading a device's register could change it:
 * they are refused. */
enum gdb_action gdb_read_memory(struct vb_board *board, struct gdb_command p,
                                struct gdb_text *reply)
{
    uint32_t vaddr, len;
    uint8_t byte;
    if (!gdb_read_range(&p.data, &vaddr, &len)) {
        return gdb_answer(reply, false, GDB_ERROR_PACKET);
    }
    for (uint32_t i = 0; i < len && i < GDB_PACKET_MAX / 2; i++) {
        if (i > UINT32_MAX - vaddr || !vb_board_read_mem(board, vaddr + i, &byte, 1)) {
            return i > 0 ? GDB_REPLY : gdb_answer(reply, false, GDB_ERROR_MEMORY);
        }
        gdb_text_hex(reply, &byte, 1);
    }
    return GDB_REPLY;
}

enum gdb_action gdb_write_hex(struct vb_board *board, struct gdb_command p, struct gdb_text *reply)
{
    uint32_t vaddr, len;
    uint8_t bytes[GDB_PACKET_MAX / 2];
    bool is_good = gdb_read_range(&p.data, &vaddr, &len) && *p.data == ':' &&
                   len <= sizeof(bytes) && gdb_hex_bytes(p.data + 1, bytes, len);
    if (!is_good) {
        return gdb_answer(reply, false, GDB_ERROR_PACKET);
    }
    return gdb_answer(reply, vb_board_write_mem(board, vaddr, bytes, len), GDB_ERROR_MEMORY);
}

enum gdb_action gdb_write_binary(struct vb_board *board, struct gdb_command p,
                                 struct gdb_text *reply)
{
    const char *end = p.data + p.len;
    uint32_t vaddr, len;
    if (!gdb_read_range(&p.data, &vaddr, &len) || *p.data != ':' ||
        len != (size_t)(end - p.data) - 1) {
        return gdb_answer(reply, false, GDB_ERROR_PACKET);
    }
    return gdb_answer(reply, vb_board_write_mem(board, vaddr, p.data + 1, len), GDB_ERROR_MEMORY);
}

/* --- breakpoints and watches --- */

/* Reads "type,vaddr,kind". */
static bool read_point(struct gdb_command p, uint32_t *type, uint32_t *vaddr, uint32_t *len)
{
    if (!gdb_hex_u32(&p.data, type) || *p.data != ',') {
        return false;
    }
    p.data++;
    return gdb_read_range(&p.data, vaddr, len);
}

static const enum vb_access accesses[] = {
    [2] = VB_ACCESS_STORE, [3] = VB_ACCESS_LOAD, [4] = VB_ACCESS_ANY};

enum gdb_action gdb_set_point(struct vb_board *board, struct gdb_command p, struct gdb_text *reply)
{
    uint32_t type, vaddr, len;
    if (!read_point(p, &type, &vaddr, &len)) {
        return gdb_answer(reply, false, GDB_ERROR_PACKET);
    }
    if (type <= 1) {
        return gdb_answer(reply, vb_board_set_breakpoint(board, vaddr), GDB_ERROR_ROOM);
    }
    if (type > 4) {
        return GDB_REPLY; /* not known */
    }
    return gdb_answer(reply, vb_board_set_watch(board, vaddr, len, accesses[type]), GDB_ERROR_ROOM);
}

enum gdb_action gdb_clear_point(struct vb_board *board, struct gdb_command p,
                                struct gdb_text *reply)
{
    uint32_t type, vaddr, len;
    if (!read_point(p, &type, &vaddr, &len)) {
        return gdb_answer(reply, false, GDB_ERROR_PACKET);
    }
    if (type <= 1) {
        vb_board_clear_breakpoint(board, vaddr);
    } else if (type <= 4) {
        vb_board_clear_watch(board, vaddr, len, accesses[type]);
    } else {
        return GDB_REPLY;
    }
    return gdb_answer(reply, true, 0); /* clearing twice is no error: packets may be repeated */
}
