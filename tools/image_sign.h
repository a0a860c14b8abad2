/* SPDX-License-Identifier: Apache-2.0 */
/* Signs an image. Bytes in, bytes out; what it returns has passed core's own check. */
#ifndef TOOLS_IMAGE_SIGN_H
#define TOOLS_IMAGE_SIGN_H

#include "asl_claims.h"
#include "io.h"
#include "signing_key.h"

struct sign_options {
    const char *board;
    bool has_min_version; /* otherwise the image's own secure version */
    uint32_t min_version;
};

/* Signs the image in place: fills the room of the claims and its own hash, nothing else. Signing a
 * signed image again replaces the claims. Prints the error about path. Fills claims. */
bool image_sign(const char *path, struct bytes *image, EVP_PKEY *key,
                const struct sign_options *options, struct asl_claims *claims);

#endif
