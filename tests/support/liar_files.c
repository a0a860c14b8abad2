/* SPDX-License-Identifier: Apache-2.0 */
/* What a lying server may send instead of the image. Images that are wrong in meaning are whole
 * otherwise: checksum and hash are written again. */
#include <stdlib.h>
#include <string.h>

#include "liar.h"
#include "make_image.h"

#define TEXT_PAGE                                                                                  \
    "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please accept the terms of "    \
    "this network before you go on.</body></html>\n"
#define TOO_LARGE 0xf4000u /* more than any slot */

const struct liar_file *liar_find_file(const struct liar_files *files, const char *name, size_t len)
{
    for (unsigned i = 0; i < files->n; i++) {
        if (strlen(files->file[i].name) == len && memcmp(files->file[i].name, name, len) == 0) {
            return &files->file[i];
        }
    }
    return NULL;
}

static uint8_t *add(struct liar_files *files, const char *name, const uint8_t *bytes, size_t have,
                    size_t len)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);
    if (!copy || files->n == LIAR_FILES) {
        abort();
    }
    memset(copy, 0xa5, len);
    memcpy(copy, bytes, have < len ? have : len);
    files->file[files->n++] = (struct liar_file){name, copy, len};
    return copy;
}

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

/* Linked 0x1000 further: right for no slot of the table. */
static void link_elsewhere(uint8_t *image, size_t len)
{
    put32(image + 4, get32(image + 4) + 0x1000);
    put32(image + 8, get32(image + 8) + 0x1000);
    reseal_image(image, (uint32_t)len);
}

/* The first bytes of an ESP32's: same magic, 24 bytes of header, its own addresses. */
static void make_esp32(uint8_t *image)
{
    static const uint8_t head[] = {0xe9, 4, 2,    0x20, 0xe4, 0x12, 0x08, 0x40, 0xee, 0, 0,
                                   0,    0, 0,    0,    0,    0,    0,    0,    0,    0, 0,
                                   0,    1, 0x20, 0,    0x40, 0x3f, 0x10, 0x40, 0,    0};
    memcpy(image, head, sizeof head);
}

void liar_files_make(struct liar_files *files, const uint8_t *image, size_t len)
{
    uint8_t *p;
    files->n = 0;
    add(files, "image", image, len, len);
    add(files, "text", (const uint8_t *)TEXT_PAGE, strlen(TEXT_PAGE), strlen(TEXT_PAGE));
    p = add(files, "magic", image, len, len); /* none at all */
    p[0] = 0x00;
    p = add(files, "elsewhere", image, len, len);
    link_elsewhere(p, len);
    make_esp32(add(files, "esp32", image, len, len));
    p = add(files, "flipped", image, len, len);
    p[len / 2] ^= 1;
    p = add(files, "late", image, len, len); /* wrong in its last byte, the hash's */
    p[len - 1] ^= 0x80;
    add(files, "trailing", image, len, len + 100);
    add(files, "unhashed", image, len, len - 32);
    p = add(files, "segment", image, len, len); /* longer than a slot */
    put32(p + 12, 0x00f00000);
    p = add(files, "ram", image, len, len); /* the first segment would load into RAM */
    put32(p + 8, 0x3ffe8000);
    p = add(files, "crowd", image, len, len);
    p[1] = 0xff;
    add(files, "blank", (const uint8_t *)"", 0, len);
    add(files, "large", image, len, TOO_LARGE);
    add(files, "short", image, len, len / 2);
}

void liar_files_free(struct liar_files *files)
{
    for (unsigned i = 0; i < files->n; i++) {
        free((void *)files->file[i].bytes);
    }
    files->n = 0;
}
