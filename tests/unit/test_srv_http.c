/* SPDX-License-Identifier: Apache-2.0 */
/* Requests as the server reads them: what is accepted, and every refusal with its status. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http.h"

static void heads_end_at_the_empty_line(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        size_t head_len;
    } cases[] = {
        {"", 0},
        {"\r\n\r\n", 0},
        {"GET / HTTP/1.0\r\n", 0},
        {"GET / HTTP/1.0\r\n\r", 0},
        {"GET / HTTP/1.0\r\n\r\n", 18},
        {"GET / HTTP/1.0\n\n", 16},
        {"GET / HTTP/1.0\n\r\nrest", 17},
        {"\r\nGET / HTTP/1.0\r\n\r\nGET", 20},
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        print_message("case %zu\n", i);
        assert_int_equal(srv_http_head_len(cases[i].data, strlen(cases[i].data)),
                         cases[i].head_len);
    }
}

/* A head is never found before its last byte has come. */
static void no_prefix_of_a_head_is_a_head(void **state)
{
    (void)state;
    static const char head[] = "\r\nGET /a HTTP/1.1\r\nHost: a\r\nX: y\n\r\n";
    for (size_t len = 0; len < sizeof head - 1; len++) {
        assert_int_equal(srv_http_head_len(head, len), 0);
    }
    assert_int_equal(srv_http_head_len(head, sizeof head - 1), sizeof head - 1);
}

