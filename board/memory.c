/* SPDX-License-Identifier: Apache-2.0 */
/* The memory map. Order of judgement for a data access: alignment (cause 9), region attribute (28,
 * 29), data breakpoint, width (3), then what stands at the address. */
#include "memory.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "code.h"
#include "internal.h"
#include "vb_cpu_state.h"

#define TLB_NO_ACCESS 15u
#define DBREAK_LOAD   0x40000000u
#define DBREAK_STORE  0x80000000u
#define DEBUG_DBREAK  (1u << 2)

struct vb_rom {
    atomic_uint refs;
    uint8_t byte[VB_ROM_SIZE];
};

enum access { LOAD, STORE };

/* --- what stands where --- */

static bool is_in(uint32_t vaddr, uint32_t base, uint32_t size)
{
    return vaddr - base < size;
}

/* Chip registers may live here: an address without a device is not modelled, not empty. */
static bool is_io(uint32_t vaddr)
{
    return is_in(vaddr, 0x3ff00000u, 0x80000u) || is_in(vaddr, 0x60000000u, 0x2000u);
}

static const struct vb_device *find_device(uint32_t vaddr)
{
    for (unsigned i = 0; i < vb_n_devices; i++) {
        if (is_in(vaddr, vb_devices[i].base, vb_devices[i].size)) {
            return &vb_devices[i];
        }
    }
    return NULL;
}

bool vb_memory_flash_addr(const struct vb_board *b, uint32_t vaddr, uint32_t *flash_addr)
{
    uint32_t base, len;
    if (vaddr < VB_WINDOW_BASE || !vb_cache_window(b, &base, &len) ||
        !is_in(vaddr, VB_WINDOW_BASE, len)) {
        return false;
    }
    *flash_addr = (base + (vaddr - VB_WINDOW_BASE)) & (b->config.flash_size - 1);
    return true;
}

/* The page of word-only memory at vaddr, NULL when nothing answers there. */
static const uint8_t *word_memory(struct vb_board *b, uint32_t vaddr)
{
    uint32_t flash_addr;
    if (is_in(vaddr, VB_ROM_BASE, VB_ROM_SIZE)) {
        return b->mem.rom->byte + ((vaddr - VB_ROM_BASE) & ~(VB_PAGE_SIZE - 1));
    }
    if (is_in(vaddr, VB_IRAM_BASE, VB_IRAM_SIZE)) {
        return vb_cache_takes_iram(b, vaddr)
                   ? NULL
                   : b->mem.iram + ((vaddr - VB_IRAM_BASE) & ~(VB_PAGE_SIZE - 1));
    }
    return vb_memory_flash_addr(b, vaddr, &flash_addr) ? vb_nor_page(b, flash_addr) : NULL;
}

/* --- data accesses of the CPU --- */

static uint32_t get(const uint8_t *p, unsigned size)
{
    uint32_t value = 0;
    memcpy(&value, p, size);
    return value;
}

static bool hits_dbreak(const struct vb_cpu *cpu, uint32_t vaddr, unsigned size, enum access access)
{
    uint32_t control = cpu->sr[VB_SR_DBREAKC0];
    uint32_t mask = (control & 0x3f) | 0xffffffc0u;
    if ((control & (access == LOAD ? DBREAK_LOAD : DBREAK_STORE)) == 0) {
        return false;
    }
    for (unsigned i = 0; i < size; i++) {
        if (((vaddr + i) & mask) == (cpu->sr[VB_SR_DBREAKA0] & mask)) {
            return true;
        }
    }
    return false;
}

/* What every data access is held against, whatever stands at the address. */
static int judge(struct vb_board *b, uint32_t vaddr, unsigned size, enum access access)
{
    if ((vaddr & (size - 1)) != 0) {
        return VB_CAUSE_UNALIGNED;
    }
    if (b->cpu.tlb_attr[1][vaddr >> 29] == TLB_NO_ACCESS) {
        return access == LOAD ? VB_CAUSE_LOAD_PROHIBITED : VB_CAUSE_STORE_PROHIBITED;
    }
    if (hits_dbreak(&b->cpu, vaddr, size, access) && vb_cpu_debug(b, DEBUG_DBREAK)) {
        return VB_DEBUG_FAULT;
    }
    if (b->debug.n_watches != 0) {
        vb_debug_accessed(b, vaddr, size, access == LOAD ? VB_ACCESS_LOAD : VB_ACCESS_STORE);
    }
    return VB_NO_FAULT;
}

