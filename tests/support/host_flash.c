/* SPDX-License-Identifier: Apache-2.0 */
#include "host_flash.h"

#include <stdlib.h>
#include <string.h>

#include "airslot/format.h"

#define NO_SECTOR UINT32_MAX

static uint32_t next_random(struct host_flash *h)
{
    h->seed ^= h->seed << 13;
    h->seed ^= h->seed >> 17;
    h->seed ^= h->seed << 5;
    return h->seed;
}

static bool is_inside(struct host_flash *h, uint32_t addr, uint32_t len, uint32_t align)
{
    bool inside = addr <= h->flash.size && len <= h->flash.size - addr && addr % align == 0 &&
                  len % align == 0;

    h->n_misuses += !inside;
    return inside;
}

/* Counts one program or erase; returns the fault that strikes it. */
static enum host_fault strike(struct host_flash *h, uint32_t addr)
{
    h->n_ops++;
    if (h->n_ops == h->at_op) {
        h->fired = true;
        if (h->fault == HOST_FAULT_DEAD) {
            h->dead_sector = addr / ASL_SECTOR_SIZE;
        }
        return h->fault == HOST_FAULT_DEAD ? HOST_FAULT_NOOP : h->fault;
    }
    return addr / ASL_SECTOR_SIZE == h->dead_sector ? HOST_FAULT_NOOP : HOST_FAULT_NONE;
}

static enum asl_err flash_read(void *ctx, uint32_t addr, void *dst, uint32_t len)
{
    struct host_flash *h = ctx;

    h->n_reads++;
    if (h->is_off || !is_inside(h, addr, len, 1)) {
        return ASL_ERR_FLASH_READ;
    }
    if (h->n_reads == h->at_read) {
        h->fired = true;
        return ASL_ERR_FLASH_READ;
    }
    memcpy(dst, h->bytes + addr, len);
    return ASL_OK;
}

/* A torn program leaves any subset of the bits cleared, in every byte of each touched page. */
static void program_bytes(struct host_flash *h, uint32_t addr, const uint8_t *src, uint32_t len,
                          bool torn)
{
    for (uint32_t i = 0; i < len; i++) {
        uint8_t mask = torn ? (uint8_t)next_random(h) : 0;
        h->n_set_bits += (src[i] & ~h->bytes[addr + i]) != 0;
        h->bytes[addr + i] &= (uint8_t)(src[i] | mask);
    }
    for (uint32_t page = addr / ASL_PAGE_SIZE; page * ASL_PAGE_SIZE < addr + len; page++) {
        h->n_reprograms += h->n_page_programs[page] != 0;
        h->n_page_programs[page]++;
    }
}

static enum asl_err flash_program(void *ctx, uint32_t addr, const void *src, uint32_t len)
{
    struct host_flash *h = ctx;

    h->n_programs++;
    if (h->is_off || !is_inside(h, addr, len, h->flash.program_size)) {
        return ASL_ERR_FLASH_PROGRAM;
    }
    enum host_fault fault = strike(h, addr);
    if (fault == HOST_FAULT_NONE || fault == HOST_FAULT_TORN) {
        program_bytes(h, addr, src, len, fault == HOST_FAULT_TORN);
    }
    h->is_off = fault == HOST_FAULT_TORN;
    return fault == HOST_FAULT_ERROR || fault == HOST_FAULT_TORN ? ASL_ERR_FLASH_PROGRAM : ASL_OK;
}

static void erase_bytes(struct host_flash *h, uint32_t addr, bool torn)
{
    memset(h->bytes + addr, 0xff, ASL_SECTOR_SIZE);
    for (uint32_t i = 0; torn && i < ASL_SECTOR_SIZE; i++) {
        h->bytes[addr + i] = (uint8_t)next_random(h);
    }
    memset(h->n_page_programs + addr / ASL_PAGE_SIZE, 0, ASL_SECTOR_SIZE / ASL_PAGE_SIZE);
    h->n_sector_erases[addr / ASL_SECTOR_SIZE]++;
}

static enum asl_err flash_erase(void *ctx, uint32_t addr)
{
    struct host_flash *h = ctx;

    h->n_erases++;
    if (h->is_off || !is_inside(h, addr, ASL_SECTOR_SIZE, ASL_SECTOR_SIZE)) {
        return ASL_ERR_FLASH_ERASE;
    }
    enum host_fault fault = strike(h, addr);
    if (fault == HOST_FAULT_NONE || fault == HOST_FAULT_TORN) {
        erase_bytes(h, addr, fault == HOST_FAULT_TORN);
    }
    h->is_off = fault == HOST_FAULT_TORN;
    return fault == HOST_FAULT_ERROR || fault == HOST_FAULT_TORN ? ASL_ERR_FLASH_ERASE : ASL_OK;
}

void host_flash_init(struct host_flash *h, uint32_t size)
{
    memset(h, 0, sizeof(*h));
    h->flash = (struct asl_flash){.read = flash_read,
                                  .program = flash_program,
                                  .erase = flash_erase,
                                  .ctx = h,
                                  .size = size,
                                  .erase_size = ASL_SECTOR_SIZE,
                                  .page_size = ASL_PAGE_SIZE,
                                  .program_size = 4};
    h->bytes = malloc(size);
    h->n_sector_erases = calloc(size / ASL_SECTOR_SIZE, sizeof(*h->n_sector_erases));
    h->n_page_programs = calloc(size / ASL_PAGE_SIZE, 1);
    if (h->bytes == NULL || h->n_sector_erases == NULL || h->n_page_programs == NULL) {
        abort();
    }
    memset(h->bytes, 0xff, size);
    h->dead_sector = NO_SECTOR;
    h->seed = 0x2545f491u;
}

void host_flash_init_used(struct host_flash *h, uint32_t size)
{
    host_flash_init(h, size);
    for (uint32_t i = 0; i < size; i++) {
        h->bytes[i] = (uint8_t)(i * 31 + i / 997);
    }
}

void host_flash_free(struct host_flash *h)
{
    free(h->bytes);
    free(h->n_sector_erases);
    free(h->n_page_programs);
}

void host_flash_rewind(struct host_flash *h, const uint8_t *bytes)
{
    struct host_flash fresh;

    host_flash_init(&fresh, h->flash.size);
    memcpy(fresh.bytes, bytes, h->flash.size);
    host_flash_free(h);
    *h = fresh;
    h->flash.ctx = h;
}

void host_flash_plan(struct host_flash *h, enum host_fault fault, uint32_t at_op, uint32_t at_read)
{
    h->fault = fault;
    h->at_op = at_op;
    h->at_read = at_read;
    h->fired = false;
    h->n_ops = 0;
    h->n_reads = 0;
}

void host_flash_power_on(struct host_flash *h)
{
    h->is_off = false;
    host_flash_plan(h, HOST_FAULT_NONE, 0, 0);
}

bool host_flash_same_outside(const struct host_flash *h, const uint8_t *other, uint32_t addr,
                             uint32_t len)
{
    return memcmp(h->bytes, other, addr) == 0 &&
           memcmp(h->bytes + addr + len, other + addr + len, h->flash.size - addr - len) == 0;
}
