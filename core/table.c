/* SPDX-License-Identifier: Apache-2.0 */
#include "asl_table.h"

#include <string.h>

#include "airslot/bytes.h"
#include "asl_crypto.h"

/* Offsets inside a 32-byte entry; docs/format.md draws it. */
enum { OFF_TYPE = 2, OFF_SUBTYPE = 3, OFF_ADDR = 4, OFF_SIZE = 8, OFF_LABEL = 12, OFF_FLAGS = 28 };
#define MD5_OFF   16u
#define MD5_LEN   16u
#define END_MAGIC 0xffffu

/* Fact: the SDK's bootloader ends at magic ffff with type ff and subtype ff, whatever follows. */
static bool is_end(const uint8_t *entry)
{
    return asl_get_le32(entry) == 0xffffffffu;
}

static bool md5_matches(const uint8_t *raw, uint32_t off)
{
    uint8_t digest[MD5_LEN];

    asl_md5(raw, off, digest);
    return memcmp(digest, raw + off + MD5_OFF, MD5_LEN) == 0;
}

/* Reads the tail of a table whose n entries end at off: optional check entry, then the end. */
static enum asl_err check_tail(const uint8_t *raw, uint32_t len, uint32_t off)
{
    if (len - off >= ASL_TABLE_ENTRY_LEN && asl_get_le16(raw + off) == ASL_TABLE_MD5_MAGIC) {
        if (!md5_matches(raw, off)) {
            return ASL_ERR_TABLE_MD5;
        }
        off += ASL_TABLE_ENTRY_LEN;
    }
    if (len - off < ASL_TABLE_ENTRY_LEN) {
        return ASL_ERR_TABLE_END;
    }
    if (is_end(raw + off)) {
        return ASL_OK;
    }
    return asl_get_le16(raw + off) == END_MAGIC ? ASL_ERR_TABLE_END : ASL_ERR_TABLE_MAGIC;
}

enum asl_err asl_table_check(const uint8_t *raw, uint32_t len, uint32_t *n_entries)
{
    uint32_t n = 0;
    uint32_t off = 0;

    while (len - off >= ASL_TABLE_ENTRY_LEN && asl_get_le16(raw + off) == ASL_TABLE_MAGIC) {
        n++;
        off += ASL_TABLE_ENTRY_LEN;
    }
    if (n == 0) {
        return ASL_ERR_TABLE_MAGIC;
    }
    if (n > ASL_TABLE_MAX_ENTRIES && len > ASL_TABLE_LEN) {
        return ASL_ERR_TABLE_FULL;
    }
    enum asl_err err = check_tail(raw, len, off);
    if (err == ASL_OK && n_entries != NULL) {
        *n_entries = n;
    }
    return err;
}

void asl_table_get(const uint8_t *raw, uint32_t index, struct asl_partition *out)
{
    const uint8_t *entry = raw + index * ASL_TABLE_ENTRY_LEN;

    out->type = entry[OFF_TYPE];
    out->subtype = entry[OFF_SUBTYPE];
    out->addr = asl_get_le32(entry + OFF_ADDR);
    out->size = asl_get_le32(entry + OFF_SIZE);
    memcpy(out->label, entry + OFF_LABEL, ASL_LABEL_LEN);
    out->label[ASL_LABEL_LEN] = '\0';
    out->flags = asl_get_le32(entry + OFF_FLAGS);
}

/* Judges one partition by itself. */
static enum asl_err verify_one(const struct asl_partition *p, uint32_t flash_size)
{
    if (p->addr % ASL_SECTOR_SIZE != 0 || p->size % ASL_SECTOR_SIZE != 0) {
        return ASL_ERR_TABLE_ALIGN;
    }
    if (p->addr > flash_size || p->size > flash_size - p->addr) {
        return ASL_ERR_FLASH_BOUNDS;
    }
    if (p->addr < ASL_TABLE_ADDR + ASL_SECTOR_SIZE) {
        return ASL_ERR_TABLE_OVERLAP;
    }
    if (asl_partition_is_slot(p) && asl_partition_crosses_window(p)) {
        return ASL_ERR_TABLE_WINDOW;
    }
    return ASL_OK;
}

