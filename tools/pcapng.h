/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded network traffic: pcapng with one Ethernet interface, nanoseconds of virtual time, and
 * the direction of each frame. Any pcapng tool reads it; read back, it must hold all of that. */
#ifndef TOOLS_PCAPNG_H
#define TOOLS_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct pcapng_frame {
    uint64_t time_ns; /* virtual, since power-on */
    bool is_sent;     /* by the device; otherwise handed to it */
    const uint8_t *byte;
    size_t len;
};
/* Longest frame that is accepted: Ethernet without FCS. */
#define PCAPNG_FRAME_MAX 1514u

/* Starts a file. False when it cannot be written: see errno. */
bool pcapng_write_head(FILE *file);
bool pcapng_write_frame(FILE *file, const struct pcapng_frame *frame);

struct pcapng_reader {
    const uint8_t *data;
    size_t len, at;
    bool has_section, has_interface;
};

enum pcapng_result { PCAPNG_FRAME, PCAPNG_END, PCAPNG_BROKEN };

/* Reads data[len], which must outlive the reader. */
void pcapng_reader_init(struct pcapng_reader *reader, const uint8_t *data, size_t len);
/* The next frame, whose bytes lie in data. BROKEN: *why says what is wrong at reader->at. */
enum pcapng_result pcapng_read(struct pcapng_reader *reader, struct pcapng_frame *frame,
                               const char **why);

#endif
