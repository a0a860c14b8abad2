/* SPDX-License-Identifier: Apache-2.0 */
/* What the fuzz entries share. A broken promise is told and aborts, under the fuzzer as in the
 * replay. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void require_(bool ok, const char *what, const char *file, int line)
{
    if (!ok) {
        fprintf(stderr, "%s:%d: broken: %s\n", file, line, what);
        abort();
    }
}
#define require(ok) require_((ok), #ok, __FILE__, __LINE__)

#endif
