/* SPDX-License-Identifier: Apache-2.0 */
/* See wear_file.h. */
#include "wear_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io.h"

#define FILE_MAX (1u << 20)

void wear_summarize(const struct wear *wear, struct wear_summary *out)
{
    uint64_t sum = 0;
    *out = (struct wear_summary){.min = wear->n > 0 ? UINT32_MAX : 0};
    for (uint32_t i = 0; i < wear->n; i++) {
        uint32_t erases = wear->erases[i];
        sum += erases;
        out->min = erases < out->min ? erases : out->min;
        if (erases > out->max) {
            out->max = erases;
            out->worst = i;
        }
        out->n_worn += wear->endurance != 0 && erases > wear->endurance;
    }
    out->mean = wear->n > 0 ? (double)sum / wear->n : 0;
}

static json_t *runs_json(const struct wear *wear)
{
    json_t *runs = json_array();
    for (uint32_t i = 0; i < wear->n;) {
        uint32_t len = 1;
        while (i + len < wear->n && wear->erases[i + len] == wear->erases[i]) {
            len++;
        }
        json_array_append_new(runs,
                              json_pack("[II]", (json_int_t)wear->erases[i], (json_int_t)len));
        i += len;
    }
    return runs;
}

json_t *wear_json(const struct wear *wear)
{
    struct wear_summary sum;
    wear_summarize(wear, &sum);
    return json_pack("{ss sI sI sI sI sI sf sI so}", "chip", wear->chip, "endurance",
                     (json_int_t)wear->endurance, "sector_size", (json_int_t)WEAR_SECTOR, "sectors",
                     (json_int_t)wear->n, "min", (json_int_t)sum.min, "max", (json_int_t)sum.max,
                     "mean", sum.mean, "worn", (json_int_t)sum.n_worn, "erases", runs_json(wear));
}

bool wear_write(const char *path, const struct wear *wear)
{
    json_t *root = wear_json(wear);
    char *text = root != NULL ? json_dumps(root, JSON_COMPACT) : NULL;
    bool done = text != NULL && io_write_file(path, text, strlen(text));
    if (text == NULL) {
        io_error("cannot write '%s': out of memory", path);
    }
    free(text);
    json_decref(root);
    return done;
}

/* --- reading --- */

static bool is_u32(const json_t *value)
{
    return json_is_integer(value) && json_integer_value(value) >= 0 &&
           json_integer_value(value) <= UINT32_MAX;
}

/* Unrolls the runs; false unless they cover the n sectors exactly. */
static bool take_runs(const json_t *runs, struct wear *out)
{
    uint32_t at = 0;
    for (size_t i = 0; i < json_array_size(runs); i++) {
        const json_t *count = json_array_get(json_array_get(runs, i), 0);
        const json_t *len = json_array_get(json_array_get(runs, i), 1);
        if (!is_u32(count) || !is_u32(len) || json_integer_value(len) > out->n - at) {
            return false;
        }
        for (json_int_t j = 0; j < json_integer_value(len); j++) {
            out->erases[at++] = (uint32_t)json_integer_value(count);
        }
    }
    return at == out->n;
}

static bool take_root(const json_t *root, struct wear *out, char *why, size_t why_len)
{
    const char *chip = json_string_value(json_object_get(root, "chip"));
    const json_t *endurance = json_object_get(root, "endurance");
    const json_t *sector = json_object_get(root, "sector_size");
    const json_t *sectors = json_object_get(root, "sectors");
    if (chip == NULL || strlen(chip) >= sizeof(out->chip) || !is_u32(endurance) ||
        json_integer_value(sector) != WEAR_SECTOR || !is_u32(sectors)) {
        snprintf(why, why_len, "it is no wear file of 4096-byte sectors");
        return false;
    }
    if (json_integer_value(sectors) != out->n) {
        snprintf(why, why_len, "it counts %" JSON_INTEGER_FORMAT " sectors, the flash has %u",
                 json_integer_value(sectors), out->n);
        return false;
    }
    snprintf(out->chip, sizeof(out->chip), "%s", chip);
    out->endurance = (uint32_t)json_integer_value(endurance);
    if (!take_runs(json_object_get(root, "erases"), out)) {
        snprintf(why, why_len, "its \"erases\" are not [count, sectors] pairs for all sectors");
        return false;
    }
    return true;
}

bool wear_parse(const char *text, size_t len, uint32_t n, struct wear *out, char *why,
                size_t why_len)
{
    json_error_t error;
    json_t *root = json_loadb(text, len, 0, &error);
    *out = (struct wear){.n = n};
    bool good = root != NULL && take_root(root, out, why, why_len);
    if (root == NULL) {
        snprintf(why, why_len, "line %d: %s", error.line, error.text);
    }
    json_decref(root);
    return good;
}

int wear_read(const char *path, uint32_t n, bool may_be_absent, struct wear *out)
{
    char why[JSON_ERROR_TEXT_LENGTH + 32];
    struct bytes file;
    *out = (struct wear){.n = n};
    if (may_be_absent && access(path, F_OK) != 0) {
        return EXIT_DONE;
    }
    if (!io_read_file(path, FILE_MAX, &file)) {
        return EXIT_HOST;
    }
    bool good = wear_parse((const char *)file.data, file.len, n, out, why, sizeof(why));
    free(file.data);
    if (!good) {
        io_error("'%s' cannot be used: %s", path, why);
        return EXIT_REFUSED;
    }
    return EXIT_DONE;
}
