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
#include "esp_ota_resume.h"
#include "esp_tls_session.h"
#include "fake_device.h"
#include "ota_answer.h"
#include "ota_note.h"
#include "ota_progress.h"
#include "ota_retry.h"
#include "tls_peer.h"

#define URL         "https://10.0.2.2:8070/hello_world.bin"
#define IMAGE_LEN   50000u
#define VERSION_OFF (16 + 16) /* of the text in the descriptor, in the image */

/* The slot behind esp_ota_*: the gate is the first byte. */
static struct {
    esp_err_t begin_err, write_err, end_err;
    size_t announced;
    int begins, ends, aborts, selects;
    size_t written;
    uint8_t image[IMAGE_LEN];
    esp_ota_note_t note; /* what it remembers; len 0: nothing */
    esp_err_t resume_err;
    bool forgets; /* its note with a failed end, and then ends well */
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
    slot.written = slot.note.resume_at;
    slot.announced = image_size;
    *out_handle = 7;
    return slot.begin_err;
}

esp_err_t esp_ota_begin_resumable(const esp_partition_t *p, size_t image_size, size_t resume_at,
                                  const void *note, size_t len, esp_ota_handle_t *out_handle)
{
    assert_true(len > 0 && len <= ESP_OTA_NOTE_MAX);
    if (resume_at > 0 && slot.resume_err != ESP_OK) {
        return slot.resume_err;
    }
    memmove(slot.note.bytes, note, len);
    slot.note.len = len;
    slot.note.image_size = image_size;
    slot.note.resume_at = resume_at;
    return esp_ota_begin(p, image_size, out_handle);
}

esp_err_t esp_ota_get_note(const esp_partition_t *p, esp_ota_note_t *note)
{
    assert_ptr_equal(p, &partition);
    *note = slot.note;
    return slot.note.len != 0 ? ESP_OK : ESP_ERR_NOT_FOUND;
}

bool esp_ota_is_whole(esp_ota_handle_t handle)
{
    assert_int_equal(handle, 7);
    return slot.written == IMAGE_LEN;
}

esp_err_t esp_ota_get_partition_description(const esp_partition_t *p, esp_app_desc_t *desc)
{
    assert_ptr_equal(p, &partition);
    memcpy(desc, slot.image + 16, sizeof(*desc));
    return ESP_OK;
}

