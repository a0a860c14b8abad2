/* SPDX-License-Identifier: Apache-2.0 */
/* The analog bus behind the ROM's rom_i2c_* helpers, and the PLL on it. Silicon's protocol is not
 * public; this one is ours, and the built-in ROM speaks it. At 0x60000d10:
 *   write  block | reg << 8 | data << 16 | 1 << 24   stores data in the block's register
 *   write  block | reg << 8                          asks for it
 *   read   bits 23..16: the data asked for; bit 25: busy, always 0
 * The host number of the helpers is not sent: registers are known by block alone. */
#include "device_table.h"

#define BUS_COMMAND 0x10u
#define BUS_WRITE   (1u << 24)
#define BUS_N_REGS  16u

/* Fact: block 103, register 1 = 0x88 and register 2 = 0x91 run CPU and APB at 80 MHz from a 26 MHz
 * crystal (cnlohr/nosdk8266, src/nosdk8266.c). */
#define PLL_BLOCK 103u
#define PLL_REG1  0x88u
#define PLL_REG2  0x91u

#define CPU_X2 1u

static bool pll_is_on(const struct vb_board *b)
{
    const uint8_t *pll = b->analog.bus[PLL_BLOCK];
    return pll[1] == PLL_REG1 && pll[2] == PLL_REG2;
}

void vb_clock_update(struct vb_board *b)
{
    bool is_double = (b->dport.cpu_clock & CPU_X2) != 0;
    if (!pll_is_on(b)) {
        if (is_double) {
            vb_unmodelled(b, "CPU clock doubled while the PLL is off");
        }
        vb_set_clock(b, 52, 52);
        return;
    }
    vb_set_clock(b, is_double ? 160 : 80, 80);
}

static void bus_command(struct vb_board *b, uint32_t command)
{
    struct vb_analog *a = &b->analog;
    uint32_t block = command & 0xffu;
    uint32_t reg = command >> 8 & 0xffu;
    if (reg >= BUS_N_REGS) {
        vb_unmodelled(b, "analog bus register %u of block %u", reg, block);
        return;
    }
    if ((command & BUS_WRITE) != 0) {
        a->bus[block][reg] = (uint8_t)(command >> 16);
        vb_clock_update(b);
    }
    a->reg[BUS_COMMAND / 4] = block | reg << 8 | (uint32_t)a->bus[block][reg] << 16;
}

bool vb_analog_read(struct vb_board *b, uint32_t off, uint32_t *value)
{
    *value = b->analog.reg[off / 4];
    return true;
}

bool vb_analog_write(struct vb_board *b, uint32_t off, uint32_t value)
{
    if (off == BUS_COMMAND) {
        bus_command(b, value);
    } else {
        b->analog.reg[off / 4] = value;
    }
    return true;
}

/* Fact: the PLL outlives watchdog and software resets; EN and power clear it. */
void vb_analog_reset(struct vb_board *b, enum vb_reset_kind kind)
{
    if (kind == VB_RESET_POWER || kind == VB_RESET_EXTERNAL) {
        b->analog = (struct vb_analog){0};
    }
    vb_clock_update(b);
}
