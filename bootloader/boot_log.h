/* SPDX-License-Identifier: Apache-2.0 */
/* The bootloader's log lines, in the SDK's shape: "I (ms) tag: text". */
#ifndef BOOT_LOG_H
#define BOOT_LOG_H

#include "sdkconfig.h"

#define BOOT_LOG(level, letter, color, tag, format, ...)                                           \
    do {                                                                                           \
        if (CONFIG_LOG_BOOTLOADER_LEVEL >= (level)) {                                              \
            boot_log(letter, color, tag, format, ##__VA_ARGS__);                                   \
        }                                                                                          \
    } while (0)

#define BOOT_LOGE(tag, format, ...) BOOT_LOG(1, 'E', 31, tag, format, ##__VA_ARGS__)
#define BOOT_LOGW(tag, format, ...) BOOT_LOG(2, 'W', 33, tag, format, ##__VA_ARGS__)
#define BOOT_LOGI(tag, format, ...) BOOT_LOG(3, 'I', 32, tag, format, ##__VA_ARGS__)

/* Prints one line; format as soc_printf() takes it. */
void boot_log(char letter, int color, const char *tag, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
