/* SPDX-License-Identifier: Apache-2.0 */
/* Flash through either loader. The stub takes packed data ahead of its answers; the ROM takes one
 * small block at a time. */
#include <string.h>

#include "airslot/bytes.h"
#include "airslot/format.h"
#include "asl_crypto.h"
#include "loader.h"
#include "loader_pack.h"
#include "stub/layout.h"

#define STUB_PACKET 0x1000u
#define STUB_AHEAD  8u

/* Waits of hosts for the slowest chips, per sector and per block. */
#define ERASE_MS_PER_SECTOR 400u
#define CHIP_ERASE_MS       120000u
#define BLOCK_MS            6000u

#define ATTACH_BLOCK      0x400u
#define SECTORS_PER_BLOCK 16u

static void report(const struct loader_progress *p, uint32_t done, uint32_t total)
{
    if (p != NULL) {
        p->step(p->ctx, done, total);
    }
}

/* --- the ROM --- */

struct rom_erase loader_rom_erase(uint32_t first, uint32_t n)
{
    uint32_t head = SECTORS_PER_BLOCK - first % SECTORS_PER_BLOCK;

    head = n < head ? n : head;
    /* Asked for k sectors, it erases min(k, head) + k. */
    if (n >= 2 * head) {
        return (struct rom_erase){n - head, 0};
    }
    return (struct rom_erase){n / 2, n % 2};
}

static uint32_t n_sectors(uint32_t len)
{
    return (len + ASL_SECTOR_SIZE - 1) / ASL_SECTOR_SIZE;
}

/* Begins a write of len bytes, which erases; with 0 it only attaches the chip. */
static enum loader_err rom_begin(struct loader *l, uint32_t addr, uint32_t len)
{
    uint32_t n = n_sectors(len);
    struct rom_erase e = loader_rom_erase(addr / ASL_SECTOR_SIZE, n);
    const uint32_t word[4] = {e.asked * ASL_SECTOR_SIZE,
                              (len + LOADER_ROM_BLOCK - 1) / LOADER_ROM_BLOCK, LOADER_ROM_BLOCK,
                              addr};
    enum loader_err err =
        loader_ask(l, OP_FLASH_BEGIN, word, 4, LOADER_REPLY_MS + n * ERASE_MS_PER_SECTOR, NULL);

    if (err == LOADER_OK && e.left > 0) {
        err = loader_spi_erase_sector(l, addr + (n - 1) * ASL_SECTOR_SIZE);
    }
    return err;
}

/* The ROM reads each block back before it answers. */
static enum loader_err rom_write(struct loader *l, uint32_t addr, const uint8_t *data, uint32_t len,
                                 const struct loader_progress *progress, uint32_t *done)
{
    uint8_t block[LOADER_ROM_BLOCK];
    enum loader_err err = rom_begin(l, addr, len);

    loader_begin_data(l);
    for (uint32_t at = 0; err == LOADER_OK && at < len; at += LOADER_ROM_BLOCK) {
        uint32_t n = len - at < LOADER_ROM_BLOCK ? len - at : LOADER_ROM_BLOCK;
        memset(block, 0xff, sizeof(block));
        memcpy(block, data + at, n);
        err = loader_send_data(l, OP_FLASH_DATA, block, sizeof(block));
        if (err == LOADER_OK) {
            err = loader_answer_data(l, OP_FLASH_DATA, 0, BLOCK_MS);
        }
        if (err == LOADER_OK) {
            *done = at + n;
            report(progress, *done, len);
        }
    }
    return err;
}

/* --- the stub --- */

static enum loader_err send_packed(struct loader *l, const struct loader_packed *p, uint32_t len,
                                   const struct loader_progress *progress, uint32_t *done)
{
    uint32_t ahead = STUB_WINDOW / LOADER_STUB_BLOCK - 1;
    enum loader_err err = LOADER_OK;

    loader_begin_data(l);
    for (uint32_t at = 0; err == LOADER_OK && at < p->len; at += LOADER_STUB_BLOCK) {
        uint32_t n = p->len - at < LOADER_STUB_BLOCK ? p->len - at : LOADER_STUB_BLOCK;
        err = loader_send_data(l, OP_DEFL_DATA, p->data + at, n);
        if (err == LOADER_OK) {
            err = loader_answer_data(l, OP_DEFL_DATA, ahead, BLOCK_MS);
        }
        *done = loader_packed_in_flash(p, l->next_seq - l->n_unanswered);
        report(progress, *done, len);
    }
    return err != LOADER_OK ? err : loader_answer_data(l, OP_DEFL_DATA, 0, BLOCK_MS);
}

