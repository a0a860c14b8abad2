/* SPDX-License-Identifier: Apache-2.0 */
/* A whole request in one call: made again where redirects lead and with credentials, its answer
 * read to the event handler. Refuses a body that all but stands still. */
#include "esp_log.h"
#include "http_client_impl.h"

static const char *const TAG = "HTTP_CLIENT";

/* Slower bodies end a perform(): nobody else could end it. */
#define HTTP_PACE_BYTES 4096u
#define HTTP_PACE_MS    30000u

struct pace {
    uint32_t bytes; /* since then */
    uint32_t since; /* ms */
};

static esp_err_t request(struct esp_http_client *c)
{
    esp_err_t err = esp_http_client_open(c, c->post_len);
    if (err != ESP_OK) {
        return err;
    }
    if (c->post_len > 0 && esp_http_client_write(c, c->post_data, c->post_len) < 0) {
        return ESP_ERR_HTTP_WRITE_DATA;
    }
    err = http_fetch_head(c);
    if (err == ESP_ERR_TIMEOUT) {
        return ESP_ERR_HTTP_EAGAIN;
    }
    return err == ESP_OK || err == ESP_ERR_NO_MEM ? err : ESP_ERR_HTTP_FETCH_HEADER;
}

/* Notes n more bytes of body. False when too few came for too long. */
static bool is_moving(struct pace *p, int n, uint32_t now)
{
    p->bytes += (uint32_t)n;
    if (p->bytes >= HTTP_PACE_BYTES) {
        *p = (struct pace){.since = now};
    }
    return now - p->since < HTTP_PACE_MS;
}

/* Reads the body to the event handler. */
static esp_err_t drain(struct esp_http_client *c)
{
    char piece[128];
    int n;
    struct pace pace = {.since = http_now_ms()};
    while ((n = esp_http_client_read(c, piece, sizeof(piece))) > 0) {
        if (!is_moving(&pace, n, http_now_ms())) {
            ESP_LOGE(TAG,
                     "the body stalls: 0x%x (ESP_ERR_HTTP_READ_TIMEOUT), less than %u bytes in %u "
                     "s; check the network, or read it with open, fetch_headers and read",
                     (unsigned)ESP_ERR_HTTP_READ_TIMEOUT, HTTP_PACE_BYTES, HTTP_PACE_MS / 1000);
            return ESP_ERR_HTTP_READ_TIMEOUT;
        }
    }
    if (n == -ESP_ERR_HTTP_EAGAIN) {
        return ESP_ERR_HTTP_EAGAIN;
    }
    return esp_http_client_is_complete_data_received(c) ? ESP_OK : ESP_ERR_HTTP_INCOMPLETE_DATA;
}

/* True when the answer sends us elsewhere or wants credentials that we have. */
static bool asks_again(struct esp_http_client *c, esp_err_t *err)
{
    if (c->auto_redirect && c->location != NULL && http_is_redirect(c->status)) {
        esp_http_client_close(c);
        *err = esp_http_client_set_redirection(c);
        return *err == ESP_OK;
    }
    return esp_http_client_add_auth(c) == ESP_OK;
}

esp_err_t esp_http_client_perform(esp_http_client_handle_t client)
{
    if (client == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    client->n_redirects = 0;
    esp_err_t err;
    do {
        err = request(client);
    } while (err == ESP_OK && asks_again(client, &err));
    if (err == ESP_OK) {
        err = drain(client);
    }
    esp_http_client_close(client);
    return err;
}
