/* SPDX-License-Identifier: Apache-2.0 */
/* What the head of an answer means for a download: begin, go on, ask differently, come later, or
 * give up. Pure. */
#ifndef OTA_ANSWER_H
#define OTA_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "esp_http_client.h"

#define OTA_ETAG_LEN 128u

/* The file that is being downloaded. All zero: not known yet. */
struct ota_file {
    uint32_t total;          /* bytes; 0: unknown */
    char etag[OTA_ETAG_LEN]; /* strong; "": the server gives none, and the file cannot be gone on
                                with */
};

struct ota_answer {
    int status;
    int length;          /* -1: none */
    esp_err_t range_err; /* as esp_http_client_get_range() */
    esp_http_client_range_t range;
    const char *etag;
};

enum ota_verdict {
    OTA_WHOLE,        /* the body is the file from its first byte on */
    OTA_REST,         /* the body is the file from the byte on that was asked for */
    OTA_ASK_WHOLE,    /* the file changed, or the server's ranges are not to be trusted */
    OTA_NOT_MODIFIED, /* nothing newer */
    OTA_LATER,        /* a server in trouble that may pass */
    OTA_EMPTY,        /* a file of 0 bytes */
    OTA_REFUSED,
};

/* Judges the answer to a request for file from byte `from` on (0: for the whole, without Range). */
enum ota_verdict ota_judge(const struct ota_file *file, uint32_t from,
                           const struct ota_answer *answer);

/* What helps against a status. */
const char *ota_status_cure(int status);

#endif
