/* SPDX-License-Identifier: Apache-2.0 */
/* Each allocation of an update fails, one a case: the board halts where malloc() begins, and the
 * case returns NULL from there by the registers. The firmware has no code for it. */
#include <stdio.h>
#include <stdlib.h>

#include "net_campaign.h"
#include "vb_debug.h"

#define HEAP_EVERY 149u
#define START_MS   30000u
#define WITHIN_MS  300000u
#define WALK_US    UINT64_C(30000000)

/* Where tests/firmware/signed looks for an image: its length, the image. */
#define STAGED_ADDR      0x310000u
#define STAGED_IMAGE_OFF 0x1000u
#define STAGED_IMAGE     "tests/firmware/signed/build/signed.bin"

/* Fact: lx106 calls: a0 holds the way back, a2 the size and then the result. */
static void return_null(struct vb_board *board)
{
    struct vb_cpu_state cpu;
    vb_board_clear_debug(board);
    vb_board_get_cpu(board, &cpu);
    cpu.a[2] = 0;
    cpu.pc = cpu.a[0];
    vb_board_set_cpu(board, &cpu);
}

static uint32_t asked_for(const struct vb_board *board)
{
    struct vb_cpu_state cpu;
    vb_board_get_cpu(board, &cpu);
    return cpu.a[2];
}

/* On to the next allocation; false after the update. */
static bool next_allocation(struct net_lab *lab)
{
    enum vb_stop stop = vb_board_run(lab->d.board, device_stats(&lab->d).virtual_us + WALK_US);
    return stop == VB_STOP_DEBUG && device_stats(&lab->d).resets == lab->at_mark.resets;
}

/* From the mark on. */
static void fail_each(struct campaign *c, struct net_lab *lab, const struct campaign_want *want)
{
    net_lab_mark(lab);
    lab->d.until = NULL;
    if (!vb_board_set_breakpoint(lab->d.board, net_lab_symbol(lab, "malloc"))) {
        fprintf(stderr, "error: no breakpoint at malloc\n");
        exit(1);
    }
    for (unsigned n = CAMPAIGN_FIRST_CASE; next_allocation(lab); n++) {
        if (campaign_takes(c, n, HEAP_EVERY) && net_lab_fork()) {
            char what[80];
            snprintf(what, sizeof what, "allocation %u, of %u bytes, fails", n,
                     (unsigned)asked_for(lab->d.board));
            return_null(lab->d.board);
            campaign_conclude(c, n, lab, want, what);
        }
    }
}

void campaign_heap(struct campaign *c)
{
    static const char *const errors[] = {"ESP_ERR_NO_MEM", NULL};
    static struct net_lab lab;
    net_lab_open(&lab, &(struct net_lab_config){.seed = 1});
    device_run(&lab.d, "Starting OTA...", START_MS);
    fail_each(
        c, &lab,
        &(struct campaign_want){.errors = errors, .within_ms = WITHIN_MS, .spares_heap = true});
}

/* The firmware that demands signatures installs what stands in its flash: an allocation that fails
 * while a signature is checked must neither let it pass nor call it forged. */
void campaign_heap_signed(struct campaign *c)
{
    static const struct net_lab_firmware firmware = {"tests/firmware/signed/", "signed",
                                                     " from ota_0", "signed: refused "};
    static const char *const errors[] = {"0x101", NULL};
    static struct net_lab lab;
    net_lab_open(&lab, &(struct net_lab_config){.seed = 1, .firmware = &firmware});
    uint32_t len = device_load(&lab.d, STAGED_ADDR + STAGED_IMAGE_OFF, STAGED_IMAGE);
    for (unsigned i = 0; i < 4; i++) {
        lab.d.flash[STAGED_ADDR + i] = (uint8_t)(len >> 8 * i);
    }
    device_run(&lab.d, " from factory", START_MS);
    fail_each(
        c, &lab,
        &(struct campaign_want){.errors = errors, .within_ms = WITHIN_MS, .spares_heap = true});
}
