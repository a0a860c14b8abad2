/* SPDX-License-Identifier: Apache-2.0 */
/* SPI0, the controller of the flash chip. A command takes the time of its bits on the bus; the chip
 * sees it, and results appear, when it ends. What real software never sends (several start bits at
 * once, full duplex, HPM, odd bit counts) stops the run. */
#include <string.h>

#include "device_table.h"

enum {
    CMD = 0x00,
    ADDR = 0x04,
    CTRL = 0x08,
    RD_STATUS = 0x10,
    CLOCK = 0x18,
    USER = 0x1c,
    USER1 = 0x20,
    USER2 = 0x24,
    W0 = 0x40,
    W15 = 0x7c,
    EXT2 = 0xf8,
    EXT3 = 0xfc,
};

#define CMD_READ (1u << 31)
#define CMD_WREN (1u << 30)
#define CMD_WRDI (1u << 29)
#define CMD_RDID (1u << 28)
#define CMD_RDSR (1u << 27)
#define CMD_WRSR (1u << 26)
#define CMD_PP   (1u << 25)
#define CMD_SE   (1u << 24)
#define CMD_BE   (1u << 23)
#define CMD_CE   (1u << 22)
#define CMD_DP   (1u << 21)
#define CMD_RES  (1u << 20)
#define CMD_USR  (1u << 18)
#define CMD_ALL  0xfffc0000u

#define CTRL_FASTRD (1u << 13)
#define CTRL_DOUT   (1u << 14)
#define CTRL_AHB    (1u << 17)
#define CTRL_QOUT   (1u << 20)
#define CTRL_WRSR2  (1u << 22)
#define CTRL_DIO    (1u << 23)
#define CTRL_QIO    (1u << 24)

#define USER_DUPLEX    (1u << 0)
#define USER_MISO_HIGH (1u << 24)
#define USER_MOSI_HIGH (1u << 25)
#define USER_MOSI      (1u << 27)
#define USER_MISO      (1u << 28)
#define USER_DUMMY     (1u << 29)
#define USER_ADDR      (1u << 30)
#define USER_COMMAND   (1u << 31)

/* Fact: 0x313 is APB/4, the clock the ROM sets; taken as the reset value too, so that a READ works
 * before any set-up. */
#define CTRL_AT_RESET  0x00000313u
#define CLOCK_AT_RESET 0x00003043u
#define USER_AT_RESET  0x00000004u

#define N_W       64u                   /* bytes in W0..W15 */
#define MAX_BYTES (2u + 4u + 32u + 64u) /* command, address, dummy, data */

/* One command as it goes over the bus. */
struct transfer {
    uint8_t tx[MAX_BYTES];
    uint32_t n_tx;
    uint32_t n_rx;   /* bytes, at most N_W */
    uint32_t clocks; /* of the SPI clock */
};

static uint32_t reg(const struct vb_board *b, uint32_t off)
{
    return b->spi.reg[off / 4];
}

bool vb_spi_allows_cache(const struct vb_board *b)
{
    return (reg(b, CTRL) & CTRL_AHB) != 0;
}

static void w_load(const struct vb_board *b, uint32_t first, uint8_t *dst, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = (first + i) % N_W;
        dst[i] = (uint8_t)(b->spi.reg[W0 / 4 + at / 4] >> 8 * (at % 4));
    }
}

/* Whole words are replaced: bytes past n become 0. */
static void w_store(struct vb_board *b, uint32_t first, const uint8_t *src, uint32_t n)
{
    for (uint32_t i = 0; i < n; i += 4) {
        uint32_t word = 0;
        for (uint32_t j = 0; j < 4 && i + j < n; j++) {
            word |= (uint32_t)src[i + j] << 8 * j;
        }
        b->spi.reg[W0 / 4 + (first + i) % N_W / 4] = word;
    }
}

static void put(struct transfer *t, uint8_t byte)
{
    t->tx[t->n_tx++] = byte;
}

static void put_addr(struct transfer *t, uint32_t addr)
{
    put(t, (uint8_t)(addr >> 16));
    put(t, (uint8_t)(addr >> 8));
    put(t, (uint8_t)addr);
}

/* --- fixed commands --- */

struct read_mode {
    uint32_t ctrl; /* any of these bits */
    uint8_t opcode;
    uint8_t addr_lines, dummy_clocks, dummy_bytes, data_lines;
};

static const struct read_mode *read_mode(uint32_t ctrl)
{
    static const struct read_mode modes[] = {
        {CTRL_QIO, 0xeb, 4, 6, 3, 4},    {CTRL_DIO, 0xbb, 2, 4, 1, 2},
        {CTRL_QOUT, 0x6b, 1, 8, 1, 4},   {CTRL_DOUT, 0x3b, 1, 8, 1, 2},
        {CTRL_FASTRD, 0x0b, 1, 8, 1, 1},
    };
    static const struct read_mode plain = {0, 0x03, 1, 0, 0, 1};
    for (unsigned i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        if ((ctrl & modes[i].ctrl) != 0) {
            return &modes[i];
        }
    }
    return &plain;
}

