/* SPDX-License-Identifier: Apache-2.0 */
/* A device on the host that meets a lying server: esp_https_ota, esp_http_client, app_update and
 * core as they are, over flash in RAM and what liar_transport.h reaches. One at a time: the
 * components keep state, as on a chip. */
#ifndef TESTS_LIAR_DEVICE_H
#define TESTS_LIAR_DEVICE_H

#include "esp_err.h"
#include "host_flash.h"
#include "liar.h"

#define LIAR_SLOT_ADDR 0x110000u /* ota_0, the one that is updated; factory runs */
#define LIAR_SLOT_SIZE 0xf0000u

/* What an update left behind. */
struct liar_outcome {
    esp_err_t err;       /* what esp_https_ota() returned */
    bool is_endless;     /* it was given up after many hours of its clock */
    uint32_t took_ms;    /* of its clock */
    unsigned connects;   /* connections that it opened, refused ones included */
    unsigned still_open; /* that it has not closed */
    uint32_t n_erases, n_programs;
    bool kept_others;     /* nothing outside the slot has changed, but the boot record on success */
    bool is_selected;     /* ota_0 boots next */
    bool holds_image;     /* the slot begins with the right image */
    bool broke_flash;     /* something that no chip forgives */
    uint64_t body_bytes;  /* that it was given, heads included */
    const char *requests; /* all of them, each with the place it went to */
};

/* Builds the device once: its image file, partition table and running image. */
void liar_device_start(const struct liar_files *files);
/* Runs an update of a device in its first state against the case; out's text is good until the
 * next one. */
void liar_device_update(const struct liar_case *c, struct liar_outcome *out);
void liar_device_stop(void);

#endif
