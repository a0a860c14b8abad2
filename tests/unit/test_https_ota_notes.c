/* SPDX-License-Identifier: Apache-2.0 */
/* What an update is held to: the note that an unfinished download left in the slot, and the file
 * that the application has looked at. */
#include "ota_lab.h"

#include "ota_note.h"

static void the_slot_remembers(void **state)
{
    (void)state;
    const struct lab_step cut[] = {{.cut = 20000, .end = TLS_PEER_FIN},
                                   {.cut = 1, .end = TLS_PEER_FIN},
                                   {.cut = 1, .end = TLS_PEER_FIN},
                                   {.cut = 1, .end = TLS_PEER_FIN}};
    assert_int_equal(LAB_UPDATE_IN_STEPS(cut), ESP_ERR_HTTP_CONNECTION_CLOSED);
    assert_int_equal(ota_slot.note.image_size, LAB_IMAGE_LEN);
    assert_memory_equal(ota_slot.note.bytes + 8, "\"v1\"", 4);

    /* The device comes back: of 20003 bytes, 16384 are found again. */
    ota_slot.note.resume_at = 16384;
    ota_slot.begins = ota_slot.aborts = 0;
    const struct lab_step rest[] = {{.expected = "Range: bytes=16384-\r\nIf-Range: \"v1\"\r\n"}};
    assert_int_equal(LAB_UPDATE_IN_STEPS(rest), ESP_OK);
    lab_assert_installed();
    assert_int_equal(ota_slot.begins, 1);
    assert_int_equal(lab_server.body_bytes, LAB_IMAGE_LEN - 16384);
    lab_assert_log("slot ota_0 holds 16384 of 50000 bytes of an unfinished download");
    lab_assert_log("going on at 16384 of 50000 bytes");
}

static void leave_note(const char *url, size_t resume_at)
{
    uint8_t id[OTA_URL_ID_LEN];
    ota_url_id(url, id);
    ota_slot.note.len = ota_note_put(id, "\"v1\"", ota_slot.note.bytes);
    ota_slot.note.image_size = LAB_IMAGE_LEN;
    ota_slot.note.resume_at = resume_at;
    memcpy(ota_slot.image, lab_image, resume_at);
}

static void notes_of_others_are_left_alone(void **state)
{
    (void)state;
    const struct lab_step steps[] = {{.unexpected = "Range"}};
    leave_note("https://10.0.2.2:8070/other.bin", 8192);
    ota_slot.note.resume_at = 0; /* the fake slot starts where its note says */
    assert_int_equal(LAB_UPDATE_IN_STEPS(steps), ESP_OK);
    lab_assert_installed();

    lab_reset(NULL);
    leave_note(LAB_URL, 8192); /* ours, but the slot does not hold what it should */
    ota_slot.resume_err = ESP_ERR_OTA_VALIDATE_FAILED;
    ota_slot.note.resume_at = 8192;
    assert_int_equal(LAB_UPDATE_IN_STEPS(steps), ESP_OK);
    assert_int_equal(ota_slot.selects, 1);
}

/* Memory may come back; what was downloaded must still be there then. */
static void without_memory_nothing_is_fetched_anew(void **state)
{
    (void)state;
    const struct lab_step steps[] = {{.unexpected = "Range"}};
    leave_note(LAB_URL, 8192);
    ota_slot.resume_err = ESP_ERR_NO_MEM;
    assert_int_equal(LAB_UPDATE_IN_STEPS(steps), ESP_ERR_NO_MEM);
    assert_int_equal(lab_server.body_bytes, 0);
    assert_int_equal(ota_slot.note.resume_at, 8192);
}

static void a_file_that_changed_meanwhile_is_fetched_whole(void **state)
{
    (void)state;
    leave_note(LAB_URL, 8192);
    const struct lab_step steps[] = {{.etag = "\"v2\"", .expected = "If-Range: \"v1\""}};
    assert_int_equal(LAB_UPDATE_IN_STEPS(steps), ESP_OK);
    assert_int_equal(ota_slot.written, LAB_IMAGE_LEN);
    assert_int_equal(lab_server.body_bytes, LAB_IMAGE_LEN);
    assert_memory_equal(ota_slot.note.bytes + 8, "\"v2\"", 4);
}

/* What stood in the slot spoilt the image: that is no reason to fail for ever. */
static void a_spoilt_beginning_is_fetched_again(void **state)
{
    (void)state;
    leave_note(LAB_URL, 8192);
    ota_slot.end_err = ESP_ERR_OTA_VALIDATE_FAILED;
    ota_slot.forgets = true;
    const struct lab_step steps[] = {{.expected = "Range: bytes=8192-"}, {.unexpected = "Range"}};
    assert_int_equal(LAB_UPDATE_IN_STEPS(steps), ESP_OK);
    assert_int_equal(ota_slot.ends, 2);
    assert_int_equal(ota_slot.selects, 1);
    lab_assert_log("what stood in the slot was not of this image");
}

