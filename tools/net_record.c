/* SPDX-License-Identifier: Apache-2.0 */
/* See net_record.h. */
#include "net_record.h"

#include <errno.h>
#include <string.h>

#include "io.h"
#include "pcapng.h"

bool net_record_open(struct net_record *record, const char *path)
{
    *record = (struct net_record){.path = path};
    if (path == NULL) {
        return true;
    }
    record->file = fopen(path, "we");
    if (record->file == NULL) {
        io_error("cannot open '%s': %s", path, strerror(errno));
        return false;
    }
    record->failed = !pcapng_write_head(record->file);
    return true;
}

static void on_frame(void *ctx, bool is_sent, const uint8_t *frame, size_t len, uint64_t time_ns)
{
    struct net_record *record = ctx;
    const struct pcapng_frame recorded = {time_ns, is_sent, frame, len};
    record->failed = !pcapng_write_frame(record->file, &recorded) || record->failed;
    if (record->failed) {
        vb_board_stop(record->board);
    }
}

void net_record_attach(struct net_record *record, struct vb_board *board)
{
    if (record->file != NULL) {
        record->board = board;
        vb_board_set_tap(board, on_frame, record);
    }
}

bool net_record_close(struct net_record *record)
{
    if (record->file == NULL) {
        return true;
    }
    record->failed = fclose(record->file) != 0 || record->failed;
    record->file = NULL;
    if (record->failed) {
        io_error("cannot write all of '%s'", record->path);
    }
    return !record->failed;
}
