/* SPDX-License-Identifier: Apache-2.0 */
/* The heap behind malloc() and its family: all DRAM between the program's data and the interrupt
 * stack. It finds overruns and double frees when the block concerned is freed, and panics. */
#ifndef ESP8266_HEAP_H
#define ESP8266_HEAP_H

#include <stddef.h>
#include <stdint.h>

/* Not defined here: a test program may define it, and return 0 to refuse an allocation. */
int heap_alloc_hook(size_t size) __attribute__((weak));

/* Before the first allocation, once. */
void heap_init(void);

/* Bytes in free blocks, their headers included; the least there ever was; the longest allocation
 * that would succeed now. */
uint32_t heap_free_bytes(void);
uint32_t heap_minimum_free_bytes(void);
uint32_t heap_largest_free_bytes(void);

#endif
