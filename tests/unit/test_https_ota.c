/* SPDX-License-Identifier: Apache-2.0 */
/* esp_https_ota against scripted servers: only a complete 200 answer reaches the end, every failure
 * closes the slot and selects nothing, and says what helps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "esp_https_ota.h"
#include "fake_device.h"
#include "ota_progress.h"
#include "tls_peer.h"

#define URL       "https://10.0.2.2:8070/hello_world.bin"
#define IMAGE_LEN 50000u

/* The slot behind esp_ota_*: the gate is the first byte. */
static struct {
    esp_err_t begin_err, end_err;
    size_t announced;
    int begins, ends, aborts, selects;
    size_t written;
    uint8_t image[IMAGE_LEN];
} slot;

static const esp_partition_t partition = {.subtype = ESP_PARTITION_SUBTYPE_APP_OTA_0,
                                          .address = 0x110000,
                                          .size = 0xf0000,
                                          .label = "ota_0"};

const esp_partition_t *esp_ota_get_next_update_partition(const esp_partition_t *start_from)
{
    (void)start_from;
    return &partition;
}

esp_err_t esp_ota_begin(const esp_partition_t *p, size_t image_size, esp_ota_handle_t *out_handle)
{
    assert_ptr_equal(p, &partition);
    slot.begins++;
    slot.announced = image_size;
    *out_handle = 7;
    return slot.begin_err;
}

esp_err_t esp_ota_write(esp_ota_handle_t handle, const void *data, size_t size)
{
    assert_int_equal(handle, 7);
    if (slot.written == 0 && *(const uint8_t *)data != 0xe9) {
        return ESP_ERR_OTA_VALIDATE_FAILED;
    }
    assert_true(slot.written + size <= sizeof(slot.image));
    memcpy(slot.image + slot.written, data, size);
    slot.written += size;
    return ESP_OK;
}

esp_err_t esp_ota_end(esp_ota_handle_t handle)
{
    assert_int_equal(handle, 7);
    slot.ends++;
    return slot.end_err;
}

esp_err_t esp_ota_abort(esp_ota_handle_t handle)
{
    assert_int_equal(handle, 7);
    slot.aborts++;
    return ESP_OK;
}

esp_err_t esp_ota_set_boot_partition(const esp_partition_t *p)
{
    assert_ptr_equal(p, &partition);
    slot.selects++;
    return ESP_OK;
}

static struct tls_peer_cert cert;
static uint8_t image[IMAGE_LEN];
static char answer[IMAGE_LEN + 500];

static int make_image(void **state)
{
    (void)state;
    tls_peer_cert_new(&cert, "IP:10.0.2.2", 0);
    for (size_t i = 0; i < sizeof(image); i++) {
        image[i] = (uint8_t)(i * 13 + i / 509);
    }
    image[0] = 0xe9;
    memcpy(image + 16, "\x32\x54\xcd\xab", 4);
    strcpy((char *)image + 16 + 16, "v1.2.3");
    return 0;
}

static int free_image(void **state)
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
    memset(&slot, 0, sizeof(slot));
    return 0;
}

/* An answer of head and the first len bytes of the image. */
static struct tls_peer_config serve(const char *head, size_t len, enum tls_peer_end end)
{
    size_t head_len = strlen(head);
    memcpy(answer, head, head_len);
    memcpy(answer + head_len, image, len);
    return (struct tls_peer_config){
        .cert = &cert, .answer = answer, .answer_len = head_len + len, .end = end};
}

static esp_err_t update(const struct tls_peer_config *server)
{
    const esp_http_client_config_t config = {.url = URL, .cert_pem = cert.pem};
    tls_peer_start(server);
    esp_err_t err = esp_https_ota(&config);
    assert_int_equal(tls_peer_open_connections(), 0);
    return err;
}

static void assert_log(const char *text)
{
    if (!fake_log_has(text)) {
        fail_msg("log lacks '%s':\n%s", text, fake_log_text());
    }
}

