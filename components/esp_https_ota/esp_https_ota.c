/* SPDX-License-Identifier: Apache-2.0 */
/* From an https URL to a selected slot. The data way is straight: one buffer between the connection
 * and esp_ota_write(), which judges the first bytes before it erases anything. */
#include "esp_https_ota.h"

#include <stdlib.h>
#include <string.h>

#include "airslot/format.h"
#include "asl_update.h"
#include "esp_log.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "ota_connect.h"
#include "ota_progress.h"
#include "sdkconfig.h"

static const char *const TAG = "esp_https_ota";

#define DESC_END     (ASL_IMAGE_DESC_OFF + ASL_APP_DESC_LEN)
#define BUFFER_LEN   (CONFIG_OTA_BUF_SIZE > DESC_END ? CONFIG_OTA_BUF_SIZE : DESC_END)
#define PROGRESS_LEN 64

struct ota_session {
    esp_http_client_handle_t client;
    const esp_partition_t *slot;
    esp_ota_handle_t ota;
    bool ota_open;
    bool ended;      /* the body has */
    esp_err_t error; /* what ended perform */
    size_t held;     /* bytes of buffer that wait to be written */
    struct ota_progress progress;
    char buffer[BUFFER_LEN];
};

static uint32_t now_ms(void)
{
    return (uint32_t)xTaskGetTickCount() * portTICK_PERIOD_MS;
}

static esp_err_t open_slot(struct ota_session *s)
{
    s->slot = esp_ota_get_next_update_partition(NULL);
    if (s->slot == NULL) {
        ESP_LOGE(TAG,
                 "Passive OTA partition not found: 0x%x (ESP_ERR_NOT_FOUND); choose a partition "
                 "table with two OTA slots in menuconfig",
                 (unsigned)ESP_ERR_NOT_FOUND);
        return ESP_ERR_NOT_FOUND;
    }
    int length = esp_http_client_get_content_length(s->client);
    ESP_LOGI(TAG, "Writing to partition subtype %d at offset 0x%x", (int)s->slot->subtype,
             (unsigned)s->slot->address);
    esp_err_t err = esp_ota_begin(s->slot, length > 0 ? (size_t)length : OTA_SIZE_UNKNOWN, &s->ota);
    if (err != ESP_OK) {
        ESP_LOGE(TAG, "ota_begin error err=0x%x (%s); slot %s holds %u bytes, the image has %d",
                 (unsigned)err, esp_err_to_name(err), s->slot->label, (unsigned)s->slot->size,
                 length);
        return err;
    }
    s->ota_open = true;
    ota_progress_init(&s->progress, length > 0 ? (uint32_t)length : 0, now_ms());
    ESP_LOGI(TAG, "esp_ota_begin succeeded; the slot is erased just ahead of the data");
    return ESP_OK;
}

static void free_session(struct ota_session *s)
{
    if (s->ota_open) {
        (void)esp_ota_abort(s->ota);
    }
    if (s->client != NULL) {
        esp_http_client_cleanup(s->client);
    }
    free(s);
}

static esp_err_t start(struct ota_session *s, const esp_https_ota_config_t *config)
{
    s->client = esp_http_client_init(config->http_config);
    if (s->client == NULL) {
        return ESP_FAIL;
    }
    if (config->http_client_init_cb != NULL) {
        esp_err_t err = config->http_client_init_cb(s->client);
        if (err != ESP_OK) {
            return err;
        }
    }
    ESP_LOGI(TAG, "Starting OTA...");
    esp_err_t err = ota_connect(s->client, !config->http_config->disable_auto_redirect);
    return err == ESP_OK ? open_slot(s) : err;
}

