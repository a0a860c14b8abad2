/* SPDX-License-Identifier: Apache-2.0 */
/* Speed program: Collatz chains and insertion sort, the branches of everything else. */
#include <stdint.h>

#define CHAINS 20000u
#define SORTED 1200u
#define ROUNDS 150u

static uint32_t longest_chain(void)
{
    uint32_t longest = 0;
    for (uint32_t start = 1; start < CHAINS; start++) {
        uint32_t steps = 0;
        for (uint32_t n = start; n != 1; steps++) {
            n = (n & 1) == 0 ? n >> 1 : 3 * n + 1;
        }
        if (steps > longest) {
            longest = steps;
        }
    }
    return longest;
}

static void insertion_sort(uint16_t *a, unsigned n)
{
    for (unsigned i = 1; i < n; i++) {
        uint16_t value = a[i];
        unsigned k = i;
        while (k > 0 && a[k - 1] > value) {
            a[k] = a[k - 1];
            k--;
        }
        a[k] = value;
    }
}

uint32_t bench_main(void);
uint32_t bench_main(void)
{
    static uint16_t a[SORTED];
    uint32_t x = 1;
    uint32_t sum = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < SORTED; i++) {
            x = x * 1664525 + 1013904223;
            a[i] = (uint16_t)(x >> 16);
        }
        insertion_sort(a, SORTED);
        sum = sum * 31 + a[SORTED / 2] + longest_chain();
    }
    return sum;
}
