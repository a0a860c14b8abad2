/* SPDX-License-Identifier: Apache-2.0 */
/* What an image of this test application does in the slot that it runs from. Partition "orders"
 * holds a word for each slot: factory, ota_0, ota_1; then the length of the image in "staged". */
#ifndef TRIAL_ORDERS_H
#define TRIAL_ORDERS_H

enum trial_order {
    TRIAL_IDLE = 0,       /* says that it runs, and waits */
    TRIAL_CRASH,          /* a store to nowhere */
    TRIAL_LOOP,           /* a loop that lets no other task run */
    TRIAL_HANG,           /* the same asleep, interrupts served */
    TRIAL_HANG_LOCKED,    /* asleep with interrupts masked */
    TRIAL_RESTART,        /* esp_restart() at once */
    TRIAL_CONFIRM,        /* confirms itself, and waits */
    TRIAL_CONFIRM_CRASH,  /* confirms itself, then a store to nowhere */
    TRIAL_REJECT,         /* rejects itself, with restart */
    TRIAL_PREVIOUS,       /* selects the previous image, and restarts */
    TRIAL_FACTORY,        /* selects factory, and restarts */
    TRIAL_UPDATE,         /* installs the staged image in the next slot, and restarts */
    TRIAL_CONFIRM_UPDATE, /* confirms itself before */
    TRIAL_FORGET,         /* erases the previous image and the older record, and waits */
};

#define TRIAL_LENGTH_OFF 12u /* of the staged image's length in "orders" */

#endif
