/* SPDX-License-Identifier: Apache-2.0 */
/* URLs: what is read out of them, what is refused, and where a Location leads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http_url.h"

static esp_err_t parse(const char *text, struct http_url *url)
{
    return http_url_parse(text, strlen(text), url);
}

static void reads(const char *text, bool tls, const char *host, unsigned port, const char *target)
{
    struct http_url url;
    assert_int_equal(parse(text, &url), ESP_OK);
    assert_int_equal(url.tls, tls);
    assert_int_equal(url.port, port);
    assert_int_equal(url.host.len, strlen(host));
    assert_memory_equal(url.host.text, host, url.host.len);
    assert_int_equal(url.target.len, strlen(target));
    assert_memory_equal(url.target.text, target, url.target.len);
}

static void good_urls(void **state)
{
    (void)state;
    reads("https://10.0.2.2:8070/hello_world.bin", true, "10.0.2.2", 8070, "/hello_world.bin");
    reads("http://host", false, "host", 80, "");
    reads("HTTPS://Host.Example/", true, "Host.Example", 443, "/");
    reads("https://h:/a", true, "h", 443, "/a");
    reads("https://h?x=1", true, "h", 443, "?x=1");
    reads("https://h/p?q=/?&r#frag", true, "h", 443, "/p?q=/?&r");
    reads("https://h:65535#f", true, "h", 65535, "");
    reads("https://h/a@b:c", true, "h", 443, "/a@b:c");
}

static void bad_urls(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        esp_err_t err;
    } cases[] = {
        {"", ESP_ERR_NOT_SUPPORTED},
        {"ftp://h/", ESP_ERR_NOT_SUPPORTED},
        {"https:/h", ESP_ERR_NOT_SUPPORTED},
        {"https://", ESP_ERR_INVALID_ARG},
        {"https:///x", ESP_ERR_INVALID_ARG},
        {"https://:80/", ESP_ERR_INVALID_ARG},
        {"https://h:0/", ESP_ERR_INVALID_ARG},
        {"https://h:65536/", ESP_ERR_INVALID_ARG},
        {"https://h:4294967376/", ESP_ERR_INVALID_ARG},
        {"https://h:8x/", ESP_ERR_INVALID_ARG},
        {"https://h:80:80/", ESP_ERR_INVALID_ARG},
        {"https://user:pw@h/", ESP_ERR_NOT_SUPPORTED},
        {"https://[::1]/", ESP_ERR_NOT_SUPPORTED},
        {"https://h/a b", ESP_ERR_INVALID_ARG},
        {"https://h/\r\nX: y", ESP_ERR_INVALID_ARG},
        {"https://h/\xc3\xa4", ESP_ERR_INVALID_ARG},
        {"https://h!/", ESP_ERR_INVALID_ARG},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct http_url url;
        memset(&url, 0x5a, sizeof(url));
        struct http_url before = url;
        assert_int_equal(parse(cases[i].text, &url), cases[i].err);
        assert_memory_equal(&url, &before, sizeof(url));
    }
}

static void lengths_are_limited(void **state)
{
    (void)state;
    char text[HTTP_URL_MAX_LEN + 2];
    struct http_url url;
    memset(text, 'a', sizeof(text));
    memcpy(text, "http://h/", 9);
    assert_int_equal(http_url_parse(text, HTTP_URL_MAX_LEN, &url), ESP_OK);
    assert_int_equal(http_url_parse(text, HTTP_URL_MAX_LEN + 1, &url), ESP_ERR_INVALID_SIZE);
    memcpy(text, "http://", 7);
    memset(text + 7, 'a', sizeof(text) - 7);
    assert_int_equal(http_url_parse(text, 7 + HTTP_HOST_MAX_LEN, &url), ESP_OK);
    assert_int_equal(http_url_parse(text, 7 + HTTP_HOST_MAX_LEN + 1, &url), ESP_ERR_INVALID_ARG);
}

static void leads(const char *location, const char *expected)
{
    struct http_url base;
    char out[HTTP_URL_MAX_LEN + 1];
    assert_int_equal(parse("https://h:8070/a/b.bin?v=/1", &base), ESP_OK);
    assert_int_equal(http_url_resolve(&base, location, strlen(location), out, sizeof(out)), ESP_OK);
    assert_string_equal(out, expected);
}

static void locations(void **state)
{
    (void)state;
    leads("https://other/x", "https://other/x");
    leads("http://other/x", "http://other/x");
    leads("//other:1/x", "https://other:1/x");
    leads("/x?y", "https://h:8070/x?y");
    leads("c.bin", "https://h:8070/a/c.bin");
    leads("?v=2", "https://h:8070/a/b.bin?v=2");
    leads("", "https://h:8070/a/");
    leads("d/e?u=https://z", "https://h:8070/a/d/e?u=https://z");
}

static void bad_locations(void **state)
{
    (void)state;
    struct http_url base;
    char out[HTTP_URL_MAX_LEN + 1];
    char small[20];
    assert_int_equal(parse("https://h/", &base), ESP_OK);
    assert_int_equal(http_url_resolve(&base, "javascript:1", 12, out, sizeof(out)),
                     ESP_ERR_NOT_SUPPORTED);
    assert_int_equal(http_url_resolve(&base, "/a\r\nb", 5, out, sizeof(out)), ESP_ERR_INVALID_ARG);
    assert_int_equal(http_url_resolve(&base, "/abcdefghijkl", 13, small, sizeof(small)),
                     ESP_ERR_INVALID_SIZE);
}

static void origins(void **state)
{
    (void)state;
    struct http_url a, b;
    parse("https://Host/a", &a);
    parse("https://host:443/b", &b);
    assert_true(http_url_same_origin(&a, &b));
    parse("https://host:444/b", &b);
    assert_false(http_url_same_origin(&a, &b));
    parse("http://host:443/b", &b);
    assert_false(http_url_same_origin(&a, &b));
    parse("https://hosts/b", &b);
    assert_false(http_url_same_origin(&a, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_urls),     cmocka_unit_test(bad_urls),
        cmocka_unit_test(locations),     cmocka_unit_test(lengths_are_limited),
        cmocka_unit_test(bad_locations), cmocka_unit_test(origins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
