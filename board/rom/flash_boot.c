/* SPDX-License-Identifier: Apache-2.0 */
/* Loads an image of RAM segments from flash address 0. Reads blocks of 16 bytes; "room" is what the
 * present block still holds, "tail" what a segment used of its last block. Load addresses are not
 * checked, as in the mask ROM. */
#include "rom.h"

#define IMAGE_MAGIC   0xE9
#define CHECKSUM_SEED 0xEF
#define BLOCK         16u
#define HEADER_WORDS  2u

struct segment {
    uint32_t vaddr;
    uint32_t len;
};

struct loader {
    uint32_t block[BLOCK / 4];
    uint32_t addr; /* flash address of the next block */
    uint32_t used; /* bytes taken of the present one */
    uint8_t checksum;
};

static uint32_t next_block(struct loader *loader)
{
    if (SPIRead(loader->addr, loader->block, BLOCK) != 0) {
        ets_printf("flash read err, %s\n", "SPIRead");
        return 1;
    }
    loader->addr += BLOCK;
    loader->used = 0;
    return 0;
}

static void add_checksum(struct loader *loader, const uint8_t *bytes, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        loader->checksum ^= bytes[i];
    }
}

/* Word-only memory takes whole words: a piece of another length goes byte by byte. */
static void store(uint32_t vaddr, const uint8_t *bytes, uint32_t len)
{
    if (len % 4 == 0 && (uintptr_t)bytes % 4 == 0) {
        for (uint32_t i = 0; i < len; i += 4) {
            *(volatile uint32_t *)(vaddr + i) = *(const uint32_t *)(const void *)(bytes + i);
        }
        return;
    }
    for (uint32_t i = 0; i < len; i++) {
        *(volatile uint8_t *)(vaddr + i) = bytes[i];
    }
}

static uint32_t load_data(struct loader *loader, const struct segment *segment)
{
    uint32_t done = 0;
    while (done < segment->len) {
        if (loader->used == BLOCK && next_block(loader) != 0) {
            return 1;
        }
        uint32_t piece = BLOCK - loader->used;
        if (piece > segment->len - done) {
            piece = segment->len - done;
        }
        const uint8_t *bytes = (const uint8_t *)loader->block + loader->used;
        add_checksum(loader, bytes, piece);
        store(segment->vaddr + done, bytes, piece);
        loader->used += piece;
        done += piece;
    }
    return 0;
}

/* room: as the mask ROM prints it: a fresh block counts 16 before the first segment, 0 later. */
static uint32_t load_segment(struct loader *loader, const struct segment *segment, uint32_t room)
{
    ets_printf("load 0x%08x, len %d, room %d \n", (unsigned)segment->vaddr, (int)segment->len,
               (int)room);
    if (load_data(loader, segment) != 0) {
        return 1;
    }
    ets_printf("tail %d\n", (int)(loader->used % BLOCK));
    ets_printf("chksum 0x%02x\n", loader->checksum);
    return 0;
}

/* The next segment's eight-byte header, which may straddle two blocks. */
static uint32_t read_header(struct loader *loader, struct segment *segment)
{
    uint8_t *bytes = (uint8_t *)segment;
    uint32_t room = BLOCK - loader->used;
    if (room > 0 && room < sizeof *segment) {
        ets_printf("ho %d tail %d room %d\n", 0, (int)loader->used, (int)room);
    }
    for (uint32_t i = 0; i < sizeof *segment; i++) {
        if (loader->used == BLOCK && next_block(loader) != 0) {
            return 1;
        }
        bytes[i] = ((const uint8_t *)loader->block)[loader->used++];
    }
    return 0;
}

/* The checksum is the last byte of the block in which the data ends, or of one more. */
static uint32_t verify_checksum(struct loader *loader)
{
    if (loader->used == BLOCK && next_block(loader) != 0) {
        return 1;
    }
    uint8_t stored = ((const uint8_t *)loader->block)[BLOCK - 1];
    ets_printf("csum 0x%02x\n", stored);
    if (stored != loader->checksum) {
        ets_printf("csum err\n");
        return 1;
    }
    return 0;
}

static uint32_t load_segments(struct loader *loader, uint32_t n_segments)
{
    struct segment segment = {loader->block[HEADER_WORDS], loader->block[HEADER_WORDS + 1]};
    loader->used = BLOCK;
    if (load_segment(loader, &segment, BLOCK) != 0) {
        return 1;
    }
    for (uint32_t i = 1; i < n_segments; i++) {
        if (read_header(loader, &segment) != 0 ||
            load_segment(loader, &segment, BLOCK - loader->used) != 0) {
            return 1;
        }
    }
    return verify_checksum(loader);
}

uint32_t boot_from_flash(void)
{
    struct loader loader = {.checksum = CHECKSUM_SEED};
    if (next_block(&loader) != 0) {
        return 1;
    }
    uint32_t header = loader.block[0];
    uint32_t entry = loader.block[1];
    if ((header & 0xFF) != IMAGE_MAGIC) {
        return 1;
    }
    SPIReadModeCnfig(header >> 16 & 0xFF);
    uint32_t n_segments = header >> 8 & 0xFF;
    if (n_segments > 0 && load_segments(&loader, n_segments) != 0) {
        return 1;
    }
    user_start = (rom_entry)entry;
    return 0;
}
