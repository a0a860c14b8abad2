/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP client as an application uses it, against scripted servers: requests, ends of bodies,
 * redirects, deadlines. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "esp_http_client.h"
#include "fake_device.h"
#include "tls_peer.h"

static struct tls_peer_cert cert;
static char events[512];

static int make_cert(void **state)
{
    (void)state;
    tls_peer_cert_new(&cert, "IP:10.0.2.2", 0);
    return 0;
}

static int free_cert(void **state)
{
    (void)state;
    tls_peer_cert_free(&cert);
    tls_peer_stop();
    return 0;
}

static int reset(void **state)
{
    (void)state;
    fake_device_reset();
    events[0] = '\0';
    return 0;
}

static esp_err_t note_event(esp_http_client_event_t *event)
{
    static const char letters[] = "EC>HDF-";
    size_t at = strlen(events);
    if (at + 1 < sizeof(events) && (at == 0 || events[at - 1] != letters[event->event_id])) {
        events[at] = letters[event->event_id];
        events[at + 1] = '\0';
    }
    return ESP_OK;
}

static esp_http_client_handle_t client_for(const char *url)
{
    esp_http_client_config_t config = {
        .url = url, .cert_pem = cert.pem, .event_handler = note_event, .timeout_ms = 2000};
    esp_http_client_handle_t client = esp_http_client_init(&config);
    assert_non_null(client);
    return client;
}

/* Opens and reads the head; returns what fetch_headers said. */
static int start(esp_http_client_handle_t client)
{
    assert_int_equal(esp_http_client_open(client, 0), ESP_OK);
    return esp_http_client_fetch_headers(client);
}

static void raw(struct tls_peer_config *server, const char *text)
{
    server->raw = text;
    server->raw_len = strlen(text);
    tls_peer_start(server);
}

