/* SPDX-License-Identifier: Apache-2.0 */
/* esp_ota_begin/write/end over core's update session: core judges, erases, writes and verifies;
 * here are handles, error numbers and the sentences for people. */
#include <stdlib.h>
#include <string.h>

#include "airslot/flash.h"
#include "airslot/format.h"
#include "asl_update.h"
#include "esp_asl_err.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "esp_ota_resume.h"
#include "ota_owner.h"
#include "ota_private.h"
#include "ota_view.h"

static const char TAG[] = "esp_ota_ops";

struct session {
    esp_ota_handle_t handle;
    const esp_partition_t *slot;
    enum asl_err failed; /* the first error; final */
    struct asl_update update;
    size_t note_len;
    uint8_t note[]; /* what the slot keeps */
};

/* What an update is opened with. */
struct opening {
    size_t image_size;
    size_t resume_at;
    const void *note; /* NULL: none */
    size_t note_len;
};

_Static_assert(ESP_OTA_NOTE_MAX == ASL_NOTE_MAX, "one limit");

static struct session *session;
static esp_ota_handle_t last_handle;

static struct session *find(esp_ota_handle_t handle)
{
    return session != NULL && session->handle == handle ? session : NULL;
}

bool ota_is_being_written(const esp_partition_t *slot)
{
    return session != NULL && session->slot == slot;
}

static void close_session(void)
{
    asl_update_abort(&session->update);
    free(session);
    session = NULL;
}

static bool is_known(size_t image_size)
{
    return image_size != 0 && image_size != OTA_SIZE_UNKNOWN &&
           image_size != OTA_WITH_SEQUENTIAL_WRITES;
}

static esp_err_t refuse(const esp_partition_t *p, esp_err_t err, const char *why)
{
    ESP_LOGE(TAG, "ota_begin error err=0x%x (%s): slot %s: %s", (unsigned)err, esp_err_to_name(err),
             p->label, why);
    return err;
}

static esp_err_t refuse_size(const esp_partition_t *p, uint32_t needed, uint32_t available,
                             const char *cure)
{
    ESP_LOGE(TAG, "ota_begin error err=0x%x (%s): slot %s: needed %u bytes, available %u: %s",
             ESP_ERR_INVALID_SIZE, esp_err_to_name(ESP_ERR_INVALID_SIZE), p->label,
             (unsigned)needed, (unsigned)available, cure);
    return ESP_ERR_INVALID_SIZE;
}

/* Every limit that 0x104 can mean is named. */
static esp_err_t judge_sizes(const esp_partition_t *p, size_t image_size)
{
    uint32_t chip = spi_flash_get_chip_size();

    if (p->address > chip || p->size > chip - p->address) {
        return refuse_size(p, p->address + p->size, chip,
                           "the flash chip is smaller than the partition table says; choose a "
                           "table that fits, or a larger chip");
    }
    if (p->size % SPI_FLASH_SEC_SIZE != 0) {
        return refuse(p, ESP_ERR_INVALID_SIZE,
                      "its size is not a multiple of 4096; correct the "
                      "partition table");
    }
    if (is_known(image_size) && image_size > p->size) {
        return refuse_size(p, image_size, p->size, "shrink the application or enlarge the slots");
    }
    return ESP_OK;
}

/* True when [addr, addr + size) and the slot share bytes; sums that wrap are no way around it. */
static bool covers(const esp_partition_t *p, uint32_t addr, uint32_t size)
{
    return p->address - addr < size || addr - p->address < p->size;
}

static esp_err_t judge_slot(const esp_partition_t *p, size_t image_size)
{
    const esp_partition_t *running = esp_ota_get_running_partition();

    if (!ota_is_slot(p)) {
        return refuse(p, ESP_ERR_INVALID_ARG, "not an ota slot");
    }
    if (esp_partition_verify(p) == NULL) {
        return refuse(p, ESP_ERR_NOT_FOUND, "not in the partition table");
    }
    if (covers(p, running->address, running->size)) {
        return refuse(p, ESP_ERR_OTA_PARTITION_CONFLICT,
                      "it holds the running program; update another slot");
    }
    if (covers(p, 0, ASL_TABLE_ADDR + ASL_SECTOR_SIZE)) {
        return refuse(p, ESP_ERR_OTA_PARTITION_CONFLICT,
                      "it lies over bootloader or partition table; correct the table");
    }
    return judge_sizes(p, image_size);
}

