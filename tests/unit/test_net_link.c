/* SPDX-License-Identifier: Apache-2.0 */
/* The link model alone: times, order, losses, and what its text form accepts. */
#include "check.h"
#include "net_link.h"
#include "net_words.h"

static struct vb_link_state s;

static void set_link(const char *spec, uint64_t seed)
{
    char err[128];
    struct vb_link link = {0};
    assert_true(vb_link_parse(&link, spec, err, sizeof(err)));
    vb_link_init(&s, &link, seed, 1);
}

static void send(uint8_t tag, size_t len, uint64_t now_us)
{
    uint8_t frame[2000];
    memset(frame, tag, sizeof(frame));
    vb_link_send(&s, frame, len, now_us);
}

static uint8_t take(void)
{
    return vb_link_take(&s)->byte[0];
}

static void a_perfect_link_delivers_at_once(void **state)
{
    (void)state;
    set_link("mtu=1500", 1);
    assert_true(vb_link_next_us(&s) == UINT64_MAX);
    send(7, 100, 5000);
    assert_true(vb_link_next_us(&s) == 5000);
    const struct vb_link_frame *frame = vb_link_take(&s);
    assert_int_equal(frame->len, 100);
    assert_int_equal(frame->byte[99], 7);
    assert_true(vb_link_next_us(&s) == UINT64_MAX);
}

static void bandwidth_sends_one_after_another(void **state)
{
    (void)state;
    set_link("bandwidth=1M,delay=3ms", 1);
    send(1, 1000, 0);
    send(2, 500, 100); /* waits for the first */
    assert_true(vb_link_next_us(&s) == 4000);
    assert_int_equal(take(), 1);
    assert_true(vb_link_next_us(&s) == 4500);
    assert_int_equal(take(), 2);
    send(3, 1000, 10000); /* the line is free again */
    assert_true(vb_link_next_us(&s) == 14000);
}

static void jitter_keeps_the_order(void **state)
{
    (void)state;
    uint64_t last = 0;
    bool differs = false;
    set_link("delay=1ms,jitter=10ms", 3);
    for (uint8_t i = 0; i < 50; i++) {
        send(i, 60, i * 100u);
    }
    for (uint8_t i = 0; i < 50; i++) {
        uint64_t due = vb_link_next_us(&s);
        assert_true(due >= last && due >= i * 100u + 1000 && due <= 50 * 100u + 11000);
        differs |= due != i * 100u + 1000;
        last = due;
        assert_int_equal(take(), i);
    }
    assert_true(differs);
}

static void a_held_back_frame_is_passed(void **state)
{
    (void)state;
    set_link("reorder=100%", 1);
    send(1, 60, 0);
    s.link.reorder_ppm = 0;
    send(2, 60, 10);
    assert_int_equal(take(), 2);
    assert_true(vb_link_next_us(&s) == VB_LINK_REORDER_US);
    assert_int_equal(take(), 1);
    assert_int_equal(s.stats.reordered, 1);
}

static void copies_arrive_twice(void **state)
{
    (void)state;
    set_link("dup=100%", 1);
    send(9, 60, 0);
    assert_int_equal(take(), 9);
    assert_int_equal(take(), 9);
    assert_true(vb_link_next_us(&s) == UINT64_MAX);
    assert_int_equal(s.stats.duplicated, 1);
}

/* Loses about as many as it says, and each rate leaves the others' draws alone. */
static void losses_are_what_was_asked_for(void **state)
{
    (void)state;
    unsigned lost = 0, copied = 0;
    set_link("loss=10%,dup=5%", 4);
    for (unsigned i = 0; i < 10000; i++) {
        send(1, 60, i);
        while (vb_link_next_us(&s) != UINT64_MAX) {
            take();
        }
    }
    lost = (unsigned)s.stats.lost;
    copied = (unsigned)s.stats.duplicated;
    assert_int_equal(s.stats.frames, 10000);
    assert_in_range(lost, 900, 1100);
    assert_in_range(copied, 350, 550);
    set_link("loss=10%,delay=1ms,jitter=2ms", 4);
    for (unsigned i = 0; i < 10000; i++) {
        send(1, 60, i * 5000u);
        while (vb_link_next_us(&s) != UINT64_MAX) {
            take();
        }
    }
    assert_int_equal(s.stats.lost, lost);
}

