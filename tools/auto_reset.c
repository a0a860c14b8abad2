/* SPDX-License-Identifier: Apache-2.0 */
/* See auto_reset.h. */
#include "auto_reset.h"

void auto_reset_lines(struct auto_reset *a, bool dtr, bool rts, uint64_t now_us)
{
    a->dtr = dtr;
    a->rts = rts;
    if (rts && !dtr) {
        a->is_held = true;
        a->is_rising = false;
    } else if (a->is_held) {
        a->is_rising = true;
        a->settles_us = now_us + (rts ? AUTO_RESET_PAIR_US : AUTO_RESET_SETTLE_US);
    }
}

enum auto_reset_action auto_reset_poll(struct auto_reset *a, uint64_t now_us)
{
    if (!a->is_rising || now_us < a->settles_us) {
        return AUTO_RESET_NONE;
    }
    a->is_rising = false;
    a->is_held = false;
    return a->dtr && !a->rts ? AUTO_RESET_TO_DOWNLOAD : AUTO_RESET_TO_FLASH;
}
