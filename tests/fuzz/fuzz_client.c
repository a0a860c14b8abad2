/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP client over servers of the fuzzer's choice: redirects, authorisation, bodies. Each
 * connection is two bytes (length, how it ends) and what the server sends; the application goes
 * step by step, or, when the input is odd, has all done in one call. Whatever comes: https
 * never becomes http, requests hold no header that a server smuggled in, connections are few, and
 * all of them are closed. */
#include <ctype.h>
#include <string.h>

#include "esp_http_client.h"
#include "fake_device.h"
#include "fuzz.h"
#include "http_transport.h"

#define MAX_CONNECTS 16u /* the first, ten redirects, and one authorisation for each place */

static struct {
    const uint8_t *data;
    size_t size;
    const uint8_t *answer; /* of the present connection */
    size_t left;
    uint8_t how;
    unsigned connects;
    bool is_open;
    char request[4096];
    size_t n_request;
} wire;

/* --- the transport --- */

esp_err_t http_transport_open(struct http_transport *t, bool tls,
                              const struct esp_tls_session_config *config)
{
    require(tls);
    require(!wire.is_open && ++wire.connects <= MAX_CONNECTS);
    require(config->port != 0 && config->host[0] != '\0');
    for (const char *c = config->host; *c != '\0'; c++) {
        require(*c > ' ' && *c <= '~');
    }
    wire.left = 0;
    wire.how = 0;
    wire.n_request = 0;
    if (wire.size >= 2) {
        wire.left = wire.data[0] * 8u;
        wire.how = wire.data[1];
        wire.data += 2;
        wire.size -= 2;
    }
    wire.left = wire.left < wire.size ? wire.left : wire.size;
    wire.answer = wire.data;
    wire.data += wire.left;
    wire.size -= wire.left;
    if ((wire.how & 7) == 7) {
        return ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST;
    }
    wire.is_open = true;
    t->tcp = (struct net_conn *)&wire; /* never followed */
    return ESP_OK;
}

esp_err_t http_transport_write(struct http_transport *t, const void *data, size_t len,
                               uint32_t timeout_ms)
{
    (void)timeout_ms;
    require(t->tcp != NULL && len <= sizeof(wire.request) - wire.n_request);
    memcpy(wire.request + wire.n_request, data, len);
    wire.n_request += len;
    return ESP_OK;
}

/* Lines of the request: a method, then headers that the client knows, then an empty one. */
static void check_request(void)
{
    const char *at = wire.request, *end = wire.request + wire.n_request;
    unsigned n_hosts = 0;

    require(wire.n_request > 18 && memcmp(at, "GET /", 5) == 0);
    require(memcmp(end - 4, "\r\n\r\n", 4) == 0);
    while (at < end - 2) {
        const char *stop = memchr(at, '\r', (size_t)(end - at));
        require(stop != NULL && stop[1] == '\n');
        for (const char *c = at; c < stop; c++) {
            require(isprint((unsigned char)*c));
        }
        bool is_host = strncasecmp(at, "Host:", 5) == 0;
        n_hosts += is_host;
        require(is_host || at == wire.request || strncasecmp(at, "User-Agent:", 11) == 0 ||
                strncasecmp(at, "Authorization: Basic ", 21) == 0 ||
                strncasecmp(at, "Connection:", 11) == 0 || strncasecmp(at, "Accept", 6) == 0);
        at = stop + 2;
    }
    require(n_hosts == 1);
}

esp_err_t http_transport_read(struct http_transport *t, void *buf, size_t len, uint32_t timeout_ms,
                              size_t *n_read, enum http_transport_end *end)
{
    size_t most = 1u + (wire.how >> 3);
    size_t n = len < wire.left ? len : wire.left;

    *n_read = 0;
    *end = HTTP_END_NONE;
    require(t->tcp != NULL && len > 0);
    check_request();
    if (wire.left == 0) {
        *end = (wire.how & 1) != 0 ? HTTP_END_PROVEN : HTTP_END_BARE;
        fake_pass_ms(timeout_ms);
        return (wire.how & 6) == 0   ? ESP_ERR_TIMEOUT
               : (wire.how & 6) == 2 ? ESP_ERR_HTTP_CONNECTION_CLOSED
                                     : ESP_OK;
    }
    n = n < most ? n : most;
    memcpy(buf, wire.answer, n);
    wire.answer += n;
    wire.left -= n;
    *n_read = n;
    return ESP_OK;
}

bool http_transport_is_open(const struct http_transport *t)
{
    return t->tcp != NULL;
}

void http_transport_close(struct http_transport *t)
{
    if (t->tcp != NULL) {
        wire.is_open = false;
        t->tcp = NULL;
    }
}

/* --- the application --- */

static void read_body(esp_http_client_handle_t client)
{
    char piece[64];
    int n, total = 0;
    int status = esp_http_client_get_status_code(client);
    bool is_bare = status == 204 || status == 304; /* whatever length they tell */

    while ((n = esp_http_client_read(client, piece, sizeof(piece))) > 0) {
        require(n <= (int)sizeof(piece));
        total += n;
        require(total <= 65536);
    }
    require(!is_bare || total == 0);
    if (n == 0 && esp_http_client_is_complete_data_received(client)) {
        int length = (int)esp_http_client_get_content_length(client);
        require(is_bare || length <= 0 || length == total);
    }
}

static void run(esp_http_client_handle_t client)
{
    esp_http_client_range_t range;

    for (;;) {
        if (esp_http_client_open(client, 0) != ESP_OK ||
            esp_http_client_fetch_headers(client) < 0) {
            return;
        }
        int status = esp_http_client_get_status_code(client);
        require(status >= 100 && status <= 999);
        if (esp_http_client_get_range(client, &range) == ESP_OK) {
            require(range.first <= range.last && range.last < range.total);
        }
        if (esp_http_client_add_auth(client) != ESP_OK &&
            esp_http_client_set_redirection(client) != ESP_OK) {
            read_body(client);
            return;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    esp_http_client_config_t config = {.url = "https://a.example:8070/dir/image.bin?x=1",
                                       .cert_pem = "unused",
                                       .username = "user",
                                       .password = "word",
                                       .timeout_ms = 1000};
    memset(&wire, 0, sizeof(wire));
    wire.data = data;
    wire.size = size;
    fake_device_reset();
    esp_http_client_handle_t client = esp_http_client_init(&config);
    require(client != NULL);
    if (size % 2 != 0) {
        (void)esp_http_client_perform(client);
    } else {
        run(client);
    }
    esp_http_client_cleanup(client);
    require(!wire.is_open);
    return 0;
}
