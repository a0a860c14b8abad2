/* SPDX-License-Identifier: Apache-2.0 */
/* Partition tables: every length, every bit of a checked one, and each way a layout is wrong. */
#include "check.h"

#include <openssl/evp.h>

#include "airslot/bytes.h"
#include "asl_table.h"

#define FLASH_4MB 0x400000u

static const struct asl_partition default_map[] = {
    {1, 2, 0x9000, 0x4000, "nvs", 0},       {1, 0, 0xd000, 0x2000, "otadata", 0},
    {1, 1, 0xf000, 0x1000, "phy_init", 0},  {0, 0, 0x10000, 0xf0000, "factory", 0},
    {0, 16, 0x110000, 0xf0000, "ota_0", 0}, {0, 17, 0x210000, 0xf0000, "ota_1", 0},
};
#define N_DEFAULT 6u

static void expect_sha256(const uint8_t *raw, const char *hex)
{
    uint8_t digest[32];
    char text[65];

    assert_int_equal(EVP_Digest(raw, ASL_TABLE_LEN, digest, NULL, EVP_sha256(), NULL), 1);
    for (int i = 0; i < 32; i++) {
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }
    assert_string_equal(text, hex);
}

static void the_default_table_is_the_designs(void **state)
{
    uint8_t raw[ASL_TABLE_LEN];
    uint32_t n = 0;

    (void)state;
    assert_int_equal(asl_table_build(default_map, N_DEFAULT, false, raw), ASL_OK);
    expect_sha256(raw, "fc4dad2621b65b4c9681ba3394b53c94f5d975cda6285c858fb322846b3bc822");
    assert_int_equal(asl_table_check(raw, sizeof(raw), &n), ASL_OK);
    assert_int_equal(n, N_DEFAULT);
    assert_int_equal(asl_table_verify(raw, n, FLASH_4MB, NULL), ASL_OK);
}

static void the_seed_layout_is_the_contracts(void **state)
{
    struct asl_partition map[N_DEFAULT];
    uint8_t raw[ASL_TABLE_LEN];

    (void)state;
    memcpy(map, default_map, sizeof(map));
    map[3].size = map[4].size = map[5].size = 0x100000;
    assert_int_equal(asl_table_build(map, N_DEFAULT, false, raw), ASL_OK);
    expect_sha256(raw, "1da6115f8cb1194eca355efc369bc41453a044aedc8937666c307d7ee9db3f92");
    assert_int_equal(asl_table_build(map, N_DEFAULT, true, raw), ASL_OK);
    expect_sha256(raw, "d1c0e9d02fa9d26cd2e1984e7b5dd20157204f501ddc83ce82229e5f3175ee8b");
    assert_int_equal(asl_table_check(raw, sizeof(raw), NULL), ASL_OK);
}

static void entries_come_back_as_they_went(void **state)
{
    struct asl_partition p;
    struct asl_partition odd = {0x40, 0xfe, 0x12345000, 0xfffff000, "sixteen_letters!", 1};
    uint8_t raw[ASL_TABLE_LEN];

    (void)state;
    assert_int_equal(asl_table_build(&odd, 1, false, raw), ASL_OK);
    asl_table_get(raw, 0, &p);
    assert_int_equal(p.type, odd.type);
    assert_int_equal(p.subtype, odd.subtype);
    assert_int_equal(p.addr, odd.addr);
    assert_int_equal(p.size, odd.size);
    assert_string_equal(p.label, odd.label);
    assert_int_equal(p.flags, 1);
}

static void fill(struct asl_partition *entries, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        entries[i] = (struct asl_partition){1, 0x80, 0x9000 + i * 0x1000, 0x1000, "", 0};
        snprintf(entries[i].label, sizeof(entries[i].label), "p%u", i);
    }
}

