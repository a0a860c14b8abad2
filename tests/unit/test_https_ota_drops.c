/* SPDX-License-Identifier: Apache-2.0 */
/* Downloads that survive: a connection that drops is taken up where it ended, whatever the server
 * then answers, and never for ever. */
#include "ota_lab.h"

#include "esp_tls_session.h"

#define TIMES 4

struct drop_case {
    const char *title;
    struct lab_step steps[TIMES];
    size_t n;
    bool no_ranges;
    esp_err_t err;
    unsigned connections;
    int begins;            /* of the slot */
    size_t body_bytes;     /* sent; 0: not looked at */
    bool no_note;          /* nothing is remembered */
    uint32_t at_ms, to_ms; /* when it ends; 0: not looked at */
    const char *says;      /* in the log; NULL: nothing */
};

static const struct drop_case drops[] = {
    {.title = "a drop before the first write is gone on with",
     .steps = {{.cut = 300, .end = TLS_PEER_RESET}, {.expected = "Range: bytes=300-\r\n"}},
     .n = 2,
     .connections = 2,
     .begins = 1,
     .body_bytes = LAB_IMAGE_LEN},
    {.title = "a server without ranges starts again",
     .steps = {{.cut = 20000, .end = TLS_PEER_FIN}, {.expected = "Range: bytes=20000-"}},
     .n = 2,
     .no_ranges = true,
     .connections = 2,
     .begins = 2,
     .body_bytes = 20000 + LAB_IMAGE_LEN,
     .says = "20000 bytes are fetched again: the server sends no ranges"},
    {.title = "a changed file starts again",
     .steps = {{.cut = 20000, .end = TLS_PEER_FIN, .etag = "\"v1\""},
               {.etag = "\"v2\"", .expected = "If-Range: \"v1\""}},
     .n = 2,
     .connections = 2,
     .begins = 2,
     .body_bytes = 20000 + LAB_IMAGE_LEN,
     .says = "20000 bytes are fetched again: the server's file has changed"},
    {.title = "without a strong ETag all is fetched again",
     .steps = {{.cut = 20000, .end = TLS_PEER_FIN, .etag = "W/\"v1\""}, {.unexpected = "Range"}},
     .n = 2,
     .connections = 2,
     .begins = 2,
     .body_bytes = 20000 + LAB_IMAGE_LEN,
     .no_note = true},
    {.title = "servers in trouble are asked again",
     .steps =
         {{.head = "HTTP/1.1 503 x\r\nContent-Length: 3\r\n\r\n", .cut = 3, .end = TLS_PEER_FIN},
          {.head = "HTTP/1.1 429 x\r\nContent-Length: 3\r\n\r\n", .cut = 3, .end = TLS_PEER_FIN},
          {.head = "", .cut = 1, .end = TLS_PEER_RESET}},
     .n = 3,
     .connections = 4,
     .begins = 1},
    {.title = "refusals are not repeated",
     .steps = {{.cut = 20000, .end = TLS_PEER_FIN},
               {.head = "HTTP/1.1 404 x\r\nContent-Length: 3\r\n\r\n",
                .cut = 3,
                .end = TLS_PEER_FIN}},
     .n = 2,
     .err = ESP_FAIL,
     .connections = 2,
     .begins = 1},
    {.title = "attempts have an end",
     .steps = {{.cut = 20000, .end = TLS_PEER_FIN},
               {.cut = 1, .end = TLS_PEER_FIN},
               {.cut = 1, .end = TLS_PEER_RESET},
               {.cut = 1, .end = TLS_PEER_FIN}},
     .n = 4,
     .err = ESP_ERR_HTTP_CONNECTION_CLOSED,
     .connections = 4,
     .begins = 1,
     .at_ms = 3500,
     .to_ms = 7100,
     .says = "download broke off after 20003 of 50000 bytes: 0x7008"},
};

