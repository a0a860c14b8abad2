/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that stay in flash (ICACHE_RODATA_ATTR): the bus gives aligned words only, so they are
 * copied out before anyone reads a byte. */
#ifndef ESP_RODATA_H
#define ESP_RODATA_H

#include <stddef.h>

/* Copies the NUL-terminated text at src, which is 4-aligned and may stand in flash, to buf[buflen];
 * cuts what does not fit, always terminates. buflen > 0. Returns buf. Context: any but with the
 * cache off. */
char *esp_rodata_copy(char *buf, size_t buflen, const char *src);

#endif
