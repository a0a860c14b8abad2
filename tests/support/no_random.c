/* SPDX-License-Identifier: Apache-2.0 */
/* The random numbers that p256-m's key generation would ask for: a program that only verifies never
 * does. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int32_t psa_generate_random(uint8_t *output, size_t output_size);

int32_t psa_generate_random(uint8_t *output, size_t output_size)
{
    (void)output;
    (void)output_size;
    abort();
}
