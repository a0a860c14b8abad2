/* SPDX-License-Identifier: Apache-2.0 */
/* The 4 MB default map (configs/partitions_two_ota.csv), for verbs that are asked without a table.
 */
#ifndef TOOLS_DEFAULT_MAP_H
#define TOOLS_DEFAULT_MAP_H

#include <stdint.h>

#include "asl_table.h"

#define DEFAULT_MAP_FLASH_SIZE 0x400000u

/* Builds the table; returns the number of its entries. */
uint32_t default_map_build(uint8_t raw[ASL_TABLE_LEN]);

#endif
