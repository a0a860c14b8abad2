/* SPDX-License-Identifier: Apache-2.0 */
#include "boot_log.h"

#include <stdarg.h>
#include <stdbool.h>

#include "esp8266/soc.h"

#ifdef CONFIG_LOG_COLORS
#define WITH_COLORS true
#else
#define WITH_COLORS false
#endif

void boot_log(char letter, int color, const char *tag, const char *format, ...)
{
    va_list args;

    if (WITH_COLORS) {
        soc_printf("\033[0;%dm", color);
    }
    soc_printf("%c (%u) %s: ", letter, (uint32_t)(soc_time_us() / 1000u), tag);
    va_start(args, format);
    soc_vprintf(format, args);
    va_end(args);
    soc_printf(WITH_COLORS ? "\033[0m\n" : "\n");
}
