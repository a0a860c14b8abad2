/* SPDX-License-Identifier: Apache-2.0 */
/* A conversation with the chip's loader over a serial port: the one in the mask ROM, or the stub
 * flasher that it has loaded. Nothing here prints. */
#ifndef TOOLS_LOADER_H
#define TOOLS_LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loader_slip.h"
#include "serial_port.h"
#include "stub/ops.h"

enum loader_err {
    LOADER_OK = 0,
    LOADER_GONE,    /* the port vanished */
    LOADER_SILENT,  /* no answer in time */
    LOADER_REFUSED, /* answered with an error: l->refused_op, l->refused_error */
    LOADER_DAMAGED, /* what came is not what was asked for */
    LOADER_OTHER_CHIP,
};

#define LOADER_ROM_BAUD   115200u
#define LOADER_HEARD_MAX  1024u
#define LOADER_REPLY_MS   3000u
#define LOADER_ROM_BLOCK  0x400u  /* of flash, through the ROM */
#define LOADER_MEM_BLOCK  0x1800u /* of RAM */
#define LOADER_STUB_BLOCK 0x1000u

struct loader {
    const struct serial_port *port;
    uint32_t baud;
    bool is_stub;
    bool has_lines; /* DTR and RTS can be set: the chip can be reset */
    bool is_gone;   /* the port has vanished */
    struct slip_decoder slip;
    uint8_t bytes[4096]; /* received, not yet taken */
    size_t n_bytes, at;
    uint8_t heard[LOADER_HEARD_MAX]; /* the first that came while no answer did */
    size_t n_heard;
    uint8_t refused_op, refused_error;
    uint32_t next_seq; /* of data requests */
    uint32_t n_unanswered;
};

void loader_init(struct loader *l, const struct serial_port *port, uint32_t baud);

/* --- loader.c: requests --- */

/* Waits for one frame: l->slip.frame[len]. */
enum loader_err loader_frame(struct loader *l, uint32_t timeout_ms);
enum loader_err loader_send(struct loader *l, uint8_t op, const void *data, size_t len,
                            uint32_t checksum);
/* Waits for the reply to op; other frames are passed over. reply may be NULL. */
enum loader_err loader_answer(struct loader *l, uint8_t op, uint32_t timeout_ms,
                              struct loader_reply *reply);
/* Sends words and waits for the reply. */
enum loader_err loader_ask(struct loader *l, uint8_t op, const uint32_t *word, unsigned n_words,
                           uint32_t timeout_ms, struct loader_reply *reply);
/* Sends the next data request of a transfer that loader_begin_data opened, waiting for no answer.
 */
void loader_begin_data(struct loader *l);
enum loader_err loader_send_data(struct loader *l, uint8_t op, const uint8_t *payload, size_t len);
/* Waits until at most left of the data requests are unanswered. */
enum loader_err loader_answer_data(struct loader *l, uint8_t op, uint32_t left,
                                   uint32_t timeout_ms);
enum loader_err loader_read_reg(struct loader *l, uint32_t addr, uint32_t *value);
enum loader_err loader_write_reg(struct loader *l, uint32_t addr, uint32_t value);
/* Loads data[len], a multiple of 4, into RAM. */
enum loader_err loader_load(struct loader *l, uint32_t vaddr, const uint8_t *data, uint32_t len);

/* --- loader_connect.c --- */

enum loader_before { BEFORE_RESET, BEFORE_NO_RESET };

enum loader_diagnosis {
    DIAGNOSIS_NOTHING,    /* not a byte */
    DIAGNOSIS_WRONG_MODE, /* the boot message says another mode than download */
    DIAGNOSIS_DEAF,       /* the boot message says download mode, but nothing is answered */
    DIAGNOSIS_RUNNING,    /* readable text: a program is running */
    DIAGNOSIS_ECHO,       /* our own bytes come back */
    DIAGNOSIS_GARBAGE,    /* bytes that mean nothing */
};

/* Resets the chip into its loader and finds a common speed. Errors: GONE, SILENT, OTHER_CHIP. */
enum loader_err loader_connect(struct loader *l, enum loader_before before);
/* After SILENT: listens to what the chip says when it starts. */
enum loader_diagnosis loader_diagnose(struct loader *l);
/* The judgement alone, on what was heard during the attempts and, at 74880 baud, after a reset. */
enum loader_diagnosis loader_judge(const uint8_t *during, size_t n_during, const uint8_t *boot,
                                   size_t n_boot);
/* Starts what is in flash: by reset, or, without lines, through the stub. Returns false when the
 * port offers neither. */
bool loader_run(struct loader *l);

/* --- loader_stub.c --- */

enum loader_err loader_start_stub(struct loader *l);
enum loader_err loader_set_baud(struct loader *l, uint32_t baud);
enum loader_err loader_md5(struct loader *l, uint32_t addr, uint32_t len, uint8_t digest[16]);

/* --- loader_flash.c: what both loaders can, each in its way --- */

struct loader_progress {
    void (*step)(void *ctx, uint32_t done, uint32_t total);
    void *ctx;
};

/* The JEDEC id: manufacturer, type, capacity. */
enum loader_err loader_flash_id(struct loader *l, uint8_t id[3]);
/* The size that an id names, 0 when it names none. */
uint32_t loader_flash_size(const uint8_t id[3]);
/* Connects the controller's pins to the chip, before any use of it. */
enum loader_err loader_attach(struct loader *l);
/* Tells the chip's size; the ROM refuses what lies beyond what it was told, or 4MB. */
enum loader_err loader_set_size(struct loader *l, uint32_t flash_size);
/* Writes over whole erased sectors. On error *done is how many bytes of data are safely in flash.
 */
enum loader_err loader_write(struct loader *l, uint32_t addr, const uint8_t *data, uint32_t len,
                             const struct loader_progress *progress, uint32_t *done);
enum loader_err loader_read(struct loader *l, uint32_t addr, uint8_t *dst, uint32_t len,
                            const struct loader_progress *progress);
/* Whole sectors. */
enum loader_err loader_erase(struct loader *l, uint32_t addr, uint32_t len);
enum loader_err loader_erase_chip(struct loader *l, uint32_t flash_size);

/* --- loader_spi.c: the chip through its controller's registers --- */

enum loader_err loader_spi_erase_sector(struct loader *l, uint32_t addr);
enum loader_err loader_spi_read(struct loader *l, uint32_t addr, uint8_t *dst, uint32_t len,
                                const struct loader_progress *progress);

/* How to erase exactly n sectors from the first with the mask ROM, whose SPIEraseArea erases the
 * sectors up to the next 64 KiB twice over: ask for asked sectors, then erase left more one by one
 * at the end. */
struct rom_erase {
    uint32_t asked;
    uint32_t left;
};
struct rom_erase loader_rom_erase(uint32_t first, uint32_t n);

#endif
