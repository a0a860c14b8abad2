/* SPDX-License-Identifier: Apache-2.0 */
/* A NOR flash in RAM behind struct asl_flash: programs clear bits, erases are whole sectors. Counts
 * everything, notes what a chip would not forgive, and fails on plan: at one operation, in one of
 * the ways that real flash fails. */
#ifndef TESTS_HOST_FLASH_H
#define TESTS_HOST_FLASH_H

#include <stdbool.h>
#include <stdint.h>

#include "airslot/flash.h"

enum host_fault {
    HOST_FAULT_NONE,
    HOST_FAULT_ERROR, /* the operation reports its error and does nothing */
    HOST_FAULT_NOOP,  /* it reports success and does nothing */
    HOST_FAULT_TORN,  /* it is done in part, then the power is gone: every operation fails */
    HOST_FAULT_DEAD,  /* from here on the sector keeps what it holds, and reports success */
};

struct host_flash {
    struct asl_flash flash; /* hand &flash to the code under test */
    uint8_t *bytes;
    uint32_t *n_sector_erases; /* per sector */
    uint8_t *n_page_programs;  /* per page, since its sector was erased */
    uint32_t n_reads, n_programs, n_erases;
    uint32_t n_ops; /* programs and erases */
    /* What a chip would not forgive. */
    uint32_t n_reprograms; /* a page programmed again without an erase */
    uint32_t n_set_bits;   /* a program that wanted a 0 to become 1 */
    uint32_t n_misuses;    /* out of range or unaligned */
    /* Fault plan: at the at_op-th program or erase (from 1), or the at_read-th read. */
    enum host_fault fault;
    uint32_t at_op, at_read;
    bool fired;
    bool is_off;
    uint32_t dead_sector;
    uint32_t seed; /* of the torn bits */
};

/* Blank flash of size bytes (whole sectors). Aborts when memory is out. */
void host_flash_init(struct host_flash *h, uint32_t size);
/* The same, full of bytes that are no image's: what stood there before. */
void host_flash_init_used(struct host_flash *h, uint32_t size);
void host_flash_free(struct host_flash *h);
/* Makes it hold bytes[size], and forgets counts, faults and what was programmed. */
void host_flash_rewind(struct host_flash *h, const uint8_t *bytes);
/* Sets what fails next and starts counting operations and reads from here. */
void host_flash_plan(struct host_flash *h, enum host_fault fault, uint32_t at_op, uint32_t at_read);
/* Applies power again after HOST_FAULT_TORN; no further fault is planned. */
void host_flash_power_on(struct host_flash *h);
/* True when addr[len] and beyond, before and behind, holds what other holds except inside the
 * range. */
bool host_flash_same_outside(const struct host_flash *h, const uint8_t *other, uint32_t addr,
                             uint32_t len);

#endif
