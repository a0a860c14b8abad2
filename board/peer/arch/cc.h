/* SPDX-License-Identifier: Apache-2.0 */
/* Compiler and platform as lwIP wants to know them. */
#ifndef LWIP_ARCH_CC_H
#define LWIP_ARCH_CC_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

uint32_t vb_peer_stack_random(void);
#define LWIP_RAND() vb_peer_stack_random()

#define LWIP_PLATFORM_DIAG(message) ((void)0)
/* A broken invariant of lwIP: nothing that follows would be true. */
#define LWIP_PLATFORM_ASSERT(message) (fprintf(stderr, "lwIP: %s\n", message), abort())

#endif
