/* SPDX-License-Identifier: Apache-2.0 */
/* What the owner of this device accepts (menuconfig, Application update), asked before the first
 * erase. */
#ifndef OTA_OWNER_H
#define OTA_OWNER_H

#include "asl_claims.h"
#include "asl_update.h"

/* The rules of this build and the floor in the boot record; NULL and 0 in every field that is off.
 * Errors: those of ota_view_open(), when the floor cannot be read. */
enum asl_err ota_owner_rules(struct asl_owner_rules *rules);

/* True when images must be signed. */
bool ota_owner_wants_signature(void);
/* asl_owner_judge() with the rules of this build. Errors: as that, and of ota_owner_rules(). */
enum asl_err ota_owner_judge(const uint8_t *first, uint32_t len, uint32_t slot_size,
                             uint32_t image_len, struct asl_claims *claims);

/* Judges the first bytes of an update, and holds it to the signed digest where one is required.
 * Errors: those of ota_owner_judge(). */
enum asl_err ota_owner_accept(struct asl_update *update, const uint8_t *first, uint32_t len);

/* Logs one line that names the rules that are off, none when all are on. */
void ota_owner_say_off(const char *tag);

/* What the device's floor becomes when the running image confirms itself: the minimum version of
 * its signed claims, its secure version without claims, 0 where the floor is off. */
uint32_t ota_owner_floor_on_confirm(void);

/* Copies the running image's room of signed claims; in app_desc.c. */
void ota_own_claims(uint32_t raw[ASL_CLAIMS_LEN / 4u]);

#endif
