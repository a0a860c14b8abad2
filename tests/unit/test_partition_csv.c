/* SPDX-License-Identifier: Apache-2.0 */
/* The CSV grammar of partition tables: what the SDK's generator reads, and how it complains. */
#include "check.h"

#include <stdlib.h>

#include "partition_csv.h"

static struct csv_table table;
static char why[600];

static bool parse(const char *text)
{
    return csv_parse(text, strlen(text), &table, why, sizeof(why));
}

static void expect_entry(uint32_t i, const char *label, uint32_t type, uint32_t subtype,
                         uint32_t addr, uint32_t size)
{
    const struct asl_partition *p = &table.entry[i];

    assert_true(i < table.n);
    assert_string_equal(p->label, label);
    assert_int_equal(p->type, type);
    assert_int_equal(p->subtype, subtype);
    assert_int_equal(p->addr, addr);
    assert_int_equal(p->size, size);
}

static void expect_error(const char *text, const char *words)
{
    if (parse(text)) {
        fail_msg("accepted: %s", text);
    }
    if (strstr(why, words) == NULL) {
        fail_msg("'%s' lacks '%s'", why, words);
    }
}

static void lines_become_entries(void **state)
{
    (void)state;
    assert_true(parse("# comment, app, ota_0\n"
                      "\n"
                      "  nvs , DATA,nvs , 0x9000, 0x4000\r\n"
                      "otadata,data,ota,,8K,\n"
                      "one,app,factory,,1m,, ignored\n"
                      "two,app,ota_15,0x210000,983040,encrypted\n"
                      "own,0x40,0xfe,,-4M"));
    assert_int_equal(table.n, 5);
    expect_entry(0, "nvs", 1, 2, 0x9000, 0x4000);
    expect_entry(1, "otadata", 1, 0, 0xd000, 0x2000);
    expect_entry(2, "one", 0, 0, 0xf000, 0x100000);
    expect_entry(3, "two", 0, 0x1f, 0x210000, 0xf0000);
    expect_entry(4, "own", 0x40, 0xfe, 0x300000, 0x100000);
    assert_int_equal(table.entry[3].flags, 1);
    assert_int_equal(table.entry[4].flags, 0);
    assert_int_equal(table.line[4], 7);
}

static void empty_offsets_are_aligned_by_type(void **state)
{
    (void)state;
    assert_true(parse("a,data,0x99,0x9000,5\nb,data,0x99,,3\nc,app,test,,4096\nd,data,,,1"));
    expect_entry(1, "b", 1, 0x99, 0x9008, 3);
    expect_entry(2, "c", 0, 0x20, 0xa000, 4096);
    expect_entry(3, "d", 1, 0, 0xb000, 1);
    assert_true(parse("first,data,nvs,,4K"));
    expect_entry(0, "first", 1, 2, 0x9000, 0x1000);
}

static void numbers_are_pythons(void **state)
{
    static const struct {
        const char *text;
        uint32_t value;
    } good[] = {{"0", 0},          {"4096", 4096},         {"0x10", 16}, {"0X1f", 31},
                {"0o17", 15},      {"0b101", 5},           {"4k", 4096}, {"1M", 1048576},
                {"0x1M", 1048576}, {"0x3FF000", 0x3ff000}, {"+7", 7},    {"00", 0}};
    static const char *const bad[] = {"010", "1kk", "0x", "x1", "1 2", "--1", "0x0x1", "1e3", "K"};
    char line[100];

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        snprintf(line, sizeof(line), "a,data,nvs,0x9000,%s", good[i].text);
        if (!parse(line)) {
            fail_msg("%s: %s", line, why);
        }
        assert_int_equal(table.entry[0].size, good[i].value);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        snprintf(line, sizeof(line), "a,data,nvs,0x9000,%s", bad[i]);
        expect_error(line, "Error at line 1: Invalid field value");
    }
}

