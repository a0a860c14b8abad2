/* SPDX-License-Identifier: Apache-2.0 */
#include "partition_csv.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "airslot/format.h"
#include "partition_words.h"

#define N_FIELDS       6
#define FIRST_FREE     (ASL_TABLE_ADDR + ASL_SECTOR_SIZE)
#define OTHER_ALIGN    4u
#define FLAG_ENCRYPTED 1u

/* Where the text stands and what is wrong with it. */
struct parser {
    struct csv_table *table;
    uint32_t line;
    char *why;
    size_t why_len;
};

static bool fail(struct parser *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static bool fail(struct parser *p, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(p->why, p->why_len, fmt, args);
    va_end(args);
    return false;
}

static bool fail_at_line(struct parser *p, const char *what, const char *value)
{
    return fail(p, "Error at line %" PRIu32 ": %s '%.60s'", p->line, what, value);
}

/* Base of a number and the text behind its prefix. */
static int number_base(const char **text)
{
    static const struct {
        char letter;
        int base;
    } prefixes[] = {{'x', 16}, {'o', 8}, {'b', 2}};

    if ((*text)[0] == '0' && (*text)[1] != '\0') {
        for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
            if (tolower((unsigned char)(*text)[1]) == prefixes[i].letter) {
                *text += 2;
                return prefixes[i].base;
            }
        }
    }
    return 10;
}

/* Reads what the generator's int(x, 0) with K and M suffixes reads, within 33 bits and a sign. */
static bool parse_int(const char *text, int64_t *out)
{
    bool negative = text[0] == '-';
    char *end;

    text += negative || text[0] == '+';
    int base = number_base(&text);
    /* strtoull would also take blanks, another sign and a second prefix. */
    if (!isxdigit((unsigned char)text[0]) || tolower((unsigned char)text[1]) == 'x') {
        return false;
    }
    /* Python refuses 010, which C would read as octal and a person as ten. */
    if (base == 10 && text[0] == '0' && strspn(text, "0") != strspn(text, "0123456789")) {
        return false;
    }
    errno = 0;
    unsigned long long value = strtoull(text, &end, base);
    int shift = *end == '\0' ? 0 : tolower((unsigned char)*end) == 'k' ? 10 : 20;
    if (*end != '\0' && (strchr("kKmM", *end) == NULL || end[1] != '\0')) {
        return false;
    }
    if (end == text || errno != 0 || value > UINT32_MAX) {
        return false;
    }
    *out = (int64_t)(value << shift) * (negative ? -1 : 1);
    return true;
}

/* Reads a keyword or a number of one byte. */
static bool parse_byte(struct parser *p, const char *text, const struct csv_word *keywords,
                       uint8_t *out)
{
    char known[CSV_WORDS_MAX];
    int64_t value;

    for (const struct csv_word *k = keywords; k->name != NULL; k++) {
        if (strcasecmp(k->name, text) == 0) {
            *out = k->value;
            return true;
        }
    }
    if (parse_int(text, &value)) {
        *out = (uint8_t)value;
        return (value >= 0 && value <= 255) || fail_at_line(p, "value exceeds one byte:", text);
    }
    if (keywords->name == NULL) {
        return fail_at_line(p, "Invalid field value", text);
    }
    csv_list_words(keywords, known);
    return fail(p, "Error at line %" PRIu32 ": Value '%.60s' is not valid. Known keywords: %s",
                p->line, text, known);
}

static bool parse_flags(struct parser *p, char *text, uint32_t *out)
{
    char *rest = NULL;

    *out = 0;
    for (char *flag = strtok_r(text, ":", &rest); flag != NULL; flag = strtok_r(NULL, ":", &rest)) {
        if (strcmp(flag, "encrypted") != 0) {
            return fail_at_line(p, "unknown flag", flag);
        }
        *out |= FLAG_ENCRYPTED;
    }
    return true;
}

