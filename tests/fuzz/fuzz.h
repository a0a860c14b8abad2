/* SPDX-License-Identifier: Apache-2.0 */
/* What the fuzz entries share. A broken promise aborts, under the fuzzer as in the replay. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void require(bool ok)
{
    if (!ok) {
        abort();
    }
}

#endif
