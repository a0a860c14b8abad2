/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts by state: each is found again, none for a state that nobody judged, the first one stays.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "memo.h"

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct cam_memo));
    return *state != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    free(*state);
    return 0;
}

static void keep(struct cam_memo *memo, uint64_t state, uint32_t ops)
{
    cam_memo_keep(memo, state, &(struct cam_verdict){.outcome = CAM_OLD, .ops = ops});
}

static uint32_t recall(const struct cam_memo *memo, uint64_t state)
{
    struct cam_verdict verdict = {0};
    return cam_memo_recall(memo, state, &verdict) ? verdict.ops : 0;
}

static void what_was_kept_is_recalled(void **state)
{
    assert_int_equal(recall(*state, 7), 0);
    keep(*state, 7, 1);
    keep(*state, 7 + CAM_MAX_STATES, 2); /* the same place */
    keep(*state, UINT64_MAX, 3);
    assert_int_equal(recall(*state, 7), 1);
    assert_int_equal(recall(*state, 7 + CAM_MAX_STATES), 2);
    assert_int_equal(recall(*state, UINT64_MAX), 3);
    assert_int_equal(recall(*state, 7 + 2 * CAM_MAX_STATES), 0);
}

static void the_first_verdict_stays(void **state)
{
    keep(*state, 7, 1);
    keep(*state, 7, 2);
    assert_int_equal(recall(*state, 7), 1);
}

static void state_zero_is_a_state(void **state)
{
    assert_int_equal(recall(*state, 0), 0);
    keep(*state, 0, 9);
    assert_int_equal(recall(*state, 0), 9);
}

static void a_full_memo_forgets_and_never_lies(void **state)
{
    for (uint64_t i = 0; i < 1000; i++) {
        keep(*state, 5 + i * CAM_MAX_STATES, (uint32_t)i + 1);
    }
    for (uint64_t i = 0; i < 1000; i++) {
        uint32_t found = recall(*state, 5 + i * CAM_MAX_STATES);
        assert_true(found == 0 || found == i + 1);
    }
    assert_int_equal(recall(*state, 5), 1);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(what_was_kept_is_recalled),
        CASE(the_first_verdict_stays),
        CASE(state_zero_is_a_state),
        CASE(a_full_memo_forgets_and_never_lies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
