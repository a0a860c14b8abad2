/* SPDX-License-Identifier: Apache-2.0 */
/* rand and srand: a 32-bit linear congruential sequence, its better upper bits returned. Not the
 * numbers of the mask ROM, and never for secrets. */
#include "rom.h"

static uint32_t state;

void srand(unsigned seed);
void srand(unsigned seed)
{
    state = seed;
}

int rand(void);
int rand(void)
{
    uint32_t high;
    state = state * 1664525u + 1013904223u;
    high = state >> 16;
    state = state * 1664525u + 1013904223u;
    return (int)((high << 15 ^ state >> 16) & 0x7FFFFFFF);
}
