/* SPDX-License-Identifier: Apache-2.0 */
/* See board_options.h. */
#include "board_options.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io.h"
#include "opts.h"

enum {
    OPT_FLASH,
    OPT_FLASH_SIZE,
    OPT_FLASH_CHIP,
    OPT_ENDURANCE,
    OPT_WEAR,
    OPT_AP,
    OPT_SERIAL,
    OPT_PORT_FILE,
    OPT_BOOT,
    OPT_MAC,
    OPT_SEED,
    OPT_UNTIL,
    OPT_TIME_LIMIT,
    OPT_SPEED,
    OPT_STATS,
    OPT_TRACE,
    OPT_TRACE_INSN,
    OPT_GDB,
    OPT_NET_RECORD,
    OPT_NET_REPLAY,
    OPT_ROM,
    OPT_FAULT,
    OPT_BUTTON,
    OPT_LEDS,
    OPT_NO_NET,
    OPT_NET, /* from here on: board_net.c */
    OPT_PEER_ROOT,
    OPT_PEER_CERT,
    OPT_PEER_KEY,
    OPT_PEER_PORT,
    OPT_LINK,
    OPT_LINK_UP,
    OPT_LINK_DOWN,
    OPT_NET_SCRIPT,
    N_OPTS
};

static const struct opt table[N_OPTS] = {
    [OPT_FLASH] = {"--flash", "FILE", "contents of the flash chip; made blank if absent"},
    [OPT_FLASH_SIZE] = {"--flash-size", "SIZE", "512KB to 16MB (4MB)"},
    [OPT_FLASH_CHIP] = {"--flash-chip", "CHIP", "w25q32, gd25q32 or slow (w25q32)"},
    [OPT_ENDURANCE] = {"--endurance", "N", "erases a sector endures; 0: any (the chip's)"},
    [OPT_WEAR] = {"--wear", "FILE", "keep the erase counts of the sectors there"},
    [OPT_AP] = {"--ap", "SSID:PASSWORD", "access point in the air (airslot:airslot8266)"},
    [OPT_SERIAL] = {"--serial", "LINE", "stdio, pty[:LINK], tcp:PORT or rfc2217:PORT (stdio)"},
    [OPT_PORT_FILE] = {"--port-file", "FILE",
                       "write the number of the serial port (PORT may be 0)"},
    [OPT_BOOT] = {"--boot", "MODE", "straps at power-on: flash or download (flash)"},
    [OPT_MAC] = {"--mac", "ADDRESS", "station address (5c:cf:7f:34:56:12)"},
    [OPT_SEED] = {"--seed", "N", "of all randomness (0)"},
    [OPT_UNTIL] = {"--until", "TEXT", "exit 0 when the device has printed it"},
    [OPT_TIME_LIMIT] = {"--time-limit", "S", "exit 3 after so many virtual seconds"},
    [OPT_SPEED] = {"--speed", "max|real", "as fast as possible, or no faster than time (max)"},
    [OPT_STATS] = {"--stats", "FILE", "write figures of the run as JSON"},
    [OPT_TRACE] = {"--trace", "FILE", "write resets, faults, interrupts, flash and radio"},
    [OPT_TRACE_INSN] = {"--trace-insn", "FROM-TO", "instructions too, by number; or all"},
    [OPT_GDB] = {"--gdb", "PORT", "wait for a debugger on 127.0.0.1 (PORT may be 0)"},
    [OPT_NET_RECORD] = {"--net-record", "FILE", "write the network's frames as pcapng"},
    [OPT_NET_REPLAY] = {"--net-replay", "FILE", "recorded frames instead of a network"},
    [OPT_ROM] = {"--rom", "FILE", "64 KiB dump of the mask ROM instead of the built-in one"},
    [OPT_FAULT] = {"--fault", "KIND@OP[:SEED]", "one fault at a flash operation: docs/faults.md"},
    [OPT_BUTTON] = {"--button", "PIN[:AT[:FOR]]", "pull a GPIO low at AT seconds for FOR (0, 0.1)"},
    [OPT_LEDS] = {"--leds", NULL, "tell when the device drives a GPIO otherwise"},
    [OPT_NO_NET] = {"--no-net", NULL, "no network behind the access points"},
    [OPT_NET] = {"--net", "KIND", "slirp (this machine), peer (virtual time) or none (slirp)"},
    [OPT_PEER_ROOT] = {"--peer-root", "DIR", "folder that the peer serves"},
    [OPT_PEER_CERT] = {"--peer-cert", "FILE", "its certificate: HTTPS; without, HTTP"},
    [OPT_PEER_KEY] = {"--peer-key", "FILE", "the certificate's key"},
    [OPT_PEER_PORT] = {"--peer-port", "PORT", "where it listens on 10.0.2.2 (8070)"},
    [OPT_LINK] = {"--link", "PROPERTIES", "of the air: bandwidth=2M,delay=2ms,loss=1%,..."},
    [OPT_LINK_UP] = {"--link-up", "PROPERTIES", "the same from the device alone"},
    [OPT_LINK_DOWN] = {"--link-down", "PROPERTIES", "the same to the device alone"},
    [OPT_NET_SCRIPT] = {"--net-script", "FILE", "what happens to peer and air, and when"},
};

