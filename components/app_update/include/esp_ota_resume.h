/* SPDX-License-Identifier: Apache-2.0 */
/* Downloads that go on after a reset, beyond what ESP-IDF offers: the slot keeps a note of what is
 * being written to it, and shows itself how far that came. Nothing is written but the note, once,
 * into the last sector of the slot, and only when the image leaves that sector free. */
#ifndef ESP_OTA_RESUME_H
#define ESP_OTA_RESUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"
#include "esp_ota_ops.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ESP_OTA_NOTE_MAX 232 /* bytes */

typedef struct {
    size_t image_size;               /* bytes announced; 0: unknown */
    size_t resume_at;                /* bytes that stand in the slot; 0: start again */
    size_t len;                      /* of bytes */
    uint8_t bytes[ESP_OTA_NOTE_MAX]; /* the caller's own, as given below */
} esp_ota_note_t;

/* Reads the note of an unfinished update of a slot.
 * Errors: ESP_ERR_INVALID_ARG (NULL), ESP_ERR_NOT_FOUND (there is none), ESP_ERR_FLASH_OP_FAIL. */
esp_err_t esp_ota_get_note(const esp_partition_t *partition, esp_ota_note_t *note);

/* As esp_ota_begin(), keeping note[len]; with resume_at not 0 (from esp_ota_get_note()) the bytes
 * before it are read from the slot, pass every check again and need not be written.
 * Errors: those of esp_ota_begin(), ESP_ERR_INVALID_ARG (resume_at, len), and those of
 * esp_ota_write() for what stands in the slot: then begin at 0. */
esp_err_t esp_ota_begin_resumable(const esp_partition_t *partition, size_t image_size,
                                  size_t resume_at, const void *note, size_t len,
                                  esp_ota_handle_t *out_handle);

/* True when what was written so far is a whole image with its SHA-256. False also for want of
 * memory to tell. */
bool esp_ota_is_whole(esp_ota_handle_t handle);

#ifdef __cplusplus
}
#endif

#endif
