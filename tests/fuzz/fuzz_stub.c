/* SPDX-License-Identifier: Apache-2.0 */
/* The stub flasher's requests, as a host may send them. Frames are a length byte and the bytes;
 * line and chip are played here. The chip is programmed inside a page and only where it was erased
 * or bits can be cleared, answers are whole frames, and the stub comes back to its line. */
#include <string.h>

#include "fuzz.h"
#include "stub.h"

#define CHIP_SIZE 0x20000u
#define LEN_MAX   0xffffu /* requests for more are cut down to this, for speed */
#define FRAME_MAX 256u

static uint8_t chip[CHIP_SIZE + SECTOR];
static struct {
    const uint8_t *data;
    size_t size;
    uint8_t frame[FRAME_MAX];
    uint32_t len;
    bool has_frame, is_sending, has_ended;
    uint32_t n_frames;
} line;

/* --- the line --- */

static void cut(uint32_t at)
{
    line.frame[at + 2] &= LEN_MAX >> 16;
    line.frame[at + 3] = 0;
}

/* Registers are not there to be touched, and big lengths only take time. */
static void tame(void)
{
    uint8_t op = line.len > 1 ? line.frame[1] : 0;
    if (op == OP_WRITE_REG || op == OP_READ_REG) {
        line.frame[1] = OP_SYNC;
    }
    if (line.len >= REQUEST_HEADER + 16) {
        for (uint32_t at = REQUEST_HEADER; at < REQUEST_HEADER + 16; at += 4) {
            cut(at);
        }
    } else if (line.len >= REQUEST_HEADER + 8) {
        cut(REQUEST_HEADER);
        cut(REQUEST_HEADER + 4);
    }
}

/* Ends the write that may be open, so that the next input begins with none, and leaves. */
static void leave(void)
{
    static const uint8_t end[REQUEST_HEADER + 4] = {0, OP_FLASH_END, 4, [REQUEST_HEADER] = 1};
    static const uint8_t run[REQUEST_HEADER] = {0, OP_RUN_USER_CODE};
    line.len = line.has_ended ? sizeof(run) : sizeof(end);
    memcpy(line.frame, line.has_ended ? run : end, line.len);
    line.has_ended = true;
}

static void next_frame(void)
{
    line.has_frame = true;
    line.n_frames++;
    if (line.size < 1) {
        leave();
        return;
    }
    uint32_t len = line.data[0];
    line.data++;
    line.size--;
    line.len = len < line.size ? len : (uint32_t)line.size;
    memcpy(line.frame, line.data, line.len);
    line.data += line.len;
    line.size -= line.len;
    tame();
}

uint32_t line_wait(void)
{
    if (!line.has_frame) {
        next_frame();
    }
    require(line.n_frames < 100000);
    return line.len;
}

bool line_has_frame(void)
{
    return line.has_frame;
}

void line_copy(uint32_t off, void *dst, uint32_t len)
{
    require(line.has_frame && off <= line.len && len <= line.len - off);
    memcpy(dst, line.frame + off, len);
}

const uint8_t *line_piece(uint32_t off, uint32_t *len)
{
    require(line.has_frame && off <= line.len && *len <= line.len - off);
    *len = *len > 7 ? *len - *len / 3 : *len;
    return line.frame + off;
}

void line_drop(void)
{
    line.has_frame = false;
}

void line_send(const void *data, uint32_t len)
{
    require(!line.is_sending && data != NULL && len > 0);
}

void line_begin(void)
{
    require(!line.is_sending);
    line.is_sending = true;
}

void line_put(const void *data, uint32_t len)
{
    require(line.is_sending && data != NULL && len > 0);
}

void line_end(void)
{
    require(line.is_sending);
    line.is_sending = false;
}

void line_set_baud(uint32_t new_baud, uint32_t old_baud)
{
    require(new_baud >= 300 && old_baud >= 300);
}

/* --- the chip --- */

void chip_wait(void)
{
}

void chip_unlock(void)
{
}

void chip_erase_all(void)
{
    memset(chip, 0xff, CHIP_SIZE);
}

void chip_erase_sector(uint32_t addr)
{
    require(addr % SECTOR == 0);
    memset(chip + addr % CHIP_SIZE, 0xff, SECTOR);
}

void chip_erase_block(uint32_t addr)
{
    require(addr % BLOCK == 0);
    memset(chip + addr % CHIP_SIZE, 0xff, BLOCK);
}

void chip_program(uint32_t addr, const uint32_t *src, uint32_t len)
{
    require(len > 0 && len % 4 == 0 && addr % PAGE + len <= PAGE);
    for (uint32_t i = 0; i < len; i++) {
        uint8_t *cell = &chip[(addr + i) % CHIP_SIZE];
        require(*cell == 0xff); /* erased ahead of the data, programmed once */
        *cell &= ((const uint8_t *)src)[i];
    }
}

void chip_read(uint32_t addr, uint32_t *dst, uint32_t len)
{
    require(addr % 4 == 0 && len % 4 == 0 && len <= PAGE);
    memcpy(dst, chip + addr % CHIP_SIZE, len);
}

/* --- the ROM --- */

void MD5Init(struct md5_ctx *ctx)
{
    memset(ctx, 0, sizeof(*ctx));
}

void MD5Update(struct md5_ctx *ctx, const void *data, uint32_t len)
{
    ctx->count[0] += len + ((const uint8_t *)data)[len - 1];
}

void MD5Final(uint8_t digest[16], struct md5_ctx *ctx)
{
    memcpy(digest, ctx->state, 16);
}

void ets_delay_us(uint32_t us)
{
    (void)us;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    memset(&line, 0, sizeof(line));
    memset(chip, 0, sizeof(chip));
    line.data = data;
    line.size = size;
    uint8_t op = commands_serve();
    require(op == OP_RUN_USER_CODE || op == OP_FLASH_END || op == OP_DEFL_END);
    require(!line.is_sending);
    line.size = 0;
    line.has_ended = false;
    (void)commands_serve();
    return 0;
}
