/* SPDX-License-Identifier: Apache-2.0 */
/* The campaign's own readers beside core's, which share no code: a table that core accepts is read
 * alike, and an image that core accepts passes with the judge, too. The first byte chooses. */
#include <string.h>

#include "asl_image.h"
#include "asl_table.h"
#include "fuzz.h"
#include "reader.h"

#define FLASH_SIZE 0x10000u
#define CHIP_SIZE  0x400000u /* of which no more is read than the table */

static uint8_t flash[FLASH_SIZE];

static void read_table(const uint8_t *data, uint32_t len)
{
    static struct cam_table table;
    uint32_t n = 0;

    len = len < ASL_TABLE_LEN ? len : ASL_TABLE_LEN;
    memset(flash, 0xff, FLASH_SIZE);
    memcpy(flash + ASL_TABLE_ADDR, data, len);
    bool good = asl_table_check(flash + ASL_TABLE_ADDR, ASL_TABLE_LEN, &n) == ASL_OK;
    table.n = 0;
    bool is_read = cam_table_read(flash, CHIP_SIZE, &table);
    require(!is_read || table.n <= CAM_MAX_PARTS);
    (void)cam_table_at(&table, 0x10000);
    (void)cam_table_otadata(&table);
    for (uint32_t i = 0; good && is_read && i < n && i < table.n; i++) {
        struct asl_partition p;
        asl_table_get(flash + ASL_TABLE_ADDR, i, &p);
        require(p.addr == table.part[i].addr && p.size == table.part[i].size);
        require(strcmp(p.label, table.part[i].label) == 0);
    }
}

static void read_image(const uint8_t *data, uint32_t len)
{
    static struct asl_image_verifier v;
    const struct asl_image_rules rules = {.max_len = len};
    struct asl_image_info info;
    struct cam_image image;

    asl_image_verifier_init(&v, &rules);
    (void)asl_image_verifier_feed(&v, data, len);
    enum asl_err err = asl_image_verifier_finish(&v, &info);
    const char *problem = cam_image_check(data, len, &image);
    if (err == ASL_OK) {
        require(problem == NULL && image.len == info.total_len);
        require(memcmp(image.digest, info.hash, sizeof(image.digest)) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > FLASH_SIZE) {
        return 0;
    }
    if ((data[0] & 1) != 0) {
        read_table(data + 1, (uint32_t)size - 1);
    } else {
        read_image(data + 1, (uint32_t)size - 1);
    }
    return 0;
}
