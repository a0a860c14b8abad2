/* SPDX-License-Identifier: Apache-2.0 */
/* esp_https_ota between a scripted server in memory (tls_peer) and a slot that counts (ota_slot):
 * the image, servers of it, whole updates, and what must be true after one. */
#ifndef OTA_LAB_H
#define OTA_LAB_H

#include "check.h"
#include "esp_https_ota.h"
#include "fake_device.h"
#include "ota_progress.h"
#include "ota_slot.h"
#include "tls_peer.h"

#define LAB_URL         "https://10.0.2.2:8070/hello_world.bin"
#define LAB_IMAGE_LEN   OTA_SLOT_LEN
#define LAB_VERSION_OFF (16 + 16) /* of the text "v1.2.3" in the image's descriptor */
#define LAB_OK          "HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n"

extern struct tls_peer_cert lab_cert;
extern uint8_t lab_image[LAB_IMAGE_LEN];
extern char lab_answer[LAB_IMAGE_LEN + 500]; /* what the servers below send */

/* For cmocka: of the group, and before each test. */
int lab_make(void **state);
int lab_free(void **state);
int lab_reset(void **state);

/* --- a server that answers every connection alike --- */

/* Answers with head and the first len bytes of the image. */
struct tls_peer_config lab_serve(const char *head, size_t len, enum tls_peer_end end);
/* esp_https_ota() from that server; no connection may stay open. */
esp_err_t lab_update(const struct tls_peer_config *server);

/* --- an honest server of the image, with ranges and an ETag, but for what a step says of its
 * connection --- */

struct lab_step {
    const char *head; /* instead of the honest one */
    size_t cut;       /* bytes of body after which the connection ends; 0: all, SIZE_MAX: none */
    enum tls_peer_end end; /* then */
    const char *etag;      /* from this connection on; NULL: as before */
    const char *expected;  /* in the request */
    const char *unexpected;
    const char *version; /* in the descriptor, instead of the image's */
};

/* Until the next lab_reset(). */
extern struct lab_server {
    struct tls_peer_config config;
    const struct lab_step *steps; /* of the first n connections */
    size_t n;
    const char *etag; /* NULL: "v1" */
    bool no_ranges;
    size_t body_bytes; /* sent since the server started */
} lab_server;

/* Starts it; the steps stay the caller's. */
void lab_start(const struct lab_step *steps, size_t n);
#define LAB_START(steps) lab_start(steps, COUNT(steps))
/* esp_https_ota() from it. */
esp_err_t lab_update_in_steps(const struct lab_step *steps, size_t n);
#define LAB_UPDATE_IN_STEPS(steps) lab_update_in_steps(steps, COUNT(steps))

/* --- an update step by step --- */

/* Begins one at LAB_URL, which must go well. */
esp_https_ota_handle_t lab_begin(void);
/* Performs until it is done or fails. */
esp_err_t lab_perform(esp_https_ota_handle_t handle);

/* --- afterwards --- */

void lab_assert_log(const char *text);
void lab_assert_connections(unsigned n);
/* The slot holds the image, which was selected. */
void lab_assert_whole(void);
/* Likewise, at the first try. */
void lab_assert_installed(void);
/* The slot was closed if it had been opened, and nothing was selected. */
void lab_assert_not_installed(void);

#endif