static void assert_installed(void)
{
    assert_int_equal(slot.written, IMAGE_LEN);
    assert_memory_equal(slot.image, image, IMAGE_LEN);
    assert_int_equal(slot.ends, 1);
    assert_int_equal(slot.selects, 1);
    assert_int_equal(slot.aborts, 0);
}

/* Failed: the slot was closed if it had been opened, and nothing was selected. */
static void assert_not_installed(void)
{
    assert_int_equal(slot.selects, 0);
    assert_int_equal(slot.begins - (slot.begin_err != ESP_OK), slot.ends + slot.aborts);
}

#define OK_LENGTH "HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n"

static void complete_answers_are_installed(void **state)
{
    (void)state;
    struct tls_peer_config server = serve(OK_LENGTH, IMAGE_LEN, TLS_PEER_STAYS);
    assert_int_equal(update(&server), ESP_OK);
    assert_installed();
    assert_int_equal(slot.announced, IMAGE_LEN);
    assert_log("I esp_https_ota: Starting OTA...");
    assert_log("Writing to partition subtype 16 at offset 0x110000");
    assert_log("50000 of 50000 bytes (100 %)");
    assert_log("esp_ota_set_boot_partition succeeded");
}

static void a_body_without_length_ends_by_close_notify(void **state)
{
    (void)state;
    struct tls_peer_config server = serve("HTTP/1.0 200 ok\r\n\r\n", IMAGE_LEN, TLS_PEER_NOTIFY);
    assert_int_equal(update(&server), ESP_OK);
    assert_installed();
    assert_int_equal(slot.announced, OTA_SIZE_UNKNOWN);

    reset(NULL);
    server.end = TLS_PEER_FIN;
    assert_int_equal(update(&server), ESP_ERR_HTTP_INCOMPLETE_DATA);
    assert_not_installed();
    assert_log("is not proven after 50000 bytes");
}

static void redirects_to_http_are_refused(void **state)
{
    (void)state;
    const char *away = "HTTP/1.1 302 x\r\nLocation: http://10.0.2.2/\r\nContent-Length: 0\r\n\r\n";
    struct tls_peer_config server = {.cert = &cert, .answer = away, .answer_len = strlen(away)};
    assert_int_equal(update(&server), ESP_ERR_HTTP_REDIRECT_DOWNGRADE);
    assert_int_equal(slot.begins, 0);
}

static void cut_downloads_select_nothing(void **state)
{
    (void)state;
    static const size_t cuts[] = {0, 1, 5000, 25000, IMAGE_LEN - 1};
    static const enum tls_peer_end ends[] = {TLS_PEER_NOTIFY, TLS_PEER_FIN, TLS_PEER_RESET};
    for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
        for (size_t j = 0; j < sizeof(ends) / sizeof(ends[0]); j++) {
            reset(NULL);
            struct tls_peer_config server = serve(OK_LENGTH, cuts[i], ends[j]);
            assert_int_equal(update(&server), ESP_ERR_HTTP_CONNECTION_CLOSED);
            assert_not_installed();
            assert_log("download broke off after");
        }
    }
}

static void silence_is_given_up_after_half_a_minute(void **state)
{
    (void)state;
    struct tls_peer_config server = serve(OK_LENGTH, 20000, TLS_PEER_STAYS);
    assert_int_equal(update(&server), ESP_ERR_HTTP_READ_TIMEOUT);
    assert_not_installed();
    assert_in_range(fake_now_ms(), OTA_STALL_MS, OTA_STALL_MS + 5000);
    assert_log("download stalled after");
}

/* Twenty bytes a second are no progress, though no single wait is long. */
static void a_trickle_is_given_up_after_half_a_minute(void **state)
{
    (void)state;
    struct tls_peer_config server = serve(OK_LENGTH, 2000, TLS_PEER_STAYS);
    server.record_len = sizeof(OK_LENGTH) - 1;
    server.segment = 20;
    server.pace_ms = 500;
    assert_int_equal(update(&server), ESP_ERR_HTTP_READ_TIMEOUT);
    assert_not_installed();
    assert_in_range(fake_now_ms(), OTA_STALL_MS, OTA_STALL_MS + 10000);
    assert_log("download stalled after");
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
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tls_peer_config server = serve(cases[i].head, 3, TLS_PEER_NOTIFY);
        assert_int_equal(update(&server), cases[i].err);
        assert_int_equal(slot.begins, 0);
        assert_log(cases[i].text);
    }
}

