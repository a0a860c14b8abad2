/* SPDX-License-Identifier: Apache-2.0 */
/* Names of error numbers, kept in flash, and what a failed ESP_ERROR_CHECK does. */
#include "esp_err.h"

#include <stdio.h>
#include <stdlib.h>

#include "esp_attr.h"
#include "esp_rodata.h"

#define NAME_MAX 48u

#define NAME_TEXT(name, number)                                                                    \
    static const char text_##name[] __attribute__((aligned(4))) ICACHE_RODATA_ATTR = #name;
ESP_ERR_LIST(NAME_TEXT)

static const struct {
    esp_err_t code;
    const char *name;
} names[] ICACHE_RODATA_ATTR = {
#define NAME_ENTRY(name, number) {number, text_##name},
    ESP_ERR_LIST(NAME_ENTRY)};

static const char *find_name(esp_err_t code)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].code == code) {
            return names[i].name;
        }
    }
    return NULL;
}

const char *esp_err_to_name(esp_err_t code)
{
    static char texts[2][NAME_MAX];
    static unsigned turn;
    const char *name = find_name(code);
    if (name == NULL) {
        return "ERROR";
    }
    turn ^= 1u;
    return esp_rodata_copy(texts[turn], NAME_MAX, name);
}

const char *esp_err_to_name_r(esp_err_t code, char *buf, size_t buflen)
{
    const char *name = find_name(code);
    if (buflen == 0) {
        return buf;
    }
    if (name != NULL) {
        return esp_rodata_copy(buf, buflen, name);
    }
    snprintf(buf, buflen, "<unknown text> 0x%x(%d)", (unsigned)code, (int)code);
    return buf;
}

static void print_failed(const char *what, esp_err_t rc, const char *file, int line,
                         const char *function, const char *expression, const void *caller)
{
    printf("%s failed: esp_err_t 0x%x (%s) at 0x%08x\n", what, (unsigned)rc, esp_err_to_name(rc),
           (unsigned)caller);
    printf("file: \"%s\" line %d\nfunc: %s\nexpression: %s\n", file, line, function, expression);
}

void _esp_error_check_failed(esp_err_t rc, const char *file, int line, const char *function,
                             const char *expression)
{
    print_failed("ESP_ERROR_CHECK", rc, file, line, function, expression,
                 __builtin_return_address(0));
    abort();
}

void _esp_error_check_failed_without_abort(esp_err_t rc, const char *file, int line,
                                           const char *function, const char *expression)
{
    print_failed("ESP_ERROR_CHECK_WITHOUT_ABORT", rc, file, line, function, expression,
                 __builtin_return_address(0));
}
