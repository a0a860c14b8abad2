/* SPDX-License-Identifier: Apache-2.0 */
/* See partition_words.h. Fact: the words and numbers of the SDK's generator. */
#include "partition_words.h"

#include <stdio.h>

#include "airslot/format.h"

const struct csv_word csv_type_words[] = {
    {"app", ASL_TYPE_APP}, {"data", ASL_TYPE_DATA}, {NULL, 0}};

static const struct csv_word app_subtypes[] = {
    {"factory", 0x00}, {"ota_0", 0x10},  {"ota_1", 0x11},  {"ota_2", 0x12},  {"ota_3", 0x13},
    {"ota_4", 0x14},   {"ota_5", 0x15},  {"ota_6", 0x16},  {"ota_7", 0x17},  {"ota_8", 0x18},
    {"ota_9", 0x19},   {"ota_10", 0x1a}, {"ota_11", 0x1b}, {"ota_12", 0x1c}, {"ota_13", 0x1d},
    {"ota_14", 0x1e},  {"ota_15", 0x1f}, {"test", 0x20},   {NULL, 0}};
static const struct csv_word data_subtypes[] = {
    {"ota", 0x00},      {"phy", 0x01},    {"nvs", 0x02},       {"coredump", 0x03},
    {"nvs_keys", 0x04}, {"efuse", 0x05},  {"undefined", 0x06}, {"esphttpd", 0x80},
    {"fat", 0x81},      {"spiffs", 0x82}, {"littlefs", 0x83},  {NULL, 0}};
static const struct csv_word no_words[] = {{NULL, 0}};

const struct csv_word *csv_subtype_words(uint8_t type)
{
    return type == ASL_TYPE_APP ? app_subtypes : type == ASL_TYPE_DATA ? data_subtypes : no_words;
}

void csv_list_words(const struct csv_word *words, char text[CSV_WORDS_MAX])
{
    size_t at = 0;

    for (text[0] = '\0'; words->name != NULL; words++) {
        at += (size_t)snprintf(text + at, CSV_WORDS_MAX - at, "%s%s", at > 0 ? ", " : "",
                               words->name);
    }
}

static const char *name_of(const struct csv_word *words, uint8_t value, char text[8])
{
    for (; words->name != NULL; words++) {
        if (words->value == value) {
            return words->name;
        }
    }
    snprintf(text, 8, "0x%02x", value);
    return text;
}

const char *csv_type_name(uint8_t type, char text[8])
{
    return name_of(csv_type_words, type, text);
}

const char *csv_subtype_name(uint8_t type, uint8_t subtype, char text[8])
{
    return name_of(csv_subtype_words(type), subtype, text);
}
