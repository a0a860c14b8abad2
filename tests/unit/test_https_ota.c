/* SPDX-License-Identifier: Apache-2.0 */
/* esp_https_ota against scripted servers: only a complete 200 answer reaches the end, every failure
 * closes the slot and selects nothing, and says what helps. */
#include "ota_lab.h"

static void complete_answers_are_installed(void **state)
{
    (void)state;
    struct tls_peer_config server = lab_serve(LAB_OK, LAB_IMAGE_LEN, TLS_PEER_STAYS);
    assert_int_equal(lab_update(&server), ESP_OK);
    lab_assert_installed();
    assert_int_equal(ota_slot.announced, LAB_IMAGE_LEN);
    lab_assert_log("I esp_https_ota: Starting OTA...");
    lab_assert_log("Writing to partition subtype 16 at offset 0x110000");
    lab_assert_log("50000 of 50000 bytes (100 %)");
    lab_assert_log("esp_ota_set_boot_partition succeeded");
}

static void a_body_without_length_ends_by_close_notify(void **state)
{
    (void)state;
    struct tls_peer_config server =
        lab_serve("HTTP/1.0 200 ok\r\n\r\n", LAB_IMAGE_LEN, TLS_PEER_NOTIFY);
    assert_int_equal(lab_update(&server), ESP_OK);
    lab_assert_installed();
    assert_int_equal(ota_slot.announced, OTA_SIZE_UNKNOWN);

    /* Without it, the image itself must say that it is all there. */
    lab_reset(NULL);
    server.end = TLS_PEER_FIN;
    assert_int_equal(lab_update(&server), ESP_OK);
    lab_assert_installed();

    lab_reset(NULL);
    server = lab_serve("HTTP/1.0 200 ok\r\n\r\n", LAB_IMAGE_LEN - 1, TLS_PEER_FIN);
    assert_int_equal(lab_update(&server), ESP_ERR_HTTP_INCOMPLETE_DATA);
    lab_assert_not_installed();
    lab_assert_log("is not proven after 49999 bytes: 0x700c");
}

static void redirects_to_http_are_refused(void **state)
{
    (void)state;
    const char *away = "HTTP/1.1 302 x\r\nLocation: http://10.0.2.2/\r\nContent-Length: 0\r\n\r\n";
    struct tls_peer_config server = {.cert = &lab_cert, .answer = away, .answer_len = strlen(away)};
    assert_int_equal(lab_update(&server), ESP_ERR_HTTP_REDIRECT_DOWNGRADE);
    assert_int_equal(ota_slot.begins, 0);
}

static void cut_downloads_select_nothing(void **state)
{
    (void)state;
    static const size_t cuts[] = {0, 1, 5000, 25000, LAB_IMAGE_LEN - 1};
    static const enum tls_peer_end ends[] = {TLS_PEER_NOTIFY, TLS_PEER_FIN, TLS_PEER_RESET};
    for (size_t i = 0; i < COUNT(cuts); i++) {
        for (size_t j = 0; j < COUNT(ends); j++) {
            lab_reset(NULL);
            struct tls_peer_config server = lab_serve(LAB_OK, cuts[i], ends[j]);
            assert_int_equal(lab_update(&server), ESP_ERR_HTTP_CONNECTION_CLOSED);
            lab_assert_not_installed();
            lab_assert_log("download broke off after");
        }
    }
}

static void silence_is_given_up_after_half_a_minute_each(void **state)
{
    (void)state;
    struct tls_peer_config server = lab_serve(LAB_OK, 20000, TLS_PEER_STAYS);
    assert_int_equal(lab_update(&server), ESP_ERR_HTTP_READ_TIMEOUT);
    lab_assert_not_installed();
    assert_in_range(fake_now_ms(), 4 * OTA_STALL_MS, 4 * OTA_STALL_MS + 7000 + 4 * 5000);
    lab_assert_log("download stalled after");
}