esp_err_t esp_ota_write(esp_ota_handle_t handle, const void *data, size_t size)
{
    assert_int_equal(handle, 7);
    if (slot.write_err != ESP_OK) {
        return slot.write_err;
    }
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
    esp_err_t err = slot.end_err;
    if (slot.forgets) {
        memset(&slot.note, 0, sizeof(slot.note));
        slot.end_err = ESP_OK;
    }
    return err;
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
    strcpy((char *)image + VERSION_OFF, "v1.2.3");
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

    /* Without it, the image itself must say that it is all there. */
    reset(NULL);
    server.end = TLS_PEER_FIN;
    assert_int_equal(update(&server), ESP_OK);
    assert_installed();

    reset(NULL);
    server = serve("HTTP/1.0 200 ok\r\n\r\n", IMAGE_LEN - 1, TLS_PEER_FIN);
    assert_int_equal(update(&server), ESP_ERR_HTTP_INCOMPLETE_DATA);
    assert_not_installed();
    assert_log("is not proven after 49999 bytes: 0x700c");
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

static void silence_is_given_up_after_half_a_minute_each(void **state)
{
    (void)state;
    struct tls_peer_config server = serve(OK_LENGTH, 20000, TLS_PEER_STAYS);
    assert_int_equal(update(&server), ESP_ERR_HTTP_READ_TIMEOUT);
    assert_not_installed();
    assert_in_range(fake_now_ms(), 4 * OTA_STALL_MS, 4 * OTA_STALL_MS + 7000 + 4 * 5000);
    assert_log("download stalled after");
}

/* Twenty bytes a second are no progress, though no single wait is long. */
static void a_trickle_is_given_up_after_half_a_minute_each(void **state)
{
    (void)state;
    struct tls_peer_config server = serve(OK_LENGTH, 2000, TLS_PEER_STAYS);
    server.record_len = sizeof(OK_LENGTH) - 1;
    server.segment = 20;
    server.pace_ms = 500;
    assert_int_equal(update(&server), ESP_ERR_HTTP_READ_TIMEOUT);
    assert_not_installed();
    assert_in_range(fake_now_ms(), 4 * OTA_STALL_MS, 4 * OTA_STALL_MS + 7000 + 4 * 10000);
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

    /* An image, but refused: its Content-Type is not what to look at. */
    reset(NULL);
    slot.write_err = ESP_ERR_FLASH_OP_FAIL;
    assert_int_equal(update(&server), ESP_ERR_FLASH_OP_FAIL);
    assert_log("esp_ota_write failed after 0 bytes");
    assert_false(fake_log_has("Content-Type"));

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

static void what_makes_no_client_is_told(void **state)
{
    (void)state;
    esp_http_client_config_t http = {.url = "https://dev:S3cret@10.0.2.2/f.bin",
                                     .cert_pem = cert.pem};
    assert_int_equal(esp_https_ota(&http), ESP_ERR_NOT_SUPPORTED);
    assert_log("credentials in the URL are not offered");
    assert_false(fake_log_has("S3cret"));
    http.url = URL;
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

/* --- downloads that survive --- */

/* An honest server of the image, but for what a step says of its connection. */
struct step {
    const char *head; /* instead of the honest one */
    size_t cut;       /* bytes of body after which the connection ends; 0: all, SIZE_MAX: none */
    enum tls_peer_end end; /* then */
    const char *etag;      /* from this connection on; NULL: as before */
    const char *expected;  /* in the request */
    const char *unexpected;
    const char *version; /* in the descriptor, instead of the image's */
};

static struct {
    struct tls_peer_config server;
    const struct step *steps;
    size_t n;
    const char *etag;
    bool no_ranges;
    size_t body_bytes; /* sent */
} honest;

static void answer_honestly(unsigned connection, const char *request)
{
    static const struct step none = {.end = TLS_PEER_NOTIFY};
    const struct step *step = connection <= honest.n ? &honest.steps[connection - 1] : &none;
    const char *range = strstr(request, "\r\nRange: bytes=");
    const char *if_range = strstr(request, "\r\nIf-Range: ");
    char head[300];
    honest.etag = step->etag != NULL ? step->etag : honest.etag;
    bool is_same =
        if_range != NULL && strncmp(if_range + 12, honest.etag, strlen(honest.etag)) == 0;
    size_t from = range != NULL && is_same && !honest.no_ranges ? strtoul(range + 15, NULL, 10) : 0;
    if (step->expected != NULL) {
        assert_non_null(strstr(request, step->expected));
    }
    if (step->unexpected != NULL) {
        assert_null(strstr(request, step->unexpected));
    }
    int n = from != 0
                ? snprintf(head, sizeof(head),
                           "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %zu-%u/%u\r\n"
                           "Content-Length: %zu\r\nETag: %s\r\n\r\n",
                           from, IMAGE_LEN - 1, IMAGE_LEN, IMAGE_LEN - from, honest.etag)
                : snprintf(head, sizeof(head),
                           "HTTP/1.1 200 OK\r\nContent-Length: %u\r\nETag: %s\r\n\r\n", IMAGE_LEN,
                           honest.etag);
    if (step->head != NULL) {
        n = snprintf(head, sizeof(head), "%s", step->head);
    }
    size_t len = step->cut == SIZE_MAX ? 0 : step->cut != 0 ? step->cut : IMAGE_LEN - from;
    memcpy(answer, head, (size_t)n);
    memcpy(answer + n, image + from, len);
    if (step->version != NULL) {
        assert_true(from == 0 && len > VERSION_OFF + sizeof(((esp_app_desc_t *)NULL)->version));
        strcpy(answer + n + VERSION_OFF, step->version);
    }
    honest.server.answer_len = (size_t)n + len;
    honest.server.end = step->end;
    honest.body_bytes += len;
}

static esp_err_t update_in_steps(const struct step *steps, size_t n)
{
    honest.server =
        (struct tls_peer_config){.cert = &cert, .answer = answer, .on_request = answer_honestly};
    honest.steps = steps;
    honest.n = n;
    honest.etag = honest.etag != NULL ? honest.etag : "\"v1\"";
    honest.body_bytes = 0;
    return update(&honest.server);
}
#define UPDATE_IN_STEPS(steps) update_in_steps(steps, sizeof(steps) / sizeof((steps)[0]))

static void expect_connections(unsigned n)
{
    assert_int_equal(tls_peer_connects(), n);
}

static void a_drop_is_gone_on_with(void **state)
{
    (void)state;
    static const enum tls_peer_end ends[] = {TLS_PEER_NOTIFY, TLS_PEER_FIN, TLS_PEER_RESET,
                                             TLS_PEER_STAYS};
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        reset(NULL);
        const struct step steps[] = {{.cut = 20000, .end = ends[i], .unexpected = "Range"},
                                     {.cut = 5000,
                                      .end = ends[i],
                                      .expected = "Range: bytes=20000-\r\nIf-Range: \"v1\"\r\n"},
                                     {.end = TLS_PEER_FIN, .expected = "Range: bytes=25000-\r\n"}};
        assert_int_equal(UPDATE_IN_STEPS(steps), ESP_OK);
        assert_installed();
        assert_int_equal(slot.begins, 1);
        assert_int_equal(honest.body_bytes, IMAGE_LEN); /* nothing twice */
        expect_connections(3);
        assert_log("going on at 25000 of 50000 bytes");
    }
}

static void a_drop_before_the_first_write_is_gone_on_with(void **state)
{
    (void)state;
    const struct step steps[] = {{.cut = 300, .end = TLS_PEER_RESET},
                                 {.expected = "Range: bytes=300-\r\n"}};
    assert_int_equal(UPDATE_IN_STEPS(steps), ESP_OK);
    assert_installed();
}

static void a_server_without_ranges_starts_again(void **state)
{
    (void)state;
    const struct step steps[] = {{.cut = 20000, .end = TLS_PEER_FIN},
                                 {.expected = "Range: bytes=20000-"}};
    honest.no_ranges = true;
    esp_err_t err = UPDATE_IN_STEPS(steps);
    honest.no_ranges = false;
    assert_int_equal(err, ESP_OK);
    assert_int_equal(slot.written, IMAGE_LEN);
    assert_memory_equal(slot.image, image, IMAGE_LEN);
    assert_int_equal(slot.begins, 2);
    assert_log("20000 bytes are fetched again: the server sends no ranges");
}

static void a_changed_file_starts_again(void **state)
{
    (void)state;
    const struct step steps[] = {{.cut = 20000, .end = TLS_PEER_FIN, .etag = "\"v1\""},
                                 {.etag = "\"v2\"", .expected = "If-Range: \"v1\""}};
    assert_int_equal(UPDATE_IN_STEPS(steps), ESP_OK);
    honest.etag = NULL;
    assert_int_equal(slot.written, IMAGE_LEN);
    assert_int_equal(slot.begins, 2);
    assert_int_equal(honest.body_bytes, 20000 + IMAGE_LEN);
    assert_log("20000 bytes are fetched again: the server's file has changed");
}

static void without_a_strong_etag_all_is_fetched_again(void **state)
{
    (void)state;
    const struct step steps[] = {{.cut = 20000, .end = TLS_PEER_FIN, .etag = "W/\"v1\""},
                                 {.unexpected = "Range"}};
    assert_int_equal(UPDATE_IN_STEPS(steps), ESP_OK);
    honest.etag = NULL;
    assert_int_equal(slot.written, IMAGE_LEN);
    assert_int_equal(slot.note.len, 0);
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
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        reset(NULL);
        const struct step steps[] = {{.cut = 20000, .end = TLS_PEER_FIN},
                                     {.head = heads[i], .cut = 100, .end = TLS_PEER_FIN},
                                     {.unexpected = "Range"}};
        assert_int_equal(UPDATE_IN_STEPS(steps), ESP_OK);
        assert_int_equal(slot.written, IMAGE_LEN);
        assert_memory_equal(slot.image, image, IMAGE_LEN);
        expect_connections(3);
    }
}

static void attempts_have_an_end(void **state)
{
    (void)state;
    const struct step steps[] = {{.cut = 20000, .end = TLS_PEER_FIN},
                                 {.cut = 1, .end = TLS_PEER_FIN},
                                 {.cut = 1, .end = TLS_PEER_RESET},
                                 {.cut = 1, .end = TLS_PEER_FIN}};
    assert_int_equal(UPDATE_IN_STEPS(steps), ESP_ERR_HTTP_CONNECTION_CLOSED);
    assert_not_installed();
    expect_connections(4);
    assert_log("download broke off after 20003 of 50000 bytes: 0x7008");
    assert_in_range(fake_now_ms(), 3500, 7100);
}

/* As long as each connection brings something, the update goes on. */
static void progress_begins_a_new_row_of_attempts(void **state)
{
    (void)state;
    struct step steps[9];
    for (size_t i = 0; i < 9; i++) {
        steps[i] = (struct step){.cut = 5000, .end = TLS_PEER_RESET};
    }
    assert_int_equal(UPDATE_IN_STEPS(steps), ESP_OK);
    assert_installed();
    expect_connections(10);
}

/* Without ranges each connection may bring more than the last, and still all is written again. */
static void starting_again_has_an_end(void **state)
{
    (void)state;
    struct step steps[11];
    for (size_t i = 0; i < 11; i++) {
        steps[i] = (struct step){.cut = 4200 * (i + 1), .end = TLS_PEER_FIN};
    }
    honest.no_ranges = true;
    esp_err_t err = UPDATE_IN_STEPS(steps);
    honest.no_ranges = false;
    assert_int_equal(err, ESP_ERR_HTTP_CONNECTION_CLOSED);
    assert_not_installed();
    assert_int_equal(slot.begins, 1 + 3);
    assert_log("started again 3 times: 0x7008");
}

static void servers_in_trouble_are_asked_again(void **state)
{
    (void)state;
    const struct step steps[] = {
        {.head = "HTTP/1.1 503 x\r\nContent-Length: 3\r\n\r\n", .cut = 3, .end = TLS_PEER_FIN},
        {.head = "HTTP/1.1 429 x\r\nContent-Length: 3\r\n\r\n", .cut = 3, .end = TLS_PEER_FIN},
        {.head = "", .cut = 1, .end = TLS_PEER_RESET}};
    assert_int_equal(UPDATE_IN_STEPS(steps), ESP_OK);
    assert_installed();
    expect_connections(4);
}

/* Cut in the handshake: that may pass; another certificate does not. */
static void handshakes_that_break_off_are_tried_again(void **state)
{
    (void)state;
    struct tls_peer_config server = serve(OK_LENGTH, IMAGE_LEN, TLS_PEER_RESET);
    server.cut_wire_at = 300;
    esp_tls_session_forget();
    assert_int_equal(update(&server), ESP_ERR_HTTP_CONNECT);
    assert_int_equal(tls_peer_connects(), 4);

    struct tls_peer_cert other;
    tls_peer_cert_new(&other, "IP:10.0.2.2", 0);
    server = serve(OK_LENGTH, IMAGE_LEN, TLS_PEER_STAYS);
    server.cert = &other;
    assert_int_equal(update(&server), ESP_ERR_HTTP_CONNECT);
    assert_int_equal(tls_peer_connects(), 1);
    tls_peer_cert_free(&other);
}

static void refusals_are_not_repeated(void **state)
{
    (void)state;
    const struct step steps[] = {
        {.cut = 20000, .end = TLS_PEER_FIN},
        {.head = "HTTP/1.1 404 x\r\nContent-Length: 3\r\n\r\n", .cut = 3, .end = TLS_PEER_FIN}};
    assert_int_equal(UPDATE_IN_STEPS(steps), ESP_FAIL);
    assert_not_installed();
    expect_connections(2);
}

/* Each connection brings enough to go on, and then half a minute of silence. */
static void an_update_ends_in_its_time(void **state)
{
    (void)state;
    struct step steps[12];
    for (size_t i = 0; i < 12; i++) {
        steps[i] = (struct step){.cut = 4100, .end = TLS_PEER_STAYS};
    }
    assert_int_equal(UPDATE_IN_STEPS(steps), ESP_ERR_TIMEOUT);
    assert_not_installed();
    assert_in_range(fake_now_ms(), 250000, 305000);
    assert_log("the update takes longer than 300 s: 0x107");
}

/* Sends everybody elsewhere, just before they would stop waiting. */
static void lead_astray(unsigned connection, const char *request)
{
    (void)request;
    fake_pass_ms(4900);
    int n = snprintf(answer, sizeof(answer),
                     "HTTP/1.1 302 x\r\nLocation: https://10.0.2.2:%u/x\r\n"
                     "Content-Length: 0\r\n\r\n",
                     9000 + connection);
    honest.server.answer_len = (size_t)n;
}

static void being_led_about_ends_in_its_time(void **state)
{
    (void)state;
    honest.server =
        (struct tls_peer_config){.cert = &cert, .answer = answer, .on_request = lead_astray};
    tls_peer_start(&honest.server);
    const esp_http_client_config_t config = {
        .url = URL, .cert_pem = cert.pem, .max_redirection_count = 1000};
    assert_int_equal(esp_https_ota(&config), ESP_ERR_TIMEOUT);
    assert_in_range(fake_now_ms(), 300000, 305000);
    assert_log("the update takes longer than 300 s: 0x107");
    assert_int_equal(slot.begins, 0);
}

static void the_slot_remembers(void **state)
{
    (void)state;
    const struct step cut[] = {{.cut = 20000, .end = TLS_PEER_FIN},
                               {.cut = 1, .end = TLS_PEER_FIN},
                               {.cut = 1, .end = TLS_PEER_FIN},
                               {.cut = 1, .end = TLS_PEER_FIN}};
    assert_int_equal(UPDATE_IN_STEPS(cut), ESP_ERR_HTTP_CONNECTION_CLOSED);
    assert_int_equal(slot.note.image_size, IMAGE_LEN);
    assert_memory_equal(slot.note.bytes + 8, "\"v1\"", 4);

    /* The device comes back: of 20003 bytes, 16384 are found again. */
    slot.note.resume_at = 16384;
    slot.begins = slot.aborts = 0;
    const struct step rest[] = {{.expected = "Range: bytes=16384-\r\nIf-Range: \"v1\"\r\n"}};
    assert_int_equal(UPDATE_IN_STEPS(rest), ESP_OK);
    assert_installed();
    assert_int_equal(slot.begins, 1);
    assert_int_equal(honest.body_bytes, IMAGE_LEN - 16384);
    assert_log("slot ota_0 holds 16384 of 50000 bytes of an unfinished download");
    assert_log("going on at 16384 of 50000 bytes");
}

static void leave_note(const char *url, size_t resume_at)
{
    uint8_t id[OTA_URL_ID_LEN];
    ota_url_id(url, id);
    slot.note.len = ota_note_put(id, "\"v1\"", slot.note.bytes);
    slot.note.image_size = IMAGE_LEN;
    slot.note.resume_at = resume_at;
    memcpy(slot.image, image, resume_at);
}

static void notes_of_others_are_left_alone(void **state)
{
    (void)state;
    const struct step steps[] = {{.unexpected = "Range"}};
    leave_note("https://10.0.2.2:8070/other.bin", 8192);
    slot.note.resume_at = 0; /* the fake slot starts where its note says */
    assert_int_equal(UPDATE_IN_STEPS(steps), ESP_OK);
    assert_installed();

    reset(NULL);
    leave_note(URL, 8192); /* ours, but the slot does not hold what it should */
    slot.resume_err = ESP_ERR_OTA_VALIDATE_FAILED;
    slot.note.resume_at = 8192;
    assert_int_equal(UPDATE_IN_STEPS(steps), ESP_OK);
    assert_int_equal(slot.selects, 1);
}

static void a_file_that_changed_meanwhile_is_fetched_whole(void **state)
{
    (void)state;
    leave_note(URL, 8192);
    const struct step steps[] = {{.etag = "\"v2\"", .expected = "If-Range: \"v1\""}};
    assert_int_equal(UPDATE_IN_STEPS(steps), ESP_OK);
    honest.etag = NULL;
    assert_int_equal(slot.written, IMAGE_LEN);
    assert_int_equal(honest.body_bytes, IMAGE_LEN);
    assert_memory_equal(slot.note.bytes + 8, "\"v2\"", 4);
}

/* What stood in the slot spoilt the image: that is no reason to fail for ever. */
static void a_spoilt_beginning_is_fetched_again(void **state)
{
    (void)state;
    leave_note(URL, 8192);
    slot.end_err = ESP_ERR_OTA_VALIDATE_FAILED;
    slot.forgets = true;
    const struct step steps[] = {{.expected = "Range: bytes=8192-"}, {.unexpected = "Range"}};
    assert_int_equal(UPDATE_IN_STEPS(steps), ESP_OK);
    assert_int_equal(slot.ends, 2);
    assert_int_equal(slot.selects, 1);
    assert_log("what stood in the slot was not of this image");
}

/* The application has decided about one file: another one needs another decision. */
static void a_file_that_was_looked_at_must_stay(void **state)
{
    (void)state;
    static const struct step steps[] = {{.cut = 20000, .end = TLS_PEER_FIN, .etag = "\"v1\""},
                                        {.etag = "\"v2\""}};
    honest.server =
        (struct tls_peer_config){.cert = &cert, .answer = answer, .on_request = answer_honestly};
    honest.steps = steps;
    honest.n = 2;
    tls_peer_start(&honest.server);
    const esp_http_client_config_t http = {.url = URL, .cert_pem = cert.pem};
    const esp_https_ota_config_t config = {.http_config = &http};
    esp_https_ota_handle_t handle;
    esp_app_desc_t desc;
    esp_err_t err;
    assert_int_equal(esp_https_ota_begin(&config, &handle), ESP_OK);
    assert_int_equal(esp_https_ota_get_img_desc(handle, &desc), ESP_OK);
    while ((err = esp_https_ota_perform(handle)) == ESP_ERR_HTTPS_OTA_IN_PROGRESS) {
    }
    honest.etag = NULL;
    assert_int_equal(err, ESP_ERR_INVALID_VERSION);
    assert_int_equal(esp_https_ota_finish(handle), ESP_ERR_INVALID_VERSION);
    assert_not_installed();
}

/* Looks at the first file, and takes what the server then has. */
static esp_err_t look_and_take(const struct step *steps, size_t n, uint32_t thinks_ms)
{
    honest.server =
        (struct tls_peer_config){.cert = &cert, .answer = answer, .on_request = answer_honestly};
    honest.steps = steps;
    honest.n = n;
    tls_peer_start(&honest.server);
    const esp_http_client_config_t http = {.url = URL, .cert_pem = cert.pem};
    const esp_https_ota_config_t config = {.http_config = &http};
    esp_https_ota_handle_t handle;
    esp_app_desc_t desc;
    esp_err_t err;
    assert_int_equal(esp_https_ota_begin(&config, &handle), ESP_OK);
    assert_int_equal(esp_https_ota_get_img_desc(handle, &desc), ESP_OK);
    assert_string_equal(desc.version, "v1.2.3");
    fake_pass_ms(thinks_ms);
    while ((err = esp_https_ota_perform(handle)) == ESP_ERR_HTTPS_OTA_IN_PROGRESS) {
    }
    honest.etag = NULL;
    honest.no_ranges = false;
    assert_int_equal(esp_https_ota_finish(handle), err);
    return err;
}

/* An answer without a byte of body between the two does not make it forgotten. */
static void a_file_that_was_looked_at_must_stay_over_empty_answers(void **state)
{
    (void)state;
    static const struct step steps[] = {{.cut = 20000, .end = TLS_PEER_FIN, .etag = "\"v1\""},
                                        {.head = "HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n"
                                                 "ETag: \"v1\"\r\n\r\n",
                                         .cut = SIZE_MAX,
                                         .end = TLS_PEER_FIN},
                                        {.etag = "\"v2\"", .end = TLS_PEER_NOTIFY}};
    honest.no_ranges = true;
    assert_int_equal(look_and_take(steps, 3, 0), ESP_ERR_INVALID_VERSION);
    assert_not_installed();
    expect_connections(3);
}

/* A server that gives another file under the same ETag is found out by the descriptor. */
static void a_file_under_a_borrowed_etag_is_not_taken(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {.cut = 20000, .end = TLS_PEER_FIN, .etag = "\"v1\""},
        {.end = TLS_PEER_NOTIFY, .version = "v0.0.1"},
    };
    honest.no_ranges = true;
    assert_int_equal(look_and_take(steps, 2, 0), ESP_ERR_INVALID_VERSION);
    assert_not_installed();
    assert_int_equal(slot.written, 0);
    assert_log("changed since the application looked at it: 0x10a");

    reset(NULL);
    static const struct step same[] = {{.cut = 20000, .end = TLS_PEER_FIN, .etag = "\"v1\""},
                                       {.end = TLS_PEER_NOTIFY}};
    honest.no_ranges = true;
    assert_int_equal(look_and_take(same, 2, 0), ESP_OK);
    assert_int_equal(slot.selects, 1);
}

