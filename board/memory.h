/* SPDX-License-Identifier: Apache-2.0 */
/* The memory map with its access rules: RAMs, ROM, the cache window on flash, and the dispatch of
 * everything else to the devices. RAM is part of the object, so that a board forks by copying. */
#ifndef VB_MEMORY_H
#define VB_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pages.h"

struct vb_board;
struct vb_code;
struct vb_rom;

#define VB_DRAM_BASE   0x3ffe8000u
#define VB_DRAM_SIZE   0x18000u
#define VB_ROM_BASE    0x40000000u
#define VB_ROM_SIZE    0x10000u
#define VB_IRAM_BASE   0x40100000u
#define VB_IRAM_SIZE   0x10000u
#define VB_WINDOW_BASE 0x40200000u

/* Everything that can hold code lies in these 4 MiB. */
#define VB_CODE_BASE  0x40000000u
#define VB_CODE_SIZE  0x400000u
#define VB_CODE_PAGES (VB_CODE_SIZE / VB_PAGE_SIZE)

struct vb_memory {
    uint8_t dram[VB_DRAM_SIZE];
    uint8_t iram[VB_IRAM_SIZE];
    struct vb_rom *rom;   /* shared by the boards of a family */
    struct vb_code *code; /* decoded instructions; every board has its own */
    /* Host address of each page that may be read as words at present; NULL: ask the slow path. */
    const uint8_t *word_page[VB_CODE_PAGES];
    /* Bytes, half-words and words of DRAM that may be accessed without further questions: all or
     * none. */
    uint32_t dram_open[3];
    /* One bit for each word of IRAM that was decoded: a store there drops the decoded page. */
    uint32_t iram_decoded[VB_IRAM_SIZE / 4 / 32];
    /* One bit for each 4 KiB of flash from which code was executed since the last reset. */
    uint32_t executed[16 * 1024 * 1024 / VB_PAGE_SIZE / 32];
};

#define VB_NO_FAULT    (-1)
#define VB_DEBUG_FAULT (-2) /* a data breakpoint was hit and its vector entered */

/* Data access of 1, 2 or 4 bytes at any address. Returns VB_NO_FAULT, VB_DEBUG_FAULT or the cause
 * to raise. An access to something not modelled stops the run, raises attention and returns
 * VB_NO_FAULT. */
int vb_memory_load(struct vb_board *b, uint32_t vaddr, unsigned size, uint32_t *value);
int vb_memory_store(struct vb_board *b, uint32_t vaddr, unsigned size, uint32_t value);
/* The page of code that holds vaddr; or the cause that fetching there raises. */
int vb_memory_fetch(struct vb_board *b, uint32_t vaddr, const uint8_t **page);
/* True when the cache window shows flash at vaddr. */
bool vb_memory_flash_addr(const struct vb_board *b, uint32_t vaddr, uint32_t *flash_addr);
/* The permissions of data accesses changed (TLB, data breakpoint). */
void vb_memory_refresh(struct vb_board *b);
/* Code at vaddr, in IRAM, was overwritten. */
void vb_memory_written(struct vb_board *b, uint32_t vaddr, uint32_t len);
/* Decoding itself changed (literal base, breakpoint): decode everything anew. */
void vb_memory_forget_code(struct vb_board *b);

bool vb_memory_init(struct vb_board *b, const uint8_t *rom);
bool vb_memory_fork(struct vb_board *copy);
void vb_memory_free(struct vb_board *b);
/* Power was applied: contents are undefined, drawn from vb_random(). */
void vb_memory_power_on(struct vb_board *b);
/* A reset begins: nothing has executed from flash yet, all attributes are open again. */
void vb_memory_reset(struct vb_board *b);

/* --- what has executed from flash (memory_executed.c) --- */

/* Code is about to execute at vaddr. */
void vb_memory_mark_executed(struct vb_board *b, uint32_t vaddr);
/* Flash address of the image that executes through the cache window: its header stands at the page
 * of the first code executed since the last reset, or below. Without such a header, the address
 * that the window shows; UINT32_MAX when it is off. */
uint32_t vb_memory_mapped_image(const struct vb_board *b);
void vb_memory_forget_executed(struct vb_board *b);

#endif
