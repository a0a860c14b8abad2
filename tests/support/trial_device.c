/* SPDX-License-Identifier: Apache-2.0 */
#include "trial_device.h"

#define ORDERS_ADDR 0x300000u
#define STAGED_ADDR 0x301000u

const char *const trial_label[3] = {"factory", "ota_0", "ota_1"};
const uint32_t trial_addr[3] = {FACTORY_ADDR, OTA_0_ADDR, OTA_1_ADDR};

static void put_word(struct device *d, uint32_t addr, uint32_t word)
{
    uint8_t bytes[4];
    for (unsigned i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(word >> 8 * i);
    }
    if (d->board) {
        assert_true(vb_board_write_flash(d->board, addr, bytes, sizeof(bytes)));
    } else {
        memcpy(d->flash + addr, bytes, sizeof(bytes));
    }
}

void trial_order(struct device *d, enum trial_slot slot, enum trial_order what)
{
    put_word(d, ORDERS_ADDR + 4u * slot, what);
}

void trial_stage(struct device *d, const char *path)
{
    put_word(d, ORDERS_ADDR + TRIAL_LENGTH_OFF, device_load(d, STAGED_ADDR, path));
}

void trial_damage_staged(struct device *d)
{
    d->flash[STAGED_ADDR] ^= 0xff;
}

void trial_init(struct device *d)
{
    device_init(d, 4u << 20);
    device_load(d, 0, TRIAL_BUILD "bootloader/bootloader.bin");
    device_load(d, 0x8000, TRIAL_BUILD "partition-table.bin");
    device_load(d, FACTORY_ADDR, TRIAL_BUILD "trial.bin");
    trial_stage(d, TRIAL_BUILD "trial.bin");
    for (unsigned slot = FACTORY; slot <= OTA_1; slot++) {
        trial_order(d, slot, TRIAL_IDLE);
    }
}

const char *trial_greeting(enum trial_slot slot)
{
    static char text[2][32];
    static unsigned turn;
    turn ^= 1;
    snprintf(text[turn], sizeof(text[turn]), "trial: %s, reset", trial_label[slot]);
    return text[turn];
}

void trial_expect(struct device *d, const char *text, uint32_t limit_ms)
{
    if (!device_run(d, text, limit_ms)) {
        fail_msg("no '%s'; console:\n%s", text, d->console);
    }
}

void trial_expect_printed(struct device *d, const char *text)
{
    if (!device_printed(d, text)) {
        fail_msg("'%s' was not printed; console:\n%s", text, d->console);
    }
}

void trial_expect_last(struct device *d, unsigned result, enum trial_slot slot, unsigned starts,
                       unsigned cause)
{
    char text[96];
    snprintf(text, sizeof(text), "last result %u of %s, starts %u, reset %u,", result,
             trial_label[slot], starts, cause);
    trial_expect_printed(d, text);
}

unsigned trial_count(const struct device *d, const char *text)
{
    unsigned n = 0;
    for (const char *p = d->console; (p = strstr(p, text)) != NULL; p++) {
        n++;
    }
    return n;
}

void trial_forget_console(struct device *d)
{
    d->console_len = 0;
    d->console[0] = '\0';
}

void trial_power_cycle(struct device *d)
{
    vb_board_power_cycle(d->board);
    trial_forget_console(d);
}

enum trial_slot trial_start(struct device *d, enum trial_slot from, enum trial_order behaviour)
{
    enum trial_slot to = from == FACTORY ? OTA_0 : OTA_1;

    trial_order(d, FACTORY, TRIAL_UPDATE);
    if (from == OTA_0) {
        trial_order(d, OTA_0, TRIAL_CONFIRM_UPDATE);
    }
    trial_order(d, to, behaviour);
    trial_expect(d, trial_greeting(to), TRIAL_LIMIT_MS);
    trial_order(d, FACTORY, TRIAL_IDLE);
    if (from == OTA_0) {
        trial_order(d, OTA_0, TRIAL_IDLE);
    }
    return to;
}
