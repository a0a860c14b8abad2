/* SPDX-License-Identifier: Apache-2.0 */
#include "rom_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vb_cpu_state.h"

#define STACK_TOP         0x3fffff00u
#define PS_USER           0x20u
#define SR_PS             230
#define MAX_STEPS         (1u << 30)
#define FIRST_SLICE       64u
#define GPIO_REGISTER_GET 0x40004d5cu
#define GPIO_BASE         0x60000300u
#define IMAGE_RUN_US      200000u

static void on_tx(void *ctx, unsigned uart, uint8_t byte)
{
    struct rom_board *b = ctx;
    if (uart == 0 && b->console_len + 1 < ROM_CONSOLE_MAX) {
        b->console[b->console_len++] = (char)byte;
        b->console[b->console_len] = 0;
    }
}

static void die(const char *what, const struct rom_board *b)
{
    fprintf(stderr, "rom_call: %s (%s)\n", what, b->board ? vb_board_message(b->board) : "");
    abort();
}

void rom_board_power_on(struct rom_board *b, const uint8_t *flash, uint32_t flash_size,
                        uint32_t limit_us)
{
    char err[128] = "";
    struct vb_config config = {
        .flash_size = flash_size,
        .flash = flash,
        .uart_tx = on_tx,
        .ctx = b,
    };
    *b = (struct rom_board){0};
    b->board = vb_board_new(&config, err, sizeof(err));
    if (b->board == NULL) {
        die(err, b);
    }
    if (vb_board_run(b->board, limit_us) == VB_STOP_UNMODELLED) {
        die("the ROM touched something that is not modelled", b);
    }
}

void rom_board_boot(struct rom_board *b)
{
    /* One segment of one word, a jump to itself; checksum in the last byte of its block. */
    static const uint8_t image[] = {
        0xe9, 1, 2, 0, 0x00, 0x00, 0x10, 0x40, 0x00, 0x00,        0x10,
        0x40, 4, 0, 0, 0,    0x06, 0xff, 0xff, 0x00, 0,           0,
        0,    0, 0, 0, 0,    0,    0,    0,    0,    0xef ^ 0x06,
    };
    const uint32_t flash_size = 4u << 20;
    uint8_t *flash = malloc(flash_size);
    if (flash == NULL) {
        die("out of memory", b);
    }
    memset(flash, 0xff, flash_size);
    memcpy(flash, image, sizeof(image));
    rom_board_power_on(b, flash, flash_size, IMAGE_RUN_US);
    free(flash);

    struct vb_cpu_state cpu;
    vb_board_get_cpu(b->board, &cpu);
    if (cpu.pc != ROM_IDLE) {
        die("the image was not started", b);
    }
}

void rom_board_free(struct rom_board *b)
{
    vb_board_free(b->board);
    b->board = NULL;
}

void rom_board_clear(struct rom_board *b)
{
    b->console_len = 0;
    b->console[0] = 0;
}

uint64_t rom_call(struct rom_board *b, uint32_t function, const uint32_t *args, unsigned n)
{
    struct vb_cpu_state cpu;
    vb_board_get_cpu(b->board, &cpu);
    cpu.a[0] = ROM_IDLE;
    cpu.a[1] = STACK_TOP;
    memcpy(&cpu.a[2], args, n * sizeof(*args));
    cpu.sr[SR_PS] = PS_USER;
    cpu.pc = function;
    vb_board_set_cpu(b->board, &cpu);
    for (uint32_t slice = FIRST_SLICE; slice < MAX_STEPS; slice *= 2) {
        if (vb_board_step(b->board, slice) == VB_STOP_UNMODELLED) {
            die("something that is not modelled was touched", b);
        }
        vb_board_get_cpu(b->board, &cpu);
        if (cpu.pc == ROM_IDLE) {
            return (uint64_t)cpu.a[3] << 32 | cpu.a[2];
        }
    }
    die("the function does not return", b);
    return 0;
}

uint32_t rom_call_word(struct rom_board *b, uint32_t function, const uint32_t *args, unsigned n)
{
    return (uint32_t)rom_call(b, function, args, n);
}

uint64_t rom_call64(struct rom_board *b, uint32_t function, uint64_t x, uint64_t y)
{
    const uint32_t args[] = {(uint32_t)x, (uint32_t)(x >> 32), (uint32_t)y, (uint32_t)(y >> 32)};
    return rom_call(b, function, args, 4);
}

void rom_write(struct rom_board *b, uint32_t vaddr, const void *src, size_t len)
{
    if (!vb_board_write_mem(b->board, vaddr, src, len)) {
        die("write outside RAM", b);
    }
}

void rom_read(struct rom_board *b, uint32_t vaddr, void *dst, size_t len)
{
    if (!vb_board_read_mem(b->board, vaddr, dst, len)) {
        die("read outside memory", b);
    }
}

uint32_t rom_word(struct rom_board *b, uint32_t vaddr)
{
    uint8_t bytes[4];
    rom_read(b, vaddr, bytes, sizeof(bytes));
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

uint32_t rom_register(struct rom_board *b, uint32_t vaddr)
{
    return ROM_CALL(b, GPIO_REGISTER_GET, vaddr - GPIO_BASE);
}
