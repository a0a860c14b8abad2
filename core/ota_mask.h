/* SPDX-License-Identifier: Apache-2.0 */
/* The ota slots of a table as a bit mask (bit i: subtype ota_i), and their rank in it, by which
 * boot records count them. Private to core. */
#ifndef OTA_MASK_H
#define OTA_MASK_H

#include <stdint.h>

/* raw: a checked table. */
uint32_t ota_mask_of(const uint8_t *raw, uint32_t n_entries);
uint32_t ota_mask_count(uint32_t mask);
/* Rank of a subtype, -1 when the mask has none such. */
int ota_mask_index(uint32_t mask, uint32_t subtype);
/* Subtype of the slot with a rank below ota_mask_count(). */
uint8_t ota_mask_subtype(uint32_t mask, uint32_t index);

#endif
