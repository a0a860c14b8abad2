/* SPDX-License-Identifier: Apache-2.0 */
/* From an https URL to a selected slot. The data way is straight: one buffer between the connection
 * and esp_ota_write(), which judges the first bytes before it erases anything. */
#include "esp_https_ota.h"

#include <stdlib.h>
#include <string.h>

#include "esp_log.h"
#include "esp_ota_resume.h"
#include "ota_session.h"

static const char *const TAG = "esp_https_ota";

#define PROGRESS_LEN 64

static esp_err_t find_slot(struct ota_session *s)
{
    s->slot = esp_ota_get_next_update_partition(NULL);
    if (s->slot == NULL) {
        ESP_LOGE(TAG,
                 "Passive OTA partition not found: 0x%x (ESP_ERR_NOT_FOUND); choose a partition "
                 "table with two OTA slots in menuconfig",
                 (unsigned)ESP_ERR_NOT_FOUND);
        return ESP_ERR_NOT_FOUND;
    }
    return ESP_OK;
}

/* What the application does between its calls is no stall of the server's. */
static void enter(struct ota_session *s)
{
    ota_progress_pause(&s->progress, ota_now_ms() - s->left_at);
}

static esp_err_t leave(struct ota_session *s, esp_err_t err)
{
    s->left_at = ota_now_ms();
    return err;
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
    esp_err_t err = esp_http_client_create(config->http_config, &s->client);
    if (err != ESP_OK) {
        return err;
    }
    if (config->http_client_init_cb != NULL) {
        err = config->http_client_init_cb(s->client);
        if (err != ESP_OK) {
            return err;
        }
    }
    ESP_LOGI(TAG, "Starting OTA...");
    s->follows = !config->http_config->disable_auto_redirect;
    s->started = ota_now_ms();
    err = find_slot(s);
    if (err != ESP_OK) {
        return err;
    }
    err = ota_take_up(s);
    return err == ESP_OK ? ota_fetch(s) : err;
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
    return leave(s, ESP_OK);
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

/* The slot judges the magic as soon as it gets the first byte. */
static bool is_no_image(const struct ota_session *s)
{
    return s->progress.done == 0 && (uint8_t)s->buffer[0] != ASL_IMAGE_MAGIC;
}

/* A text with status 200 shows itself by its Content-Type; why an image is refused, esp_ota_* have
 * just said. */
static void log_refused(struct ota_session *s, const char *call, esp_err_t err)
{
    const char *name = esp_err_to_name(err);
    if (err == ESP_ERR_OTA_VALIDATE_FAILED && is_no_image(s)) {
        const char *type = esp_http_client_get_content_type(s->client);
        ESP_LOGE(TAG,
                 "%s failed: 0x%x (%s): the server's file is no image for slot %s, its "
                 "Content-Type is '%s'; check that the URL names the built .bin",
                 call, (unsigned)err, name, s->slot->label, type[0] != '\0' ? type : "none");
    } else {
        ESP_LOGE(TAG, "%s failed after %u bytes: 0x%x (%s); the running image stays%s", call,
                 (unsigned)s->progress.done, (unsigned)err, name,
                 err == ESP_ERR_OTA_VALIDATE_FAILED ? "" : ", try again");
    }
}

static void log_progress(const struct ota_session *s)
{
    char text[PROGRESS_LEN];
    ota_progress_text(&s->progress, ota_now_ms(), text, sizeof(text));
    ESP_LOGI(TAG, "%s", text);
}

/* An ETag is the server's word only: what was shown must stand in what is installed. */
static bool is_as_shown(const struct ota_session *s)
{
    return !s->is_shown || s->progress.done > 0 ||
           (s->held >= OTA_DESC_END &&
            memcmp(s->buffer + ASL_IMAGE_DESC_OFF, &s->shown, sizeof(s->shown)) == 0);
}

static esp_err_t write_held(struct ota_session *s)
{
    if (!is_as_shown(s)) {
        return fail(s, ota_refuse_changed());
    }
    uint32_t n = (uint32_t)s->held;
    s->held = 0;
    esp_err_t err = esp_ota_write(s->ota, s->buffer, n);
    if (err != ESP_OK) {
        log_refused(s, "esp_ota_write", err);
        return fail(s, err);
    }
    if (ota_progress_add(&s->progress, n, ota_now_ms())) {
        log_progress(s);
    }
    return ESP_ERR_HTTPS_OTA_IN_PROGRESS;
}

/* The body has ended and everything of it is written. */
static esp_err_t end_body(struct ota_session *s)
{
    if (!ota_is_complete(s)) {
        esp_err_t err = ota_recover(s, ESP_ERR_HTTP_INCOMPLETE_DATA);
        return err == ESP_OK ? ESP_ERR_HTTPS_OTA_IN_PROGRESS : fail(s, err);
    }
    if (s->progress.done == 0) {
        ESP_LOGE(TAG,
                 "the server's file has 0 bytes: 0x%x (ESP_ERR_INVALID_SIZE); publish it again",
                 (unsigned)ESP_ERR_INVALID_SIZE);
        return fail(s, ESP_ERR_INVALID_SIZE);
    }
    if (s->progress.told != s->progress.done) {
        log_progress(s);
    }
    ESP_LOGI(TAG, "Connection closed, all data received");
    return ESP_OK;
}

static esp_err_t take_piece(struct ota_session *s)
{
    esp_err_t err = ota_fill(s, OTA_BUFFER_LEN);
    if (err != ESP_OK) {
        return fail(s, err);
    }
    return s->held > 0 ? write_held(s) : end_body(s);
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
    s->was_written = true;
    enter(s);
    return leave(s, take_piece(s));
}

bool esp_https_ota_is_complete_data_received(esp_https_ota_handle_t handle)
{
    struct ota_session *s = handle;
    return s != NULL && s->error == ESP_OK && ota_is_complete(s);
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
        ESP_LOGE(TAG, "finished after %u of %u bytes: 0x%x (%s); call perform until it says ESP_OK",
                 (unsigned)s->progress.done, (unsigned)s->file.total, (unsigned)err,
                 esp_err_to_name(err));
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

/* The descriptor in what was held back, or in the slot when the download goes on there. */
static esp_err_t read_desc(struct ota_session *s, esp_app_desc_t *desc)
{
    if (s->progress.done > 0) {
        return esp_ota_get_partition_description(s->slot, desc);
    }
    esp_err_t err = ota_fill(s, OTA_DESC_END);
    if (err != ESP_OK) {
        return fail(s, err);
    }
    if (s->held < OTA_DESC_END) {
        return ESP_ERR_NOT_FOUND;
    }
    memcpy(desc, s->buffer + ASL_IMAGE_DESC_OFF, sizeof(*desc));
    return desc->magic_word == ESP_APP_DESC_MAGIC_WORD ? ESP_OK : ESP_ERR_NOT_FOUND;
}

esp_err_t esp_https_ota_get_img_desc(esp_https_ota_handle_t handle, esp_app_desc_t *new_app_info)
{
    struct ota_session *s = handle;
    if (s == NULL || new_app_info == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    if (s->error != ESP_OK || s->was_written) {
        return ESP_ERR_INVALID_STATE;
    }
    esp_app_desc_t desc;
    enter(s);
    esp_err_t err = leave(s, read_desc(s, &desc));
    if (err == ESP_OK) {
        *new_app_info = desc;
        s->shown = desc;
        s->is_shown = true;
    }
    return err;
}

int esp_https_ota_get_image_len_read(esp_https_ota_handle_t handle)
{
    struct ota_session *s = handle;
    return s != NULL ? (int)ota_received(s) : -1;
}

int esp_https_ota_get_image_size(esp_https_ota_handle_t handle)
{
    struct ota_session *s = handle;
    return s != NULL && s->file.total != 0 ? (int)s->file.total : -1;
}

int esp_https_ota_get_status_code(esp_https_ota_handle_t handle)
{
    struct ota_session *s = handle;
    return s != NULL ? esp_http_client_get_status_code(s->client) : -1;
}

/* The three steps in a row. *was_taken_up: a part of the image came from before a reset. */
static esp_err_t run(const esp_https_ota_config_t *config, bool *was_taken_up)
{
    esp_https_ota_handle_t handle;
    esp_err_t err = esp_https_ota_begin(config, &handle);
    *was_taken_up = false;
    if (err != ESP_OK) {
        return err;
    }
    do {
        err = esp_https_ota_perform(handle);
    } while (err == ESP_ERR_HTTPS_OTA_IN_PROGRESS);
    *was_taken_up = ((struct ota_session *)handle)->taken_up;
    if (err != ESP_OK) {
        esp_https_ota_abort(handle);
        return err;
    }
    return esp_https_ota_finish(handle);
}

esp_err_t esp_https_ota_full(const esp_https_ota_config_t *ota_config)
{
    bool was_taken_up;
    esp_err_t err = run(ota_config, &was_taken_up);
    if (err == ESP_ERR_OTA_VALIDATE_FAILED && was_taken_up) {
        /* Its note is gone: this time everything comes from the server. */
        ESP_LOGW(TAG, "what stood in the slot was not of this image; downloading all of it");
        err = run(ota_config, &was_taken_up);
    }
    return err;
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