/* An application that thinks it over is no stalled download. */
static void thinking_it_over_is_no_stall(void **state)
{
    (void)state;
    static const struct step steps[] = {{.end = TLS_PEER_NOTIFY, .etag = "\"v1\""}};
    assert_int_equal(look_and_take(steps, 1, OTA_STALL_MS + 1000), ESP_OK);
    assert_installed();
    expect_connections(1);
}

static void a_beginning_in_the_slot_has_a_descriptor_too(void **state)
{
    (void)state;
    leave_note(URL, 8192);
    honest.server =
        (struct tls_peer_config){.cert = &cert, .answer = answer, .on_request = answer_honestly};
    honest.n = 0;
    honest.etag = "\"v1\"";
    tls_peer_start(&honest.server);
    const esp_http_client_config_t http = {.url = URL, .cert_pem = cert.pem};
    const esp_https_ota_config_t config = {.http_config = &http};
    esp_https_ota_handle_t handle;
    esp_app_desc_t desc;
    assert_int_equal(esp_https_ota_begin(&config, &handle), ESP_OK);
    assert_int_equal(esp_https_ota_get_image_size(handle), IMAGE_LEN);
    assert_int_equal(esp_https_ota_get_image_len_read(handle), 8192);
    assert_int_equal(esp_https_ota_get_img_desc(handle, &desc), ESP_OK);
    assert_string_equal(desc.version, "v1.2.3");
    assert_int_equal(esp_https_ota_abort(handle), ESP_OK);
}

