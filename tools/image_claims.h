/* SPDX-License-Identifier: Apache-2.0 */
/* What an image file says in its signed claims, and whether it keeps to them. */
#ifndef TOOLS_IMAGE_CLAIMS_H
#define TOOLS_IMAGE_CLAIMS_H

#include <jansson.h>

#include "asl_claims.h"
#include "io.h"

/* Judges a sound application image by an owner's rules, then its signed digest; claims (may be
 * NULL) is filled on success. Errors: those of asl_owner_judge, CLAIMS_DIGEST. */
enum asl_err image_judge_owner(const struct bytes *image, const struct asl_owner_rules *rules,
                               struct asl_claims *claims);

/* The claims of an image, whoever signed them, held against its bytes. Errors: CLAIMS_MISSING,
 * CLAIMS_FORMAT, CLAIMS_SIZE, CLAIMS_DIGEST; claims is filled but for the first two. */
enum asl_err image_read_claims(const struct bytes *image, struct asl_claims *claims);

/* Print the result of image_read_claims(). */
void image_print_claims(enum asl_err err, const struct asl_claims *claims);
json_t *image_json_claims(enum asl_err err, const struct asl_claims *claims);

#endif
