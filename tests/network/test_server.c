/* SPDX-License-Identifier: Apache-2.0 */
/* What the HTTPS server delivers and what it refuses, over real connections on the loopback. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "https_client.h"
#include "served_files.h"
#include "server_child.h"

static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
static struct server_child server;

static int start(void **state)
{
    (void)state;
    struct srv_config config = {.root = "root", .cert_file = "cert.pem", .key_file = "key.pem"};
    return served_files_enter("server") && served_files_make() && served_files_make_cert(true) &&
                   server_child_start(&server, &config)
               ? 0
               : -1;
}

static int stop(void **state)
{
    (void)state;
    return server_child_stop(&server, SIGTERM);
}

/* Requests path with the right trust anchor; the caller frees the response. */
static void get(const char *method, const char *path, struct https_response *out)
{
    char request[512];
    struct https_options options = {.ca_file = "cert.pem"};
    snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: localhost\r\n\r\n", method, path);
    assert_true(https_request(server.port, &options, request, out));
}

static void assert_pattern(const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (data[i] != served_byte(i)) {
            fail_msg("byte %zu differs", i);
        }
    }
}

static void a_file_comes_whole_with_its_length(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct https_options options = {.ca_file = "cert.pem", .version = versions[i]};
        struct https_response r;
        char value[64];
        assert_true(https_request(server.port, &options,
                                  "GET /big.bin HTTP/1.1\r\nHost: localhost\r\n\r\n", &r));
        assert_int_equal(r.status, 200);
        assert_int_equal(r.content_length, SERVED_BIG_LEN);
        assert_int_equal(r.body_len, SERVED_BIG_LEN);
        assert_pattern(r.body, r.body_len);
        assert_true(https_header(&r, "ETag", value, sizeof value));
        assert_int_equal(value[0], '"');
        assert_true(https_header(&r, "Last-Modified", value, sizeof value));
        assert_true(https_header(&r, "Content-Type", value, sizeof value));
        assert_string_equal(value, "application/octet-stream");
        assert_true(https_header(&r, "Accept-Ranges", value, sizeof value));
        assert_string_equal(value, "bytes");
        https_response_free(&r);
    }
}

