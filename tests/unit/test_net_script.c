/* SPDX-License-Identifier: Apache-2.0 */
/* Scripts of the virtual network: every statement, every refusal with its line, and the order in
 * which rules act. */
#include "check.h"
#include "net_script.h"

static struct vb_script s;
static char err[512];

static void parse(const char *text)
{
    if (!vb_script_parse(&s, "t", text, err, sizeof(err))) {
        fail_msg("refused: %s", err);
    }
}

static void every_statement_is_read(void **state)
{
    (void)state;
    parse("# what the air does\n"
          "at 2s ap down\n"
          "at 4s ap up   # back again\r\n"
          "at 500ms ap down 1.5s\n"
          "\n"
          "after 10k bytes close\n"
          "after 20000 bytes reset\n"
          "\tafter 30000 bytes stall 5s\n"
          "at 6s address 10.0.2.77\n"
          "at 1s link loss=5%\n"
          "at 1s link-up delay=1ms\n"
          "after 1 bytes link-down bandwidth=10k\n"
          "status 404\n"
          "request 2 redirect https://other.test/x\n"
          "request 3 length 10\n"
          "tls 1.3\n"
          "name update.test");
    static const struct {
        enum vb_script_when when;
        uint64_t at;
        enum vb_script_act act;
        uint64_t time_us;
        uint32_t number;
        const char *text;
    } want[] = {
        {VB_WHEN_TIME, 2000000, VB_ACT_AP_DOWN, 0, 0, ""},
        {VB_WHEN_TIME, 4000000, VB_ACT_AP_UP, 0, 0, ""},
        {VB_WHEN_TIME, 500000, VB_ACT_AP_DOWN, 1500000, 0, ""},
        {VB_WHEN_BYTES, 10000, VB_ACT_CLOSE, 0, 0, ""},
        {VB_WHEN_BYTES, 20000, VB_ACT_RESET, 0, 0, ""},
        {VB_WHEN_BYTES, 30000, VB_ACT_STALL, 5000000, 0, ""},
        {VB_WHEN_TIME, 6000000, VB_ACT_ADDRESS, 0, 0x0a00024d, ""},
        {VB_WHEN_TIME, 1000000, VB_ACT_LINK, 0, 0, "loss=5%"},
        {VB_WHEN_TIME, 1000000, VB_ACT_LINK_UP, 0, 0, "delay=1ms"},
        {VB_WHEN_BYTES, 1, VB_ACT_LINK_DOWN, 0, 0, "bandwidth=10k"},
        {VB_WHEN_REQUEST, 0, VB_ACT_STATUS, 0, 404, ""},
        {VB_WHEN_REQUEST, 2, VB_ACT_REDIRECT, 0, 0, "https://other.test/x"},
        {VB_WHEN_REQUEST, 3, VB_ACT_LENGTH, 0, 10, ""},
        {VB_WHEN_START, 0, VB_ACT_TLS, 0, 0x0304, ""},
        {VB_WHEN_START, 0, VB_ACT_NAME, 0, 0, "update.test"},
    };
    assert_int_equal(s.n, COUNT(want));
    for (unsigned i = 0; i < s.n; i++) {
        assert_int_equal(s.rule[i].when, want[i].when);
        assert_true(s.rule[i].at == want[i].at);
        assert_int_equal(s.rule[i].act, want[i].act);
        assert_true(s.rule[i].time_us == want[i].time_us);
        assert_int_equal(s.rule[i].number, want[i].number);
        assert_string_equal(s.rule[i].text, want[i].text);
    }
}

