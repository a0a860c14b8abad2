/* SPDX-License-Identifier: Apache-2.0 */
/* An OpenSSL library context whose randomness comes from a seed: nonces, ephemeral keys, salts and
 * blinding repeat from run to run. Only for a network that is not there: nothing is secret in it.
 */
#ifndef VB_PEER_RAND_H
#define VB_PEER_RAND_H

#include <openssl/types.h>
#include <stdint.h>

#include "peer_rng.h"

/* rng outlives the context. Returns NULL when OpenSSL refuses; free with OSSL_LIB_CTX_free(). */
OSSL_LIB_CTX *vb_peer_rand_new_context(struct vb_rng *rng);

#endif