static void the_certificate_proves_its_names_only(void **state)
{
    (void)state;
    static const struct {
        const char *host;
        bool ok;
    } cases[] = {{"127.0.0.1", true}, {"localhost", true}, {"10.0.2.2", false}, {"other", false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct https_options options = {.ca_file = "cert.pem", .host = cases[i].host};
        struct https_client client;
        assert_int_equal(https_open(&client, server.port, &options), cases[i].ok);
        https_close(&client);
    }
}

static void head_tells_the_length_without_the_body(void **state)
{
    (void)state;
    struct https_response r;
    get("HEAD", "/big.bin", &r);
    assert_int_equal(r.status, 200);
    assert_int_equal(r.content_length, SERVED_BIG_LEN);
    assert_int_equal(r.body_len, 0);
    https_response_free(&r);
}

static void requests_get_their_status(void **state)
{
    (void)state;
    static const struct {
        unsigned status;
        const char *path;
    } cases[] = {
        {200, "/hello.txt"},
        {200, "/inside"},
        {200, "/sub//./inner.txt"},
        {200, "/%68ello.txt?x=1"},
        {404, "/none.bin"},
        {404, "/hello.txt/"},
        {404, "/hello.txt/x"},
        {404, "/.hidden"},
        {404, "/pipe"},
        {403, "/private.txt"},
        {403, "/private_too.pem"},
        {403, "/private.der"},
        {200, "/public.der"},
        {200, "/reader.bin"},
        {403, "/outside"},
        {403, "/absolute"},
        {403, "/sub/folder"},
        {403, "/sub/folder/secret.txt"},
        {403, "/../outside/secret.txt"},
        {403, "/sub/../../outside/secret.txt"},
        {403, "/%2e%2e/outside/secret.txt"},
        {403, "/sub/%2E./hello.txt"},
        {400, "/..%2foutside%2fsecret.txt"},
        {400, "/hello.txt%00"},
        {400, "/%"},
        {400, "hello.txt"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct https_response r;
        get("GET", cases[i].path, &r);
        print_message("%s: %u\n", cases[i].path, r.status);
        assert_int_equal(r.status, cases[i].status);
        assert_true(r.content_length >= 0);
        assert_null(strstr((char *)r.body, "secret"));
        https_response_free(&r);
    }
}

static void other_methods_are_refused(void **state)
{
    (void)state;
    static const char *const methods[] = {"POST", "PUT", "DELETE", "OPTIONS", "CONNECT"};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        struct https_response r;
        char allow[32];
        get(methods[i], "/hello.txt", &r);
        assert_int_equal(r.status, 405);
        assert_true(https_header(&r, "Allow", allow, sizeof allow));
        assert_string_equal(allow, "GET, HEAD");
        https_response_free(&r);
    }
}

static void a_listing_shows_what_can_be_had(void **state)
{
    (void)state;
    struct https_response r;
    get("GET", "/", &r);
    const char *page = (const char *)r.body;
    assert_int_equal(r.status, 200);
    const char *big = strstr(page, "<a href=\"/big.bin\">big.bin</a>");
    const char *hello = strstr(page, "<a href=\"/hello.txt\">hello.txt</a>");
    const char *sub = strstr(page, "<a href=\"/sub\">sub/</a>");
    assert_true(big && hello && sub && big < hello && hello < sub);
    assert_non_null(strstr(page, "<a href=\"/we%3Cird%20%26%20%22odd%22%20%C3%A9.txt\">"
                                 "we&lt;ird &amp; &quot;odd&quot; \xc3\xa9.txt</a>"));
    static const char *const absent[] = {"hidden",  "outside", "absolute",
                                         "private", "pipe",    "<ird"};
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        assert_null(strstr(page, absent[i]));
    }
    https_response_free(&r);
    get("GET", "/we%3Cird%20%26%20%22odd%22%20%C3%A9.txt", &r);
    assert_int_equal(r.status, 200);
    assert_string_equal((char *)r.body, "odd\n");
    https_response_free(&r);
}

static void the_etag_follows_the_file(void **state)
{
    (void)state;
    struct https_options options = {.ca_file = "cert.pem"};
    struct https_response r;
    char first[64], second[64], request[256];
    assert_true(write_text("root/change.txt", "one\n"));
    get("GET", "/change.txt", &r);
    assert_true(https_header(&r, "ETag", first, sizeof first));
    https_response_free(&r);
    snprintf(request, sizeof request,
             "GET /change.txt HTTP/1.1\r\nHost: a\r\nIf-None-Match: %s\r\n\r\n", first);
    assert_true(https_request(server.port, &options, request, &r));
    assert_int_equal(r.status, 304);
    assert_int_equal(r.body_len, 0);
    https_response_free(&r);
    assert_true(write_text("root/change.txt", "two\n"));
    assert_true(https_request(server.port, &options, request, &r));
    assert_int_equal(r.status, 200);
    assert_string_equal((char *)r.body, "two\n");
    assert_true(https_header(&r, "ETag", second, sizeof second));
    assert_string_not_equal(first, second);
    https_response_free(&r);
}

static void ask_range(const char *method, const char *headers, struct https_response *r)
{
    struct https_options options = {.ca_file = "cert.pem"};
    char request[512];
    snprintf(request, sizeof request, "%s /big.bin HTTP/1.1\r\nHost: a\r\n%s\r\n", method, headers);
    assert_true(https_request(server.port, &options, request, r));
}