static void requests_get_their_status(void **state)
{
    (void)state;
    static const struct {
        unsigned status;
        const char *head;
    } cases[] = {
        {0, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {0, "HEAD /f HTTP/1.1\r\nHost: a\r\n\r\n"},
        {0, "GET / HTTP/1.0\r\n\r\n"},
        {0, "GET / HTTP/1.0\r\nContent-Length: 0\r\n\r\n"},
        {0, "GET https://a:1/f HTTP/1.1\r\nHost: a\r\n\r\n"},
        {0, "GET https://a HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost : a\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\x01\r\n\r\n"},
        {400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "GET /\r\n\r\n"},
        {400, "GET\r\n\r\n"},
        {400, "G\x01T / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "ABCDEFGHIJKLMNOPQ / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "GET / HTTP/1.1 x\r\nHost: a\r\n\r\n"},
        {400, "GET / HTTP/1.x\r\nHost: a\r\n\r\n"},
        {400, "GET / FTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "GET f HTTP/1.0\r\n\r\n"},
        {400, "GET * HTTP/1.0\r\n\r\n"},
        {400, "GET /%zz HTTP/1.0\r\n\r\n"},
        {400, "\x16\x03\x01\x02\r\n\r\n"},
        {403, "GET /../f HTTP/1.0\r\n\r\n"},
        {405, "POST / HTTP/1.0\r\n\r\n"},
        {405, "POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\n"},
        {405, "get / HTTP/1.0\r\n\r\n"},
        {413, "GET / HTTP/1.0\r\nContent-Length: 5\r\n\r\n"},
        {413, "GET / HTTP/1.0\r\nContent-Length: x\r\n\r\n"},
        {413, "GET / HTTP/1.0\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n"},
        {501, "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct srv_request request;
        unsigned status = srv_http_parse(cases[i].head, strlen(cases[i].head), &request);
        print_message("case %zu: %u\n", i, status);
        assert_int_equal(status, cases[i].status);
    }
}

static void keep_alive_follows_version_and_header(void **state)
{
    (void)state;
    static const struct {
        bool keep_alive;
        const char *head;
    } cases[] = {
        {true, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {false, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"},
        {false, "GET / HTTP/1.1\r\nHost: a\r\nConnection: x , CLOSE\r\n\r\n"},
        {false, "GET / HTTP/1.0\r\n\r\n"},
        {true, "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct srv_request request;
        assert_int_equal(srv_http_parse(cases[i].head, strlen(cases[i].head), &request), 0);
        assert_int_equal(request.keep_alive, cases[i].keep_alive);
    }
}

static void paths_are_decoded_strictly(void **state)
{
    (void)state;
    static const struct {
        unsigned status;
        const char *target;
        const char *path;
    } cases[] = {
        {0, "/", "/"},
        {0, "/a/b.bin", "/a/b.bin"},
        {0, "/a%20b", "/a b"},
        {0, "/a//b///c", "/a/b/c"},
        {0, "/./a/./b/.", "/a/b/"},
        {0, "/a/", "/a/"},
        {0, "/a?x=/../%00", "/a"},
        {0, "/a..b", "/a..b"},
        {0, "/...", "/..."},
        {0, "/%41%7a%2E", "/Az."},
        {0, "/\xc3\xa9", "/\xc3\xa9"},
        {400, "", NULL},
        {400, "a", NULL},
        {400, "?", NULL},
        {400, "/%", NULL},
        {400, "/%4", NULL},
        {400, "/%4g", NULL},
        {400, "/%00", NULL},
        {400, "/%0a", NULL},
        {400, "/%7f", NULL},
        {400, "/a%2fb", NULL},
        {400, "/a%2Fb", NULL},
        {400, "/a#b", NULL},
        {403, "/..", NULL},
        {403, "/a/..", NULL},
        {403, "/a/../b", NULL},
        {403, "/%2e%2E/b", NULL},
        {403, "/a/.%2e/b", NULL},
        {403, "//../b", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char path[SRV_PATH_MAX];
        const char *target = cases[i].target;
        unsigned status = srv_http_decode_path(target, strlen(target), path);
        print_message("'%s': %u\n", target, status);
        assert_int_equal(status, cases[i].status);
        if (status == 0) {
            assert_string_equal(path, cases[i].path);
        }
    }
}

static void long_paths_are_refused(void **state)
{
    (void)state;
    char target[SRV_PATH_MAX + 1], path[SRV_PATH_MAX];
    memset(target, 'a', sizeof target);
    target[0] = '/';
    assert_int_equal(srv_http_decode_path(target, SRV_PATH_MAX - 1, path), 0);
    assert_int_equal(strlen(path), SRV_PATH_MAX - 1);
    assert_int_equal(srv_http_decode_path(target, SRV_PATH_MAX, path), 414);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

/* Whatever the bytes of a target, it is refused with a known status, or decoded to a path that
 * stays below the root. Both happen often. */
static void random_targets_are_judged(void **state)
{
    (void)state;
    static const char alphabet[] = "/./.%2e2E2fab?#%\x01";
    static const char tail[] = " HTTP/1.0\r\n\r\n";
    uint32_t seed = 8266;
    unsigned n_accepted = 0, n_refused = 0;
    print_message("seed %u\n", seed);
    for (int round = 0; round < 20000; round++) {
        char head[96] = "GET /";
        size_t len = 5, end = len + next_random(&seed) % 12;
        while (len < end) {
            head[len++] = alphabet[next_random(&seed) % (sizeof alphabet - 1)];
        }
        memcpy(head + len, tail, sizeof tail);
        struct srv_request request;
        unsigned status = srv_http_parse(head, strlen(head), &request);
        n_accepted += status == 0;
        n_refused += status == 400 || status == 403;
        if (status == 0) {
            char closed[SRV_PATH_MAX + 1];
            snprintf(closed, sizeof closed, "%s/", request.path);
            assert_int_equal(closed[0], '/');
            assert_null(strstr(closed, "/../"));
        }
    }
    assert_int_equal(n_accepted + n_refused, 20000);
    assert_true(n_accepted > 1000 && n_refused > 1000);
}

static void etags_match_exactly(void **state)
{
    (void)state;
    assert_true(srv_http_etag_matches("\"a-1\"", "\"a-1\""));
    assert_true(srv_http_etag_matches("\"b\", W/\"a-1\" ", "\"a-1\""));
    assert_true(srv_http_etag_matches("*", "\"a-1\""));
    assert_false(srv_http_etag_matches("", "\"a-1\""));
    assert_false(srv_http_etag_matches("\"a-10\"", "\"a-1\""));
    assert_false(srv_http_etag_matches("a-1", "\"a-1\""));
}

static void log_texts_are_escaped_and_cut(void **state)
{
    (void)state;
    char dst[16];
    srv_http_escape_log("/a b\n\\\x80", 7, dst, sizeof dst);
    assert_string_equal(dst, "/a\\x20b\\x0a...");
    srv_http_escape_log("/hello.bin", 10, dst, sizeof dst);
    assert_string_equal(dst, "/hello.bin");
    srv_http_escape_log("/aaaaaaaaaaaaaaaaaaaa", 21, dst, sizeof dst);
    assert_string_equal(dst, "/aaaaaaaaaaa...");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_end_at_the_empty_line),
        cmocka_unit_test(no_prefix_of_a_head_is_a_head),
        cmocka_unit_test(requests_get_their_status),
        cmocka_unit_test(keep_alive_follows_version_and_header),
        cmocka_unit_test(paths_are_decoded_strictly),
        cmocka_unit_test(long_paths_are_refused),
        cmocka_unit_test(random_targets_are_judged),
        cmocka_unit_test(etags_match_exactly),
        cmocka_unit_test(log_texts_are_escaped_and_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