/* Twenty bytes a second are no progress, though no single wait is long. */
static void a_trickle_is_given_up_after_half_a_minute_each(void **state)
{
    (void)state;
    struct tls_peer_config server = lab_serve(LAB_OK, 2000, TLS_PEER_STAYS);
    server.record_len = sizeof(LAB_OK) - 1;
    server.segment = 20;
    server.pace_ms = 500;
    assert_int_equal(lab_update(&server), ESP_ERR_HTTP_READ_TIMEOUT);
    lab_assert_not_installed();
    assert_in_range(fake_now_ms(), 4 * OTA_STALL_MS, 4 * OTA_STALL_MS + 7000 + 4 * 10000);
    lab_assert_log("download stalled after");
}

static void other_statuses_touch_no_slot(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        esp_err_t err;
        const char *text;
    } cases[] = {
        {"HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\n", ESP_FAIL, "status 404 instead"},
        {"HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\n", ESP_FAIL, "status 403 instead"},
        {"HTTP/1.1 206 Partial\r\nContent-Length: 3\r\n\r\n", ESP_FAIL, "status 206 instead"},
        {"HTTP/1.1 304 Not Modified\r\n\r\n", ESP_ERR_HTTP_NOT_MODIFIED, "nothing newer"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct tls_peer_config server = lab_serve(cases[i].head, 3, TLS_PEER_NOTIFY);
        assert_int_equal(lab_update(&server), cases[i].err);
        assert_int_equal(ota_slot.begins, 0);
        lab_assert_log(cases[i].text);
    }
}

static void a_text_with_status_200_is_refused_with_its_type(void **state)
{
    (void)state;
    const char *text = "HTTP/1.0 200 ok\r\nContent-type: text/plain\r\n\r\n"
                       "Error opening 'hello_world.bin'\r\n";
    struct tls_peer_config server = {
        .cert = &lab_cert, .answer = text, .answer_len = strlen(text), .end = TLS_PEER_NOTIFY};
    assert_int_equal(lab_update(&server), ESP_ERR_OTA_VALIDATE_FAILED);
    lab_assert_not_installed();
    assert_int_equal(ota_slot.written, 0);
    lab_assert_log("Content-Type is 'text/plain'");
}

static void what_the_slot_refuses_is_told(void **state)
{
    (void)state;
    struct tls_peer_config server = lab_serve(LAB_OK, LAB_IMAGE_LEN, TLS_PEER_NOTIFY);
    ota_slot.begin_err = ESP_ERR_INVALID_SIZE;
    assert_int_equal(lab_update(&server), ESP_ERR_INVALID_SIZE);
    lab_assert_not_installed();
    lab_assert_log("ota_begin error err=0x104");
    lab_assert_log("slot ota_0 holds 983040 bytes, the image has 50000");

    /* An image, but refused: its Content-Type is not what to look at. */
    lab_reset(NULL);
    ota_slot.write_err = ESP_ERR_FLASH_OP_FAIL;
    assert_int_equal(lab_update(&server), ESP_ERR_FLASH_OP_FAIL);
    lab_assert_log("esp_ota_write failed after 0 bytes");
    assert_false(fake_log_has("Content-Type"));

    /* Likewise one that breaks the owner's rules, which does not become better by itself. */
    lab_reset(NULL);
    ota_slot.write_err = ESP_ERR_OTA_VALIDATE_FAILED;
    assert_int_equal(lab_update(&server), ESP_ERR_OTA_VALIDATE_FAILED);
    lab_assert_log("esp_ota_write failed after 0 bytes: 0x1503");
    assert_false(fake_log_has("Content-Type"));
    assert_false(fake_log_has("try again"));

    lab_reset(NULL);
    ota_slot.end_err = ESP_ERR_OTA_VALIDATE_FAILED;
    assert_int_equal(lab_update(&server), ESP_ERR_OTA_VALIDATE_FAILED);
    lab_assert_not_installed();
    lab_assert_log("esp_ota_end failed after 50000 bytes: 0x1503");
}