static void a_part_of_a_file_is_sent_alone(void **state)
{
    (void)state;
    struct https_response r, part;
    char value[128], etag[64], headers[256], want[64];
    get("GET", "/big.bin", &r);
    assert_true(https_header(&r, "ETag", etag, sizeof etag));
    snprintf(headers, sizeof headers, "Range: bytes=70001-\r\nIf-Range: %s\r\n", etag);
    ask_range("GET", headers, &part);
    assert_int_equal(part.status, 206);
    assert_int_equal(part.content_length, SERVED_BIG_LEN - 70001);
    assert_int_equal(part.body_len, SERVED_BIG_LEN - 70001);
    assert_memory_equal(part.body, r.body + 70001, part.body_len);
    snprintf(want, sizeof want, "bytes 70001-%u/%u", (unsigned)SERVED_BIG_LEN - 1,
             (unsigned)SERVED_BIG_LEN);
    assert_true(https_header(&part, "Content-Range", value, sizeof value));
    assert_string_equal(value, want);
    assert_true(https_header(&part, "ETag", value, sizeof value));
    assert_string_equal(value, etag);
    https_response_free(&part);

    ask_range("GET", "Range: bytes=5-9\r\n", &part);
    assert_int_equal(part.status, 206);
    assert_int_equal(part.body_len, 5);
    assert_memory_equal(part.body, r.body + 5, 5);
    https_response_free(&part);
    https_response_free(&r);
}

static void a_part_that_cannot_be_comes_whole_or_not(void **state)
{
    (void)state;
    struct https_response r;
    char value[64], want[64];
    static const char *const whole[] = {"Range: bytes=5-\r\nIf-Range: \"other\"\r\n",
                                        "Range: bytes=5-9,20-29\r\n",
                                        "Range: bytes=5-9\r\nRange: bytes=5-9\r\n"};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        ask_range("GET", whole[i], &r);
        assert_int_equal(r.status, 200);
        assert_int_equal(r.body_len, SERVED_BIG_LEN);
        assert_false(https_header(&r, "Content-Range", value, sizeof value));
        https_response_free(&r);
    }
    ask_range("GET", "Range: bytes=99999999999-\r\n", &r);
    assert_int_equal(r.status, 416);
    assert_true(https_header(&r, "Content-Range", value, sizeof value));
    snprintf(want, sizeof want, "bytes */%u", (unsigned)SERVED_BIG_LEN);
    assert_string_equal(value, want);
    https_response_free(&r);
    ask_range("HEAD", "Range: bytes=5-9\r\n", &r); /* ranges are for GET */
    assert_int_equal(r.status, 200);
    assert_int_equal(r.content_length, SERVED_BIG_LEN);
    https_response_free(&r);
}

/* Three requests in one write: the answers come in order, the last ends the connection in TLS. */
static void a_connection_carries_several_requests(void **state)
{
    (void)state;
    static const char requests[] = "GET /hello.txt HTTP/1.1\r\nHost: a\r\n\r\n"
                                   "HEAD /big.bin HTTP/1.1\r\nHost: a\r\n\r\n"
                                   "GET /sub/inner.txt HTTP/1.0\r\n\r\n";
    struct https_options options = {.ca_file = "cert.pem"};
    struct https_client client;
    uint8_t all[4096];
    size_t len = 0;
    assert_true(https_open(&client, server.port, &options));
    assert_true(https_send(&client, requests, sizeof requests - 1));
    for (int n; (n = SSL_read(client.ssl, all + len, (int)(sizeof all - 1 - len))) > 0;) {
        len += (size_t)n;
    }
    all[len] = '\0';
    assert_true(SSL_get_shutdown(client.ssl) & SSL_RECEIVED_SHUTDOWN);
    const char *hello = strstr((char *)all, "\r\n\r\nhello\n");
    const char *big = strstr((char *)all, "Content-Length: 1048593\r\n");
    const char *inner = strstr((char *)all, "\r\n\r\ninner\n");
    assert_true(hello && big && inner && hello < big && big < inner);
    https_close(&client);
}

/* The device asks for small records because it has no room for large ones: none may be longer. */
static void records_obey_the_negotiated_limit(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        for (uint8_t code = TLSEXT_max_fragment_length_512; code <= TLSEXT_max_fragment_length_4096;
             code++) {
            struct https_options options = {
                .ca_file = "cert.pem", .version = versions[v], .fragment = code};
            struct https_client client;
            struct https_response r;
            size_t limit = (size_t)256 << code;
            static const char request[] = "GET /big.bin HTTP/1.1\r\nHost: a\r\n\r\n";
            assert_true(https_open(&client, server.port, &options));
            assert_true(https_send(&client, request, sizeof request - 1));
            assert_true(https_receive(&client, false, &r));
            print_message("%s, limit %zu: longest record %zu, %zu on the wire\n",
                          SSL_get_version(client.ssl), limit, client.max_record, client.max_wire);
            assert_int_equal(SSL_SESSION_get_max_fragment_length(SSL_get_session(client.ssl)),
                             code);
            assert_int_equal(client.max_record, limit);
            assert_true(client.max_wire <= limit + 64); /* nonce, tag and type of the cipher */
            assert_int_equal(r.body_len, SERVED_BIG_LEN);
            assert_pattern(r.body, r.body_len);
            https_response_free(&r);
            https_close(&client);
        }
    }
}

