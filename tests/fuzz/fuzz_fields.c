/* SPDX-License-Identifier: Apache-2.0 */
/* Values of response headers. A range that is read makes sense; an entity tag that is called strong
 * can stand in a request without changing it. */
#include <string.h>

#include "fuzz.h"
#include "http_fields.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    esp_http_client_range_t range;
    char out[64];
    char *text = malloc(size + 1);

    require(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    if (http_content_range_parse(text, &range) == ESP_OK) {
        require(range.first <= range.last && range.last < range.total);
    }
    if (http_etag_is_strong(text)) {
        require(text[0] == '"' && strlen(text) >= 2 && text[strlen(text) - 1] == '"');
        for (const char *c = text; *c != '\0'; c++) {
            require((unsigned char)*c > ' ' && *c != 0x7f);
        }
    }
    (void)http_offers_basic(text);
    size_t want = http_basic_text(text, "word", out, sizeof(out));
    require(want == (strlen(text) + 5 + 2) / 3 * 4 && strlen(out) <= want);
    free(text);
    return 0;
}
