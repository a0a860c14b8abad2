/* SPDX-License-Identifier: Apache-2.0 */
/* What stands at the start of partition "staged": written by tests/fault/scenario.sh, obeyed by
 * campaign_main.c. An image follows at STAGED_IMAGE_OFF. */
#ifndef ORDERS_H
#define ORDERS_H

#include <stdint.h>

#define STAGED_MAGIC     0x5244524fu /* "ORDR" */
#define STAGED_IMAGE_OFF 0x1000u
#define STAGED_PIECE_LEN 700u /* neither a page nor a word count: the session must not care */

enum { ORDER_UPDATE, ORDER_ROLL_BACK, ORDER_PREVIOUS, ORDER_FACTORY };
/* Of the images that are not the actor. */
enum { TEMPER_GOOD, TEMPER_CRASH, TEMPER_HANG, TEMPER_RESTART };

struct staged_order {
    uint32_t magic;
    uint32_t image_len;
    uint32_t order;
    uint32_t temper;
    char actor[16]; /* label of the slot whose image obeys; the others confirm themselves */
};

#endif
