/* SPDX-License-Identifier: Apache-2.0 */
/* Greets like hello_world from an image of 512 KB, after reading its padding through the window. */
#include <stdint.h>
#include <stdio.h>

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

extern const uint32_t padding[125000];

void app_main(void)
{
    printf("Hello world! (padding ends with %08x)\n", (unsigned)padding[124999]);
    for (;;) {
        vTaskDelay(portMAX_DELAY);
    }
}