static int load_word_memory(struct vb_board *b, uint32_t vaddr, unsigned size, uint32_t *value)
{
    if (size != 4) {
        return VB_CAUSE_LOAD_STORE_ERROR;
    }
    const uint8_t *page = word_memory(b, vaddr);
    if (page == NULL) {
        return VB_CAUSE_LOAD_PROHIBITED;
    }
    if (b->mem.dram_open[0] != 0) {
        b->mem.word_page[(vaddr - VB_CODE_BASE) / VB_PAGE_SIZE] = page;
    }
    *value = get(page + vaddr % VB_PAGE_SIZE, 4);
    return VB_NO_FAULT;
}

static void load_register(struct vb_board *b, const struct vb_device *device, uint32_t vaddr,
                          unsigned size, uint32_t *value)
{
    if (device == NULL || size != 4) {
        vb_unmodelled(b, "load of %u bytes from 0x%08x%s%s", size, vaddr, device ? " in " : "",
                      device ? device->name : "");
    } else if (!device->read(b, vaddr - device->base, value)) {
        vb_unmodelled(b, "load from %s register 0x%03x (0x%08x)", device->name,
                      vaddr - device->base, vaddr);
    }
}

int vb_memory_load(struct vb_board *b, uint32_t vaddr, unsigned size, uint32_t *value)
{
    int fault = judge(b, vaddr, size, LOAD);
    if (fault != VB_NO_FAULT) {
        return fault;
    }
    if (is_in(vaddr, VB_DRAM_BASE, VB_DRAM_SIZE)) {
        *value = get(b->mem.dram + (vaddr - VB_DRAM_BASE), size);
        return VB_NO_FAULT;
    }
    if (is_in(vaddr, VB_CODE_BASE, VB_CODE_SIZE)) {
        return load_word_memory(b, vaddr, size, value);
    }
    const struct vb_device *device = find_device(vaddr);
    if (device == NULL && !is_io(vaddr)) {
        return VB_CAUSE_LOAD_PROHIBITED;
    }
    load_register(b, device, vaddr, size, value);
    return VB_NO_FAULT;
}

/* IRAM may hold code: whoever overwrites a decoded word must not run the old one on. */
static void put_iram(struct vb_board *b, uint32_t off, uint32_t value)
{
    uint32_t word = off / 4;
    memcpy(b->mem.iram + off, &value, 4);
    if ((b->mem.iram_decoded[word / 32] >> (word % 32) & 1) != 0) {
        vb_memory_written(b, VB_IRAM_BASE + off, 4);
        b->cpu.attention = true;
    }
}

static int store_word_memory(struct vb_board *b, uint32_t vaddr, unsigned size, uint32_t value)
{
    if (size != 4) {
        return VB_CAUSE_LOAD_STORE_ERROR;
    }
    if (!is_in(vaddr, VB_IRAM_BASE, VB_IRAM_SIZE) || vb_cache_takes_iram(b, vaddr)) {
        return VB_CAUSE_STORE_PROHIBITED;
    }
    put_iram(b, vaddr - VB_IRAM_BASE, value);
    return VB_NO_FAULT;
}

static void store_register(struct vb_board *b, const struct vb_device *device, uint32_t vaddr,
                           unsigned size, uint32_t value)
{
    if (device == NULL || size != 4) {
        vb_unmodelled(b, "store of %u bytes to 0x%08x%s%s", size, vaddr, device ? " in " : "",
                      device ? device->name : "");
    } else if (!device->write(b, vaddr - device->base, value)) {
        vb_unmodelled(b, "store of 0x%08x to %s register 0x%03x (0x%08x)", value, device->name,
                      vaddr - device->base, vaddr);
    }
}

