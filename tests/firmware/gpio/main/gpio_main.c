/* SPDX-License-Identifier: Apache-2.0 */
/* A button at GPIO0 toggles the LED at GPIO4 and an open drain at GPIO12: the pins' driver. */
#include <stdio.h>

#include "driver/gpio.h"
#include "freertos/FreeRTOS.h"
#include "freertos/semphr.h"
#include "freertos/task.h"

#define BUTTON GPIO_NUM_0
#define LED    GPIO_NUM_4
#define DRAIN  GPIO_NUM_12

static SemaphoreHandle_t pressed;

static void on_press(void *arg)
{
    BaseType_t woken = pdFALSE;
    (void)arg;
    xSemaphoreGiveFromISR(pressed, &woken);
}

static void refuses_what_no_pin_can(void)
{
    gpio_config_t flash_pin = {.pin_bit_mask = BIT(4) | BIT(6), .mode = GPIO_MODE_OUTPUT};
    gpio_config_t pulled_down = {.pin_bit_mask = BIT(4), .pull_down_en = GPIO_PULLDOWN_ENABLE};
    printf("refused %d%d%d%d%d%d\n", gpio_config(&flash_pin) == ESP_ERR_INVALID_ARG,
           gpio_config(&pulled_down) == ESP_ERR_INVALID_ARG,
           gpio_set_intr_type(GPIO_NUM_16, GPIO_INTR_ANYEDGE) == ESP_ERR_INVALID_ARG,
           gpio_set_level(GPIO_NUM_MAX, 1) == ESP_ERR_INVALID_ARG,
           gpio_set_direction(LED, 4) == ESP_ERR_INVALID_ARG,
           gpio_isr_handler_add(BUTTON, on_press, NULL) == ESP_ERR_INVALID_STATE);
}

static void set_up(void)
{
    gpio_config_t button = {.pin_bit_mask = BIT(BUTTON),
                            .mode = GPIO_MODE_INPUT,
                            .pull_up_en = GPIO_PULLUP_ENABLE,
                            .intr_type = GPIO_INTR_NEGEDGE};
    gpio_config_t led = {.pin_bit_mask = BIT(LED) | BIT(GPIO_NUM_16), .mode = GPIO_MODE_OUTPUT};
    gpio_config_t drain = {
        .pin_bit_mask = BIT(DRAIN), .mode = GPIO_MODE_OUTPUT_OD, .pull_up_en = GPIO_PULLUP_ENABLE};
    ESP_ERROR_CHECK(gpio_config(&button));
    ESP_ERROR_CHECK(gpio_config(&led));
    ESP_ERROR_CHECK(gpio_config(&drain));
    ESP_ERROR_CHECK(gpio_install_isr_service(0));
    ESP_ERROR_CHECK(gpio_isr_handler_add(BUTTON, on_press, NULL));
}

void app_main(void)
{
    uint32_t level = 0;
    pressed = xSemaphoreCreateBinary();
    refuses_what_no_pin_can();
    set_up();
    printf("ready, button %d\n", gpio_get_level(BUTTON));
    for (;;) {
        xSemaphoreTake(pressed, portMAX_DELAY);
        level = !level;
        gpio_set_level(LED, level);
        gpio_set_level(GPIO_NUM_16, level);
        gpio_set_level(DRAIN, level);
        printf("pressed: button %d, led %d, gpio16 %d, drain %d\n", gpio_get_level(BUTTON),
               gpio_get_level(LED), gpio_get_level(GPIO_NUM_16), gpio_get_level(DRAIN));
    }
}
