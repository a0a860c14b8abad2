/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's rules from the configuration, handed to core. */
#include "ota_owner.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "esp_log.h"
#include "esp_ota_ops.h"
#include "ota_view.h"
#include "sdkconfig.h"

#ifdef CONFIG_OTA_SIGNATURE_REQUIRED
#include "trusted_keys.h"
#define TRUSTED_KEYS   trusted_keys
#define N_TRUSTED_KEYS (sizeof(trusted_keys) / sizeof(trusted_keys[0]))
#define BOARD_ID       CONFIG_OTA_BOARD_ID
#else
#define TRUSTED_KEYS   NULL
#define N_TRUSTED_KEYS 0
#define BOARD_ID       ""
#endif

#ifdef CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK
#define ANTI_ROLLBACK true
#else
#define ANTI_ROLLBACK false
#endif

#ifdef CONFIG_OTA_SAME_PROJECT
#define SAME_PROJECT true
#else
#define SAME_PROJECT false
#endif

/* The greatest floor of the valid records. */
static enum asl_err read_floor(uint32_t *floor)
{
    enum asl_err err;
    struct ota_view *view = ota_view_open(&err);
    struct asl_otadata_choice choice;

    if (view == NULL) {
        return err;
    }
    asl_otadata_carry(&view->plan.otadata, &choice);
    free(view);
    *floor = choice.floor;
    return ASL_OK;
}

enum asl_err ota_owner_rules(struct asl_owner_rules *rules)
{
    uint32_t floor = 0;
    enum asl_err err = ANTI_ROLLBACK ? read_floor(&floor) : ASL_OK;

    memset(rules, 0, sizeof(*rules));
    rules->key = TRUSTED_KEYS;
    rules->n_keys = N_TRUSTED_KEYS;
    rules->board = BOARD_ID[0] != '\0' ? BOARD_ID : NULL;
    rules->project = SAME_PROJECT ? esp_ota_get_app_description()->project_name : NULL;
    rules->min_version = CONFIG_OTA_MIN_SECURE_VERSION;
    rules->min_version = floor > rules->min_version ? floor : rules->min_version;
    return err;
}

bool ota_owner_wants_signature(void)
{
    return N_TRUSTED_KEYS != 0;
}

enum asl_err ota_owner_judge(const uint8_t *first, uint32_t len, uint32_t slot_size,
                             uint32_t image_len, struct asl_claims *claims)
{
    struct asl_owner_rules rules;
    enum asl_err err = ota_owner_rules(&rules);

    return err == ASL_OK ? asl_owner_judge(&rules, first, len, slot_size, image_len, claims) : err;
}

enum asl_err ota_owner_accept(struct asl_update *update, const uint8_t *first, uint32_t len)
{
    struct asl_claims claims;
    enum asl_err err =
        ota_owner_judge(first, len, update->config.slot_size, update->config.image_len, &claims);

    if (err == ASL_OK && ota_owner_wants_signature()) {
        asl_update_expect(update, claims.digest);
    }
    return err;
}

void ota_owner_say_off(const char *tag)
{
    struct asl_owner_rules rules;

    if (ota_owner_rules(&rules) != ASL_OK) {
        return;
    }
    if (rules.project == NULL || rules.min_version == 0 || rules.n_keys == 0) {
        ESP_LOGI(tag, "owner's rules that are off:%s%s%s", rules.n_keys == 0 ? " signature" : "",
                 rules.project == NULL ? " same-project" : "",
                 rules.min_version == 0 ? " minimum-version" : "");
    }
}

uint32_t ota_owner_floor_on_confirm(void)
{
    uint32_t raw[ASL_CLAIMS_LEN / 4u];
    struct asl_claims claims;

    if (!ANTI_ROLLBACK) {
        return 0;
    }
    ota_own_claims(raw);
    return asl_claims_parse((const uint8_t *)raw, &claims) == ASL_OK
               ? claims.min_version
               : esp_ota_get_app_description()->secure_version;
}
