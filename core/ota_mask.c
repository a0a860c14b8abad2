/* SPDX-License-Identifier: Apache-2.0 */
#include "ota_mask.h"

#include "asl_table.h"

uint32_t ota_mask_of(const uint8_t *raw, uint32_t n_entries)
{
    struct asl_partition p;
    uint32_t mask = 0;

    for (uint32_t i = 0; i < n_entries; i++) {
        asl_table_get(raw, i, &p);
        if (asl_partition_is_ota(&p)) {
            mask |= 1u << (p.subtype - ASL_APP_OTA_0);
        }
    }
    return mask;
}

uint32_t ota_mask_count(uint32_t mask)
{
    uint32_t n = 0;

    for (; mask != 0; mask &= mask - 1u) {
        n++;
    }
    return n;
}

int ota_mask_index(uint32_t mask, uint32_t subtype)
{
    uint32_t bit = subtype - ASL_APP_OTA_0;

    if (bit >= ASL_APP_OTA_MAX || (mask >> bit & 1u) == 0) {
        return -1;
    }
    return (int)ota_mask_count(mask & ((1u << bit) - 1u));
}

uint8_t ota_mask_subtype(uint32_t mask, uint32_t index)
{
    uint32_t bit = 0;

    for (; index > 0; index--) {
        mask &= mask - 1u;
    }
    while ((mask >> bit & 1u) == 0) {
        bit++;
    }
    return (uint8_t)(ASL_APP_OTA_0 + bit);
}
