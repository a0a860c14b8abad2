/* SPDX-License-Identifier: Apache-2.0 */
/* The pure parts of esp_https_ota: waiting before a retry, notes, verdicts, progress. */
#include "check.h"

#include "ota_answer.h"
#include "ota_note.h"
#include "ota_progress.h"
#include "ota_retry.h"

static void back_off_doubles_and_varies(void **state)
{
    (void)state;
    struct ota_retry r = {0};
    uint32_t ms;
    static const uint32_t whole[] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
    for (size_t i = 0; i < COUNT(whole); i++) {
        struct ota_retry low = r, high = r;
        assert_true(ota_retry_next(&low, 8, 100, 0, &ms));
        assert_int_equal(ms, whole[i] / 2);
        assert_true(ota_retry_next(&high, 8, 100, whole[i] / 2, &ms));
        assert_int_equal(ms, whole[i]);
        assert_true(ota_retry_next(&r, 8, 100, 0x12345678u * (uint32_t)i, &ms));
        assert_in_range(ms, whole[i] / 2, whole[i]);
    }
    assert_false(ota_retry_next(&r, 8, 4095, 0, &ms));
    assert_true(ota_retry_next(&r, 8, 4096, 0, &ms)); /* came further: a new row */
    assert_int_equal(ms, 500);
    assert_int_equal(r.failed, 1);
    assert_false(ota_retry_next(&r, 1, 100, 0, &ms)); /* fetched again is not further */
    r = (struct ota_retry){0};
    assert_false(ota_retry_next(&r, 0, 0, 0, &ms));
}

static void notes_belong_to_a_url(void **state)
{
    (void)state;
    uint8_t id[OTA_URL_ID_LEN], other[OTA_URL_ID_LEN], note[OTA_NOTE_LEN];
    char etag[OTA_ETAG_LEN] = "";
    ota_url_id("https://h/a.bin?signature=1", id);
    ota_url_id("https://h/a.bin?signature=2", other);
    assert_memory_equal(id, other, sizeof(id));
    ota_url_id("https://h/b.bin", other);
    assert_memory_not_equal(id, other, sizeof(id));
    size_t len = ota_note_put(id, "\"abc\"", note);
    assert_true(ota_note_get(note, len, id, etag));
    assert_string_equal(etag, "\"abc\"");
    assert_false(ota_note_get(note, len, other, etag));
    assert_false(ota_note_get(note, OTA_URL_ID_LEN, id, etag));
    assert_false(ota_note_get(note, OTA_NOTE_LEN, id, etag));
    assert_false(ota_note_get(note, 0, id, etag));
}

static void every_status_has_a_verdict(void **state)
{
    (void)state;
    const struct ota_file file = {.total = 100, .etag = "\"v1\""};
    struct ota_answer a = {.length = 50,
                           .etag = "\"v1\"",
                           .range = {.first = 50, .last = 99, .total = 100},
                           .range_err = ESP_OK};
    for (a.status = 200; a.status < 600; a.status++) {
        bool is_later = a.status == 408 || a.status == 429 || a.status == 500 || a.status == 502 ||
                        a.status == 503 || a.status == 504;
        enum ota_verdict others = is_later ? OTA_LATER : OTA_REFUSED;
        assert_int_equal(ota_judge(&file, 50, &a), a.status == 200   ? OTA_WHOLE
                                                   : a.status == 206 ? OTA_REST
                                                   : a.status == 304 ? OTA_NOT_MODIFIED
                                                   : a.status == 416 ? OTA_ASK_WHOLE
                                                                     : others);
        assert_int_equal(ota_judge(&file, 0, &a), a.status == 200   ? OTA_WHOLE
                                                  : a.status == 304 ? OTA_NOT_MODIFIED
                                                                    : others);
    }
    a.status = 206;
    a.length = -1; /* chunked */
    assert_int_equal(ota_judge(&file, 50, &a), OTA_REST);
    static const esp_http_client_range_t others[] = {{49, 99, 100},  {51, 99, 100}, {50, 98, 100},
                                                     {50, 100, 101}, {50, 98, 99},  {0, 99, 100}};
    for (size_t i = 0; i < COUNT(others); i++) {
        struct ota_answer other = a;
        other.range = others[i];
        assert_int_equal(ota_judge(&file, 50, &other), OTA_ASK_WHOLE);
    }
    const struct ota_file unknown = {.etag = "\"v1\""};
    assert_int_equal(ota_judge(&unknown, 50, &a), OTA_REST);
    const struct ota_file nameless = {.total = 100};
    a.etag = "";
    assert_int_equal(ota_judge(&nameless, 50, &a), OTA_ASK_WHOLE);
}

static void progress_is_told_each_tenth(void **state)
{
    (void)state;
    struct ota_progress p;
    char text[64];
    int lines = 0;
    ota_progress_init(&p, 0, 524288, 100);
    for (uint32_t i = 0; i < 512; i++) {
        lines += ota_progress_add(&p, 1024, 100 + 10 * (i + 1));
    }
    assert_in_range(lines, 10, 11);
    ota_progress_text(&p, 100 + 5120, text, sizeof(text));
    assert_string_equal(text, "524288 of 524288 bytes (100 %), 102 kB/s");
    ota_progress_init(&p, 0, 0, 0);
    assert_true(ota_progress_add(&p, 65536, 0));
    ota_progress_text(&p, 0, text, sizeof(text));
    assert_string_equal(text, "65536 bytes, 0 kB/s");
}

static void a_stall_is_little_in_long(void **state)
{
    (void)state;
    struct ota_progress p;
    ota_progress_init(&p, 0, 100000, UINT32_MAX - 1000);
    uint32_t now = UINT32_MAX - 1000 + OTA_STALL_MS - 1;
    assert_false(ota_progress_is_stalled(&p, now));
    ota_progress_add(&p, OTA_STALL_BYTES - 1, now);
    assert_true(ota_progress_is_stalled(&p, now + 1));
    ota_progress_add(&p, 1, now);
    assert_false(ota_progress_is_stalled(&p, now + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(back_off_doubles_and_varies),
        cmocka_unit_test(notes_belong_to_a_url),
        cmocka_unit_test(every_status_has_a_verdict),
        cmocka_unit_test(progress_is_told_each_tenth),
        cmocka_unit_test(a_stall_is_little_in_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
