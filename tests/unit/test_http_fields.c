/* SPDX-License-Identifier: Apache-2.0 */
/* Single header values: what names a part or a version of a file exactly, and what only looks so.
 */
#include "check.h"

#include "http_fields.h"

static void content_ranges(void **state)
{
    (void)state;
    esp_http_client_range_t range;
    assert_int_equal(http_content_range_parse("bytes 4096-524287/524288", &range), ESP_OK);
    assert_int_equal(range.first, 4096);
    assert_int_equal(range.last, 524287);
    assert_int_equal(range.total, 524288);
    assert_int_equal(http_content_range_parse("Bytes 0-0/1", &range), ESP_OK);
    assert_int_equal(http_content_range_parse("bytes 0-2147483646/2147483647", &range), ESP_OK);
    static const char *const bad[] = {"",
                                      "bytes",
                                      "bytes ",
                                      "bytes 0-1/*",
                                      "bytes */5",
                                      "bytes=0-1/2",
                                      "items 0-1/2",
                                      "bytes 0-1/1",
                                      "bytes 1-0/5",
                                      "bytes -1-1/5",
                                      "bytes +0-1/5",
                                      "bytes 0-1/5 ",
                                      "bytes  0-1/5",
                                      "bytes 0 -1/5",
                                      "bytes 0-1",
                                      "bytes 0-/5",
                                      "bytes 0-1/5,0-1/5",
                                      "bytes 0-1/2147483648",
                                      "bytes 0-1/4294967298",
                                      "bytes 4294967296-4294967297/4294967300",
                                      "bytes 0x0-1/5"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        range.first = 7;
        assert_int_equal(http_content_range_parse(bad[i], &range), ESP_ERR_INVALID_RESPONSE);
        assert_int_equal(range.first, 7);
    }
}

static void entity_tags(void **state)
{
    (void)state;
    static const char *const strong[] = {"\"\"", "\"a\"", "\"5f3-62c!*\""};
    static const char *const not_strong[] = {"",         "a",         "\"",       "W/\"a\"",
                                             "w/\"a\"",  "\"a",       "a\"",      "\"a b\"",
                                             "\"a\"b\"", "\"a\x7f\"", "\"\xc3\"", "\"a\", \"b\""};
    for (size_t i = 0; i < COUNT(strong); i++) {
        assert_true(http_etag_is_strong(strong[i]));
    }
    for (size_t i = 0; i < COUNT(not_strong); i++) {
        assert_false(http_etag_is_strong(not_strong[i]));
    }
}

static void challenges(void **state)
{
    (void)state;
    assert_true(http_offers_basic("Basic realm=\"x\""));
    assert_true(http_offers_basic("basic"));
    assert_true(http_offers_basic("Digest realm=\"x\", nonce=1, Basic realm=\"y\""));
    assert_false(http_offers_basic(""));
    assert_false(http_offers_basic("Digest realm=\"Basic\""));
    assert_false(http_offers_basic("BasicX realm=\"x\""));
    assert_false(http_offers_basic("Bearer"));
}

/* RFC 4648, section 10, as far as a colon stands in it; and every length modulo 3. */
static void base64(void **state)
{
    (void)state;
    char out[32];
    assert_int_equal(http_basic_text("Aladdin", "open sesame", out, sizeof(out)), 28);
    assert_string_equal(out, "QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    http_basic_text("", "", out, sizeof(out));
    assert_string_equal(out, "Og==");
    http_basic_text("a", "", out, sizeof(out));
    assert_string_equal(out, "YTo=");
    http_basic_text("a", "b", out, sizeof(out));
    assert_string_equal(out, "YTpi");
    assert_int_equal(http_basic_text("a", "b", NULL, 0), 4);
    assert_int_equal(http_basic_text("Aladdin", "open sesame", out, 5), 28);
    assert_string_equal(out, "QWxh");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_ranges),
        cmocka_unit_test(entity_tags),
        cmocka_unit_test(challenges),
        cmocka_unit_test(base64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