static void errors_say_line_and_cause(void **state)
{
    (void)state;
    expect_error("a,data,nvs,0x9000,4K\nb,application,ota_0,,4K",
                 "Error at line 2: Value 'application' is not valid. Known keywords: app, data");
    expect_error("a,app,ota_16,,4K", "Known keywords: factory, ota_0");
    expect_error("a,data,ota_0,,4K", "Known keywords: ota, phy, nvs");
    expect_error("a,0x40,nvs,,4K", "Error at line 1: Invalid field value 'nvs'");
    expect_error("a,256,0,,4K", "exceeds one byte");
    expect_error("a,data,-1,,4K", "exceeds one byte");
    expect_error("a,,nvs,,4K", "Error at line 1: Field 'type' can't be left empty");
    expect_error("a,data,nvs,,", "Error at line 1: Size field can't be empty");
    expect_error("a,data,nvs", "Size field can't be empty");
    expect_error("a,data,nvs,,4K,readonly", "Error at line 1: unknown flag 'readonly'");
    expect_error("a,data,nvs,0x8000,4K", "CSV Error: First partition offset 0x8000");
    expect_error("a,data,nvs,-5,4K", "Invalid field value '-5'");
    expect_error("a,data,nvs,0x9000,8K\nb,data,phy,0xa000,4K",
                 "CSV Error: Partitions overlap. Partition at line 2 sets offset 0xa000. "
                 "Previous partition ends 0xb000");
    expect_error("a,app,factory,0x10100,4K", "Partition a invalid: Offset 0x10100");
    expect_error("a,data,nvs,0x9002,4K", "is not aligned to 0x4");
    expect_error("a,data,nvs,,4K\na,data,phy,,4K", "must be unique");
    expect_error("sixteen_letters!x,data,nvs,,4K\nsixteen_letters!y,data,phy,,4K", "unique");
    expect_error("a,data,nvs,0x9000,-0x8000", "does not end in 32 bits");
    expect_error("a,data,nvs,0x9000,0xffffffff", "does not end in 32 bits");
    expect_error("a,data,nvs,0x9000,4096M", "does not end in 32 bits");
    expect_error("a,data,nvs,0x9000,0x1ffffffff", "Invalid field value");
    expect_error("", "no partitions");
    expect_error("# nothing\n", "no partitions");
}

static void variables_come_from_the_environment(void **state)
{
    (void)state;
    setenv("AIRSLOT_TEST_SIZE", "0x2000", 1);
    setenv("AIRSLOT_TEST_LINE", "b,data,phy,,4K", 1);
    unsetenv("AIRSLOT_TEST_NONE");
    assert_false(parse("a,data,nvs,,$AIRSLOT_TEST_SIZE\n${AIRSLOT_TEST_LINE}\n"
                       "$c,data,0x99,,4K\n"));
    assert_non_null(strstr(why, "Error at line 3: unknown variable 'c'"));
    assert_true(parse("a,data,nvs,,${AIRSLOT_TEST_SIZE}\n$AIRSLOT_TEST_LINE"));
    expect_entry(0, "a", 1, 2, 0x9000, 0x2000);
    expect_entry(1, "b", 1, 1, 0xb000, 0x1000);
    expect_error("a,data,nvs,,$AIRSLOT_TEST_NONE", "Invalid field value '$AIRSLOT_TEST_NONE'");
    expect_error("$AIRSLOT_TEST_NONE,data,nvs,,4K", "unknown variable 'AIRSLOT_TEST_NONE'");
}

static void a_table_has_at_most_95_entries(void **state)
{
    char text[96 * 40];
    size_t len = 0;

    (void)state;
    for (int i = 0; i < 96; i++) {
        len += (size_t)snprintf(text + len, sizeof(text) - len, "p%d,data,0x99,,4K\n", i);
        if (i == 94) {
            assert_true(csv_parse(text, len, &table, why, sizeof(why)));
            assert_int_equal(table.n, 95);
        }
    }
    expect_error(text, "longer than max");
}

static void odd_bytes_are_no_text(void **state)
{
    static const char text[] = "a,data,nvs,,4K\0\n";
    char line[CSV_LINE_MAX + 10];

    (void)state;
    assert_false(csv_parse(text, sizeof(text) - 1, &table, why, sizeof(why)));
    memset(line, 'a', sizeof(line) - 1);
    line[sizeof(line) - 1] = '\0';
    expect_error(line, "Error at line 1");
}

static void a_printed_table_reads_back(void **state)
{
    static struct csv_table first;
    char *printed = NULL;
    size_t len = 0;

    (void)state;
    assert_true(parse("nvs,data,nvs,,16K\nodd,0x41,7,,12\napp,app,ota_3,,1M,encrypted\n"
                      "sixteen_letters!,data,0x99,,0\n"));
    first = table;
    FILE *out = open_memstream(&printed, &len);
    assert_non_null(out);
    csv_print(out, first.entry, first.n);
    fclose(out);
    assert_true(parse(printed));
    assert_int_equal(table.n, first.n);
    assert_memory_equal(table.entry, first.entry, first.n * sizeof(first.entry[0]));
    free(printed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_become_entries),
        cmocka_unit_test(empty_offsets_are_aligned_by_type),
        cmocka_unit_test(numbers_are_pythons),
        cmocka_unit_test(errors_say_line_and_cause),
        cmocka_unit_test(variables_come_from_the_environment),
        cmocka_unit_test(a_table_has_at_most_95_entries),
        cmocka_unit_test(odd_bytes_are_no_text),
        cmocka_unit_test(a_printed_table_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
