/* SPDX-License-Identifier: Apache-2.0 */
/* Response heads and bodies: the same result however the stream is cut, limits that hold, and
 * nothing ambiguous accepted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http_body.h"
#include "http_parse.h"
#include "http_url.h"

/* All that a response says, as text, and its body. */
struct response {
    esp_err_t err;
    bool head_done;
    struct http_head head;
    struct http_body body;
    char fields[2048];
    char content[2048];
    size_t content_len;
    size_t left; /* bytes after the end */
};

static void take_body(struct response *r, const char *data, size_t len)
{
    while (len > 0 && r->err == ESP_OK && !r->body.done) {
        size_t used, n;
        const char *piece;
        r->err = http_body_feed(&r->body, data, len, &used, &piece, &n);
        assert_true(used <= len);
        assert_true(n == 0 || (piece >= data && piece + n <= data + len));
        assert_true(r->content_len + n < sizeof(r->content));
        memcpy(r->content + r->content_len, piece, n);
        r->content_len += n;
        data += used;
        len -= used;
    }
    r->left += len;
}

static void take(struct response *r, const char *data, size_t len)
{
    while (len > 0 && r->err == ESP_OK && !r->head_done) {
        size_t used;
        enum http_head_step step;
        r->err = http_head_feed(&r->head, data, len, &used, &step);
        assert_true(used > 0 && used <= len);
        data += used;
        len -= used;
        if (r->err == ESP_OK && step == HTTP_HEAD_FIELD) {
            size_t at = strlen(r->fields);
            snprintf(r->fields + at, sizeof(r->fields) - at, "%s=%s\n", r->head.name,
                     r->head.value);
        }
        if (r->err == ESP_OK && step == HTTP_HEAD_DONE) {
            r->head_done = true;
            http_body_init(&r->body, &r->head, false);
        }
    }
    if (r->err == ESP_OK && r->head_done) {
        take_body(r, data, len);
    }
}

/* Feeds copies of exactly the pieces' sizes, so that the sanitizer sees a read past one. */
static void take_copy(struct response *r, const char *data, size_t len)
{
    char *copy = malloc(len + 1);
    memcpy(copy, data, len);
    take(r, copy, len);
    free(copy);
}

static struct response *response_of(const char *text, size_t len, size_t cut1, size_t cut2)
{
    struct response *r = calloc(1, sizeof(*r));
    http_head_init(&r->head);
    take_copy(r, text, cut1);
    take_copy(r, text + cut1, cut2 - cut1);
    take_copy(r, text + cut2, len - cut2);
    return r;
}

/* Every cut into three pieces, the middle one of 0 to 3 bytes, gives the same as no cut. */
static void same_for_every_cut(const char *text)
{
    size_t len = strlen(text);
    struct response *whole = response_of(text, len, len, len);
    for (size_t cut = 0; cut <= len; cut++) {
        for (size_t middle = 0; middle <= 3 && cut + middle <= len; middle++) {
            struct response *r = response_of(text, len, cut, cut + middle);
            assert_int_equal(r->err, whole->err);
            assert_int_equal(r->head_done, whole->head_done);
            assert_int_equal(r->body.done, whole->body.done);
            assert_string_equal(r->fields, whole->fields);
            assert_int_equal(r->content_len, whole->content_len);
            assert_memory_equal(r->content, whole->content, whole->content_len);
            free(r);
        }
    }
    free(whole);
}

static void is(const char *text, int status, const char *fields, const char *content, bool done)
{
    struct response *r = response_of(text, strlen(text), strlen(text), strlen(text));
    assert_int_equal(r->err, ESP_OK);
    assert_true(r->head_done);
    assert_int_equal(r->head.status, status);
    assert_string_equal(r->fields, fields);
    assert_int_equal(r->content_len, strlen(content));
    assert_memory_equal(r->content, content, strlen(content));
    assert_int_equal(r->body.done, done);
    free(r);
    same_for_every_cut(text);
}

static void refused(const char *text, esp_err_t err)
{
    struct response *r = response_of(text, strlen(text), strlen(text), strlen(text));
    if (r->err != err) {
        fail_msg("'%s': 0x%x, not 0x%x", text, (unsigned)r->err, (unsigned)err);
    }
    free(r);
    same_for_every_cut(text);
}

static void bodies_by_length(void **state)
{
    (void)state;
    is("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "Content-Length=5\n", "hello",
       true);
    is("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", 200, "Content-Length=5\n", "hel", false);
    is("HTTP/1.1 200\r\ncontent-length:0\r\n\r\n", 200, "content-length=0\n", "", true);
    is("HTTP/1.1 404 Not Found\nA: \t b \t\nContent-Length: 2\n\nno", 404,
       "A=b\nContent-Length=2\n", "no", true);
    is("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nokmore", 200,
       "Content-Length=2\nContent-Length=2\n", "ok", true);
}

static void bodies_until_close(void **state)
{
    (void)state;
    is("HTTP/1.0 200 ok\r\nContent-type: text/plain\r\n\r\nError opening 'x'", 200,
       "Content-type=text/plain\n", "Error opening 'x'", false);
}

