/* SPDX-License-Identifier: Apache-2.0 */
/* Pins as inputs, outputs and interrupt sources; names and numbers of the SDK. GPIO6 to 11 belong
 * to the flash chip and are refused. GPIO16 has neither pulls nor interrupts here. */
#ifndef DRIVER_GPIO_H
#define DRIVER_GPIO_H

#include <stdint.h>

#include "esp_bit_defs.h"
#include "esp_err.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    GPIO_NUM_0 = 0,
    GPIO_NUM_1 = 1,
    GPIO_NUM_2 = 2,
    GPIO_NUM_3 = 3,
    GPIO_NUM_4 = 4,
    GPIO_NUM_5 = 5,
    GPIO_NUM_12 = 12,
    GPIO_NUM_13 = 13,
    GPIO_NUM_14 = 14,
    GPIO_NUM_15 = 15,
    GPIO_NUM_16 = 16,
    GPIO_NUM_MAX = 17,
} gpio_num_t;

typedef enum {
    GPIO_INTR_DISABLE = 0,
    GPIO_INTR_POSEDGE = 1,
    GPIO_INTR_NEGEDGE = 2,
    GPIO_INTR_ANYEDGE = 3,
    GPIO_INTR_LOW_LEVEL = 4,
    GPIO_INTR_HIGH_LEVEL = 5,
    GPIO_INTR_MAX,
} gpio_int_type_t;

typedef enum {
    GPIO_MODE_DISABLE = 0,
    GPIO_MODE_INPUT = 1,
    GPIO_MODE_OUTPUT = 2,
    GPIO_MODE_OUTPUT_OD = 6, /* open drain: 1 lets go of the pin */
} gpio_mode_t;

typedef enum { GPIO_PULLUP_ONLY, GPIO_PULLDOWN_ONLY, GPIO_FLOATING } gpio_pull_mode_t;
typedef enum { GPIO_PULLUP_DISABLE = 0, GPIO_PULLUP_ENABLE = 1 } gpio_pullup_t;
typedef enum { GPIO_PULLDOWN_DISABLE = 0, GPIO_PULLDOWN_ENABLE = 1 } gpio_pulldown_t;

typedef struct {
    uint32_t pin_bit_mask; /* BIT(GPIO_NUM_x) | ... */
    gpio_mode_t mode;
    gpio_pullup_t pull_up_en;
    gpio_pulldown_t pull_down_en;
    gpio_int_type_t intr_type;
} gpio_config_t;

/* Runs in the interrupt; belongs into IRAM (IRAM_ATTR) with all that it calls, and may only wake
 * tasks. A handler of a level trigger is called again until the level or the trigger has gone. */
typedef void (*gpio_isr_t)(void *arg);

/* All of these return ESP_OK, or ESP_ERR_INVALID_ARG: no such pin, mode, level or trigger, or the
 * pin cannot do it (no pad has a pull-down). Context: task; gpio_set_level, gpio_get_level and
 * gpio_set_intr_type also from an interrupt. */

/* Sets up every pin of the mask; changes none when one is refused. */
esp_err_t gpio_config(const gpio_config_t *config);
/* Gives the pad to GPIO, too. */
esp_err_t gpio_set_direction(gpio_num_t pin, gpio_mode_t mode);
esp_err_t gpio_set_level(gpio_num_t pin, uint32_t level);
/* The level on the pin, of outputs too; 0 for a pin that is none. */
int gpio_get_level(gpio_num_t pin);
esp_err_t gpio_set_pull_mode(gpio_num_t pin, gpio_pull_mode_t pull);
esp_err_t gpio_set_intr_type(gpio_num_t pin, gpio_int_type_t type);

/* Opens the GPIO interrupt; no_use is ignored. */
esp_err_t gpio_install_isr_service(int no_use);
/* Closes it and forgets every handler. */
void gpio_uninstall_isr_service(void);
/* One handler a pin, GPIO0 to 15; another replaces it. A pin whose trigger fires without one loses
 * the trigger. ESP_ERR_INVALID_STATE before gpio_install_isr_service(). */
esp_err_t gpio_isr_handler_add(gpio_num_t pin, gpio_isr_t handler, void *arg);
esp_err_t gpio_isr_handler_remove(gpio_num_t pin);

#ifdef __cplusplus
}
#endif

#endif
