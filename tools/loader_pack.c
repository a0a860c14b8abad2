/* SPDX-License-Identifier: Apache-2.0 */
#include "loader_pack.h"

#include <stdlib.h>
#include <zlib.h>

#include "loader.h"

/* Fact: what the stub may still hold back of what it has unpacked. */
#define STUB_HOLDS_BACK 2048u

void loader_packed_free(struct loader_packed *p)
{
    free(p->data);
    free(p->plain);
}

/* Unpacks block by block, only to count. */
static bool count_plain(struct loader_packed *p)
{
    uint8_t sink[4096];
    z_stream z = {.next_in = p->data};
    int result = inflateInit(&z);

    for (uint32_t i = 0; result == Z_OK && i < p->n_blocks; i++) {
        uint32_t left = p->len - i * LOADER_STUB_BLOCK;
        z.avail_in = left < LOADER_STUB_BLOCK ? left : LOADER_STUB_BLOCK;
        do {
            z.next_out = sink;
            z.avail_out = sizeof(sink);
            result = inflate(&z, Z_NO_FLUSH);
        } while (result == Z_OK && (z.avail_in > 0 || z.avail_out == 0));
        /* No progress possible: the block is used up. */
        result = result == Z_BUF_ERROR ? Z_OK : result;
        p->plain[i] = (uint32_t)z.total_out;
    }
    inflateEnd(&z);
    return result == Z_STREAM_END;
}

bool loader_pack(const uint8_t *data, uint32_t len, struct loader_packed *out)
{
    uLongf n = compressBound(len);

    out->data = malloc(n);
    out->plain = NULL;
    if (out->data != NULL && compress2(out->data, &n, data, len, Z_BEST_COMPRESSION) == Z_OK) {
        out->len = (uint32_t)n;
        out->n_blocks = (out->len + LOADER_STUB_BLOCK - 1) / LOADER_STUB_BLOCK;
        out->plain = calloc(out->n_blocks, sizeof(out->plain[0]));
    }
    if (out->plain == NULL || !count_plain(out)) {
        loader_packed_free(out);
        return false;
    }
    return true;
}

/* A block that is answered has been begun; those before it are unpacked. */
uint32_t loader_packed_in_flash(const struct loader_packed *p, uint32_t n_answered)
{
    uint32_t plain = n_answered >= 2 ? p->plain[n_answered - 2] : 0;

    return plain > STUB_HOLDS_BACK ? plain - STUB_HOLDS_BACK : 0;
}
