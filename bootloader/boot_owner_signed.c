/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures at boot, with the keys that this bootloader was built with. */
#include "boot_owner.h"

#include <stddef.h>
#include <string.h>

#include "asl_claims.h"
#include "sdkconfig.h"
#include "trusted_keys.h"

static struct asl_claims claims;

static uint32_t floor_of(const struct asl_partition *slot, const struct asl_otadata *otadata)
{
#ifdef CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK
    struct asl_otadata_choice choice;

    asl_otadata_carry(otadata, &choice);
    return slot->subtype == ASL_APP_FACTORY ? 0 : choice.floor;
#else
    (void)slot;
    (void)otadata;
    return 0;
#endif
}

enum asl_err boot_owner_judge(const struct asl_flash *flash, const struct asl_partition *slot,
                              const struct asl_otadata *otadata, void *scratch,
                              const uint8_t **digest)
{
    const struct asl_owner_rules rules = {
        .key = trusted_keys,
        .n_keys = sizeof(trusted_keys) / sizeof(trusted_keys[0]),
        .board = CONFIG_OTA_BOARD_ID[0] != '\0' ? CONFIG_OTA_BOARD_ID : NULL,
        .min_version = floor_of(slot, otadata),
    };
    enum asl_err err = flash->read(flash->ctx, slot->addr, scratch, ASL_CLAIMS_GATE_LEN);

    *digest = NULL;
    if (err == ASL_OK) {
        err = asl_owner_judge(&rules, scratch, ASL_CLAIMS_GATE_LEN, slot->size, 0, &claims);
    }
    if (err == ASL_OK) {
        *digest = claims.digest;
    }
    return err;
}
