/* SPDX-License-Identifier: Apache-2.0 */
/* What is modelled of the MAC's registers: the random number and the microsecond counter. */
#include "device_table.h"

enum {
    MICROSECONDS = 0xc00,
    RANDOM = 0xe44,
};

bool vb_wdev_read(struct vb_board *b, uint32_t off, uint32_t *value)
{
    switch (off) {
    case MICROSECONDS:
        *value = (uint32_t)(vb_now(b) / VB_TICKS_PER_US);
        return true;
    case RANDOM:
        *value = (uint32_t)(vb_random(b) >> 32);
        return true;
    default:
        return false;
    }
}

bool vb_wdev_write(struct vb_board *b, uint32_t off, uint32_t value)
{
    (void)b;
    (void)off;
    (void)value;
    return false;
}

void vb_wdev_reset(struct vb_board *b, enum vb_reset_kind kind)
{
    (void)b;
    (void)kind;
}