int vb_memory_store(struct vb_board *b, uint32_t vaddr, unsigned size, uint32_t value)
{
    int fault = judge(b, vaddr, size, STORE);
    if (fault != VB_NO_FAULT) {
        return fault;
    }
    if (is_in(vaddr, VB_DRAM_BASE, VB_DRAM_SIZE)) {
        memcpy(b->mem.dram + (vaddr - VB_DRAM_BASE), &value, size);
        return VB_NO_FAULT;
    }
    if (is_in(vaddr, VB_CODE_BASE, VB_CODE_SIZE)) {
        return store_word_memory(b, vaddr, size, value);
    }
    const struct vb_device *device = find_device(vaddr);
    if (device == NULL && !is_io(vaddr)) {
        return VB_CAUSE_STORE_PROHIBITED;
    }
    store_register(b, device, vaddr, size, value);
    return VB_NO_FAULT;
}

int vb_memory_fetch(struct vb_board *b, uint32_t vaddr, const uint8_t **page)
{
    if (b->cpu.tlb_attr[0][vaddr >> 29] == TLB_NO_ACCESS) {
        return VB_CAUSE_FETCH_PROHIBITED;
    }
    if (is_in(vaddr, VB_DRAM_BASE, VB_DRAM_SIZE) || is_io(vaddr) || find_device(vaddr) != NULL) {
        return VB_CAUSE_FETCH_ERROR; /* no instruction port */
    }
    *page = is_in(vaddr, VB_CODE_BASE, VB_CODE_SIZE) ? word_memory(b, vaddr) : NULL;
    return *page != NULL ? VB_NO_FAULT : VB_CAUSE_FETCH_PROHIBITED;
}

/* --- what was looked up and decoded --- */

void vb_memory_forget_code(struct vb_board *b)
{
    vb_code_drop(b->mem.code, VB_CODE_BASE, VB_CODE_SIZE);
    memset(b->mem.iram_decoded, 0, sizeof(b->mem.iram_decoded));
    b->cpu.attention = true;
}

void vb_memory_refresh(struct vb_board *b)
{
    bool is_open = b->cpu.tlb_attr[1][VB_DRAM_BASE >> 29] != TLB_NO_ACCESS &&
                   b->cpu.tlb_attr[1][VB_CODE_BASE >> 29] != TLB_NO_ACCESS &&
                   (b->cpu.sr[VB_SR_DBREAKC0] & (DBREAK_LOAD | DBREAK_STORE)) == 0 &&
                   b->debug.n_watches == 0;
    for (unsigned i = 0; i < 3; i++) {
        b->mem.dram_open[i] = is_open ? VB_DRAM_SIZE >> i : 0;
    }
    memset(b->mem.word_page, 0, sizeof(b->mem.word_page));
    vb_memory_forget_code(b);
}

static void close_pages(struct vb_board *b, uint32_t vaddr, uint32_t len)
{
    memset(&b->mem.word_page[(vaddr - VB_CODE_BASE) / VB_PAGE_SIZE], 0,
           len / VB_PAGE_SIZE * sizeof(b->mem.word_page[0]));
    vb_code_close(b->mem.code, vaddr, len);
}

void vb_memory_remap(struct vb_board *b)
{
    const uint32_t grantable = VB_IRAM_BASE + VB_IRAM_SIZE / 2;
    close_pages(b, grantable, VB_IRAM_SIZE / 2);
    close_pages(b, VB_WINDOW_BASE, VB_CODE_BASE + VB_CODE_SIZE - VB_WINDOW_BASE);
    b->cpu.attention = true;
}

void vb_memory_written(struct vb_board *b, uint32_t vaddr, uint32_t len)
{
    uint32_t first = (vaddr & ~(VB_PAGE_SIZE - 1)) - VB_IRAM_BASE;
    uint32_t last = ((vaddr + len - 1) | (VB_PAGE_SIZE - 1)) - VB_IRAM_BASE;
    vb_code_drop(b->mem.code, vaddr, len);
    memset(&b->mem.iram_decoded[first / 128], 0, (last + 1 - first) / 32);
}

/* --- life --- */

bool vb_memory_init(struct vb_board *b, const uint8_t *rom)
{
    b->mem.rom = malloc(sizeof(*b->mem.rom));
    b->mem.code = vb_code_new();
    if (b->mem.rom == NULL || b->mem.code == NULL) {
        free(b->mem.rom);
        vb_code_free(b->mem.code);
        return false;
    }
    atomic_init(&b->mem.rom->refs, 1);
    memcpy(b->mem.rom->byte, rom, VB_ROM_SIZE);
    return true;
}