/* Offset: the given one, or the next free one of the type's alignment. */
static bool place(struct parser *p, const char *text, struct asl_partition *entry, uint32_t end)
{
    uint32_t align = entry->type == ASL_TYPE_APP ? ASL_SECTOR_SIZE : OTHER_ALIGN;
    int64_t offset;

    if (text[0] == '\0') {
        if (end > UINT32_MAX - (align - 1)) {
            return fail_at_line(p, "no room is left for partition", entry->label);
        }
        entry->addr = (end + align - 1) / align * align;
        return true;
    }
    if (!parse_int(text, &offset) || offset < 0 || offset > UINT32_MAX) {
        return fail_at_line(p, "Invalid field value", text);
    }
    entry->addr = (uint32_t)offset;
    if (entry->addr < end && p->table->n == 0) {
        return fail(p,
                    "CSV Error: First partition offset 0x%x (line %u) overlaps end of partition "
                    "table 0x%x",
                    entry->addr, p->line, end);
    }
    if (entry->addr < end) {
        return fail(p,
                    "CSV Error: Partitions overlap. Partition at line %u sets offset 0x%x. "
                    "Previous partition ends 0x%x",
                    p->line, entry->addr, end);
    }
    return entry->addr % align == 0 ||
           fail(p, "Partition %s invalid: Offset 0x%x (line %u) is not aligned to 0x%x",
                entry->label, entry->addr, p->line, align);
}

/* Size: positive, or as -E the distance to the end address E. */
static bool measure(struct parser *p, const char *text, struct asl_partition *entry)
{
    int64_t size;

    if (text[0] == '\0') {
        return fail(p, "Error at line %u: Size field can't be empty", p->line);
    }
    if (!parse_int(text, &size)) {
        return fail_at_line(p, "Invalid field value", text);
    }
    if (size < 0) {
        size = -size - entry->addr;
    }
    if (size < 0 || size > (int64_t)UINT32_MAX - entry->addr) {
        return fail(p, "Error at line %u: Size '%.60s' at offset 0x%x does not end in 32 bits",
                    p->line, text, entry->addr);
    }
    entry->size = (uint32_t)size;
    return true;
}

static bool is_name_taken(const struct csv_table *table, const char *label)
{
    for (uint32_t i = 0; i < table->n; i++) {
        if (strcmp(table->entry[i].label, label) == 0) {
            return true;
        }
    }
    return false;
}

static bool parse_kind(struct parser *p, char *field[N_FIELDS], struct asl_partition *entry)
{
    if (field[1][0] == '\0') {
        return fail(p, "Error at line %u: Field 'type' can't be left empty", p->line);
    }
    if (!parse_byte(p, field[1], csv_type_words, &entry->type)) {
        return false;
    }
    entry->subtype = 0;
    return field[2][0] == '\0' ||
           parse_byte(p, field[2], csv_subtype_words(entry->type), &entry->subtype);
}

static bool add_entry(struct parser *p, char *field[N_FIELDS])
{
    struct csv_table *table = p->table;
    const struct asl_partition *before = table->n > 0 ? &table->entry[table->n - 1] : NULL;
    uint32_t end = before != NULL ? before->addr + before->size : FIRST_FREE;

    if (table->n == ASL_TABLE_MAX_ENTRIES) {
        return fail(p, "Error at line %u: binary partition table is longer than max: %u entries",
                    p->line, ASL_TABLE_MAX_ENTRIES);
    }
    struct asl_partition *entry = &table->entry[table->n];
    memset(entry, 0, sizeof(*entry));
    memcpy(entry->label, field[0], strnlen(field[0], ASL_LABEL_LEN));
    if (!parse_kind(p, field, entry) || !place(p, field[3], entry, end) ||
        !measure(p, field[4], entry) || !parse_flags(p, field[5], &entry->flags)) {
        return false;
    }
    if (is_name_taken(table, entry->label)) {
        return fail(p, "Error at line %u: Partition names must be unique: '%s'", p->line,
                    entry->label);
    }
    table->line[table->n++] = p->line;
    return true;
}

static char *trim(char *text)
{
    while (isspace((unsigned char)*text)) {
        text++;
    }
    size_t len = strlen(text);
    while (len > 0 && isspace((unsigned char)text[len - 1])) {
        text[--len] = '\0';
    }
    return text;
}

