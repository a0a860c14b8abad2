/* SPDX-License-Identifier: Apache-2.0 */
/* The words that stand for types and subtypes of partitions in CSV. */
#ifndef TOOLS_PARTITION_WORDS_H
#define TOOLS_PARTITION_WORDS_H

#include <stdint.h>

#define CSV_WORDS_MAX 400

/* Arrays of it end with a NULL name. */
struct csv_word {
    const char *name;
    uint8_t value;
};

extern const struct csv_word csv_type_words[];

/* Those for the subtypes of a type; none for types of the application's own. */
const struct csv_word *csv_subtype_words(uint8_t type);

/* Writes the words to text[CSV_WORDS_MAX], for an error. */
void csv_list_words(const struct csv_word *words, char text[CSV_WORDS_MAX]);

/* Name of a type or subtype, or its number as hex in text; returns one of the two. */
const char *csv_type_name(uint8_t type, char text[8]);
const char *csv_subtype_name(uint8_t type, uint8_t subtype, char text[8]);

#endif
