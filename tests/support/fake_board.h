/* SPDX-License-Identifier: Apache-2.0 */
/* Devices without a CPU: what devices ask of the rest of the board, with a clock that the test
 * moves and a record of what reached the outside. */
#ifndef FAKE_BOARD_H
#define FAKE_BOARD_H

#include "device_table.h"

struct fake_record {
    uint32_t irq_levels; /* one bit a line */
    unsigned n_edges[16];
    unsigned n_resets;
    enum vb_reset_kind reset_kind;
    unsigned n_unmodelled;
    unsigned n_remaps;
    char uart_text[512]; /* what UART 0 sent */
    size_t n_uart_text;
    uint8_t dram[4096]; /* at FAKE_DRAM */
};
#define FAKE_DRAM 0x3ffe8000u

extern struct fake_record fake;

/* A powered board with blank flash, all devices reset by power-on; fake is cleared. */
struct vb_board *fake_board_new(uint32_t flash_size);
void fake_board_free(struct vb_board *b);
/* Lets virtual time pass; events fire in order. */
void fake_run_us(struct vb_board *b, uint64_t us);

/* A register access by CPU address. Reading one that is not modelled fails the test; a refused
 * write counts as unmodelled. */
uint32_t fake_read(struct vb_board *b, uint32_t vaddr);
void fake_write(struct vb_board *b, uint32_t vaddr, uint32_t value);
bool fake_is_modelled(struct vb_board *b, uint32_t vaddr);

#endif