static void empty_files_are_refused(void **state)
{
    (void)state;
    static const char *const heads[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"};
    for (size_t i = 0; i < 2; i++) {
        reset(NULL);
        struct tls_peer_config server = serve(heads[i], 0, TLS_PEER_NOTIFY);
        assert_int_equal(update(&server), ESP_ERR_INVALID_SIZE);
        assert_log("has 0 bytes: 0x104");
        assert_int_equal(slot.written, 0);
    }
}

static void credentials_are_given_when_asked_for(void **state)
{
    (void)state;
    const struct step steps[] = {
        {.head =
             "HTTP/1.1 401 x\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 3\r\n\r\n",
         .cut = 3,
         .end = TLS_PEER_FIN,
         .unexpected = "Authorization"},
        {.expected = "Authorization: Basic dTpw\r\n", .cut = 20000, .end = TLS_PEER_FIN},
        {.expected = "Authorization: Basic dTpw\r\n"}};
    const esp_http_client_config_t config = {
        .url = URL, .cert_pem = cert.pem, .username = "u", .password = "p"};
    honest.server =
        (struct tls_peer_config){.cert = &cert, .answer = answer, .on_request = answer_honestly};
    honest.steps = steps;
    honest.n = 3;
    tls_peer_start(&honest.server);
    assert_int_equal(esp_https_ota(&config), ESP_OK);
    assert_installed();

    reset(NULL);
    const struct step refused[] = {steps[0]};
    assert_int_equal(UPDATE_IN_STEPS(refused), ESP_FAIL);
    assert_log("status 401 instead of 200");
    assert_log("give the user name and password");
}

/* --- the pure parts --- */

static void back_off_doubles_and_varies(void **state)
{
    (void)state;
    struct ota_retry r = {0};
    uint32_t ms;
    static const uint32_t whole[] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
    for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
        struct ota_retry low = r, high = r;
        assert_true(ota_retry_next(&low, 8, 100, 0, &ms));
        assert_int_equal(ms, whole[i] / 2);
        assert_true(ota_retry_next(&high, 8, 100, whole[i] / 2, &ms));
        assert_int_equal(ms, whole[i]);
        assert_true(ota_retry_next(&r, 8, 100, 0x12345678u * (uint32_t)i, &ms));
        assert_in_range(ms, whole[i] / 2, whole[i]);
    }
    assert_false(ota_retry_next(&r, 8, 4095, 0, &ms));
    assert_true(ota_retry_next(&r, 8, 4096, 0, &ms)); /* came further: a new row */
    assert_int_equal(ms, 500);
    assert_int_equal(r.failed, 1);
    assert_false(ota_retry_next(&r, 1, 100, 0, &ms)); /* fetched again is not further */
    r = (struct ota_retry){0};
    assert_false(ota_retry_next(&r, 0, 0, 0, &ms));
}