static enum loader_err stub_write(struct loader *l, uint32_t addr, const uint8_t *data,
                                  uint32_t len, const struct loader_progress *progress,
                                  uint32_t *done)
{
    struct loader_packed p;
    const uint32_t stay = 1;

    if (!loader_pack(data, len, &p)) {
        return LOADER_DAMAGED;
    }
    const uint32_t begin[4] = {len, p.n_blocks, LOADER_STUB_BLOCK, addr};
    enum loader_err err = loader_ask(l, OP_DEFL_BEGIN, begin, 4, LOADER_REPLY_MS, NULL);
    if (err == LOADER_OK) {
        err = send_packed(l, &p, len, progress, done);
    }
    if (err == LOADER_OK) {
        uint32_t wait_ms = LOADER_REPLY_MS + n_sectors(len) * ERASE_MS_PER_SECTOR;
        err = loader_ask(l, OP_DEFL_END, &stay, 1, wait_ms, NULL);
    }
    loader_packed_free(&p);
    if (err == LOADER_OK) {
        *done = len;
        report(progress, len, len);
    }
    return err;
}

static enum loader_err take_packet(struct loader *l, uint8_t *dst, uint32_t left, uint32_t *n)
{
    enum loader_err err = loader_frame(l, LOADER_REPLY_MS);
    uint32_t want = left < STUB_PACKET ? left : STUB_PACKET;

    if (err != LOADER_OK) {
        return err;
    }
    if (l->slip.len != want) {
        return LOADER_DAMAGED;
    }
    memcpy(dst, l->slip.frame, want);
    *n = want;
    return LOADER_OK;
}

static enum loader_err acknowledge(struct loader *l, uint32_t total)
{
    uint8_t word[4], coded[10];

    asl_put_le32(word, total);
    size_t n = slip_encode(coded, word, sizeof(word));
    return l->port->write(l->port->ctx, coded, n) ? LOADER_OK : LOADER_GONE;
}

static enum loader_err check_digest(struct loader *l, const uint8_t *data, uint32_t len)
{
    uint8_t digest[16];
    enum loader_err err = loader_frame(l, LOADER_REPLY_MS);

    if (err != LOADER_OK) {
        return err;
    }
    asl_md5(data, len, digest);
    bool is_same = l->slip.len == 16 && memcmp(digest, l->slip.frame, 16) == 0;
    return is_same ? LOADER_OK : LOADER_DAMAGED;
}

static enum loader_err stub_read(struct loader *l, uint32_t addr, uint8_t *dst, uint32_t len,
                                 const struct loader_progress *progress)
{
    const uint32_t word[4] = {addr, len, STUB_PACKET, STUB_AHEAD};
    enum loader_err err = loader_ask(l, OP_READ_FLASH, word, 4, LOADER_REPLY_MS, NULL);

    for (uint32_t at = 0; err == LOADER_OK && at < len;) {
        uint32_t n = 0;
        err = take_packet(l, dst + at, len - at, &n);
        at += n;
        if (err == LOADER_OK) {
            err = acknowledge(l, at);
            report(progress, at, len);
        }
    }
    return err == LOADER_OK ? check_digest(l, dst, len) : err;
}

/* --- either --- */

/* The stub has done it at its start. Fact: the ROM does it at every FLASH_BEGIN. */
enum loader_err loader_attach(struct loader *l)
{
    const uint32_t begin[4] = {0, 0, ATTACH_BLOCK, 0};

    return l->is_stub ? LOADER_OK : loader_ask(l, OP_FLASH_BEGIN, begin, 4, LOADER_REPLY_MS, NULL);
}

enum loader_err loader_set_size(struct loader *l, uint32_t flash_size)
{
    const uint32_t word[6] = {0, flash_size, 0x10000, ASL_SECTOR_SIZE, ASL_PAGE_SIZE, 0xffff};

    return loader_ask(l, OP_SPI_SET_PARAMS, word, 6, LOADER_REPLY_MS, NULL);
}

enum loader_err loader_write(struct loader *l, uint32_t addr, const uint8_t *data, uint32_t len,
                             const struct loader_progress *progress, uint32_t *done)
{
    *done = 0;
    return l->is_stub ? stub_write(l, addr, data, len, progress, done)
                      : rom_write(l, addr, data, len, progress, done);
}

enum loader_err loader_read(struct loader *l, uint32_t addr, uint8_t *dst, uint32_t len,
                            const struct loader_progress *progress)
{
    return l->is_stub ? stub_read(l, addr, dst, len, progress)
                      : loader_spi_read(l, addr, dst, len, progress);
}

enum loader_err loader_erase(struct loader *l, uint32_t addr, uint32_t len)
{
    const uint32_t word[2] = {addr, len};

    if (!l->is_stub) {
        return rom_begin(l, addr, len);
    }
    return loader_ask(l, OP_ERASE_REGION, word, 2,
                      LOADER_REPLY_MS + n_sectors(len) * ERASE_MS_PER_SECTOR, NULL);
}

enum loader_err loader_erase_chip(struct loader *l, uint32_t flash_size)
{
    return l->is_stub ? loader_ask(l, OP_ERASE_FLASH, NULL, 0, CHIP_ERASE_MS, NULL)
                      : rom_begin(l, 0, flash_size);
}
