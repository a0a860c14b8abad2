/* SPDX-License-Identifier: Apache-2.0 */
/* GPIO helpers on the registers; interrupt 4 is attached with ets_isr_attach. Keeps no data. */
#include "rom.h"

#define N_PINS      16
#define OUT_SET     0x04
#define OUT_CLR     0x08
#define ENABLE_SET  0x10
#define ENABLE_CLR  0x14
#define IN          0x18
#define STATUS      0x1C
#define STATUS_CLR  0x24
#define PIN(n)      (0x28 + 4 * (n))
#define TYPE_SHIFT  7
#define TYPE_MASK   (7u << TYPE_SHIFT)
#define TYPE_LOW    4u
#define TYPE_HIGH   5u
#define WAKE_ENABLE (1u << 10)
#define GPIO(off)   REG(GPIO_BASE + (off))

static void set_type(uint32_t pin, uint32_t type, uint32_t wake)
{
    if (pin < N_PINS) {
        uint32_t rest = GPIO(PIN(pin)) & ~(TYPE_MASK | WAKE_ENABLE);
        GPIO(PIN(pin)) = rest | (type & 7) << TYPE_SHIFT | wake;
    }
}

void gpio_output_set(uint32_t set, uint32_t clear, uint32_t enable, uint32_t disable);
void gpio_output_set(uint32_t set, uint32_t clear, uint32_t enable, uint32_t disable)
{
    GPIO(OUT_SET) = set;
    GPIO(OUT_CLR) = clear;
    GPIO(ENABLE_SET) = enable;
    GPIO(ENABLE_CLR) = disable;
}

uint32_t gpio_input_get(void);
uint32_t gpio_input_get(void)
{
    return GPIO(IN) & 0xFFFF;
}

void gpio_register_set(uint32_t off, uint32_t value);
void gpio_register_set(uint32_t off, uint32_t value)
{
    GPIO(off) = value;
}

uint32_t gpio_register_get(uint32_t off);
uint32_t gpio_register_get(uint32_t off)
{
    return GPIO(off);
}

void gpio_pin_intr_state_set(uint32_t pin, uint32_t type);
void gpio_pin_intr_state_set(uint32_t pin, uint32_t type)
{
    if (pin < N_PINS) {
        set_type(pin, type, GPIO(PIN(pin)) & WAKE_ENABLE);
    }
}

/* Only a level wakes. */
void gpio_pin_wakeup_enable(uint32_t pin, uint32_t type);
void gpio_pin_wakeup_enable(uint32_t pin, uint32_t type)
{
    if (type == TYPE_LOW || type == TYPE_HIGH) {
        set_type(pin, type, WAKE_ENABLE);
    }
}

void gpio_pin_wakeup_disable(void);
void gpio_pin_wakeup_disable(void)
{
    for (uint32_t pin = 0; pin < N_PINS; pin++) {
        if (GPIO(PIN(pin)) & WAKE_ENABLE) {
            set_type(pin, 0, 0);
        }
    }
}

uint32_t gpio_intr_pending(void);
uint32_t gpio_intr_pending(void)
{
    return GPIO(STATUS) & 0xFFFF;
}

void gpio_intr_ack(uint32_t pins);
void gpio_intr_ack(uint32_t pins)
{
    GPIO(STATUS_CLR) = pins;
}
