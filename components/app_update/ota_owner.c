/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's rules from the configuration, handed to core. */
#include "ota_owner.h"

#include <stddef.h>
#include <string.h>

#include "esp_log.h"
#include "esp_ota_ops.h"
#include "sdkconfig.h"

#ifdef CONFIG_OTA_SAME_PROJECT
#define SAME_PROJECT true
#else
#define SAME_PROJECT false
#endif

void ota_owner_rules(struct asl_owner_rules *rules)
{
    memset(rules, 0, sizeof(*rules));
    rules->project = SAME_PROJECT ? esp_ota_get_app_description()->project_name : NULL;
    rules->min_version = CONFIG_OTA_MIN_SECURE_VERSION;
}

enum asl_err ota_owner_accept(void *ctx, const uint8_t *first, uint32_t len)
{
    struct asl_update *update = ctx;
    struct asl_owner_rules rules;
    struct asl_claims claims;

    ota_owner_rules(&rules);
    enum asl_err err = asl_owner_judge(&rules, first, len, update->config.slot_size,
                                       update->config.image_len, &claims);
    if (err == ASL_OK && rules.n_keys != 0) {
        asl_update_expect(update, claims.digest);
    }
    return err;
}

void ota_owner_say_off(const char *tag)
{
    struct asl_owner_rules rules;

    ota_owner_rules(&rules);
    if (rules.project == NULL || rules.min_version == 0 || rules.n_keys == 0) {
        ESP_LOGI(tag, "owner's rules that are off:%s%s%s", rules.n_keys == 0 ? " signature" : "",
                 rules.project == NULL ? " same-project" : "",
                 rules.min_version == 0 ? " minimum-version" : "");
    }
}
