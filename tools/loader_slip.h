/* SPDX-License-Identifier: Apache-2.0 */
/* SLIP frames (RFC 1055) and the requests and replies of the chip's loaders inside them. Pure.
 * Fact: esptool's serial protocol; docs/board-rom.md tells the mask ROM's side. */
#ifndef TOOLS_LOADER_SLIP_H
#define TOOLS_LOADER_SLIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SLIP_END       0xc0u
#define SLIP_FRAME_MAX 0x4040u

struct slip_decoder {
    uint8_t frame[SLIP_FRAME_MAX];
    size_t len;
    bool in_frame;
    bool is_escaped;
    bool is_broken; /* a bad escape, or too long: skipped to its end */
};

/* Takes a byte; true when it completes a frame that is not empty: frame[len], until the next call.
 * Bytes outside of frames are no part of any. */
bool slip_take(struct slip_decoder *slip, uint8_t byte);
/* Encodes len bytes into out[2 * len + 2]; returns the length. */
size_t slip_encode(uint8_t *out, const uint8_t *src, size_t len);

#define LOADER_HEADER_LEN      8u
#define LOADER_DATA_HEADER_LEN 16u

struct loader_reply {
    uint8_t op;
    uint32_t value;
    uint8_t failed;      /* first status byte: 0 is success */
    uint8_t error;       /* second status byte */
    const uint8_t *data; /* between header and status bytes; inside the frame */
    size_t len;
};

/* Writes the header of a request with len bytes behind it. */
void loader_put_header(uint8_t out[LOADER_HEADER_LEN], uint8_t op, uint16_t len, uint32_t checksum);
/* Reads a frame as a reply. Returns false when it is none. */
bool loader_parse_reply(const uint8_t *frame, size_t len, struct loader_reply *out);
/* The checksum of a data request's payload. */
uint32_t loader_checksum(const uint8_t *payload, size_t len);
/* What an error byte of the ROM or a stub means: a clause; static. */
const char *loader_error_text(uint8_t error);

#endif
