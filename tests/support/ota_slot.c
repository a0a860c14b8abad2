/* SPDX-License-Identifier: Apache-2.0 */
/* See ota_slot.h. */
#include "ota_slot.h"

#include "check.h"

struct ota_slot ota_slot;

static const esp_partition_t partition = {.subtype = ESP_PARTITION_SUBTYPE_APP_OTA_0,
                                          .address = 0x110000,
                                          .size = 0xf0000,
                                          .label = "ota_0"};

const esp_partition_t *esp_ota_get_next_update_partition(const esp_partition_t *start_from)
{
    (void)start_from;
    return &partition;
}

esp_err_t esp_ota_begin(const esp_partition_t *p, size_t image_size, esp_ota_handle_t *out_handle)
{
    assert_ptr_equal(p, &partition);
    ota_slot.begins++;
    ota_slot.written = ota_slot.note.resume_at;
    ota_slot.announced = image_size;
    *out_handle = 7;
    return ota_slot.begin_err;
}

esp_err_t esp_ota_begin_resumable(const esp_partition_t *p, size_t image_size, size_t resume_at,
                                  const void *note, size_t len, esp_ota_handle_t *out_handle)
{
    assert_true(len > 0 && len <= ESP_OTA_NOTE_MAX);
    if (resume_at > 0 && ota_slot.resume_err != ESP_OK) {
        return ota_slot.resume_err;
    }
    memmove(ota_slot.note.bytes, note, len);
    ota_slot.note.len = len;
    ota_slot.note.image_size = image_size;
    ota_slot.note.resume_at = resume_at;
    return esp_ota_begin(p, image_size, out_handle);
}

esp_err_t esp_ota_get_note(const esp_partition_t *p, esp_ota_note_t *note)
{
    assert_ptr_equal(p, &partition);
    *note = ota_slot.note;
    return ota_slot.note.len != 0 ? ESP_OK : ESP_ERR_NOT_FOUND;
}

bool esp_ota_is_whole(esp_ota_handle_t handle)
{
    assert_int_equal(handle, 7);
    return ota_slot.written == OTA_SLOT_LEN;
}

esp_err_t esp_ota_get_partition_description(const esp_partition_t *p, esp_app_desc_t *desc)
{
    assert_ptr_equal(p, &partition);
    memcpy(desc, ota_slot.image + 16, sizeof(*desc));
    return ESP_OK;
}

esp_err_t esp_ota_write(esp_ota_handle_t handle, const void *data, size_t size)
{
    assert_int_equal(handle, 7);
    if (ota_slot.write_err != ESP_OK) {
        return ota_slot.write_err;
    }
    if (ota_slot.written == 0 && *(const uint8_t *)data != 0xe9) {
        return ESP_ERR_OTA_VALIDATE_FAILED;
    }
    assert_true(ota_slot.written + size <= sizeof(ota_slot.image));
    memcpy(ota_slot.image + ota_slot.written, data, size);
    ota_slot.written += size;
    return ESP_OK;
}

esp_err_t esp_ota_end(esp_ota_handle_t handle)
{
    assert_int_equal(handle, 7);
    ota_slot.ends++;
    esp_err_t err = ota_slot.end_err;
    if (ota_slot.forgets) {
        memset(&ota_slot.note, 0, sizeof(ota_slot.note));
        ota_slot.end_err = ESP_OK;
    }
    return err;
}

esp_err_t esp_ota_abort(esp_ota_handle_t handle)
{
    assert_int_equal(handle, 7);
    ota_slot.aborts++;
    return ESP_OK;
}

esp_err_t esp_ota_set_boot_partition(const esp_partition_t *p)
{
    assert_ptr_equal(p, &partition);
    ota_slot.selects++;
    return ESP_OK;
}
