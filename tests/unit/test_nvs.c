/* SPDX-License-Identifier: Apache-2.0 */
/* NVS over a flash in RAM: the stored bytes against known CRCs, values over resets, making room,
 * partitions that are full, foreign or damaged. Cuts: see test_nvs_cuts.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "airslot/bytes.h"
#include "host_flash.h"
#include "nvs_store.h"

#define N_PAGES 4u

static struct host_flash h;
static struct nvs_store store;
static uint8_t ns;

static void restart(void)
{
    assert_int_equal(nvs_store_init(&store, &h.flash), ESP_OK);
}

static int set_up(void **state)
{
    (void)state;
    host_flash_init(&h, N_PAGES * NVS_PAGE_LEN);
    restart();
    assert_int_equal(nvs_store_namespace(&store, "STORAGE", true, &ns), ESP_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    bool is_clean = h.n_misuses == 0 && h.n_set_bits == 0;

    host_flash_free(&h);
    return is_clean ? 0 : -1;
}

static esp_err_t set_u32(const char *key, uint32_t value)
{
    return nvs_store_set_number(&store, ns, key, NVS_STORED_U32, &value, 4);
}

static void expect_u32(const char *key, uint32_t value)
{
    uint32_t got = ~value;

    assert_int_equal(nvs_store_get_number(&store, ns, key, NVS_STORED_U32, &got, 4), ESP_OK);
    assert_int_equal(got, value);
}

static esp_err_t set_text(const char *key, const char *text)
{
    return nvs_store_set_data(&store, ns, key, NVS_STORED_STR, text, strlen(text) + 1);
}

static void expect_text(const char *key, const char *text)
{
    char got[4001];
    size_t len = sizeof(got);

    assert_int_equal(nvs_store_get_data(&store, ns, key, NVS_STORED_STR, got, &len), ESP_OK);
    assert_int_equal(len, strlen(text) + 1);
    assert_string_equal(got, text);
}

static void expect_blob(const char *key, const uint8_t *blob, size_t blob_len)
{
    uint8_t got[NVS_BLOB_MAX];
    size_t len = sizeof(got);

    assert_int_equal(nvs_store_get_data(&store, ns, key, NVS_STORED_BLOB_DATA, got, &len), ESP_OK);
    assert_int_equal(len, blob_len);
    assert_memory_equal(got, blob, blob_len);
}

static void expect_absent(const char *key)
{
    struct nvs_item item;

    assert_int_equal(nvs_store_find(&store, ns, key, &item), ESP_ERR_NVS_NOT_FOUND);
}

static uint32_t word_at(uint32_t addr)
{
    return asl_get_le32(h.bytes + addr);
}

/* CRCs as ESP-IDF's nvs_flash and its partition generator store them for these contents. */
static void stored_bytes_are_those_of_the_sdk(void **state)
{
    (void)state;
    int32_t value = 123;

    assert_int_equal(
        nvs_store_set_number(&store, ns, "KeyValue", NVS_STORED_I32, &value, sizeof(value)),
        ESP_OK);
    assert_int_equal(set_text("SSID0", "TestNet"), ESP_OK);
    assert_int_equal(word_at(0), NVS_STATE_ACTIVE);
    assert_int_equal(word_at(4), 0);
    assert_int_equal(word_at(8), 0xfffffffe);
    assert_int_equal(word_at(28), 0xb9ba2d84);
    assert_int_equal(word_at(32), 0xffffffaa); /* the map: four entries written */
    assert_int_equal(word_at(64), 0xff010100); /* namespace STORAGE is number 1 */
    assert_int_equal(word_at(64 + 4), 0x850a72df);
    assert_int_equal(word_at(96), 0xff011401); /* KeyValue */
    assert_int_equal(word_at(96 + 4), 0x42c3b818);
    assert_int_equal(word_at(128), 0xff022101); /* SSID0, one entry of text */
    assert_int_equal(word_at(128 + 4), 0xd6e8ad14);
    assert_int_equal(word_at(128 + 24), 0xffff0008);
    assert_int_equal(word_at(128 + 28), 0x087dc2d6);
    assert_memory_equal(h.bytes + 160, "TestNet\0\xff\xff", 10);
}