static void bodies_in_chunks(void **state)
{
    (void)state;
#define CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    is(CHUNKED "5\r\nhello\r\n0\r\n\r\n", 200, "Transfer-Encoding=chunked\n", "hello", true);
    is(CHUNKED "1;a=\"b\"\r\nx\r\n00A \r\n0123456789\r\n0;z\r\nTrail: er\r\n\r\n", 200,
       "Transfer-Encoding=chunked\n", "x0123456789", true);
    is(CHUNKED "3\nabc\n0\n\n", 200, "Transfer-Encoding=chunked\n", "abc", true);
    is(CHUNKED "5\r\nhello\r\n0\r\n", 200, "Transfer-Encoding=chunked\n", "hello", false);
    refused(CHUNKED "g\r\n", ESP_ERR_INVALID_RESPONSE);
    refused(CHUNKED "\r\n", ESP_ERR_INVALID_RESPONSE);
    refused(CHUNKED "-1\r\n", ESP_ERR_INVALID_RESPONSE);
    refused(CHUNKED "5\r\nhelloX", ESP_ERR_INVALID_RESPONSE);
    refused(CHUNKED "5\r\nhello\r\r\n", ESP_ERR_INVALID_RESPONSE);
    refused(CHUNKED "fffffffff\r\n", ESP_ERR_INVALID_RESPONSE);
    refused(CHUNKED "80000001\r\n", ESP_ERR_INVALID_RESPONSE);
}

static void bodies_that_cannot_be(void **state)
{
    (void)state;
    is("HTTP/1.1 204 No Content\r\n\r\n", 204, "", "", true);
    is("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, "Content-Length=9\n", "",
       true);
    struct http_head head = {.status = 200, .has_length = true, .length = 9};
    struct http_body body;
    http_body_init(&body, &head, true);
    assert_true(body.done);
}

static void interim_responses_are_skipped(void **state)
{
    (void)state;
    is("HTTP/1.1 100 Continue\r\nX: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", 200,
       "X=1\nContent-Length=1\n", "x", true);
    refused("HTTP/1.1 101 Switching Protocols\r\n\r\n", ESP_ERR_INVALID_RESPONSE);
}

static void ambiguous_heads_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "HTTP/2 200 OK\r\n",
        "HTTP/1.2 200 OK\r\n",
        "HTTP/1.1 20 OK\r\n",
        "HTTP/1.1 2000\r\n",
        "HTTP/1.1 099 x\r\n",
        "ICY 200 OK\r\n",
        "\r\n",
        "SSH-2.0-OpenSSH\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n",
        "HTTP/1.1 200 OK\r\n: x\r\n",
        "HTTP/1.1 200 OK\r\nA : x\r\n",
        "HTTP/1.1 200 OK\r\nA: x\r\n folded\r\n",
        "HTTP/1.1 200 OK\r\nA: x\ry\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length:\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        refused(bad[i], ESP_ERR_INVALID_RESPONSE);
    }
    refused("HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n", ESP_ERR_NOT_SUPPORTED);
    refused("HTTP/1.1 200 OK\r\nContent-Length: 4294967297\r\n", ESP_ERR_NOT_SUPPORTED);
    refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n", ESP_ERR_NOT_SUPPORTED);
    is("HTTP/1.1 200 OK\r\nContent-Length: 2147483647\r\n\r\n", 200, "Content-Length=2147483647\n",
       "", false);
}

static struct response *long_field(const char *name, size_t value_len)
{
    char *text = malloc(value_len + 200);
    int n = sprintf(text, "HTTP/1.1 302 Found\r\n%s: ", name);
    memset(text + n, 'v', value_len);
    strcpy(text + n + value_len, "\r\nContent-Length: 0\r\n\r\n");
    struct response *r = calloc(1, sizeof(*r));
    http_head_init(&r->head);
    take(r, text, strlen(text));
    free(text);
    return r;
}

static void long_lines_are_skipped_or_refused(void **state)
{
    (void)state;
    struct response *r = long_field("Content-Security-Policy", 5000);
    assert_int_equal(r->err, ESP_OK);
    assert_string_equal(r->fields, "Content-Length=0\n");
    free(r);
    r = long_field("Location", HTTP_URL_MAX_LEN);
    assert_int_equal(r->err, ESP_OK);
    free(r);
    r = long_field("Location", 1500);
    assert_int_equal(r->err, ESP_ERR_HTTP_HEADER_TOO_LONG);
    free(r);
    r = long_field("X", HTTP_HEAD_MAX_LEN);
    assert_int_equal(r->err, ESP_ERR_HTTP_HEADER_TOO_LONG);
    free(r);
}

static void lines_are_counted(void **state)
{
    (void)state;
    for (uint32_t n = HTTP_HEAD_MAX_LINES - 3; n < HTTP_HEAD_MAX_LINES + 2; n++) {
        struct response *r = calloc(1, sizeof(*r));
        http_head_init(&r->head);
        take(r, "HTTP/1.1 200 OK\r\n", 17);
        for (uint32_t i = 0; i < n; i++) {
            take(r, "A: b\r\n", 6);
        }
        take(r, "\r\n", 2);
        bool fits = n + 2 <= HTTP_HEAD_MAX_LINES;
        assert_int_equal(r->err, fits ? ESP_OK : ESP_ERR_HTTP_HEADER_TOO_LONG);
        free(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_by_length),
        cmocka_unit_test(bodies_until_close),
        cmocka_unit_test(bodies_in_chunks),
        cmocka_unit_test(bodies_that_cannot_be),
        cmocka_unit_test(interim_responses_are_skipped),
        cmocka_unit_test(ambiguous_heads_are_refused),
        cmocka_unit_test(long_lines_are_skipped_or_refused),
        cmocka_unit_test(lines_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
