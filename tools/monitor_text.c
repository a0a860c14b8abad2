/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESS_DIGITS 8u
#define DUMP_LINES     48u

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static size_t count_hex(const char *text)
{
    size_t n = 0;

    while (isxdigit((unsigned char)text[n])) {
        n++;
    }
    return n;
}

bool monitor_find_address(const char *text, size_t *at, uint32_t *vaddr)
{
    for (size_t i = *at; text[i] != '\0'; i++) {
        bool starts = i == 0 || !is_word(text[i - 1]);
        size_t digits = starts && text[i] == '0' && text[i + 1] == 'x' ? i + 2 : i;
        if (starts && count_hex(text + digits) == ADDRESS_DIGITS &&
            !is_word(text[digits + ADDRESS_DIGITS]) && memcmp(text + digits, "40", 2) == 0) {
            *vaddr = (uint32_t)strtoul(text + digits, NULL, 16);
            *at = digits + ADDRESS_DIGITS;
            return true;
        }
    }
    return false;
}

static void print_names(const struct monitor_text *t)
{
    size_t at = 0;
    uint32_t vaddr;

    while (monitor_find_address(t->line, &at, &vaddr)) {
        const struct elf_symbol *s = elf_symbols_find(t->symbols, vaddr);
        if (s != NULL) {
            fprintf(t->out, "  0x%08x is in %s + 0x%x\r\n", vaddr, s->name, vaddr - s->vaddr);
        }
    }
}

/* Fact: how the dumps of ROM, SDK, ESP-IDF and Arduino begin. A restart ends one. */
static bool begins_dump(const char *line)
{
    static const char *const marks[] = {"Guru Meditation", "Fatal exception", "Exception (",
                                        "epc1=",           "Backtrace:",      "abort() was called"};

    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (strstr(line, marks[i]) != NULL) {
            return true;
        }
    }
    return false;
}

static void end_line(struct monitor_text *t)
{
    t->line[t->n_line] = '\0';
    if (begins_dump(t->line)) {
        t->dump_lines = DUMP_LINES;
    } else if (strstr(t->line, "rst cause:") != NULL) {
        t->dump_lines = 0;
    }
    if (t->symbols != NULL && t->dump_lines > 0) {
        print_names(t);
    }
    t->dump_lines -= t->dump_lines > 0;
    t->n_line = 0;
    t->in_line = false;
}

static void begin_line(struct monitor_text *t, uint64_t now_ms)
{
    t->in_line = true;
    if (t->has_stamps) {
        fprintf(t->out, "%6u.%03u  ", (unsigned)(now_ms / 1000), (unsigned)(now_ms % 1000));
    }
}

void monitor_text_put(struct monitor_text *t, uint8_t byte, uint64_t now_ms)
{
    if (!t->in_line && byte != '\n' && byte != '\r') {
        begin_line(t, now_ms);
    }
    fputc(byte, t->out);
    if (byte == '\n') {
        end_line(t);
    } else if (byte != '\0' && byte != '\r' && t->n_line < MONITOR_LINE_MAX) {
        t->line[t->n_line++] = (char)byte;
    }
}
