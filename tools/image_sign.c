/* SPDX-License-Identifier: Apache-2.0 */
#include "image_sign.h"

#include <stdio.h>
#include <string.h>

#include "asl_crypto.h"
#include "asl_err.h"
#include "image_claims.h"
#include "image_info.h"

#define ROOM(image) ((image)->data + ASL_CLAIMS_OFF)

static void sha256(const uint8_t *data, uint32_t len, uint8_t digest[32])
{
    struct asl_digest d;

    asl_sha256_init(&d);
    asl_sha256_update(&d, data, len);
    asl_sha256_final(&d, digest);
}

/* True when the claims' place belongs to segment 0 and holds nothing but claims. */
static bool has_room(const struct bytes *image, const struct asl_image_info *info)
{
    struct asl_claims old;
    struct asl_app_desc desc;

    if (info->segment[0].len < ASL_APP_DESC_LEN + ASL_CLAIMS_LEN) {
        return false;
    }
    asl_app_desc_parse(image->data + ASL_IMAGE_DESC_OFF, &desc);
    return desc.present &&
           (asl_claims_is_room(ROOM(image)) || asl_claims_parse(ROOM(image), &old) == ASL_OK);
}

static bool fill_claims(const char *path, const struct bytes *image,
                        const struct asl_image_info *info, const struct sign_options *options,
                        struct asl_claims *claims)
{
    const struct asl_app_desc *desc = &info->desc;

    memset(claims, 0, sizeof(*claims));
    claims->secure_version = desc->secure_version;
    claims->min_version = options->has_min_version ? options->min_version : desc->secure_version;
    if (claims->min_version > desc->secure_version) {
        io_error(
            "minimum version %u is above the secure version %u of '%s': it would refuse itself",
            claims->min_version, desc->secure_version, path);
        io_hint("set CONFIG_BOOTLOADER_APP_SECURE_VERSION and build it again");
        return false;
    }
    if (options->board[0] == '\0' || strlen(options->board) >= sizeof(claims->board)) {
        io_error("board '%s': 1 to %zu characters", options->board, sizeof(claims->board) - 1);
        return false;
    }
    claims->image_len = (uint32_t)image->len;
    memcpy(claims->version, desc->version, sizeof(claims->version));
    memcpy(claims->project, desc->project_name, sizeof(claims->project));
    memcpy(claims->board, options->board, strlen(options->board));
    return true;
}

/* Room erased, digest taken, claims and signature put, own hash renewed. The checksum byte stays:
 * the XOR over the room is 0 with and without claims. */
static bool seal(struct bytes *image, uint32_t len, EVP_PKEY *key, struct asl_claims *claims)
{
    uint8_t pub[ASL_KEY_LEN], digest[32], sig[ASL_SIGNATURE_LEN];

    if (!signing_key_public(key, pub)) {
        return false;
    }
    asl_key_id(pub, claims->key_id);
    memset(ROOM(image), 0xff, ASL_CLAIMS_LEN);
    sha256(image->data, len, claims->digest);
    asl_claims_put(claims, ROOM(image));
    asl_claims_digest(ROOM(image), digest);
    if (!signing_key_sign(key, digest, sig)) {
        return false;
    }
    asl_claims_put_signature(ROOM(image), sig);
    sha256(image->data, len, image->data + len);
    return true;
}

/* Asks core about the signed image, as a device would. */
static enum asl_err prove(const struct bytes *image, EVP_PKEY *key)
{
    static struct image_report report;
    uint8_t pub[1][ASL_KEY_LEN];
    struct asl_owner_rules rules = {.key = (const uint8_t(*)[ASL_KEY_LEN])pub, .n_keys = 1};

    if (!signing_key_public(key, pub[0])) {
        return ASL_ERR_CLAIMS_KEY;
    }
    image_inspect(image, false, &report);
    return report.err != ASL_OK ? report.err : image_judge_owner(image, &rules, NULL);
}

bool image_sign(const char *path, struct bytes *image, EVP_PKEY *key,
                const struct sign_options *options, struct asl_claims *claims)
{
    static struct image_report report;
    enum asl_err err;

    image_inspect(image, image_is_rom(image), &report);
    err = report.err;
    /* Claims of yesterday may lie about the bytes of today; they are replaced. */
    if (err == ASL_OK && (report.for_rom || !has_room(image, &report.info))) {
        err = ASL_ERR_CLAIMS_NO_ROOM;
    }
    if (err != ASL_OK) {
        io_error_asl(path, err);
        return false;
    }
    if (!fill_claims(path, image, &report.info, options, claims) ||
        !seal(image, report.info.len, key, claims)) {
        return false;
    }
    err = prove(image, key);
    if (err != ASL_OK) {
        io_error_asl(path, err);
    }
    return err == ASL_OK;
}