static bool bad_value(int option, const char *value, const char *hint)
{
    io_error("option %s: bad value '%s'", table[option].name, value);
    io_hint("%s", hint);
    return false;
}

static bool parse_ap(struct vb_config *config, const char *value)
{
    const char *colon = strchr(value, ':');
    size_t ssid_len = colon != NULL ? (size_t)(colon - value) : strlen(value);
    const char *password = colon != NULL ? colon + 1 : "";
    size_t password_len = strlen(password);
    if (ssid_len < 1 || ssid_len > 32 || password_len > 64 ||
        (password_len > 0 && password_len < 8)) {
        return bad_value(OPT_AP, value, "SSID of 1 to 32 bytes, password of 8 to 64 or none");
    }
    if (config->n_aps == VB_MAX_APS) {
        io_error("more than %u access points", VB_MAX_APS);
        return false;
    }
    struct vb_ap *ap = &config->ap[config->n_aps++];
    memcpy(ap->ssid, value, ssid_len);
    memcpy(ap->password, password, password_len);
    return true;
}

static bool parse_mac(struct vb_config *config, const char *value)
{
    for (unsigned i = 0; i < 6; i++) {
        const char *pair = value + 3 * (size_t)i;
        bool is_pair = strlen(value) == 17 && isxdigit((unsigned char)pair[0]) &&
                       isxdigit((unsigned char)pair[1]) && (i == 5 || pair[2] == ':');
        if (!is_pair) {
            return bad_value(OPT_MAC, value, "six pairs of hex digits, as 5c:cf:7f:34:56:12");
        }
        config->mac[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return true;
}

static bool parse_seed(struct vb_config *config, const char *value)
{
    char *end;
    errno = 0;
    config->seed = strtoull(value, &end, 0);
    if (errno != 0 || end == value || *end != '\0' || value[0] == '-') {
        return bad_value(OPT_SEED, value, "a number below 2^64");
    }
    return true;
}

static bool parse_time_limit(struct board_options *o, const char *value)
{
    char *end;
    double seconds = strtod(value, &end);
    if (end == value || *end != '\0' || !(seconds > 0) || seconds > 1e9) {
        return bad_value(OPT_TIME_LIMIT, value, "virtual seconds, as 30 or 0.5");
    }
    o->time_limit_us = (uint64_t)(seconds * 1e6);
    return true;
}

static bool parse_chip(struct board_options *o, const char *value)
{
    o->config.flash_chip = vb_flash_chip_find(value);
    return o->config.flash_chip != NULL ||
           bad_value(OPT_FLASH_CHIP, value, "w25q32, gd25q32 or slow");
}

static bool parse_endurance(struct board_options *o, const char *value)
{
    o->has_endurance = true;
    return io_parse_u32(value, &o->endurance) ||
           bad_value(OPT_ENDURANCE, value, "a number of erases");
}

static bool parse_boot(struct vb_config *config, const char *value)
{
    if (strcmp(value, "flash") != 0 && strcmp(value, "download") != 0) {
        return bad_value(OPT_BOOT, value, "flash or download");
    }
    config->strap = value[0] == 'f' ? VB_BOOT_FLASH : VB_BOOT_DOWNLOAD;
    return true;
}

static bool parse_speed(struct vb_config *config, const char *value)
{
    if (strcmp(value, "max") != 0 && strcmp(value, "real") != 0) {
        return bad_value(OPT_SPEED, value, "max or real");
    }
    config->real_time = value[0] == 'r';
    return true;
}

static bool parse_until(struct board_options *o, const char *value)
{
    if (value[0] == '\0' || strlen(value) > BOARD_UNTIL_MAX) {
        return bad_value(OPT_UNTIL, value, "a text of 1 to 256 bytes");
    }
    o->until = value;
    return true;
}

static bool parse_gdb(struct board_options *o, const char *value)
{
    o->insight.has_gdb = true;
    return (io_parse_u32(value, &o->insight.gdb_port) && o->insight.gdb_port <= 65535) ||
           bad_value(OPT_GDB, value, "a port, or 0 for any that is free");
}

static bool take_option(void *ctx, int option, const char *value)
{
    struct board_options *o = ctx;
    switch (option) {
    case OPT_FLASH:
        o->flash_path = value;
        return true;
    case OPT_FLASH_SIZE:
        return io_parse_flash_size(value, &o->config.flash_size) ||
               bad_value(option, value, "512KB, 1MB, 2MB, 4MB, 8MB or 16MB");
    case OPT_FLASH_CHIP:
        return parse_chip(o, value);
    case OPT_ENDURANCE:
        return parse_endurance(o, value);
    case OPT_WEAR:
        o->wear_path = value;
        return true;
    case OPT_AP:
        return parse_ap(&o->config, value);
    case OPT_SERIAL:
        o->serial = value;
        return true;
    case OPT_PORT_FILE:
        o->port_file = value;
        return true;
    case OPT_BOOT:
        return parse_boot(&o->config, value);
    case OPT_MAC:
        return parse_mac(&o->config, value);
    case OPT_SEED:
        return parse_seed(&o->config, value);
    case OPT_UNTIL:
        return parse_until(o, value);
    case OPT_TIME_LIMIT:
        return parse_time_limit(o, value);
    case OPT_SPEED:
        return parse_speed(&o->config, value);
    case OPT_STATS:
        o->stats_path = value;
        return true;
    case OPT_TRACE:
        o->insight.trace_path = value;
        return true;
    case OPT_TRACE_INSN:
        return insight_parse_range(value, &o->config.trace_insn_from, &o->config.trace_insn_to) ||
               bad_value(option, value, "numbers of instructions, as 1-1000 or 5000-, or all");
    case OPT_GDB:
        return parse_gdb(o, value);
    case OPT_NET_RECORD:
        o->insight.record_path = value;
        return true;
    case OPT_NET_REPLAY:
        o->insight.replay_path = value;
        return true;
    case OPT_ROM:
        o->insight.rom_path = value;
        return true;
    case OPT_FAULT:
        return vb_fault_parse(&o->fault, value) ||
               bad_value(option, value, "as cut-before@12 or erase-weak@3:99; see docs/faults.md");
    case OPT_BUTTON:
        return board_presses_add(&o->presses, value) ||
               bad_value(option, value, "a GPIO, as 0, 0:1.5 or 0:1.5:0.2; at most 32 presses");
    case OPT_LEDS:
        o->leds = true;
        return true;
    case OPT_NO_NET:
        o->no_net = true;
        return true;
    default:
        return board_net_set(&o->net, table[option].name, value);
    }
}

int board_options_parse(struct board_options *out, int argc, char **argv)
{
    struct opts opts = {.usage = "board --flash FILE [options]",
                        .table = table,
                        .n_options = N_OPTS,
                        .take = take_option,
                        .ctx = out};
    *out = (struct board_options){
        .serial = "stdio",
        .time_limit_us = UINT64_MAX,
        .config = {.flash_size = 4u << 20,
                   .strap = VB_BOOT_FLASH,
                   .flash_chip = vb_flash_chip_at(0)},
    };
    board_net_options_init(&out->net);
    int code = opts_read(&opts, argc, argv);
    if (code != OPTS_GO_ON) {
        return code;
    }
    if (out->flash_path == NULL) {
        io_error("'board' needs --flash FILE");
        io_hint("airslot board --help lists the options");
        return EXIT_HOST;
    }
    if (out->config.n_aps == 0) {
        parse_ap(&out->config, "airslot:airslot8266");
    }
    out->chip = *out->config.flash_chip;
    out->chip.endurance = out->has_endurance ? out->endurance : out->chip.endurance;
    out->config.flash_chip = &out->chip;
    return OPTS_GO_ON;
}
