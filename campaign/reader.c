/* SPDX-License-Identifier: Apache-2.0 */
#include "reader.h"

#include <string.h>

#include <openssl/sha.h>

#define TABLE_ADDR 0x8000u
#define TABLE_LEN  0xc00u
#define ENTRY_LEN  32u
#define SECTOR     4096u
#define PAGE       256u
#define SEAL_MAGIC 0x314c5341u

enum { TYPE_DATA = 1, SUBTYPE_FACTORY = 0, SUBTYPE_OTADATA = 0, SUBTYPE_OTA_0 = 0x10, N_OTA = 16 };

static uint32_t le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* --- partition table --- */

bool cam_table_read(const uint8_t *flash, uint32_t flash_size, struct cam_table *out)
{
    *out = (struct cam_table){0};
    if (flash_size < TABLE_ADDR + TABLE_LEN) {
        return false;
    }
    const uint8_t *entry = flash + TABLE_ADDR;
    for (; out->n < CAM_MAX_PARTS && entry[0] == 0xaa && entry[1] == 0x50; entry += ENTRY_LEN) {
        struct cam_part *part = &out->part[out->n++];
        part->type = entry[2];
        part->subtype = entry[3];
        part->addr = le32(entry + 4);
        part->size = le32(entry + 8);
        memcpy(part->label, entry + 12, 16);
        if (part->addr > flash_size || part->size > flash_size - part->addr) {
            return false;
        }
    }
    return out->n > 0;
}

const struct cam_part *cam_table_at(const struct cam_table *table, uint32_t addr)
{
    for (unsigned i = 0; i < table->n; i++) {
        if (addr - table->part[i].addr < table->part[i].size) {
            return &table->part[i];
        }
    }
    return NULL;
}

const struct cam_part *cam_table_otadata(const struct cam_table *table)
{
    for (unsigned i = 0; i < table->n; i++) {
        const struct cam_part *part = &table->part[i];
        if (part->type == TYPE_DATA && part->subtype == SUBTYPE_OTADATA &&
            part->size >= 2 * SECTOR) {
            return part;
        }
    }
    return NULL;
}

/* --- image --- */

const char *cam_image_check(const uint8_t *slot, uint32_t size, struct cam_image *out)
{
    uint8_t digest[32];
    uint32_t at = 8;
    uint8_t xor = 0xef;
    if (size < 64 || slot[0] != 0xe9 || slot[1] == 0 || slot[1] > 16) {
        return "no image begins there";
    }
    for (unsigned i = 0; i < slot[1]; i++) {
        if (size - at < 8 || le32(slot + at + 4) > size - at - 8) {
            return "a segment leaves the slot";
        }
        uint32_t end = at + 8 + le32(slot + at + 4);
        for (at += 8; at < end; at++) {
            xor ^= slot[at];
        }
    }
    uint32_t len = (at + 16) & ~15u;
    if (size < 32 || len > size - 32) {
        return "its hash leaves the slot";
    }
    if (slot[len - 1] != xor) {
        return "its checksum is wrong";
    }
    SHA256(slot, len, digest);
    if (memcmp(slot + len, digest, sizeof(digest)) != 0) {
        return "its SHA-256 is wrong";
    }
    out->len = len + 32;
    memcpy(out->digest, digest, sizeof(digest));
    return NULL;
}

/* --- boot records --- */

/* CRC-32 of the sequence, its register starting at zero. */
static uint32_t seq_crc(uint32_t seq)
{
    uint32_t crc = 0;
    for (unsigned i = 0; i < 32; i++) {
        uint32_t bit = (crc ^ seq >> i) & 1u;
        crc = crc >> 1 ^ (bit ? 0xedb88320u : 0u);
    }
    return ~crc;
}

/* The sequence of a record that counts, else 0. */
static uint32_t counted_seq(const uint8_t *record)
{
    uint32_t seq = le32(record);
    uint32_t state = le32(record + 24);
    bool is_refused = state == 3 || state == 4;
    bool is_whole = seq != 0 && seq != UINT32_MAX && le32(record + 28) == seq_crc(seq);
    return is_whole && !is_refused ? seq : 0;
}

static const struct cam_part *find_app(const struct cam_table *table, unsigned subtype)
{
    for (unsigned i = 0; i < table->n; i++) {
        if (table->part[i].type == CAM_TYPE_APP && table->part[i].subtype == subtype) {
            return &table->part[i];
        }
    }
    return NULL;
}

const struct cam_part *cam_choice(const struct cam_table *table, const uint8_t *otadata,
                                  uint32_t *state)
{
    const struct cam_part *slots[N_OTA];
    uint32_t a = counted_seq(otadata);
    uint32_t b = counted_seq(otadata + SECTOR);
    uint32_t seq = a > b ? a : b;
    unsigned n = 0;
    for (unsigned subtype = SUBTYPE_OTA_0; subtype < SUBTYPE_OTA_0 + N_OTA; subtype++) {
        const struct cam_part *slot = find_app(table, subtype);
        if (slot != NULL) {
            slots[n++] = slot;
        }
    }
    if (state != NULL) {
        const uint8_t *record = a > b ? otadata : otadata + SECTOR;
        bool has_seal = le32(record + PAGE) == SEAL_MAGIC;
        *state = seq == 0 ? CAM_STATE_UNDEFINED : le32(record + (has_seal ? PAGE + 16 : 24));
    }
    return seq != 0 && n > 0 ? slots[(seq - 1) % n] : find_app(table, SUBTYPE_FACTORY);
}
