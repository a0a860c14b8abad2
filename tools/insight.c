/* SPDX-License-Identifier: Apache-2.0 */
/* See insight.h. */
#include "insight.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROM_SIZE 0x10000u

static bool parse_number(const char *text, const char **end, uint64_t *out)
{
    char *last;
    errno = 0;
    *out = strtoull(text, &last, 10);
    *end = last;
    return text[0] >= '0' && text[0] <= '9' && errno == 0;
}

bool insight_parse_range(const char *text, uint64_t *from, uint64_t *to)
{
    const char *p;
    if (strcmp(text, "all") == 0) {
        *from = 1;
        *to = UINT64_MAX;
        return true;
    }
    if (!parse_number(text, &p, from) || *from == 0 || *p != '-') {
        return false;
    }
    if (p[1] == '\0') {
        *to = UINT64_MAX;
        return true;
    }
    return parse_number(p + 1, &p, to) && *p == '\0' && *to >= *from;
}

/* A dump of the mask ROM is 64 KiB; the reset vector at 0x80 must hold something. */
static bool open_rom(struct insight *insight, const char *path)
{
    static const uint8_t blank[2][4] = {{0, 0, 0, 0}, {0xff, 0xff, 0xff, 0xff}};
    struct bytes *rom = &insight->rom;
    if (path == NULL) {
        return true;
    }
    if (!io_read_file(path, 16 * ROM_SIZE, rom)) {
        return false;
    }
    if (rom->len != ROM_SIZE) {
        io_error("'%s' is no ROM image: %zu bytes, not %u", path, rom->len, ROM_SIZE);
        io_hint("a dump holds the 64 KiB from 0x40000000 on, as `esptool dump_mem` saves them");
        return false;
    }
    if (memcmp(rom->data + 0x80, blank[0], 4) == 0 || memcmp(rom->data + 0x80, blank[1], 4) == 0) {
        io_error("'%s' is no ROM image: no code at the reset vector, 0x40000080", path);
        return false;
    }
    return true;
}

static bool open_net(struct insight *insight, const struct insight_options *options)
{
    if (options->record_path != NULL && options->replay_path != NULL) {
        io_error("options --net-record and --net-replay exclude each other");
        return false;
    }
    return net_record_open(&insight->record, options->record_path) &&
           (options->replay_path == NULL ||
            net_replay_open(&insight->replay, options->replay_path));
}

bool insight_open(struct insight *insight, const struct insight_options *options,
                  struct vb_config *config, const volatile sig_atomic_t *interrupted)
{
    *insight = (struct insight){.gdb = {.listener = -1, .client = -1}};
    bool is_open = open_rom(insight, options->rom_path) && open_net(insight, options) &&
                   board_trace_open(&insight->trace, options->trace_path) &&
                   (!options->has_gdb ||
                    gdb_server_open(&insight->gdb, (uint16_t)options->gdb_port, interrupted));
    if (insight->rom.data != NULL) {
        config->rom = insight->rom.data;
    }
    if (insight->replay.file.data != NULL) {
        config->net = &insight->replay.backend;
    }
    return is_open;
}

void insight_attach(struct insight *insight, struct vb_board *board)
{
    net_record_attach(&insight->record, board);
    if (insight->replay.file.data != NULL) {
        net_replay_attach(&insight->replay, board);
    }
}

int insight_close(struct insight *insight, int code)
{
    if (insight->replay.differs) {
        io_error("the run differs from the recording: %s", insight->replay.difference);
        io_hint("a replay needs the flash, the options and the seed of the recorded run");
        code = EXIT_REFUSED;
    }
    bool is_written = board_trace_close(&insight->trace);
    is_written = net_record_close(&insight->record) && is_written;
    code = is_written ? code : EXIT_HOST;
    if (insight->has_gdb) {
        gdb_server_close(&insight->gdb, code);
    }
    net_replay_close(&insight->replay);
    free(insight->rom.data);
    insight->rom = (struct bytes){0};
    return code;
}
