/* SPDX-License-Identifier: Apache-2.0 */
#include "flash_session.h"

#include <stdio.h>
#include <string.h>

#include "io.h"

/* Fact: efuse words 0 to 3; the address is spread over them. */
#define EFUSE0 0x3ff00050u
#define EFUSE1 0x3ff00054u
#define EFUSE3 0x3ff0005cu

/* --- what is said when it does not work --- */

static void print_diagnosis(struct flash_session *s)
{
    const char *port = s->options->port;

    switch (loader_diagnose(&s->loader)) {
    case DIAGNOSIS_NOTHING:
        io_error("no answer on '%s': not a byte came back", port);
        io_hint("has the board power, is this its port, are TX and RX crossed?%s",
                s->loader.has_lines ? "" : " This port cannot reset it: reset it with GPIO0 low");
        break;
    case DIAGNOSIS_WRONG_MODE:
        io_error("no answer on '%s': the chip starts its program instead of the loader", port);
        io_hint("GPIO0 is not low at reset: hold the flash button while the board resets");
        break;
    case DIAGNOSIS_DEAF:
        io_error("no answer on '%s': the chip is in its loader but does not hear", port);
        io_hint("does the adapter's TX reach the chip's RX? A lower --baud helps long wires");
        break;
    case DIAGNOSIS_RUNNING:
        io_error("no answer on '%s': a program is running on the chip", port);
        io_hint("reset it with GPIO0 low; --before no-reset when that is done by hand");
        break;
    case DIAGNOSIS_ECHO:
        io_error("no answer on '%s': our own bytes come back", port);
        io_hint("TX and RX are connected to each other, or the port is a loopback");
        break;
    case DIAGNOSIS_GARBAGE:
        io_error("no answer on '%s': what comes back is no text and no frame", port);
        io_hint("is the supply steady? Try a lower --baud, a shorter cable");
        break;
    }
}

void flash_session_error(const struct flash_session *s, enum loader_err err, const char *what)
{
    const char *port = s->options->port;

    switch (err) {
    case LOADER_OK:
        return;
    case LOADER_GONE:
        io_error("cannot %s: the port '%s' has vanished", what, port);
        io_hint("plug it in again and repeat the command");
        break;
    case LOADER_SILENT:
        io_error("cannot %s: the chip on '%s' has stopped answering", what, port);
        io_hint("repeat the command; a lower --baud helps bad lines");
        break;
    case LOADER_REFUSED:
        io_error("cannot %s: the chip refuses request 0x%02x: %s (0x%02x)", what,
                 s->loader.refused_op, loader_error_text(s->loader.refused_error),
                 s->loader.refused_error);
        break;
    case LOADER_DAMAGED:
        io_error("cannot %s: what came from the chip is damaged", what);
        io_hint("repeat the command; a lower --baud helps bad lines");
        break;
    case LOADER_OTHER_CHIP:
        io_error("cannot %s: the chip on '%s' is no ESP8266", what, port);
        break;
    }
}

/* --- the way in --- */

static enum loader_err read_mac(struct flash_session *s)
{
    uint32_t word0 = 0, word1 = 0, word3 = 0;
    enum loader_err err = loader_read_reg(&s->loader, EFUSE0, &word0);

    if (err == LOADER_OK) {
        err = loader_read_reg(&s->loader, EFUSE1, &word1);
    }
    if (err == LOADER_OK) {
        err = loader_read_reg(&s->loader, EFUSE3, &word3);
    }
    /* Fact: chips without the first half have one of two. */
    uint32_t old_vendor = (word1 >> 16 & 0xffu) == 0 ? 0x18fe34u : 0xacd074u;
    uint32_t vendor = word3 != 0 ? word3 : old_vendor;
    const uint32_t halves[2] = {vendor & 0xffffffu, (word1 & 0xffffu) << 8 | word0 >> 24};
    for (unsigned i = 0; i < 6; i++) {
        s->mac[i] = (uint8_t)(halves[i / 3] >> 8 * (2 - i % 3));
    }
    return err;
}

static bool connect_chip(struct flash_session *s)
{
    const struct flash_options *o = s->options;
    enum loader_err err =
        loader_connect(&s->loader, o->no_reset_before ? BEFORE_NO_RESET : BEFORE_RESET);

    if (err == LOADER_SILENT) {
        print_diagnosis(s);
        return false;
    }
    if (err == LOADER_OK && s->loader.is_stub && o->no_stub) {
        io_error("a stub is running on '%s' already", o->port);
        io_hint("reset the chip: leave out --before no-reset");
        return false;
    }
    if (err == LOADER_OK) {
        err = read_mac(s);
    }
    flash_session_error(s, err, "connect");
    return err == LOADER_OK;
}

/* The loader of the ROM learns its speed once; only the stub can change it. */
static bool start_loader(struct flash_session *s)
{
    const struct flash_options *o = s->options;
    enum loader_err err = LOADER_OK;

    if (!o->no_stub && !s->loader.is_stub) {
        err = loader_start_stub(&s->loader);
    }
    if (err == LOADER_OK && s->loader.is_stub && o->baud != s->loader.baud) {
        err = loader_set_baud(&s->loader, o->baud);
    }
    if (err == LOADER_OK) {
        err = loader_attach(&s->loader);
    }
    flash_session_error(s, err, "start the flasher");
    return err == LOADER_OK;
}

static bool find_flash(struct flash_session *s)
{
    const uint8_t *id = s->flash_id;
    enum loader_err err = loader_flash_id(&s->loader, s->flash_id);

    if (err != LOADER_OK) {
        flash_session_error(s, err, "identify the flash chip");
        return false;
    }
    s->flash_size = loader_flash_size(id);
    if ((id[0] == 0 || id[0] == 0xff) && !s->options->force) {
        io_error("the flash chip does not answer (id %02x %02x %02x)", id[0], id[1], id[2]);
        io_hint("is it powered and soldered? --force with --flash-size works without its id");
        return false;
    }
    if (s->flash_size == 0) {
        s->flash_size = s->options->flash_size != 0 ? s->options->flash_size : 4u << 20;
    }
    err = loader_set_size(&s->loader, s->flash_size);
    flash_session_error(s, err, "set the flash size");
    return err == LOADER_OK;
}

static void print_chip(const struct flash_session *s)
{
    const uint8_t *m = s->mac;
    char size[24];

    fprintf(
        stderr,
        "ESP8266 at %s, MAC %02x:%02x:%02x:%02x:%02x:%02x, flash %02x %02x %02x: %s, %u baud%s\n",
        s->options->port, m[0], m[1], m[2], m[3], m[4], m[5], s->flash_id[0], s->flash_id[1],
        s->flash_id[2], io_size_text(s->flash_size, size), s->loader.baud,
        s->loader.is_stub ? "" : ", no stub");
}

int flash_session_open(struct flash_session *s, const struct flash_options *options)
{
    uint32_t baud = options->no_stub ? options->baud : LOADER_ROM_BAUD;

    s->options = options;
    if (!serial_port_open(&s->port, options->port, baud)) {
        return EXIT_HOST;
    }
    loader_init(&s->loader, &s->port, baud);
    if (connect_chip(s) && start_loader(s) && find_flash(s)) {
        print_chip(s);
        return EXIT_DONE;
    }
    s->port.close(s->port.ctx);
    return EXIT_HOST;
}

void flash_session_close(struct flash_session *s)
{
    if (!s->options->no_reset_after && !s->loader.is_gone && !loader_run(&s->loader)) {
        io_warning("'%s' cannot reset the chip: do it by hand", s->options->port);
    }
    s->port.close(s->port.ctx);
}
