/* SPDX-License-Identifier: Apache-2.0 */
#include "ota_answer.h"

#include <string.h>

/* Exactly the rest of exactly this file: anything else would put foreign bytes behind ours. */
static bool is_rest(const struct ota_file *file, uint32_t from, const struct ota_answer *answer)
{
    const esp_http_client_range_t *range = &answer->range;
    return answer->range_err == ESP_OK && range->first == from && range->last == range->total - 1 &&
           (file->total == 0 || range->total == file->total) &&
           (answer->length < 0 || (uint32_t)answer->length == range->total - from) &&
           file->etag[0] != '\0' && strcmp(answer->etag, file->etag) == 0;
}

/* Fact: RFC 9110, 15.5.9, 15.6; RFC 6585 (429): these say that the same request may work later. */
static bool is_passing(int status)
{
    return status == 408 || status == 429 || status == 500 || (status >= 502 && status <= 504);
}

enum ota_verdict ota_judge(const struct ota_file *file, uint32_t from,
                           const struct ota_answer *answer)
{
    switch (answer->status) {
    case 200:
        return answer->length == 0 ? OTA_EMPTY : OTA_WHOLE;
    case 206:
        if (from == 0) {
            return OTA_REFUSED; /* a part that nobody asked for */
        }
        return is_rest(file, from, answer) ? OTA_REST : OTA_ASK_WHOLE;
    case 304:
        return OTA_NOT_MODIFIED;
    case 416:
        return from != 0 ? OTA_ASK_WHOLE : OTA_REFUSED;
    default:
        return is_passing(answer->status) ? OTA_LATER : OTA_REFUSED;
    }
}

const char *ota_status_cure(int status)
{
    switch (status) {
    case 401:
        return "give the user name and password that the server accepts (Basic)";
    case 403:
        return "allow this device at the server";
    case 404:
    case 410:
        return "check the URL's path, and the files in the server's folder";
    default:
        return "see the server's log";
    }
}
