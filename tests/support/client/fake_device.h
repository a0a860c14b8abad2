/* SPDX-License-Identifier: Apache-2.0 */
/* The device around client components under test: log, clock, random numbers. */
#ifndef FAKE_DEVICE_H
#define FAKE_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

void fake_log(char level, const char *tag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The date before which the device was not built: 2020-01-01. */
#define FAKE_BUILD_S INT64_C(1577836800)

/* Sets the device's date, seconds since 1970; 0: it does not know it, as after a reset. */
void fake_set_date(int64_t seconds);

/* Empties the log, sets the clock to 0 and forgets the date. */
void fake_device_reset(void);
/* True when a line of the log holds text. */
bool fake_log_has(const char *text);
const char *fake_log_text(void);

/* Milliseconds of the fake clock. */
uint32_t fake_now_ms(void);
void fake_pass_ms(uint32_t ms);
/* From the next fake_device_reset() on, the clock is this one and what waiting has added to it;
 * NULL: it moves by waiting only. */
void fake_use_clock(uint32_t (*now_ms)(void));

#endif