static void make_read(const struct vb_board *b, struct transfer *t)
{
    const struct read_mode *mode = read_mode(reg(b, CTRL));
    put(t, mode->opcode);
    put_addr(t, reg(b, ADDR));
    for (unsigned i = 0; i < mode->dummy_bytes; i++) {
        put(t, 0);
    }
    t->n_rx = reg(b, ADDR) >> 24;
    t->clocks = 8u + 24u / mode->addr_lines + mode->dummy_clocks + t->n_rx * 8u / mode->data_lines;
}

static void make_page_program(const struct vb_board *b, struct transfer *t)
{
    uint32_t n = reg(b, ADDR) >> 24;
    put(t, 0x02);
    put_addr(t, reg(b, ADDR));
    w_load(b, 0, t->tx + t->n_tx, n);
    t->n_tx += n;
}

static void make_write_status(const struct vb_board *b, struct transfer *t)
{
    put(t, 0x01);
    put(t, (uint8_t)reg(b, RD_STATUS));
    if ((reg(b, CTRL) & CTRL_WRSR2) != 0) {
        put(t, (uint8_t)(reg(b, RD_STATUS) >> 8));
    }
}

static void make_erase(const struct vb_board *b, struct transfer *t, uint8_t opcode)
{
    put(t, opcode);
    put_addr(t, reg(b, ADDR));
}

static bool make_fixed(const struct vb_board *b, uint32_t cmd, struct transfer *t)
{
    switch (cmd) {
    case CMD_READ:
        make_read(b, t);
        return true;
    case CMD_PP:
        make_page_program(b, t);
        break;
    case CMD_SE:
        make_erase(b, t, 0x20);
        break;
    case CMD_BE:
        make_erase(b, t, 0xd8);
        break;
    case CMD_CE:
        put(t, 0xc7);
        break;
    case CMD_WREN:
        put(t, 0x06);
        break;
    case CMD_WRDI:
        put(t, 0x04);
        break;
    case CMD_RDSR:
        put(t, 0x05);
        t->n_rx = 1;
        break;
    case CMD_WRSR:
        make_write_status(b, t);
        break;
    case CMD_RDID:
        put(t, 0x9f);
        t->n_rx = 3;
        break;
    case CMD_RES:
        put(t, 0xab);
        put_addr(t, 0);
        t->n_rx = 1;
        break;
    case CMD_DP:
        put(t, 0xb9);
        break;
    default:
        return false;
    }
    t->clocks = (t->n_tx + t->n_rx) * 8u;
    return true;
}

/* --- the user-defined command --- */

static uint32_t user_bits(const struct vb_board *b, uint32_t phase)
{
    if ((reg(b, USER) & phase) == 0) {
        return 0;
    }
    switch (phase) {
    case USER_COMMAND:
        return (reg(b, USER2) >> 28) + 1;
    case USER_ADDR:
        return (reg(b, USER1) >> 26) + 1;
    case USER_DUMMY:
        return (reg(b, USER1) & 0xffu) + 1;
    case USER_MOSI:
        return (reg(b, USER1) >> 17 & 0x1ffu) + 1;
    default:
        return (reg(b, USER1) >> 8 & 0x1ffu) + 1;
    }
}

/* Phases that the chip can take: whole bytes towards it, at most 32 address bits. */
static bool user_is_modelled(const struct vb_board *b)
{
    uint32_t towards = user_bits(b, USER_COMMAND) | user_bits(b, USER_ADDR) |
                       user_bits(b, USER_MOSI) | user_bits(b, USER_DUMMY);
    return towards % 8 == 0 && user_bits(b, USER_ADDR) <= 32 && (reg(b, USER) & USER_DUPLEX) == 0;
}

static bool make_user(const struct vb_board *b, struct transfer *t)
{
    if (!user_is_modelled(b)) {
        return false;
    }
    for (uint32_t i = 0; i < user_bits(b, USER_COMMAND); i += 8) {
        put(t, (uint8_t)(reg(b, USER2) >> i));
    }
    for (uint32_t i = 0; i < user_bits(b, USER_ADDR); i += 8) {
        put(t, (uint8_t)(reg(b, ADDR) >> (24 - i)));
    }
    for (uint32_t i = 0; i < user_bits(b, USER_DUMMY); i += 8) {
        put(t, 0);
    }
    uint32_t n_mosi = user_bits(b, USER_MOSI) / 8;
    w_load(b, (reg(b, USER) & USER_MOSI_HIGH) != 0 ? 32 : 0, t->tx + t->n_tx, n_mosi);
    t->n_tx += n_mosi;
    t->n_rx = (user_bits(b, USER_MISO) + 7) / 8;
    t->clocks = t->n_tx * 8u + user_bits(b, USER_MISO);
    return true;
}

