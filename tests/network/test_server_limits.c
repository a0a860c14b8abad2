/* SPDX-License-Identifier: Apache-2.0 */
/* How the HTTPS server bears slow, greedy, silent and hostile clients, and how it stops. Its
 * deadlines are set short; a test waits for what must happen, and the client's own limit is far
 * above. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "https_client.h"
#include "served_files.h"
#include "server_child.h"

#define SHORT_MS  150
#define LARGE_LEN (24u << 20) /* more than both socket buffers hold */

static const struct srv_config plain = {
    .root = "root", .cert_file = "cert.pem", .key_file = "key.pem"};
static const struct https_options options = {.ca_file = "cert.pem"};
static const char get_hello[] = "GET /hello.txt HTTP/1.1\r\nHost: a\r\n\r\n";
static const char get_large[] = "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n";

static int make_files(void **state)
{
    (void)state;
    return served_files_enter("server_limits") && served_files_make() &&
                   served_files_make_cert(false) && write_text("root/large.bin", "") &&
                   truncate("root/large.bin", LARGE_LEN) == 0
               ? 0
               : -1;
}

static void start(struct server_child *server, const struct srv_config *config)
{
    assert_true(server_child_start(server, config));
}

/* Every test ends with this: no leak, no error of a sanitizer, exit code 0. */
static void stop(struct server_child *server)
{
    assert_int_equal(server_child_stop(server, SIGTERM), 0);
}

/* Connects and sends a request, or a part of one. */
static void ask(const struct server_child *server, struct https_client *client, const char *text)
{
    assert_true(https_open(client, server->port, &options));
    assert_true(https_send(client, text, strlen(text)));
}

/* Reads the answer and closes; returns its status. */
static int answer(struct https_client *client)
{
    struct https_response r;
    assert_true(https_receive(client, false, &r));
    assert_int_equal(https_drain(client), 0);
    https_response_free(&r);
    https_close(client);
    return r.status;
}

static void expect_log(struct server_child *server, const char *text)
{
    char line[512];
    while (server_child_log(server, line, sizeof line)) {
        if (strstr(line, text)) {
            return;
        }
    }
    fail_msg("no log line with '%s'", text);
}

static void assert_works(const struct server_child *server)
{
    struct https_response r;
    assert_true(https_request(server->port, &options, get_hello, &r));
    assert_int_equal(r.status, 200);
    assert_string_equal((char *)r.body, "hello\n");
    https_response_free(&r);
}

/* Reads a raw socket to its end; returns false when the end does not come. */
static bool reaches_end(int fd)
{
    char bytes[512];
    ssize_t n;
    while ((n = read(fd, bytes, sizeof bytes)) > 0) {
    }
    return n == 0 || (n < 0 && errno == ECONNRESET);
}

static void a_silent_peer_is_dropped_before_tls(void **state)
{
    (void)state;
    struct server_child server;
    struct srv_config config = plain;
    config.handshake_timeout_ms = SHORT_MS;
    start(&server, &config);
    int fd = tcp_connect(server.port);
    assert_true(fd >= 0 && reaches_end(fd));
    close(fd);
    expect_log(&server, "no TLS: no handshake in time");
    stop(&server);
}

static void half_a_request_gets_408(void **state)
{
    (void)state;
    struct server_child server;
    struct https_client client;
    struct srv_config config = plain;
    config.head_timeout_ms = SHORT_MS;
    start(&server, &config);
    ask(&server, &client, "GET /hel");
    assert_int_equal(answer(&client), 408);
    stop(&server);
}

static void an_idle_connection_ends_in_order(void **state)
{
    (void)state;
    struct server_child server;
    struct https_client client;
    struct https_response r;
    struct srv_config config = plain;
    config.idle_timeout_ms = SHORT_MS;
    start(&server, &config);
    ask(&server, &client, get_hello);
    assert_true(https_receive(&client, false, &r));
    assert_int_equal(https_drain(&client), 0);
    assert_true(SSL_get_shutdown(client.ssl) & SSL_RECEIVED_SHUTDOWN);
    https_response_free(&r);
    https_close(&client);
    stop(&server);
}

static void a_peer_that_does_not_read_is_cut(void **state)
{
    (void)state;
    struct server_child server;
    struct https_client client;
    struct srv_config config = plain;
    config.stall_timeout_ms = SHORT_MS;
    start(&server, &config);
    ask(&server, &client, get_large);
    expect_log(&server, "cut: the peer takes it too slowly");
    assert_true(https_drain(&client) < LARGE_LEN);
    https_close(&client);
    assert_works(&server);
    stop(&server);
}

