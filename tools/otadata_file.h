/* SPDX-License-Identifier: Apache-2.0 */
/* The two sectors of otadata out of bytes that stand in memory. */
#ifndef TOOLS_OTADATA_FILE_H
#define TOOLS_OTADATA_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "asl_otadata.h"

#define OTADATA_FILE_LEN (2u * ASL_SECTOR_SIZE)
/* Starts of a trial as the bootloader is configured by default (CONFIG_APP_TRIAL_STARTS). */
#define OTADATA_FILE_STARTS 3u

/* Takes bytes[len]; what a shorter dump leaves out counts as blank. */
void otadata_file_take(const uint8_t *bytes, size_t len, struct asl_otadata_sector sector[2]);

#endif
