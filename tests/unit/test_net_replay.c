/* SPDX-License-Identifier: Apache-2.0 */
/* Recordings: written and read back, cut at every byte, with noise in them; and what a replay makes
 * of a device that leaves the recording. The board is never run: its radio is not joined, so frames
 * that are handed to it are seen by the tap alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "net_replay.h"
#include "pcapng.h"

static const uint8_t bytes[60] = {1, 2, 3, 4, 5};

static const struct pcapng_frame frames[] = {
    {5000000123, false, bytes, 60},
    {5000000123, false, bytes, 14},
    {5000000999, true, bytes, 17},
    {UINT64_C(1) << 40, false, bytes, 60},
};
#define N_FRAMES (sizeof(frames) / sizeof(frames[0]))

static size_t make_recording(uint8_t *out, size_t max)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_true(pcapng_write_head(file));
    for (unsigned i = 0; i < N_FRAMES; i++) {
        assert_true(pcapng_write_frame(file, &frames[i]));
    }
    rewind(file);
    size_t len = fread(out, 1, max, file);
    fclose(file);
    return len;
}

static void test_frames_come_back(void **state)
{
    static uint8_t data[4096];
    struct pcapng_reader reader;
    struct pcapng_frame frame;
    const char *why;
    (void)state;
    pcapng_reader_init(&reader, data, make_recording(data, sizeof(data)));
    for (unsigned i = 0; i < N_FRAMES; i++) {
        assert_int_equal(pcapng_read(&reader, &frame, &why), PCAPNG_FRAME);
        assert_int_equal(frame.time_ns, frames[i].time_ns);
        assert_int_equal(frame.is_sent, frames[i].is_sent);
        assert_int_equal(frame.len, frames[i].len);
        assert_memory_equal(frame.byte, bytes, frame.len);
    }
    assert_int_equal(pcapng_read(&reader, &frame, &why), PCAPNG_END);
}

/* Reads all of data, from memory of exactly its size; the number of frames, or -1. */
static int count_frames(const uint8_t *data, size_t len)
{
    struct pcapng_reader reader;
    struct pcapng_frame frame;
    const char *why = NULL;
    enum pcapng_result result;
    int n = 0;
    uint8_t *copy = malloc(len + (len == 0));
    assert_non_null(copy);
    memcpy(copy, data, len);
    pcapng_reader_init(&reader, copy, len);
    while ((result = pcapng_read(&reader, &frame, &why)) == PCAPNG_FRAME) {
        assert_true(frame.byte >= copy && frame.byte + frame.len <= copy + len);
        n++;
    }
    assert_true(result != PCAPNG_BROKEN || why != NULL);
    free(copy);
    return result == PCAPNG_BROKEN ? -1 : n;
}

static void test_cuts_are_noticed(void **state)
{
    static uint8_t data[4096];
    (void)state;
    size_t len = make_recording(data, sizeof(data));
    unsigned n_whole = 0;
    for (size_t cut = 0; cut <= len; cut++) {
        n_whole += count_frames(data, cut) >= 0;
    }
    assert_int_equal(n_whole, 1 + 2 + N_FRAMES); /* nothing, and behind each block */
}

static void test_noise_is_survived(void **state)
{
    static uint8_t good[4096], data[4096];
    uint32_t seed = 3;
    (void)state;
    size_t len = make_recording(good, sizeof(good));
    for (unsigned i = 0; i < 20000; i++) {
        memcpy(data, good, len);
        for (unsigned n = 0; n < 3; n++) {
            seed = seed * 1664525u + 1013904223u;
            data[(seed >> 8) % len] = (uint8_t)(seed >> 24);
        }
        count_frames(data, len);
    }
}

static void test_too_long_frames_are_refused(void **state)
{
    static uint8_t big[PCAPNG_FRAME_MAX + 1];
    FILE *file = tmpfile();
    (void)state;
    assert_true(pcapng_write_frame(file, &(struct pcapng_frame){0, true, big, PCAPNG_FRAME_MAX}));
    assert_false(pcapng_write_frame(file, &(struct pcapng_frame){0, true, big, sizeof(big)}));
    fclose(file);
}

/* --- replays: only the backend and the clock of a board that stands still --- */

static struct net_replay replay;
static struct vb_board *board;

static int open_replay(void **state)
{
    static uint8_t data[4096];
    const struct vb_config config = {.flash_size = 1u << 20};
    char err[64];
    char path[] = "build/tests/replay-XXXXXX";
    size_t len = make_recording(data, sizeof(data));
    int fd = mkstemp(path);
    (void)state;
    if (fd < 0 || write(fd, data, len) != (ssize_t)len) {
        return -1;
    }
    close(fd);
    bool is_open = net_replay_open(&replay, path);
    unlink(path);
    board = vb_board_new(&config, err, sizeof(err));
    if (!is_open || board == NULL) {
        return -1;
    }
    net_replay_attach(&replay, board);
    return 0;
}

static int close_replay(void **state)
{
    (void)state;
    vb_board_free(board);
    net_replay_close(&replay);
    return 0;
}

static void poll_at(uint64_t now_us, uint32_t wait_us)
{
    replay.backend.poll(replay.backend.ctx, board, now_us, wait_us);
}

static uint64_t next_us(void)
{
    return replay.backend.next_us(replay.backend.ctx);
}

static void test_frames_wait_for_their_microsecond(void **state)
{
    (void)state;
    assert_int_equal(next_us(), 5000000);
    poll_at(4999999, 0);
    assert_int_equal(replay.n, 1);
    poll_at(5000000, 10); /* a call that may block hands nothing over */
    assert_int_equal(replay.n, 1);
    poll_at(5000000, 0); /* both of one moment */
    assert_int_equal(replay.n, 3);
    assert_int_equal(next_us(), 5000001);
    assert_false(replay.differs);
    assert_false(replay.backend.is_open(replay.backend.ctx));
}

static void test_silence_is_a_difference(void **state)
{
    (void)state;
    poll_at(5000000, 0);
    poll_at(5000001, 0);
    assert_true(replay.differs);
    assert_string_equal(replay.difference,
                        "frame 3 of the recording: 17 bytes sent at 5000000.999 us, now nothing");
    assert_int_equal(next_us(), UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames_come_back),
        cmocka_unit_test(test_cuts_are_noticed),
        cmocka_unit_test(test_noise_is_survived),
        cmocka_unit_test(test_too_long_frames_are_refused),
        cmocka_unit_test_setup_teardown(test_frames_wait_for_their_microsecond, open_replay,
                                        close_replay),
        cmocka_unit_test_setup_teardown(test_silence_is_a_difference, open_replay, close_replay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
