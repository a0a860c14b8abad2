/* SPDX-License-Identifier: Apache-2.0 */
/* Test application: an image good or bad, by order of a test. Prints one line that begins with
 * "trial:" for all that it knows of itself, one for what it does, and one when it is done. */
#include <stdio.h>
#include <stdlib.h>

#include "esp_ota_ops.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "orders.h"

#define PIECE_LEN 1024u

static uint32_t read_order(uint32_t off)
{
    const esp_partition_t *orders =
        esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_ANY, "orders");
    uint32_t word = 0;

    ESP_ERROR_CHECK(esp_partition_read(orders, off, &word, sizeof(word)));
    return word;
}

static enum trial_order own_order(void)
{
    esp_partition_subtype_t subtype = esp_ota_get_running_partition()->subtype;

    return subtype == ESP_PARTITION_SUBTYPE_APP_FACTORY
               ? read_order(0)
               : read_order(4u + 4u * (subtype - ESP_PARTITION_SUBTYPE_APP_OTA_0));
}

static const char *label_of(const esp_partition_t *p)
{
    return p != NULL ? p->label : "none";
}

static void print_status(void)
{
    const esp_partition_t *running = esp_ota_get_running_partition();
    esp_ota_img_states_t state = ESP_OTA_IMG_UNDEFINED;
    esp_ota_trial_info_t info;
    esp_err_t err = esp_ota_get_state_partition(running, &state);

    ESP_ERROR_CHECK(esp_ota_get_trial_info(&info));
    printf("trial: %s, reset %d, state 0x%x %d, start %u of %u, boot %s, previous %s\n",
           running->label, (int)esp_reset_reason(), (unsigned)err, (int)state, info.starts,
           info.max_starts, label_of(esp_ota_get_boot_partition()),
           label_of(esp_ota_get_previous_partition()));
    printf("trial: last result %d of %s, starts %u, reset %d, invalid %s, heap %u\n",
           (int)info.last.result, label_of(info.last.partition), info.last.starts,
           (int)info.last.reset_reason, label_of(esp_ota_get_last_invalid_partition()),
           (unsigned)esp_get_minimum_free_heap_size());
}

static esp_err_t copy(const esp_partition_t *staged, uint32_t len, esp_ota_handle_t handle)
{
    static uint8_t piece[PIECE_LEN];
    esp_err_t err = ESP_OK;

    for (uint32_t off = 0; err == ESP_OK && off < len; off += PIECE_LEN) {
        uint32_t n = len - off < PIECE_LEN ? len - off : PIECE_LEN;
        err = esp_partition_read(staged, off, piece, n);
        if (err == ESP_OK) {
            err = esp_ota_write(handle, piece, n);
        }
    }
    return err;
}

static esp_err_t install(const esp_partition_t *slot)
{
    const esp_partition_t *staged =
        esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_ANY, "staged");
    uint32_t len = read_order(TRIAL_LENGTH_OFF);
    esp_ota_handle_t handle;
    esp_err_t err = esp_ota_begin(slot, len, &handle);

    if (err != ESP_OK) {
        return err;
    }
    err = copy(staged, len, handle);
    esp_err_t end = esp_ota_end(handle);
    err = err == ESP_OK ? end : err;
    return err == ESP_OK ? esp_ota_set_boot_partition(slot) : err;
}

static void crash(void)
{
    *(volatile uint32_t *)0 = 1;
}

static void loop(void)
{
    for (;;) {
    }
}

static void hang(void)
{
    for (;;) {
        __asm__ volatile("waiti 0");
    }
}

static void hang_locked(void)
{
    for (;;) {
        __asm__ volatile("waiti 15");
    }
}

/* Says how a call ended; restarts when it did. */
static void done(const char *what, esp_err_t err, bool restart)
{
    printf("trial: %s 0x%x\n", what, (unsigned)err);
    if (restart && err == ESP_OK) {
        esp_restart();
    }
}

static void confirm(void)
{
    done("confirmed", esp_ota_mark_app_valid_cancel_rollback(), false);
}

static void forget(void)
{
    done("erased", esp_ota_erase_last_boot_app_partition(), false);
    done("invalidated", esp_ota_invalidate_inactive_ota_data_slot(), false);
    printf("trial: rollback %s\n",
           esp_ota_check_rollback_is_possible() ? "possible" : "impossible");
}

static void obey(enum trial_order order)
{
    switch (order) {
    case TRIAL_CRASH:
        crash();
        break;
    case TRIAL_LOOP:
        loop();
        break;
    case TRIAL_HANG:
        hang();
        break;
    case TRIAL_HANG_LOCKED:
        hang_locked();
        break;
    case TRIAL_RESTART:
        esp_restart();
        break;
    case TRIAL_CONFIRM:
        confirm();
        break;
    case TRIAL_CONFIRM_CRASH:
        confirm();
        crash();
        break;
    case TRIAL_REJECT:
        done("rejected", esp_ota_mark_app_invalid_rollback_and_reboot(), false);
        break;
    case TRIAL_PREVIOUS:
        done("previous", esp_ota_set_boot_partition(esp_ota_get_previous_partition()), true);
        break;
    case TRIAL_FACTORY:
        done("factory",
             esp_ota_set_boot_partition(esp_partition_find_first(
                 ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_APP_FACTORY, NULL)),
             true);
        break;
    case TRIAL_CONFIRM_UPDATE:
        confirm();
        /* fall through */
    case TRIAL_UPDATE:
        done("installed", install(esp_ota_get_next_update_partition(NULL)), true);
        break;
    case TRIAL_FORGET:
        forget();
        break;
    default:
        break;
    }
}

void app_main(void)
{
    print_status();
    obey(own_order());
    printf("trial: idle\n");
    for (;;) {
        vTaskDelay(portMAX_DELAY);
    }
}
