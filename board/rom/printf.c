/* SPDX-License-Identifier: Apache-2.0 */
/* Formatted output: %d %i %u %x %X %o %p %c %s %% with flags '-' '0', width, precision, l. The core
 * (ets_vprintf) keeps no data in DRAM: firmware calls it after the ROM's data are gone. Formats and
 * strings are read by bytes and must stand in DRAM. */
#include "rom.h"

#define MAX_DIGITS 11

struct spec {
    uint32_t width;
    uint32_t precision;
    uint32_t has_precision;
    uint32_t left;
    char pad;
};

struct output {
    rom_putc put;
    int count;
};

static void emit(struct output *out, char c)
{
    out->put(c);
    out->count++;
}

static void emit_padding(struct output *out, uint32_t n, char pad)
{
    while (n-- > 0) {
        emit(out, pad);
    }
}

static void emit_field(struct output *out, const struct spec *spec, const char *text, uint32_t len)
{
    uint32_t padding = spec->width > len ? spec->width - len : 0;
    if (!spec->left) {
        emit_padding(out, padding, ' ');
    }
    for (uint32_t i = 0; i < len; i++) {
        emit(out, text[i]);
    }
    if (spec->left) {
        emit_padding(out, padding, ' ');
    }
}

static char digit(uint32_t value, char ten)
{
    return (char)(value < 10 ? '0' + value : (uint32_t)ten + value - 10);
}

/* ten: the letter of digit 10; sign: the character before the digits, 0 for none. */
static void emit_number(struct output *out, const struct spec *spec, uint32_t value, uint32_t base,
                        char ten, char sign)
{
    char text[MAX_DIGITS];
    uint32_t n = 0;
    do {
        text[n++] = digit(value % base, ten);
        value /= base;
    } while (value != 0);

    uint32_t digits = spec->has_precision && spec->precision > n ? spec->precision : n;
    char pad = spec->left || spec->has_precision ? ' ' : spec->pad;
    uint32_t len = digits + (sign != 0);
    uint32_t padding = spec->width > len ? spec->width - len : 0;
    if (!spec->left && pad == ' ') {
        emit_padding(out, padding, ' ');
    }
    if (sign != 0) {
        emit(out, sign);
    }
    if (pad == '0') {
        emit_padding(out, padding, '0');
    }
    emit_padding(out, digits - n, '0');
    while (n > 0) {
        emit(out, text[--n]);
    }
    if (spec->left) {
        emit_padding(out, padding, ' ');
    }
}

static void emit_string(struct output *out, const struct spec *spec, const char *text)
{
    uint32_t null_text[2] = {0x6C756E3C, 0x00003E6C}; /* "<null>", without a string in DRAM */
    uint32_t len = 0;
    if (text == NULL) {
        text = (const char *)null_text;
        len = 6;
    } else {
        while ((!spec->has_precision || len < spec->precision) && text[len] != 0) {
            len++;
        }
    }
    emit_field(out, spec, text, len);
}

static const char *parse_number(const char *format, uint32_t *value)
{
    *value = 0;
    while (*format >= '0' && *format <= '9') {
        *value = *value * 10 + (uint32_t)(*format++ - '0');
    }
    return format;
}

/* Parses what stands between '%' and the conversion. */
static const char *parse_spec(const char *format, struct spec *spec)
{
    *spec = (struct spec){.pad = ' '};
    for (; *format == '-' || *format == '0'; format++) {
        if (*format == '-') {
            spec->left = 1;
        } else {
            spec->pad = '0';
        }
    }
    format = parse_number(format, &spec->width);
    if (*format == '.') {
        spec->has_precision = 1;
        format = parse_number(format + 1, &spec->precision);
    }
    while (*format == 'l' || *format == 'h' || *format == 'z') {
        format++;
    }
    return format;
}

static void emit_decimal(struct output *out, const struct spec *spec, int32_t value)
{
    uint32_t magnitude = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
    emit_number(out, spec, magnitude, 10, 'a', value < 0 ? '-' : 0);
}

static void emit_conversion(struct output *out, struct spec *spec, char conversion, uint32_t arg)
{
    char c = (char)arg;
    switch (conversion) {
    case 'd':
    case 'i':
        emit_decimal(out, spec, (int32_t)arg);
        break;
    case 'u':
        emit_number(out, spec, arg, 10, 'a', 0);
        break;
    case 'o':
        emit_number(out, spec, arg, 8, 'a', 0);
        break;
    case 'p':
    case 'x':
        emit_number(out, spec, arg, 16, 'a', 0);
        break;
    case 'X':
        emit_number(out, spec, arg, 16, 'A', 0);
        break;
    case 's':
        emit_string(out, spec, (const char *)arg);
        break;
    case 'c':
        emit_field(out, spec, &c, 1);
        break;
    default:
        emit(out, conversion);
        break;
    }
}

static uint32_t takes_argument(char conversion)
{
    return conversion == 'd' || conversion == 'i' || conversion == 'u' || conversion == 'o' ||
           conversion == 'p' || conversion == 'x' || conversion == 'X' || conversion == 's' ||
           conversion == 'c';
}

int ets_vprintf(rom_putc put, const char *format, va_list args)
{
    struct output out = {.put = put};
    while (*format != 0) {
        if (*format != '%') {
            emit(&out, *format++);
            continue;
        }
        struct spec spec;
        format = parse_spec(format + 1, &spec);
        if (*format == 0) {
            break;
        }
        uint32_t arg = takes_argument(*format) ? va_arg(args, uint32_t) : 0;
        emit_conversion(&out, &spec, *format++, arg);
    }
    return out.count;
}
