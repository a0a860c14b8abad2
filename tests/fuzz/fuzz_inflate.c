/* SPDX-License-Identifier: Apache-2.0 */
/* The stub's unpacker beside zlib. The first byte is how many bytes come at a time. */
#include <string.h>
#include <zlib.h>

#include "fuzz.h"
#include "inflate.h"

#define OUT_MAX (1u << 18)

static struct {
    const uint8_t *next, *end;
    size_t piece;
    uint8_t out[OUT_MAX], want[OUT_MAX];
    uint32_t n_out;
} run;

static bool refill(struct inflate *z)
{
    size_t left = (size_t)(run.end - run.next);
    size_t n = left < run.piece ? left : run.piece;

    z->in = run.next;
    z->in_end = run.next + n;
    run.next += n;
    return n > 0;
}

static bool take(struct inflate *z, const uint8_t *data, uint32_t len)
{
    (void)z;
    if (len > OUT_MAX - run.n_out) {
        return false;
    }
    memcpy(run.out + run.n_out, data, len);
    run.n_out += len;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct inflate z;

    if (size < 1) {
        return 0;
    }
    run.next = data + 1;
    run.end = data + size;
    run.piece = data[0] + 1u;
    run.n_out = 0;
    z.in = z.in_end = NULL;
    z.refill = refill;
    z.flush = take;
    enum inflate_result result = inflate_run(&z);

    z_stream theirs = {.next_in = (uint8_t *)(uintptr_t)(data + 1),
                       .avail_in = (uInt)(size - 1),
                       .next_out = run.want,
                       .avail_out = OUT_MAX};
    require(inflateInit(&theirs) == Z_OK);
    bool is_good = inflate(&theirs, Z_FINISH) == Z_STREAM_END;
    size_t n = theirs.total_out;
    inflateEnd(&theirs);
    require(is_good == (result == INFLATE_DONE));
    require(!is_good || (n == run.n_out && memcmp(run.out, run.want, n) == 0));
    return 0;
}
