/* SPDX-License-Identifier: Apache-2.0 */
/* Small application images for tests, written by the format's drawing and not through core. */
#ifndef TESTS_MAKE_IMAGE_H
#define TESTS_MAKE_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

struct image_segment {
    uint32_t vaddr;
    const uint8_t *data; /* NULL: len bytes of a pattern */
    uint32_t len;
};

struct image_plan {
    uint32_t entry;
    uint8_t mode, size_freq; /* bytes 2 and 3 */
    const struct image_segment *segments;
    uint8_t n_segments;
    bool no_hash;
};

/* Writes the image to out[max]; returns its length. Aborts when it does not fit. */
uint32_t make_image(const struct image_plan *plan, uint8_t *out, uint32_t max);
/* Writes checksum and hash of an image again after a change to its bytes; len with hash. */
void reseal_image(uint8_t *image, uint32_t len);

/* A plain image for the slot at slot_addr: text of text_len bytes (a multiple of 4, at least 256)
 * that begins with a descriptor, and data_len bytes for DRAM. */
uint32_t make_app(uint32_t slot_addr, uint32_t text_len, uint32_t data_len, uint8_t *out,
                  uint32_t max);

/* The contract's images A (96 bytes with hash) and B (64 bytes). */
uint32_t make_vector_a(uint8_t *out, uint32_t max);
uint32_t make_vector_b(uint8_t *out, uint32_t max);

#endif
