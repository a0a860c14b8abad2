/* SPDX-License-Identifier: Apache-2.0 */
/* Where code and data stand. Plain code goes to flash, plain constants to byte-readable DRAM. */
#ifndef ESP_ATTR_H
#define ESP_ATTR_H

#define ESP_ATTR_STR_(x)          #x
#define ESP_ATTR_STR(x)           ESP_ATTR_STR_(x)
#define ESP_ATTR_SECTION(name, n) __attribute__((section(name "." ESP_ATTR_STR(n))))

/* Code that runs while the flash is busy, and with it everything that it calls. Never inlined: a
 * caller in flash would take it back there. */
#define IRAM_ATTR __attribute__((noinline)) ESP_ATTR_SECTION(".iram1", __COUNTER__)
/* Constants in flash that are read as aligned words only (esp_rodata_copy() for texts). */
#define ICACHE_RODATA_ATTR ESP_ATTR_SECTION(".irom.rodata", __COUNTER__)
#define ICACHE_FLASH_ATTR
#define DRAM_ATTR
/* Kept over deep sleep; the NOINIT kind over every reset but power loss. Words only. */
#define RTC_DATA_ATTR     ESP_ATTR_SECTION(".rtc.data", __COUNTER__)
#define RTC_NOINIT_ATTR   ESP_ATTR_SECTION(".rtc_noinit", __COUNTER__)
#define __NOINIT_ATTR     ESP_ATTR_SECTION(".noinit", __COUNTER__)
#define WORD_ALIGNED_ATTR __attribute__((aligned(4)))

#endif
