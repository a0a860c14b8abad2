/* SPDX-License-Identifier: Apache-2.0 */
#include "image_claims.h"

#include <stdio.h>

#include "asl_err.h"
#include "asl_image.h"

/* Holds the whole file to the signed digest. */
static enum asl_err judge_digest(const struct bytes *image, const struct asl_claims *claims)
{
    const struct asl_image_rules rules = {.max_len = (uint32_t)image->len, .exact_len = true};
    struct asl_image_verifier v;

    if (image->len != claims->image_len) {
        return ASL_ERR_CLAIMS_SIZE;
    }
    asl_image_verifier_init(&v, &rules);
    asl_image_verifier_expect(&v, claims->digest);
    asl_image_verifier_feed(&v, image->data, (uint32_t)image->len);
    return asl_image_verifier_finish(&v, NULL);
}

enum asl_err image_judge_owner(const struct bytes *image, const struct asl_owner_rules *rules,
                               struct asl_claims *claims)
{
    struct asl_claims seen;
    uint32_t len = (uint32_t)image->len;
    enum asl_err err = asl_owner_judge(rules, image->data, len, len, len, &seen);

    if (err == ASL_OK && rules->n_keys != 0) {
        err = judge_digest(image, &seen);
        if (err == ASL_OK && claims != NULL) {
            *claims = seen;
        }
    }
    return err;
}

enum asl_err image_read_claims(const struct bytes *image, struct asl_claims *claims)
{
    enum asl_err err = ASL_ERR_CLAIMS_MISSING;

    if (image->len >= ASL_CLAIMS_GATE_LEN) {
        err = asl_claims_parse(image->data + ASL_CLAIMS_OFF, claims);
    }
    return err == ASL_OK ? judge_digest(image, claims) : err;
}

static bool has_claims(enum asl_err err)
{
    return err != ASL_ERR_CLAIMS_MISSING && err != ASL_ERR_CLAIMS_FORMAT;
}

void image_print_claims(enum asl_err err, const struct asl_claims *claims)
{
    char id[2 * ASL_KEY_ID_LEN + 1];

    if (!has_claims(err)) {
        printf("signed:      no%s%s\n", err == ASL_ERR_CLAIMS_FORMAT ? ": " : "",
               err == ASL_ERR_CLAIMS_FORMAT ? asl_err_text(err) : "");
        return;
    }
    printf("signed:      by key %s for board '%s', minimum version %u\n",
           io_hex(claims->key_id, sizeof(claims->key_id), id), claims->board, claims->min_version);
    printf("             %s; the signature is not checked here (image verify --trust)\n",
           err == ASL_OK ? "its digest matches" : asl_err_text(err));
}

static json_t *json_text(const char *text)
{
    json_t *value = json_string(text);

    return value != NULL ? value : json_string("(not UTF-8)");
}

json_t *image_json_claims(enum asl_err err, const struct asl_claims *claims)
{
    char id[2 * ASL_KEY_ID_LEN + 1], digest[2 * ASL_IMAGE_HASH_LEN + 1];

    if (!has_claims(err)) {
        return json_null();
    }
    return json_pack(
        "{s:s,s:o,s:o,s:o,s:I,s:I,s:I,s:s,s:b}", "key_id",
        io_hex(claims->key_id, sizeof(claims->key_id), id), "project", json_text(claims->project),
        "version", json_text(claims->version), "board", json_text(claims->board), "secure_version",
        (json_int_t)claims->secure_version, "minimum_version", (json_int_t)claims->min_version,
        "image_length", (json_int_t)claims->image_len, "digest",
        io_hex(claims->digest, sizeof(claims->digest), digest), "digest_matches", err == ASL_OK);
}
