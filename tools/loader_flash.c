/* SPDX-License-Identifier: Apache-2.0 */
/* Flash through either loader. The stub takes packed data ahead of its answers; the ROM takes one
 * small block at a time and has no way to read but the SPI controller's registers. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "airslot/bytes.h"
#include "airslot/format.h"
#include "asl_crypto.h"
#include "loader.h"
#include "stub/layout.h"

/* Fact: registers and bits of the chip's public headers. */
#define SPI_CMD    0x60000200u
#define SPI_ADDR   0x60000204u
#define SPI_USER   0x6000021cu
#define SPI_USER1  0x60000220u
#define SPI_USER2  0x60000224u
#define SPI_W0     0x60000240u
#define SPI_STATUS 0x60000210u

#define CMD_READ   (1u << 31)
#define CMD_WREN   (1u << 30)
#define CMD_RDSR   (1u << 27)
#define CMD_SE     (1u << 24)
#define CMD_USR    (1u << 18)
#define USER_READ  0x90000000u /* command and MISO phases */
#define USER2_RDID 0x7000009fu
#define MISO_24    (23u << 8)
#define BUSY       1u

#define MAX_POLLS      400u
#define READ_REG_CHUNK 32u
#define STUB_PACKET    0x1000u
#define STUB_AHEAD     8u

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

/* --- the chip through the controller's registers, with either loader --- */

struct reg_write {
    uint32_t addr, value;
};

static enum loader_err write_regs(struct loader *l, const struct reg_write *w, unsigned n)
{
    enum loader_err err = LOADER_OK;

    for (unsigned i = 0; err == LOADER_OK && i < n; i++) {
        err = loader_write_reg(l, w[i].addr, w[i].value);
    }
    return err;
}

/* Reads reg until a bit is 0. */
static enum loader_err await_clear(struct loader *l, uint32_t reg, uint32_t bits)
{
    uint32_t value;

    for (unsigned i = 0; i < MAX_POLLS; i++) {
        enum loader_err err = loader_read_reg(l, reg, &value);
        if (err != LOADER_OK || (value & bits) == 0) {
            return err;
        }
    }
    return LOADER_SILENT;
}

static enum loader_err run_command(struct loader *l, uint32_t bit)
{
    enum loader_err err = loader_write_reg(l, SPI_CMD, bit);

    return err != LOADER_OK ? err : await_clear(l, SPI_CMD, bit);
}

enum loader_err loader_flash_id(struct loader *l, uint8_t id[3])
{
    const struct reg_write ask[] = {
        {SPI_USER1, MISO_24}, {SPI_USER, USER_READ}, {SPI_USER2, USER2_RDID}, {SPI_W0, 0}};
    uint32_t user = 0, user2 = 0, word = 0;
    enum loader_err err = loader_read_reg(l, SPI_USER, &user);

    if (err == LOADER_OK) {
        err = loader_read_reg(l, SPI_USER2, &user2);
    }
    if (err == LOADER_OK) {
        err = write_regs(l, ask, 4);
    }
    if (err == LOADER_OK) {
        err = run_command(l, CMD_USR);
    }
    if (err == LOADER_OK) {
        err = loader_read_reg(l, SPI_W0, &word);
    }
    if (err == LOADER_OK) {
        const struct reg_write restore[] = {{SPI_USER, user}, {SPI_USER2, user2}};
        err = write_regs(l, restore, 2);
    }
    for (unsigned i = 0; err == LOADER_OK && i < 3; i++) {
        id[i] = (uint8_t)(word >> 8 * i);
    }
    return err;
}

uint32_t loader_flash_size(const uint8_t id[3])
{
    return id[2] >= 0x13 && id[2] <= 0x18 ? 1u << id[2] : 0;
}

static enum loader_err erase_sector_by_registers(struct loader *l, uint32_t addr)
{
    enum loader_err err = run_command(l, CMD_WREN);

    if (err == LOADER_OK) {
        err = loader_write_reg(l, SPI_ADDR, addr);
    }
    if (err == LOADER_OK) {
        err = run_command(l, CMD_SE);
    }
    for (unsigned i = 0; err == LOADER_OK && i < MAX_POLLS; i++) {
        uint32_t status = 0;
        err = run_command(l, CMD_RDSR);
        if (err == LOADER_OK) {
            err = loader_read_reg(l, SPI_STATUS, &status);
        }
        if (err == LOADER_OK && (status & BUSY) == 0) {
            return LOADER_OK;
        }
    }
    return err == LOADER_OK ? LOADER_SILENT : err;
}

static enum loader_err read_by_registers(struct loader *l, uint32_t addr, uint8_t *dst,
                                         uint32_t len, const struct loader_progress *progress)
{
    enum loader_err err = LOADER_OK;

    for (uint32_t at = 0; err == LOADER_OK && at < len; at += READ_REG_CHUNK) {
        err = loader_write_reg(l, SPI_ADDR, (addr + at) | READ_REG_CHUNK << 24);
        if (err == LOADER_OK) {
            err = run_command(l, CMD_READ);
        }
        for (uint32_t i = at; err == LOADER_OK && i < len && i < at + READ_REG_CHUNK; i += 4) {
            uint32_t word = 0;
            err = loader_read_reg(l, SPI_W0 + (i - at), &word);
            for (uint32_t b = 0; b < 4 && i + b < len; b++) {
                dst[i + b] = (uint8_t)(word >> 8 * b);
            }
        }
        report(progress, at, len);
    }
    return err;
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
        err = erase_sector_by_registers(l, addr + (n - 1) * ASL_SECTOR_SIZE);
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

/* Packed data on their way. */
struct packed {
    uint8_t *data;
    uint32_t len;
    uint32_t n_blocks;
    uint32_t *plain; /* [n_blocks]: plain bytes that the blocks up to and with this one hold */
};

/* Fact: what the stub may still hold back of what it has unpacked. */
#define STUB_HOLDS_BACK 2048u

static void packed_free(struct packed *p)
{
    free(p->data);
    free(p->plain);
}

/* Unpacks block by block, only to count. */
static bool count_plain(struct packed *p)
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

static bool pack(const uint8_t *data, uint32_t len, struct packed *out)
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
        packed_free(out);
        return false;
    }
    return true;
}

/* A block that is answered has been begun; those before it are unpacked. */
static uint32_t in_flash(const struct packed *p, uint32_t n_answered)
{
    uint32_t plain = n_answered >= 2 ? p->plain[n_answered - 2] : 0;

    return plain > STUB_HOLDS_BACK ? plain - STUB_HOLDS_BACK : 0;
}

static enum loader_err send_packed(struct loader *l, const struct packed *p, uint32_t len,
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
        *done = in_flash(p, l->next_seq - l->n_unanswered);
        report(progress, *done, len);
    }
    return err != LOADER_OK ? err : loader_answer_data(l, OP_DEFL_DATA, 0, BLOCK_MS);
}

static enum loader_err stub_write(struct loader *l, uint32_t addr, const uint8_t *data,
                                  uint32_t len, const struct loader_progress *progress,
                                  uint32_t *done)
{
    struct packed p;
    const uint32_t stay = 1;

    if (!pack(data, len, &p)) {
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
    packed_free(&p);
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
                      : read_by_registers(l, addr, dst, len, progress);
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
