/* SPDX-License-Identifier: Apache-2.0 */
/* Where a download goes on, read from a slot of any contents (patches on a blank one). The first
 * byte has the note's sum put right. A place to go on from is a sector inside the image, with no
 * torn page kept before it that a writer could have left. A note that is written over such contents
 * is found, one that is forgotten is not, and neither changes anything else. */
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

static void keep_books(uint8_t how)
{
    static const uint8_t bytes[ASL_NOTE_MAX] = "where from";
    static uint8_t before[SLOT_SIZE];
    const uint32_t image_len = how * 64u % (NOTE_OFF + 1u);
    const uint32_t next = (1u + how % 2u) * 0x1000u;
    struct asl_resume resume;

    memcpy(before, h.bytes, SLOT_SIZE);
    require(asl_resume_note(&h.flash, 0, SLOT_SIZE, image_len, bytes, how % ASL_NOTE_MAX) ==
            ASL_OK);
    require(asl_resume_find(&h.flash, 0, SLOT_SIZE, &resume) == ASL_OK);
    require(resume.image_len == image_len && resume.len == how % ASL_NOTE_MAX);
    require(memcmp(resume.bytes, bytes, resume.len) == 0);
    require(asl_resume_forget(&h.flash, 0, SLOT_SIZE) == ASL_OK);
    require(asl_resume_find(&h.flash, 0, SLOT_SIZE, &resume) == ASL_ERR_NOT_FOUND);
    require(host_flash_same_outside(&h, before, NOTE_OFF, SLOT_SIZE - NOTE_OFF));
    require(asl_resume_guard(&h.flash, 0, SLOT_SIZE, next - 0x1000u) == ASL_OK);
    require(h.bytes[next] == 0xff && memcmp(h.bytes + next, h.bytes + next + 1, 0xfff) == 0);
    require(memcmp(h.bytes, before, next) == 0 && h.n_misuses == 0 && h.n_set_bits == 0);
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
    h.n_erases = h.n_programs = 0;
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
    if ((data[0] & 2) != 0) {
        keep_books(data[0] >> 2);
    }
    return 0;
}
