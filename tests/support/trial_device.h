/* SPDX-License-Identifier: Apache-2.0 */
/* A device with tests/firmware/trial in its factory slot and staged for updates: what each slot's
 * image does is told by orders, before and while it runs. */
#ifndef TESTS_TRIAL_DEVICE_H
#define TESTS_TRIAL_DEVICE_H

#include "check.h"
#include "device.h"
#include "orders.h"

#define TRIAL_BUILD    "tests/firmware/trial/build/"
#define TRIAL_LIMIT_MS 60000u

enum trial_slot { FACTORY, OTA_0, OTA_1 };
extern const char *const trial_label[3];
extern const uint32_t trial_addr[3];

/* Numbers of esp_reset_reason_t. */
enum { POWER_ON = 1, RESTART = 3, PANIC = 4, TASK_WATCHDOG = 6, WATCHDOG = 7 };
/* Numbers of esp_ota_trial_result_t. */
enum { CONFIRMED = 1, REJECTED, STARTS, IMAGE, RECORD };

/* A powered-off device whose images all idle. */
void trial_init(struct device *d);
/* Tells the image in a slot what to do from its next start on. */
void trial_order(struct device *d, enum trial_slot slot, enum trial_order what);
/* Stages another image for updates. */
void trial_stage(struct device *d, const char *path);
/* Turns over the first byte of what is staged, before the device is on. */
void trial_damage_staged(struct device *d);

/* The line that a start from a slot prints first. Static memory: good for the next two calls. */
const char *trial_greeting(enum trial_slot slot);
/* Runs until the text is printed; the test fails when it is not. */
void trial_expect(struct device *d, const char *text, uint32_t limit_ms);
void trial_expect_printed(struct device *d, const char *text);
/* How the device says that the last trial ended. */
void trial_expect_last(struct device *d, unsigned result, enum trial_slot slot, unsigned starts,
                       unsigned cause);
unsigned trial_count(const struct device *d, const char *text);
void trial_forget_console(struct device *d);
/* Cuts the power and applies it again, with an empty console. */
void trial_power_cycle(struct device *d);

/* Runs to the first start of a new image: from factory that in ota_0, from ota_0, which has
 * confirmed itself, that in ota_1. What was left then idles. Returns the slot on trial. */
enum trial_slot trial_start(struct device *d, enum trial_slot from, enum trial_order behaviour);

#endif
