/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest application: greets, says what it runs on and from which slot, and idles. */
#include <stdio.h>

#include "esp_ota_ops.h"
#include "esp_spi_flash.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

static void print_chip(void)
{
    esp_chip_info_t chip;
    esp_chip_info(&chip);
    printf("This is an ESP8266 with %d CPU core, WiFi%s, silicon revision %d, %uMB %s flash\n",
           chip.cores, (chip.features & CHIP_FEATURE_BT) ? "/BT" : "", chip.revision,
           (unsigned)spi_flash_get_chip_size() / (1024 * 1024),
           (chip.features & CHIP_FEATURE_EMB_FLASH) ? "embedded" : "external");
}

static void print_slot(void)
{
    const esp_partition_t *slot = esp_ota_get_running_partition();
    const esp_app_desc_t *app = esp_ota_get_app_description();
    printf("Running %s version %s from slot %s at 0x%x\n", app->project_name, app->version,
           slot->label, slot->address);
}

void app_main(void)
{
    printf("Hello world!\n");
    print_chip();
    print_slot();
    for (;;) {
        vTaskDelay(portMAX_DELAY);
    }
}
