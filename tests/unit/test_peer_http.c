/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of requests and answers of the peer's server. */
#include "check.h"
#include "peer_http.h"

static struct vb_http_request r;

static int parse(const char *text)
{
    return vb_http_parse(text, strlen(text), &r);
}

static void requests_are_read(void **state)
{
    (void)state;
    const char *get = "GET /a/b.bin?x=1 HTTP/1.1\r\nHost: h\r\n\r\n";
    assert_int_equal(vb_http_parse(get, strlen(get), &r), (int)strlen(get));
    assert_int_equal(r.method, VB_HTTP_GET);
    assert_string_equal(r.path, "/a/b.bin");
    assert_true(r.keeps_open);
    assert_true(parse("HEAD / HTTP/1.1\r\nconnection: CLOSE\r\n\r\n") > 0);
    assert_int_equal(r.method, VB_HTTP_HEAD_METHOD);
    assert_false(r.keeps_open);
    assert_true(parse("POST / HTTP/1.0\r\n\r\nbody") > 0);
    assert_int_equal(r.method, VB_HTTP_OTHER);
    assert_false(r.keeps_open);
    assert_true(parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n") > 0);
    assert_true(r.keeps_open);
}

static void every_beginning_is_incomplete(void **state)
{
    (void)state;
    const char *text = "GET /x HTTP/1.1\r\nHost: 10.0.2.2\r\n\r\n";
    for (size_t len = 0; len < strlen(text); len++) {
        char *exact = test_malloc(len + 1); /* so that a read too far is seen */
        memcpy(exact, text, len);
        assert_int_equal(vb_http_parse(exact, len, &r), 0);
        test_free(exact);
    }
}

static void what_is_no_request_is_refused(void **state)
{
    (void)state;
    char text[VB_HTTP_HEAD + 100];
    assert_int_equal(parse("\x16\x03\x01"), -1);
    assert_int_equal(parse("GET\r\n\r\n"), -1);
    assert_int_equal(parse("GET x HTTP/1.1\r\n\r\n"), -1);
    assert_int_equal(parse("GET / HTTP/2\r\n\r\n"), -1);
    assert_int_equal(parse("GET / HTTP/1.1 \r\n\r\n"), -1);
    memset(text, 'A', sizeof(text));
    assert_int_equal(vb_http_parse(text, VB_HTTP_HEAD - 1, &r), 0);
    assert_int_equal(vb_http_parse(text, VB_HTTP_HEAD, &r), -1);
    int n = snprintf(text, sizeof(text), "GET /%0*d HTTP/1.1\r\n\r\n", (int)VB_HTTP_PATH, 0);
    assert_int_equal(vb_http_parse(text, (size_t)n, &r), -1);
}

static void answers_are_written(void **state)
{
    (void)state;
    char out[512];
    struct vb_http_answer answer = {.status = 200, .length = 5, .keeps_open = true};
    size_t len = vb_http_write(out, sizeof(out), &answer);
    assert_int_equal(len, strlen(out));
    assert_string_equal(out, "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
                             "Content-Length: 5\r\n\r\n");
    answer = (struct vb_http_answer){.status = 302, .location = "/y"};
    vb_http_write(out, sizeof(out), &answer);
    assert_non_null(strstr(out, "302 Found\r\n"));
    assert_non_null(strstr(out, "Location: /y\r\nConnection: close\r\n\r\n"));
    assert_int_equal(vb_http_write(out, 40, &answer), 0);
}

/* What a Range header (and others) gets of a file of 1000 bytes. */
static unsigned choose(const char *headers, uint64_t *from, uint64_t *end)
{
    char text[300];
    snprintf(text, sizeof(text), "GET /f HTTP/1.1\r\n%s\r\n", headers);
    assert_true(parse(text) > 0);
    return vb_http_choose_range(&r, "\"tag\"", 1000, from, end);
}

static void ranges_are_chosen(void **state)
{
    (void)state;
    static const struct {
        const char *headers;
        unsigned status, from, end;
    } cases[] = {
        {"", 200, 0, 1000},
        {"Range: bytes=0-\r\n", 206, 0, 1000},
        {"range: bytes=999-\r\n", 206, 999, 1000},
        {"Range: bytes=10-19\r\n", 206, 10, 20},
        {"Range: bytes=10-5000\r\n", 206, 10, 1000},
        {"Range: bytes=1000-\r\n", 416, 0, 1000},
        {"Range: bytes=20-10\r\n", 200, 0, 1000},
        {"Range: bytes=-5\r\n", 200, 0, 1000},
        {"Range: bytes=1-2,4-5\r\n", 200, 0, 1000},
        {"Range: bytes=99999999999999999999-\r\n", 200, 0, 1000},
        {"Range: lines=1-\r\n", 200, 0, 1000},
        {"If-Range: \"tag\"\r\nRange: bytes=5-\r\n", 206, 5, 1000},
        {"If-Range: \"other\"\r\nRange: bytes=5-\r\n", 200, 0, 1000},
        {"If-Range: \"tag\" and much more than a tag\r\nRange: bytes=5-\r\n", 200, 0, 1000},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t from, end;
        assert_int_equal(choose(cases[i].headers, &from, &end), cases[i].status);
        assert_int_equal(from, cases[i].from);
        assert_int_equal(end, cases[i].end);
    }
}

static void parts_are_described(void **state)
{
    (void)state;
    char out[512];
    struct vb_http_answer answer = {
        .status = 206, .length = 10, .from = 5, .total = 1000, .etag = "\"t\""};
    vb_http_write(out, sizeof(out), &answer);
    assert_non_null(strstr(out, "206 Partial Content\r\n"));
    assert_non_null(strstr(out, "\r\nContent-Range: bytes 5-14/1000\r\nETag: \"t\"\r\n"
                                "Accept-Ranges: bytes\r\n"));
    answer = (struct vb_http_answer){.status = 416, .total = 1000};
    vb_http_write(out, sizeof(out), &answer);
    assert_non_null(strstr(out, "\r\nContent-Range: bytes */1000\r\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_read),
        cmocka_unit_test(every_beginning_is_incomplete),
        cmocka_unit_test(what_is_no_request_is_refused),
        cmocka_unit_test(answers_are_written),
        cmocka_unit_test(ranges_are_chosen),
        cmocka_unit_test(parts_are_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