static void a_blank_partition_stays_blank(void **state)
{
    (void)state;
    host_flash_free(&h);
    host_flash_init(&h, N_PAGES * NVS_PAGE_LEN);
    restart();
    assert_int_equal(nvs_store_namespace(&store, "any", false, &ns), ESP_ERR_NVS_NOT_FOUND);
    assert_int_equal(h.n_programs + h.n_erases, 0);
}

static void values_outlive_a_reset(void **state)
{
    (void)state;
    uint64_t big = 0x123456789abcdef0u, got = 0;
    const uint8_t blob[70] = {1, 2, 3, [69] = 4};

    assert_int_equal(set_u32("a", 1), ESP_OK);
    assert_int_equal(set_u32("a", 2), ESP_OK);
    assert_int_equal(nvs_store_set_number(&store, ns, "big", NVS_STORED_U64, &big, 8), ESP_OK);
    assert_int_equal(set_text("empty", ""), ESP_OK);
    assert_int_equal(set_text("text", "forty-two characters, so two entries' data"), ESP_OK);
    assert_int_equal(nvs_store_set_data(&store, ns, "blob", NVS_STORED_BLOB_DATA, blob, 70),
                     ESP_OK);
    restart();
    expect_u32("a", 2);
    assert_int_equal(nvs_store_get_number(&store, ns, "big", NVS_STORED_U64, &got, 8), ESP_OK);
    assert_true(got == big);
    expect_text("empty", "");
    expect_text("text", "forty-two characters, so two entries' data");
    expect_blob("blob", blob, 70);
}

static void the_same_value_is_not_written_again(void **state)
{
    (void)state;
    assert_int_equal(set_u32("a", 1), ESP_OK);
    uint32_t n_programs = h.n_programs;
    assert_int_equal(set_u32("a", 1), ESP_OK);
    assert_int_equal(h.n_programs, n_programs);
}

static void types_are_told_apart(void **state)
{
    (void)state;
    uint16_t small = 0;
    size_t len = 0;

    assert_int_equal(set_u32("a", 1), ESP_OK);
    assert_int_equal(nvs_store_get_number(&store, ns, "a", NVS_STORED_U16, &small, 2),
                     ESP_ERR_NVS_TYPE_MISMATCH);
    assert_int_equal(nvs_store_get_data(&store, ns, "a", NVS_STORED_STR, NULL, &len),
                     ESP_ERR_NVS_TYPE_MISMATCH);
    /* A value of another type takes the place. */
    assert_int_equal(set_text("a", "now a text"), ESP_OK);
    expect_text("a", "now a text");
}

static void lengths_are_asked_and_checked(void **state)
{
    (void)state;
    char small[4];
    size_t len = 0;

    assert_int_equal(set_text("a", "12345"), ESP_OK);
    assert_int_equal(nvs_store_get_data(&store, ns, "a", NVS_STORED_STR, NULL, &len), ESP_OK);
    assert_int_equal(len, 6);
    len = sizeof(small);
    assert_int_equal(nvs_store_get_data(&store, ns, "a", NVS_STORED_STR, small, &len),
                     ESP_ERR_NVS_INVALID_LENGTH);
    assert_int_equal(len, 6);
}

static void the_longest_values_fit(void **state)
{
    (void)state;
    static char text[NVS_STR_MAX + 1];
    static uint8_t blob[NVS_BLOB_MAX + 1];

    memset(text, 'x', NVS_STR_MAX - 1);
    memset(blob, 0x5a, sizeof(blob));
    assert_int_equal(set_text("text", text), ESP_OK);
    expect_text("text", text);
    assert_int_equal(nvs_store_erase(&store, ns, "text"), ESP_OK);
    assert_int_equal(
        nvs_store_set_data(&store, ns, "blob", NVS_STORED_BLOB_DATA, blob, NVS_BLOB_MAX), ESP_OK);
    expect_blob("blob", blob, NVS_BLOB_MAX);
    text[NVS_STR_MAX - 1] = 'x';
    assert_int_equal(set_text("text", text), ESP_ERR_NVS_VALUE_TOO_LONG);
    assert_int_equal(
        nvs_store_set_data(&store, ns, "blob", NVS_STORED_BLOB_DATA, blob, NVS_BLOB_MAX + 1),
        ESP_ERR_NVS_VALUE_TOO_LONG);
}

