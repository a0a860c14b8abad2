/* SPDX-License-Identifier: Apache-2.0 */
/* Updates the application over HTTPS: in one call, or step by step. Nothing is erased before the
 * server is verified, the status is 200, the length fits, and the first bytes are an image for the
 * slot. On any failure the boot record and the running image are as before. A download that breaks
 * off goes on where it was: in the same call as often as menuconfig allows, and after a reset or
 * power cut where the server gives a strong ETag and ranges, at most one sector earlier. */
#ifndef ESP_HTTPS_OTA_H
#define ESP_HTTPS_OTA_H

#include <stdbool.h>

#include "esp_err.h"
#include "esp_http_client.h"
#include "esp_ota_ops.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef void *esp_https_ota_handle_t;
/* Called after the client is made, before it connects: the place to set headers of the request. */
typedef esp_err_t (*http_client_init_cb_t)(esp_http_client_handle_t client);

typedef struct {
    const esp_http_client_config_t *http_config;
    http_client_init_cb_t http_client_init_cb; /* may be NULL */
    bool bulk_flash_erase;          /* ignored: sectors are erased just ahead of the data */
    bool partial_http_download;     /* not offered: begin fails when set */
    int max_http_request_size;      /* ignored */
    bool ota_resumption;            /* ignored: the slot itself knows (CONFIG_OTA_RESUME) */
    size_t ota_image_bytes_written; /* ignored, likewise */
} esp_https_ota_config_t;

/* Downloads, verifies and selects an image; the caller restarts. Takes a
 * `const esp_http_client_config_t *` (ESP8266_RTOS_SDK, ESP-IDF up to v4) or a
 * `const esp_https_ota_config_t *` (ESP-IDF from v5).
 * Both are esp_https_ota(): in C by _Generic on the argument's type, in C++ by overloading; the
 * function behind the name, for its address, is the former.
 * Errors: ESP_ERR_INVALID_ARG (no config, http instead of https, no certificate), those of
 * esp_https_ota_begin(), _perform() and _finish(). Each is logged with its cure. Context: task;
 * about 3 KB of stack. Cut: the slot may hold a torn image, the old selection holds; the next call
 * goes on with the download. */
esp_err_t esp_https_ota_http(const esp_http_client_config_t *config);
esp_err_t esp_https_ota_full(const esp_https_ota_config_t *ota_config);
#ifdef __cplusplus
}
static inline esp_err_t esp_https_ota(const esp_http_client_config_t *config)
{
    return esp_https_ota_http(config);
}
static inline esp_err_t esp_https_ota(const esp_https_ota_config_t *ota_config)
{
    return esp_https_ota_full(ota_config);
}
extern "C" {
#else
esp_err_t esp_https_ota(const esp_http_client_config_t *config);
#define esp_https_ota(config)                                                                      \
    _Generic((config), const esp_https_ota_config_t *                                              \
             : esp_https_ota_full, esp_https_ota_config_t *                                        \
             : esp_https_ota_full, default                                                         \
             : esp_https_ota_http)(config)
#endif

/* Looks into the slot for an unfinished download of this URL, connects, follows redirects, answers
 * a 401 with Basic, checks status, length and range, opens the next slot; tries again after
 * failures of the network and 408, 429, 500, 502, 503, 504 (CONFIG_OTA_RETRIES). On success *handle
 * must go to esp_https_ota_finish() or _abort(). Errors: ESP_ERR_INVALID_ARG (also when a callback
 * sets an http URL, here and in perform), ESP_ERR_NOT_SUPPORTED, ESP_ERR_NO_MEM,
 * ESP_ERR_HTTP_CONNECT, ESP_ERR_HTTP_FETCH_HEADER, ESP_ERR_HTTP_MAX_REDIRECT,
 * ESP_ERR_HTTP_REDIRECT_DOWNGRADE, ESP_ERR_HTTP_NOT_MODIFIED (304), ESP_FAIL (any other status than
 * 200), ESP_ERR_HTTP_RANGE_NOT_SATISFIABLE (416 even for the whole), ESP_ERR_INVALID_RESPONSE (206
 * with another part than asked for, and no 200 either), ESP_ERR_TIMEOUT (CONFIG_OTA_TIMEOUT),
 * ESP_ERR_NOT_FOUND (no slot), those of esp_ota_begin() (ESP_ERR_INVALID_SIZE: larger than the
 * slot, or 0 bytes). On error: *handle is NULL. */
esp_err_t esp_https_ota_begin(const esp_https_ota_config_t *ota_config,
                              esp_https_ota_handle_t *handle);
/* Takes the next piece. ESP_ERR_HTTPS_OTA_IN_PROGRESS: call again; ESP_OK: the body has ended. A
 * connection that breaks off or stalls is made again within the call; a file that changed or a
 * server without ranges starts again at 0. Errors, all attempts spent: ESP_ERR_HTTP_READ_TIMEOUT
 * (less than 4 KB in 30 s), ESP_ERR_HTTP_CONNECTION_CLOSED (also after CONFIG_OTA_RETRIES starts at
 * 0), ESP_ERR_HTTP_INCOMPLETE_DATA (neither the server nor the image says that this was the end),
 * those of begin; at once: ESP_ERR_TIMEOUT (CONFIG_OTA_TIMEOUT), ESP_ERR_NO_MEM,
 * ESP_ERR_INVALID_RESPONSE (broken framing), ESP_ERR_INVALID_VERSION (the file, by its ETag or its
 * descriptor, is another than esp_https_ota_get_img_desc() showed), those of esp_ota_write()
 * (ESP_ERR_OTA_VALIDATE_FAILED: not an image for this slot). The time between two calls is no stall
 * of the server's. */
esp_err_t esp_https_ota_perform(esp_https_ota_handle_t handle);
/* True when the end of the body is proven: by the server
 * (esp_http_client_is_complete_data_received()), or, for a body without a length, by an image that
 * is whole with its SHA-256. */
bool esp_https_ota_is_complete_data_received(esp_https_ota_handle_t handle);
/* Verifies the slot and selects it for the next start; frees the handle in every case.
 * Errors: ESP_ERR_HTTP_INCOMPLETE_DATA, those of esp_ota_end() and esp_ota_set_boot_partition(). */
esp_err_t esp_https_ota_finish(esp_https_ota_handle_t handle);
/* Gives up; frees the handle. */
esp_err_t esp_https_ota_abort(esp_https_ota_handle_t handle);

/* Reads the descriptor of the image that is about to be downloaded: after begin, before perform.
 * Errors: ESP_ERR_INVALID_STATE, ESP_ERR_NOT_FOUND (the image has none), those of perform. */
esp_err_t esp_https_ota_get_img_desc(esp_https_ota_handle_t handle, esp_app_desc_t *new_app_info);
/* Bytes of the image that are here, those from before a reset included; -1 for no handle. */
int esp_https_ota_get_image_len_read(esp_https_ota_handle_t handle);
/* Bytes of the whole image; -1 when the server gave no length. */
int esp_https_ota_get_image_size(esp_https_ota_handle_t handle);
int esp_https_ota_get_status_code(esp_https_ota_handle_t handle);

#ifdef __cplusplus
}
#endif
#endif
