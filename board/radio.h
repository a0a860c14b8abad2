/* SPDX-License-Identifier: Apache-2.0 */
/* The doors from the virtual radio's registers (radio_regs.c) to its states and frames (radio.c).
 */
#ifndef VB_RADIO_H
#define VB_RADIO_H

#include "internal.h"

/* Settings outlive switching off; the link and what waits do not. */
void vb_radio_set_power(struct vb_board *b, bool on);
/* Starts VRADIO_CMD_*; ignored while one runs or the radio is off. */
void vb_radio_command(struct vb_board *b, uint32_t command);
/* Sends len bytes from the frame's address in DRAM. */
void vb_radio_send(struct vb_board *b, uint32_t len);
/* Copies the waiting frame to addr and drops it; drops it. */
void vb_radio_fetch_first(struct vb_board *b, uint32_t addr);
void vb_radio_drop_first(struct vb_board *b);
void vb_radio_update_interrupt(struct vb_board *b);

#endif