static void unsafe_configurations_do_not_connect(void **state)
{
    (void)state;
    struct tls_peer_config server = lab_serve(LAB_OK, LAB_IMAGE_LEN, TLS_PEER_NOTIFY);
    tls_peer_start(&server);
    esp_http_client_config_t http = {.url = "http://10.0.2.2/x.bin", .cert_pem = lab_cert.pem};
    assert_int_equal(esp_https_ota(&http), ESP_ERR_INVALID_ARG);
    lab_assert_log("plain http is refused: 0x102");
    http.url = "ftp://10.0.2.2/x.bin";
    assert_int_equal(esp_https_ota(&http), ESP_ERR_INVALID_ARG);
    lab_assert_log("'ftp://10.0.2.2/x.bin' is no https URL: 0x102");
    esp_http_client_config_t bare = {.url = LAB_URL};
    assert_int_equal(esp_https_ota(&bare), ESP_ERR_INVALID_ARG);
    lab_assert_log("Server certificate not found");
    assert_int_equal(esp_https_ota((const esp_http_client_config_t *)NULL), ESP_ERR_INVALID_ARG);
    esp_https_ota_config_t empty = {0};
    assert_int_equal(esp_https_ota(&empty), ESP_ERR_INVALID_ARG);
    assert_int_equal(tls_peer_connects(), 0);
}

static esp_err_t leave_tls(esp_http_client_handle_t client)
{
    return esp_http_client_set_url(client, "http://10.0.2.2/x.bin");
}

static esp_err_t leave_tls_later(esp_http_client_event_t *event)
{
    return event->event_id == HTTP_EVENT_DISCONNECTED ? leave_tls(event->client) : ESP_OK;
}

static void callbacks_do_not_lead_to_plain_http(void **state)
{
    (void)state;
    const struct lab_step steps[] = {{.cut = 20000, .end = TLS_PEER_FIN}};
    LAB_START(steps);
    esp_http_client_config_t http = {.url = LAB_URL, .cert_pem = lab_cert.pem};
    esp_https_ota_config_t config = {.http_config = &http, .http_client_init_cb = leave_tls};
    assert_int_equal(esp_https_ota(&config), ESP_ERR_INVALID_ARG);
    lab_assert_log("plain http is refused: 0x102");
    assert_int_equal(tls_peer_connects(), 0);

    lab_reset(NULL);
    LAB_START(steps);
    config.http_client_init_cb = NULL;
    http.event_handler = leave_tls_later;
    assert_int_equal(esp_https_ota(&config), ESP_ERR_INVALID_ARG);
    lab_assert_log("plain http is refused: 0x102");
    assert_int_equal(tls_peer_connects(), 1);
    lab_assert_not_installed();
}

static void what_makes_no_client_is_told(void **state)
{
    (void)state;
    esp_http_client_config_t http = {.url = "https://dev:S3cret@10.0.2.2/f.bin",
                                     .cert_pem = lab_cert.pem};
    assert_int_equal(esp_https_ota(&http), ESP_ERR_NOT_SUPPORTED);
    lab_assert_log("credentials in the URL are not offered");
    assert_false(fake_log_has("S3cret"));
    http.url = LAB_URL;
    http.client_key_pem = "without its certificate";
    assert_int_equal(esp_https_ota(&http), ESP_ERR_NOT_SUPPORTED);
    http.client_key_pem = NULL;
    http.method = HTTP_METHOD_MAX;
    assert_int_equal(esp_https_ota(&http), ESP_ERR_INVALID_ARG);
}

static esp_err_t add_header(esp_http_client_handle_t client)
{
    return esp_http_client_set_header(client, "X-Device", "1");
}

static void step_by_step(void **state)
{
    (void)state;
    struct tls_peer_config server = lab_serve(LAB_OK, LAB_IMAGE_LEN, TLS_PEER_STAYS);
    tls_peer_start(&server);
    const esp_http_client_config_t http = {.url = LAB_URL, .cert_pem = lab_cert.pem};
    esp_https_ota_config_t config = {.http_config = &http, .http_client_init_cb = add_header};
    esp_https_ota_handle_t handle;
    assert_int_equal(esp_https_ota_begin(&config, &handle), ESP_OK);
    assert_non_null(strstr(tls_peer_request(), "X-Device: 1\r\n"));
    assert_int_equal(esp_https_ota_get_image_size(handle), LAB_IMAGE_LEN);
    assert_int_equal(esp_https_ota_get_status_code(handle), 200);
    esp_app_desc_t desc;
    assert_int_equal(esp_https_ota_get_img_desc(handle, &desc), ESP_OK);
    assert_string_equal(desc.version, "v1.2.3");
    assert_int_equal(ota_slot.written, 0);
    esp_err_t err;
    while ((err = esp_https_ota_perform(handle)) == ESP_ERR_HTTPS_OTA_IN_PROGRESS) {
        assert_false(esp_https_ota_is_complete_data_received(handle) &&
                     esp_https_ota_get_image_len_read(handle) < (int)LAB_IMAGE_LEN);
    }
    assert_int_equal(err, ESP_OK);
    assert_true(esp_https_ota_is_complete_data_received(handle));
    assert_int_equal(esp_https_ota_get_image_len_read(handle), LAB_IMAGE_LEN);
    assert_int_equal(esp_https_ota_finish(handle), ESP_OK);
    lab_assert_installed();
    assert_int_equal(tls_peer_open_connections(), 0);
}