/* Judges two partitions, both already inside the chip, against each other. */
static enum asl_err verify_pair(const struct asl_partition *a, const struct asl_partition *b)
{
    if (a->addr < b->addr + b->size && b->addr < a->addr + a->size) {
        return ASL_ERR_TABLE_OVERLAP;
    }
    return strcmp(a->label, b->label) == 0 ? ASL_ERR_TABLE_DUPLICATE : ASL_OK;
}

static enum asl_err verify_entry(const uint8_t *raw, uint32_t index, uint32_t flash_size)
{
    struct asl_partition p, earlier;

    asl_table_get(raw, index, &p);
    enum asl_err err = verify_one(&p, flash_size);
    for (uint32_t i = 0; err == ASL_OK && i < index; i++) {
        asl_table_get(raw, i, &earlier);
        err = verify_pair(&earlier, &p);
    }
    return err;
}

enum asl_err asl_table_verify(const uint8_t *raw, uint32_t n_entries, uint32_t flash_size,
                              uint32_t *bad)
{
    for (uint32_t i = 0; i < n_entries; i++) {
        enum asl_err err = verify_entry(raw, i, flash_size);
        if (err != ASL_OK) {
            if (bad != NULL) {
                *bad = i;
            }
            return err;
        }
    }
    return ASL_OK;
}

static void put_entry(const struct asl_partition *p, uint8_t *entry)
{
    memset(entry, 0, ASL_TABLE_ENTRY_LEN);
    asl_put_le16(entry, ASL_TABLE_MAGIC);
    entry[OFF_TYPE] = p->type;
    entry[OFF_SUBTYPE] = p->subtype;
    asl_put_le32(entry + OFF_ADDR, p->addr);
    asl_put_le32(entry + OFF_SIZE, p->size);
    for (uint32_t i = 0; i < ASL_LABEL_LEN && p->label[i] != '\0'; i++) {
        entry[OFF_LABEL + i] = (uint8_t)p->label[i];
    }
    asl_put_le32(entry + OFF_FLAGS, p->flags);
}

enum asl_err asl_table_build(const struct asl_partition *entries, uint32_t n, bool with_md5,
                             uint8_t raw[ASL_TABLE_LEN])
{
    if (n > ASL_TABLE_MAX_ENTRIES - (with_md5 ? 1u : 0u)) {
        return ASL_ERR_TABLE_FULL;
    }
    memset(raw, 0xff, ASL_TABLE_LEN);
    for (uint32_t i = 0; i < n; i++) {
        put_entry(&entries[i], raw + i * ASL_TABLE_ENTRY_LEN);
    }
    if (with_md5) {
        uint8_t *check = raw + n * ASL_TABLE_ENTRY_LEN;
        asl_put_le16(check, ASL_TABLE_MD5_MAGIC);
        asl_md5(raw, n * ASL_TABLE_ENTRY_LEN, check + MD5_OFF);
    }
    return ASL_OK;
}

bool asl_partition_is_ota(const struct asl_partition *p)
{
    return p->type == ASL_TYPE_APP && p->subtype >= ASL_APP_OTA_0 &&
           p->subtype < ASL_APP_OTA_0 + ASL_APP_OTA_MAX;
}

bool asl_partition_is_slot(const struct asl_partition *p)
{
    return asl_partition_is_ota(p) || (p->type == ASL_TYPE_APP && (p->subtype == ASL_APP_FACTORY ||
                                                                   p->subtype == ASL_APP_TEST));
}

bool asl_partition_crosses_window(const struct asl_partition *p)
{
    return p->size > ASL_WINDOW_LEN - p->addr % ASL_WINDOW_LEN;
}
