/* SPDX-License-Identifier: Apache-2.0 */
/* A download under way, shared by its three parts: the calls (esp_https_ota.c), the conversation
 * with the server (ota_connect.c) and what survives its failures (ota_download.c). */
#ifndef OTA_SESSION_H
#define OTA_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "airslot/format.h"
#include "esp_https_ota.h"
#include "ota_answer.h"
#include "ota_note.h"
#include "ota_progress.h"
#include "ota_retry.h"
#include "sdkconfig.h"

#define OTA_DESC_END   (ASL_IMAGE_DESC_OFF + ASL_APP_DESC_LEN)
#define OTA_BUFFER_LEN (CONFIG_OTA_BUF_SIZE > OTA_DESC_END ? CONFIG_OTA_BUF_SIZE : OTA_DESC_END)

struct ota_session {
    esp_http_client_handle_t client;
    const esp_partition_t *slot;
    esp_ota_handle_t ota;
    bool ota_open;
    bool follows;     /* redirects */
    bool asks_range;  /* the request has headers of ours */
    bool no_range;    /* the next request must not have them */
    bool is_shown;    /* the application has seen shown: the file must stay this one */
    bool was_written; /* perform has begun */
    bool taken_up;    /* the slot held the beginning from before a reset */
    bool ended;       /* the body has */
    bool may_pass;    /* what failed last may work when tried again */
    esp_err_t error;  /* what ended perform */
    uint32_t started; /* ms */
    uint32_t left_at; /* ms at which the application got its turn */
    size_t held;      /* bytes of buffer that wait to be written */
    uint8_t url_id[OTA_URL_ID_LEN]; /* of the URL that was set */
    struct ota_file file;
    struct ota_retry retry;
    struct ota_progress progress;
    esp_app_desc_t shown;
    char buffer[OTA_BUFFER_LEN];
};

/* ms of a clock that wraps. */
uint32_t ota_now_ms(void);
/* Bytes of the image that are here. */
uint32_t ota_received(const struct ota_session *s);

/* Refuses what would trust anybody, and what is not offered; logs why.
 * Errors: ESP_ERR_INVALID_ARG, ESP_ERR_NOT_SUPPORTED. */
esp_err_t ota_check_config(const esp_https_ota_config_t *config);

/* Asks for the file from ota_received() on, follows redirects, logs in, reads the head of the
 * answer. On ESP_OK *verdict judges it and the body can be read. Errors: those of
 * esp_https_ota_begin() up to the status; logged, may_pass is set. */
esp_err_t ota_ask(struct ota_session *s, enum ota_verdict *verdict);

/* True when the update's time (CONFIG_OTA_TIMEOUT) is over, or will be in more_ms. */
bool ota_is_overdue(const struct ota_session *s, uint32_t more_ms);

/* Notes the URL, and looks for the beginning of the file in the slot, left there before a reset.
 * Errors: ESP_ERR_NO_MEM; what cannot be gone on with for another reason is fetched anew. */
esp_err_t ota_take_up(struct ota_session *s);

/* Opens the body where the slot needs it, trying again as configured; the slot is open then.
 * Errors: those of esp_https_ota_begin(); logged. */
esp_err_t ota_fetch(struct ota_session *s);

/* Reads until the buffer holds want bytes or the body ends, through drops and stalls.
 * Errors: those of esp_https_ota_perform(); logged. */
esp_err_t ota_fill(struct ota_session *s, size_t want);

/* After a body that ended too early or was lost: tries again. ESP_OK: go on reading. Errors: err
 * itself, those of ota_fetch(); logged. */
esp_err_t ota_recover(struct ota_session *s, esp_err_t err);

/* Logs that the file is another than the application looked at; returns its error. */
esp_err_t ota_refuse_changed(void);

/* True when the end of the body is proven, by the server or by the image itself. */
bool ota_is_complete(struct ota_session *s);

#endif
