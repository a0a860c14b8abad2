/* SPDX-License-Identifier: Apache-2.0 */
/* Updates: write an image into a slot, choose the slot that boots. Nothing is erased before the
 * first bytes of the image were accepted; sectors are erased just ahead of the data. One update
 * runs at a time. */
#ifndef ESP_OTA_OPS_H
#define ESP_OTA_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_app_format.h"
#include "esp_err.h"
#include "esp_flash_data_types.h"
#include "esp_image_format.h"
#include "esp_partition.h"
#include "esp_spi_flash.h"
#include "esp_system.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OTA_SIZE_UNKNOWN           0xffffffff
#define OTA_WITH_SEQUENTIAL_WRITES 0xfffffffe

typedef uint32_t esp_ota_handle_t;

/* Opens an update of a slot; touches no flash. image_size may be 0, OTA_SIZE_UNKNOWN or
 * OTA_WITH_SEQUENTIAL_WRITES: all three mean unknown. A forgotten update of the same slot is
 * closed.
 * Errors: ESP_ERR_INVALID_ARG (NULL, not an ota slot), ESP_ERR_NOT_FOUND (not in the table),
 * ESP_ERR_OTA_PARTITION_CONFLICT (the slot runs, or lies over bootloader or table),
 * ESP_ERR_INVALID_SIZE (slot beyond the chip or across a 1 MiB boundary, image larger than the
 * slot, slot not of whole sectors),
 * ESP_ERR_OTA_ROLLBACK_INVALID_STATE (the running image is on trial: confirm it first),
 * ESP_ERR_OTA_ALREADY_IN_PROGRESS (of another slot), ESP_ERR_NO_MEM. */
esp_err_t esp_ota_begin(const esp_partition_t *partition, size_t image_size,
                        esp_ota_handle_t *out_handle);

/* Opens an update whose first image_offset bytes stand in the slot already (whole sectors); they
 * are read and pass every check again. erase_size is ignored: sectors are erased just ahead of the
 * data. esp_ota_resume.h finds the offset after a reset. Errors: those of esp_ota_begin(),
 * ESP_ERR_INVALID_ARG (image_offset), and those of esp_ota_write() for what stands there. */
esp_err_t esp_ota_resume(const esp_partition_t *partition, const size_t erase_size,
                         const size_t image_offset, esp_ota_handle_t *out_handle);

/* Takes the next bytes of the image. The first error is final.
 * Errors: ESP_ERR_INVALID_ARG (NULL, unknown handle), ESP_ERR_OTA_VALIDATE_FAILED (not an image for
 * this slot), ESP_ERR_INVALID_SIZE (larger than the slot), ESP_ERR_FLASH_OP_FAIL.
 * Cut: the slot holds a torn image, which never boots; nothing else has changed. */
esp_err_t esp_ota_write(esp_ota_handle_t handle, const void *data, size_t size);

/* Writes what is left and verifies the image as it stands in flash. Frees the handle always.
 * Errors: ESP_ERR_NOT_FOUND (unknown handle), ESP_ERR_INVALID_ARG (nothing was written),
 * ESP_ERR_OTA_VALIDATE_FAILED, and what esp_ota_write() failed with. */
esp_err_t esp_ota_end(esp_ota_handle_t handle);

/* Closes without verifying; the slot keeps what it holds. Errors: ESP_ERR_NOT_FOUND. */
esp_err_t esp_ota_abort(esp_ota_handle_t handle);

/* Verifies the image of a slot again and makes it the one that boots. An image that can confirm
 * itself starts on trial. What was written is read back. Selecting what is selected and runs
 * changes nothing; selecting the previous image again needs no download:
 * esp_ota_set_boot_partition(esp_ota_get_previous_partition()).
 * Errors: ESP_ERR_INVALID_ARG (NULL, not factory or an ota slot), ESP_ERR_OTA_VALIDATE_FAILED,
 * ESP_ERR_NOT_FOUND (no otadata, or not in the table), ESP_ERR_OTA_ALREADY_IN_PROGRESS (the slot is
 * being updated), ESP_ERR_FLASH_OP_FAIL, ESP_ERR_NO_MEM.
 * Cut: the old choice or the new one, never another. */
esp_err_t esp_ota_set_boot_partition(const esp_partition_t *partition);

/* The slot that the bootloader would try first now; NULL when the table has none. */
const esp_partition_t *esp_ota_get_boot_partition(void);
/* The slot that this program runs from; never NULL. */
const esp_partition_t *esp_ota_get_running_partition(void);
/* The ota slot to update next: the one behind start_from (NULL: behind the running one), round and
 * round. Slots beyond the chip or across a 1 MiB window come last. NULL when the table has no ota
 * slot. */
const esp_partition_t *esp_ota_get_next_update_partition(const esp_partition_t *start_from);
/* Number of ota slots in the table. */
uint8_t get_ota_partition_count(void);
#define esp_ota_get_app_partition_count get_ota_partition_count

/* The running program's descriptor, copied to DRAM; static. */
const esp_app_desc_t *esp_ota_get_app_description(void);
#define esp_app_get_description esp_ota_get_app_description
/* The descriptor of the image in a slot: at file offset 0x10, or where the SDK's tool leaves it.
 * Errors: ESP_ERR_INVALID_ARG, ESP_ERR_NOT_SUPPORTED (not an application partition),
 * ESP_ERR_NOT_FOUND (no descriptor), those of esp_partition_read(). */
