/* SPDX-License-Identifier: Apache-2.0 */
/* A download that survives: what came stays, a failure that may pass is followed by another
 * attempt, and only a file that changed or a server without ranges makes it start again. */
#include <errno.h>
#include <string.h>

#include "esp_log.h"
#include "esp_ota_resume.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "ota_session.h"

static const char *const TAG = "esp_https_ota";

#ifdef CONFIG_OTA_RESUME
#define KEEPS_NOTE true
#else
#define KEEPS_NOTE false
#endif

#define TOTAL_MS (CONFIG_OTA_TIMEOUT * UINT32_C(1000))

uint32_t ota_now_ms(void)
{
    return (uint32_t)xTaskGetTickCount() * portTICK_PERIOD_MS;
}

uint32_t ota_received(const struct ota_session *s)
{
    return s->progress.done + (uint32_t)s->held;
}

/* --- the slot --- */

esp_err_t ota_take_up(struct ota_session *s)
{
    esp_ota_note_t note;
    (void)esp_http_client_get_url(s->client, s->buffer, OTA_BUFFER_LEN); /* cut when too long */
    ota_url_id(s->buffer, s->url_id);
    if (!KEEPS_NOTE || esp_ota_get_note(s->slot, &note) != ESP_OK || note.resume_at == 0 ||
        !ota_note_get(note.bytes, note.len, s->url_id, s->file.etag)) {
        return ESP_OK;
    }
    esp_err_t err = esp_ota_begin_resumable(s->slot, note.image_size, note.resume_at, note.bytes,
                                            note.len, &s->ota);
    if (err != ESP_OK) {
        s->file = (struct ota_file){0};
        return err == ESP_ERR_NO_MEM ? err : ESP_OK;
    }
    s->ota_open = true;
    s->taken_up = true;
    s->file.total = note.image_size;
    ota_progress_init(&s->progress, note.resume_at, note.image_size, ota_now_ms());
    ESP_LOGI(TAG, "slot %s holds %u of %u bytes of an unfinished download", s->slot->label,
             (unsigned)note.resume_at, (unsigned)note.image_size);
    return ESP_OK;
}

static void close_slot(struct ota_session *s)
{
    if (s->ota_open) {
        (void)esp_ota_abort(s->ota);
    }
    s->ota_open = false;
    s->taken_up = false;
    s->held = 0;
    s->progress.done = 0;
}

static esp_err_t begin_slot(struct ota_session *s, size_t size)
{
    uint8_t note[OTA_NOTE_LEN];
    if (!KEEPS_NOTE || s->file.etag[0] == '\0') {
        return esp_ota_begin(s->slot, size, &s->ota);
    }
    size_t len = ota_note_put(s->url_id, s->file.etag, note);
    return esp_ota_begin_resumable(s->slot, size, 0, note, len, &s->ota);
}

/* Opens the slot for the whole file whose head has just come. */
static esp_err_t open_slot(struct ota_session *s)
{
    int length = esp_http_client_get_content_length(s->client);
    ESP_LOGI(TAG, "Writing to partition subtype %d at offset 0x%x", (int)s->slot->subtype,
             (unsigned)s->slot->address);
    s->file.total = length > 0 ? (uint32_t)length : 0;
    esp_err_t err = begin_slot(s, length > 0 ? (size_t)length : OTA_SIZE_UNKNOWN);
    if (err != ESP_OK) {
        ESP_LOGE(TAG, "ota_begin error err=0x%x (%s); slot %s holds %u bytes, the image has %d",
                 (unsigned)err, esp_err_to_name(err), s->slot->label, (unsigned)s->slot->size,
                 length);
        return err;
    }
    s->ota_open = true;
    ota_progress_init(&s->progress, 0, s->file.total, ota_now_ms());
    ESP_LOGI(TAG, "esp_ota_begin succeeded; the slot is erased just ahead of the data");
    return ESP_OK;
}

esp_err_t ota_refuse_changed(void)
{
    ESP_LOGE(TAG,
             "the server's file has changed since the application looked at it: 0x%x "
             "(ESP_ERR_INVALID_VERSION); begin again",
             (unsigned)ESP_ERR_INVALID_VERSION);
    return ESP_ERR_INVALID_VERSION;
}

