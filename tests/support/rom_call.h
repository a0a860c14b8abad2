/* SPDX-License-Identifier: Apache-2.0 */
/* Calls ROM functions of a virtual board from the host: arguments in registers, a return address
 * that traps, real lx106 code in between. */
#ifndef TESTS_ROM_CALL_H
#define TESTS_ROM_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vb_board.h"

#define ROM_CONSOLE_MAX 16384u
#define ROM_BUFFER      0x3ffe8000u /* DRAM that the ROM does not use, up to ROM_BUFFER_END */
#define ROM_BUFFER_END  0x3fffa000u
#define ROM_IDLE        0x40100000u /* a loop in IRAM: where a booted board waits and calls return */

struct rom_board {
    struct vb_board *board;
    char console[ROM_CONSOLE_MAX]; /* what UART 0 has sent, NUL-terminated */
    size_t console_len;
};

/* Powers on a board with this flash (copied) and runs it for limit_us. Aborts when it cannot. */
void rom_board_power_on(struct rom_board *b, const uint8_t *flash, uint32_t flash_size,
                        uint32_t limit_us);
/* The same with a small image that just loops: the ROM's data and devices are as an image finds
 * them. */
void rom_board_boot(struct rom_board *b);
void rom_board_free(struct rom_board *b);
/* Forgets what was printed. */
void rom_board_clear(struct rom_board *b);

/* Calls a function with n word arguments (up to six); 64-bit ones take an even pair, low word
 * first. Returns a2 with a3 above it. Fails the test when it does not return. */
uint64_t rom_call(struct rom_board *b, uint32_t function, const uint32_t *args, unsigned n);
/* The same for a function whose result is one word. */
uint32_t rom_call_word(struct rom_board *b, uint32_t function, const uint32_t *args, unsigned n);
#define ROM_CALL(b, function, ...)                                                                 \
    rom_call_word(b, function, (const uint32_t[]){__VA_ARGS__},                                    \
                  sizeof((const uint32_t[]){__VA_ARGS__}) / 4)
/* A call of two 64-bit arguments. */
uint64_t rom_call64(struct rom_board *b, uint32_t function, uint64_t x, uint64_t y);

void rom_write(struct rom_board *b, uint32_t vaddr, const void *src, size_t len);
void rom_read(struct rom_board *b, uint32_t vaddr, void *dst, size_t len);
uint32_t rom_word(struct rom_board *b, uint32_t vaddr);
/* A device register, read by ROM code. */
uint32_t rom_register(struct rom_board *b, uint32_t vaddr);

#endif
