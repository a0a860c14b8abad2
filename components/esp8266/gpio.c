/* SPDX-License-Identifier: Apache-2.0 */
/* See driver/gpio.h. What an interrupt may call stands in IRAM and reads no table. */
#include "driver/gpio.h"

#include <stdbool.h>
#include <stddef.h>

#include "esp8266/cpu.h"
#include "esp8266/regs.h"
#include "esp_attr.h"

#define N_PADS         16u
#define FLASH_PINS     0x0fc0u
#define ALL_PINS       (0x1ffffu & ~FLASH_PINS)
#define FIRST_FUNCTION (BIT(0) | BIT(2) | BIT(4) | BIT(5)) /* function 0 is GPIO there, else 3 */

static struct {
    gpio_isr_t func;
    void *arg;
} handlers[N_PADS];
static bool is_installed;

static bool IRAM_ATTR is_pin(uint32_t pin)
{
    return pin < GPIO_NUM_MAX && (ALL_PINS >> pin & 1u) != 0;
}

static uint32_t pad_address(uint32_t pin)
{
    static const uint8_t offsets[N_PADS] = {0x34, 0x18, 0x38, 0x14, 0x3c, 0x40, 0x1c, 0x20,
                                            0x24, 0x28, 0x2c, 0x30, 0x04, 0x08, 0x0c, 0x10};
    return IOMUX_CONF + offsets[pin];
}

static bool is_mode(gpio_mode_t mode)
{
    return mode == GPIO_MODE_DISABLE || mode == GPIO_MODE_INPUT || mode == GPIO_MODE_OUTPUT ||
           mode == GPIO_MODE_OUTPUT_OD;
}

static bool can_be(uint32_t pin, gpio_mode_t mode)
{
    return is_pin(pin) && is_mode(mode) && (pin < N_PADS || mode != GPIO_MODE_OUTPUT_OD);
}

static void set_rtc_pin(bool is_output)
{
    REG_WRITE(RTC_GPIO_PAD, (REG_READ(RTC_GPIO_PAD) & ~RTC_GPIO_PAD_MASK) | RTC_GPIO_PAD_GPIO);
    REG_CLR_BITS(RTC_GPIO_CONF, 1u);
    REG_WRITE(RTC_GPIO_ENABLE, (REG_READ(RTC_GPIO_ENABLE) & ~1u) | is_output);
}

static void set_pad_pin(uint32_t pin, gpio_mode_t mode)
{
    uint32_t pad = pad_address(pin);
    uint32_t function = (FIRST_FUNCTION >> pin & 1u) != 0 ? 0 : IOMUX_FUNCTION_3;
    uint32_t lock = cpu_lock();
    REG_WRITE(pad, (REG_READ(pad) & ~IOMUX_FUNCTION_MASK) | function);
    if (mode == GPIO_MODE_OUTPUT_OD) {
        REG_SET_BITS(GPIO_PIN0 + 4 * pin, GPIO_PIN_OPEN_DRAIN);
    } else {
        REG_CLR_BITS(GPIO_PIN0 + 4 * pin, GPIO_PIN_OPEN_DRAIN);
    }
    cpu_unlock(lock);
    REG_WRITE((mode & GPIO_MODE_OUTPUT) != 0 ? GPIO_ENABLE_SET : GPIO_ENABLE_CLR, BIT(pin));
}

esp_err_t gpio_set_direction(gpio_num_t pin, gpio_mode_t mode)
{
    if (!can_be(pin, mode)) {
        return ESP_ERR_INVALID_ARG;
    }
    if (pin == GPIO_NUM_16) {
        set_rtc_pin(mode == GPIO_MODE_OUTPUT);
    } else {
        set_pad_pin(pin, mode);
    }
    return ESP_OK;
}

esp_err_t IRAM_ATTR gpio_set_level(gpio_num_t pin, uint32_t level)
{
    if (!is_pin(pin) || level > 1) {
        return ESP_ERR_INVALID_ARG;
    }
    if (pin == GPIO_NUM_16) {
        REG_WRITE(RTC_GPIO_OUT, (REG_READ(RTC_GPIO_OUT) & ~1u) | level);
    } else {
        REG_WRITE(level != 0 ? GPIO_OUT_SET : GPIO_OUT_CLR, BIT(pin));
    }
    return ESP_OK;
}

int IRAM_ATTR gpio_get_level(gpio_num_t pin)
{
    if (!is_pin(pin)) {
        return 0;
    }
    return pin == GPIO_NUM_16 ? (int)(REG_READ(RTC_GPIO_IN) & 1u)
                              : (int)(REG_READ(GPIO_IN) >> pin & 1u);
}

static bool can_pull(uint32_t pin, gpio_pull_mode_t pull)
{
    return is_pin(pin) && (pull == GPIO_FLOATING || (pull == GPIO_PULLUP_ONLY && pin < N_PADS));
}

