/* SPDX-License-Identifier: Apache-2.0 */
/* core's error texts for the device: the same list as core/asl_err.c, but kept in flash. Each of
 * the three functions has one buffer, so one name, one text and one hint can stand in one line. */
#include <stddef.h>

#include "asl_err.h"
#include "esp_attr.h"
#include "esp_rodata.h"

#define TEXT_MAX 96u

#define TEXTS(name, number, text, hint)                                                            \
    static const char name_##name[] __attribute__((aligned(4))) ICACHE_RODATA_ATTR =               \
        "ASL_ERR_" #name;                                                                          \
    static const char text_##name[] __attribute__((aligned(4))) ICACHE_RODATA_ATTR = text;         \
    static const char hint_##name[] __attribute__((aligned(4))) ICACHE_RODATA_ATTR = hint;
ASL_ERR_LIST(TEXTS)

struct entry {
    int number;
    const char *name, *text, *hint;
};

static const struct entry entries[] ICACHE_RODATA_ATTR = {
#define ENTRY(name, number, text, hint) {number, name_##name, text_##name, hint_##name},
    ASL_ERR_LIST(ENTRY)};

static const struct entry *find(enum asl_err err)
{
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        if (entries[i].number == (int)err) {
            return &entries[i];
        }
    }
    return NULL;
}

const char *asl_err_name(enum asl_err err)
{
    static char buf[40];
    const struct entry *entry = find(err);
    if (err == ASL_OK) {
        return "ASL_OK";
    }
    return entry == NULL ? "ASL_ERR_?" : esp_rodata_copy(buf, sizeof(buf), entry->name);
}

const char *asl_err_text(enum asl_err err)
{
    static char buf[TEXT_MAX];
    const struct entry *entry = find(err);
    if (err == ASL_OK) {
        return "no error";
    }
    return entry == NULL ? "unknown error" : esp_rodata_copy(buf, sizeof(buf), entry->text);
}

const char *asl_err_hint(enum asl_err err)
{
    static char buf[TEXT_MAX];
    const struct entry *entry = find(err);
    return entry == NULL ? "" : esp_rodata_copy(buf, sizeof(buf), entry->hint);
}