static void notes_belong_to_a_url(void **state)
{
    (void)state;
    uint8_t id[OTA_URL_ID_LEN], other[OTA_URL_ID_LEN], note[OTA_NOTE_LEN];
    char etag[OTA_ETAG_LEN] = "";
    ota_url_id("https://h/a.bin?signature=1", id);
    ota_url_id("https://h/a.bin?signature=2", other);
    assert_memory_equal(id, other, sizeof(id));
    ota_url_id("https://h/b.bin", other);
    assert_memory_not_equal(id, other, sizeof(id));
    size_t len = ota_note_put(id, "\"abc\"", note);
    assert_true(ota_note_get(note, len, id, etag));
    assert_string_equal(etag, "\"abc\"");
    assert_false(ota_note_get(note, len, other, etag));
    assert_false(ota_note_get(note, OTA_URL_ID_LEN, id, etag));
    assert_false(ota_note_get(note, OTA_NOTE_LEN, id, etag));
    assert_false(ota_note_get(note, 0, id, etag));
}

static void every_status_has_a_verdict(void **state)
{
    (void)state;
    const struct ota_file file = {.total = 100, .etag = "\"v1\""};
    struct ota_answer a = {.length = 50,
                           .etag = "\"v1\"",
                           .range = {.first = 50, .last = 99, .total = 100},
                           .range_err = ESP_OK};
    for (a.status = 200; a.status < 600; a.status++) {
        bool is_later = a.status == 408 || a.status == 429 || a.status == 500 || a.status == 502 ||
                        a.status == 503 || a.status == 504;
        enum ota_verdict others = is_later ? OTA_LATER : OTA_REFUSED;
        assert_int_equal(ota_judge(&file, 50, &a), a.status == 200   ? OTA_WHOLE
                                                   : a.status == 206 ? OTA_REST
                                                   : a.status == 304 ? OTA_NOT_MODIFIED
                                                   : a.status == 416 ? OTA_ASK_WHOLE
                                                                     : others);
        assert_int_equal(ota_judge(&file, 0, &a), a.status == 200   ? OTA_WHOLE
                                                  : a.status == 304 ? OTA_NOT_MODIFIED
                                                                    : others);
    }
    a.status = 206;
    a.length = -1; /* chunked */
    assert_int_equal(ota_judge(&file, 50, &a), OTA_REST);
    static const esp_http_client_range_t others[] = {{49, 99, 100},  {51, 99, 100}, {50, 98, 100},
                                                     {50, 100, 101}, {50, 98, 99},  {0, 99, 100}};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct ota_answer other = a;
        other.range = others[i];
        assert_int_equal(ota_judge(&file, 50, &other), OTA_ASK_WHOLE);
    }
    const struct ota_file unknown = {.etag = "\"v1\""};
    assert_int_equal(ota_judge(&unknown, 50, &a), OTA_REST);
    const struct ota_file nameless = {.total = 100};
    a.etag = "";
    assert_int_equal(ota_judge(&nameless, 50, &a), OTA_ASK_WHOLE);
}