static void play(void **state)
{
    const struct drop_case *c = *state;
    lab_server.no_ranges = c->no_ranges;
    assert_int_equal(lab_update_in_steps(c->steps, c->n), c->err);
    if (c->err == ESP_OK) {
        lab_assert_whole();
        assert_int_equal(ota_slot.ends, 1);
        assert_int_equal(ota_slot.aborts, c->begins - 1);
    } else {
        lab_assert_not_installed();
    }
    lab_assert_connections(c->connections);
    assert_int_equal(ota_slot.begins, c->begins);
    if (c->body_bytes != 0) {
        assert_int_equal(lab_server.body_bytes, c->body_bytes);
    }
    if (c->no_note) {
        assert_int_equal(ota_slot.note.len, 0);
    }
    if (c->to_ms != 0) {
        assert_in_range(fake_now_ms(), c->at_ms, c->to_ms);
    }
    if (c->says != NULL) {
        lab_assert_log(c->says);
    }
}

static void a_drop_is_gone_on_with(void **state)
{
    (void)state;
    static const enum tls_peer_end ends[] = {TLS_PEER_NOTIFY, TLS_PEER_FIN, TLS_PEER_RESET,
                                             TLS_PEER_STAYS};
    for (size_t i = 0; i < COUNT(ends); i++) {
        lab_reset(NULL);
        const struct lab_step steps[] = {
            {.cut = 20000, .end = ends[i], .unexpected = "Range"},
            {.cut = 5000,
             .end = ends[i],
             .expected = "Range: bytes=20000-\r\nIf-Range: \"v1\"\r\n"},
            {.end = TLS_PEER_FIN, .expected = "Range: bytes=25000-\r\n"}};
        assert_int_equal(LAB_UPDATE_IN_STEPS(steps), ESP_OK);
        lab_assert_installed();
        assert_int_equal(ota_slot.begins, 1);
        assert_int_equal(lab_server.body_bytes, LAB_IMAGE_LEN); /* nothing twice */
        lab_assert_connections(3);
        lab_assert_log("going on at 25000 of 50000 bytes");
    }
}

#define PART "HTTP/1.1 206 x\r\nETag: \"v1\"\r\n"

/* Each a part that is not the rest of our file: the whole is asked for instead. */
static void wrong_parts_are_not_taken(void **state)
{
    (void)state;
    static const char *const heads[] = {
        PART "\r\n",
        PART "Content-Range: bytes 19999-49999/50000\r\nContent-Length: 30001\r\n\r\n",
        PART "Content-Range: bytes 20001-49999/50000\r\nContent-Length: 29999\r\n\r\n",
        PART "Content-Range: bytes 20000-49998/50000\r\nContent-Length: 29999\r\n\r\n",
        PART "Content-Range: bytes 20000-50000/50001\r\nContent-Length: 30001\r\n\r\n",
        PART "Content-Range: bytes 20000-49999/*\r\nContent-Length: 30000\r\n\r\n",
        PART "Content-Range: bytes 20000-49999/50000\r\nContent-Length: 29000\r\n\r\n",
        PART "Content-Range: bytes 0-49999/50000\r\nContent-Length: 50000\r\n\r\n",
        PART "Content-Range: 20000-49999/50000\r\nContent-Length: 30000\r\n\r\n",
        "HTTP/1.1 206 x\r\nETag: \"v2\"\r\nContent-Range: bytes 20000-49999/50000\r\n\r\n",
        "HTTP/1.1 206 x\r\nContent-Range: bytes 20000-49999/50000\r\n\r\n",
        "HTTP/1.1 416 x\r\nContent-Length: 0\r\n\r\n",
    };
    for (size_t i = 0; i < COUNT(heads); i++) {
        lab_reset(NULL);
        const struct lab_step steps[] = {{.cut = 20000, .end = TLS_PEER_FIN},
                                         {.head = heads[i], .cut = 100, .end = TLS_PEER_FIN},
                                         {.unexpected = "Range"}};
        assert_int_equal(LAB_UPDATE_IN_STEPS(steps), ESP_OK);
        lab_assert_whole();
        lab_assert_connections(3);
    }
}

/* As long as each connection brings something, the update goes on. */
static void progress_begins_a_new_row_of_attempts(void **state)
{
    (void)state;
    struct lab_step steps[9];
    for (size_t i = 0; i < 9; i++) {
        steps[i] = (struct lab_step){.cut = 5000, .end = TLS_PEER_RESET};
    }
    assert_int_equal(LAB_UPDATE_IN_STEPS(steps), ESP_OK);
    lab_assert_installed();
    lab_assert_connections(10);
}