static void a_text_with_status_200_is_refused_with_its_type(void **state)
{
    (void)state;
    const char *text = "HTTP/1.0 200 ok\r\nContent-type: text/plain\r\n\r\n"
                       "Error opening 'hello_world.bin'\r\n";
    struct tls_peer_config server = {
        .cert = &cert, .answer = text, .answer_len = strlen(text), .end = TLS_PEER_NOTIFY};
    assert_int_equal(update(&server), ESP_ERR_OTA_VALIDATE_FAILED);
    assert_not_installed();
    assert_int_equal(slot.written, 0);
    assert_log("Content-Type is 'text/plain'");
}

static void what_the_slot_refuses_is_told(void **state)
{
    (void)state;
    struct tls_peer_config server = serve(OK_LENGTH, IMAGE_LEN, TLS_PEER_NOTIFY);
    slot.begin_err = ESP_ERR_INVALID_SIZE;
    assert_int_equal(update(&server), ESP_ERR_INVALID_SIZE);
    assert_not_installed();
    assert_log("ota_begin error err=0x104");
    assert_log("slot ota_0 holds 983040 bytes, the image has 50000");

    reset(NULL);
    slot.end_err = ESP_ERR_OTA_VALIDATE_FAILED;
    assert_int_equal(update(&server), ESP_ERR_OTA_VALIDATE_FAILED);
    assert_not_installed();
    assert_log("esp_ota_end failed after 50000 bytes: 0x1503");
}

static void unsafe_configurations_do_not_connect(void **state)
{
    (void)state;
    struct tls_peer_config server = serve(OK_LENGTH, IMAGE_LEN, TLS_PEER_NOTIFY);
    tls_peer_start(&server);
    esp_http_client_config_t http = {.url = "http://10.0.2.2/x.bin", .cert_pem = cert.pem};
    assert_int_equal(esp_https_ota(&http), ESP_ERR_INVALID_ARG);
    assert_log("plain http is refused: 0x102");
    http.url = "ftp://10.0.2.2/x.bin";
    assert_int_equal(esp_https_ota(&http), ESP_ERR_INVALID_ARG);
    assert_log("'ftp://10.0.2.2/x.bin' is no https URL: 0x102");
    esp_http_client_config_t bare = {.url = URL};
    assert_int_equal(esp_https_ota(&bare), ESP_ERR_INVALID_ARG);
    assert_log("Server certificate not found");
    assert_int_equal(esp_https_ota((const esp_http_client_config_t *)NULL), ESP_ERR_INVALID_ARG);
    esp_https_ota_config_t empty = {0};
    assert_int_equal(esp_https_ota(&empty), ESP_ERR_INVALID_ARG);
    assert_int_equal(tls_peer_connects(), 0);
}

static esp_err_t add_header(esp_http_client_handle_t client)
{
    return esp_http_client_set_header(client, "X-Device", "1");
}

static void step_by_step(void **state)
{
    (void)state;
    struct tls_peer_config server = serve(OK_LENGTH, IMAGE_LEN, TLS_PEER_STAYS);
    tls_peer_start(&server);
    const esp_http_client_config_t http = {.url = URL, .cert_pem = cert.pem};
    esp_https_ota_config_t config = {.http_config = &http, .http_client_init_cb = add_header};
    esp_https_ota_handle_t handle;
    assert_int_equal(esp_https_ota_begin(&config, &handle), ESP_OK);
    assert_non_null(strstr(tls_peer_request(), "X-Device: 1\r\n"));
    assert_int_equal(esp_https_ota_get_image_size(handle), IMAGE_LEN);
    assert_int_equal(esp_https_ota_get_status_code(handle), 200);
    esp_app_desc_t desc;
    assert_int_equal(esp_https_ota_get_img_desc(handle, &desc), ESP_OK);
    assert_string_equal(desc.version, "v1.2.3");
    assert_int_equal(slot.written, 0);
    esp_err_t err;
    while ((err = esp_https_ota_perform(handle)) == ESP_ERR_HTTPS_OTA_IN_PROGRESS) {
        assert_false(esp_https_ota_is_complete_data_received(handle) &&
                     esp_https_ota_get_image_len_read(handle) < (int)IMAGE_LEN);
    }
    assert_int_equal(err, ESP_OK);
    assert_true(esp_https_ota_is_complete_data_received(handle));
    assert_int_equal(esp_https_ota_get_image_len_read(handle), IMAGE_LEN);
    assert_int_equal(esp_https_ota_finish(handle), ESP_OK);
    assert_installed();
    assert_int_equal(tls_peer_open_connections(), 0);
}

