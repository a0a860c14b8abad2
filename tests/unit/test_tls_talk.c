/* SPDX-License-Identifier: Apache-2.0 */
/* Servers that shake hands well and then talk in every wrong way, against the device's TLS: what
 * came before counts, and the rest is refused with the words that name it, or borne. */
#include "tls_lab.h"

#include "tls_wire.h"

#define PIECES 8

/* What the server says after the handshake. */
struct piece {
    uint8_t type; /* of the record; 0: bytes without a record */
    const char *data;
    size_t len;     /* with data NULL: so many zeros */
    unsigned times; /* 0: once */
    bool in_clear;
    bool is_spoilt; /* its last bit is flipped */
};

struct talk_case {
    const char *title;
    struct piece pieces[PIECES];
    esp_err_t err;        /* of reading to the end */
    enum esp_tls_end end; /* when err is 0 */
    size_t n_data;        /* bytes that come before that */
    const char *says;     /* in the log; NULL: nothing */
};

static const struct talk_case *talking;

#define DATA(text)                                                                                 \
    {                                                                                              \
        .type = TLS_WIRE_DATA, .data = text, .len = sizeof(text) - 1                               \
    }
#define BYE                                                                                        \
    {                                                                                              \
        .type = TLS_WIRE_ALERT, .data = "\1\0", .len = 2                                           \
    }

static const struct talk_case talks[] = {
    {.title = "data and close_notify",
     .pieces = {DATA("hello"), BYE},
     .end = ESP_TLS_END_NOTIFY,
     .n_data = 5},
    {.title = "data and a bare end",
     .pieces = {DATA("hello")},
     .end = ESP_TLS_END_FIN,
     .n_data = 5},
    {.title = "records of one byte",
     .pieces = {{.type = TLS_WIRE_DATA, .data = "x", .len = 1, .times = 500}, BYE},
     .end = ESP_TLS_END_NOTIFY,
     .n_data = 500},
    {.title = "the largest record",
     .pieces = {{.type = TLS_WIRE_DATA, .len = 4096}, BYE},
     .end = ESP_TLS_END_NOTIFY,
     .n_data = 4096},
    {.title = "a byte more than the largest",
     .pieces = {DATA("hello"), {.type = TLS_WIRE_DATA, .len = 4097}},
     .err = ESP_ERR_INVALID_RESPONSE,
     .n_data = 5,
     .says = "larger than CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN 4096 (the server ignores"},
    {.title = "a record of 16 KB",
     .pieces = {DATA("hello"), {.type = TLS_WIRE_DATA, .len = 16384}},
     .err = ESP_ERR_INVALID_RESPONSE,
     .n_data = 5,
     .says = "TLS record of 16408 bytes is larger than CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN 4096"},
    {.title = "three empty records",
     .pieces = {DATA("a"), {.type = TLS_WIRE_DATA, .times = 3}, DATA("b"), BYE},
     .end = ESP_TLS_END_NOTIFY,
     .n_data = 2},
    {.title = "empty records without end",
     .pieces = {DATA("a"), {.type = TLS_WIRE_DATA, .times = 1000}},
     .err = ESP_ERR_INVALID_RESPONSE,
     .n_data = 1,
     .says = "mbedtls error: 0x7180"},
    {.title = "asks for renegotiation",
     .pieces =
         {DATA("a"), {.type = TLS_WIRE_HANDSHAKE, .data = "\0\0\0\0", .len = 4}, DATA("b"), BYE},
     .end = ESP_TLS_END_NOTIFY,
     .n_data = 2},
    {.title = "a warning among the data",
     .pieces = {DATA("a"), {.type = TLS_WIRE_ALERT, .data = "\1\x5a", .len = 2}, DATA("b"), BYE},
     .end = ESP_TLS_END_NOTIFY,
     .n_data = 2},
    {.title = "a fatal alert among the data",
     .pieces = {DATA("a"), {.type = TLS_WIRE_ALERT, .data = "\2\x50", .len = 2}},
     .err = ESP_ERR_INVALID_RESPONSE,
     .n_data = 1,
     .says = "the server ended the session with alert 80 (internal_error)"},
    {.title = "an alert of one byte",
     .pieces = {DATA("a"), {.type = TLS_WIRE_ALERT, .data = "\2", .len = 1}},
     .err = ESP_ERR_INVALID_RESPONSE,
     .n_data = 1,
     .says = "breaks the rules of TLS"},
    {.title = "a ServerHello among the data",
     .pieces = {DATA("a"), {.type = TLS_WIRE_HANDSHAKE, .data = "\2\0\0\0", .len = 4}},
     .err = ESP_ERR_INVALID_RESPONSE,
     .n_data = 1,
     .says = "breaks the rules of TLS"},
    {.title = "ChangeCipherSpec among the data",
     .pieces = {DATA("a"), {.type = 20, .data = "\1", .len = 1}},
     .err = ESP_ERR_INVALID_RESPONSE,
     .n_data = 1,
     .says = "breaks the rules of TLS"},
    {.title = "a record changed on its way",
     .pieces = {DATA("a"), {.type = TLS_WIRE_DATA, .data = "b", .len = 1, .is_spoilt = true}},
     .err = ESP_ERR_INVALID_RESPONSE,
     .n_data = 1,
     .says = "a record was changed on its way"},
    {.title = "data in clear",
     .pieces = {DATA("a"), {.type = TLS_WIRE_DATA, .data = "b", .len = 1, .in_clear = true}},
     .err = ESP_ERR_INVALID_RESPONSE,
     .n_data = 1,
     .says = "mbedtls error: 0x7"},
    {.title = "close_notify in clear",
     .pieces = {DATA("a"), {.type = TLS_WIRE_ALERT, .data = "\1\0", .len = 2, .in_clear = true}},
     .err = ESP_ERR_INVALID_RESPONSE,
     .n_data = 1,
     .says = "mbedtls error: 0x7"},
    {.title = "plain HTTP among the data",
     .pieces = {DATA("a"), {.data = "HTTP/1.1 200 OK\r\n\r\n", .len = 19}},
     .err = ESP_ERR_INVALID_RESPONSE,
     .n_data = 1,
     .says = "the answer is no TLS"},
    {.title = "ends inside a record",
     .pieces = {DATA("a"), {.data = "\x17\3\3\0\x20zzzz", .len = 9}},
     .err = ESP_ERR_HTTP_CONNECTION_CLOSED,
     .n_data = 1,
     .says = "closed the connection inside a record"},
};

