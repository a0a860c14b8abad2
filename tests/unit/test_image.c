/* SPDX-License-Identifier: Apache-2.0 */
/* Images: the contract's vectors byte for byte, every cut, every bit, every chunking, and each way
 * the gate refuses. */
#include "check.h"

#include "airslot/bytes.h"
#include "asl_image.h"
#include "make_image.h"

#define SLOT_ADDR 0x10000u
#define SLOT_SIZE 0xf0000u

static struct asl_image_rules file_rules(uint32_t len)
{
    return (struct asl_image_rules){.max_len = len, .exact_len = true};
}

/* Judges data[len] fed in chunks. */
static enum asl_err judge(const uint8_t *data, uint32_t len, uint32_t chunk,
                          struct asl_image_rules rules, struct asl_image_info *info)
{
    struct asl_image_verifier v;

    asl_image_verifier_init(&v, &rules);
    for (uint32_t off = 0; off < len; off += chunk) {
        uint32_t n = len - off < chunk ? len - off : chunk;
        enum asl_err err = asl_image_verifier_feed(&v, data + off, n);
        if (err != ASL_OK) {
            assert_true(asl_image_verifier_is_done(&v));
            assert_int_equal(asl_image_verifier_feed(&v, data, 1), err);
        }
    }
    return asl_image_verifier_finish(&v, info);
}

static enum asl_err judge_file(const uint8_t *data, uint32_t len, struct asl_image_info *info)
{
    return judge(data, len, len > 0 ? len : 1, file_rules(len), info);
}

static void vector_a_is_the_contracts(void **state)
{
    static const char hex[] =
        "e9020220140021401000214010000000000102030405060708090a0b0c0d0e0f0080fe3f080000004553503832"
        "363621000000000000000000000000000000"
        "82"
        "fb04c7d78a776e99e74e5405651081b45d624c4758ac0311b9f81e4284e84735";
    uint8_t image[96];
    char text[2 * sizeof(image) + 1];
    struct asl_image_info info;

    (void)state;
    assert_int_equal(make_vector_a(image, sizeof(image)), 96);
    for (size_t i = 0; i < sizeof(image); i++) {
        snprintf(text + 2 * i, 3, "%02x", image[i]);
    }
    assert_string_equal(text, hex);
    assert_int_equal(judge_file(image, 96, &info), ASL_OK);
    assert_int_equal(info.len, 64);
    assert_int_equal(info.total_len, 96);
    assert_int_equal(info.checksum, 0x82);
    assert_true(info.has_hash);
    assert_memory_equal(info.hash, image + 64, 32);
    assert_int_equal(info.header.n_segments, 2);
    assert_int_equal(info.header.spi_mode, 2);
    assert_int_equal(info.header.spi_size, 2);
    assert_int_equal(info.header.spi_speed, 0);
    assert_int_equal(info.header.entry, 0x40210014);
    assert_int_equal(info.segment[0].off, 0x10);
    assert_int_equal(info.segment[1].vaddr, 0x3ffe8000);
    assert_int_equal(info.segment[1].len, 8);
    assert_false(info.desc.present);
}

static void vector_b_is_the_contracts(void **state)
{
    static const uint8_t hash[] = {0x32, 0x50, 0xcc, 0x54, 0xd9, 0xeb, 0xc2, 0xef, 0x96, 0xcc, 0x18,
                                   0x76, 0xc6, 0x0b, 0xd5, 0xf7, 0xfe, 0xbd, 0x89, 0x1f, 0x26, 0xda,
                                   0xd4, 0x71, 0x9c, 0x1c, 0xdc, 0x84, 0x3f, 0x4e, 0x8c, 0x0e};
    uint8_t image[64];
    struct asl_image_info info;

    (void)state;
    assert_int_equal(make_vector_b(image, sizeof(image)), 64);
    assert_int_equal(judge_file(image, 64, &info), ASL_OK);
    assert_int_equal(info.len, 32);
    assert_int_equal(info.checksum, 0xab);
    assert_memory_equal(info.hash, hash, 32);
}

