/* SPDX-License-Identifier: Apache-2.0 */
/* Reading flash: its MD5, and its bytes in frames that the host acknowledges by their total. */
#include "stub.h"

#define PIECE 256u

static uint32_t buffer[PIECE / 4];

/* A read of bytes from the words that hold them. */
static const uint8_t *read_piece(uint32_t addr, uint32_t len)
{
    uint32_t skip = addr % 4;
    chip_read(addr - skip, buffer, (skip + len + 3) & ~3u);
    return (const uint8_t *)buffer + skip;
}

static uint32_t piece_len(uint32_t left)
{
    return left < PIECE - 4 ? left : PIECE - 4;
}

void reading_md5(const struct request *q)
{
    struct {
        uint8_t direction, op;
        uint16_t len;
        uint32_t value;
        uint8_t digest[16];
        uint8_t status[2];
    } answer = {.direction = 1, .op = q->op, .len = 18};
    struct md5_ctx md5;
    uint32_t addr = q->arg[0];
    uint32_t left = q->arg[1];
    line_drop();
    if (q->len < 8) {
        reply(q->op, 0, STUB_BAD_LEN);
        return;
    }
    MD5Init(&md5);
    chip_wait();
    while (left > 0) {
        uint32_t n = piece_len(left);
        MD5Update(&md5, read_piece(addr, n), n);
        addr += n;
        left -= n;
    }
    MD5Final(answer.digest, &md5);
    line_send(&answer, 26);
}

static void send_packet(struct md5_ctx *md5, uint32_t addr, uint32_t len)
{
    line_begin();
    while (len > 0) {
        uint32_t n = piece_len(len);
        const uint8_t *data = read_piece(addr, n);
        MD5Update(md5, data, n);
        line_put(data, n);
        addr += n;
        len -= n;
    }
    line_end();
}

/* Takes one acknowledgement: the bytes that the host has. Anything else ends the reading. */
static bool take_ack(uint32_t *acked)
{
    uint32_t len = line_wait();
    if (len != 4) {
        return false;
    }
    line_copy(0, acked, 4);
    line_drop();
    return true;
}

static bool stream(struct md5_ctx *md5, uint32_t addr, uint32_t len, uint32_t packet,
                   uint32_t max_ahead)
{
    uint32_t sent = 0;
    uint32_t acked = 0;
    while (acked < len) {
        uint32_t n = len - sent < packet ? len - sent : packet;
        if (n > 0 && sent - acked < max_ahead && !line_has_frame()) {
            send_packet(md5, addr + sent, n);
            sent += n;
        } else if (!take_ack(&acked) || acked > sent) {
            return false;
        }
    }
    return true;
}

void reading_flash(const struct request *q)
{
    struct md5_ctx md5;
    uint8_t digest[16];
    uint32_t packet = q->arg[2];
    line_drop();
    bool is_good = q->len >= 16 && packet > 0 && q->arg[3] > 0;
    reply(q->op, 0, is_good ? STUB_OK : STUB_BAD_LEN);
    if (!is_good) {
        return;
    }
    MD5Init(&md5);
    chip_wait();
    if (stream(&md5, q->arg[0], q->arg[1], packet, packet * q->arg[3])) {
        MD5Final(digest, &md5);
        line_send(digest, sizeof(digest));
    }
}
