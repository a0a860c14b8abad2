/* SPDX-License-Identifier: Apache-2.0 */
/* Values by namespace and key, in flash. Names and keys have 1 to 15 characters. A set is in flash
 * when the call returns, whole or not at all; nvs_commit() is there for programs that call it.
 * Errors of all calls with a handle: ESP_ERR_NVS_INVALID_HANDLE, ESP_ERR_NVS_INVALID_NAME,
 * ESP_ERR_NVS_KEY_TOO_LONG, ESP_ERR_INVALID_ARG (NULL), ESP_ERR_FLASH_OP_FAIL. Context: task. */
#ifndef NVS_H
#define NVS_H

#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef uint32_t nvs_handle_t;
typedef nvs_handle_t nvs_handle;

typedef enum {
    NVS_READONLY,
    NVS_READWRITE,
} nvs_open_mode_t;
typedef nvs_open_mode_t nvs_open_mode;

#define NVS_KEY_NAME_MAX_SIZE 16

/* Opens a namespace; NVS_READWRITE creates it. Up to 8 handles are open at a time.
 * Errors: ESP_ERR_NVS_NOT_INITIALIZED, ESP_ERR_NVS_NOT_FOUND (read-only and not there),
 * ESP_ERR_NVS_NOT_ENOUGH_SPACE, ESP_ERR_NO_MEM (no handle left). */
esp_err_t nvs_open(const char *name, nvs_open_mode_t mode, nvs_handle_t *out);
void nvs_close(nvs_handle_t handle);

/* Errors: ESP_ERR_NVS_READ_ONLY, ESP_ERR_NVS_NOT_ENOUGH_SPACE, ESP_ERR_NVS_VALUE_TOO_LONG (a text
 * above 4000 bytes with its NUL, a blob above 3968). On error: the old value stands. */
esp_err_t nvs_set_i8(nvs_handle_t handle, const char *key, int8_t value);
esp_err_t nvs_set_u8(nvs_handle_t handle, const char *key, uint8_t value);
esp_err_t nvs_set_i16(nvs_handle_t handle, const char *key, int16_t value);
esp_err_t nvs_set_u16(nvs_handle_t handle, const char *key, uint16_t value);
esp_err_t nvs_set_i32(nvs_handle_t handle, const char *key, int32_t value);
esp_err_t nvs_set_u32(nvs_handle_t handle, const char *key, uint32_t value);
esp_err_t nvs_set_i64(nvs_handle_t handle, const char *key, int64_t value);
esp_err_t nvs_set_u64(nvs_handle_t handle, const char *key, uint64_t value);
esp_err_t nvs_set_str(nvs_handle_t handle, const char *key, const char *value);
esp_err_t nvs_set_blob(nvs_handle_t handle, const char *key, const void *value, size_t length);

/* Errors: ESP_ERR_NVS_NOT_FOUND, ESP_ERR_NVS_TYPE_MISMATCH. On error: *out is untouched. */
esp_err_t nvs_get_i8(nvs_handle_t handle, const char *key, int8_t *out);
esp_err_t nvs_get_u8(nvs_handle_t handle, const char *key, uint8_t *out);
esp_err_t nvs_get_i16(nvs_handle_t handle, const char *key, int16_t *out);
esp_err_t nvs_get_u16(nvs_handle_t handle, const char *key, uint16_t *out);
esp_err_t nvs_get_i32(nvs_handle_t handle, const char *key, int32_t *out);
esp_err_t nvs_get_u32(nvs_handle_t handle, const char *key, uint32_t *out);
esp_err_t nvs_get_i64(nvs_handle_t handle, const char *key, int64_t *out);
esp_err_t nvs_get_u64(nvs_handle_t handle, const char *key, uint64_t *out);
/* out NULL asks for the length alone. Errors: also ESP_ERR_NVS_INVALID_LENGTH (*length is too
 * small, and is set to what is needed). On error: out[] may hold a part. */
esp_err_t nvs_get_str(nvs_handle_t handle, const char *key, char *out, size_t *length);
esp_err_t nvs_get_blob(nvs_handle_t handle, const char *key, void *out, size_t *length);

/* Errors: ESP_ERR_NVS_READ_ONLY, ESP_ERR_NVS_NOT_FOUND. */
esp_err_t nvs_erase_key(nvs_handle_t handle, const char *key);
/* Erases all keys of the namespace. Errors: ESP_ERR_NVS_READ_ONLY. */
esp_err_t nvs_erase_all(nvs_handle_t handle);

/* Everything is in flash already. */
esp_err_t nvs_commit(nvs_handle_t handle);

#ifdef __cplusplus
}
#endif

#endif