static void finish_user(struct vb_board *b, uint8_t *rx, uint32_t n_rx)
{
    uint32_t odd_bits = user_bits(b, USER_MISO) % 8;
    if (odd_bits != 0) {
        rx[n_rx - 1] &= (uint8_t)((1u << odd_bits) - 1);
    }
    w_store(b, (reg(b, USER) & USER_MISO_HIGH) != 0 ? 32 : 0, rx, n_rx);
}

/* --- start and end --- */

static bool make(const struct vb_board *b, uint32_t cmd, struct transfer *t)
{
    *t = (struct transfer){0};
    if ((cmd & (CMD_READ | CMD_PP)) != 0 && reg(b, ADDR) >> 24 > N_W) {
        return false;
    }
    bool is_made = cmd == CMD_USR ? make_user(b, t) : make_fixed(b, cmd, t);
    return is_made && t->n_rx <= N_W;
}

static uint32_t clock_divider(const struct vb_board *b, uint32_t cmd)
{
    uint32_t clock = reg(b, CLOCK);
    uint32_t ctrl = reg(b, CTRL);
    if (cmd == CMD_USR) {
        bool is_system = (clock >> 31) != 0;
        return is_system ? 1 : ((clock >> 18 & 0x1fffu) + 1) * ((clock >> 12 & 0x3fu) + 1);
    }
    return (ctrl >> 12 & 1u) != 0 ? 1 : (ctrl >> 8 & 0xfu) + 1;
}

static void start(struct vb_board *b, uint32_t value)
{
    struct transfer t;
    uint32_t cmd = value & CMD_ALL;
    if (cmd == 0) {
        return;
    }
    if (b->spi.cmd != 0 || !make(b, cmd, &t)) {
        vb_unmodelled(b, "SPI0 command 0x%08x%s", value, b->spi.cmd != 0 ? " while busy" : "");
        return;
    }
    b->spi.cmd = cmd;
    uint64_t ticks = (uint64_t)t.clocks * clock_divider(b, cmd) * b->apb_ticks;
    vb_schedule(b, VB_EVENT_SPI, vb_now(b) + ticks);
}

void vb_spi_event(struct vb_board *b)
{
    struct transfer t;
    uint8_t rx[N_W];
    uint32_t cmd = b->spi.cmd;
    b->spi.cmd = 0;
    vb_note_work(b);
    vb_schedule(b, VB_EVENT_SPI, VB_NEVER);
    if (!make(b, cmd, &t)) {
        vb_unmodelled(b, "SPI0 registers changed under command 0x%08x", cmd);
        return;
    }
    vb_nor_transact(b, t.tx, t.n_tx, rx, t.n_rx);
    if (cmd == CMD_USR) {
        finish_user(b, rx, t.n_rx);
    } else if (cmd == CMD_RDSR) {
        b->spi.reg[RD_STATUS / 4] = rx[0];
    } else {
        w_store(b, 0, rx, t.n_rx);
    }
}

static bool is_register(uint32_t off)
{
    return off <= 0x3c || (off >= W0 && off <= W15) || off == EXT2 || off == EXT3;
}

bool vb_spi_read(struct vb_board *b, uint32_t off, uint32_t *value)
{
    if (!is_register(off)) {
        return false;
    }
    *value = off == CMD ? b->spi.cmd : b->spi.reg[off / 4];
    return true;
}

static void write_ctrl(struct vb_board *b, uint32_t value)
{
    uint32_t old = reg(b, CTRL);
    b->spi.reg[CTRL / 4] = value;
    if (((old ^ value) & CTRL_AHB) != 0) {
        vb_memory_remap(b);
    }
}

bool vb_spi_write(struct vb_board *b, uint32_t off, uint32_t value)
{
    if (!is_register(off) || off == EXT2) {
        return false;
    }
    if (off == CMD) {
        start(b, value);
    } else if (off == CTRL) {
        write_ctrl(b, value);
    } else {
        b->spi.reg[off / 4] = value;
    }
    return true;
}

void vb_spi_reset(struct vb_board *b, enum vb_reset_kind kind)
{
    b->spi = (struct vb_spi){0};
    b->spi.reg[CTRL / 4] = CTRL_AT_RESET;
    b->spi.reg[CLOCK / 4] = CLOCK_AT_RESET;
    b->spi.reg[USER / 4] = USER_AT_RESET;
    vb_schedule(b, VB_EVENT_SPI, VB_NEVER);
    vb_memory_remap(b);
    vb_nor_reset(b, kind);
}
