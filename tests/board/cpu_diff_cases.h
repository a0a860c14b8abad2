/* SPDX-License-Identifier: Apache-2.0 */
/* Random cases for the CPU comparison: one instruction in a state arranged for it, and up to three
 * more that take any state. Written from the machine sheet, apart from the board's decoder. */
#ifndef CPU_DIFF_CASES_H
#define CPU_DIFF_CASES_H

#include <stdint.h>

#include "cpu_diff.h"

struct diff_case {
    uint8_t code[DIFF_SLOT_LEN];
    uint32_t data[DIFF_DATA_WORDS];
    uint32_t sr[DIFF_CASE_N_SR];
    uint32_t a[16];
};
_Static_assert(sizeof(struct diff_case) == DIFF_CASE_LEN, "the guest walks over cases");

unsigned diff_n_instructions(void);
const char *diff_instruction_name(unsigned index);
/* Makes the case of one instruction; rng is the state of the generator, never 0. */
void diff_make_case(struct diff_case *c, unsigned index, uint64_t *rng);

#endif
