/* SPDX-License-Identifier: Apache-2.0 */
/* See net_replay.h. Frames in both directions form one sequence: a device that sends too early, too
 * late, not at all or something else leaves it at a known place. */
#include "net_replay.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vb_debug.h"

#define FILE_MAX (1u << 30)

static void advance(struct net_replay *r)
{
    const char *why;
    r->at_end = pcapng_read(&r->reader, &r->next, &why) != PCAPNG_FRAME;
    r->n++;
}

static uint64_t us_of(uint64_t time_ns)
{
    return time_ns / 1000;
}

/* --- differences --- */

static void differ(struct net_replay *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void differ(struct net_replay *r, const char *format, ...)
{
    va_list args;
    if (r->differs) {
        return; /* the first one explains the others */
    }
    int at = snprintf(r->difference, sizeof(r->difference), "frame %u of the recording: ", r->n);
    va_start(args, format);
    vsnprintf(r->difference + at, sizeof(r->difference) - (size_t)at, format, args);
    va_end(args);
    r->differs = true;
    vb_board_stop(r->board);
}

/* Offset of the first byte that differs, or the shorter length. */
static size_t first_different(const struct pcapng_frame *x, const uint8_t *frame, size_t len)
{
    size_t i = 0;
    while (i < x->len && i < len && x->byte[i] == frame[i]) {
        i++;
    }
    return i;
}

static void compare_sent(struct net_replay *r, const uint8_t *frame, size_t len, uint64_t time_ns)
{
    const struct pcapng_frame *next = &r->next;
    size_t same = first_different(next, frame, len);
    if (!next->is_sent) {
        differ(r, "goes to the device at %.3f us; the device sends %zu bytes at %.3f us",
               (double)next->time_ns / 1e3, len, (double)time_ns / 1e3);
    } else if (next->time_ns != time_ns) {
        differ(r, "sent at %.3f us, now at %.3f us", (double)next->time_ns / 1e3,
               (double)time_ns / 1e3);
    } else if (next->len != len) {
        differ(r, "%zu bytes sent at %.3f us, now %zu", next->len, (double)time_ns / 1e3, len);
    } else if (same != len) {
        differ(r, "sent at %.3f us, its byte %zu was 0x%02x and is now 0x%02x",
               (double)time_ns / 1e3, same, next->byte[same], frame[same]);
    }
}

static void on_frame(void *ctx, bool is_sent, const uint8_t *frame, size_t len, uint64_t time_ns)
{
    struct net_replay *r = ctx;
    if (is_sent && !r->at_end && !r->differs) {
        compare_sent(r, frame, len, time_ns);
        advance(r);
    }
}

/* --- the backend --- */

static void on_send(void *ctx, const uint8_t *frame, size_t len)
{
    (void)ctx; /* the tap saw it, with its time */
    (void)frame;
    (void)len;
}

/* A moment after a frame should have been sent is early enough to miss it. */
static uint64_t on_next_us(void *ctx)
{
    const struct net_replay *r = ctx;
    if (r->at_end || r->differs) {
        return UINT64_MAX;
    }
    return us_of(r->next.time_ns) + r->next.is_sent;
}

static void on_poll(void *ctx, struct vb_board *board, uint64_t now_us, uint32_t wait_us)
{
    struct net_replay *r = ctx;
    while (wait_us == 0 && !r->at_end && !r->differs && !r->next.is_sent &&
           us_of(r->next.time_ns) <= now_us) {
        vb_board_net_deliver(board, r->next.byte, r->next.len);
        advance(r);
    }
    if (!r->at_end && r->next.is_sent && us_of(r->next.time_ns) < now_us) {
        differ(r, "%zu bytes sent at %.3f us, now nothing", r->next.len,
               (double)r->next.time_ns / 1e3);
    }
}

static bool on_is_open(void *ctx)
{
    (void)ctx; /* nobody outside is waited for */
    return false;
}

/* --- life --- */

/* Every frame can be read, and time does not run backwards. */
static bool is_sound(const char *path, const struct bytes *file)
{
    struct pcapng_reader reader;
    struct pcapng_frame frame;
    const char *why;
    uint64_t before_ns = 0;
    enum pcapng_result result;
    pcapng_reader_init(&reader, file->data, file->len);
    while ((result = pcapng_read(&reader, &frame, &why)) == PCAPNG_FRAME) {
        if (frame.time_ns < before_ns) {
            io_error("'%s' is no recording: times run backwards at byte %zu", path, reader.at);
            return false;
        }
        before_ns = frame.time_ns;
    }
    if (result == PCAPNG_BROKEN || !reader.has_interface) {
        io_error("'%s' is no recording: %s at byte %zu", path,
                 result == PCAPNG_BROKEN ? why : "no interface", reader.at);
        io_hint("recordings are made by --net-record");
        return false;
    }
    return true;
}

bool net_replay_open(struct net_replay *replay, const char *path)
{
    *replay = (struct net_replay){
        .backend = {.send = on_send, .poll = on_poll, .next_us = on_next_us, .is_open = on_is_open},
    };
    replay->backend.ctx = replay;
    if (!io_read_file(path, FILE_MAX, &replay->file)) {
        return false;
    }
    if (!is_sound(path, &replay->file)) {
        net_replay_close(replay);
        return false;
    }
    pcapng_reader_init(&replay->reader, replay->file.data, replay->file.len);
    advance(replay);
    return true;
}

void net_replay_attach(struct net_replay *replay, struct vb_board *board)
{
    replay->board = board;
    vb_board_set_tap(board, on_frame, replay);
}

void net_replay_close(struct net_replay *replay)
{
    free(replay->file.data);
    replay->file = (struct bytes){0};
}
