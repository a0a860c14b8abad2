/* SPDX-License-Identifier: Apache-2.0 */
/* Test application: installs an image that a test has staged in flash, through esp_ota_*, and
 * restarts into it. Partition "staged": a word with the image's length, the image from 0x1000 on.
 * Prints one line that begins with "slot_copy:" for each result. */
#include <stdio.h>
#include <stdlib.h>

#include "esp_ota_ops.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#define IMAGE_OFF 0x1000u
#define PIECE_LEN 700u /* neither a page nor a word count: the session must not care */

static esp_err_t copy(const esp_partition_t *staged, uint32_t len, esp_ota_handle_t handle)
{
    uint8_t *piece = malloc(PIECE_LEN);
    esp_err_t err = piece != NULL ? ESP_OK : ESP_ERR_NO_MEM;

    for (uint32_t off = 0; err == ESP_OK && off < len; off += PIECE_LEN) {
        uint32_t n = len - off < PIECE_LEN ? len - off : PIECE_LEN;
        err = esp_partition_read(staged, IMAGE_OFF + off, piece, n);
        if (err == ESP_OK) {
            err = esp_ota_write(handle, piece, n);
        }
    }
    free(piece);
    return err;
}

static esp_err_t install(const esp_partition_t *staged, const esp_partition_t *slot)
{
    esp_ota_handle_t handle;
    uint32_t len = 0;
    esp_err_t err = esp_partition_read(staged, 0, &len, sizeof(len));

    if (err == ESP_OK) {
        err = esp_ota_begin(slot, len, &handle);
    }
    if (err != ESP_OK) {
        return err;
    }
    err = copy(staged, len, handle);
    esp_err_t end = esp_ota_end(handle);
    err = err == ESP_OK ? end : err;
    return err == ESP_OK ? esp_ota_set_boot_partition(slot) : err;
}

/* A partition that the table does not hold, though its type and subtype could be an ota slot's. */
static void ask_for_a_stranger(const esp_partition_t *slot)
{
    esp_partition_t stranger = *slot;
    esp_ota_img_states_t state;
    esp_ota_handle_t handle;

    stranger.address += SPI_FLASH_SEC_SIZE;
    printf("slot_copy: a stranger's state 0x%x, begin 0x%x, boot 0x%x\n",
           (unsigned)esp_ota_get_state_partition(&stranger, &state),
           (unsigned)esp_ota_begin(&stranger, 0, &handle),
           (unsigned)esp_ota_set_boot_partition(&stranger));
}

void app_main(void)
{
    const esp_partition_t *staged =
        esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_ANY, "staged");
    const esp_partition_t *slot = esp_ota_get_next_update_partition(NULL);

    if (staged == NULL || slot == NULL) {
        printf("slot_copy: the partition table lacks staged or an ota slot\n");
        return;
    }
    printf("slot_copy: running from %s, reset reason %d, boot choice %s\n",
           esp_ota_get_running_partition()->label, (int)esp_reset_reason(),
           esp_ota_get_boot_partition()->label);
    ask_for_a_stranger(slot);
    esp_err_t err = install(staged, slot);
    if (err != ESP_OK) {
        printf("slot_copy: failed 0x%x (%s), boot choice still %s\n", (unsigned)err,
               esp_err_to_name(err), esp_ota_get_boot_partition()->label);
        return;
    }
    printf("slot_copy: installed in %s, free heap at least %u, stack at least %u\n", slot->label,
           (unsigned)esp_get_minimum_free_heap_size(), (unsigned)uxTaskGetStackHighWaterMark(NULL));
    esp_restart();
}
