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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_read),
        cmocka_unit_test(every_beginning_is_incomplete),
        cmocka_unit_test(what_is_no_request_is_refused),
        cmocka_unit_test(answers_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
