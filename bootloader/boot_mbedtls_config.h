/* SPDX-License-Identifier: Apache-2.0 */
/* All that the bootloader takes of mbedTLS: SHA-256. */
#ifndef BOOT_MBEDTLS_CONFIG_H
#define BOOT_MBEDTLS_CONFIG_H

#define MBEDTLS_SHA256_C

#endif
