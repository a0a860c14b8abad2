/* SPDX-License-Identifier: Apache-2.0 */
/* The word-wise copy out of flash. */
#include "esp_rodata.h"

#include <stdint.h>

char *esp_rodata_copy(char *buf, size_t buflen, const char *src)
{
    const volatile uint32_t *words = (const volatile uint32_t *)src;
    for (size_t i = 0; i + 1 < buflen; i++) {
        buf[i] = (char)(words[i / 4] >> (8 * (i % 4)));
        if (buf[i] == '\0') {
            return buf;
        }
    }
    buf[buflen - 1] = '\0';
    return buf;
}