static void namespaces_are_apart(void **state)
{
    (void)state;
    uint8_t first = ns, second;

    assert_int_equal(nvs_store_namespace(&store, "other", true, &second), ESP_OK);
    assert_int_not_equal(first, second);
    assert_int_equal(set_u32("a", 1), ESP_OK);
    ns = second;
    assert_int_equal(set_u32("a", 2), ESP_OK);
    ns = first;
    expect_u32("a", 1);
    assert_int_equal(nvs_store_erase_namespace(&store, second), ESP_OK);
    expect_u32("a", 1);
    ns = second;
    expect_absent("a");
    restart();
    assert_int_equal(nvs_store_namespace(&store, "other", false, &second), ESP_OK);
    assert_int_equal(second, ns);
}

static void erased_keys_stay_erased(void **state)
{
    (void)state;
    assert_int_equal(set_u32("a", 1), ESP_OK);
    assert_int_equal(nvs_store_erase(&store, ns, "a"), ESP_OK);
    assert_int_equal(nvs_store_erase(&store, ns, "a"), ESP_ERR_NVS_NOT_FOUND);
    restart();
    expect_absent("a");
}

static void room_is_made_again_and_again(void **state)
{
    (void)state;
    assert_int_equal(set_text("constant", "stays"), ESP_OK);
    for (uint32_t i = 0; i < 5000; i++) {
        assert_int_equal(set_u32("counter", i), ESP_OK);
    }
    restart();
    expect_u32("counter", 4999);
    expect_text("constant", "stays");
    assert_true(nvs_store_n_free(&store) >= 1);
    /* About 124 values a page: no page is erased more often than its share needs. */
    for (unsigned i = 0; i < N_PAGES; i++) {
        assert_true(h.n_sector_erases[i] <= 5000 / 124 / (N_PAGES - 1) + 20);
    }
}

static void a_full_partition_says_so_and_keeps_all(void **state)
{
    (void)state;
    char key[16];
    unsigned n = 0;
    esp_err_t err = ESP_OK;

    while (err == ESP_OK) {
        snprintf(key, sizeof(key), "k%u", n);
        err = set_u32(key, n);
        n += err == ESP_OK;
    }
    assert_int_equal(err, ESP_ERR_NVS_NOT_ENOUGH_SPACE);
    assert_true(n >= (N_PAGES - 1) * NVS_N_ENTRIES - 2);
    restart();
    for (unsigned i = 0; i < n; i++) {
        snprintf(key, sizeof(key), "k%u", i);
        expect_u32(key, i);
    }
    assert_int_equal(nvs_store_erase(&store, ns, "k7"), ESP_OK);
    assert_int_equal(set_u32("new", 1), ESP_OK);
    expect_u32("new", 1);
}

static void write_header(unsigned n, uint32_t page_state, uint32_t seq, uint8_t version)
{
    const struct nvs_header header = {page_state, seq, version};

    nvs_header_encode(&header, h.bytes + n * NVS_PAGE_LEN);
}

static void no_free_page_is_an_error(void **state)
{
    (void)state;
    for (unsigned i = 0; i < N_PAGES; i++) {
        write_header(i, NVS_STATE_FULL, i, NVS_VERSION);
    }
    assert_int_equal(nvs_store_init(&store, &h.flash), ESP_ERR_NVS_NO_FREE_PAGES);
}

static void a_newer_format_is_refused(void **state)
{
    (void)state;
    write_header(1, NVS_STATE_ACTIVE, 5, NVS_VERSION - 1);
    uint32_t n_programs = h.n_programs;
    assert_int_equal(nvs_store_init(&store, &h.flash), ESP_ERR_NVS_NEW_VERSION_FOUND);
    assert_int_equal(h.n_programs, n_programs);
}

/* Headers that no cut leaves: the walk ends, and what is set is found. */
static void strange_page_numbers_are_survived(void **state)
{
    (void)state;
    static const uint32_t seqs[][2] = {{0, UINT32_MAX}, {UINT32_MAX, 0}, {5, 0}, {0, 0}, {3, 3}};

    for (unsigned i = 0; i < sizeof(seqs) / sizeof(seqs[0]); i++) {
        memset(h.bytes, 0xff, h.flash.size);
        memset(h.n_page_programs, 0, h.flash.size / 256);
        write_header(0, NVS_STATE_ACTIVE, seqs[i][0], NVS_VERSION);
        restart();
        assert_int_equal(nvs_store_namespace(&store, "STORAGE", true, &ns), ESP_OK);
        assert_int_equal(set_u32("a", 1), ESP_OK);
        write_header(1, NVS_STATE_ACTIVE, seqs[i][1], NVS_VERSION);
        restart();
        assert_int_equal(nvs_store_namespace(&store, "STORAGE", true, &ns), ESP_OK);
        assert_int_equal(set_u32("a", 2), ESP_OK);
        expect_u32("a", 2);
        restart();
        expect_u32("a", 2);
    }
}

