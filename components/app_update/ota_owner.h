/* SPDX-License-Identifier: Apache-2.0 */
/* What the owner of this device accepts (menuconfig, Application update), asked before the first
 * erase. */
#ifndef OTA_OWNER_H
#define OTA_OWNER_H

#include "asl_claims.h"
#include "asl_update.h"

/* The rules of this build; NULL and 0 in every field that is off. */
void ota_owner_rules(struct asl_owner_rules *rules);

/* The accept hook of asl_update_config; ctx is the struct asl_update itself. Errors: those of
 * asl_owner_judge(). */
enum asl_err ota_owner_accept(void *ctx, const uint8_t *first, uint32_t len);

/* Logs one line that names the rules that are off, none when all are on. */
void ota_owner_say_off(const char *tag);

#endif
