/* SPDX-License-Identifier: Apache-2.0 */
#include "loader_slip.h"

#include "airslot/bytes.h"

enum { ESC = 0xdb, ESC_END = 0xdc, ESC_ESC = 0xdd };

/* A mark ends a frame, or begins one when nothing is in it. */
static bool take_end(struct slip_decoder *slip)
{
    bool is_whole = slip->in_frame && slip->len > 0 && !slip->is_broken && !slip->is_escaped;

    slip->in_frame = !slip->in_frame || slip->len == 0;
    slip->is_escaped = false;
    slip->is_broken = false;
    if (!is_whole) {
        slip->len = 0;
    }
    return is_whole;
}

bool slip_take(struct slip_decoder *slip, uint8_t byte)
{
    if (!slip->in_frame) {
        slip->len = 0;
    }
    if (byte == SLIP_END) {
        return take_end(slip);
    }
    if (!slip->in_frame) {
        return false;
    }
    if (byte == ESC && !slip->is_escaped) {
        slip->is_escaped = true;
        return false;
    }
    if (slip->is_escaped) {
        slip->is_broken = slip->is_broken || (byte != ESC_END && byte != ESC_ESC);
        byte = byte == ESC_END ? SLIP_END : ESC;
        slip->is_escaped = false;
    }
    if (slip->len == SLIP_FRAME_MAX) {
        slip->is_broken = true;
        return false;
    }
    slip->frame[slip->len++] = byte;
    return false;
}

size_t slip_encode(uint8_t *out, const uint8_t *src, size_t len)
{
    size_t n = 0;

    out[n++] = SLIP_END;
    for (size_t i = 0; i < len; i++) {
        if (src[i] == SLIP_END || src[i] == ESC) {
            out[n++] = ESC;
            out[n++] = src[i] == SLIP_END ? ESC_END : ESC_ESC;
        } else {
            out[n++] = src[i];
        }
    }
    out[n++] = SLIP_END;
    return n;
}

void loader_put_header(uint8_t out[LOADER_HEADER_LEN], uint8_t op, uint16_t len, uint32_t checksum)
{
    out[0] = 0;
    out[1] = op;
    asl_put_le16(out + 2, len);
    asl_put_le32(out + 4, checksum);
}

bool loader_parse_reply(const uint8_t *frame, size_t len, struct loader_reply *out)
{
    if (len < LOADER_HEADER_LEN + 2 || frame[0] != 1 ||
        asl_get_le16(frame + 2) != len - LOADER_HEADER_LEN) {
        return false;
    }
    out->op = frame[1];
    out->value = asl_get_le32(frame + 4);
    out->data = frame + LOADER_HEADER_LEN;
    out->len = len - LOADER_HEADER_LEN - 2;
    out->failed = frame[len - 2];
    out->error = frame[len - 1];
    return true;
}

uint32_t loader_checksum(const uint8_t *payload, size_t len)
{
    uint32_t sum = 0xef;

    for (size_t i = 0; i < len; i++) {
        sum ^= payload[i];
    }
    return sum;
}

const char *loader_error_text(uint8_t error)
{
    switch (error) {
    case 0x05:
        return "the request is unknown or has a wrong length";
    case 0x06:
        return "the operation failed";
    case 0x07:
    case 0xc1:
        return "the checksum is wrong: bytes were damaged on the line";
    case 0x08:
        return "flash does not read back as written";
    case 0xc0:
        return "a length or address is wrong";
    case 0xc2:
        return "a block is missing or came twice";
    case 0xc3:
        return "the request is unknown";
    case 0xc4:
        return "the flash chip does not do it";
    case 0xc6:
        return "no write was begun";
    case 0xc7:
        return "the packed data are damaged";
    case 0xc8:
        return "the data ended early";
    case 0xc9:
        return "there are more data than were announced";
    default:
        return "for a reason without a name";
    }
}