esp_err_t esp_https_ota_begin(const esp_https_ota_config_t *ota_config,
                              esp_https_ota_handle_t *handle)
{
    if (handle == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    *handle = NULL;
    esp_err_t err = ota_check_config(ota_config);
    if (err != ESP_OK) {
        return err;
    }
    struct ota_session *s = calloc(1, sizeof(*s));
    if (s == NULL) {
        ESP_LOGE(TAG, "Couldn't allocate memory to upgrade data buffer: %u bytes needed",
                 (unsigned)sizeof(*s));
        return ESP_ERR_NO_MEM;
    }
    err = start(s, ota_config);
    if (err != ESP_OK) {
        free_session(s);
        return err;
    }
    *handle = s;
    return ESP_OK;
}

/* Ends the session with what broke it; the slot's selection has not been touched. */
static esp_err_t fail(struct ota_session *s, esp_err_t err)
{
    s->error = err;
    if (s->ota_open) {
        (void)esp_ota_abort(s->ota);
        s->ota_open = false;
    }
    esp_http_client_close(s->client);
    return err;
}

static esp_err_t read_failed(struct ota_session *s)
{
    ESP_LOGE(TAG,
             "download broke off after %u of %u bytes: 0x%x (ESP_ERR_HTTP_CONNECTION_CLOSED); the "
             "running image stays, try again",
             (unsigned)s->progress.done, (unsigned)s->progress.total,
             (unsigned)ESP_ERR_HTTP_CONNECTION_CLOSED);
    return fail(s, ESP_ERR_HTTP_CONNECTION_CLOSED);
}

static esp_err_t stalled(struct ota_session *s)
{
    ESP_LOGE(TAG,
             "download stalled after %u of %u bytes: 0x%x (ESP_ERR_HTTP_READ_TIMEOUT); less than "
             "%u bytes in %u s; check the network, try again",
             (unsigned)s->progress.done, (unsigned)s->progress.total,
             (unsigned)ESP_ERR_HTTP_READ_TIMEOUT, OTA_STALL_BYTES, OTA_STALL_MS / 1000);
    return fail(s, ESP_ERR_HTTP_READ_TIMEOUT);
}

/* The gate judges what it has collected, at most this much, before the first erase. */
static bool is_before_first_erase(const struct ota_session *s)
{
    return s->progress.done <= ASL_UPDATE_BUFFER_LEN;
}

/* Says why the image was not taken; a text with status 200 shows itself by its Content-Type. */
static void log_refused(struct ota_session *s, const char *call, esp_err_t err)
{
    const char *name = esp_err_to_name(err);
    if (is_before_first_erase(s)) {
        const char *type = esp_http_client_get_content_type(s->client);
        ESP_LOGE(TAG,
                 "%s failed: 0x%x (%s): the server's file is no image for slot %s, its "
                 "Content-Type is '%s'; check that the URL names the built .bin",
                 call, (unsigned)err, name, s->slot->label, type[0] != '\0' ? type : "none");
    } else {
        ESP_LOGE(TAG, "%s failed after %u bytes: 0x%x (%s); the running image stays, try again",
                 call, (unsigned)s->progress.done, (unsigned)err, name);
    }
}

static void log_progress(const struct ota_session *s)
{
    char text[PROGRESS_LEN];
    ota_progress_text(&s->progress, now_ms(), text, sizeof(text));
    ESP_LOGI(TAG, "%s", text);
}

static esp_err_t write_held(struct ota_session *s)
{
    uint32_t n = (uint32_t)s->held;
    s->held = 0;
    esp_err_t err = esp_ota_write(s->ota, s->buffer, n);
    if (err != ESP_OK) {
        log_refused(s, "esp_ota_write", err);
        return fail(s, err);
    }
    if (ota_progress_add(&s->progress, n, now_ms())) {
        log_progress(s);
    }
    return ESP_ERR_HTTPS_OTA_IN_PROGRESS;
}

/* Reads until the buffer holds want bytes or the body ends. */
static esp_err_t fill(struct ota_session *s, size_t want)
{
    while (s->held < want && !s->ended) {
        int n = esp_http_client_read(s->client, s->buffer + s->held, (int)(want - s->held));
        if (n > 0) {
            s->held += (size_t)n;
        } else if (n == 0) {
            s->ended = true;
        } else if (n != -ESP_ERR_HTTP_EAGAIN) {
            return read_failed(s);
        }
        if (!s->ended && ota_progress_is_stalled(&s->progress, now_ms())) {
            return stalled(s);
        }
    }
    return ESP_OK;
}

esp_err_t esp_https_ota_perform(esp_https_ota_handle_t handle)
{
    struct ota_session *s = handle;
    if (s == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    if (s->error != ESP_OK) {
        return s->error;
    }
    esp_err_t err = fill(s, BUFFER_LEN);
    if (err != ESP_OK) {
        return err;
    }
    if (s->held > 0) {
        return write_held(s);
    }
    if (s->progress.told != s->progress.done) {
        log_progress(s);
    }
    ESP_LOGI(TAG, "Connection closed, all data received");
    return ESP_OK;
}

bool esp_https_ota_is_complete_data_received(esp_https_ota_handle_t handle)
{
    struct ota_session *s = handle;
    return s != NULL && s->error == ESP_OK && s->ended &&
           esp_http_client_is_complete_data_received(s->client);
}

static esp_err_t select_slot(struct ota_session *s)
{
    s->ota_open = false;
    esp_err_t err = esp_ota_end(s->ota);
    if (err != ESP_OK) {
        log_refused(s, "esp_ota_end", err);
        return err;
    }
    err = esp_ota_set_boot_partition(s->slot);
    if (err != ESP_OK) {
        ESP_LOGE(TAG, "esp_ota_set_boot_partition failed: 0x%x (%s); the running image stays",
                 (unsigned)err, esp_err_to_name(err));
        return err;
    }
    ESP_LOGI(TAG, "esp_ota_set_boot_partition succeeded: %s starts at the next reset",
             s->slot->label);
    return ESP_OK;
}

esp_err_t esp_https_ota_finish(esp_https_ota_handle_t handle)
{
    struct ota_session *s = handle;
    if (s == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    esp_err_t err = s->error;
    if (err == ESP_OK && !esp_https_ota_is_complete_data_received(s)) {
        err = ESP_ERR_HTTP_INCOMPLETE_DATA;
        ESP_LOGE(TAG,
                 "the end of the download is not proven after %u bytes: 0x%x (%s); have the server "
                 "send Content-Length or close_notify",
                 (unsigned)s->progress.done, (unsigned)err, esp_err_to_name(err));
    }
    if (err == ESP_OK) {
        /* The connection's memory is not needed for the verification. */
        esp_http_client_close(s->client);
        err = select_slot(s);
    }
    free_session(s);
    return err;
}

esp_err_t esp_https_ota_abort(esp_https_ota_handle_t handle)
{
    if (handle == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    free_session(handle);
    return ESP_OK;
}

esp_err_t esp_https_ota_get_img_desc(esp_https_ota_handle_t handle, esp_app_desc_t *new_app_info)
{
    struct ota_session *s = handle;
    if (s == NULL || new_app_info == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    if (s->error != ESP_OK || s->progress.done != 0) {
        return ESP_ERR_INVALID_STATE;
    }
    esp_err_t err = fill(s, DESC_END);
    if (err != ESP_OK) {
        return err;
    }
    if (s->held < DESC_END) {
        return ESP_ERR_NOT_FOUND;
    }
    esp_app_desc_t desc;
    memcpy(&desc, s->buffer + ASL_IMAGE_DESC_OFF, sizeof(desc));
    if (desc.magic_word != ESP_APP_DESC_MAGIC_WORD) {
        return ESP_ERR_NOT_FOUND;
    }
    *new_app_info = desc;
    return ESP_OK;
}

int esp_https_ota_get_image_len_read(esp_https_ota_handle_t handle)
{
    struct ota_session *s = handle;
    return s != NULL ? (int)(s->progress.done + s->held) : -1;
}

int esp_https_ota_get_image_size(esp_https_ota_handle_t handle)
{
    struct ota_session *s = handle;
    return s != NULL ? esp_http_client_get_content_length(s->client) : -1;
}

int esp_https_ota_get_status_code(esp_https_ota_handle_t handle)
{
    struct ota_session *s = handle;
    return s != NULL ? esp_http_client_get_status_code(s->client) : -1;
}

esp_err_t esp_https_ota_full(const esp_https_ota_config_t *ota_config)
{
    esp_https_ota_handle_t handle;
    esp_err_t err = esp_https_ota_begin(ota_config, &handle);
    if (err != ESP_OK) {
        return err;
    }
    do {
        err = esp_https_ota_perform(handle);
    } while (err == ESP_ERR_HTTPS_OTA_IN_PROGRESS);
    if (err != ESP_OK) {
        esp_https_ota_abort(handle);
        return err;
    }
    return esp_https_ota_finish(handle);
}

esp_err_t esp_https_ota_http(const esp_http_client_config_t *config)
{
    esp_https_ota_config_t ota_config = {.http_config = config};
    return esp_https_ota_full(&ota_config);
}

/* The name itself, for those who take its address. */
esp_err_t(esp_https_ota)(const esp_http_client_config_t *config)
{
    return esp_https_ota_http(config);
}