esp_err_t esp_ota_get_partition_description(const esp_partition_t *partition,
                                            esp_app_desc_t *app_desc);
/* Writes the first digits of the program's ELF SHA-256 to dst[size]; returns their number. */
int esp_ota_get_app_elf_sha256(char *dst, size_t size);

/* --- trial and roll-back: docs/howto/rollback.md --- */

/* Says that the running image is good: its trial ends, and it stays. A program that links this call
 * is started on trial after an update, others are not. Nothing to confirm is no error.
 * Errors: ESP_ERR_NOT_FOUND (no otadata), ESP_FAIL (factory runs), ESP_ERR_FLASH_OP_FAIL,
 * ESP_ERR_NO_MEM.
 * Cut: still on trial, or confirmed. */
esp_err_t esp_ota_mark_app_valid_cancel_rollback(void);

/* Says that the running image is bad: the previous image boots from the next reset on; the second
 * call resets at once and returns only on failure.
 * Errors: ESP_ERR_OTA_ROLLBACK_FAILED (no other slot holds a complete image that the owner's rules
 * accept, or another slot is selected already), ESP_ERR_OTA_ALREADY_IN_PROGRESS (the slot to go
 * back to is being updated), ESP_ERR_NOT_FOUND (no otadata), ESP_FAIL (factory runs),
 * ESP_ERR_FLASH_OP_FAIL, ESP_ERR_NO_MEM.
 * Cut: the running image is selected as before, or the previous one is. */
esp_err_t esp_ota_mark_app_invalid_rollback(void);
esp_err_t esp_ota_mark_app_invalid_rollback_and_reboot(void);

/* True when another slot holds a complete image to come back to, signed as the owner's rules
 * demand. Verifies it: up to a second, and some 5 KB of heap, without which it is false. */
bool esp_ota_check_rollback_is_possible(void);

/* State of a slot's image: PENDING_VERIFY on trial, INVALID when it rejected itself, ABORTED when
 * it was not confirmed in time, UNDEFINED when it started without a trial. Errors:
 * ESP_ERR_INVALID_ARG, ESP_ERR_NOT_SUPPORTED (not an ota slot), ESP_ERR_NOT_FOUND (no record tells,
 * or no otadata), ESP_ERR_NO_MEM. */
esp_err_t esp_ota_get_state_partition(const esp_partition_t *partition,
                                      esp_ota_img_states_t *ota_state);
/* The slot in state invalid or aborted whose image is still complete; NULL: none. */
const esp_partition_t *esp_ota_get_last_invalid_partition(void);

/* Erases the previous image of a running image that is not on trial, and what the record says of
 * it. Errors: ESP_FAIL (on trial, no previous ota slot), ESP_ERR_FLASH_OP_FAIL, ESP_ERR_NO_MEM.
 * Cut: the record names it no more, or nothing has changed. */
esp_err_t esp_ota_erase_last_boot_app_partition(void);
/* Erases the sector of otadata that does not choose. Errors: ESP_FAIL (none chooses, or the minimum
 * version stands in that sector alone), ESP_ERR_FLASH_OP_FAIL, ESP_ERR_NO_MEM. */
esp_err_t esp_ota_invalidate_inactive_ota_data_slot(void);

/* --- beyond ESP-IDF's --- */

/* The image that ran before the running one, as the boot record knows it; NULL: none. */
const esp_partition_t *esp_ota_get_previous_partition(void);

/* How the last trial ended. Numbers are permanent: the boot record holds them. */
typedef enum {
    ESP_OTA_TRIAL_NONE = 0,      /* there was none */
    ESP_OTA_TRIAL_CONFIRMED = 1, /* by the image itself */
    ESP_OTA_TRIAL_REJECTED = 2,  /* by the image itself */
    ESP_OTA_TRIAL_STARTS = 3,    /* all starts used without confirming */
    ESP_OTA_TRIAL_IMAGE = 4,     /* the image did not verify at boot */
    ESP_OTA_TRIAL_RECORD = 5,    /* a start could not be counted: worn otadata */
    ESP_OTA_TRIAL_LEFT = 6,      /* it selected another image before it was confirmed */
} esp_ota_trial_result_t;

typedef struct {
    esp_ota_trial_result_t result;
    const esp_partition_t *partition; /* that it is about; NULL: none */
    uint8_t starts;                   /* that it took */
    esp_reset_reason_t reset_reason;  /* of the reset that ended its last run */
} esp_ota_last_trial_t;

typedef struct {
    esp_ota_img_states_t state; /* of the running image; UNDEFINED when no record tells */
    uint8_t starts;             /* of the trial under way, this one included; 0: none */
    uint8_t max_starts;         /* that a trial has (CONFIG_APP_TRIAL_STARTS); 0: no trials */
    esp_ota_last_trial_t last;
} esp_ota_trial_info_t;

/* Errors: ESP_ERR_INVALID_ARG, ESP_ERR_NO_MEM. */
esp_err_t esp_ota_get_trial_info(esp_ota_trial_info_t *info);

#ifdef __cplusplus
}
#endif

#endif
