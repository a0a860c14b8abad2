/* SPDX-License-Identifier: Apache-2.0 */
/* What `airslot otadata show` knows of a device, and its two ways of telling. */
#ifndef TOOLS_OTADATA_VIEW_H
#define TOOLS_OTADATA_VIEW_H

#include "asl_boot.h"
#include "table_file.h"

struct otadata_image {
    enum asl_err err;
    bool can_confirm;
};

struct otadata_view {
    const char *path;
    struct table_file table;
    const uint8_t *otadata; /* n_otadata bytes of it */
    size_t n_otadata;
    struct asl_otadata_sector sector[2];
    struct asl_boot_plan plan;
    uint32_t flash_size;
    const uint8_t *flash; /* whole flash, NULL when the file is a dump of otadata */
    struct otadata_image image[ASL_BOOT_MAX_CANDIDATES]; /* of each candidate, with flash only */
};

/* The record's CRC field, and the one that its sequence has. */
uint32_t otadata_stored_crc(const uint8_t *record);
uint32_t otadata_right_crc(const uint8_t *record);
/* Index of the candidate that boots, -1 when none does. Without images: the first. */
int otadata_winner(const struct otadata_view *view);
/* What the bootloader writes before it starts the winner; START without images. */
enum asl_boot_act otadata_act(const struct otadata_view *view, int winner);

void otadata_print_text(const struct otadata_view *view);
void otadata_print_json(const struct otadata_view *view);

#endif
