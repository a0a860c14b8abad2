/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's rules: what a device accepts beyond a sound image. */
#include <stddef.h>
#include <string.h>

#include "asl_claims.h"
#include "asl_image.h"

static enum asl_err judge_identity(const struct asl_owner_rules *rules, const char *project,
                                   uint32_t secure_version)
{
    if (rules->project != NULL && strcmp(rules->project, project) != 0) {
        return ASL_ERR_RULE_PROJECT;
    }
    return secure_version < rules->min_version ? ASL_ERR_RULE_VERSION : ASL_OK;
}

static enum asl_err judge_size(const struct asl_claims *claims, uint32_t slot_size,
                               uint32_t image_len)
{
    bool differs = image_len != 0 && image_len != claims->image_len;

    return differs || claims->image_len > slot_size ? ASL_ERR_CLAIMS_SIZE : ASL_OK;
}

/* Two readers of one image must not learn two things from it. */
static bool agrees(const struct asl_claims *claims, const struct asl_app_desc *desc)
{
    return desc->present && desc->secure_version == claims->secure_version &&
           strcmp(desc->project_name, claims->project) == 0 &&
           strcmp(desc->version, claims->version) == 0;
}

static enum asl_err judge_signed(const struct asl_owner_rules *rules, const uint8_t *first,
                                 uint32_t len, const struct asl_app_desc *desc,
                                 struct asl_claims *claims)
{
    if (len < ASL_CLAIMS_GATE_LEN) {
        return ASL_ERR_CLAIMS_MISSING;
    }
    enum asl_err err = asl_claims_verify(first + ASL_CLAIMS_OFF, rules->key, rules->n_keys, claims);
    if (err != ASL_OK) {
        return err;
    }
    if (!agrees(claims, desc)) {
        return ASL_ERR_CLAIMS_DESC;
    }
    return rules->board != NULL && strcmp(rules->board, claims->board) != 0 ? ASL_ERR_CLAIMS_BOARD
                                                                            : ASL_OK;
}

/* Reads the descriptor where our images have it, first in segment 0. */
static void get_desc(const uint8_t *first, uint32_t len, struct asl_app_desc *desc)
{
    if (len >= ASL_CLAIMS_OFF) {
        asl_app_desc_parse(first + ASL_IMAGE_DESC_OFF, desc);
    } else {
        memset(desc, 0, sizeof(*desc));
    }
}

enum asl_err asl_owner_judge(const struct asl_owner_rules *rules, const uint8_t *first,
                             uint32_t len, uint32_t slot_size, uint32_t image_len,
                             struct asl_claims *claims)
{
    struct asl_app_desc desc;
    enum asl_err err = ASL_OK;

    get_desc(first, len, &desc);
    if (rules->n_keys != 0) {
        err = judge_signed(rules, first, len, &desc, claims);
        if (err == ASL_OK) {
            err = judge_size(claims, slot_size, image_len);
        }
    } else if (!desc.present && (rules->project != NULL || rules->min_version != 0)) {
        err = ASL_ERR_IMAGE_DESC;
    }
    return err == ASL_OK ? judge_identity(rules, desc.project_name, desc.secure_version) : err;
}