/* The beginning that we have is of no use: with the whole file on its way, 0 is where it starts. */
static esp_err_t start_over(struct ota_session *s)
{
    const char *etag = esp_http_client_get_etag(s->client);
    bool is_same = etag[0] != '\0' && strcmp(etag, s->file.etag) == 0;
    if (s->is_shown && !is_same) {
        return ota_refuse_changed();
    }
    /* A beginning from before a reset is not yet an attempt of this call. */
    if (!s->taken_up && !ota_retry_start_over(&s->retry, CONFIG_OTA_RETRIES)) {
        ESP_LOGE(TAG,
                 "the download has started again %u times: 0x%x (ESP_ERR_HTTP_CONNECTION_CLOSED); "
                 "have the server give a strong ETag and ranges",
                 (unsigned)CONFIG_OTA_RETRIES, (unsigned)ESP_ERR_HTTP_CONNECTION_CLOSED);
        return ESP_ERR_HTTP_CONNECTION_CLOSED;
    }
    ESP_LOGW(TAG, "%u bytes are fetched again: %s", (unsigned)ota_received(s),
             is_same                   ? "the server sends no ranges"
             : s->file.etag[0] == '\0' ? "the server gives no strong ETag to go on with"
                                       : "the server's file has changed");
    return ESP_OK;
}

static esp_err_t take_whole(struct ota_session *s)
{
    esp_err_t err = ota_received(s) > 0 || s->is_shown ? start_over(s) : ESP_OK;
    if (err != ESP_OK) {
        return err;
    }
    close_slot(s);
    strcpy(s->file.etag, esp_http_client_get_etag(s->client));
    return open_slot(s);
}

static void take_rest(struct ota_session *s)
{
    esp_http_client_range_t range;
    if (esp_http_client_get_range(s->client, &range) == ESP_OK) {
        s->file.total = range.total;
        s->progress.total = range.total;
    }
    ota_progress_go_on(&s->progress, ota_now_ms());
    ESP_LOGI(TAG, "going on at %u of %u bytes", (unsigned)ota_received(s), (unsigned)s->file.total);
}

/* --- attempts --- */

bool ota_is_overdue(const struct ota_session *s, uint32_t more_ms)
{
    uint32_t passed = ota_now_ms() - s->started;
    return passed >= TOTAL_MS || more_ms >= TOTAL_MS - passed;
}

/* A server whose ranges are not to be trusted: the whole, then, and if it cannot do that either,
 * what was wrong with the range is the error. */
static esp_err_t ask_whole(struct ota_session *s)
{
    enum ota_verdict verdict;
    int status = esp_http_client_get_status_code(s->client);
    ESP_LOGW(TAG, "status %d is not the rest from byte %u on; asking for the whole", status,
             (unsigned)ota_received(s));
    s->no_range = true;
    esp_err_t err = ota_ask(s, &verdict);
    s->no_range = false;
    if (err == ESP_FAIL && esp_http_client_get_status_code(s->client) == status) {
        return status == 416 ? ESP_ERR_HTTP_RANGE_NOT_SATISFIABLE : ESP_ERR_INVALID_RESPONSE;
    }
    return err == ESP_OK ? take_whole(s) : err;
}

static esp_err_t fetch_once(struct ota_session *s)
{
    enum ota_verdict verdict;
    esp_err_t err = ota_ask(s, &verdict);
    if (err != ESP_OK) {
        return err;
    }
    switch (verdict) {
    case OTA_REST:
        take_rest(s);
        return ESP_OK;
    case OTA_ASK_WHOLE:
        return ask_whole(s);
    default:
        return take_whole(s);
    }
}

/* Closes what failed with err and waits for the next attempt. Errors: err when it was the last one,
 * ESP_ERR_TIMEOUT when there is no time for another. */
static esp_err_t wait_to_retry(struct ota_session *s, esp_err_t err)
{
    uint32_t random, delay_ms;
    esp_fill_random(&random, sizeof(random));
    esp_http_client_close(s->client);
    if (!ota_retry_next(&s->retry, CONFIG_OTA_RETRIES, ota_received(s), random, &delay_ms)) {
        return err;
    }
    if (ota_is_overdue(s, delay_ms)) {
        return ESP_ERR_TIMEOUT;
    }
    ESP_LOGW(TAG, "at byte %u: 0x%x (%s); attempt %u of %u follows in %u ms",
             (unsigned)ota_received(s), (unsigned)err, esp_err_to_name(err),
             (unsigned)s->retry.failed, (unsigned)CONFIG_OTA_RETRIES, (unsigned)delay_ms);
    vTaskDelay((delay_ms + portTICK_PERIOD_MS - 1) / portTICK_PERIOD_MS);
    return ESP_OK;
}

