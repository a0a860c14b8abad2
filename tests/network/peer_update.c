/* SPDX-License-Identifier: Apache-2.0 */
/* Whole updates over the network in virtual time: they succeed, they repeat, they fork, and they
 * survive what the air does to them. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "peer_run.h"

#define MID_DOWNLOAD " kB/s"

static struct peer_result a, b;

static void fail_with(const struct peer_result *r, const char *what)
{
    size_t len = strlen(r->console);
    fail_msg("%s%s; console:\n%s", what, r->has_ended ? "" : ", no end of the run",
             r->console + (len > 800 ? len - 800 : 0));
}

static void check_updated(const struct peer_result *r)
{
    if (!r->has_ended || !r->was_reached || !r->runs_ota_0) {
        fail_with(r, "no update");
    }
}

static void check_printed(const struct peer_result *r, const char *text)
{
    if (strstr(r->console, text) == NULL) {
        fail_with(r, text);
    }
}

static void check_same(const struct peer_result *x, const struct peer_result *y)
{
    assert_true(x->board.instructions == y->board.instructions);
    assert_true(x->board.virtual_us == y->board.virtual_us);
    assert_true(x->net.traffic == y->net.traffic);
    assert_true(x->flash == y->flash);
    assert_true(x->trace == y->trace);
    assert_string_equal(x->console, y->console);
}

/* --- the update and its repetition --- */

static void an_update_reaches_the_new_firmware(void **state)
{
    (void)state;
    peer_run(&(struct peer_case){.seed = 1}, &a, NULL);
    check_updated(&a);
    assert_int_equal(a.net.connections, 1);
    assert_int_equal(a.net.requests, 1);
    assert_true(a.net.body_bytes > 20000);
    assert_int_equal(a.net.up.lost + a.net.down.lost, 0);
    printf("update: %.1f ms virtual, %.1f ms host, %llu instructions\n",
           (double)a.board.virtual_us / 1e3, (double)a.host_us / 1e3,
           (unsigned long long)a.board.instructions);
}

/* The restart into ota_0 leaves the radio as it was. There the updater is on trial: it confirms
 * itself over the air and installs the next image. */
static void an_updater_updates_itself_twice(void **state)
{
    (void)state;
    peer_run(&(struct peer_case){.seed = 1,
                                 .image = "examples/simple_ota_example/build/simple_ota.bin",
                                 .until = "otadata selects ota_1"},
             &a, NULL);
    if (!a.was_reached) {
        fail_with(&a, "no second update");
    }
    check_printed(&a, "ota_0 is on trial: start 1 of 3");
    check_printed(&a, "ota_0 is confirmed");
    assert_int_equal(a.net.requests, 2);
}

/* Keeps a core busy until it is ended. */
static pid_t start_load(void)
{
    pid_t child = fork();
    if (child == 0) {
        alarm(60);
        for (volatile unsigned i = 0;; i++) {
        }
    }
    return child;
}

static void a_busy_host_changes_nothing(void **state)
{
    (void)state;
    struct peer_case c = {.seed = 7, .link = "bandwidth=1M,delay=5ms,jitter=3ms,loss=2%"};
    pid_t load[3];
    peer_run(&c, &a, NULL);
    check_updated(&a);
    for (unsigned i = 0; i < COUNT(load); i++) {
        load[i] = start_load();
    }
    peer_run(&c, &b, NULL);
    for (unsigned i = 0; i < COUNT(load); i++) {
        kill(load[i], SIGKILL);
        waitpid(load[i], NULL, 0);
    }
    check_same(&a, &b);
}

static void slices_of_the_run_change_nothing(void **state)
{
    (void)state;
    struct peer_case c = {.seed = 7, .link = "bandwidth=1M,delay=5ms,jitter=3ms,loss=2%"};
    peer_run(&c, &a, NULL);
    c.slice_us = 777;
    peer_run(&c, &b, NULL);
    check_updated(&b);
    check_same(&a, &b);
}

static void another_seed_is_another_run(void **state)
{
    (void)state;
    peer_run(&(struct peer_case){.seed = 1}, &a, NULL);
    peer_run(&(struct peer_case){.seed = 2}, &b, NULL);
    check_updated(&b);
    assert_true(a.net.traffic != b.net.traffic);
}

static void a_fork_in_mid_download_ends_as_its_twin(void **state)
{
    (void)state;
    struct peer_case c = {.seed = 3, .link = "bandwidth=500k,delay=5ms,jitter=2ms,loss=1%"};
    peer_run(&c, &a, NULL);
    c.fork_at = MID_DOWNLOAD;
    struct peer_result parent;
    peer_run(&c, &parent, &b);
    check_updated(&parent);
    check_updated(&b);
    assert_true(parent.net.body_bytes > 0);
    check_same(&parent, &b);
    check_same(&parent, &a); /* and as the run that was never forked */
}

/* --- what the air does --- */

static void losses_and_delay_are_survived(void **state)
{
    (void)state;
    struct peer_case c = {.link = "delay=200ms,loss=10%", .limit_ms = 600000};
    uint64_t lost_up = 0, lost_down = 0;
    for (c.seed = 1; c.seed <= 4; c.seed++) {
        peer_run(&c, &a, NULL);
        check_updated(&a);
        lost_up += a.net.up.lost;
        lost_down += a.net.down.lost;
        printf("10 %% lost, 200 ms each way: %.1f s virtual, %.1f ms host\n",
               (double)a.board.virtual_us / 1e6, (double)a.host_us / 1e3);
    }
    assert_true(lost_up > 0);
    assert_true(lost_down > 0);
}

