/* SPDX-License-Identifier: Apache-2.0 */
/* A store of 4 KiB pages that copies share until one of them writes: what makes forking a board
 * with megabytes of flash cheap. */
#ifndef VB_PAGES_H
#define VB_PAGES_H

#include <stdbool.h>
#include <stdint.h>

#define VB_PAGE_SIZE 4096u

struct vb_page;

struct vb_pages {
    struct vb_page **page; /* [n]; pages are counted references, never NULL */
    uint32_t n;
};

/* Makes a store of n pages filled with one byte value (they share one page until written).
 * Errors: false when memory is out; the store is then empty and needs no free. */
bool vb_pages_init(struct vb_pages *pages, uint32_t n, uint8_t fill);
/* Turns a plain struct copy into a store of its own that shares every page with the original.
 * Errors: false when memory is out; the copy is then empty. */
bool vb_pages_fork(struct vb_pages *copy);
void vb_pages_free(struct vb_pages *pages);

/* The bytes of one page, [VB_PAGE_SIZE]; valid until the page is next written. */
const uint8_t *vb_pages_get(const struct vb_pages *pages, uint32_t index);
/* The same for writing: a shared page is copied first, and its address changes. The process ends
 * when not even 4 KiB are left. */
uint8_t *vb_pages_own(struct vb_pages *pages, uint32_t index);

#endif