static void put_piece(const struct piece *p, struct tls_wire_seal *seal, BIO *to_client)
{
    static const uint8_t zeros[16384];
    static uint8_t record[sizeof(zeros) + 64];
    const void *data = p->data != NULL ? (const void *)p->data : zeros;
    size_t n;
    if (p->type == 0) {
        n = p->len;
        memcpy(record, data, n);
    } else if (p->in_clear) {
        n = tls_wire_record(record, p->type, data, p->len);
    } else {
        n = tls_wire_seal(seal, record, p->type, data, p->len);
    }
    record[n - 1] ^= p->is_spoilt;
    assert_int_equal(BIO_write(to_client, record, (int)n), n);
}

static void say_pieces(SSL *ssl, BIO *to_client)
{
    struct tls_wire_seal seal;
    tls_wire_seal_init(&seal, ssl);
    for (size_t i = 0; i < PIECES; i++) {
        const struct piece *p = &talking->pieces[i];
        for (unsigned k = 0; p->type + p->len != 0 && k < (p->times != 0 ? p->times : 1); k++) {
            put_piece(p, &seal, to_client);
        }
    }
}

static void talk(void **state)
{
    const struct talk_case *c = *state;
    struct tls_peer_config server = {.cert = &tls_lab_cert,
                                     .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256",
                                     .talk = say_pieces,
                                     .end = TLS_PEER_FIN};
    struct esp_tls_session *session;
    talking = c;
    assert_int_equal(tls_lab_open(&server, TLS_LAB_HOST, tls_lab_cert.pem, &session), ESP_OK);
    assert_int_equal(esp_tls_session_write(session, "?", 1, 1000), ESP_OK);
    uint8_t buf[600];
    size_t n = 0, n_data = 0;
    enum esp_tls_end end = ESP_TLS_END_NONE;
    esp_err_t err;
    do {
        err = esp_tls_session_read(session, buf, sizeof(buf), 5000, &n, &end);
        n_data += n;
    } while (err == ESP_OK && n > 0);
    if (c->says != NULL) {
        tls_lab_expect_log(c->says);
    }
    assert_int_equal(err, c->err);
    assert_int_equal(n_data, c->n_data);
    if (err == ESP_OK) {
        assert_int_equal(end, c->end);
    }
    esp_tls_session_close(session);
    assert_int_equal(tls_peer_open_connections(), 0);
}

int main(void)
{
    static struct CMUnitTest tests[COUNT(talks)];
    for (size_t i = 0; i < COUNT(talks); i++) {
        tests[i] = (struct CMUnitTest){.name = talks[i].title,
                                       .test_func = talk,
                                       .setup_func = tls_lab_reset,
                                       .initial_state = (void *)(uintptr_t)&talks[i]};
    }
    return cmocka_run_group_tests(tests, tls_lab_make, tls_lab_free);
}