static void copies_and_disorder_are_survived(void **state)
{
    (void)state;
    peer_run(&(struct peer_case){.seed = 6,
                                 .link = "bandwidth=2M,delay=3ms,jitter=1ms,dup=10%,reorder=10%"},
             &a, NULL);
    check_updated(&a);
    assert_true(a.net.down.duplicated > 0);
    assert_true(a.net.down.reordered > 0);
}

static void bandwidth_sets_the_pace(void **state)
{
    (void)state;
    peer_run(&(struct peer_case){.seed = 1, .link = "bandwidth=20k"}, &a, NULL);
    check_updated(&a);
    uint64_t least_us = a.net.body_bytes * 1000000u / 20000u;
    assert_true(a.board.virtual_us > least_us);
    assert_true(a.board.virtual_us < least_us + 4000000u);
}

static void a_short_loss_of_the_access_point_is_not_noticed(void **state)
{
    (void)state;
    peer_run(&(struct peer_case){.seed = 1, .script = "after 10000 bytes ap down 1s\n"}, &a, NULL);
    check_updated(&a);
    assert_int_equal(a.net.script_done, 1);
    assert_int_equal(a.net.connections, 1);
    assert_true(a.net.down.lost > 0);
    assert_true(a.board.virtual_us > 2500000u);
}

/* The beacons are missed for longer than the radio waits: the link is given up, and found again. */
static void a_long_loss_of_the_access_point_is_survived(void **state)
{
    (void)state;
    peer_run(&(struct peer_case){.seed = 1,
                                 .script = "after 10000 bytes ap down 20s\n",
                                 .limit_ms = 200000},
             &a, NULL);
    check_updated(&a);
    check_printed(&a, "trying to reconnect");
    assert_true(a.net.connections >= 2);
}

static void an_access_point_that_comes_late_is_found(void **state)
{
    (void)state;
    peer_run(&(struct peer_case){.seed = 1, .script = "at 0ms ap down\nat 2.5s ap up\n"}, &a, NULL);
    check_updated(&a);
    assert_int_equal(a.net.script_done, 2);
    check_printed(&a, "trying to reconnect");
}

/* --- scripts --- */

static void run_script(const char *script, const char *until)
{
    peer_run(&(struct peer_case){.seed = 1, .script = script, .until = until}, &a, NULL);
    if (!a.was_reached) {
        fail_with(&a, until);
    }
}

static void a_stalled_server_is_waited_for(void **state)
{
    (void)state;
    run_script("after 12000 bytes stall 4s\n", "Hello world!");
    check_updated(&a);
    assert_true(a.board.virtual_us > 2000000u);
}

/* Of 12000 bytes all arrive before an orderly end: not one is fetched twice. */
static void a_closed_connection_is_gone_on_with(void **state)
{
    (void)state;
    peer_run(&(struct peer_case){.seed = 1}, &b, NULL);
    run_script("after 12000 bytes close\n", "Hello world!");
    check_updated(&a);
    assert_int_equal(a.net.connections, 2);
    assert_int_equal(a.net.body_bytes, b.net.body_bytes);
    check_printed(&a, "going on at 12000 of ");
}

/* A reset loses what was under way, here a record that had not come whole. */
static void a_reset_connection_is_gone_on_with(void **state)
{
    (void)state;
    peer_run(&(struct peer_case){.seed = 1}, &b, NULL);
    run_script("after 12000 bytes reset\n", "Hello world!");
    check_updated(&a);
    assert_int_equal(a.net.connections, 2);
    assert_in_range(a.net.body_bytes, b.net.body_bytes, b.net.body_bytes + 12000);
}

static void a_status_is_told(void **state)
{
    (void)state;
    run_script("status 404\n", "Firmware Upgrades Failed");
    check_printed(&a, "404");
}

static void a_wrong_length_is_no_update(void **state)
{
    (void)state;
    run_script("length 50000\n", "Firmware Upgrades Failed");
    assert_false(a.runs_ota_0);
    run_script("request 1 length 50000\n", "Hello world!"); /* the next answer is right */
    check_updated(&a);
}

static void a_link_may_change_under_way(void **state)
{
    (void)state;
    run_script("after 10000 bytes link-down bandwidth=10k\n", "Hello world!");
    check_updated(&a);
    assert_true(a.board.virtual_us > (a.net.body_bytes - 10000) * 1000000u / 10000u / 2u);
}

#define CASE(f) cmocka_unit_test(f)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_update_reaches_the_new_firmware),
        CASE(an_updater_updates_itself_twice),
        CASE(a_busy_host_changes_nothing),
        CASE(slices_of_the_run_change_nothing),
        CASE(another_seed_is_another_run),
        CASE(a_fork_in_mid_download_ends_as_its_twin),
        CASE(losses_and_delay_are_survived),
        CASE(copies_and_disorder_are_survived),
        CASE(bandwidth_sets_the_pace),
        CASE(a_short_loss_of_the_access_point_is_not_noticed),
        CASE(a_long_loss_of_the_access_point_is_survived),
        CASE(an_access_point_that_comes_late_is_found),
        CASE(a_stalled_server_is_waited_for),
        CASE(a_closed_connection_is_gone_on_with),
        CASE(a_reset_connection_is_gone_on_with),
        CASE(a_status_is_told),
        CASE(a_wrong_length_is_no_update),
        CASE(a_link_may_change_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