static void refusals_name_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"wait 5s\n", "t:1: expected at, after, request, status, redirect, length, tls or name, "
                      "not 'wait'"},
        {"\n# x\nat noon ap up\n", "t:3: expected a time as 200ms or 2s, not 'noon'"},
        {"at", "t:1: expected a time as 200ms or 2s"},
        {"at 1s", "t:1: expected ap, address, link, link-up, link-down, close, reset or "
                  "stall"},
        {"at 1s address", "t:1: expected an address from 10.0.2.4 to 10.0.2.254"},
        {"at 1s address 10.0.2.3", "t:1: expected an address from 10.0.2.4 to 10.0.2.254, not "
                                   "'10.0.2.3'"},
        {"at 1s address 10.0.3.9", "t:1: expected an address from 10.0.2.4 to 10.0.2.254, not "
                                   "'10.0.3.9'"},
        {"at 1s ap sideways", "t:1: expected 'up' or 'down' after 'ap', not 'sideways'"},
        {"at 1s ap up 3s", "t:1: expected the end of the line, not '3s'"},
        {"at 1s link loss=200%", "t:1: loss wants a share as 10%, not '200%'"},
        {"at 1s link", "t:1: expected link properties as loss=10%,delay=20ms"},
        {"after 100 close", "t:1: expected 'bytes' after the number, not 'close'"},
        {"after -1 bytes close", "t:1: expected a number as 1500 or 10k, not '-1'"},
        {"after 5 bytes stall", "t:1: expected a time as 200ms or 2s"},
        {"status 99", "t:1: a status is 200 to 599, not '99'"},
        {"status 99999999999", "t:1: expected a number as 1500 or 10k, not '99999999999'"},
        {"request 0 status 404", "t:1: requests count from 1"},
        {"request 1 close", "t:1: expected at, after, request, status, redirect, length, tls or "
                            "name, not 'close'"},
        {"redirect", "t:1: expected a URL after 'redirect'"},
        {"tls 1.1", "t:1: expected 1.2 or 1.3 after 'tls', not '1.1'"},
        {"name", "t:1: expected a host name after 'name'"},
        {"a b c d e f g h i", "t:1: more than 8 words"},
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_false(vb_script_parse(&s, "t", bad[i].text, err, sizeof(err)));
        assert_string_equal(err, bad[i].says);
    }
}

static void limits_are_kept(void **state)
{
    (void)state;
    char text[VB_SCRIPT_RULES * 16 + 400];
    size_t n = 0;
    memset(text, 'x', 300);
    text[300] = '\0';
    assert_false(vb_script_parse(&s, "t", text, err, sizeof(err)));
    assert_string_equal(err, "t:1: longer than 255 bytes");
    for (unsigned i = 0; i < VB_SCRIPT_RULES; i++) {
        n += (size_t)snprintf(text + n, sizeof(text) - n, "at %us ap up\n", i);
    }
    assert_true(vb_script_parse(&s, "t", text, err, sizeof(err)));
    snprintf(text + n, sizeof(text) - n, "at 99s ap up\n");
    assert_false(vb_script_parse(&s, "t", text, err, sizeof(err)));
    assert_string_equal(err, "t:65: more than 64 rules");
    memset(text, 'y', 260); /* a word as long as a line may be */
    memcpy(text, "name ", 5);
    text[255] = '\0';
    assert_true(vb_script_parse(&s, "t", text, err, sizeof(err)));
    assert_int_equal(strlen(s.rule[0].text), 250);
}

static void rules_act_in_order_and_once(void **state)
{
    (void)state;
    parse("at 4s ap up\nat 2s ap down\nafter 5 bytes close\nat 2s reset\n");
    assert_true(vb_script_next(&s, VB_WHEN_TIME) == 2000000);
    assert_true(vb_script_next(&s, VB_WHEN_BYTES) == 5);
    assert_null(vb_script_take(&s, VB_WHEN_TIME, 1999999));
    assert_int_equal(vb_script_take(&s, VB_WHEN_TIME, 2000000)->act, VB_ACT_AP_DOWN);
    assert_int_equal(vb_script_take(&s, VB_WHEN_TIME, 2000000)->act, VB_ACT_RESET);
    assert_null(vb_script_take(&s, VB_WHEN_TIME, 2000000));
    assert_int_equal(vb_script_take(&s, VB_WHEN_TIME, 9000000)->act, VB_ACT_AP_UP);
    assert_true(vb_script_next(&s, VB_WHEN_TIME) == UINT64_MAX);
    assert_null(vb_script_take(&s, VB_WHEN_TIME, UINT64_MAX));
}

static void answers_belong_to_their_request(void **state)
{
    (void)state;
    parse("request 2 status 500\nredirect http://x/\n");
    assert_null(vb_script_answer(&s, 1, VB_ACT_STATUS));
    assert_int_equal(vb_script_answer(&s, 2, VB_ACT_STATUS)->number, 500);
    assert_int_equal(vb_script_answer(&s, 2, VB_ACT_STATUS)->number, 500);
    assert_non_null(vb_script_answer(&s, 1, VB_ACT_REDIRECT));
    assert_null(vb_script_answer(&s, 1, VB_ACT_LENGTH));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_statement_is_read),
        cmocka_unit_test(refusals_name_their_line),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(rules_act_in_order_and_once),
        cmocka_unit_test(answers_belong_to_their_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