/* Splits at commas; missing fields are empty, further ones are ignored. */
static void split(char *line, char *field[N_FIELDS])
{
    static char none[1];

    for (int i = 0; i < N_FIELDS; i++) {
        field[i] = none;
        if (line != NULL) {
            char *comma = strchr(line, ',');
            if (comma != NULL) {
                *comma++ = '\0';
            }
            field[i] = trim(line);
            line = comma;
        }
    }
}

/* Length of the variable reference at text ("$VAR", "${VAR}"), 0 when there is none; its name. */
static size_t match_variable(const char *text, char name[64])
{
    bool braces = text[1] == '{';
    const char *start = text + 1 + braces;
    size_t len = 0;

    while (isalnum((unsigned char)start[len]) || start[len] == '_') {
        len++;
    }
    if (len == 0 || len >= 64 || (braces && start[len] != '}')) {
        return 0;
    }
    memcpy(name, start, len);
    name[len] = '\0';
    return len + 1 + (braces ? 2 : 0);
}

/* Copies the line with its variables replaced; unknown ones stay as they are. */
static bool expand(const char *line, char out[CSV_LINE_MAX])
{
    size_t at = 0;

    while (*line != '\0') {
        char name[64];
        size_t skip = *line == '$' ? match_variable(line, name) : 0;
        const char *value = skip > 0 ? getenv(name) : NULL;
        size_t len = value != NULL ? strlen(value) : 1;
        if (len >= CSV_LINE_MAX - at) {
            return false;
        }
        memcpy(out + at, value != NULL ? value : line, len);
        at += len;
        line += value != NULL ? skip : 1;
    }
    out[at] = '\0';
    return true;
}

static bool parse_line(struct parser *p, const char *raw)
{
    char expanded[CSV_LINE_MAX];
    char *field[N_FIELDS];

    if (!expand(raw, expanded)) {
        return fail(p, "Error at line %u: line is longer than %u characters", p->line,
                    CSV_LINE_MAX - 1);
    }
    char *line = trim(expanded);
    if (line[0] == '\0' || line[0] == '#') {
        return true;
    }
    char name[64];
    if (line[0] == '$' && match_variable(line, name) > 0) {
        return fail(p, "Error at line %u: unknown variable '%s'", p->line, name);
    }
    split(line, field);
    return add_entry(p, field);
}

bool csv_parse(const char *text, size_t len, struct csv_table *out, char *why, size_t why_len)
{
    struct parser p = {.table = out, .why = why, .why_len = why_len};
    char line[CSV_LINE_MAX];

    out->n = 0;
    while (len > 0) {
        const char *newline = memchr(text, '\n', len);
        size_t n = newline != NULL ? (size_t)(newline - text) : len;
        p.line++;
        if (n >= sizeof(line) || memchr(text, '\0', n) != NULL) {
            return fail(&p, "Error at line %u: not a line of text", p.line);
        }
        memcpy(line, text, n);
        line[n] = '\0';
        if (!parse_line(&p, line)) {
            return false;
        }
        n += newline != NULL;
        text += n;
        len -= n;
    }
    return out->n > 0 || fail(&p, "CSV Error: the table has no partitions");
}

static void print_size(FILE *out, uint32_t size)
{
    if (size != 0 && size % 0x100000u == 0) {
        fprintf(out, "%uM", size / 0x100000u);
    } else if (size != 0 && size % 0x400u == 0) {
        fprintf(out, "%uK", size / 0x400u);
    } else {
        fprintf(out, "0x%x", size);
    }
}

void csv_print(FILE *out, const struct asl_partition *entries, uint32_t n)
{
    char type[8], subtype[8];

    fprintf(out, "# Name, Type, SubType, Offset, Size, Flags\n");
    for (uint32_t i = 0; i < n; i++) {
        const struct asl_partition *p = &entries[i];
        fprintf(out, "%s,%s,%s,0x%x,", p->label, csv_type_name(p->type, type),
                csv_subtype_name(p->type, p->subtype, subtype), p->addr);
        print_size(out, p->size);
        fprintf(out, ",%s\n", (p->flags & FLAG_ENCRYPTED) != 0 ? "encrypted" : "");
    }
}
