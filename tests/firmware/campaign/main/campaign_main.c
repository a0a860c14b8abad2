/* SPDX-License-Identifier: Apache-2.0 */
/* Test application of the fault campaigns: every image of a device is this program, with another
 * version and length. It says that it is up, then does what an order staged in flash asks of the
 * slot that it runs from, and says "campaign: done" when nothing is left to do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esp_ota_ops.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "orders.h"

/* Fills campaign_big; absent from the others. */
extern const uint32_t padding[] __attribute__((weak));

static void done(void)
{
    printf("campaign: done\n");
    for (;;) {
        vTaskDelay(portMAX_DELAY);
    }
}

static void fail(const char *what, esp_err_t err)
{
    printf("campaign: %s refused: 0x%x (%s)\n", what, (unsigned)err, esp_err_to_name(err));
    for (;;) {
        vTaskDelay(portMAX_DELAY);
    }
}

static void restart(void)
{
    printf("campaign: restarts\n");
    esp_restart();
}

/* --- an update --- */

static esp_err_t copy(const esp_partition_t *staged, uint32_t len, esp_ota_handle_t handle)
{
    uint8_t *piece = malloc(STAGED_PIECE_LEN);
    esp_err_t err = piece != NULL ? ESP_OK : ESP_ERR_NO_MEM;

    for (uint32_t off = 0; err == ESP_OK && off < len; off += STAGED_PIECE_LEN) {
        uint32_t n = len - off < STAGED_PIECE_LEN ? len - off : STAGED_PIECE_LEN;
        err = esp_partition_read(staged, STAGED_IMAGE_OFF + off, piece, n);
        if (err == ESP_OK) {
            err = esp_ota_write(handle, piece, n);
        }
    }
    free(piece);
    return err;
}

static esp_err_t install(const esp_partition_t *staged, uint32_t len)
{
    const esp_partition_t *slot = esp_ota_get_next_update_partition(NULL);
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

/* An image that came back from its trial is not installed again. */
static void update(const esp_partition_t *staged, const struct staged_order *order)
{
    if (order->temper != TEMPER_GOOD && esp_ota_get_last_invalid_partition() != NULL) {
        done();
    }
    esp_err_t err = install(staged, order->image_len);
    if (err != ESP_OK) {
        fail("update", err);
    }
    restart();
}

/* --- the other orders --- */

static void choose(const char *what, const esp_partition_t *slot)
{
    esp_err_t err = slot != NULL ? esp_ota_set_boot_partition(slot) : ESP_ERR_NOT_FOUND;
    if (err != ESP_OK) {
        fail(what, err);
    }
    restart();
}

static void obey(const esp_partition_t *staged, const struct staged_order *order)
{
    switch (order->order) {
    case ORDER_ROLL_BACK:
        fail("roll-back", esp_ota_mark_app_invalid_rollback_and_reboot());
        break;
    case ORDER_PREVIOUS:
        choose("previous", esp_ota_get_previous_partition());
        break;
    case ORDER_FACTORY:
        choose("factory", esp_partition_find_first(ESP_PARTITION_TYPE_APP,
                                                   ESP_PARTITION_SUBTYPE_APP_FACTORY, NULL));
        break;
    default:
        update(staged, order);
    }
}

/* What an image on trial may do instead of confirming. */
static void misbehave(uint32_t temper)
{
    switch (temper) {
    case TEMPER_CRASH:
        abort();
    case TEMPER_HANG:
        for (;;) {
        }
    case TEMPER_RESTART:
        esp_restart();
        break;
    default:
        break;
    }
}

static void confirm(void)
{
    esp_ota_img_states_t state;
    const esp_partition_t *running = esp_ota_get_running_partition();

    if (esp_ota_get_state_partition(running, &state) != ESP_OK ||
        state != ESP_OTA_IMG_PENDING_VERIFY) {
        return;
    }
    esp_err_t err = esp_ota_mark_app_valid_cancel_rollback();
    if (err != ESP_OK) {
        fail("confirmation", err);
    }
}

void app_main(void)
{
    struct staged_order order = {0};
    const esp_partition_t *running = esp_ota_get_running_partition();
    const esp_partition_t *staged =
        esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_ANY, "staged");

    printf("campaign: version %s%s is up in %s\n", esp_ota_get_app_description()->version,
           padding != NULL ? " (padded)" : "", running->label);
    if (staged == NULL || esp_partition_read(staged, 0, &order, sizeof(order)) != ESP_OK ||
        order.magic != STAGED_MAGIC) {
        fail("order", ESP_ERR_NOT_FOUND);
    }
    bool is_actor = strncmp(order.actor, running->label, sizeof(order.actor)) == 0;
    if (!is_actor) {
        misbehave(order.temper);
    }
    if (!is_actor || order.order != ORDER_ROLL_BACK) {
        confirm();
    }
    if (is_actor) {
        obey(staged, &order);
    }
    done();
}
