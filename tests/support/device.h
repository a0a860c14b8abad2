/* SPDX-License-Identifier: Apache-2.0 */
/* A virtual device for tests: a flash image composed from built files, a board that runs it, and
 * its console as text. Reads and writes the stored formats by itself, not through core. */
#ifndef TESTS_DEVICE_H
#define TESTS_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vb_board.h"

#define DEVICE_CONSOLE_MAX 65536u

/* The default 4 MB map. */
#define OTADATA_ADDR 0xd000u
#define FACTORY_ADDR 0x10000u
#define OTA_0_ADDR   0x110000u
#define OTA_1_ADDR   0x210000u
#define SLOT_SIZE    0xf0000u

struct device {
    uint8_t *flash; /* what the next power-on starts from */
    uint32_t flash_size;
    struct vb_board *board;
    char console[DEVICE_CONSOLE_MAX]; /* NUL-terminated */
    size_t console_len;
    const char *until; /* text that ends the run */
    uint64_t seed;
    const struct vb_net *net; /* NULL: frames vanish */
    struct vb_ap ap;          /* in the air when its ssid is not "" */
    void (*trace)(void *ctx, enum vb_trace_kind kind, const char *text); /* ctx: the device */
};

/* A device with blank flash. Aborts the test program when memory is out. */
void device_init(struct device *d, uint32_t flash_size);
void device_free(struct device *d);

/* Copies a file into flash; returns its length. Aborts with a message when it cannot be read. */
uint32_t device_load(struct device *d, uint32_t addr, const char *path);
/* Writes a boot record (state undefined) into record 0 or 1. */
void device_select(struct device *d, unsigned record, uint32_t seq);
/* Writes a board's present flash back into d->flash and drops the board. */
void device_power_off(struct device *d);

/* Powers on (or goes on) until text appears on the console or limit_ms of virtual time passed.
 * Returns true when the text appeared. */
bool device_run(struct device *d, const char *until, uint32_t limit_ms);
bool device_printed(const struct device *d, const char *text);
struct vb_stats device_stats(const struct device *d);

#endif
