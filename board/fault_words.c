/* SPDX-License-Identifier: Apache-2.0 */
/* Faults as words, and back: the grammar of docs/faults.md. */
#include <stdio.h>
#include <string.h>

#include "nor.h"
#include "vb_fault.h"

static const struct {
    const char *name;
    enum vb_fault_kind kind;
} names[] = {
    {"cut-before", VB_FAULT_CUT_BEFORE},
    {"cut-after", VB_FAULT_CUT_AFTER},
    {"silent", VB_FAULT_SILENT},
    {"program-bits", VB_FAULT_PROGRAM_BITS},
    {"program-neighbour", VB_FAULT_PROGRAM_NEIGHBOUR},
    {"erase-nothing", VB_FAULT_ERASE_NOTHING},
    {"erase-half", VB_FAULT_ERASE_HALF},
    {"erase-random", VB_FAULT_ERASE_RANDOM},
    {"erase-weak", VB_FAULT_ERASE_WEAK},
    {"torn", VB_FAULT_TORN},
    {"cut-at", VB_FAULT_CUT_AT},
    {"flip", VB_FAULT_FLIP},
    {"dead", VB_FAULT_DEAD},
};
#define N_NAMES         (sizeof(names) / sizeof(names[0]))
#define BYTES_PREFIX    "program-"
#define BROWNOUT_PREFIX "brownout-"

/* --- reading --- */

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/* Decimal, or hexadecimal behind 0x. */
static bool parse_number(const char *text, size_t len, uint64_t *out)
{
    bool is_hex = len > 2 && text[0] == '0' && text[1] == 'x';
    unsigned base = is_hex ? 16 : 10;
    uint64_t value = 0;
    for (size_t i = is_hex ? 2 : 0; i < len; i++) {
        unsigned d = (unsigned)digit(text[i]);
        if (d >= base || value > (UINT64_MAX - d) / base) {
            return false;
        }
        value = value * base + d;
    }
    *out = value;
    return len > 0;
}

/* PREFIX and a number behind it. */
static bool parse_counted(const char *text, size_t len, const char *prefix, uint64_t *out)
{
    size_t n = strlen(prefix);
    return len > n && memcmp(text, prefix, n) == 0 && parse_number(text + n, len - n, out);
}

bool vb_fault_parse_kind(struct vb_fault *out, const char *text, size_t len)
{
    uint64_t n;
    for (unsigned i = 0; i < N_NAMES; i++) {
        if (strlen(names[i].name) == len && memcmp(text, names[i].name, len) == 0) {
            out->kind = names[i].kind;
            return true;
        }
    }
    if (parse_counted(text, len, BYTES_PREFIX, &n) && n < VB_NOR_PROGRAM_PAGE) {
        out->kind = VB_FAULT_PROGRAM_BYTES;
        out->bytes = (uint32_t)n;
        return true;
    }
    if (parse_counted(text, len, BROWNOUT_PREFIX, &n) && n > 0 && n <= UINT32_MAX) {
        out->kind = VB_FAULT_BROWNOUT;
        out->count = (uint32_t)n;
        return true;
    }
    return false;
}

/* ADDR.BIT */
static bool parse_bit(struct vb_fault *f, const char *text, size_t len)
{
    const char *dot = memchr(text, '.', len);
    uint64_t addr = 0, bit = 0;
    if (dot == NULL || !parse_number(text, (size_t)(dot - text), &addr) || addr > UINT32_MAX ||
        !parse_number(dot + 1, len - (size_t)(dot + 1 - text), &bit) || bit > 7) {
        return false;
    }
    f->addr = (uint32_t)addr;
    f->bit = (uint8_t)bit;
    return true;
}

/* What stands behind the @ depends on the kind. */
static bool parse_where(struct vb_fault *f, const char *text, size_t len)
{
    uint64_t n = 0;
    if (f->kind == VB_FAULT_FLIP) {
        return parse_bit(f, text, len);
    }
    if (!parse_number(text, len, &n)) {
        return false;
    }
    switch (f->kind) {
    case VB_FAULT_CUT_AT:
        f->time_ns = n;
        return true;
    case VB_FAULT_DEAD:
        f->addr = (uint32_t)n;
        return n <= UINT32_MAX;
    default:
        f->op = n;
        return n > 0;
    }
}

bool vb_fault_parse(struct vb_fault *out, const char *text)
{
    struct vb_fault fault = {0};
    const char *at = strchr(text, '@');
    if (at == NULL || !vb_fault_parse_kind(&fault, text, (size_t)(at - text))) {
        return false;
    }
    size_t len = strcspn(at + 1, ":");
    const char *seed = at + 1 + len;
    if (!parse_where(&fault, at + 1, len) ||
        (*seed == ':' && !parse_number(seed + 1, strlen(seed + 1), &fault.seed))) {
        return false;
    }
    *out = fault;
    return true;
}

/* --- writing --- */

const char *vb_fault_kind_text(const struct vb_fault *fault, char text[VB_FAULT_TEXT_MAX])
{
    const char *name = fault->kind == VB_FAULT_HOLD ? "hold" : "none";
    for (unsigned i = 0; i < N_NAMES; i++) {
        name = names[i].kind == fault->kind ? names[i].name : name;
    }
    if (fault->kind == VB_FAULT_PROGRAM_BYTES) {
        snprintf(text, VB_FAULT_TEXT_MAX, BYTES_PREFIX "%u", fault->bytes);
    } else if (fault->kind == VB_FAULT_BROWNOUT) {
        snprintf(text, VB_FAULT_TEXT_MAX, BROWNOUT_PREFIX "%u", fault->count);
    } else {
        snprintf(text, VB_FAULT_TEXT_MAX, "%s", name);
    }
    return text;
}

const char *vb_fault_text(const struct vb_fault *f, char text[VB_FAULT_TEXT_MAX])
{
    vb_fault_kind_text(f, text);
    size_t n = strlen(text);
    size_t left = VB_FAULT_TEXT_MAX - n;
    if (f->kind == VB_FAULT_FLIP) {
        snprintf(text + n, left, "@0x%06x.%u", f->addr, f->bit);
    } else if (f->kind == VB_FAULT_DEAD) {
        snprintf(text + n, left, "@0x%06x", f->addr);
    } else {
        uint64_t where = f->kind == VB_FAULT_CUT_AT ? f->time_ns : f->op;
        snprintf(text + n, left, "@%llu", (unsigned long long)where);
    }
    n = strlen(text);
    if (f->seed != 0) {
        snprintf(text + n, VB_FAULT_TEXT_MAX - n, ":%llu", (unsigned long long)f->seed);
    }
    return text;
}
