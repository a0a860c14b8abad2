/* SPDX-License-Identifier: Apache-2.0 */
/* Prints with a format that stands in flash. */
#include "tls_say.h"

#include <stdarg.h>
#include <stdio.h>

#include "esp_rodata.h"

void tls_say(char *buf, size_t len, const char *format, ...)
{
    char text[TLS_SAY_FORMAT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(buf, len, esp_rodata_copy(text, sizeof(text), format), args);
    va_end(args);
}
