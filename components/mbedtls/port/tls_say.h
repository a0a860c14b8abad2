/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that are read once in a device's life: they cost flash, not DRAM. */
#ifndef TLS_SAY_H
#define TLS_SAY_H

#include <stddef.h>

#include "esp_attr.h"

#define TLS_SAY_FORMAT_MAX 224u

/* snprintf() with a format that may stand in flash; at most TLS_SAY_FORMAT_MAX bytes of it. */
void tls_say(char *buf, size_t len, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* tls_say() with a literal format, which it puts into flash. */
#define SAY(buf, len, format, ...)                                                                 \
    do {                                                                                           \
        static const char text_[] ICACHE_RODATA_ATTR WORD_ALIGNED_ATTR = format;                   \
        _Static_assert(sizeof(text_) <= TLS_SAY_FORMAT_MAX, "text too long");                      \
        tls_say(buf, len, text_, ##__VA_ARGS__);                                                   \
    } while (0)

#endif
