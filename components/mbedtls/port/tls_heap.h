/* SPDX-License-Identifier: Apache-2.0 */
/* mbedTLS's memory: the heap, remembering what it could not give. */
#ifndef TLS_HEAP_H
#define TLS_HEAP_H

#include <stddef.h>

/* Bytes of the last request since the reset that the heap refused; 0 when it gave all. */
size_t tls_heap_refused(void);
void tls_heap_reset(void);

#endif