static void every_count_builds_and_checks(void **state)
{
    static struct asl_partition entries[97];
    uint8_t raw[ASL_TABLE_LEN];

    (void)state;
    fill(entries, 97);
    for (uint32_t n = 0; n <= 97; n++) {
        for (uint32_t md5 = 0; md5 < 2; md5++) {
            uint32_t seen = 0;
            bool fits = n + md5 <= ASL_TABLE_MAX_ENTRIES;
            enum asl_err err = asl_table_build(entries, n, md5 != 0, raw);
            assert_int_equal(err, fits ? ASL_OK : ASL_ERR_TABLE_FULL);
            if (!fits) {
                continue;
            }
            assert_int_equal(asl_table_check(raw, sizeof(raw), &seen),
                             n > 0 ? ASL_OK : ASL_ERR_TABLE_MAGIC);
            assert_int_equal(seen, n);
            assert_int_equal(asl_table_verify(raw, n, FLASH_4MB, NULL), ASL_OK);
        }
    }
}

static void no_end_is_an_error_at_every_count(void **state)
{
    static struct asl_partition entries[95];
    static uint8_t raw[ASL_TABLE_LEN], longer[0x1000];
    uint32_t n = 77;

    (void)state;
    fill(entries, 95);
    for (uint32_t count = 1; count <= 95; count++) {
        assert_int_equal(asl_table_build(entries, count, false, raw), ASL_OK);
        assert_int_equal(asl_table_check(raw, count * 32, &n), ASL_ERR_TABLE_END);
        assert_int_equal(asl_table_check(raw, count * 32 + 31, &n), ASL_ERR_TABLE_END);
        assert_int_equal(asl_table_check(raw, count * 32 + 32, NULL), ASL_OK);
        assert_int_equal(n, 77);
    }
    for (uint32_t i = 0; i < 96; i++) {
        memcpy(longer + i * 32, raw, 32);
    }
    memset(longer + 96 * 32, 0xff, sizeof(longer) - 96 * 32);
    assert_int_equal(asl_table_check(longer, ASL_TABLE_LEN, &n), ASL_ERR_TABLE_END);
    assert_int_equal(asl_table_check(longer, sizeof(longer), &n), ASL_ERR_TABLE_FULL);
}