static void request_is_well_formed(void **state)
{
    (void)state;
    struct tls_peer_config server = {.end = TLS_PEER_FIN};
    raw(&server, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/x\r\n\r\nok");
    esp_http_client_handle_t client = client_for("http://10.0.2.2:8070/a?b=c");
    assert_int_equal(esp_http_client_set_header(client, "X-One", "1"), ESP_OK);
    assert_int_equal(esp_http_client_set_header(client, "x-one", "2"), ESP_OK);
    assert_int_equal(esp_http_client_set_header(client, "X-Gone", "1"), ESP_OK);
    assert_int_equal(esp_http_client_set_header(client, "X-Gone", NULL), ESP_OK);
    assert_int_equal(esp_http_client_set_header(client, "X", "a\r\nEvil: 1"), ESP_ERR_INVALID_ARG);
    assert_int_equal(start(client), 2);
    assert_string_equal(
        tls_peer_request(),
        "GET /a?b=c HTTP/1.1\r\nHost: 10.0.2.2:8070\r\n"
        "User-Agent: airslot-http-client/1.0\r\nx-one: 2\r\nConnection: close\r\n\r\n");
    assert_int_equal(esp_http_client_get_status_code(client), 200);
    assert_int_equal(esp_http_client_get_content_length(client), 2);
    assert_string_equal(esp_http_client_get_content_type(client), "text/x");
    char buf[8];
    assert_int_equal(esp_http_client_read(client, buf, sizeof(buf)), 2);
    assert_memory_equal(buf, "ok", 2);
    assert_int_equal(esp_http_client_read(client, buf, sizeof(buf)), 0);
    assert_true(esp_http_client_is_complete_data_received(client));
    esp_http_client_cleanup(client);
    assert_string_equal(events, "C>HDF-");
    assert_int_equal(tls_peer_open_connections(), 0);
}

static void default_port_and_path_are_left_out_and_filled_in(void **state)
{
    (void)state;
    struct tls_peer_config server = {0};
    raw(&server, "HTTP/1.1 204 No Content\r\n\r\n");
    esp_http_client_config_t config = {.host = "h", .path = "p", .query = "q=1"};
    esp_http_client_handle_t client = esp_http_client_init(&config);
    assert_int_equal(esp_http_client_set_method(client, HTTP_METHOD_POST), ESP_OK);
    assert_int_equal(esp_http_client_set_post_field(client, "body", 4), ESP_OK);
    assert_int_equal(esp_http_client_perform(client), ESP_OK);
    assert_non_null(strstr(tls_peer_request(), "POST /p?q=1 HTTP/1.1\r\nHost: h\r\n"));
    assert_non_null(strstr(tls_peer_request(), "Content-Length: 4\r\n\r\nbody"));
    esp_http_client_cleanup(client);
}

/* One byte a read: every part of the response is split everywhere. */
static void answers_come_in_any_pieces(void **state)
{
    (void)state;
    struct tls_peer_config server = {.segment = 1, .end = TLS_PEER_FIN};
    raw(&server, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
    esp_http_client_handle_t client = client_for("http://10.0.2.2/");
    assert_int_equal(start(client), 0);
    assert_true(esp_http_client_is_chunked_response(client));
    assert_int_equal(esp_http_client_get_content_length(client), -1);
    char buf[32];
    assert_int_equal(esp_http_client_read(client, buf, 4), 4);
    assert_int_equal(esp_http_client_read_response(client, buf + 4, 20), 7);
    assert_memory_equal(buf, "hello world", 11);
    assert_true(esp_http_client_is_complete_data_received(client));
    esp_http_client_cleanup(client);
}

struct ending {
    const char *answer;
    enum tls_peer_end end;
    int last_read; /* after the 5 bytes of "hello" */
    bool complete;
};

static void check_ending(const struct ending *e)
{
    struct tls_peer_config server = {
        .cert = &cert, .answer = e->answer, .answer_len = strlen(e->answer), .end = e->end};
    tls_peer_start(&server);
    esp_http_client_handle_t client = client_for("https://10.0.2.2:8070/");
    assert_true(start(client) >= 0);
    char buf[32];
    assert_int_equal(esp_http_client_read(client, buf, sizeof(buf)), 5);
    errno = 0;
    assert_int_equal(esp_http_client_read(client, buf, sizeof(buf)), e->last_read);
    if (e->last_read == -1) {
        assert_int_equal(errno, ECONNRESET);
    } else if (e->last_read == 0 && !e->complete) {
        assert_int_equal(errno, ENOTCONN);
    }
    assert_int_equal(esp_http_client_is_complete_data_received(client), e->complete);
    esp_http_client_cleanup(client);
    assert_int_equal(tls_peer_open_connections(), 0);
}

static void the_end_of_a_body_needs_proof(void **state)
{
    (void)state;
#define LENGTH_6  "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello"
#define LENGTH_5  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
#define UNBOUNDED "HTTP/1.0 200 OK\r\n\r\nhello"
#define CHUNK_CUT "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
    static const struct ending endings[] = {
        {LENGTH_5, TLS_PEER_STAYS, 0, true},
        {LENGTH_5, TLS_PEER_RESET, 0, true},
        {LENGTH_6, TLS_PEER_STAYS, -ESP_ERR_HTTP_EAGAIN, false},
        {LENGTH_6, TLS_PEER_NOTIFY, -1, false},
        {LENGTH_6, TLS_PEER_FIN, -1, false},
        {LENGTH_6, TLS_PEER_RESET, -1, false},
        {UNBOUNDED, TLS_PEER_NOTIFY, 0, true},
        {UNBOUNDED, TLS_PEER_FIN, 0, false},
        {UNBOUNDED, TLS_PEER_RESET, -1, false},
        {UNBOUNDED, TLS_PEER_STAYS, -ESP_ERR_HTTP_EAGAIN, false},
        {CHUNK_CUT, TLS_PEER_NOTIFY, -1, false},
        {CHUNK_CUT "0\r\n\r\n", TLS_PEER_FIN, 0, true},
    };
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        check_ending(&endings[i]);
    }
}

static void broken_framing_stays_broken(void **state)
{
    (void)state;
    struct tls_peer_config server = {.segment = 3};
    raw(&server, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX\r\n0\r\n\r\n");
    esp_http_client_handle_t client = client_for("http://h/");
    assert_int_equal(start(client), 0);
    char buf[32];
    assert_int_equal(esp_http_client_read(client, buf, sizeof(buf)), 5);
    assert_int_equal(esp_http_client_read(client, buf, sizeof(buf)), -1);
    assert_int_equal(errno, EPROTO);
    assert_int_equal(esp_http_client_read(client, buf, sizeof(buf)), -1);
    esp_http_client_cleanup(client);
}

static void silence_runs_into_the_deadline(void **state)
{
    (void)state;
    struct tls_peer_config server = {0};
    raw(&server, "HTTP/1.1 200 OK\r\n");
    esp_http_client_handle_t client = client_for("http://h/");
    assert_int_equal(start(client), -ESP_ERR_HTTP_EAGAIN);
    assert_int_equal(fake_now_ms(), 2000);
    assert_true(fake_log_has("the server does not answer"));
    esp_http_client_cleanup(client);
}

/* One byte now and then keeps no reader: neither in the head nor in a read of the body. */
static void trickles_run_into_the_deadline(void **state)
{
    (void)state;
    struct tls_peer_config server = {.segment = 1, .pace_ms = 300};
    raw(&server, "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n");
    esp_http_client_handle_t client = client_for("http://h/");
    assert_int_equal(start(client), -ESP_ERR_HTTP_EAGAIN);
    assert_int_equal(fake_now_ms(), 2000);
    esp_http_client_cleanup(client);

    server = (struct tls_peer_config){0};
    raw(&server, "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n0123456789012345678901234567890");
    client = client_for("http://h/");
    server.segment = 39; /* the head */
    assert_int_equal(start(client), 40);
    server.segment = 1;
    server.pace_ms = 300;
    uint32_t started = fake_now_ms();
    char buf[40];
    assert_int_equal(esp_http_client_read(client, buf, sizeof(buf)), 6);
    assert_memory_equal(buf, "012345", 6);
    assert_int_equal(fake_now_ms() - started, 2000);
    esp_http_client_cleanup(client);
}

static void foreign_answers_are_refused(void **state)
{
    (void)state;
    struct tls_peer_config server = {0};
    raw(&server, "220 smtp.example ESMTP\r\n");
    esp_http_client_handle_t client = client_for("http://h/");
    assert_int_equal(start(client), -1);
    assert_true(fake_log_has("no HTTP/1.x response"));
    esp_http_client_cleanup(client);
}

static void refused_connections_are_told(void **state)
{
    (void)state;
    struct tls_peer_config server = {.refuse_connect = true};
    tls_peer_start(&server);
    esp_http_client_handle_t client = client_for("http://h/");
    assert_int_equal(esp_http_client_open(client, 0), ESP_ERR_HTTP_CONNECT);
    assert_string_equal(events, "E");
    esp_http_client_cleanup(client);
}

static void redirects_are_followed(void **state)
{
    (void)state;
    static const char *const list[] = {
        "HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 308 x\r\nLocation: //other:81/end?x\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", NULL};
    struct tls_peer_config server = {.raw_list = list};
    tls_peer_start(&server);
    esp_http_client_handle_t client = client_for("http://h/");
    esp_http_client_set_header(client, "Authorization", "secret");
    assert_int_equal(esp_http_client_perform(client), ESP_OK);
    assert_int_equal(esp_http_client_get_status_code(client), 200);
    assert_non_null(strstr(tls_peer_request(), "GET /end?x HTTP/1.1\r\nHost: other:81\r\n"));
    assert_null(strstr(tls_peer_request(), "secret"));
    char url[64];
    assert_int_equal(esp_http_client_get_url(client, url, sizeof(url)), ESP_OK);
    assert_string_equal(url, "http://other:81/end?x");
    esp_http_client_cleanup(client);
}

static void redirects_have_limits(void **state)
{
    (void)state;
    static const char *const loop[] = {"HTTP/1.1 301 x\r\nLocation: /\r\n\r\n",
                                       "HTTP/1.1 301 x\r\nLocation: /\r\n\r\n",
                                       "HTTP/1.1 301 x\r\nLocation: /\r\n\r\n", NULL};
    struct tls_peer_config server = {.raw_list = loop};
    tls_peer_start(&server);
    esp_http_client_config_t config = {.url = "http://h/", .max_redirection_count = 2};
    esp_http_client_handle_t client = esp_http_client_init(&config);
    assert_int_equal(esp_http_client_perform(client), ESP_ERR_HTTP_MAX_REDIRECT);
    assert_int_equal(tls_peer_connects(), 3);
    esp_http_client_cleanup(client);

    const char *down = "HTTP/1.1 302 x\r\nLocation: http://10.0.2.2/\r\nContent-Length: 0\r\n\r\n";
    struct tls_peer_config tls = {.cert = &cert, .answer = down, .answer_len = strlen(down)};
    tls_peer_start(&tls);
    client = client_for("https://10.0.2.2/");
    assert_int_equal(esp_http_client_perform(client), ESP_ERR_HTTP_REDIRECT_DOWNGRADE);
    esp_http_client_cleanup(client);
}

static void two_places_to_go_are_none(void **state)
{
    (void)state;
    struct tls_peer_config server = {0};
    raw(&server, "HTTP/1.1 302 x\r\nLocation: /a\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n");
    esp_http_client_handle_t client = client_for("http://h/");
    assert_int_equal(esp_http_client_perform(client), ESP_ERR_HTTP_FETCH_HEADER);
    assert_int_equal(tls_peer_connects(), 1);
    esp_http_client_cleanup(client);
}

static void fields_of_interim_answers_are_not_the_answers(void **state)
{
    (void)state;
    struct tls_peer_config server = {0};
    raw(&server, "HTTP/1.1 103 Early\r\nETag: \"a\"\r\nLocation: /a\r\n\r\n"
                 "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    esp_http_client_handle_t client = client_for("http://h/");
    assert_int_equal(start(client), 0);
    assert_string_equal(esp_http_client_get_etag(client), "");
    esp_http_client_cleanup(client);
}

/* --- user name and password --- */

#define LOGIN                                                                                      \
    .username = "Aladdin", .password = "open sesame", .event_handler = note_event,                 \
    .timeout_ms = 2000
#define BASIC   "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"
#define ASKS    "HTTP/1.1 401 x\r\nWWW-Authenticate: Basic realm=\"r\"\r\nContent-Length: 0\r\n\r\n"
#define IS_WELL "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

static esp_err_t perform(const esp_http_client_config_t *config, const char *const *list,
                         int *status)
{
    struct tls_peer_config server = {.raw_list = list};
    tls_peer_start(&server);
    esp_http_client_handle_t client = esp_http_client_init(config);
    assert_non_null(client);
    esp_err_t err = esp_http_client_perform(client);
    *status = esp_http_client_get_status_code(client);
    esp_http_client_cleanup(client);
    return err;
}

static void a_password_goes_when_it_is_asked_for(void **state)
{
    (void)state;
    static const char *const list[] = {ASKS, IS_WELL, NULL};
    esp_http_client_config_t config = {.url = "http://h/", LOGIN};
    int status;
    assert_int_equal(perform(&config, list, &status), ESP_OK);
    assert_int_equal(status, 200);
    assert_int_equal(tls_peer_connects(), 2);
    assert_non_null(strstr(tls_peer_request(), BASIC));

    config.auth_type = HTTP_AUTH_TYPE_BASIC; /* at once */
    static const char *const once[] = {IS_WELL, NULL};
    assert_int_equal(perform(&config, once, &status), ESP_OK);
    assert_int_equal(tls_peer_connects(), 1);
    assert_non_null(strstr(tls_peer_request(), BASIC));
    assert_false(fake_log_has("sesame"));
}

static void a_refused_password_is_not_repeated(void **state)
{
    (void)state;
    static const char *const list[] = {ASKS, ASKS, NULL};
    esp_http_client_config_t config = {.url = "http://h/", LOGIN};
    int status;
    assert_int_equal(perform(&config, list, &status), ESP_OK);
    assert_int_equal(status, 401);
    assert_int_equal(tls_peer_connects(), 2);
}

static void a_password_is_for_its_own_host(void **state)
{
    (void)state;
    static const char *const list[] = {
        "HTTP/1.1 307 x\r\nLocation: http://evil/\r\nContent-Length: 0\r\n\r\n", ASKS, NULL};
    esp_http_client_config_t config = {.url = "http://h/", LOGIN};
    int status;
    assert_int_equal(perform(&config, list, &status), ESP_OK);
    assert_int_equal(status, 401);
    assert_null(strstr(tls_peer_request(), "Authorization"));
    assert_int_equal(tls_peer_connects(), 2);

    static const char *const back[] = {
        "HTTP/1.1 307 x\r\nLocation: http://evil/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 307 x\r\nLocation: http://h/x\r\nContent-Length: 0\r\n\r\n", IS_WELL, NULL};
    config.auth_type = HTTP_AUTH_TYPE_BASIC;
    assert_int_equal(perform(&config, back, &status), ESP_OK);
    assert_non_null(strstr(tls_peer_request(), BASIC));
}

static void other_schemes_and_no_name_are_told(void **state)
{
    (void)state;
    struct tls_peer_config server = {0};
    raw(&server, "HTTP/1.1 401 x\r\nWWW-Authenticate: Digest realm=\"r\", Bearer\r\n"
                 "Content-Length: 0\r\n\r\n");
    esp_http_client_handle_t client = client_for("http://h/");
    assert_int_equal(esp_http_client_add_auth(client), ESP_ERR_INVALID_STATE);
    assert_int_equal(start(client), 0);
    assert_int_equal(esp_http_client_add_auth(client), ESP_ERR_NOT_FOUND);
    assert_int_equal(esp_http_client_set_username(client, "u"), ESP_OK);
    assert_int_equal(esp_http_client_add_auth(client), ESP_ERR_NOT_SUPPORTED);
    char *value;
    assert_int_equal(esp_http_client_get_username(client, &value), ESP_OK);
    assert_string_equal(value, "u");
    assert_int_equal(esp_http_client_get_password(client, &value), ESP_OK);
    assert_null(value);
    assert_int_equal(esp_http_client_set_authtype(client, HTTP_AUTH_TYPE_DIGEST),
                     ESP_ERR_NOT_SUPPORTED);
    esp_http_client_cleanup(client);
}

/* Bytes enough that no read waits too long, too few to come to an end. */
static void endless_trickles_are_given_up(void **state)
{
    (void)state;
    static char body[20000];
    memset(body, 'x', sizeof(body));
    struct tls_peer_config server = {.cert = &cert,
                                     .answer = body,
                                     .answer_len = sizeof(body),
                                     .record_len = 45,
                                     .segment = 20,
                                     .pace_ms = 200};
    int n = snprintf(body, sizeof(body), "HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n");
    body[n] = 'x';
    tls_peer_start(&server);
    esp_http_client_handle_t client = client_for("https://10.0.2.2/");
    assert_int_equal(esp_http_client_perform(client), ESP_ERR_HTTP_READ_TIMEOUT);
    assert_in_range(fake_now_ms(), 30000, 50000);
    assert_int_equal(tls_peer_open_connections(), 0);
    esp_http_client_cleanup(client);
}

/* A client that starts over forgets where redirects led, and nothing that it was told. */
static void redirects_can_be_undone(void **state)
{
    (void)state;
    static const char *const list[] = {
        "HTTP/1.1 302 x\r\nLocation: http://other/x\r\nContent-Length: 0\r\n\r\n", IS_WELL, IS_WELL,
        NULL};
    struct tls_peer_config server = {.raw_list = list};
    tls_peer_start(&server);
    esp_http_client_handle_t client = client_for("http://h/first");
    esp_http_client_set_header(client, "Authorization", "secret");
    assert_int_equal(esp_http_client_perform(client), ESP_OK);
    assert_null(strstr(tls_peer_request(), "secret"));
    esp_http_client_undo_redirections(client);
    assert_int_equal(esp_http_client_perform(client), ESP_OK);
    assert_non_null(strstr(tls_peer_request(), "GET /first HTTP/1.1\r\nHost: h\r\n"));
    assert_non_null(strstr(tls_peer_request(), "Authorization: secret\r\n"));
    esp_http_client_cleanup(client);
}

/* Nor does the log say them, wherever in the URL they stand. */
static void credentials_in_a_url_are_not_offered(void **state)
{
    (void)state;
    static const char *const urls[] = {"https://dev:S3cret@10.0.2.2/f.bin",
                                       "http://dev:S3cret@h:81?x", "ftp://dev:S3cret@h/",
                                       "https://dev:S3cret/1@h/", "https://dev:S3cret 2@h/"};
    esp_http_client_handle_t client = client_for("http://h/");
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        fake_device_reset();
        assert_int_not_equal(esp_http_client_set_url(client, urls[i]), ESP_OK);
        assert_true(fake_log_has("credentials in the URL are not offered"));
        assert_false(fake_log_has("S3cret"));
    }
    assert_int_equal(esp_http_client_set_url(client, urls[0]), ESP_ERR_NOT_SUPPORTED);
    esp_http_client_cleanup(client);
}

/* A relative URL is the application's: it belongs to the host that the application named. */
static void relative_urls_stay_at_home(void **state)
{
    (void)state;
    static const char *const list[] = {
        "HTTP/1.1 302 x\r\nLocation: http://evil/x\r\nContent-Length: 0\r\n\r\n", IS_WELL, IS_WELL,
        NULL};
    struct tls_peer_config server = {.raw_list = list};
    tls_peer_start(&server);
    esp_http_client_handle_t client = client_for("http://h/first");
    esp_http_client_set_header(client, "Cookie", "secret");
    assert_int_equal(esp_http_client_perform(client), ESP_OK);
    assert_null(strstr(tls_peer_request(), "secret"));
    assert_int_equal(esp_http_client_set_url(client, "/report"), ESP_OK);
    assert_int_equal(esp_http_client_perform(client), ESP_OK);
    assert_non_null(strstr(tls_peer_request(), "GET /report HTTP/1.1\r\nHost: h\r\n"));
    assert_non_null(strstr(tls_peer_request(), "Cookie: secret\r\n"));
    esp_http_client_cleanup(client);
}

/* --- parts of a file --- */

static void parts_and_versions_are_told(void **state)
{
    (void)state;
    struct tls_peer_config server = {0};
    raw(&server, "HTTP/1.1 206 x\r\nContent-Length: 2\r\nContent-Range: bytes 3-4/9\r\n"
                 "ETag: \"v1\"\r\n\r\nok");
    esp_http_client_handle_t client = client_for("http://h/");
    assert_int_equal(start(client), 2);
    esp_http_client_range_t range;
    assert_int_equal(esp_http_client_get_range(client, &range), ESP_OK);
    assert_int_equal(range.first, 3);
    assert_int_equal(range.last, 4);
    assert_int_equal(range.total, 9);
    assert_string_equal(esp_http_client_get_etag(client), "\"v1\"");

    raw(&server, "HTTP/1.1 206 x\r\nContent-Range: bytes 3-4/9\r\nContent-Range: bytes 3-4/9\r\n"
                 "ETag: \"v1\"\r\nETag: \"v2\"\r\nContent-Length: 0\r\n\r\n");
    assert_int_equal(start(client), 0);
    assert_int_equal(esp_http_client_get_range(client, &range), ESP_ERR_INVALID_RESPONSE);
    assert_string_equal(esp_http_client_get_etag(client), "");
    esp_http_client_cleanup(client);
}

static void what_is_not_offered_is_refused(void **state)
{
    (void)state;
    esp_http_client_config_t bad[] = {
        {.url = "http://h/", .username = "u", .auth_type = HTTP_AUTH_TYPE_DIGEST},
        {.url = "http://h/", .username = "u:v"},
        {.url = "http://h/", .username = "u", .password = "a\nb"},
        {.url = "http://h/", .client_cert_pem = "x"},
        {.url = "https://h/", .use_global_ca_store = true},
        {.url = "http://h/", .is_async = true},
        {.url = "http://u:p@h/"},
        {.url = "gopher://h/"},
        {.url = "http://h/", .user_agent = "a\nb"},
        {.host = "h"},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_null(esp_http_client_init(&bad[i]));
    }
    assert_null(esp_http_client_init(NULL));
    assert_int_equal(esp_http_client_cleanup(NULL), ESP_FAIL);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup(f, reset)
    const struct CMUnitTest tests[] = {
        CASE(request_is_well_formed),
        CASE(default_port_and_path_are_left_out_and_filled_in),
        CASE(answers_come_in_any_pieces),
        CASE(the_end_of_a_body_needs_proof),
        CASE(broken_framing_stays_broken),
        CASE(silence_runs_into_the_deadline),
        CASE(trickles_run_into_the_deadline),
        CASE(foreign_answers_are_refused),
        CASE(refused_connections_are_told),
        CASE(redirects_are_followed),
        CASE(redirects_have_limits),
        CASE(two_places_to_go_are_none),
        CASE(fields_of_interim_answers_are_not_the_answers),
        CASE(a_password_goes_when_it_is_asked_for),
        CASE(a_refused_password_is_not_repeated),
        CASE(a_password_is_for_its_own_host),
        CASE(other_schemes_and_no_name_are_told),
        CASE(endless_trickles_are_given_up),
        CASE(redirects_can_be_undone),
        CASE(relative_urls_stay_at_home),
        CASE(credentials_in_a_url_are_not_offered),
        CASE(parts_and_versions_are_told),
        CASE(what_is_not_offered_is_refused),
    };
    return cmocka_run_group_tests(tests, make_cert, free_cert);
}