/* Without ranges each connection may bring more than the last, and still all is written again. */
static void starting_again_has_an_end(void **state)
{
    (void)state;
    struct lab_step steps[11];
    for (size_t i = 0; i < 11; i++) {
        steps[i] = (struct lab_step){.cut = 4200 * (i + 1), .end = TLS_PEER_FIN};
    }
    lab_server.no_ranges = true;
    assert_int_equal(LAB_UPDATE_IN_STEPS(steps), ESP_ERR_HTTP_CONNECTION_CLOSED);
    lab_assert_not_installed();
    assert_int_equal(ota_slot.begins, 1 + 3);
    lab_assert_log("started again 3 times: 0x7008");
}

/* Cut in the handshake: that may pass; another certificate does not. */
static void handshakes_that_break_off_are_tried_again(void **state)
{
    (void)state;
    struct tls_peer_config server = lab_serve(LAB_OK, LAB_IMAGE_LEN, TLS_PEER_RESET);
    server.cut_wire_at = 300;
    esp_tls_session_forget();
    assert_int_equal(lab_update(&server), ESP_ERR_HTTP_CONNECT);
    assert_int_equal(tls_peer_connects(), 4);

    struct tls_peer_cert other;
    tls_peer_cert_new(&other, "IP:10.0.2.2", 0);
    server = lab_serve(LAB_OK, LAB_IMAGE_LEN, TLS_PEER_STAYS);
    server.cert = &other;
    assert_int_equal(lab_update(&server), ESP_ERR_HTTP_CONNECT);
    assert_int_equal(tls_peer_connects(), 1);
    tls_peer_cert_free(&other);
}

/* Each connection brings enough to go on, and then half a minute of silence. */
static void an_update_ends_in_its_time(void **state)
{
    (void)state;
    struct lab_step steps[12];
    for (size_t i = 0; i < 12; i++) {
        steps[i] = (struct lab_step){.cut = 4100, .end = TLS_PEER_STAYS};
    }
    assert_int_equal(LAB_UPDATE_IN_STEPS(steps), ESP_ERR_TIMEOUT);
    lab_assert_not_installed();
    assert_in_range(fake_now_ms(), 250000, 305000);
    lab_assert_log("the update takes longer than 300 s: 0x107");
}

/* Sends everybody elsewhere, just before they would stop waiting. */
static void lead_astray(unsigned connection, const char *request)
{
    (void)request;
    fake_pass_ms(4900);
    int n = snprintf(lab_answer, sizeof(lab_answer),
                     "HTTP/1.1 302 x\r\nLocation: https://10.0.2.2:%u/x\r\n"
                     "Content-Length: 0\r\n\r\n",
                     9000 + connection);
    lab_server.config.answer_len = (size_t)n;
}

static void being_led_about_ends_in_its_time(void **state)
{
    (void)state;
    lab_server.config = (struct tls_peer_config){
        .cert = &lab_cert, .answer = lab_answer, .on_request = lead_astray};
    tls_peer_start(&lab_server.config);
    const esp_http_client_config_t config = {
        .url = LAB_URL, .cert_pem = lab_cert.pem, .max_redirection_count = 1000};
    assert_int_equal(esp_https_ota(&config), ESP_ERR_TIMEOUT);
    assert_in_range(fake_now_ms(), 300000, 305000);
    lab_assert_log("the update takes longer than 300 s: 0x107");
    assert_int_equal(ota_slot.begins, 0);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup(f, lab_reset)
    struct CMUnitTest tests[COUNT(drops) + 7] = {
        CASE(a_drop_is_gone_on_with),
        CASE(wrong_parts_are_not_taken),
        CASE(progress_begins_a_new_row_of_attempts),
        CASE(starting_again_has_an_end),
        CASE(handshakes_that_break_off_are_tried_again),
        CASE(an_update_ends_in_its_time),
        CASE(being_led_about_ends_in_its_time),
    };
    for (size_t i = 0; i < COUNT(drops); i++) {
        tests[7 + i] = (struct CMUnitTest){.name = drops[i].title,
                                           .test_func = play,
                                           .setup_func = lab_reset,
                                           .initial_state = (void *)(uintptr_t)&drops[i]};
    }
    return cmocka_run_group_tests(tests, lab_make, lab_free);
}
