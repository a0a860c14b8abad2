/* SPDX-License-Identifier: Apache-2.0 */
/* What a device or a serial server may send: frames, replies, the telnet of RFC 2217, console text.
 * The first byte chooses. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "loader.h"
#include "monitor_baud.h"
#include "monitor_text.h"
#include "rfc2217_client.h"

static void frames(const uint8_t *data, size_t size)
{
    static struct slip_decoder slip;
    struct loader_reply reply;

    memset(&slip, 0, sizeof(slip));
    for (size_t i = 0; i < size; i++) {
        if (slip_take(&slip, data[i])) {
            require(slip.len > 0 && slip.len <= SLIP_FRAME_MAX && slip.len <= i);
            if (loader_parse_reply(slip.frame, slip.len, &reply)) {
                require(reply.data + reply.len + 2 == slip.frame + slip.len);
            }
        }
    }
}

static void telnet(const uint8_t *data, size_t size)
{
    struct rfc2217_client client;
    uint8_t *out = malloc(size + 1);

    require(out != NULL);
    memset(&client, 0, sizeof(client));
    require(rfc2217_decode(&client, data, size, out) <= size);
    require(client.n_reply <= RFC2217_REPLY_MAX && client.n_reply % 3 == 0);
    free(out);
}

static void text(const uint8_t *data, size_t size)
{
    struct elf_symbol symbol = {0x40200000, 0x100000, "all"};
    const struct elf_symbols symbols = {&symbol, 1};
    struct monitor_text shown = {.symbols = &symbols, .has_stamps = true};
    struct monitor_baud baud;
    char *screen;
    size_t len;

    shown.out = open_memstream(&screen, &len);
    require(shown.out != NULL);
    monitor_baud_init(&baud);
    for (size_t i = 0; i < size; i++) {
        monitor_text_put(&shown, data[i], i);
        if (monitor_baud_take(&baud, data[i]) == MONITOR_SHOW) {
            baud.n_held = 0;
        }
        require(baud.n_held <= MONITOR_BAUD_HELD && baud.n_bad <= 32);
    }
    fclose(shown.out);
    require(len >= size);
    free(screen);
}

static void symbols(const uint8_t *data, size_t size)
{
    struct elf_symbols list;

    if (elf_symbols_read(data, size, &list) == NULL) {
        for (uint32_t i = 0; i < list.n; i++) {
            require(strlen(list.symbol[i].name) < size);
            require(i == 0 || list.symbol[i - 1].vaddr <= list.symbol[i].vaddr);
        }
        elf_symbols_free(&list);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const entries[])(const uint8_t *, size_t) = {frames, telnet, text, symbols};

    if (size > 0) {
        entries[data[0] % 4](data + 1, size - 1);
    }
    return 0;
}
