/* SPDX-License-Identifier: Apache-2.0 */
/* Into the loader and out of it: the lines that reset the chip, the first answer, and what to say
 * when there is none. */
#include <string.h>

#include "loader.h"

#define CHIP_REG   0x40001000u /* a word of the mask ROM that tells the chip */
#define CHIP_MAGIC 0xfff0c101u

#define N_RESETS         7u /* attempts, each with a reset */
#define N_SYNCS          5u /* in each */
#define SYNC_WAIT_MS     100u
#define SYNC_REPLIES     8u
#define RESET_PULSE_MS   100u
#define BOOT_HOLD_MS     50u
#define BOOT_HOLD_MORE   500u /* for boards whose capacitor holds EN low for long */
#define BOOT_CONSOLE     74880u
#define BOOT_LISTEN_MS   400u
#define READABLE_PERCENT 80u

static const uint8_t sync_data[36] = {0x07, 0x07, 0x12, 0x20, 0x55, 0x55, 0x55, 0x55, 0x55,
                                      0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
                                      0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
                                      0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55};

/* --- the lines: DTR asserted pulls GPIO0 low, RTS asserted pulls EN low, both pull neither --- */

static bool set_lines(struct loader *l, bool dtr, bool rts)
{
    return l->port->set_lines(l->port->ctx, dtr, rts);
}

static bool pause_ms(struct loader *l, uint32_t ms)
{
    return serial_port_skip(l->port, ms);
}

static bool reset_classic(struct loader *l, uint32_t hold_ms)
{
    return set_lines(l, false, true) && pause_ms(l, RESET_PULSE_MS) && set_lines(l, true, false) &&
           pause_ms(l, hold_ms) && set_lines(l, false, false);
}

/* For drivers that set the two lines one after the other: there is no moment at which both have
 * their old value, so GPIO0 is low before EN rises. */
static bool reset_tight(struct loader *l, uint32_t hold_ms)
{
    return set_lines(l, false, false) && set_lines(l, true, true) && set_lines(l, false, true) &&
           pause_ms(l, RESET_PULSE_MS) && set_lines(l, true, false) && pause_ms(l, hold_ms) &&
           set_lines(l, false, false);
}

static bool reset_into_loader(struct loader *l, unsigned attempt)
{
    uint32_t hold_ms = BOOT_HOLD_MS + (attempt / 2 % 2 != 0 ? BOOT_HOLD_MORE : 0);

    return attempt % 2 == 0 ? reset_classic(l, hold_ms) : reset_tight(l, hold_ms);
}

bool loader_run(struct loader *l)
{
    if (set_lines(l, false, true)) {
        return pause_ms(l, RESET_PULSE_MS) && set_lines(l, false, false);
    }
    return l->is_stub && loader_send(l, OP_RUN_USER_CODE, NULL, 0, 0) == LOADER_OK &&
           pause_ms(l, BOOT_HOLD_MS);
}

/* --- the first answer --- */

/* Fact: the stub answers SYNC with the value 0, the ROM with the first word of the request. */
static enum loader_err sync_once(struct loader *l)
{
    struct loader_reply reply;
    enum loader_err err = loader_send(l, OP_SYNC, sync_data, sizeof(sync_data), 0);

    if (err == LOADER_OK) {
        err = loader_answer(l, OP_SYNC, SYNC_WAIT_MS, &reply);
    }
    if (err != LOADER_OK) {
        return err == LOADER_GONE ? LOADER_GONE : LOADER_SILENT;
    }
    l->is_stub = reply.value == 0;
    for (unsigned i = 1; i < SYNC_REPLIES; i++) {
        if (loader_answer(l, OP_SYNC, SYNC_WAIT_MS, NULL) == LOADER_SILENT) {
            break;
        }
    }
    return LOADER_OK;
}

static enum loader_err sync_some(struct loader *l)
{
    enum loader_err err = LOADER_SILENT;

    for (unsigned i = 0; err == LOADER_SILENT && i < N_SYNCS; i++) {
        l->slip.in_frame = false;
        err = sync_once(l);
    }
    return err;
}

static enum loader_err check_chip(struct loader *l)
{
    uint32_t magic;
    enum loader_err err = loader_read_reg(l, CHIP_REG, &magic);

    if (err == LOADER_OK && magic != CHIP_MAGIC) {
        return LOADER_OTHER_CHIP;
    }
    return err;
}

enum loader_err loader_connect(struct loader *l, enum loader_before before)
{
    enum loader_err err = LOADER_SILENT;

    l->has_lines = before == BEFORE_RESET;
    for (unsigned i = 0; err == LOADER_SILENT && i < N_RESETS; i++) {
        l->has_lines = l->has_lines && reset_into_loader(l, i);
        if (!l->has_lines && i > 1) {
            break;
        }
        err = sync_some(l);
    }
    return err == LOADER_OK ? check_chip(l) : err;
}

/* --- no answer --- */

static const uint8_t *find(const uint8_t *data, size_t len, const void *what, size_t n)
{
    return len >= n ? memmem(data, len, what, n) : NULL;
}

static bool is_readable(const uint8_t *data, size_t len)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        n += (data[i] >= 0x20 && data[i] < 0x7f) || data[i] == '\n' || data[i] == '\r' ||
             data[i] == '\t' || data[i] == 0x1b;
    }
    return len >= 8 && 100 * n >= READABLE_PERCENT * len;
}

enum loader_diagnosis loader_judge(const uint8_t *during, size_t n_during, const uint8_t *boot,
                                   size_t n_boot)
{
    static const char mode[] = "boot mode:(";
    const size_t mode_len = sizeof(mode) - 1;
    const uint8_t *at = find(boot, n_boot, mode, mode_len);

    if (find(during, n_during, sync_data, sizeof(sync_data)) != NULL) {
        return DIAGNOSIS_ECHO;
    }
    if (at != NULL && (size_t)(at - boot) + mode_len < n_boot) {
        return at[mode_len] == '1' ? DIAGNOSIS_DEAF : DIAGNOSIS_WRONG_MODE;
    }
    if (is_readable(during, n_during) || is_readable(boot, n_boot)) {
        return DIAGNOSIS_RUNNING;
    }
    return n_during + n_boot == 0 ? DIAGNOSIS_NOTHING : DIAGNOSIS_GARBAGE;
}

enum loader_diagnosis loader_diagnose(struct loader *l)
{
    uint8_t during[LOADER_HEARD_MAX];
    size_t n_during = l->n_heard;

    memcpy(during, l->heard, n_during);
    l->n_heard = 0;
    l->port->set_baud(l->port->ctx, BOOT_CONSOLE);
    if (l->has_lines && set_lines(l, false, true)) {
        pause_ms(l, RESET_PULSE_MS);
        set_lines(l, true, false);
    }
    /* Frames are not expected: this is for what loader_frame remembers. */
    uint64_t end = serial_now_ms() + BOOT_LISTEN_MS;
    while (serial_now_ms() < end && loader_frame(l, BOOT_LISTEN_MS) == LOADER_OK) {
    }
    if (l->has_lines) {
        set_lines(l, false, false);
    }
    return loader_judge(during, n_during, l->heard, l->n_heard);
}
