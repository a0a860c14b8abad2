/* SPDX-License-Identifier: Apache-2.0 */
/* See pcapng.h. Fact: names and numbers of the pcapng draft (blocks, options). */
#include "pcapng.h"

#include <string.h>

enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_PACKET = 6,
};
#define BYTE_ORDER_MAGIC  0x1a2b3c4du
#define LINKTYPE_ETHERNET 1u
#define OPTION_END        0u
#define OPTION_USERAPPL   4u /* of a section */
#define OPTION_NAME       2u /* of an interface */
#define OPTION_TSRESOL    9u /* of an interface: 9 means 10^-9 s */
#define OPTION_FLAGS      2u /* of a packet; bits 0 and 1 are the direction */
#define FLAGS_DIRECTION   3u
#define FLAGS_INBOUND     1u
#define FLAGS_OUTBOUND    2u
#define NANOSECONDS       9u
#define BLOCK_OVERHEAD    12u /* type, length, length again */
#define PACKET_HEAD       20u
#define INTERFACE_HEAD    8u
#define SECTION_HEAD      16u
#define BLOCK_MAX         4096u

static void put16(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *p, uint32_t value)
{
    put16(p, value);
    put16(p + 2, value >> 16);
}

static uint32_t get16(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t get32(const uint8_t *p)
{
    return get16(p) | get16(p + 2) << 16;
}

static size_t padded(size_t len)
{
    return (len + 3) & ~(size_t)3;
}

/* --- writing: a block is composed in memory and leaves in one piece --- */

struct block {
    uint8_t byte[BLOCK_MAX];
    size_t len;
};

static void add32(struct block *b, uint32_t value)
{
    put32(b->byte + b->len, value);
    b->len += 4;
}

static void add_bytes(struct block *b, const void *src, size_t len)
{
    memcpy(b->byte + b->len, src, len);
    memset(b->byte + b->len + len, 0, padded(len) - len);
    b->len += padded(len);
}

static void add_option(struct block *b, uint32_t code, const void *value, size_t len)
{
    put16(b->byte + b->len, code);
    put16(b->byte + b->len + 2, (uint32_t)len);
    b->len += 4;
    add_bytes(b, value, len);
}

static void begin(struct block *b, uint32_t type)
{
    b->len = 0;
    add32(b, type);
    add32(b, 0); /* its length, known at the end */
}

static bool finish(struct block *b, FILE *file)
{
    add32(b, OPTION_END);
    uint32_t total = (uint32_t)b->len + 4;
    add32(b, total);
    put32(b->byte + 4, total);
    return fwrite(b->byte, 1, b->len, file) == b->len;
}

bool pcapng_write_head(FILE *file)
{
    static const uint8_t resolution = NANOSECONDS;
    struct block b;
    begin(&b, BLOCK_SECTION);
    add32(&b, BYTE_ORDER_MAGIC);
    add32(&b, 1); /* version 1.0 */
    add32(&b, UINT32_MAX);
    add32(&b, UINT32_MAX); /* length of the section: not told */
    add_option(&b, OPTION_USERAPPL, "airslot board", 13);
    if (!finish(&b, file)) {
        return false;
    }
    begin(&b, BLOCK_INTERFACE);
    add32(&b, LINKTYPE_ETHERNET);
    add32(&b, 0); /* no limit of frame length */
    add_option(&b, OPTION_NAME, "radio", 5);
    add_option(&b, OPTION_TSRESOL, &resolution, 1);
    return finish(&b, file);
}

bool pcapng_write_frame(FILE *file, const struct pcapng_frame *frame)
{
    struct block b;
    uint8_t flags[4];
    if (frame->len > PCAPNG_FRAME_MAX) {
        return false;
    }
    begin(&b, BLOCK_PACKET);
    add32(&b, 0); /* interface */
    add32(&b, (uint32_t)(frame->time_ns >> 32));
    add32(&b, (uint32_t)frame->time_ns);
    add32(&b, (uint32_t)frame->len);
    add32(&b, (uint32_t)frame->len);
    add_bytes(&b, frame->byte, frame->len);
    put32(flags, frame->is_sent ? FLAGS_OUTBOUND : FLAGS_INBOUND);
    add_option(&b, OPTION_FLAGS, flags, sizeof(flags));
    return finish(&b, file);
}

/* --- reading --- */

/* The value of an option of exactly len bytes; NULL when it is absent or the list is broken. */
static const uint8_t *find_option(const uint8_t *p, size_t left, uint32_t code, size_t len)
{
    while (left >= 4 && get16(p) != OPTION_END) {
        size_t n = get16(p + 2);
        if (padded(n) > left - 4) {
            return NULL;
        }
        if (get16(p) == code) {
            return n == len ? p + 4 : NULL;
        }
        p += 4 + padded(n);
        left -= 4 + padded(n);
    }
    return NULL;
}

static const char *read_section(struct pcapng_reader *r, const uint8_t *body, size_t len)
{
    if (r->has_section) {
        return "a second section";
    }
    if (len < SECTION_HEAD || get32(body) != BYTE_ORDER_MAGIC || get16(body + 4) != 1) {
        return "not little-endian pcapng 1.x";
    }
    r->has_section = true;
    return NULL;
}

static const char *read_interface(struct pcapng_reader *r, const uint8_t *body, size_t len)
{
    if (r->has_interface) {
        return "a second interface";
    }
    if (len < INTERFACE_HEAD || get16(body) != LINKTYPE_ETHERNET) {
        return "an interface that is not Ethernet";
    }
    const uint8_t *resolution =
        find_option(body + INTERFACE_HEAD, len - INTERFACE_HEAD, OPTION_TSRESOL, 1);
    if (resolution == NULL || *resolution != NANOSECONDS) {
        return "times that are not nanoseconds";
    }
    r->has_interface = true;
    return NULL;
}

static const char *read_packet(const struct pcapng_reader *r, const uint8_t *body, size_t len,
                               struct pcapng_frame *frame)
{
    if (!r->has_interface || len < PACKET_HEAD || get32(body) != 0) {
        return "a frame without its interface";
    }
    size_t n = get32(body + 12);
    if (n > PCAPNG_FRAME_MAX || n != get32(body + 16) || padded(n) > len - PACKET_HEAD) {
        return "a frame that is cut short or too long";
    }
    size_t used = PACKET_HEAD + padded(n);
    const uint8_t *flags = find_option(body + used, len - used, OPTION_FLAGS, 4);
    uint32_t direction = flags != NULL ? get32(flags) & FLAGS_DIRECTION : 0;
    if (direction != FLAGS_INBOUND && direction != FLAGS_OUTBOUND) {
        return "a frame without direction";
    }
    frame->time_ns = (uint64_t)get32(body + 4) << 32 | get32(body + 8);
    frame->is_sent = direction == FLAGS_OUTBOUND;
    frame->byte = body + PACKET_HEAD;
    frame->len = n;
    return NULL;
}

void pcapng_reader_init(struct pcapng_reader *reader, const uint8_t *data, size_t len)
{
    *reader = (struct pcapng_reader){.data = data, .len = len};
}

/* The length of the block at reader->at, 0 when there is no whole one. */
static size_t block_len(const struct pcapng_reader *r)
{
    size_t left = r->len - r->at;
    if (left < BLOCK_OVERHEAD) {
        return 0;
    }
    size_t len = get32(r->data + r->at + 4);
    bool is_whole = len >= BLOCK_OVERHEAD && len % 4 == 0 && len <= left;
    return is_whole && get32(r->data + r->at + len - 4) == len ? len : 0;
}

enum pcapng_result pcapng_read(struct pcapng_reader *r, struct pcapng_frame *frame,
                               const char **why)
{
    while (r->at < r->len) {
        size_t len = block_len(r);
        const uint8_t *body = r->data + r->at + 8;
        uint32_t type = len != 0 ? get32(r->data + r->at) : 0;
        *why = NULL;
        if (len == 0 || (!r->has_section && type != BLOCK_SECTION)) {
            *why = r->has_section ? "a block that is cut short" : "not a pcapng file";
        } else if (type == BLOCK_SECTION) {
            *why = read_section(r, body, len - BLOCK_OVERHEAD);
        } else if (type == BLOCK_INTERFACE) {
            *why = read_interface(r, body, len - BLOCK_OVERHEAD);
        } else if (type == BLOCK_PACKET) {
            *why = read_packet(r, body, len - BLOCK_OVERHEAD, frame);
        }
        if (*why != NULL) {
            return PCAPNG_BROKEN;
        }
        r->at += len;
        if (type == BLOCK_PACKET) {
            return PCAPNG_FRAME;
        }
    }
    return PCAPNG_END;
}
