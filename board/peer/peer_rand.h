/* SPDX-License-Identifier: Apache-2.0 */
/* An OpenSSL library context whose randomness comes from a seed: nonces, ephemeral keys, salts and
 * blinding repeat from run to run. Only for a network that is not there: nothing is secret in it.
 */
#ifndef VB_PEER_RAND_H
#define VB_PEER_RAND_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "peer_rng.h"

struct vb_peer_rand {
    OSSL_LIB_CTX *library;
    OSSL_PROVIDER *own, *standard;
};

/* rng outlives it. Errors: false, OpenSSL refuses; nothing is to be closed then. */
bool vb_peer_rand_open(struct vb_peer_rand *rand, struct vb_rng *rng);
/* After everything that was made with the library context. */
void vb_peer_rand_close(struct vb_peer_rand *rand);

#endif
