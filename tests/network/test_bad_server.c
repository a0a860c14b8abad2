/* SPDX-License-Identifier: Apache-2.0 */
/* The misbehaving server does misbehave: each of its faults is seen by a client. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "bad_server.h"
#include "https_client.h"
#include "served_files.h"

#define BODY_LEN 100000u

static uint8_t body[BODY_LEN];

struct running {
    pid_t pid;
    uint16_t port;
};

static int make_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < BODY_LEN; i++) {
        body[i] = served_byte(i);
    }
    return served_files_enter("bad_server") && served_files_make_cert(false) ? 0 : -1;
}

static struct bad_server_config config_of(void)
{
    return (struct bad_server_config){
        .cert_file = "cert.pem",
        .key_file = "key.pem",
        .body = body,
        .body_len = BODY_LEN,
        .cut_at = SIZE_MAX,
    };
}

/* Serves one connection in a child process. */
static struct running start(const struct bad_server_config *config)
{
    struct running r;
    int listener = bad_server_listen(0, &r.port);
    assert_true(listener >= 0);
    fflush(NULL);
    r.pid = fork();
    assert_true(r.pid >= 0);
    if (r.pid == 0) {
        struct bad_server_result result;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGPIPE, SIG_IGN);
        bool ok = bad_server_serve(listener, config, &result);
        close(listener);
        _exit(ok ? 0 : 1);
    }
    close(listener);
    return r;
}

static void finish(struct running r)
{
    int status = -1;
    assert_int_equal(waitpid(r.pid, &status, 0), r.pid);
    assert_int_equal(status, 0);
}

/* Fetches with a client that trusts the certificate; returns what https_request returned. */
static bool fetch(const struct bad_server_config *config, struct https_response *out)
{
    struct https_options options = {.ca_file = "cert.pem"};
    struct running r = start(config);
    bool ok = https_request(r.port, &options, "GET /f HTTP/1.1\r\nHost: a\r\n\r\n", out);
    finish(r);
    return ok;
}

static void told_nothing_it_serves_the_file(void **state)
{
    (void)state;
    struct bad_server_config config = config_of();
    struct https_response r;
    assert_true(fetch(&config, &r));
    assert_int_equal(r.status, 200);
    assert_int_equal(r.content_length, BODY_LEN);
    assert_memory_equal(r.body, body, BODY_LEN);
    https_response_free(&r);
}

static void cuts_leave_exactly_so_many_bytes(void **state)
{
    (void)state;
    static const struct {
        size_t cut_at;
        enum bad_end end;
        bool is_notified;
    } cases[] = {
        {0, BAD_FIN, false},
        {BODY_LEN / 10, BAD_FIN, false},
        {BODY_LEN / 2, BAD_RST, false},
        {BODY_LEN - 1, BAD_NOTIFY, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bad_server_config config = config_of();
        struct https_response r;
        config.cut_at = cases[i].cut_at;
        config.end = cases[i].end;
        assert_false(fetch(&config, &r));
        assert_int_equal(r.content_length, BODY_LEN);
        assert_int_equal(r.body_len, cases[i].cut_at);
        assert_int_equal(r.was_notified, cases[i].is_notified);
        https_response_free(&r);
    }
}

static void framings_differ(void **state)
{
    (void)state;
    struct bad_server_config config = config_of();
    struct https_response r;
    char value[32];
    config.framing = BAD_NONE;
    config.is_http_1_0 = true;
    assert_true(fetch(&config, &r));
    assert_int_equal(strncmp(r.head, "HTTP/1.0 ", 9), 0);
    assert_int_equal(r.content_length, -1);
    assert_memory_equal(r.body, body, BODY_LEN);
    assert_true(r.was_notified);
    https_response_free(&r);

    config = config_of();
    config.framing = BAD_CHUNKED;
    assert_true(fetch(&config, &r));
    assert_true(https_header(&r, "Transfer-Encoding", value, sizeof value));
    assert_string_equal(value, "chunked");
    assert_memory_equal(r.body, "1\r\n", 3);
    assert_memory_equal(r.body + r.body_len - 7, "\r\n0\r\n\r\n", 7);
    https_response_free(&r);

    config = config_of();
    config.length_error = 5;
    assert_false(fetch(&config, &r));
    assert_int_equal(r.content_length, BODY_LEN + 5);
    assert_int_equal(r.body_len, BODY_LEN);
    https_response_free(&r);
}

static void statuses_and_redirects_are_sent(void **state)
{
    (void)state;
    struct bad_server_config config = config_of();
    struct https_response r;
    char value[64];
    config.status = 302;
    config.location = "https://elsewhere/f";
    assert_true(fetch(&config, &r));
    assert_int_equal(r.status, 302);
    assert_true(https_header(&r, "Location", value, sizeof value));
    assert_string_equal(value, "https://elsewhere/f");
    https_response_free(&r);
}

static void records_have_the_told_length(void **state)
{
    (void)state;
    static const unsigned lens[] = {512, 4096, 16384};
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        struct bad_server_config config = config_of();
        struct https_options options = {.ca_file = "cert.pem"};
        struct https_client client;
        struct https_response r;
        config.record_len = lens[i];
        struct running running = start(&config);
        assert_true(https_open(&client, running.port, &options));
        assert_true(https_send(&client, "GET / HTTP/1.0\r\n\r\n", 18));
        assert_true(https_receive(&client, false, &r));
        assert_int_equal(client.max_record, lens[i]);
        https_response_free(&r);
        https_close(&client);
        finish(running);
    }
}

static void a_stall_lasts_until_the_client_leaves(void **state)
{
    (void)state;
    struct bad_server_config config = config_of();
    struct https_options options = {.ca_file = "cert.pem"};
    struct https_client client;
    struct timeval moment = {.tv_usec = 100000};
    uint8_t bytes[4096];
    size_t len = 0;
    config.cut_at = 1000;
    config.end = BAD_STALL;
    struct running r = start(&config);
    assert_true(https_open(&client, r.port, &options));
    assert_true(https_send(&client, "GET / HTTP/1.0\r\n\r\n", 18));
    setsockopt(client.fd, SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof moment);
    int n;
    while ((n = SSL_read(client.ssl, bytes, sizeof bytes)) > 0) {
        len += (size_t)n;
    }
    assert_int_equal(SSL_get_error(client.ssl, n), SSL_ERROR_WANT_READ);
    assert_true(len > 1000);
    https_close(&client);
    finish(r);
}

static void without_a_certificate_it_speaks_plain_http(void **state)
{
    (void)state;
    struct bad_server_config config = config_of();
    char bytes[16] = "";
    config.cert_file = config.key_file = NULL;
    struct running r = start(&config);
    int fd = tcp_connect(r.port);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "GET / HTTP/1.0\r\n\r\n", 18), 18);
    assert_int_equal(read(fd, bytes, 15), 15);
    assert_string_equal(bytes, "HTTP/1.1 200 To");
    close(fd);
    finish(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(told_nothing_it_serves_the_file),
        cmocka_unit_test(cuts_leave_exactly_so_many_bytes),
        cmocka_unit_test(framings_differ),
        cmocka_unit_test(statuses_and_redirects_are_sent),
        cmocka_unit_test(records_have_the_told_length),
        cmocka_unit_test(a_stall_lasts_until_the_client_leaves),
        cmocka_unit_test(without_a_certificate_it_speaks_plain_http),
    };
    return cmocka_run_group_tests(tests, make_files, NULL);
}
