/* SPDX-License-Identifier: Apache-2.0 */
/* See board_trace.h. */
#include "board_trace.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "io.h"
#include "vb_debug.h"

static const char *const names[] = {
    [VB_TRACE_RESET] = "reset",         [VB_TRACE_EXCEPTION] = "exception",
    [VB_TRACE_INTERRUPT] = "interrupt", [VB_TRACE_FLASH] = "flash",
    [VB_TRACE_RADIO] = "radio",         [VB_TRACE_INSN] = "insn",
    [VB_TRACE_PIN] = "pin",
};

bool board_trace_open(struct board_trace *trace, const char *path)
{
    *trace = (struct board_trace){.path = path};
    if (path == NULL) {
        return true;
    }
    trace->file = fopen(path, "we");
    if (trace->file == NULL) {
        io_error("cannot open '%s': %s", path, strerror(errno));
        return false;
    }
    fputs("# airslot trace 1: microseconds, CCOUNT, instructions, kind, record\n", trace->file);
    return true;
}

void board_trace_write(struct board_trace *trace, struct vb_board *board,
                       enum vb_trace_kind kind, const char *text)
{
    struct vb_moment now;
    vb_board_get_moment(board, &now);
    fprintf(trace->file, "%" PRIu64 ".%03u %" PRIu32 " %" PRIu64 " %s %s\n", now.time_ns / 1000,
            (unsigned)(now.time_ns % 1000), now.ccount, now.instructions, names[kind], text);
    if (ferror(trace->file)) {
        vb_board_stop(board);
    }
}

bool board_trace_close(struct board_trace *trace)
{
    if (trace->file == NULL) {
        return true;
    }
    bool is_lost = ferror(trace->file) != 0;
    is_lost = fclose(trace->file) != 0 || is_lost;
    trace->file = NULL;
    if (is_lost) {
        io_error("cannot write all of '%s'", trace->path);
    }
    return !is_lost;
}
