/* SPDX-License-Identifier: Apache-2.0 */
/* What the owner demands of an image at boot. Two files define it: boot_owner_signed.c where the
 * configuration asks for signatures at boot, boot_owner_any.c elsewhere. */
#ifndef BOOT_OWNER_H
#define BOOT_OWNER_H

#include "airslot/flash.h"
#include "asl_otadata.h"
#include "asl_table.h"

/* Judges the first bytes of the image in a slot, read into scratch[512] (4-aligned). digest
 * receives the signed digest that the rest must have, NULL when no signature is demanded; it lives
 * until the next call. The floor of otadata holds for ota slots: factory, the last way back, is
 * written over the serial line only. Errors: those of asl_owner_judge(), FLASH_READ. */
enum asl_err boot_owner_judge(const struct asl_flash *flash, const struct asl_partition *slot,
                              const struct asl_otadata *otadata, void *scratch,
                              const uint8_t **digest);

#endif
