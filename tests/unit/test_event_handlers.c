/* SPDX-License-Identifier: Apache-2.0 */
/* Who is called for an event, in which order, and what handlers may do to the list meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "event_handlers.h"

static const char base_a[] = "A", base_b[] = "B";
static struct event_handlers list;
static char calls[32];

static void note(void *arg, esp_event_base_t base, int32_t id, void *data)
{
    (void)base;
    (void)id;
    (void)data;
    strcat(calls, arg);
}

static void note_too(void *arg, esp_event_base_t base, int32_t id, void *data)
{
    note(arg, base, id, data);
}

static void leave(void *arg, esp_event_base_t base, int32_t id, void *data)
{
    note(arg, base, id, data);
    assert_int_equal(event_handlers_remove(&list, base, id, leave), ESP_OK);
}

static void take_next_along(void *arg, esp_event_base_t base, int32_t id, void *data)
{
    note(arg, base, id, data);
    assert_int_equal(event_handlers_remove(&list, base, id, note), ESP_OK);
}

static void add_another(void *arg, esp_event_base_t base, int32_t id, void *data)
{
    note(arg, base, id, data);
    assert_int_equal(event_handlers_add(&list, base, id, note_too, "n"), ESP_OK);
}

static void post_inside(void *arg, esp_event_base_t base, int32_t id, void *data)
{
    note(arg, base, id, data);
    assert_int_equal(event_handlers_remove(&list, base, id, post_inside), ESP_OK);
    event_handlers_dispatch(&list, base, id, data);
}

static void add(esp_event_base_t base, int32_t id, esp_event_handler_t handler, char *name)
{
    assert_int_equal(event_handlers_add(&list, base, id, handler, name), ESP_OK);
}

static const char *dispatch(esp_event_base_t base, int32_t id)
{
    calls[0] = '\0';
    event_handlers_dispatch(&list, base, id, NULL);
    return calls;
}

static int set_up(void **state)
{
    (void)state;
    memset(&list, 0, sizeof(list));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    event_handlers_clear(&list);
    return list.first ? -1 : 0;
}

static void base_and_id_select(void **state)
{
    (void)state;
    add(base_a, 1, note, "1");
    add(base_a, 2, note, "2");
    add(base_a, ESP_EVENT_ANY_ID, note, "a");
    add(base_b, 1, note, "b");
    add(ESP_EVENT_ANY_BASE, ESP_EVENT_ANY_ID, note, "*");
    assert_string_equal(dispatch(base_a, 1), "1a*");
    assert_string_equal(dispatch(base_a, 2), "2a*");
    assert_string_equal(dispatch(base_a, 3), "a*");
    assert_string_equal(dispatch(base_b, 1), "b*");
    assert_string_equal(dispatch(base_b, 0), "*");
}

static void registering_again_replaces_the_argument(void **state)
{
    (void)state;
    add(base_a, 1, note, "x");
    add(base_a, 1, note, "y");
    assert_string_equal(dispatch(base_a, 1), "y");
}

static void bad_registrations_are_refused(void **state)
{
    (void)state;
    assert_int_equal(event_handlers_add(&list, base_a, 1, NULL, NULL), ESP_ERR_INVALID_ARG);
    assert_int_equal(event_handlers_add(&list, ESP_EVENT_ANY_BASE, 1, note, NULL),
                     ESP_ERR_INVALID_ARG);
    assert_int_equal(event_handlers_remove(&list, base_a, 1, NULL), ESP_ERR_INVALID_ARG);
    assert_int_equal(event_handlers_remove(&list, base_a, 1, note), ESP_ERR_NOT_FOUND);
}

static void removal_needs_the_same_selection(void **state)
{
    (void)state;
    add(base_a, ESP_EVENT_ANY_ID, note, "a");
    assert_int_equal(event_handlers_remove(&list, base_a, 1, note), ESP_ERR_NOT_FOUND);
    assert_int_equal(event_handlers_remove(&list, base_a, ESP_EVENT_ANY_ID, note), ESP_OK);
    assert_int_equal(event_handlers_remove(&list, base_a, ESP_EVENT_ANY_ID, note),
                     ESP_ERR_NOT_FOUND);
    assert_string_equal(dispatch(base_a, 1), "");
}

static void a_handler_may_leave(void **state)
{
    (void)state;
    add(base_a, 1, leave, "l");
    add(base_a, 1, note, "n");
    assert_string_equal(dispatch(base_a, 1), "ln");
    assert_string_equal(dispatch(base_a, 1), "n");
}

static void a_removed_handler_is_not_called(void **state)
{
    (void)state;
    add(base_a, 1, take_next_along, "t");
    add(base_a, 1, note, "n");
    add(base_a, 1, note_too, "z");
    assert_string_equal(dispatch(base_a, 1), "tz");
}

static void a_new_handler_waits_for_the_next_event(void **state)
{
    (void)state;
    add(base_a, 1, add_another, "a");
    assert_string_equal(dispatch(base_a, 1), "a");
    assert_string_equal(dispatch(base_a, 1), "an");
}

static void a_dispatch_inside_a_dispatch_keeps_the_list(void **state)
{
    (void)state;
    add(base_a, 1, post_inside, "p");
    add(base_a, 1, note, "n");
    assert_string_equal(dispatch(base_a, 1), "pnn");
    assert_int_equal(list.n_dispatching, 0);
    assert_string_equal(dispatch(base_a, 1), "n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(base_and_id_select, set_up, tear_down),
        cmocka_unit_test_setup_teardown(registering_again_replaces_the_argument, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_registrations_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(removal_needs_the_same_selection, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_handler_may_leave, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_removed_handler_is_not_called, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_handler_waits_for_the_next_event, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_dispatch_inside_a_dispatch_keeps_the_list, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