/* While the running image has not proved itself, what is in the other slots is the way back. */
static esp_err_t judge_way_back(const esp_partition_t *p)
{
    esp_err_t err = ota_judge_way_back(p);

    switch (err) {
    case ESP_OK:
        return ESP_OK;
    case ESP_ERR_NO_MEM:
        return refuse(p, err, "out of memory");
    case ESP_ERR_NOT_FOUND:
        return refuse(p, err,
                      "the table has no otadata of two sectors, so nothing written here would ever "
                      "start; correct the table");
    case ESP_ERR_OTA_ROLLBACK_INVALID_STATE:
        return refuse(p, err,
                      "the running image is on trial; confirm it first with "
                      "esp_ota_mark_app_valid_cancel_rollback()");
    case ESP_ERR_OTA_PARTITION_CONFLICT:
        return refuse(p, err,
                      "it is selected to boot, and no record can name the running test image; "
                      "select another slot first");
    default:
        return refuse(p, err, "the boot state cannot be read");
    }
}

/* A session that was forgotten must not keep its slot for ever. */
static esp_err_t make_room(const esp_partition_t *p)
{
    if (session == NULL) {
        return ESP_OK;
    }
    if (session->slot != p) {
        return refuse(p, ESP_ERR_OTA_ALREADY_IN_PROGRESS, "another slot is being updated");
    }
    ESP_LOGW(TAG, "closing the unfinished update of slot %s", p->label);
    close_session();
    return ESP_OK;
}

static struct session *new_session(const esp_partition_t *slot, const struct opening *with)
{
    struct session *s = malloc(sizeof(*s) + with->note_len);

    if (s != NULL) {
        s->slot = slot;
        s->failed = ASL_OK;
        s->note_len = with->note_len;
        memcpy(s->note, with->note != NULL ? with->note : "", with->note_len);
    }
    return s;
}

static enum asl_err accept(void *ctx, const uint8_t *first, uint32_t len)
{
    struct session *s = ctx;

    return ota_owner_accept(&s->update, first, len);
}

static enum asl_err keep_way_back(void *ctx)
{
    struct session *s = ctx;

    return ota_keep_way_back(s->slot);
}

static enum asl_err open_update(struct session *s, const struct opening *with)
{
    const struct asl_update_config config = {
        .flash = esp_flash_port(),
        .slot_addr = s->slot->address,
        .slot_size = s->slot->size,
        .image_len = is_known(with->image_size) ? with->image_size : 0,
        .accept_no_hash = OTA_ACCEPT_NO_HASH,
        .note = with->note != NULL ? s->note : NULL,
        .note_len = s->note_len,
        .accept = accept,
        .before_write = keep_way_back,
        .ctx = s,
    };

    return asl_update_resume(&s->update, &config, with->resume_at);
}

static esp_err_t open_session(const esp_partition_t *partition, const struct opening *with,
                              esp_ota_handle_t *out_handle)
{
    struct session *s = new_session(partition, with);

    if (s == NULL) {
        return refuse(partition, ESP_ERR_NO_MEM, "out of memory");
    }
    enum asl_err failed = open_update(s, with);
    if (failed != ASL_OK) {
        free(s);
        esp_asl_err_log(TAG, with->resume_at == 0 ? "ota_begin error" : "cannot go on", failed);
        return esp_err_from_asl(failed);
    }
    s->handle = ++last_handle;
    session = s;
    *out_handle = s->handle;
    ota_owner_say_off(TAG);
    return ESP_OK;
}