/* Looks at the first file, and takes what the server then has, thinking it over twice. */
static esp_err_t look_and_take(const struct lab_step *steps, size_t n, uint32_t thinks_ms)
{
    esp_app_desc_t desc;
    lab_start(steps, n);
    esp_https_ota_handle_t handle = lab_begin();
    assert_int_equal(esp_https_ota_get_img_desc(handle, &desc), ESP_OK);
    assert_string_equal(desc.version, "v1.2.3");
    fake_pass_ms(thinks_ms);
    esp_err_t err = esp_https_ota_perform(handle);
    fake_pass_ms(thinks_ms);
    err = err == ESP_ERR_HTTPS_OTA_IN_PROGRESS ? lab_perform(handle) : err;
    assert_int_equal(esp_https_ota_finish(handle), err);
    return err;
}

/* The application has decided about one file: another one needs another decision. */
static void a_file_that_was_looked_at_must_stay(void **state)
{
    (void)state;
    static const struct lab_step steps[] = {{.cut = 20000, .end = TLS_PEER_FIN, .etag = "\"v1\""},
                                            {.etag = "\"v2\""}};
    assert_int_equal(look_and_take(steps, 2, 0), ESP_ERR_INVALID_VERSION);
    lab_assert_not_installed();
}

/* An answer without a byte of body between the two does not make it forgotten. */
static void a_file_that_was_looked_at_must_stay_over_empty_answers(void **state)
{
    (void)state;
    static const struct lab_step steps[] = {{.cut = 20000, .end = TLS_PEER_FIN, .etag = "\"v1\""},
                                            {.head = "HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n"
                                                     "ETag: \"v1\"\r\n\r\n",
                                             .cut = SIZE_MAX,
                                             .end = TLS_PEER_FIN},
                                            {.etag = "\"v2\"", .end = TLS_PEER_NOTIFY}};
    lab_server.no_ranges = true;
    assert_int_equal(look_and_take(steps, 3, 0), ESP_ERR_INVALID_VERSION);
    lab_assert_not_installed();
    lab_assert_connections(3);
}

/* A server that gives another file under the same ETag is found out by the descriptor. */
static void a_file_under_a_borrowed_etag_is_not_taken(void **state)
{
    (void)state;
    static const struct lab_step steps[] = {
        {.cut = 20000, .end = TLS_PEER_FIN, .etag = "\"v1\""},
        {.end = TLS_PEER_NOTIFY, .version = "v0.0.1"},
    };
    lab_server.no_ranges = true;
    assert_int_equal(look_and_take(steps, 2, 0), ESP_ERR_INVALID_VERSION);
    lab_assert_not_installed();
    assert_int_equal(ota_slot.written, 0);
    lab_assert_log("changed since the application looked at it: 0x10a");

    lab_reset(NULL);
    static const struct lab_step same[] = {{.cut = 20000, .end = TLS_PEER_FIN, .etag = "\"v1\""},
                                           {.end = TLS_PEER_NOTIFY}};
    lab_server.no_ranges = true;
    assert_int_equal(look_and_take(same, 2, 0), ESP_OK);
    assert_int_equal(ota_slot.selects, 1);
}

/* An application that thinks it over is no stalled download. */
static void thinking_it_over_is_no_stall(void **state)
{
    (void)state;
    static const struct lab_step steps[] = {{.end = TLS_PEER_NOTIFY, .etag = "\"v1\""}};
    assert_int_equal(look_and_take(steps, 1, OTA_STALL_MS + 1000), ESP_OK);
    lab_assert_installed();
    lab_assert_connections(1);
}

static void a_beginning_in_the_slot_has_a_descriptor_too(void **state)
{
    (void)state;
    leave_note(LAB_URL, 8192);
    esp_app_desc_t desc;
    lab_start(NULL, 0);
    esp_https_ota_handle_t handle = lab_begin();
    assert_int_equal(esp_https_ota_get_image_size(handle), LAB_IMAGE_LEN);
    assert_int_equal(esp_https_ota_get_image_len_read(handle), 8192);
    assert_int_equal(esp_https_ota_get_img_desc(handle, &desc), ESP_OK);
    assert_string_equal(desc.version, "v1.2.3");
    assert_int_equal(esp_https_ota_abort(handle), ESP_OK);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup(f, lab_reset)
    const struct CMUnitTest tests[] = {
        CASE(the_slot_remembers),
        CASE(notes_of_others_are_left_alone),
        CASE(without_memory_nothing_is_fetched_anew),
        CASE(a_file_that_changed_meanwhile_is_fetched_whole),
        CASE(a_spoilt_beginning_is_fetched_again),
        CASE(a_file_that_was_looked_at_must_stay),
        CASE(a_file_that_was_looked_at_must_stay_over_empty_answers),
        CASE(a_file_under_a_borrowed_etag_is_not_taken),
        CASE(thinking_it_over_is_no_stall),
        CASE(a_beginning_in_the_slot_has_a_descriptor_too),
    };
    return cmocka_run_group_tests(tests, lab_make, lab_free);
}