static void progress_is_told_each_tenth(void **state)
{
    (void)state;
    struct ota_progress p;
    char text[64];
    int lines = 0;
    ota_progress_init(&p, 0, 524288, 100);
    for (uint32_t i = 0; i < 512; i++) {
        lines += ota_progress_add(&p, 1024, 100 + 10 * (i + 1));
    }
    assert_in_range(lines, 10, 11);
    ota_progress_text(&p, 100 + 5120, text, sizeof(text));
    assert_string_equal(text, "524288 of 524288 bytes (100 %), 102 kB/s");
    ota_progress_init(&p, 0, 0, 0);
    assert_true(ota_progress_add(&p, 65536, 0));
    ota_progress_text(&p, 0, text, sizeof(text));
    assert_string_equal(text, "65536 bytes, 0 kB/s");
}

static void a_stall_is_little_in_long(void **state)
{
    (void)state;
    struct ota_progress p;
    ota_progress_init(&p, 0, 100000, UINT32_MAX - 1000);
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
        CASE(silence_is_given_up_after_half_a_minute_each),
        CASE(a_trickle_is_given_up_after_half_a_minute_each),
        CASE(other_statuses_touch_no_slot),
        CASE(a_text_with_status_200_is_refused_with_its_type),
        CASE(what_the_slot_refuses_is_told),
        CASE(unsafe_configurations_do_not_connect),
        CASE(what_makes_no_client_is_told),
        CASE(step_by_step),
        CASE(given_up_half_way),
        CASE(a_drop_is_gone_on_with),
        CASE(a_drop_before_the_first_write_is_gone_on_with),
        CASE(a_server_without_ranges_starts_again),
        CASE(a_changed_file_starts_again),
        CASE(without_a_strong_etag_all_is_fetched_again),
        CASE(wrong_parts_are_not_taken),
        CASE(attempts_have_an_end),
        CASE(progress_begins_a_new_row_of_attempts),
        CASE(starting_again_has_an_end),
        CASE(servers_in_trouble_are_asked_again),
        CASE(handshakes_that_break_off_are_tried_again),
        CASE(refusals_are_not_repeated),
        CASE(an_update_ends_in_its_time),
        CASE(being_led_about_ends_in_its_time),
        CASE(the_slot_remembers),
        CASE(notes_of_others_are_left_alone),
        CASE(a_file_that_changed_meanwhile_is_fetched_whole),
        CASE(a_spoilt_beginning_is_fetched_again),
        CASE(a_file_that_was_looked_at_must_stay),
        CASE(a_file_that_was_looked_at_must_stay_over_empty_answers),
        CASE(a_file_under_a_borrowed_etag_is_not_taken),
        CASE(thinking_it_over_is_no_stall),
        CASE(a_beginning_in_the_slot_has_a_descriptor_too),
        CASE(empty_files_are_refused),
        CASE(credentials_are_given_when_asked_for),
        CASE(back_off_doubles_and_varies),
        CASE(notes_belong_to_a_url),
        CASE(every_status_has_a_verdict),
        CASE(progress_is_told_each_tenth),
        CASE(a_stall_is_little_in_long),
    };
    return cmocka_run_group_tests(tests, make_image, free_image);
}
