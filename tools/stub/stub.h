/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the stub flasher: a program of its own for the chip's processor, sent to RAM through
 * the mask ROM's loader. It owns the serial port and the flash chip; time is what the line and the
 * chip take. Fact: register addresses and bits from the chip's public headers. */
#ifndef STUB_H
#define STUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "layout.h"
#include "ops.h"

#define REG(addr) (*(volatile uint32_t *)(addr))

/* Status bytes of replies. Fact: those of the stub flasher that hosts know. */
enum stub_status {
    STUB_OK = 0x00,
    STUB_BAD_LEN = 0xc0,
    STUB_BAD_CHECKSUM = 0xc1,
    STUB_BAD_BLOCK = 0xc2,
    STUB_BAD_COMMAND = 0xc3,
    STUB_FLASH_FAILED = 0xc4,
    STUB_NOT_WRITING = 0xc6,
    STUB_BAD_DATA = 0xc7,
    STUB_NOT_ENOUGH = 0xc8,
    STUB_TOO_MUCH = 0xc9,
};

/* --- line.c: frames by interrupt into a ring, bytes out of the FIFO's back --- */

void line_init(void);
/* Sleeps until a frame is complete; returns its length. It stays until line_drop(). */
uint32_t line_wait(void);
/* True when a whole frame waits. */
bool line_has_frame(void);
/* Copies from the frame, which is at least off + len long. */
void line_copy(uint32_t off, void *dst, uint32_t len);
/* The frame's bytes from off as far as they lie in one piece; *len is at most what it was. */
const uint8_t *line_piece(uint32_t off, uint32_t *len);
/* Forgets the frame. */
void line_drop(void);

void line_send(const void *data, uint32_t len); /* a whole frame */
void line_begin(void);
void line_put(const void *data, uint32_t len);
void line_end(void);
/* Waits until the last byte has left, then changes speed by the ratio. */
void line_set_baud(uint32_t new_baud, uint32_t old_baud);
/* Waits likewise and gives the interrupt back. */
void line_close(void);

/* --- chip.c: the flash chip; each operation first waits for the one before --- */

void chip_init(void);
void chip_wait(void);
/* Clears the block protection when there is one. */
void chip_unlock(void);
void chip_erase_all(void);
void chip_erase_sector(uint32_t addr);
void chip_erase_block(uint32_t addr); /* 64 KiB */
/* len bytes, words, inside one page. */
void chip_program(uint32_t addr, const uint32_t *src, uint32_t len);
/* Reads whole words. */
void chip_read(uint32_t addr, uint32_t *dst, uint32_t len);
void chip_close(void);

/* --- writer.c: a range of flash, erased ahead of the bytes that fill it --- */

#define SECTOR 0x1000u
#define BLOCK  0x10000u
#define PAGE   0x100u

struct writer {
    uint32_t at;     /* of the page that fills */
    uint32_t end;    /* of the range */
    uint32_t erased; /* up to here */
    uint32_t fill;   /* bytes in page */
    uint32_t page[PAGE / 4];
};

/* Begins to erase. addr is the start of a sector. */
void writer_open(struct writer *w, uint32_t addr, uint32_t len);
/* False when that is more than the range holds: nothing is written then. */
bool writer_put(struct writer *w, const uint8_t *data, uint32_t len);
/* Writes what is left of the last page and waits for the chip. */
void writer_close(struct writer *w);
/* Erases whole sectors, in blocks where they begin one. */
void erase_range(uint32_t addr, uint32_t len);

/* --- flashing.c, reading.c, commands.c --- */

/* A request as it came, without the payload of *_DATA. */
struct request {
    uint8_t direction; /* 0 */
    uint8_t op;
    uint16_t len; /* of what follows this header */
    uint32_t checksum;
    uint32_t arg[6]; /* as many as the request has, 0 for the rest */
};
#define REQUEST_HEADER 8u
#define DATA_HEADER    16u

/* Reads the waiting frame as a request. False: it is none. */
bool request_take(struct request *q);
/* The reply without data. */
void reply(uint8_t op, uint32_t value, enum stub_status status);

/* Each answers and drops the frame. */
void flashing_begin(const struct request *q, bool is_packed);
void flashing_data(const struct request *q);
void flashing_packed_data(const struct request *q);
/* Ends the write; the status of all of it. */
enum stub_status flashing_end(void);

void reading_md5(const struct request *q);
void reading_flash(const struct request *q);

/* Serves until a request asks to leave; returns that request's op. */
uint8_t commands_serve(void);

/* Services of the mask ROM. Fact: names and addresses of its public symbol list. */
struct md5_ctx {
    uint32_t state[4], count[2];
    uint8_t buffer[64];
};
void MD5Init(struct md5_ctx *ctx);
void MD5Update(struct md5_ctx *ctx, const void *data, uint32_t len);
void MD5Final(uint8_t digest[16], struct md5_ctx *ctx);
void Cache_Read_Disable(void);
void spi_flash_attach(void);
void ets_delay_us(uint32_t us);
void ets_isr_attach(uint32_t n, void (*handler)(void *), void *arg);
void ets_isr_mask(uint32_t bits);
void ets_isr_unmask(uint32_t bits);
void *memcpy(void *dst, const void *src, size_t len);
void *memset(void *dst, int byte, size_t len);

/* main.c, entered from start.S with the stack of the loader. */
void stub_main(void);

#endif