static void records_are_full_when_nothing_is_asked(void **state)
{
    (void)state;
    struct https_options options = {.ca_file = "cert.pem"};
    struct https_client client;
    struct https_response r;
    static const char request[] = "GET /big.bin HTTP/1.1\r\nHost: a\r\n\r\n";
    assert_true(https_open(&client, server.port, &options));
    assert_true(https_send(&client, request, sizeof request - 1));
    assert_true(https_receive(&client, false, &r));
    assert_int_equal(client.max_record, 16384);
    https_response_free(&r);
    https_close(&client);
}

/* Reads log lines up to the one that holds text. */
static void expect_log(const char *text, char *line, size_t size)
{
    while (server_child_log(&server, line, size)) {
        if (strstr(line, text)) {
            return;
        }
    }
    fail_msg("no log line with '%s'", text);
}

static void each_request_is_one_log_line(void **state)
{
    (void)state;
    struct https_options options = {.ca_file = "cert.pem",
                                    .version = TLS1_2_VERSION,
                                    .fragment = TLSEXT_max_fragment_length_4096};
    struct https_response r;
    char line[512], peer[64], method[16], path[64], version[16];
    unsigned status, fragment;
    unsigned long long bytes;
    double seconds;
    assert_true(https_request(server.port, &options, "GET /big.bin?log HTTP/1.0\r\n\r\n", &r));
    https_response_free(&r);
    expect_log("/big.bin?log ", line, sizeof line);
    assert_int_equal(sscanf(line, "R %63s %15s %63s %u %llu bytes %lf s %15s fragment %u", peer,
                            method, path, &status, &bytes, &seconds, version, &fragment),
                     8);
    assert_int_equal(strncmp(peer, "127.0.0.1:", 10), 0);
    assert_string_equal(method, "GET");
    assert_string_equal(path, "/big.bin?log");
    assert_int_equal(status, 200);
    assert_int_equal(bytes, SERVED_BIG_LEN);
    assert_true(seconds > 0 && seconds < 10);
    assert_string_equal(version, "TLSv1.2");
    assert_int_equal(fragment, 4096);
}

/* Bytes of an attacker never reach the log as they are. */
static void the_log_escapes_what_peers_send(void **state)
{
    (void)state;
    struct https_options options = {.ca_file = "cert.pem"};
    struct https_response r;
    char line[512];
    assert_true(https_request(server.port, &options, "GET /esc\x1b[2J HTTP/1.0\r\n\r\n", &r));
    assert_int_equal(r.status, 400);
    https_response_free(&r);
    expect_log("/esc", line, sizeof line);
    assert_non_null(strstr(line, " GET /esc\\x1b[2J 400 "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_comes_whole_with_its_length),
        cmocka_unit_test(the_certificate_proves_its_names_only),
        cmocka_unit_test(head_tells_the_length_without_the_body),
        cmocka_unit_test(requests_get_their_status),
        cmocka_unit_test(other_methods_are_refused),
        cmocka_unit_test(a_listing_shows_what_can_be_had),
        cmocka_unit_test(the_etag_follows_the_file),
        cmocka_unit_test(a_part_of_a_file_is_sent_alone),
        cmocka_unit_test(a_part_that_cannot_be_comes_whole_or_not),
        cmocka_unit_test(a_connection_carries_several_requests),
        cmocka_unit_test(records_obey_the_negotiated_limit),
        cmocka_unit_test(records_are_full_when_nothing_is_asked),
        cmocka_unit_test(each_request_is_one_log_line),
        cmocka_unit_test(the_log_escapes_what_peers_send),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
