/* SPDX-License-Identifier: Apache-2.0 */
/* A file packed for the stub flasher, in blocks of LOADER_STUB_BLOCK. Pure. */
#ifndef TOOLS_LOADER_PACK_H
#define TOOLS_LOADER_PACK_H

#include <stdbool.h>
#include <stdint.h>

struct loader_packed {
    uint8_t *data;
    uint32_t len;
    uint32_t n_blocks;
    uint32_t *plain; /* [n_blocks]: plain bytes that the blocks up to and with this one hold */
};

/* Packs data[len] as one zlib stream. Returns false when memory is out. */
bool loader_pack(const uint8_t *data, uint32_t len, struct loader_packed *out);
void loader_packed_free(struct loader_packed *p);
/* How many plain bytes are in flash for certain when the stub has answered n blocks. */
uint32_t loader_packed_in_flash(const struct loader_packed *p, uint32_t n_answered);

#endif