static void the_last_page_number_is_not_passed(void **state)
{
    (void)state;
    write_header(1, NVS_STATE_FULL, UINT32_MAX - 1, NVS_VERSION);
    restart();
    assert_int_equal(set_u32("a", 1), ESP_ERR_NVS_NO_FREE_PAGES);
    restart();
    expect_absent("a");
}

static void other_bytes_become_free_pages(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < h.flash.size; i++) {
        h.bytes[i] = (uint8_t)(i * 7 + i / 256);
    }
    restart();
    assert_int_equal(nvs_store_n_free(&store), N_PAGES);
    assert_int_equal(nvs_store_namespace(&store, "STORAGE", true, &ns), ESP_OK);
    assert_int_equal(set_u32("a", 1), ESP_OK);
    restart();
    expect_u32("a", 1);
}

static void damaged_items_are_left_out(void **state)
{
    (void)state;
    char got[32];
    size_t len = sizeof(got);

    assert_int_equal(set_u32("a", 1), ESP_OK);
    assert_int_equal(set_text("text", "a text of some length"), ESP_OK);
    assert_int_equal(set_u32("b", 2), ESP_OK);
    h.bytes[64 + 32 + 24] ^= 1;       /* value of a */
    h.bytes[64 + 3 * 32 + 4] &= 0xf0; /* data of text */
    restart();
    expect_absent("a");
    assert_int_equal(nvs_store_get_data(&store, ns, "text", NVS_STORED_STR, got, &len),
                     ESP_ERR_NVS_NOT_FOUND);
    expect_u32("b", 2);
}

static void blobs_of_many_chunks_are_read(void **state)
{
    (void)state;
    const uint8_t blob[96] = {9, [40] = 8, [95] = 7};
    struct nvs_entry entry;
    struct nvs_item item;

    for (uint8_t i = 0; i < 3; i++) {
        nvs_store_fill(&entry, ns, "blob", NVS_STORED_BLOB_DATA, 2, i);
        asl_put_le16(entry.data, 32);
        asl_put_le32(entry.data + 4, nvs_crc(NVS_CRC_INIT, blob + 32 * i, 32));
        assert_int_equal(nvs_store_append(&store, &entry, blob + 32 * i, 32, &item), ESP_OK);
    }
    nvs_store_fill(&entry, ns, "blob", NVS_STORED_BLOB_INDEX, 1, NVS_NO_CHUNK);
    asl_put_le32(entry.data, 96);
    entry.data[4] = 3;
    entry.data[5] = 0;
    assert_int_equal(nvs_store_append(&store, &entry, NULL, 0, &item), ESP_OK);
    restart();
    expect_blob("blob", blob, 96);
    assert_int_equal(nvs_store_set_data(&store, ns, "blob", NVS_STORED_BLOB_DATA, blob, 40),
                     ESP_OK);
    expect_blob("blob", blob, 40);
    restart();
    expect_blob("blob", blob, 40);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(stored_bytes_are_those_of_the_sdk),
        CASE(a_blank_partition_stays_blank),
        CASE(values_outlive_a_reset),
        CASE(the_same_value_is_not_written_again),
        CASE(types_are_told_apart),
        CASE(lengths_are_asked_and_checked),
        CASE(the_longest_values_fit),
        CASE(namespaces_are_apart),
        CASE(erased_keys_stay_erased),
        CASE(room_is_made_again_and_again),
        CASE(a_full_partition_says_so_and_keeps_all),
        CASE(no_free_page_is_an_error),
        CASE(a_newer_format_is_refused),
        CASE(strange_page_numbers_are_survived),
        CASE(the_last_page_number_is_not_passed),
        CASE(other_bytes_become_free_pages),
        CASE(damaged_items_are_left_out),
        CASE(blobs_of_many_chunks_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
