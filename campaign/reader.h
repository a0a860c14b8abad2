/* SPDX-License-Identifier: Apache-2.0 */
/* The judge's own readers of what stands in flash (docs/format.md), written from the drawing and
 * not through core: whoever is judged must not read the evidence. */
#ifndef CAM_READER_H
#define CAM_READER_H

#include <stdbool.h>
#include <stdint.h>

#define CAM_MAX_PARTS 95u
#define CAM_TYPE_APP  0u

struct cam_part {
    uint8_t type, subtype;
    uint32_t addr, size;
    char label[17];
};

struct cam_table {
    struct cam_part part[CAM_MAX_PARTS];
    unsigned n;
};

struct cam_image {
    uint32_t len; /* with its hash */
    uint8_t digest[32];
};

/* Reads the partition table of a flash chip's contents. Errors: false: there is none, or a
 * partition leaves the chip. */
bool cam_table_read(const uint8_t *flash, uint32_t flash_size, struct cam_table *out);
/* The partition that holds addr; NULL when none does. */
const struct cam_part *cam_table_at(const struct cam_table *table, uint32_t addr);
/* The one data partition of subtype ota, two sectors or more; NULL when there is none. */
const struct cam_part *cam_table_otadata(const struct cam_table *table);

/* NULL when an application image stands complete in slot[size] and its SHA-256 is right; otherwise
 * why not, in words. */
const char *cam_image_check(const uint8_t *slot, uint32_t size, struct cam_image *out);

/* State words of a boot record. */
#define CAM_STATE_NEW       0u
#define CAM_STATE_PENDING   1u
#define CAM_STATE_UNDEFINED UINT32_MAX

/* The slot that the two records name by the SDK's rule (higher sequence whose CRC is right, states
 * INVALID and ABORTED passed over), and the state of that record (may be NULL); without such a
 * record the factory slot, state UNDEFINED, or NULL when the table has none. */
const struct cam_part *cam_choice(const struct cam_table *table, const uint8_t *otadata,
                                  uint32_t *state);

#endif