esp_err_t gpio_set_pull_mode(gpio_num_t pin, gpio_pull_mode_t pull)
{
    if (!can_pull(pin, pull)) {
        return ESP_ERR_INVALID_ARG;
    }
    if (pin == GPIO_NUM_16) {
        return ESP_OK;
    }
    uint32_t up = pull == GPIO_PULLUP_ONLY ? IOMUX_PULL_UP : 0;
    REG_WRITE(pad_address(pin), (REG_READ(pad_address(pin)) & ~IOMUX_PULL_UP) | up);
    return ESP_OK;
}

static bool IRAM_ATTR can_trigger(uint32_t pin, gpio_int_type_t type)
{
    return is_pin(pin) && type < GPIO_INTR_MAX && (pin < N_PADS || type == GPIO_INTR_DISABLE);
}

static void IRAM_ATTR set_trigger(uint32_t pin, uint32_t type)
{
    uint32_t lock = cpu_lock();
    uint32_t rest = REG_READ(GPIO_PIN0 + 4 * pin) & ~GPIO_PIN_TRIGGER_MASK;
    REG_WRITE(GPIO_PIN0 + 4 * pin, rest | type << GPIO_PIN_TRIGGER_SHIFT);
    cpu_unlock(lock);
}

esp_err_t IRAM_ATTR gpio_set_intr_type(gpio_num_t pin, gpio_int_type_t type)
{
    if (!can_trigger(pin, type)) {
        return ESP_ERR_INVALID_ARG;
    }
    if (pin != GPIO_NUM_16) {
        set_trigger(pin, type);
    }
    return ESP_OK;
}

static bool is_possible(const gpio_config_t *config, gpio_pull_mode_t pull)
{
    for (uint32_t pin = 0; pin < GPIO_NUM_MAX; pin++) {
        if ((config->pin_bit_mask >> pin & 1u) != 0 &&
            (!can_be(pin, config->mode) || !can_pull(pin, pull) ||
             !can_trigger(pin, config->intr_type))) {
            return false;
        }
    }
    return true;
}

esp_err_t gpio_config(const gpio_config_t *config)
{
    if (config == NULL || config->pin_bit_mask == 0 || (config->pin_bit_mask & ~ALL_PINS) != 0 ||
        config->pull_down_en != GPIO_PULLDOWN_DISABLE) {
        return ESP_ERR_INVALID_ARG;
    }
    gpio_pull_mode_t pull = config->pull_up_en ? GPIO_PULLUP_ONLY : GPIO_FLOATING;
    if (!is_possible(config, pull)) {
        return ESP_ERR_INVALID_ARG;
    }
    for (uint32_t pin = 0; pin < GPIO_NUM_MAX; pin++) {
        if ((config->pin_bit_mask >> pin & 1u) != 0) {
            gpio_set_pull_mode(pin, pull);
            gpio_set_direction(pin, config->mode);
            gpio_set_intr_type(pin, config->intr_type);
        }
    }
    return ESP_OK;
}

/* Status goes first: an edge that comes while its handler runs is not lost. */
static void IRAM_ATTR on_interrupt(void *arg)
{
    (void)arg;
    uint32_t status = REG_READ(GPIO_STATUS);
    REG_WRITE(GPIO_STATUS_CLR, status);
    for (uint32_t pin = 0; pin < N_PADS; pin++) {
        if ((status >> pin & 1u) == 0) {
            continue;
        }
        if (handlers[pin].func != NULL) {
            handlers[pin].func(handlers[pin].arg);
        } else {
            set_trigger(pin, GPIO_INTR_DISABLE);
            REG_WRITE(GPIO_STATUS_CLR, BIT(pin));
        }
    }
}

esp_err_t gpio_install_isr_service(int no_use)
{
    (void)no_use;
    is_installed = true;
    _xt_isr_attach(INT_GPIO, on_interrupt, NULL);
    _xt_isr_unmask(1u << INT_GPIO);
    return ESP_OK;
}

static void set_handler(uint32_t pin, gpio_isr_t func, void *arg)
{
    uint32_t lock = cpu_lock();
    handlers[pin].func = func;
    handlers[pin].arg = arg;
    cpu_unlock(lock);
}

void gpio_uninstall_isr_service(void)
{
    _xt_isr_mask(1u << INT_GPIO);
    is_installed = false;
    for (uint32_t pin = 0; pin < N_PADS; pin++) {
        set_handler(pin, NULL, NULL);
    }
}

esp_err_t gpio_isr_handler_add(gpio_num_t pin, gpio_isr_t handler, void *arg)
{
    if (!is_installed) {
        return ESP_ERR_INVALID_STATE;
    }
    if (!is_pin(pin) || pin == GPIO_NUM_16 || handler == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    set_handler(pin, handler, arg);
    return ESP_OK;
}

esp_err_t gpio_isr_handler_remove(gpio_num_t pin)
{
    if (!is_pin(pin) || pin == GPIO_NUM_16) {
        return ESP_ERR_INVALID_ARG;
    }
    set_handler(pin, NULL, NULL);
    return ESP_OK;
}
