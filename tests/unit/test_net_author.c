/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that somebody else writes, over the virtual network without a board, with sanitizers:
 * every step of struct vb_peer_step on plain HTTP. */
#include "check.h"
#include "frame_client.h"
#include "vb_net_peer.h"

#define REQUEST "GET / HTTP/1.1\r\n\r\n"

static struct vb_net_peer *net;

/* What the author says on every connection, step by step. */
static struct {
    bool refuses;
    const struct vb_peer_step *steps;
    unsigned at;
    unsigned n_begun;
    char heard[64];
} author;

static bool begin(void *ctx, unsigned connection)
{
    (void)ctx;
    assert_int_equal(connection, author.n_begun);
    author.n_begun++;
    author.at = 0;
    return !author.refuses;
}

static void next(void *ctx, unsigned connection, const char *request, size_t len,
                 struct vb_peer_step *step)
{
    (void)ctx;
    assert_int_equal(connection, author.n_begun - 1);
    *step = (struct vb_peer_step){.kind = VB_PEER_WAIT};
    if (len >= sizeof(REQUEST) - 1) {
        snprintf(author.heard, sizeof(author.heard), "%.*s", (int)len, request);
        *step = author.steps[author.at++];
    }
}

static int set_up(void **state)
{
    static const struct vb_peer_author ours = {.begin = begin, .next = next};
    char err[256];
    (void)state;
    net = vb_net_peer_new(&(struct vb_net_peer_config){.seed = 1, .port = 80, .author = &ours}, err,
                          sizeof(err));
    if (net == NULL) {
        fprintf(stderr, "%s\n", err);
        return -1;
    }
    frame_client_init(vb_net_peer_backend(net));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    vb_net_peer_free(net);
    return 0;
}

#define SEND(text)                                                                                 \
    {                                                                                              \
        .kind = VB_PEER_SEND, .bytes = (const uint8_t *)text, .len = sizeof(text) - 1              \
    }

/* Connects, asks in two pieces, and lets time pass; returns how many bytes came. */
static size_t converse(const struct vb_peer_step *steps, uint64_t us, const uint8_t **bytes)
{
    size_t len;
    author.steps = steps;
    assert_true(frame_client_connect(80));
    frame_client_send(REQUEST, 5);
    frame_client_run(1000000);
    frame_client_received(&len);
    assert_int_equal(len, 0); /* half a request is none */
    frame_client_send(&REQUEST[5], sizeof(REQUEST) - 6);
    frame_client_run(us);
    *bytes = frame_client_received(&len);
    assert_string_equal(author.heard, REQUEST);
    return len;
}

static void pieces_come_at_their_times(void **state)
{
    (void)state;
    static const struct vb_peer_step steps[] = {
        SEND("one"),
        {.kind = VB_PEER_SEND, .pause_us = 3000000},
        {.kind = VB_PEER_SEND, .pause_us = 10000000, .bytes = (const uint8_t *)"two", .len = 3},
        {.kind = VB_PEER_FINISH},
    };
    const uint8_t *bytes;
    size_t len = converse(steps, 4000000, &bytes);
    assert_int_equal(len, 3);
    assert_false(frame_client_got_fin());
    frame_client_run(12000000);
    bytes = frame_client_received(&len);
    assert_int_equal(len, 6);
    assert_memory_equal(bytes, "onetwo", 6);
    assert_true(frame_client_got_fin());
}

static void a_close_is_a_fin(void **state)
{
    (void)state;
    static const struct vb_peer_step steps[] = {SEND("x"), {.kind = VB_PEER_CLOSE}};
    const uint8_t *bytes;
    assert_int_equal(converse(steps, 1000000, &bytes), 1);
    assert_true(frame_client_got_fin());
    assert_false(frame_client_got_reset());
}

static void a_reset_comes_behind_what_was_sent(void **state)
{
    (void)state;
    static const struct vb_peer_step steps[] = {SEND("abc"), SEND("def"), {.kind = VB_PEER_RESET}};
    const uint8_t *bytes;
    assert_int_equal(converse(steps, 3000000, &bytes), 6);
    assert_true(frame_client_got_reset());
}

/* Until the server's own patience ends: a minute. */
static void silence_is_silent(void **state)
{
    (void)state;
    static const struct vb_peer_step steps[] = {{.kind = VB_PEER_SILENCE}};
    const uint8_t *bytes;
    assert_int_equal(converse(steps, 50000000, &bytes), 0);
    assert_false(frame_client_got_fin());
    assert_false(frame_client_got_reset());
    frame_client_run(20000000);
    assert_true(frame_client_got_reset());
}

static void an_unwanted_connection_is_reset(void **state)
{
    (void)state;
    author.refuses = true;
    bool connected = frame_client_connect(80);
    frame_client_run(1000000);
    assert_true(!connected || frame_client_got_reset());
    author.refuses = false;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_come_at_their_times),         cmocka_unit_test(a_close_is_a_fin),
        cmocka_unit_test(a_reset_comes_behind_what_was_sent), cmocka_unit_test(silence_is_silent),
        cmocka_unit_test(an_unwanted_connection_is_reset),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
