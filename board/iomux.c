/* SPDX-License-Identifier: Apache-2.0 */
/* The IO multiplexer: registers. What they make of the pins is in pins.c. */
#include "device_table.h"

bool vb_iomux_read(struct vb_board *b, uint32_t off, uint32_t *value)
{
    *value = b->iomux.reg[off / 4];
    return true;
}

bool vb_iomux_write(struct vb_board *b, uint32_t off, uint32_t value)
{
    b->iomux.reg[off / 4] = value;
    vb_pins_update(b);
    return true;
}

void vb_iomux_reset(struct vb_board *b, enum vb_reset_kind kind)
{
    (void)kind;
    b->iomux = (struct vb_iomux){0};
    vb_pins_update(b);
}
