/* SPDX-License-Identifier: Apache-2.0 */
/* See lx106.h. */
#include "lx106.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define VECTOR_USER 0x50u
#define SR_PS       230
#define SR_VECBASE  231
#define SR_EXCCAUSE 232
#define PS_UM       0x20u

static void write_word(struct lx106 *lx, uint32_t vaddr, uint32_t word)
{
    uint8_t bytes[3] = {(uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16)};
    unsigned len = (word & 15) >= 8 && (word & 15) < 14 ? 2 : 3;
    assert_true(vb_board_write_mem(lx->board, vaddr, bytes, len));
}

void lx_open(struct lx106 *lx)
{
    const struct vb_config config = {.flash_size = 4u << 20};
    char err[128] = "";
    memset(lx, 0, sizeof(*lx));
    lx->board = vb_board_new(&config, err, sizeof(err));
    assert_string_equal(err, "");
    assert_non_null(lx->board);
    vb_board_step(lx->board, 0); /* powers on */
    for (uint32_t vector = 0x10; vector <= 0x70; vector += 0x10) {
        write_word(lx, LX_VECBASE + vector, LX_J(0));
    }
    vb_board_get_cpu(lx->board, &lx->cpu);
    lx->cpu.sr[SR_VECBASE] = LX_VECBASE;
    lx->cpu.sr[SR_PS] = PS_UM;
    lx->cpu.pc = LX_CODE;
    lx->end = LX_CODE;
}

void lx_close(struct lx106 *lx)
{
    vb_board_free(lx->board);
}

int lx_set_up(void **state)
{
    static struct lx106 lx;
    lx_open(&lx);
    *state = &lx;
    return 0;
}

int lx_tear_down(void **state)
{
    lx_close(*state);
    return 0;
}

void lx_put(struct lx106 *lx, uint32_t word)
{
    write_word(lx, lx->end, word);
    lx->end += (word & 15) >= 8 && (word & 15) < 14 ? 2 : 3;
}

enum vb_stop lx_step(struct lx106 *lx, unsigned n)
{
    vb_board_set_cpu(lx->board, &lx->cpu);
    enum vb_stop stop = vb_board_step(lx->board, n);
    vb_board_get_cpu(lx->board, &lx->cpu);
    return stop;
}

int lx_access(struct lx106 *lx, unsigned op, uint32_t vaddr, uint32_t value)
{
    uint32_t pc = lx->end;
    lx_put(lx, LX_RRI8(op, 3, 2, 0));
    lx->cpu.pc = pc;
    lx->cpu.sr[SR_PS] = PS_UM;
    lx->cpu.a[2] = vaddr;
    lx->cpu.a[3] = value;
    lx_step(lx, 1);
    return lx->cpu.pc == LX_VECBASE + VECTOR_USER ? (int)lx->cpu.sr[SR_EXCCAUSE] : -1;
}
