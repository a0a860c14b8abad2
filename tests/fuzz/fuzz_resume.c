/* SPDX-License-Identifier: Apache-2.0 */
/* Where a download goes on, read from a slot of any contents (patches on a blank one). The first
 * byte has the note's sum put right. A place to go on from is a sector inside the image, with no
 * torn page kept before it that a writer could have left. */
#include "airslot/bytes.h"
#include "asl_crc32.h"
#include "asl_update.h"
#include "fuzz.h"
#include "host_flash.h"
#include "patch.h"

#define SLOT_SIZE 0x4000u
#define NOTE_OFF  (SLOT_SIZE - 0x1000u)
#define NOTE_LEN  256u

static struct host_flash h;

static void settle_note(uint8_t *note)
{
    static const uint8_t magic[] = {'A', 'S', 'L', 'N'};

    memcpy(note, magic, sizeof(magic));
    asl_put_le32(note + 8, 0);
    asl_put_le32(note + 12, SLOT_SIZE);
    note[20] %= ASL_NOTE_MAX + 1u;
    note[21] = note[22] = note[23] = 0;
    asl_put_le32(note + 4, asl_crc32(0, note + 8, NOTE_LEN - 8));
}

static void go_on(const struct asl_resume *resume)
{
    static struct asl_update u;
    const struct asl_update_config config = {.flash = &h.flash,
                                             .slot_size = SLOT_SIZE,
                                             .image_len = resume->image_len,
                                             .note = resume->bytes,
                                             .note_len = resume->len};

    if (asl_update_resume(&u, &config, resume->at) == ASL_OK) {
        require(u.received == resume->at && u.written == resume->at);
    }
    require(h.n_programs == 0 && h.n_misuses == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct asl_resume resume;

    if (size < 1) {
        return 0;
    }
    if (h.bytes == NULL) {
        host_flash_init(&h, SLOT_SIZE);
    }
    host_flash_plan(&h, HOST_FAULT_NONE, 0, 0);
    patch(h.bytes, SLOT_SIZE, data + 1, size - 1);
    if ((data[0] & 1) != 0) {
        settle_note(h.bytes + NOTE_OFF);
    }
    if (asl_resume_find(&h.flash, 0, SLOT_SIZE, &resume) == ASL_OK) {
        require(resume.at % 0x1000u == 0 && resume.at <= NOTE_OFF && resume.len <= ASL_NOTE_MAX);
        require(resume.image_len == 0 || resume.at == 0 || resume.at < resume.image_len);
        go_on(&resume);
    }
    require(h.n_erases == 0 && h.n_programs == 0);
    return 0;
}
