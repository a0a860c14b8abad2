/* SPDX-License-Identifier: Apache-2.0 */
/* The error list: texts that fit into a sentence, and docs/errors.md that says the same. */
#include "check.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>

#include "asl_err.h"

#define ROW(name, number, text, hint) {ASL_ERR_##name, number, "ASL_ERR_" #name, text, hint},
static const struct row {
    enum asl_err err;
    int number;
    const char *name, *text, *hint;
} rows[] = {ASL_ERR_LIST(ROW)};

static void names_texts_and_hints_come_from_the_list(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(rows[i].err, rows[i].number);
        assert_string_equal(asl_err_name(rows[i].err), rows[i].name);
        assert_string_equal(asl_err_text(rows[i].err), rows[i].text);
        assert_string_equal(asl_err_hint(rows[i].err), rows[i].hint);
    }
}

static void numbers_are_negative_and_unique(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(rows[i].number < 0);
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(rows[i].number, rows[j].number);
        }
    }
}

static void texts_are_clauses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t len = strlen(rows[i].text);
        assert_true(len > 0 && islower((unsigned char)rows[i].text[0]));
        assert_true(rows[i].text[len - 1] != '.');
    }
}

static void other_numbers_have_answers(void **state)
{
    (void)state;
    assert_string_equal(asl_err_name(ASL_OK), "ASL_OK");
    assert_string_equal(asl_err_name((enum asl_err) - 9999), "ASL_ERR_?");
    assert_string_equal(asl_err_text((enum asl_err) - 9999), "unknown error");
    assert_string_equal(asl_err_hint((enum asl_err) - 9999), "");
}

static char *read_document(void)
{
    FILE *file = fopen("docs/errors.md", "r");
    char *text = calloc(1, 1 << 18);

    assert_non_null(file);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 18) - 1, file) > 0);
    fclose(file);
    return text;
}

static void the_document_has_each_row_and_no_other(void **state)
{
    char *text = read_document();
    char line[600];
    size_t n_rows = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        snprintf(line, sizeof(line), "| %d | `%s` | %s | %s |\n", rows[i].number, rows[i].name,
                 rows[i].text, rows[i].hint[0] != '\0' ? rows[i].hint : "-");
        if (strstr(text, line) == NULL) {
            fail_msg("docs/errors.md lacks: %s(run scripts/errors-table)", line);
        }
    }
    /* Further tables of the document name some of them again. */
    char *end = strstr(text, "<!-- asl_err: end");
    assert_non_null(end);
    *end = '\0';
    for (const char *p = text; (p = strstr(p, "| `ASL_ERR_")) != NULL; p++) {
        n_rows++;
    }
    assert_int_equal(n_rows, COUNT(rows));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_texts_and_hints_come_from_the_list),
        cmocka_unit_test(numbers_are_negative_and_unique),
        cmocka_unit_test(texts_are_clauses),
        cmocka_unit_test(other_numbers_have_answers),
        cmocka_unit_test(the_document_has_each_row_and_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
