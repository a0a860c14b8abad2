/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32 against the contract's vectors. */
#include "check.h"

#include "airslot/bytes.h"
#include "asl_crc32.h"

static void the_check_string_has_both_crcs(void **state)
{
    (void)state;
    assert_int_equal(asl_crc32(0, "123456789", 9), 0xcbf43926u);
    assert_int_equal(asl_crc32(0xffffffffu, "123456789", 9), 0xd202d277u);
}

static void sequences_have_the_contracts_crcs(void **state)
{
    static const uint32_t vectors[][2] = {
        {0, 0xffffffffu},          {1, 0x4743989au},          {2, 0x55f63774u},
        {3, 0xed4a5011u},          {4, 0x709d68a8u},          {5, 0xc8210fcdu},
        {6, 0xda94a023u},          {7, 0x6228c746u},          {8, 0x3a4bd710u},
        {0x10, 0xafe6a860u},       {0xff, 0x21faf90eu},       {0x100, 0xfe3d95c8u},
        {0x7fffffff, 0xccfc5c3cu}, {0xfffffffeu, 0x99f8b879u}};
    uint8_t raw[4];

    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        asl_put_le32(raw, vectors[i][0]);
        assert_int_equal(asl_crc32(0xffffffffu, raw, 4), vectors[i][1]);
    }
}

static void a_crc_continues_over_any_split(void **state)
{
    const char text[] = "123456789";

    (void)state;
    for (uint32_t n = 0; n <= 9; n++) {
        assert_int_equal(asl_crc32(asl_crc32(0, text, n), text + n, 9 - n), 0xcbf43926u);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_check_string_has_both_crcs),
        cmocka_unit_test(sequences_have_the_contracts_crcs),
        cmocka_unit_test(a_crc_continues_over_any_split),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