bool vb_memory_fork(struct vb_board *copy)
{
    copy->mem.code = vb_code_new();
    if (copy->mem.code == NULL) {
        return false;
    }
    atomic_fetch_add(&copy->mem.rom->refs, 1);
    memset(copy->mem.word_page, 0, sizeof(copy->mem.word_page));
    memset(copy->mem.iram_decoded, 0, sizeof(copy->mem.iram_decoded));
    return true;
}

void vb_memory_free(struct vb_board *b)
{
    vb_code_free(b->mem.code);
    if (atomic_fetch_sub(&b->mem.rom->refs, 1) == 1) {
        free(b->mem.rom);
    }
}

static void fill_at_random(struct vb_board *b, uint8_t *p, size_t len)
{
    for (size_t i = 0; i < len; i += 8) {
        uint64_t value = vb_random(b);
        memcpy(p + i, &value, 8);
    }
}

void vb_memory_power_on(struct vb_board *b)
{
    fill_at_random(b, b->mem.dram, sizeof(b->mem.dram));
    fill_at_random(b, b->mem.iram, sizeof(b->mem.iram));
    vb_memory_forget_code(b);
}

void vb_memory_reset(struct vb_board *b)
{
    vb_memory_forget_executed(b);
    vb_memory_remap(b);
}

/* --- views from outside the CPU --- */

bool vb_dma_read(struct vb_board *b, uint32_t vaddr, void *dst, size_t len)
{
    uint32_t off = vaddr - VB_DRAM_BASE;
    if (off > VB_DRAM_SIZE || len > VB_DRAM_SIZE - off) {
        return false;
    }
    memcpy(dst, b->mem.dram + off, len);
    return true;
}

bool vb_dma_write(struct vb_board *b, uint32_t vaddr, const void *src, size_t len)
{
    uint32_t off = vaddr - VB_DRAM_BASE;
    if (off > VB_DRAM_SIZE || len > VB_DRAM_SIZE - off) {
        return false;
    }
    memcpy(b->mem.dram + off, src, len);
    return true;
}

/* True when [vaddr, vaddr + len) lies inside [base, base + size). */
static bool spans(uint32_t vaddr, size_t len, uint32_t base, uint32_t size)
{
    return vaddr - base <= size && len <= size - (vaddr - base);
}

bool vb_board_read_mem(const struct vb_board *b, uint32_t vaddr, void *dst, size_t len)
{
    uint32_t base, size;
    if (spans(vaddr, len, VB_DRAM_BASE, VB_DRAM_SIZE)) {
        memcpy(dst, b->mem.dram + (vaddr - VB_DRAM_BASE), len);
        return true;
    }
    if (spans(vaddr, len, VB_IRAM_BASE, VB_IRAM_SIZE)) {
        memcpy(dst, b->mem.iram + (vaddr - VB_IRAM_BASE), len);
        return true;
    }
    if (spans(vaddr, len, VB_ROM_BASE, VB_ROM_SIZE)) {
        memcpy(dst, b->mem.rom->byte + (vaddr - VB_ROM_BASE), len);
        return true;
    }
    return vb_cache_window(b, &base, &size) && spans(vaddr, len, VB_WINDOW_BASE, size) &&
           vb_board_read_flash(b, base + (vaddr - VB_WINDOW_BASE), dst, len);
}

bool vb_board_write_mem(struct vb_board *b, uint32_t vaddr, const void *src, size_t len)
{
    if (spans(vaddr, len, VB_DRAM_BASE, VB_DRAM_SIZE)) {
        memcpy(b->mem.dram + (vaddr - VB_DRAM_BASE), src, len);
        return true;
    }
    if (!spans(vaddr, len, VB_IRAM_BASE, VB_IRAM_SIZE)) {
        return false;
    }
    memcpy(b->mem.iram + (vaddr - VB_IRAM_BASE), src, len);
    if (len != 0) {
        vb_memory_written(b, vaddr, (uint32_t)len);
    }
    return true;
}
