/* SPDX-License-Identifier: Apache-2.0 */
#include "otadata_file.h"

#include <string.h>

static enum asl_err read_memory(void *ctx, uint32_t addr, void *dst, uint32_t len)
{
    memcpy(dst, (const uint8_t *)ctx + addr, len);
    return ASL_OK;
}

void otadata_file_take(const uint8_t *bytes, size_t len, struct asl_otadata_sector sector[2])
{
    uint8_t whole[OTADATA_FILE_LEN];
    const struct asl_flash flash = {.read = read_memory, .ctx = whole, .size = sizeof(whole)};

    memset(whole, 0xff, sizeof(whole));
    memcpy(whole, bytes, len < sizeof(whole) ? len : sizeof(whole));
    (void)asl_otadata_read(&flash, 0, sector); /* reading memory does not fail */
}