static esp_err_t begin(const esp_partition_t *partition, const struct opening *with,
                       esp_ota_handle_t *out_handle)
{
    if (partition == NULL || out_handle == NULL) {
        ESP_LOGE(TAG, "ota_begin error err=0x%x: %s is NULL", ESP_ERR_INVALID_ARG,
                 partition == NULL ? "the partition" : "out_handle");
        return ESP_ERR_INVALID_ARG;
    }
    esp_err_t err = judge_slot(partition, with->image_size);
    if (err == ESP_OK) {
        partition = esp_partition_verify(partition);
        err = make_room(partition);
    }
    if (err == ESP_OK) {
        err = judge_way_back(partition);
    }
    return err == ESP_OK ? open_session(partition, with, out_handle) : err;
}

esp_err_t esp_ota_begin(const esp_partition_t *partition, size_t image_size,
                        esp_ota_handle_t *out_handle)
{
    const struct opening with = {.image_size = image_size};

    return begin(partition, &with, out_handle);
}

esp_err_t esp_ota_resume(const esp_partition_t *partition, const size_t erase_size,
                         const size_t image_offset, esp_ota_handle_t *out_handle)
{
    const struct opening with = {.image_size = OTA_SIZE_UNKNOWN, .resume_at = image_offset};

    (void)erase_size; /* sectors are erased just ahead of the data */
    return begin(partition, &with, out_handle);
}

esp_err_t esp_ota_begin_resumable(const esp_partition_t *partition, size_t image_size,
                                  size_t resume_at, const void *note, size_t len,
                                  esp_ota_handle_t *out_handle)
{
    const struct opening with = {
        .image_size = image_size, .resume_at = resume_at, .note = note, .note_len = len};

    if (note == NULL || len > ESP_OTA_NOTE_MAX) {
        return ESP_ERR_INVALID_ARG;
    }
    return begin(partition, &with, out_handle);
}

esp_err_t esp_ota_get_note(const esp_partition_t *partition, esp_ota_note_t *note)
{
    struct asl_resume found;

    if (partition == NULL || note == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    enum asl_err err =
        asl_resume_find(esp_flash_port(), partition->address, partition->size, &found);
    if (err == ASL_OK) {
        note->image_size = found.image_len;
        note->resume_at = found.at;
        note->len = found.len;
        memcpy(note->bytes, found.bytes, sizeof(note->bytes));
    }
    return esp_err_from_asl(err);
}

bool esp_ota_is_whole(esp_ota_handle_t handle)
{
    struct session *s = find(handle);
    struct asl_image_verifier *scratch = s != NULL ? malloc(sizeof(*scratch)) : NULL;
    bool is_whole = scratch != NULL && asl_update_is_whole(&s->update, scratch);

    free(scratch);
    return is_whole;
}

/* Remembers and explains the first error. */
static void note(struct session *s, enum asl_err err)
{
    if (err != ASL_OK && s->failed == ASL_OK) {
        s->failed = err;
        esp_asl_err_log(TAG, "image refused", err);
        if (err == ASL_ERR_IMAGE_TOO_LARGE) {
            ESP_LOGE(TAG, "needed more than %u bytes, slot %s has %u", (unsigned)s->update.received,
                     s->slot->label, (unsigned)s->slot->size);
        }
    }
}

esp_err_t esp_ota_write(esp_ota_handle_t handle, const void *data, size_t size)
{
    struct session *s = find(handle);

    if (s == NULL || data == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    if (s->failed == ASL_OK) {
        note(s, asl_update_feed(&s->update, data, size));
    }
    return esp_err_from_asl(s->failed);
}

esp_err_t esp_ota_end(esp_ota_handle_t handle)
{
    struct session *s = find(handle);

    if (s == NULL) {
        return ESP_ERR_NOT_FOUND;
    }
    esp_err_t err = ESP_ERR_INVALID_ARG;
    if (s->failed == ASL_OK && s->update.received > 0) {
        note(s, asl_update_end(&s->update, NULL));
        err = esp_err_from_asl(s->failed);
    } else if (s->failed != ASL_OK) {
        err = esp_err_from_asl(s->failed);
    }
    close_session();
    return err;
}

esp_err_t esp_ota_abort(esp_ota_handle_t handle)
{
    if (find(handle) == NULL) {
        return ESP_ERR_NOT_FOUND;
    }
    close_session();
    return ESP_OK;
}
