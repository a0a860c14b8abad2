/* SPDX-License-Identifier: Apache-2.0 */
/* Test application: checks scheduler, heap and flash from inside, then dies in every way it knows,
 * one after the other, and says each time why it was started again. */
#include <stdio.h>

#include "checks.h"
#include "esp_attr.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

static uint32_t n_passed, n_failed;
RTC_NOINIT_ATTR static uint32_t next_crash;

void check(bool passed, const char *what, int line)
{
    if (passed) {
        n_passed++;
    } else {
        n_failed++;
        printf("kernel: FAILED line %d: %s\n", line, what);
    }
}

void app_main(void)
{
    esp_reset_reason_t reason = esp_reset_reason();

    if (reason == ESP_RST_POWERON) {
        next_crash = 0;
        check_tasks();
        check_heap();
        check_flash();
        printf("kernel: %u passed, %u failed\n", (unsigned)n_passed, (unsigned)n_failed);
    } else {
        CHECK(flash_takes_bytes());
        printf("kernel: crash %u gave reset reason %d\n", (unsigned)(next_crash - 1), (int)reason);
    }
    if (crash(next_crash++)) {
        printf("kernel: FAILED: crash %u did not happen\n", (unsigned)(next_crash - 1));
    } else {
        printf("kernel: all crashes survived\n");
    }
}
