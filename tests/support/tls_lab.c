/* SPDX-License-Identifier: Apache-2.0 */
/* See tls_lab.h. */
#include "tls_lab.h"

struct tls_peer_cert tls_lab_cert;

int tls_lab_make(void **state)
{
    (void)state;
    tls_peer_cert_new(&tls_lab_cert, "IP:" TLS_LAB_HOST, 0);
    return 0;
}

int tls_lab_free(void **state)
{
    (void)state;
    esp_tls_session_forget();
    tls_peer_stop();
    tls_peer_cert_free(&tls_lab_cert);
    return 0;
}

int tls_lab_reset(void **state)
{
    (void)state;
    fake_device_reset();
    esp_tls_session_forget();
    return 0;
}

esp_err_t tls_lab_open(const struct tls_peer_config *server, const char *host, const char *pem,
                       struct esp_tls_session **session)
{
    struct esp_tls_session_config config = {
        .host = host, .port = 8070, .ca_pem = pem, .timeout_ms = 5000};
    tls_peer_start(server);
    *session = NULL;
    return esp_tls_session_open(&config, session);
}

void tls_lab_exchange(struct esp_tls_session *session)
{
    uint8_t buf[8];
    size_t n = 0;
    enum esp_tls_end end;
    assert_int_equal(esp_tls_session_write(session, "?", 1, 1000), ESP_OK);
    assert_int_equal(esp_tls_session_read(session, buf, sizeof(buf), 1000, &n, &end), ESP_OK);
    assert_int_equal(n, 4);
    esp_tls_session_close(session);
}

void tls_lab_expect_good(struct esp_tls_session *session, esp_err_t err)
{
    if (err != ESP_OK) {
        fail_msg("refused: 0x%x\n%s", (unsigned)err, fake_log_text());
    }
    tls_lab_exchange(session);
}

void tls_lab_expect_log(const char *text)
{
    if (!fake_log_has(text)) {
        fail_msg("log lacks '%s':\n%s", text, fake_log_text());
    }
}