/* --- the body --- */

static void log_lost(const struct ota_session *s, esp_err_t err)
{
    unsigned done = (unsigned)ota_received(s);
    unsigned total = (unsigned)s->file.total;
    const char *name = esp_err_to_name(err);
    switch (err) {
    case ESP_ERR_TIMEOUT:
        ESP_LOGE(TAG,
                 "the update takes longer than %u s: 0x%x (%s), %u of %u bytes; raise "
                 "CONFIG_OTA_TIMEOUT or mend the network",
                 (unsigned)CONFIG_OTA_TIMEOUT, (unsigned)err, name, done, total);
        break;
    case ESP_ERR_HTTP_READ_TIMEOUT:
        ESP_LOGE(TAG,
                 "download stalled after %u of %u bytes: 0x%x (%s); less than %u bytes in %u s; "
                 "check the network, try again",
                 done, total, (unsigned)err, name, OTA_STALL_BYTES, OTA_STALL_MS / 1000);
        break;
    case ESP_ERR_HTTP_INCOMPLETE_DATA:
        ESP_LOGE(TAG,
                 "the end of the download is not proven after %u bytes: 0x%x (%s); have the "
                 "server send Content-Length or close_notify",
                 done, (unsigned)err, name);
        break;
    default:
        ESP_LOGE(TAG,
                 "download broke off after %u of %u bytes: 0x%x (%s); the running image stays, try "
                 "again",
                 done, total, (unsigned)err, name);
        break;
    }
}

esp_err_t ota_fetch(struct ota_session *s)
{
    for (;;) {
        esp_err_t err = fetch_once(s);
        if (err == ESP_OK) {
            return ESP_OK;
        }
        if (s->may_pass) {
            err = wait_to_retry(s, err);
        }
        if (err == ESP_ERR_TIMEOUT) {
            log_lost(s, err);
        }
        if (err != ESP_OK) {
            return err;
        }
    }
}

esp_err_t ota_recover(struct ota_session *s, esp_err_t err)
{
    if (err != ESP_ERR_INVALID_RESPONSE && err != ESP_ERR_TIMEOUT && err != ESP_ERR_NO_MEM) {
        err = wait_to_retry(s, err);
        if (err == ESP_OK) {
            return ota_fetch(s);
        }
    }
    log_lost(s, err);
    return err;
}

static esp_err_t err_of_errno(void)
{
    switch (errno) {
    case EPROTO:
        return ESP_ERR_INVALID_RESPONSE;
    case ENOMEM:
        return ESP_ERR_NO_MEM;
    default:
        return ESP_ERR_HTTP_CONNECTION_CLOSED;
    }
}

/* What is wrong after a read that returned n, if anything. */
static esp_err_t judge_read(const struct ota_session *s, int n)
{
    if (n < 0 && n != -ESP_ERR_HTTP_EAGAIN) {
        return err_of_errno();
    }
    if (ota_is_overdue(s, 0)) {
        return ESP_ERR_TIMEOUT;
    }
    return ota_progress_is_stalled(&s->progress, ota_now_ms()) ? ESP_ERR_HTTP_READ_TIMEOUT : ESP_OK;
}

esp_err_t ota_fill(struct ota_session *s, size_t want)
{
    while (s->held < want && !s->ended) {
        int n = esp_http_client_read(s->client, s->buffer + s->held, (int)(want - s->held));
        if (n > 0) {
            s->held += (size_t)n;
        } else if (n == 0) {
            s->ended = true;
            break;
        }
        esp_err_t err = judge_read(s, n);
        if (err != ESP_OK) {
            err = ota_recover(s, err);
        }
        if (err != ESP_OK) {
            return err;
        }
    }
    return ESP_OK;
}

/* A body without a length that ends without a word may be cut: unless the image says that it is
 * all there. */
bool ota_is_complete(struct ota_session *s)
{
    return s->ended && (esp_http_client_is_complete_data_received(s->client) ||
                        (s->held == 0 && s->ota_open && esp_ota_is_whole(s->ota)));
}
