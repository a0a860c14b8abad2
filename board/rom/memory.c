/* SPDX-License-Identifier: Apache-2.0 */
/* memcpy and its kin. Word accesses wherever both ends are aligned, so that aligned copies work in
 * word-only memories; bytes elsewhere. */
#include "rom.h"

typedef uint32_t __attribute__((may_alias)) word;

static int is_aligned(const void *p)
{
    return ((uintptr_t)p & 3) == 0;
}

/* d is aligned, s is not: whole words of s, shifted together. Reads no word without a byte of s. */
static uint8_t *copy_shifted(uint8_t *d, const uint8_t *s, size_t n_words)
{
    uint32_t shift = ((uintptr_t)s & 3) * 8;
    const word *from = (const word *)(const void *)(s - ((uintptr_t)s & 3));
    uint32_t low = *from++;
    for (; n_words > 0; n_words--, d += 4) {
        uint32_t high = *from++;
        *(word *)d = low >> shift | high << (32 - shift);
        low = high;
    }
    return d;
}

static uint8_t *copy_words(uint8_t *d, const uint8_t *s, size_t n_words)
{
    for (; n_words >= 4; n_words -= 4, d += 16, s += 16) {
        uint32_t w0 = ((const word *)s)[0], w1 = ((const word *)s)[1];
        uint32_t w2 = ((const word *)s)[2], w3 = ((const word *)s)[3];
        ((word *)d)[0] = w0;
        ((word *)d)[1] = w1;
        ((word *)d)[2] = w2;
        ((word *)d)[3] = w3;
    }
    for (; n_words > 0; n_words--, d += 4, s += 4) {
        *(word *)d = *(const word *)s;
    }
    return d;
}

void *memcpy(void *dst, const void *src, size_t len)
{
    uint8_t *d = dst;
    const uint8_t *s = src;
    for (; len > 0 && !is_aligned(d); len--) {
        *d++ = *s++;
    }
    if (len >= 4) {
        uint8_t *end = is_aligned(s) ? copy_words(d, s, len / 4) : copy_shifted(d, s, len / 4);
        s += end - d;
        d = end;
        len &= 3;
    }
    for (; len > 0; len--) {
        *d++ = *s++;
    }
    return dst;
}

void *memmove(void *dst, const void *src, size_t len)
{
    uint8_t *d = dst;
    const uint8_t *s = src;
    if ((uintptr_t)d - (uintptr_t)s >= len) {
        return memcpy(dst, src, len);
    }
    d += len;
    s += len;
    if ((((uintptr_t)d ^ (uintptr_t)s) & 3) == 0) {
        for (; len > 0 && !is_aligned(d); len--) {
            *--d = *--s;
        }
        for (; len >= 4; len -= 4) {
            d -= 4;
            s -= 4;
            *(word *)d = *(const word *)s;
        }
    }
    for (; len > 0; len--) {
        *--d = *--s;
    }
    return dst;
}

void *memset(void *dst, int value, size_t len)
{
    uint8_t *d = dst;
    uint32_t pattern = (uint32_t)(value & 0xFF) * 0x01010101u;
    for (; len > 0 && !is_aligned(d); len--) {
        *d++ = (uint8_t)value;
    }
    for (; len >= 4; len -= 4, d += 4) {
        *(word *)d = pattern;
    }
    for (; len > 0; len--) {
        *d++ = (uint8_t)value;
    }
    return dst;
}

int memcmp(const void *a, const void *b, size_t len);
int memcmp(const void *a, const void *b, size_t len)
{
    const uint8_t *p = a, *q = b;
    if (is_aligned(p) && is_aligned(q)) {
        for (; len >= 4 && *(const word *)p == *(const word *)q; len -= 4) {
            p += 4;
            q += 4;
        }
    }
    for (; len > 0; len--, p++, q++) {
        if (*p != *q) {
            return *p - *q;
        }
    }
    return 0;
}

void bzero(void *dst, size_t len);
void bzero(void *dst, size_t len)
{
    memset(dst, 0, len);
}

void *xthal_bcopy(const void *src, void *dst, size_t len);
void *xthal_bcopy(const void *src, void *dst, size_t len)
{
    return memcpy(dst, src, len);
}
