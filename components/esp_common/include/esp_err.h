/* SPDX-License-Identifier: Apache-2.0 */
/* Error numbers of the device API, their names, and the check that stops the program. */
#ifndef ESP_ERR_H
#define ESP_ERR_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "esp_err_list.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t esp_err_t;

enum {
#define ESP_ERR_ENUM(name, number) name = number,
    ESP_ERR_LIST(ESP_ERR_ENUM)
#undef ESP_ERR_ENUM
};

/* First number of each family. */
#define ESP_ERR_NVS_BASE           0x1100
#define ESP_ERR_OTA_BASE           0x1500
#define ESP_ERR_IMAGE_BASE         0x2000
#define ESP_ERR_WIFI_BASE          0x3000
#define ESP_ERR_MESH_BASE          0x4000
#define ESP_ERR_TCPIP_ADAPTER_BASE 0x5000
#define ESP_ERR_HTTP_BASE          0x7000
#define ESP_ERR_ESP_TLS_BASE       0x8000
#define ESP_ERR_HTTPD_BASE         0x8000
#define ESP_ERR_HTTPS_OTA_BASE     0x9000
#define ESP_ERR_FLASH_BASE         0x10010

/* Returns the name of an error, or "ERROR" for an unknown number. The text is kept in one of two
 * buffers in turn: it is good until the second next call. Context: task. */
const char *esp_err_to_name(esp_err_t code);
/* The same into buf[buflen], or "<unknown text> 0x..(..)"; returns buf. */
const char *esp_err_to_name_r(esp_err_t code, char *buf, size_t buflen);

void _esp_error_check_failed(esp_err_t rc, const char *file, int line, const char *function,
                             const char *expression) __attribute__((noreturn));
void _esp_error_check_failed_without_abort(esp_err_t rc, const char *file, int line,
                                           const char *function, const char *expression);

#ifdef NDEBUG
#define ESP_ERROR_CHECK(x)                                                                         \
    do {                                                                                           \
        esp_err_t err_rc_ = (x);                                                                   \
        (void)err_rc_;                                                                             \
    } while (0)
#else
/* Evaluates x once; anything but ESP_OK is printed and ends in abort(). */
#define ESP_ERROR_CHECK(x)                                                                         \
    do {                                                                                           \
        esp_err_t err_rc_ = (x);                                                                   \
        if (err_rc_ != ESP_OK) {                                                                   \
            _esp_error_check_failed(err_rc_, __FILE__, __LINE__, __func__, #x);                    \
        }                                                                                          \
    } while (0)
#endif

/* Prints, and yields the number. */
#define ESP_ERROR_CHECK_WITHOUT_ABORT(x)                                                           \
    ({                                                                                             \
        esp_err_t err_rc_ = (x);                                                                   \
        if (err_rc_ != ESP_OK) {                                                                   \
            _esp_error_check_failed_without_abort(err_rc_, __FILE__, __LINE__, __func__, #x);      \
        }                                                                                          \
        err_rc_;                                                                                   \
    })

#ifdef __cplusplus
}
#endif

#endif
