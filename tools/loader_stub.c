/* SPDX-License-Identifier: Apache-2.0 */
/* Our stub flasher (tools/stub): loading it, and what only a stub can. */
#include <string.h>

#include "loader.h"
#include "stub/layout.h"

extern const uint8_t stub_text[], stub_text_end[], stub_data[], stub_data_end[];

#define HELLO_WAIT_MS   1000u
#define SETTLE_MS       50u
#define MD5_MS_PER_MB   8000u
#define MD5_MS_AT_LEAST 3000u

static enum loader_err await_hello(struct loader *l)
{
    enum loader_err err;

    do {
        err = loader_frame(l, HELLO_WAIT_MS);
    } while (err == LOADER_OK && (l->slip.len != 4 || memcmp(l->slip.frame, "OHAI", 4) != 0));
    return err;
}

enum loader_err loader_start_stub(struct loader *l)
{
    const uint32_t enter[2] = {0, STUB_TEXT};
    enum loader_err err;

    err = loader_load(l, STUB_TEXT, stub_text, (uint32_t)(stub_text_end - stub_text));
    if (err == LOADER_OK) {
        err = loader_load(l, STUB_DATA, stub_data, (uint32_t)(stub_data_end - stub_data));
    }
    if (err == LOADER_OK) {
        err = loader_ask(l, OP_MEM_END, enter, 2, LOADER_REPLY_MS, NULL);
    }
    if (err == LOADER_OK) {
        err = await_hello(l);
    }
    l->is_stub = err == LOADER_OK;
    return err;
}

enum loader_err loader_set_baud(struct loader *l, uint32_t baud)
{
    const uint32_t word[2] = {baud, l->baud};
    enum loader_err err = loader_ask(l, OP_CHANGE_BAUD, word, 2, LOADER_REPLY_MS, NULL);

    if (err != LOADER_OK) {
        return err;
    }
    if (!l->port->set_baud(l->port->ctx, baud)) {
        return LOADER_DAMAGED;
    }
    l->baud = baud;
    return serial_port_skip(l->port, SETTLE_MS) ? LOADER_OK : LOADER_GONE;
}

enum loader_err loader_md5(struct loader *l, uint32_t addr, uint32_t len, uint8_t digest[16])
{
    const uint32_t word[4] = {addr, len, 0, 0};
    struct loader_reply reply;
    uint32_t wait_ms = MD5_MS_AT_LEAST + (len >> 10) * MD5_MS_PER_MB / 1024u;
    enum loader_err err = loader_ask(l, OP_FLASH_MD5, word, 4, wait_ms, &reply);

    if (err != LOADER_OK) {
        return err;
    }
    if (reply.len != 16) {
        return LOADER_DAMAGED;
    }
    memcpy(digest, reply.data, 16);
    return LOADER_OK;
}
