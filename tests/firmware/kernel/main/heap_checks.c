/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "checks.h"
#include "esp_heap_caps.h"
#include "esp_system.h"

#define N_BLOCKS 24u
#define N_ROUNDS 4000u

static uint32_t random_state = 1;

static uint32_t next_random(void)
{
    random_state = random_state * 1664525u + 1013904223u;
    return random_state >> 8;
}

static bool holds(const uint8_t *p, size_t len, uint8_t value)
{
    for (size_t i = 0; i < len; i++) {
        if (p[i] != value) {
            return false;
        }
    }
    return true;
}

/* Allocates, grows and frees at random; nothing may change under anybody's hands. */
static void check_random_use(void)
{
    struct {
        uint8_t *p;
        size_t len;
        uint8_t value;
    } block[N_BLOCKS] = {0};
    uint32_t free_before = esp_get_free_heap_size();
    bool intact = true;

    for (uint32_t n = 0; n < N_ROUNDS; n++) {
        uint32_t i = next_random() % N_BLOCKS;
        size_t len = next_random() % 3000u + 1u;
        intact = intact && (block[i].p == NULL || holds(block[i].p, block[i].len, block[i].value));
        if (block[i].p != NULL && next_random() % 3u != 0) {
            free(block[i].p);
            block[i].p = NULL;
        } else {
            uint8_t *p = realloc(block[i].p, len);
            size_t kept = block[i].p == NULL ? 0 : block[i].len < len ? block[i].len : len;
            intact =
                intact && (p == NULL || ((uint32_t)p % 8u == 0 && holds(p, kept, block[i].value)));
            if (p != NULL) {
                block[i].p = p;
                block[i].len = len;
                block[i].value = (uint8_t)n;
                memset(p, (uint8_t)n, len);
            }
        }
    }
    for (uint32_t i = 0; i < N_BLOCKS; i++) {
        free(block[i].p);
    }
    CHECK(intact);
    CHECK(esp_get_free_heap_size() == free_before);
}

static void check_limits(void)
{
    size_t largest = heap_caps_get_largest_free_block(MALLOC_CAP_8BIT);
    uint32_t free_before = esp_get_free_heap_size();
    void *p = malloc(largest + 1);
    CHECK(p == NULL);
    p = malloc(largest);
    CHECK(p != NULL);
    CHECK(esp_get_minimum_free_heap_size() <= free_before - largest);
    free(p);
    CHECK(esp_get_free_heap_size() == free_before);
    CHECK(malloc(0) == NULL);
    volatile size_t many = 0x10000;
    p = calloc(many, many);
    CHECK(p == NULL);
    uint8_t *zeros = calloc(10, 30);
    CHECK(zeros != NULL && holds(zeros, 300, 0));
    free(zeros);
}

void check_heap(void)
{
    check_random_use();
    check_limits();
}