static void given_up_half_way(void **state)
{
    (void)state;
    struct tls_peer_config server = serve(OK_LENGTH, IMAGE_LEN, TLS_PEER_STAYS);
    tls_peer_start(&server);
    const esp_http_client_config_t http = {.url = URL, .cert_pem = cert.pem};
    const esp_https_ota_config_t config = {.http_config = &http};
    for (int finish = 0; finish < 2; finish++) {
        reset(NULL);
        esp_https_ota_handle_t handle;
        assert_int_equal(esp_https_ota_begin(&config, &handle), ESP_OK);
        assert_int_equal(esp_https_ota_perform(handle), ESP_ERR_HTTPS_OTA_IN_PROGRESS);
        if (finish) {
            assert_int_equal(esp_https_ota_finish(handle), ESP_ERR_HTTP_INCOMPLETE_DATA);
        } else {
            assert_int_equal(esp_https_ota_abort(handle), ESP_OK);
        }
        assert_not_installed();
        assert_int_equal(slot.aborts, 1);
        assert_int_equal(tls_peer_open_connections(), 0);
    }
}

static void progress_is_told_each_tenth(void **state)
{
    (void)state;
    struct ota_progress p;
    char text[64];
    int lines = 0;
    ota_progress_init(&p, 524288, 100);
    for (uint32_t i = 0; i < 512; i++) {
        lines += ota_progress_add(&p, 1024, 100 + 10 * (i + 1));
    }
    assert_in_range(lines, 10, 11);
    ota_progress_text(&p, 100 + 5120, text, sizeof(text));
    assert_string_equal(text, "524288 of 524288 bytes (100 %), 102 kB/s");
    ota_progress_init(&p, 0, 0);
    assert_true(ota_progress_add(&p, 65536, 0));
    ota_progress_text(&p, 0, text, sizeof(text));
    assert_string_equal(text, "65536 bytes, 0 kB/s");
}

static void a_stall_is_little_in_long(void **state)
{
    (void)state;
    struct ota_progress p;
    ota_progress_init(&p, 100000, UINT32_MAX - 1000);
    uint32_t now = UINT32_MAX - 1000 + OTA_STALL_MS - 1;
    assert_false(ota_progress_is_stalled(&p, now));
    ota_progress_add(&p, OTA_STALL_BYTES - 1, now);
    assert_true(ota_progress_is_stalled(&p, now + 1));
    ota_progress_add(&p, 1, now);
    assert_false(ota_progress_is_stalled(&p, now + 1));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup(f, reset)
    const struct CMUnitTest tests[] = {
        CASE(complete_answers_are_installed),
        CASE(a_body_without_length_ends_by_close_notify),
        CASE(redirects_to_http_are_refused),
        CASE(cut_downloads_select_nothing),
        CASE(silence_is_given_up_after_half_a_minute),
        CASE(a_trickle_is_given_up_after_half_a_minute),
        CASE(other_statuses_touch_no_slot),
        CASE(a_text_with_status_200_is_refused_with_its_type),
        CASE(what_the_slot_refuses_is_told),
        CASE(unsafe_configurations_do_not_connect),
        CASE(step_by_step),
        CASE(given_up_half_way),
        CASE(progress_is_told_each_tenth),
        CASE(a_stall_is_little_in_long),
    };
    return cmocka_run_group_tests(tests, make_image, free_image);
}
