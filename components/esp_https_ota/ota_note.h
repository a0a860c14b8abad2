/* SPDX-License-Identifier: Apache-2.0 */
/* What the slot remembers of a download: which URL, which version of the file. Pure. */
#ifndef OTA_NOTE_H
#define OTA_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ota_answer.h"

#define OTA_URL_ID_LEN 8u
#define OTA_NOTE_LEN   (OTA_URL_ID_LEN + OTA_ETAG_LEN)

/* Tells URLs apart. A query is no part of it: signed links carry another one each time, and the
 * ETag tells files apart. */
void ota_url_id(const char *url, uint8_t id[OTA_URL_ID_LEN]);

/* Writes the note of a download with a strong etag; returns its length. */
size_t ota_note_put(const uint8_t id[OTA_URL_ID_LEN], const char *etag, uint8_t out[OTA_NOTE_LEN]);

/* True when note[len] is of a download of this URL; etag then has its ETag. */
bool ota_note_get(const uint8_t *note, size_t len, const uint8_t id[OTA_URL_ID_LEN],
                  char etag[OTA_ETAG_LEN]);

#endif
