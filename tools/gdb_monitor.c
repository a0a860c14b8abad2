/* SPDX-License-Identifier: Apache-2.0 */
/* See gdb_monitor.h. */
#include "gdb_monitor.h"

#include <inttypes.h>
#include <string.h>

#include "vb_debug.h"

static void reset(struct vb_board *board, enum vb_boot_strap strap, struct gdb_text *words)
{
    vb_board_external_reset(board, strap);
    vb_board_step(board, 0);
    gdb_text_printf(words, "external reset; `maintenance flush register-cache` shows it\n");
}

static void tell_stats(const struct vb_board *board, struct gdb_text *words)
{
    struct vb_stats st;
    vb_board_get_stats(board, &st);
    gdb_text_printf(words, "virtual time  %" PRIu64 " us\ninstructions  %" PRIu64 "\n",
                    st.virtual_us, st.instructions);
    gdb_text_printf(words, "resets        %" PRIu32 "\n", st.resets);
    if (st.mapped_offset != UINT32_MAX) {
        gdb_text_printf(words, "image at      0x%" PRIx32 "\n", st.mapped_offset);
    }
    gdb_text_printf(words,
                    "flash         %" PRIu64 " reads, %" PRIu64 " programs, %" PRIu64
                    " erases, %" PRIu64 " bytes programmed\n",
                    st.flash_reads, st.flash_programs, st.flash_erases, st.flash_bytes_programmed);
    gdb_text_printf(words, "network       %" PRIu64 " bytes received, %" PRIu64 " sent\n",
                    st.net_rx_bytes, st.net_tx_bytes);
}

static void tell_time(const struct vb_board *board, struct gdb_text *words)
{
    struct vb_moment now;
    vb_board_get_moment(board, &now);
    gdb_text_printf(words, "%" PRIu64 ".%03u us, CCOUNT %" PRIu32 ", instruction %" PRIu64 "\n",
                    now.time_ns / 1000, (unsigned)(now.time_ns % 1000), now.ccount,
                    now.instructions);
}

void gdb_monitor(struct vb_board *board, const char *line, struct gdb_text *words)
{
    if (strcmp(line, "reset") == 0 || strcmp(line, "reset halt") == 0) {
        reset(board, VB_BOOT_FLASH, words);
    } else if (strcmp(line, "reset download") == 0) {
        reset(board, VB_BOOT_DOWNLOAD, words);
    } else if (strcmp(line, "stats") == 0) {
        tell_stats(board, words);
    } else if (strcmp(line, "time") == 0) {
        tell_time(board, words);
    } else {
        gdb_text_printf(words, "reset [download]  pulse EN, straps for flash or download\n"
                               "stats             figures of the run\n"
                               "time              the present moment\n");
    }
}
