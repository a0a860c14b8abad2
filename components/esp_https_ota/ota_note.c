/* SPDX-License-Identifier: Apache-2.0 */
#include "ota_note.h"

#include <string.h>

#define HASH_START UINT64_C(0xcbf29ce484222325) /* FNV-1a: it tells apart, it proves nothing */
#define HASH_PRIME UINT64_C(0x100000001b3)

void ota_url_id(const char *url, uint8_t id[OTA_URL_ID_LEN])
{
    uint64_t hash = HASH_START;
    for (; *url != '\0' && *url != '?' && *url != '#'; url++) {
        hash = (hash ^ (uint8_t)*url) * HASH_PRIME;
    }
    for (size_t i = 0; i < OTA_URL_ID_LEN; i++) {
        id[i] = (uint8_t)(hash >> 8 * i);
    }
}

size_t ota_note_put(const uint8_t id[OTA_URL_ID_LEN], const char *etag, uint8_t out[OTA_NOTE_LEN])
{
    size_t len = strnlen(etag, OTA_ETAG_LEN - 1);
    memcpy(out, id, OTA_URL_ID_LEN);
    memcpy(out + OTA_URL_ID_LEN, etag, len);
    return OTA_URL_ID_LEN + len;
}

bool ota_note_get(const uint8_t *note, size_t len, const uint8_t id[OTA_URL_ID_LEN],
                  char etag[OTA_ETAG_LEN])
{
    if (len <= OTA_URL_ID_LEN || len - OTA_URL_ID_LEN >= OTA_ETAG_LEN ||
        memcmp(note, id, OTA_URL_ID_LEN) != 0) {
        return false;
    }
    memcpy(etag, note + OTA_URL_ID_LEN, len - OTA_URL_ID_LEN);
    etag[len - OTA_URL_ID_LEN] = '\0';
    return true;
}
