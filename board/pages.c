/* SPDX-License-Identifier: Apache-2.0 */
/* Copy-on-write pages. Reference counts are atomic, so that boards forked from one another may run
 * on different threads. */
#include "pages.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct vb_page {
    atomic_uint n_owners;
    uint8_t bytes[VB_PAGE_SIZE];
};

static struct vb_page *page_new(void)
{
    struct vb_page *page = malloc(sizeof(*page));
    if (page != NULL) {
        atomic_init(&page->n_owners, 1);
    }
    return page;
}

static void page_release(struct vb_page *page)
{
    if (atomic_fetch_sub(&page->n_owners, 1) == 1) {
        free(page);
    }
}

bool vb_pages_init(struct vb_pages *pages, uint32_t n, uint8_t fill)
{
    struct vb_page *first = page_new();
    pages->page = calloc(n, sizeof(*pages->page));
    pages->n = n;
    if (first == NULL || pages->page == NULL || n == 0) {
        free(first);
        free(pages->page);
        *pages = (struct vb_pages){0};
        return false;
    }
    memset(first->bytes, fill, VB_PAGE_SIZE);
    atomic_store(&first->n_owners, n);
    for (uint32_t i = 0; i < n; i++) {
        pages->page[i] = first;
    }
    return true;
}

bool vb_pages_fork(struct vb_pages *copy)
{
    struct vb_page **shared = copy->page;
    copy->page = calloc(copy->n, sizeof(*copy->page));
    if (copy->page == NULL) {
        *copy = (struct vb_pages){0};
        return false;
    }
    for (uint32_t i = 0; i < copy->n; i++) {
        copy->page[i] = shared[i];
        atomic_fetch_add(&shared[i]->n_owners, 1);
    }
    return true;
}

void vb_pages_free(struct vb_pages *pages)
{
    for (uint32_t i = 0; i < pages->n; i++) {
        page_release(pages->page[i]);
    }
    free(pages->page);
    *pages = (struct vb_pages){0};
}

const uint8_t *vb_pages_get(const struct vb_pages *pages, uint32_t index)
{
    return pages->page[index]->bytes;
}

uint8_t *vb_pages_own(struct vb_pages *pages, uint32_t index)
{
    struct vb_page *page = pages->page[index];
    if (atomic_load(&page->n_owners) > 1) {
        struct vb_page *own = page_new();
        if (own == NULL) {
            abort();
        }
        memcpy(own->bytes, page->bytes, VB_PAGE_SIZE);
        pages->page[index] = own;
        page_release(page);
        page = own;
    }
    return page->bytes;
}
