/* SPDX-License-Identifier: Apache-2.0 */
/* core's signature check in an application: mbedTLS, whose curve arithmetic TLS links anyway. Takes
 * some 4 KB of heap while it runs. */
#include "asl_crypto.h"
#include "mbedtls/ecdsa.h"

#define SCALAR_LEN 32u
#define COORD_LEN  32u

/* Reads x and y; the curve's own check refuses what is no point of it. */
static int read_key(const mbedtls_ecp_group *group, const uint8_t pub[64], mbedtls_ecp_point *key)
{
    uint8_t raw[1 + 2 * COORD_LEN] = {4}; /* uncompressed */

    for (uint32_t i = 0; i < 2 * COORD_LEN; i++) {
        raw[1 + i] = pub[i];
    }
    int err = mbedtls_ecp_point_read_binary(group, key, raw, sizeof(raw));
    return err != 0 ? err : mbedtls_ecp_check_pubkey(group, key);
}

/* Out of memory nothing is known of the signature. */
static enum asl_err judge(int err)
{
    if (err == MBEDTLS_ERR_MPI_ALLOC_FAILED || err == MBEDTLS_ERR_ECP_ALLOC_FAILED) {
        return ASL_ERR_NO_MEM;
    }
    return err == 0 ? ASL_OK : ASL_ERR_CLAIMS_SIGNATURE;
}

enum asl_err asl_p256_verify(const uint8_t pub[64], const uint8_t digest[32], const uint8_t sig[64])
{
    mbedtls_ecp_group group;
    mbedtls_ecp_point key;
    mbedtls_mpi r, s;

    mbedtls_ecp_group_init(&group);
    mbedtls_ecp_point_init(&key);
    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
    int err = mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1);
    if (err == 0) {
        err = read_key(&group, pub, &key);
    }
    if (err == 0) {
        err = mbedtls_mpi_read_binary(&r, sig, SCALAR_LEN);
    }
    if (err == 0) {
        err = mbedtls_mpi_read_binary(&s, sig + SCALAR_LEN, SCALAR_LEN);
    }
    if (err == 0) {
        err = mbedtls_ecdsa_verify(&group, digest, 32, &key, &r, &s);
    }
    mbedtls_mpi_free(&s);
    mbedtls_mpi_free(&r);
    mbedtls_ecp_point_free(&key);
    mbedtls_ecp_group_free(&group);
    return judge(err);
}
