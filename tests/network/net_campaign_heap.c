/* SPDX-License-Identifier: Apache-2.0 */
/* Each allocation of an update fails, one a case: the board halts where malloc() begins, and the
 * case returns NULL from there by the registers. The firmware has no code for it. */
#include <stdio.h>
#include <stdlib.h>

#include "net_campaign.h"
#include "vb_debug.h"

#define HEAP_EVERY 149u
#define WITHIN_MS  300000u
#define WALK_US    UINT64_C(30000000)

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

/* The second for the answer's head: the line before says why. */
static const char *const memory_errors[] = {"ESP_ERR_NO_MEM", "ESP_ERR_HTTP_FETCH_HEADER", NULL};

void campaign_heap(struct campaign *c)
{
    static struct net_lab lab;
    net_lab_open(&lab, &(struct net_lab_config){.seed = 1});
    device_run(&lab.d, "Starting OTA...", 30000);
    net_lab_mark(&lab);
    lab.d.until = NULL;
    if (!vb_board_set_breakpoint(lab.d.board, net_lab_symbol("malloc"))) {
        fprintf(stderr, "error: no breakpoint at malloc\n");
        exit(1);
    }
    for (unsigned n = CAMPAIGN_FIRST_CASE; next_allocation(&lab); n++) {
        if (campaign_takes(c, n, HEAP_EVERY) && net_lab_fork()) {
            char what[80];
            snprintf(what, sizeof what, "allocation %u, of %u bytes, fails", n,
                     (unsigned)asked_for(lab.d.board));
            return_null(lab.d.board);
            campaign_conclude(c, n, &lab,
                              &(struct campaign_want){.errors = memory_errors,
                                                      .cause = "(ESP_ERR_NO_MEM)",
                                                      .within_ms = WITHIN_MS,
                                                      .spares_heap = true},
                              what);
        }
    }
}
