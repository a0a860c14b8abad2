/* SPDX-License-Identifier: Apache-2.0 */
/* Compiler and platform as lwIP wants to know them. */
#ifndef LWIP_ARCH_CC_H
#define LWIP_ARCH_CC_H

#include <stdint.h>

/* The texts of assertions would take kilobytes of DRAM: the caller's address says as much. */
void lwip_port_assert_failed(unsigned line) __attribute__((noreturn, cold));
#define LWIP_PLATFORM_ASSERT(message) lwip_port_assert_failed(__LINE__)
#define LWIP_PLATFORM_DIAG(message)   ((void)0)

/* Transaction numbers, local ports: all from the hardware's random numbers. */
uint32_t esp_random(void);
#define LWIP_RAND() esp_random()

/* picolibc's table of character classes would stand in DRAM for this alone. */
#define LWIP_NO_CTYPE_H 1
/* ssize_t belongs to sys/types.h, not to unistd.h. */
#define LWIP_NO_UNISTD_H 1
#include <sys/types.h>

#endif