/* Progress does not help a peer that would hold its connection for days. */
static void a_peer_below_the_least_rate_is_cut(void **state)
{
    (void)state;
    struct server_child server;
    struct https_client client;
    struct srv_config config = plain;
    char byte;
    config.stall_timeout_ms = 2 * SHORT_MS;
    config.min_bytes_per_s = 1u << 30;
    start(&server, &config);
    ask(&server, &client, get_large);
    char line[512] = "";
    struct pollfd log = {.fd = server.log_fd, .events = POLLIN};
    while (poll(&log, 1, 10) == 0 && SSL_read(client.ssl, &byte, 1) == 1) {
        /* A byte now and then, until the server has had enough. */
    }
    assert_true(server_child_log(&server, line, sizeof line));
    assert_non_null(strstr(line, "cut: the peer takes it too slowly"));
    https_close(&client);
    stop(&server);
}

static void a_peer_that_leaves_is_noted(void **state)
{
    (void)state;
    struct server_child server;
    struct https_client client;
    char byte;
    start(&server, &plain);
    ask(&server, &client, get_large);
    assert_int_equal(SSL_read(client.ssl, &byte, 1), 1);
    https_close(&client);
    expect_log(&server, "cut: the peer left");
    stop(&server);
}

static void a_file_that_changes_under_way_is_cut(void **state)
{
    (void)state;
    struct server_child server;
    struct https_client client;
    char byte;
    start(&server, &plain);
    assert_int_equal(truncate("root/large.bin", LARGE_LEN), 0);
    ask(&server, &client, get_large);
    assert_int_equal(SSL_read(client.ssl, &byte, 1), 1);
    assert_int_equal(truncate("root/large.bin", LARGE_LEN - 1), 0);
    assert_true(https_drain(&client) < LARGE_LEN - 1);
    assert_false(SSL_get_shutdown(client.ssl) & SSL_RECEIVED_SHUTDOWN);
    https_close(&client);
    expect_log(&server, "cut: the file changed");
    assert_int_equal(truncate("root/large.bin", LARGE_LEN), 0);
    stop(&server);
}

static void garbage_inside_tls_is_answered_400(void **state)
{
    (void)state;
    struct server_child server;
    static const char *const cases[] = {
        "\r\n\r\nx\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET \xff\xfe HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\nHost: a\n\n",
        "\x16\x03\x01\x02\n\n",
        "GET / HTTP/1.0\n\x01: x\n\n",
        "\xff\xff\xff\xff\n\n",
    };
    start(&server, &plain);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct https_client client;
        ask(&server, &client, cases[i]);
        assert_int_equal(answer(&client), 400);
    }
    assert_works(&server);
    stop(&server);
}

static void garbage_instead_of_tls_ends_the_connection(void **state)
{
    (void)state;
    struct server_child server;
    static const struct {
        const char *bytes;
        const char *log;
    } cases[] = {
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "plain HTTP on the HTTPS port"},
        {"SSH-2.0-OpenSSH_9.2p1 Debian\r\n", "no TLS:"},
        {"\x16\x03\x01\xff\xff\x01\x02\x03\x04\x05\x06\x07\x08\x09", "no TLS:"},
    };
    start(&server, &plain);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int fd = tcp_connect(server.port);
        assert_true(fd >= 0);
        assert_int_equal(send(fd, cases[i].bytes, strlen(cases[i].bytes), 0),
                         (ssize_t)strlen(cases[i].bytes));
        shutdown(fd, SHUT_WR);
        assert_true(reaches_end(fd));
        close(fd);
        expect_log(&server, cases[i].log);
    }
    assert_works(&server);
    stop(&server);
}

static void a_head_without_end_gets_431(void **state)
{
    (void)state;
    struct server_child server;
    struct https_client client;
    struct https_response r;
    static const char start_line[] = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    char filler[4096];
    memset(filler, 'x', sizeof filler);
    start(&server, &plain);
    ask(&server, &client, start_line);
    for (int i = 0; i < 3; i++) {
        assert_true(https_send(&client, filler, sizeof filler));
    }
    assert_true(https_receive(&client, false, &r));
    assert_int_equal(r.status, 431);
    https_response_free(&r);
    https_close(&client);
    stop(&server);
}

/* With its two places taken the server starts no third handshake; it serves the third client when
 * one of the others leaves. */
