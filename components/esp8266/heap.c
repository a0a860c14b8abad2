/* SPDX-License-Identifier: Apache-2.0 */
/* The heap: first fit over a list of free blocks, neighbours joined at once, 4 bytes of header.
 * Only tasks use it, and they switch cooperatively: no lock. Interrupt handlers must not. */
#include "esp8266/heap.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "esp8266/panic.h"

/* A block starts with its header: size (all of the block, multiple of 8), two flags, and in the
 * upper bits a seal made of address and size, which an overrun of the block before breaks. A free
 * block also holds its list links and, in its last word, its size for the block behind it. */
struct block {
    uint32_t header;
    struct block *next;
    struct block *prev;
};

#define FLAG_USED      1u
#define FLAG_PREV_USED 2u
#define SIZE_MASK      0x0003fff8u
#define SEAL_SHIFT     18
#define HEADER_LEN     4u
#define BLOCK_MIN      16u

extern uint8_t _heap_start[], _heap_end[];

static struct block free_list = {0, &free_list, &free_list};
static uint32_t n_free, n_free_min;

static inline uint32_t seal_of(const struct block *b, uint32_t size)
{
    return (((uint32_t)b >> 2) ^ (size * 5u) ^ 0x2a5bu) << SEAL_SHIFT;
}

static inline uint32_t size_of(const struct block *b)
{
    return b->header & SIZE_MASK;
}

static inline struct block *behind(const struct block *b, uint32_t size)
{
    return (struct block *)((uint8_t *)b + size);
}

static void set_header(struct block *b, uint32_t size, uint32_t flags)
{
    b->header = seal_of(b, size) | size | flags;
}

static void set_flag(struct block *b, uint32_t flag, int on)
{
    b->header = on ? b->header | flag : b->header & ~flag;
}

static void check_seal(const struct block *b, const char *what)
{
    uint32_t size = size_of(b);
    if ((b->header & ~(SIZE_MASK | 7u)) != seal_of(b, size)) {
        soc_panic_at(SOC_CAUSE_HEAP, what, (uint32_t)b);
    }
}

static void list_remove(struct block *b)
{
    b->prev->next = b->next;
    b->next->prev = b->prev;
    n_free -= size_of(b);
}

/* Makes [b, b+size) free; whoever stands behind learns it. */
static void list_insert(struct block *b, uint32_t size, uint32_t prev_used)
{
    set_header(b, size, prev_used);
    ((uint32_t *)behind(b, size))[-1] = size;
    set_flag(behind(b, size), FLAG_PREV_USED, 0);
    b->next = free_list.next;
    b->prev = &free_list;
    b->next->prev = b;
    free_list.next = b;
    n_free += size;
}

/* The arena ends in a header that is used for ever, so that no block has to ask for the end. */
void heap_init(void)
{
    uint32_t start = (((uint32_t)_heap_start + 7u) & ~7u) + HEADER_LEN;
    uint32_t end = ((uint32_t)_heap_end & ~7u) - HEADER_LEN;
    struct block *first = (struct block *)start;
    struct block *last = (struct block *)end;
    set_header(last, 0, FLAG_USED);
    list_insert(first, end - start, FLAG_PREV_USED);
    n_free_min = n_free;
}

static uint32_t block_len(size_t size)
{
    uint32_t len = ((uint32_t)size + HEADER_LEN + 7u) & ~7u;
    return len < BLOCK_MIN ? BLOCK_MIN : len;
}

static struct block *find_fit(uint32_t len)
{
    for (struct block *b = free_list.next; b != &free_list; b = b->next) {
        check_seal(b, "free block");
        if (size_of(b) >= len) {
            return b;
        }
    }
    return NULL;
}

/* Takes len bytes off a free block that is not in the list any more; the rest stays free. */
static void claim(struct block *b, uint32_t len)
{
    uint32_t size = size_of(b);
    uint32_t prev_used = b->header & FLAG_PREV_USED;
    if (size - len >= BLOCK_MIN) {
        list_insert(behind(b, len), size - len, FLAG_PREV_USED);
        size = len;
    } else {
        set_flag(behind(b, size), FLAG_PREV_USED, 1);
    }
    set_header(b, size, FLAG_USED | prev_used);
    if (n_free < n_free_min) {
        n_free_min = n_free;
    }
}

void *malloc(size_t size)
{
    if (size == 0 || size > SIZE_MASK - 16u || (heap_alloc_hook && !heap_alloc_hook(size))) {
        errno = ENOMEM;
        return NULL;
    }
    uint32_t len = block_len(size);
    struct block *b = find_fit(len);
    if (b == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    list_remove(b);
    claim(b, len);
    return (uint8_t *)b + HEADER_LEN;
}

static struct block *used_block(void *p)
{
    struct block *b = (struct block *)((uint8_t *)p - HEADER_LEN);
    if (((uint32_t)p & 7u) != 0 || (uint8_t *)p < _heap_start || (uint8_t *)p >= _heap_end) {
        soc_panic_at(SOC_CAUSE_HEAP, "not a block of the heap", (uint32_t)p);
    }
    check_seal(b, "block overrun from below");
    if ((b->header & FLAG_USED) == 0) {
        soc_panic_at(SOC_CAUSE_HEAP, "freed twice", (uint32_t)p);
    }
    check_seal(behind(b, size_of(b)), "block overrun");
    return b;
}

void free(void *p)
{
    if (p == NULL) {
        return;
    }
    struct block *b = used_block(p);
    uint32_t size = size_of(b);
    uint32_t prev_used = b->header & FLAG_PREV_USED;
    struct block *next = behind(b, size);
    if ((next->header & FLAG_USED) == 0) {
        list_remove(next);
        size += size_of(next);
    }
    set_flag(b, FLAG_USED, 0);
    if (prev_used == 0) {
        struct block *prev = (struct block *)((uint8_t *)b - ((uint32_t *)b)[-1]);
        check_seal(prev, "free block");
        list_remove(prev);
        size += size_of(prev);
        prev_used = prev->header & FLAG_PREV_USED;
        b = prev;
    }
    list_insert(b, size, prev_used);
}

void *calloc(size_t n, size_t size)
{
    size_t len;
    if (__builtin_mul_overflow(n, size, &len)) {
        errno = ENOMEM;
        return NULL;
    }
    void *p = malloc(len);
    if (p != NULL) {
        memset(p, 0, len);
    }
    return p;
}

/* Shrinking and staying happen in place; growing moves. */
void *realloc(void *p, size_t size)
{
    if (p == NULL) {
        return malloc(size);
    }
    if (size == 0) {
        free(p);
        return NULL;
    }
    uint32_t old = size_of(used_block(p)) - HEADER_LEN;
    if (size <= old) {
        return p;
    }
    void *q = malloc(size);
    if (q != NULL) {
        memcpy(q, p, old);
        free(p);
    }
    return q;
}

uint32_t heap_free_bytes(void)
{
    return n_free;
}

uint32_t heap_minimum_free_bytes(void)
{
    return n_free_min;
}

uint32_t heap_largest_free_bytes(void)
{
    uint32_t largest = HEADER_LEN;
    for (const struct block *b = free_list.next; b != &free_list; b = b->next) {
        largest = size_of(b) > largest ? size_of(b) : largest;
    }
    return largest - HEADER_LEN;
}
