/* SPDX-License-Identifier: Apache-2.0 */
/* URLs and Locations. What is accepted must stay inside the text, hold no blank or control
 * character, and survive being resolved again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http_url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
    if (!ok) {
        abort();
    }
}

static void check_span(const struct http_span *span, const char *text, size_t size)
{
    require(span->text >= text && span->text + span->len <= text + size);
    for (size_t i = 0; i < span->len; i++) {
        require(span->text[i] > ' ' && span->text[i] <= '~');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    memcpy(text, data, size);
    struct http_url url;
    if (http_url_parse(text, size, &url) == ESP_OK) {
        check_span(&url.host, text, size);
        check_span(&url.target, text, size);
        require(url.port != 0 && url.host.len > 0);
    }
    static const char base_text[] = "https://h:8070/a/b?c";
    struct http_url base;
    char out[HTTP_URL_MAX_LEN + 1];
    require(http_url_parse(base_text, sizeof(base_text) - 1, &base) == ESP_OK);
    if (http_url_resolve(&base, text, size, out, sizeof(out)) == ESP_OK) {
        char again[HTTP_URL_MAX_LEN + 1];
        require(http_url_parse(out, strlen(out), &url) == ESP_OK);
        require(http_url_resolve(&base, out, strlen(out), again, sizeof(again)) == ESP_OK);
        require(strcmp(out, again) == 0);
    }
    free(text);
    return 0;
}
