/* SPDX-License-Identifier: Apache-2.0 */
#include "default_map.h"

static const struct asl_partition map[] = {
    {ASL_TYPE_DATA, ASL_DATA_NVS, 0x9000, 0x4000, "nvs", 0},
    {ASL_TYPE_DATA, ASL_DATA_OTA, 0xd000, 0x2000, "otadata", 0},
    {ASL_TYPE_DATA, ASL_DATA_PHY, 0xf000, 0x1000, "phy_init", 0},
    {ASL_TYPE_APP, ASL_APP_FACTORY, 0x10000, 0xf0000, "factory", 0},
    {ASL_TYPE_APP, ASL_APP_OTA_0, 0x110000, 0xf0000, "ota_0", 0},
    {ASL_TYPE_APP, ASL_APP_OTA_0 + 1, 0x210000, 0xf0000, "ota_1", 0},
};
#define N_ENTRIES (sizeof(map) / sizeof(map[0]))

uint32_t default_map_build(uint8_t raw[ASL_TABLE_LEN])
{
    asl_table_build(map, N_ENTRIES, false, raw);
    return N_ENTRIES;
}