static void long_packets_and_a_full_queue_are_lost(void **state)
{
    (void)state;
    set_link("mtu=576,delay=1s", 1);
    send(1, 14 + 577, 0);
    send(1, 1900, 0);
    assert_int_equal(s.stats.lost, 2);
    for (unsigned i = 0; i < VB_LINK_QUEUE + 3; i++) {
        send(1, 14 + 576, 0);
    }
    assert_int_equal(s.stats.lost, 5);
    for (unsigned i = 0; i < VB_LINK_QUEUE; i++) {
        take();
    }
    assert_true(vb_link_next_us(&s) == UINT64_MAX);
}

static void the_same_seed_gives_the_same_fate(void **state)
{
    (void)state;
    uint64_t first[64];
    for (unsigned run = 0; run < 2; run++) {
        set_link("delay=1ms,jitter=9ms,loss=20%,dup=20%,reorder=20%", 11);
        for (uint8_t i = 0; i < 40; i++) {
            send(i, 60, i * 1000u);
        }
        for (unsigned i = 0; i < 30; i++) {
            uint64_t what = vb_link_next_us(&s) << 8;
            what |= take();
            assert_true(run == 0 || what == first[i]);
            first[i] = what;
        }
    }
}

/* --- text --- */

static void properties_are_read(void **state)
{
    (void)state;
    struct vb_link link = {.mtu = 900};
    char err[128];
    assert_true(vb_link_parse(&link,
                              "bandwidth=1.5M,delay=20ms,jitter=500us,loss=0.5%,dup=1%,"
                              "reorder=100%",
                              err, sizeof(err)));
    assert_int_equal(link.bandwidth, 1500000);
    assert_int_equal(link.delay_us, 20000);
    assert_int_equal(link.jitter_us, 500);
    assert_int_equal(link.loss_ppm, 5000);
    assert_int_equal(link.dup_ppm, 10000);
    assert_int_equal(link.reorder_ppm, 1000000);
    assert_int_equal(link.mtu, 900);
}

static void bad_properties_change_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *spec, *says;
    } bad[] = {
        {"", "'' is not KEY=VALUE"},
        {"loss", "'loss' is not KEY=VALUE"},
        {"delay=5ms,", "'' is not KEY=VALUE"},
        {"speed=5", "unknown link property 'speed'"},
        {"delay=20", "delay wants a time as 20ms or 1.5s, not '20'"},
        {"delay=-1ms", "delay wants a time as 20ms or 1.5s, not '-1ms'"},
        {"delay=3601s", "delay wants a time as 20ms or 1.5s, not '3601s'"},
        {"loss=101%", "loss wants a share as 10%, not '101%'"},
        {"loss=0.1", "loss wants a share as 10%, not '0.1'"},
        {"bandwidth=5000M", "bandwidth wants bytes per second as 50k or 2M, not '5000M'"},
        {"bandwidth=99999999999999999999", NULL},
        {"mtu=20", "mtu wants 68 to 1500 bytes, not '20'"},
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct vb_link link = {.delay_us = 77};
        char err[128] = "";
        assert_false(vb_link_parse(&link, bad[i].spec, err, sizeof(err)));
        assert_int_equal(link.delay_us, 77);
        if (bad[i].says != NULL) {
            assert_string_equal(err, bad[i].says);
        }
    }
}

static void a_long_text_is_refused(void **state)
{
    (void)state;
    char spec[400], err[128];
    struct vb_link link = {0};
    memset(spec, 'x', sizeof(spec) - 1);
    spec[sizeof(spec) - 1] = '\0';
    assert_false(vb_link_parse(&link, spec, err, sizeof(err)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_perfect_link_delivers_at_once),
        cmocka_unit_test(bandwidth_sends_one_after_another),
        cmocka_unit_test(jitter_keeps_the_order),
        cmocka_unit_test(a_held_back_frame_is_passed),
        cmocka_unit_test(copies_arrive_twice),
        cmocka_unit_test(losses_are_what_was_asked_for),
        cmocka_unit_test(long_packets_and_a_full_queue_are_lost),
        cmocka_unit_test(the_same_seed_gives_the_same_fate),
        cmocka_unit_test(properties_are_read),
        cmocka_unit_test(bad_properties_change_nothing),
        cmocka_unit_test(a_long_text_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
