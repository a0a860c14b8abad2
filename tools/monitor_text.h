/* SPDX-License-Identifier: Apache-2.0 */
/* The device's output on its way to the screen: time stamps at line starts, and behind each line of
 * an exception dump the names of its code addresses. Bytes pass at once, colours included. */
#ifndef TOOLS_MONITOR_TEXT_H
#define TOOLS_MONITOR_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "elf_symbols.h"

#define MONITOR_LINE_MAX 512u

struct monitor_text {
    FILE *out;
    const struct elf_symbols *symbols; /* NULL: no names */
    bool has_stamps;
    bool in_line;
    char line[MONITOR_LINE_MAX + 1]; /* the present line, cut when it is longer */
    size_t n_line;
    unsigned dump_lines; /* so many more may belong to a dump */
};

/* Takes a byte from the device; now_ms is the time since the start. */
void monitor_text_put(struct monitor_text *t, uint8_t byte, uint64_t now_ms);

/* The next code address in text from *at: eight hexadecimal digits, with 0x or without, that begin
 * with 40. Returns false when there is none; *at stands behind it. */
bool monitor_find_address(const char *text, size_t *at, uint32_t *vaddr);

#endif