static void every_bit_of_a_table_with_md5_counts(void **state)
{
    uint8_t raw[ASL_TABLE_LEN];
    uint32_t md5_at = N_DEFAULT * 32;

    (void)state;
    assert_int_equal(asl_table_build(default_map, N_DEFAULT, true, raw), ASL_OK);
    for (uint32_t bit = 0; bit < (md5_at + 36) * 8; bit++) {
        bool is_filler = bit / 8 >= md5_at + 2 && bit / 8 < md5_at + 16;
        raw[bit / 8] ^= (uint8_t)(1u << bit % 8);
        enum asl_err err = asl_table_check(raw, sizeof(raw), NULL);
        if (is_filler) {
            assert_int_equal(err, ASL_OK);
        } else {
            assert_int_not_equal(err, ASL_OK);
        }
        raw[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void foreign_entries_are_refused(void **state)
{
    uint8_t raw[ASL_TABLE_LEN];

    (void)state;
    memset(raw, 0xff, sizeof(raw));
    assert_int_equal(asl_table_check(raw, sizeof(raw), NULL), ASL_ERR_TABLE_MAGIC);
    assert_int_equal(asl_table_check(raw, 0, NULL), ASL_ERR_TABLE_MAGIC);
    assert_int_equal(asl_table_build(default_map, N_DEFAULT, false, raw), ASL_OK);
    asl_put_le16(raw + 2 * 32, 0x1234);
    assert_int_equal(asl_table_check(raw, sizeof(raw), NULL), ASL_ERR_TABLE_MAGIC);
    asl_put_le16(raw + 2 * 32, ASL_TABLE_MD5_MAGIC);
    assert_int_equal(asl_table_check(raw, sizeof(raw), NULL), ASL_ERR_TABLE_MD5);
    asl_put_le16(raw + 2 * 32, 0xffff);
    assert_int_equal(asl_table_check(raw, sizeof(raw), NULL), ASL_ERR_TABLE_END);
}

/* Verifies the default map with one entry changed. */
static void expect_verdict(uint32_t index, struct asl_partition changed, uint32_t flash_size,
                           enum asl_err want, uint32_t want_bad)
{
    struct asl_partition map[N_DEFAULT];
    uint8_t raw[ASL_TABLE_LEN];
    uint32_t bad = 99;

    memcpy(map, default_map, sizeof(map));
    map[index] = changed;
    assert_int_equal(asl_table_build(map, N_DEFAULT, false, raw), ASL_OK);
    assert_int_equal(asl_table_verify(raw, N_DEFAULT, flash_size, &bad), want);
    assert_int_equal(bad, want_bad);
    assert_int_equal(asl_table_verify(raw, N_DEFAULT, flash_size, NULL), want);
}

static struct asl_partition at(uint32_t index, uint32_t addr, uint32_t size)
{
    struct asl_partition p = default_map[index];

    p.addr = addr;
    p.size = size;
    return p;
}

static void each_fault_of_a_layout_is_named(void **state)
{
    struct asl_partition twin = default_map[5];

    (void)state;
    strcpy(twin.label, "nvs");
    expect_verdict(0, default_map[0], FLASH_4MB, ASL_OK, 99);
    expect_verdict(5, twin, FLASH_4MB, ASL_ERR_TABLE_DUPLICATE, 5);
    expect_verdict(3, at(3, 0x10100, 0xe0000), FLASH_4MB, ASL_ERR_TABLE_ALIGN, 3);
    expect_verdict(3, at(3, 0x10000, 0xe0010), FLASH_4MB, ASL_ERR_TABLE_ALIGN, 3);
    expect_verdict(0, at(0, 0x9004, 0x1000), FLASH_4MB, ASL_ERR_TABLE_ALIGN, 0);
    expect_verdict(1, at(1, 0xc000, 0x2000), FLASH_4MB, ASL_ERR_TABLE_OVERLAP, 1);
    expect_verdict(0, at(0, 0x8000, 0x1000), FLASH_4MB, ASL_ERR_TABLE_OVERLAP, 0);
    expect_verdict(4, at(4, 0x110000, 0x101000), FLASH_4MB, ASL_ERR_TABLE_WINDOW, 4);
    expect_verdict(3, at(3, 0x10000, 0xf1000), FLASH_4MB, ASL_ERR_TABLE_WINDOW, 3);
    expect_verdict(5, at(5, 0x310000, 0xf1000), FLASH_4MB, ASL_ERR_FLASH_BOUNDS, 5);
    expect_verdict(5, at(5, 0xfffff000u, 0x2000), FLASH_4MB, ASL_ERR_FLASH_BOUNDS, 5);
    expect_verdict(5, default_map[5], 0x200000, ASL_ERR_FLASH_BOUNDS, 5);
    expect_verdict(5, default_map[5], 0x300000, ASL_OK, 99);
}

static void slots_are_told_from_other_partitions(void **state)
{
    (void)state;
    for (uint32_t type = 0; type < 256; type++) {
        for (uint32_t subtype = 0; subtype < 256; subtype++) {
            struct asl_partition p = {(uint8_t)type, (uint8_t)subtype, 0, 0x1000, "", 0};
            bool ota = type == 0 && subtype >= 0x10 && subtype <= 0x1f;
            assert_int_equal(asl_partition_is_ota(&p), ota);
            assert_int_equal(asl_partition_is_slot(&p),
                             ota || (type == 0 && (subtype == 0 || subtype == 0x20)));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_table_is_the_designs),
        cmocka_unit_test(the_seed_layout_is_the_contracts),
        cmocka_unit_test(entries_come_back_as_they_went),
        cmocka_unit_test(every_count_builds_and_checks),
        cmocka_unit_test(no_end_is_an_error_at_every_count),
        cmocka_unit_test(every_bit_of_a_table_with_md5_counts),
        cmocka_unit_test(foreign_entries_are_refused),
        cmocka_unit_test(each_fault_of_a_layout_is_named),
        cmocka_unit_test(slots_are_told_from_other_partitions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