static void connections_beyond_the_limit_wait(void **state)
{
    (void)state;
    struct server_child server;
    struct https_client held[2];
    struct srv_config config = plain;
    config.max_connections = 2;
    start(&server, &config);
    for (size_t i = 0; i < 2; i++) {
        assert_true(https_open(&held[i], server.port, &options));
    }
    int fd = tcp_connect(server.port);
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(ctx);
    SSL_set_fd(ssl, fd);
    struct timeval moment = {.tv_usec = 100000}, long_enough = {.tv_sec = 10};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof moment);
    assert_int_not_equal(SSL_connect(ssl), 1);
    assert_int_equal(SSL_get_error(ssl, -1), SSL_ERROR_WANT_READ);
    https_close(&held[0]);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &long_enough, sizeof long_enough);
    assert_int_equal(SSL_connect(ssl), 1);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    close(fd);
    https_close(&held[1]);
    stop(&server);
}

static void *fetch_big(void *arg)
{
    struct https_response r;
    bool ok =
        https_request(*(const uint16_t *)arg, &options, "GET /big.bin HTTP/1.0\r\n\r\n", &r) &&
        r.status == 200 && r.body_len == SERVED_BIG_LEN;
    for (size_t i = 0; ok && i < r.body_len; i++) {
        ok = r.body[i] == served_byte(i);
    }
    https_response_free(&r);
    return ok ? arg : NULL;
}

static void many_clients_share_few_places(void **state)
{
    (void)state;
    struct server_child server;
    pthread_t threads[24];
    struct srv_config config = plain;
    config.max_connections = 5;
    start(&server, &config);
    for (size_t i = 0; i < 24; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, fetch_big, &server.port), 0);
    }
    for (size_t i = 0; i < 24; i++) {
        void *result;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_non_null(result);
    }
    stop(&server);
}

static void both_signals_stop_an_idle_server(void **state)
{
    (void)state;
    static const int signals[] = {SIGINT, SIGTERM};
    for (size_t i = 0; i < 2; i++) {
        struct server_child server;
        struct https_client idle;
        start(&server, &plain);
        assert_true(https_open(&idle, server.port, &options));
        assert_int_equal(server_child_stop(&server, signals[i]), 0);
        https_close(&idle);
    }
}

static void a_reply_under_way_ends_before_the_stop(void **state)
{
    (void)state;
    struct server_child server;
    struct https_client client;
    struct https_response r;
    int status = -1;
    start(&server, &plain);
    ask(&server, &client, get_large);
    assert_int_equal(SSL_peek(client.ssl, &(char){0}, 1), 1);
    assert_int_equal(kill(server.pid, SIGTERM), 0);
    assert_true(https_receive(&client, false, &r));
    assert_int_equal(r.body_len, LARGE_LEN);
    https_response_free(&r);
    https_close(&client);
    assert_int_equal(waitpid(server.pid, &status, 0), server.pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(server.log_fd);
}

static void a_stop_does_not_wait_for_ever(void **state)
{
    (void)state;
    struct server_child server;
    struct https_client client;
    struct srv_config config = plain;
    config.stop_timeout_ms = SHORT_MS;
    start(&server, &config);
    ask(&server, &client, get_large);
    assert_int_equal(SSL_peek(client.ssl, &(char){0}, 1), 1);
    assert_int_equal(server_child_stop(&server, SIGTERM), 0);
    https_close(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_silent_peer_is_dropped_before_tls),
        cmocka_unit_test(half_a_request_gets_408),
        cmocka_unit_test(an_idle_connection_ends_in_order),
        cmocka_unit_test(a_peer_that_does_not_read_is_cut),
        cmocka_unit_test(a_peer_below_the_least_rate_is_cut),
        cmocka_unit_test(a_peer_that_leaves_is_noted),
        cmocka_unit_test(a_file_that_changes_under_way_is_cut),
        cmocka_unit_test(garbage_inside_tls_is_answered_400),
        cmocka_unit_test(garbage_instead_of_tls_ends_the_connection),
        cmocka_unit_test(a_head_without_end_gets_431),
        cmocka_unit_test(connections_beyond_the_limit_wait),
        cmocka_unit_test(many_clients_share_few_places),
        cmocka_unit_test(both_signals_stop_an_idle_server),
        cmocka_unit_test(a_reply_under_way_ends_before_the_stop),
        cmocka_unit_test(a_stop_does_not_wait_for_ever),
    };
    return cmocka_run_group_tests(tests, make_files, NULL);
}