static void given_up_half_way(void **state)
{
    (void)state;
    struct tls_peer_config server = lab_serve(LAB_OK, LAB_IMAGE_LEN, TLS_PEER_STAYS);
    tls_peer_start(&server);
    for (int finish = 0; finish < 2; finish++) {
        lab_reset(NULL);
        esp_https_ota_handle_t handle = lab_begin();
        assert_int_equal(esp_https_ota_perform(handle), ESP_ERR_HTTPS_OTA_IN_PROGRESS);
        if (finish) {
            assert_int_equal(esp_https_ota_finish(handle), ESP_ERR_HTTP_INCOMPLETE_DATA);
        } else {
            assert_int_equal(esp_https_ota_abort(handle), ESP_OK);
        }
        lab_assert_not_installed();
        assert_int_equal(ota_slot.aborts, 1);
        assert_int_equal(tls_peer_open_connections(), 0);
    }
}

static void empty_files_are_refused(void **state)
{
    (void)state;
    static const char *const heads[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"};
    for (size_t i = 0; i < COUNT(heads); i++) {
        lab_reset(NULL);
        struct tls_peer_config server = lab_serve(heads[i], 0, TLS_PEER_NOTIFY);
        assert_int_equal(lab_update(&server), ESP_ERR_INVALID_SIZE);
        lab_assert_log("has 0 bytes: 0x104");
        assert_int_equal(ota_slot.written, 0);
    }
}

static void credentials_are_given_when_asked_for(void **state)
{
    (void)state;
    const struct lab_step steps[] = {
        {.head =
             "HTTP/1.1 401 x\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 3\r\n\r\n",
         .cut = 3,
         .end = TLS_PEER_FIN,
         .unexpected = "Authorization"},
        {.expected = "Authorization: Basic dTpw\r\n", .cut = 20000, .end = TLS_PEER_FIN},
        {.expected = "Authorization: Basic dTpw\r\n"}};
    const esp_http_client_config_t config = {
        .url = LAB_URL, .cert_pem = lab_cert.pem, .username = "u", .password = "p"};
    LAB_START(steps);
    assert_int_equal(esp_https_ota(&config), ESP_OK);
    lab_assert_installed();

    lab_reset(NULL);
    const struct lab_step refused[] = {steps[0]};
    assert_int_equal(LAB_UPDATE_IN_STEPS(refused), ESP_FAIL);
    lab_assert_log("status 401 instead of 200");
    lab_assert_log("give the user name and password");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup(f, lab_reset)
    const struct CMUnitTest tests[] = {
        CASE(complete_answers_are_installed),
        CASE(a_body_without_length_ends_by_close_notify),
        CASE(redirects_to_http_are_refused),
        CASE(cut_downloads_select_nothing),
        CASE(silence_is_given_up_after_half_a_minute_each),
        CASE(a_trickle_is_given_up_after_half_a_minute_each),
        CASE(other_statuses_touch_no_slot),
        CASE(a_text_with_status_200_is_refused_with_its_type),
        CASE(what_the_slot_refuses_is_told),
        CASE(unsafe_configurations_do_not_connect),
        CASE(callbacks_do_not_lead_to_plain_http),
        CASE(what_makes_no_client_is_told),
        CASE(step_by_step),
        CASE(given_up_half_way),
        CASE(empty_files_are_refused),
        CASE(credentials_are_given_when_asked_for),
    };
    return cmocka_run_group_tests(tests, lab_make, lab_free);
}
