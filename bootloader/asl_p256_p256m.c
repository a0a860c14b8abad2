/* SPDX-License-Identifier: Apache-2.0 */
/* core's signature check in the bootloader: p256-m of the mbedTLS sources, small and without heap.
 */
#include "asl_crypto.h"
#include "p256-m.h"

enum asl_err asl_p256_verify(const uint8_t pub[64], const uint8_t digest[32], const uint8_t sig[64])
{
    return p256_ecdsa_verify(sig, pub, digest, 32) == P256_SUCCESS ? ASL_OK
                                                                   : ASL_ERR_CLAIMS_SIGNATURE;
}
