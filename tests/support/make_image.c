/* SPDX-License-Identifier: Apache-2.0 */
#include "make_image.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define HASH_LEN 32u
#define MAX_TEXT (64u << 10)
#define DESC_LEN 256u

static void put32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++) {
        p[i] = (uint8_t)(v >> 8 * i);
    }
}

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void hash(const uint8_t *image, uint32_t len)
{
    if (EVP_Digest(image, len, (uint8_t *)image + len, NULL, EVP_sha256(), NULL) != 1) {
        abort();
    }
}

static uint8_t checksum(const uint8_t *image)
{
    const uint8_t *p = image + 8;
    uint8_t sum = 0xef;

    for (int i = 0; i < image[1]; i++) {
        uint32_t len = get32(p + 4);
        for (p += 8; len > 0; len--) {
            sum ^= *p++;
        }
    }
    return sum;
}

void reseal_image(uint8_t *image, uint32_t len)
{
    image[len - HASH_LEN - 1] = checksum(image);
    hash(image, len - HASH_LEN);
}

uint32_t make_image(const struct image_plan *plan, uint8_t *out, uint32_t max)
{
    uint32_t len = 8;

    for (int i = 0; i < plan->n_segments; i++) {
        len += 8 + plan->segments[i].len;
    }
    uint32_t sealed = (len & ~15u) + 16;
    if (sealed + HASH_LEN > max) {
        abort();
    }
    memset(out, 0, sealed);
    out[0] = 0xe9;
    out[1] = plan->n_segments;
    out[2] = plan->mode;
    out[3] = plan->size_freq;
    put32(out + 4, plan->entry);
    uint8_t *p = out + 8;
    for (int i = 0; i < plan->n_segments; i++) {
        const struct image_segment *s = &plan->segments[i];
        put32(p, s->vaddr);
        put32(p + 4, s->len);
        p += 8;
        for (uint32_t k = 0; k < s->len; k++) {
            *p++ = s->data != NULL ? s->data[k] : (uint8_t)(k * 7 + k / 251 + 3);
        }
    }
    out[sealed - 1] = checksum(out);
    if (plan->no_hash) {
        return sealed;
    }
    hash(out, sealed);
    return sealed + HASH_LEN;
}

uint32_t make_app(uint32_t slot_addr, uint32_t text_len, uint32_t data_len, uint8_t *out,
                  uint32_t max)
{
    static uint8_t text[MAX_TEXT];
    uint32_t base = 0x40200010u + slot_addr % 0x100000u;
    const struct image_segment segments[] = {{base, text, text_len}, {0x3ffe8000u, NULL, data_len}};
    const struct image_plan plan = {.entry = base + text_len - 4,
                                    .mode = 2,
                                    .size_freq = 0x20,
                                    .segments = segments,
                                    .n_segments = data_len > 0 ? 2 : 1};

    if (text_len > sizeof(text) || text_len < DESC_LEN) {
        abort();
    }
    for (uint32_t i = 0; i < text_len; i++) {
        text[i] = (uint8_t)(i * 13 + i / 256);
    }
    memset(text, 0, DESC_LEN);
    put32(text, 0xabcd5432u);
    strcpy((char *)text + 16, "1.2.3");
    strcpy((char *)text + 48, "test_app");
    return make_image(&plan, out, max);
}

uint32_t make_vector_a(uint8_t *out, uint32_t max)
{
    static const uint8_t text[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    static const uint8_t data[8] = {'E', 'S', 'P', '8', '2', '6', '6', '!'};
    static const struct image_segment segments[] = {{0x40210010u, text, 16},
                                                    {0x3ffe8000u, data, 8}};
    static const struct image_plan plan = {0x40210014u, 2, 0x20, segments, 2, false};

    return make_image(&plan, out, max);
}

uint32_t make_vector_b(uint8_t *out, uint32_t max)
{
    static const uint8_t text[12] = {0x11, 0x22, 0x33, 0x44, 0x11, 0x22,
                                     0x33, 0x44, 0x11, 0x22, 0x33, 0x44};
    static const struct image_segment segments[] = {{0x40210010u, text, 12}};
    static const struct image_plan plan = {0x40210010u, 2, 0x20, segments, 1, false};

    return make_image(&plan, out, max);
}