/* Every cut of an image is found out; without the whole hash it is not the image that was built. */
static void check_cuts(const uint8_t *image, uint32_t len)
{
    for (uint32_t cut = 0; cut < len; cut++) {
        enum asl_err want = cut == len - 32 ? ASL_ERR_IMAGE_NO_HASH : ASL_ERR_IMAGE_TRUNCATED;
        assert_int_equal(judge_file(image, cut, NULL), want);
        /* The same stream when its length is not known beforehand. */
        struct asl_image_rules rules = file_rules(SLOT_SIZE);
        assert_int_equal(judge(image, cut, 7, rules, NULL), want);
    }
}

static void check_bit_flips(uint8_t *image, uint32_t len)
{
    for (uint32_t bit = 0; bit < len * 8; bit++) {
        image[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_not_equal(judge_file(image, len, NULL), ASL_OK);
        image[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(judge_file(image, len, NULL), ASL_OK);
}

static void no_cut_and_no_flipped_bit_passes(void **state)
{
    uint8_t image[1024];
    uint32_t len;

    (void)state;
    len = make_vector_a(image, sizeof(image));
    check_cuts(image, len);
    check_bit_flips(image, len);
    len = make_vector_b(image, sizeof(image));
    check_cuts(image, len);
    check_bit_flips(image, len);
    len = make_app(SLOT_ADDR, 300, 20, image, sizeof(image));
    check_cuts(image, len);
    check_bit_flips(image, len);
}

static void every_chunking_gives_the_same_result(void **state)
{
    uint8_t image[1024];
    uint32_t len = make_app(SLOT_ADDR, 300, 20, image, sizeof(image));
    struct asl_image_info whole, info;

    (void)state;
    assert_int_equal(judge_file(image, len, &whole), ASL_OK);
    for (uint32_t chunk = 1; chunk <= len; chunk++) {
        assert_int_equal(judge(image, len, chunk, file_rules(len), &info), ASL_OK);
        assert_memory_equal(info.hash, whole.hash, 32);
        assert_int_equal(info.len, whole.len);
        assert_string_equal(info.desc.project_name, "test_app");
        assert_string_equal(info.desc.version, "1.2.3");
    }
}

static void trailing_bytes_matter_in_files_only(void **state)
{
    uint8_t image[200] = {0};
    uint32_t len = make_vector_a(image, sizeof(image));

    (void)state;
    assert_int_equal(judge_file(image, len + 1, NULL), ASL_ERR_IMAGE_TRAILING);
    struct asl_image_rules slot = {.max_len = sizeof(image)};
    assert_int_equal(judge(image, sizeof(image), 16, slot, NULL), ASL_OK);
}

static void an_image_without_hash_needs_permission(void **state)
{
    uint8_t image[256];
    uint32_t len = make_vector_a(image, sizeof(image)) - 32;
    struct asl_image_rules slot = {.max_len = sizeof(image)};
    struct asl_image_info info;

    (void)state;
    assert_int_equal(judge_file(image, len, NULL), ASL_ERR_IMAGE_NO_HASH);
    memset(image + len, 0xff, sizeof(image) - len);
    assert_int_equal(judge(image, sizeof(image), 64, slot, &info), ASL_ERR_IMAGE_NO_HASH);
    /* Erased bytes are no hash in a slot; in a file they are a wrong one. */
    assert_int_equal(judge_file(image, len + 32, NULL), ASL_ERR_IMAGE_HASH);
    slot.accept_no_hash = true;
    assert_int_equal(judge(image, sizeof(image), 64, slot, &info), ASL_OK);
    assert_false(info.has_hash);
    assert_int_equal(info.total_len, len);
    /* What stands there and is no hash of this image is a wrong one. */
    image[len + 5] = 0;
    assert_int_equal(judge(image, sizeof(image), 64, slot, NULL), ASL_ERR_IMAGE_HASH);
    slot.max_len = len + 31; /* no room for one */
    assert_int_equal(judge(image, len + 31, 64, slot, NULL), ASL_OK);
    slot.accept_no_hash = false;
    assert_int_equal(judge(image, len + 31, 64, slot, NULL), ASL_ERR_IMAGE_NO_HASH);
}

static void an_image_that_exceeds_its_slot_is_too_large(void **state)
{
    uint8_t image[1024];
    uint32_t len = make_app(SLOT_ADDR, 300, 20, image, sizeof(image));

    (void)state;
    for (uint32_t max = 0; max < len - 32; max++) {
        struct asl_image_rules slot = {.max_len = max};
        assert_int_equal(judge(image, max, 64, slot, NULL), ASL_ERR_IMAGE_TOO_LARGE);
    }
}

/* The descriptor of the SDK's images stands in the second flash segment. */
static void a_descriptor_is_found_behind_the_text_too(void **state)
{
    static uint8_t rodata[300];
    static const struct image_segment segments[] = {
        {0x40210010u, NULL, 512}, {0x40210210u, rodata, 300}, {0x40100000u, NULL, 0x80}};
    static const struct image_plan plan = {0x40210014u, 2, 0x20, segments, 3, false};
    uint8_t image[2048];
    struct asl_image_info info;

    (void)state;
    asl_put_le32(rodata, 0xabcd5432u);
    asl_put_le32(rodata + 4, 9);
    asl_put_le32(rodata + 8, 0x40210000u);
    memset(rodata + 16, 'v', 32); /* no terminator */
    uint32_t len = make_image(&plan, image, sizeof(image));
    assert_int_equal(judge(image, len, 100, file_rules(len), &info), ASL_OK);
    assert_true(info.desc.present);
    assert_int_equal(info.desc.secure_version, 9);
    assert_int_equal(info.desc.confirm_ref, 0x40210000u);
    assert_int_equal(strlen(info.desc.version), 32);
}

static enum asl_err check_one(uint32_t vaddr, uint32_t len, uint32_t index)
{
    const struct asl_segment s = {.vaddr = vaddr, .len = len};

    return asl_segment_check(&s, index);
}

static void segments_stay_inside_their_memories(void **state)
{
    static const uint32_t memories[][2] = {{0x40200000u, 0x100000},
                                           {0x40100000u, 0xc000},
                                           {0x3ffe8000u, 0x18000},
                                           {0x60001200u, 0x200}};

    (void)state;
    for (size_t i = 0; i < COUNT(memories); i++) {
        uint32_t start = memories[i][0], len = memories[i][1];
        assert_int_equal(check_one(start, len, 1), ASL_OK);
        assert_int_equal(check_one(start, len + 4, 1), ASL_ERR_IMAGE_SEGMENT_LEN);
        assert_int_equal(check_one(start + len - 4, 4, 1), ASL_OK);
        assert_int_equal(check_one(start + len - 4, 8, 1), ASL_ERR_IMAGE_SEGMENT_LEN);
        assert_int_equal(check_one(start + 4, 0xfffffffcu, 1), ASL_ERR_IMAGE_SEGMENT_LEN);
        assert_int_equal(check_one(start, 6, 1), ASL_ERR_IMAGE_SEGMENT_LEN);
        assert_int_equal(check_one(start + 2, 4, 1), ASL_ERR_IMAGE_SEGMENT_ADDR);
        assert_int_equal(check_one(start - 4, 8, 1), ASL_ERR_IMAGE_SEGMENT_ADDR);
        assert_int_equal(check_one(start + len, 4, 1), ASL_ERR_IMAGE_SEGMENT_ADDR);
        assert_int_equal(check_one(start, 16, 0), i == 0 ? ASL_OK : ASL_ERR_IMAGE_SEGMENT_ADDR);
    }
    assert_int_equal(check_one(0x40210010u, 0, 0), ASL_ERR_IMAGE_SEGMENT_LEN);
    assert_int_equal(check_one(0x3ffe8000u, 0, 1), ASL_OK);
    assert_int_equal(check_one(0, 4, 1), ASL_ERR_IMAGE_SEGMENT_ADDR);
    assert_int_equal(check_one(0xfffffffcu, 4, 1), ASL_ERR_IMAGE_SEGMENT_ADDR);
}

static enum asl_err gate(const uint8_t *image, uint32_t image_len)
{
    return asl_image_gate(image, 272, SLOT_ADDR, SLOT_SIZE, image_len);
}

static void the_gate_names_what_it_refuses(void **state)
{
    uint8_t good[1024], image[1024];
    uint32_t len = make_app(SLOT_ADDR, 300, 20, good, sizeof(good));
    static const struct {
        uint32_t off, value;
        enum asl_err want;
    } cases[] = {
        {0, 0x202003e8u, ASL_ERR_IMAGE_MAGIC},
        {0, 0x202000e9u, ASL_ERR_IMAGE_SEGMENTS},
        {0, 0x202011e9u, ASL_ERR_IMAGE_SEGMENTS},
        {4, 0x40300000u, ASL_ERR_IMAGE_ENTRY},
        {4, 0x3ffe8000u, ASL_ERR_IMAGE_ENTRY},
        {4, 0x40210400u, ASL_OK},              /* a later segment may bring it */
        {4, 0x40100000u, ASL_ERR_IMAGE_ENTRY}, /* nobody has loaded it yet */
        {8, 0x3ffe8000u, ASL_ERR_IMAGE_SEGMENT_ADDR},
        {8, 0x40210012u, ASL_ERR_IMAGE_SEGMENT_ADDR},
        {8, 0x40210014u, ASL_ERR_IMAGE_LINK},
        {8, 0x40280010u, ASL_ERR_IMAGE_LINK},
        {12, 301, ASL_ERR_IMAGE_SEGMENT_LEN},
        {12, 0, ASL_ERR_IMAGE_SEGMENT_LEN},
        {12, 0xfffffffcu, ASL_ERR_IMAGE_SEGMENT_LEN},
        {12, 0x100004, ASL_ERR_IMAGE_SEGMENT_LEN},
        {12, 0xf0000, ASL_ERR_IMAGE_TOO_LARGE},
        {12, 0x100000, ASL_ERR_IMAGE_TOO_LARGE},
    };

    (void)state;
    assert_int_equal(gate(good, 0), ASL_OK);
    assert_int_equal(gate(good, len), ASL_OK);
    assert_int_equal(gate(good, SLOT_SIZE + 1), ASL_ERR_IMAGE_TOO_LARGE);
    assert_int_equal(gate(good, 300), ASL_ERR_IMAGE_TRUNCATED);
    for (size_t i = 0; i < COUNT(cases); i++) {
        memcpy(image, good, sizeof(image));
        asl_put_le32(image + cases[i].off, cases[i].value);
        enum asl_err err = gate(image, 0);
        if (err != cases[i].want) {
            fail_msg("case %zu: %d instead of %d", i, err, cases[i].want);
        }
    }
}

static void the_gate_wants_two_headers(void **state)
{
    uint8_t image[1024];

    (void)state;
    make_app(SLOT_ADDR, 300, 20, image, sizeof(image));
    for (uint32_t len = 0; len < 16; len++) {
        assert_int_equal(asl_image_gate(image, len, SLOT_ADDR, SLOT_SIZE, 0),
                         ASL_ERR_IMAGE_TRUNCATED);
    }
    assert_int_equal(asl_image_gate(image, 16, SLOT_ADDR, SLOT_SIZE, 0), ASL_OK);
    assert_int_equal(asl_image_gate((const uint8_t *)"<html>", 6, SLOT_ADDR, SLOT_SIZE, 0),
                     ASL_ERR_IMAGE_MAGIC);
}

static void one_image_passes_slots_that_agree_in_their_windows(void **state)
{
    uint8_t image[1024];

    (void)state;
    make_app(SLOT_ADDR, 300, 20, image, sizeof(image));
    for (uint32_t addr = 0; addr < 0x400000; addr += 0x1000) {
        bool agrees = addr % 0x100000 == 0x10000;
        assert_int_equal(asl_image_gate(image, 272, addr, 0x1000, 0),
                         agrees ? ASL_OK : ASL_ERR_IMAGE_LINK);
    }
}

static void the_entry_must_be_code_that_is_there(void **state)
{
    static const struct image_segment segments[] = {
        {0x40210010u, NULL, 64}, {0x3ffe8000u, NULL, 64}, {0x40100000u, NULL, 64}};
    static const struct {
        uint32_t entry;
        enum asl_err want;
    } cases[] = {{0x40210010u, ASL_OK},
                 {0x4021004cu, ASL_OK},
                 {0x40210050u, ASL_ERR_IMAGE_ENTRY},
                 {0x4021000cu, ASL_ERR_IMAGE_ENTRY},
                 {0x4010003cu, ASL_ERR_IMAGE_ENTRY}, /* not loaded when it is called */
                 {0x40100040u, ASL_ERR_IMAGE_ENTRY},
                 {0x3ffe8000u, ASL_ERR_IMAGE_ENTRY},
                 {0, ASL_ERR_IMAGE_ENTRY}};
    uint8_t image[512];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct image_plan plan = {cases[i].entry, 2, 0x20, segments, 3, false};
        uint32_t len = make_image(&plan, image, sizeof(image));
        assert_int_equal(judge_file(image, len, NULL), cases[i].want);
    }
}

static void images_for_the_rom_load_to_ram_only(void **state)
{
    static const struct image_segment ram[] = {{0x40100000u, NULL, 64}, {0x3ffe8000u, NULL, 8}};
    static const struct image_plan plan = {0x40100004u, 2, 0x40, ram, 2, false};
    uint8_t image[512];
    uint32_t len = make_image(&plan, image, sizeof(image));
    struct asl_image_rules rules = file_rules(len);

    (void)state;
    assert_int_equal(judge(image, len, 9, rules, NULL), ASL_ERR_IMAGE_SEGMENT_ADDR);
    rules.for_rom = true;
    assert_int_equal(judge(image, len, 9, rules, NULL), ASL_OK);
    len = make_vector_a(image, sizeof(image));
    rules.max_len = len;
    assert_int_equal(judge(image, len, 9, rules, NULL), ASL_ERR_IMAGE_SEGMENT_ADDR);
}

static void sixteen_segments_are_the_most(void **state)
{
    struct image_segment segments[17];
    uint8_t image[1024];

    (void)state;
    for (uint32_t i = 0; i < 17; i++) {
        segments[i] = (struct image_segment){0x3ffe8000u + 16 * i, NULL, i == 3 ? 0 : 4};
    }
    segments[0] = (struct image_segment){0x40210010u, NULL, 16};
    for (uint8_t n = 1; n <= 17; n++) {
        const struct image_plan plan = {0x40210010u, 2, 0x20, segments, n, false};
        uint32_t len = make_image(&plan, image, sizeof(image));
        assert_int_equal(judge_file(image, len, NULL), n <= 16 ? ASL_OK : ASL_ERR_IMAGE_SEGMENTS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vector_a_is_the_contracts),
        cmocka_unit_test(vector_b_is_the_contracts),
        cmocka_unit_test(no_cut_and_no_flipped_bit_passes),
        cmocka_unit_test(every_chunking_gives_the_same_result),
        cmocka_unit_test(trailing_bytes_matter_in_files_only),
        cmocka_unit_test(an_image_without_hash_needs_permission),
        cmocka_unit_test(an_image_that_exceeds_its_slot_is_too_large),
        cmocka_unit_test(a_descriptor_is_found_behind_the_text_too),
        cmocka_unit_test(segments_stay_inside_their_memories),
        cmocka_unit_test(the_gate_names_what_it_refuses),
        cmocka_unit_test(the_gate_wants_two_headers),
        cmocka_unit_test(one_image_passes_slots_that_agree_in_their_windows),
        cmocka_unit_test(the_entry_must_be_code_that_is_there),
        cmocka_unit_test(images_for_the_rom_load_to_ram_only),
        cmocka_unit_test(sixteen_segments_are_the_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
