/* SPDX-License-Identifier: Apache-2.0 */
/* What the client does on the wire: one request and its response on one connection. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "esp_log.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "http_client_impl.h"

static const char *const TAG = "HTTP_CLIENT";

void http_event(struct esp_http_client *c, esp_http_client_event_id_t id, const void *data,
                size_t len)
{
    if (c->handler == NULL) {
        return;
    }
    esp_http_client_event_t event = {
        .event_id = id,
        .client = c,
        .data = (void *)data,
        .data_len = (int)len,
        .user_data = c->user_data,
    };
    (void)c->handler(&event);
}

static void header_event(struct esp_http_client *c, const char *key, const char *value)
{
    if (c->handler == NULL) {
        return;
    }
    esp_http_client_event_t event = {
        .event_id = HTTP_EVENT_ON_HEADER,
        .client = c,
        .user_data = c->user_data,
        .header_key = (char *)key,
        .header_value = (char *)value,
    };
    (void)c->handler(&event);
}

static esp_err_t connect_to(struct esp_http_client *c)
{
    char *host = malloc(c->at.host.len + 1);
    if (host == NULL) {
        return ESP_ERR_NO_MEM;
    }
    memcpy(host, c->at.host.text, c->at.host.len);
    host[c->at.host.len] = '\0';
    struct esp_tls_session_config config = {
        .host = host,
        .port = c->at.port,
        .ca_pem = c->ca_pem,
        .client_cert_pem = c->client_cert_pem,
        .client_key_pem = c->client_key_pem,
        .common_name = c->common_name,
        .skip_common_name = c->skip_common_name,
        .timeout_ms = c->timeout_ms,
    };
    esp_err_t err = http_transport_open(&c->transport, c->at.tls, &config);
    free(host);
    c->failure = err;
    return err == ESP_OK || err == ESP_ERR_NO_MEM ? err : ESP_ERR_HTTP_CONNECT;
}

esp_err_t esp_http_client_open(esp_http_client_handle_t client, int write_len)
{
    if (client == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    esp_http_client_close(client);
    http_response_forget(client);
    esp_err_t err = connect_to(client);
    if (err == ESP_OK) {
        http_event(client, HTTP_EVENT_ON_CONNECTED, NULL, 0);
        err = http_send_head(client, write_len);
    }
    if (err != ESP_OK) {
        http_event(client, HTTP_EVENT_ERROR, NULL, 0);
        esp_http_client_close(client);
        return err;
    }
    client->state = HTTP_STATE_SENDING;
    http_event(client, HTTP_EVENT_HEADERS_SENT, NULL, 0);
    return ESP_OK;
}

int esp_http_client_write(esp_http_client_handle_t client, const char *buffer, int len)
{
    if (client == NULL || client->state != HTTP_STATE_SENDING || len < 0) {
        return -1;
    }
    esp_err_t err =
        http_transport_write(&client->transport, buffer, (size_t)len, client->timeout_ms);
    return err == ESP_OK ? len : -1;
}

uint32_t http_now_ms(void)
{
    return (uint32_t)xTaskGetTickCount() * portTICK_PERIOD_MS;
}

/* Fills the empty receive buffer. ESP_OK with nothing in it is the end of the stream. All calls
 * with the same started share one timeout_ms, so that a trickle holds nobody longer than silence.
 */
static esp_err_t receive(struct esp_http_client *c, uint32_t started)
{
    uint32_t passed = http_now_ms() - started;
    c->buffer_at = 0;
    c->buffer_fill = 0;
    if (c->end != HTTP_END_NONE) {
        return ESP_OK;
    }
    if (passed >= c->timeout_ms) {
        return ESP_ERR_TIMEOUT;
    }
    return http_transport_read(&c->transport, c->buffer, c->buffer_size, c->timeout_ms - passed,
                               &c->buffer_fill, &c->end);
}

/* Reads head fields from the buffer until it is empty or the head is done. */
static esp_err_t take_head(struct esp_http_client *c, struct http_head *head, bool *done)
{
    while (c->buffer_at < c->buffer_fill) {
        size_t used;
        enum http_head_step step;
        esp_err_t err = http_head_feed(head, c->buffer + c->buffer_at,
                                       c->buffer_fill - c->buffer_at, &used, &step);
        c->buffer_at += used;
        /* Fields of an interim response are not the answer's. */
        if (err == ESP_OK && step == HTTP_HEAD_FIELD && head->status >= 200) {
            header_event(c, head->name, head->value);
            err = http_response_keep(c, head->name, head->value);
        }
        if (err != ESP_OK) {
            return err;
        }
        if (step == HTTP_HEAD_DONE) {
            *done = true;
            return ESP_OK;
        }
    }
    return ESP_OK;
}

static esp_err_t read_head(struct esp_http_client *c, struct http_head *head)
{
    uint32_t started = http_now_ms();
    bool done = false;
    while (!done) {
        esp_err_t err = receive(c, started);
        if (err == ESP_OK && c->buffer_fill == 0) {
            err = ESP_ERR_HTTP_CONNECTION_CLOSED;
        }
        if (err == ESP_OK) {
            err = take_head(c, head, &done);
        }
        if (err != ESP_OK) {
            return err;
        }
    }
    c->status = head->status;
    c->content_length = head->has_length ? (int)head->length : -1;
    http_body_init(&c->body, head, c->method == HTTP_METHOD_HEAD);
    return ESP_OK;
}

static void log_bad_head(esp_err_t err)
{
    const char *cause = "the answer is no HTTP/1.x response; check the URL";
    if (err == ESP_ERR_TIMEOUT) {
        cause = "the server does not answer; see its log, or raise timeout_ms";
    } else if (err == ESP_ERR_HTTP_CONNECTION_CLOSED) {
        cause = "the server closed the connection without an answer; see its log";
    } else if (err == ESP_ERR_HTTP_HEADER_TOO_LONG) {
        cause = "the answer's headers are too long; shorten them at the server";
    } else if (err == ESP_ERR_NOT_SUPPORTED) {
        cause = "the answer's transfer coding is not offered; have the server send it plain";
    } else if (err == ESP_ERR_NO_MEM) {
        cause = "out of memory";
    }
    ESP_LOGE(TAG, "no usable response: 0x%x (%s): %s", (unsigned)err, esp_err_to_name(err), cause);
}

static void tell_finish(struct esp_http_client *c)
{
    if (!c->finished && esp_http_client_is_complete_data_received(c)) {
        c->finished = true;
        http_event(c, HTTP_EVENT_ON_FINISH, NULL, 0);
    }
}

esp_err_t http_fetch_head(struct esp_http_client *c)
{
    struct http_head *head = malloc(sizeof(*head));
    esp_err_t err = ESP_ERR_NO_MEM;
    if (head != NULL) {
        http_head_init(head);
        err = read_head(c, head);
        free(head);
    }
    c->failure = err;
    if (err != ESP_OK) {
        log_bad_head(err);
        http_event(c, HTTP_EVENT_ERROR, NULL, 0);
        esp_http_client_close(c);
        return err;
    }
    c->state = HTTP_STATE_BODY;
    tell_finish(c);
    return ESP_OK;
}

int esp_http_client_fetch_headers(esp_http_client_handle_t client)
{
    if (client == NULL || client->state != HTTP_STATE_SENDING) {
        return -1;
    }
    esp_err_t err = http_fetch_head(client);
    if (err != ESP_OK) {
        return err == ESP_ERR_TIMEOUT ? -ESP_ERR_HTTP_EAGAIN : -1;
    }
    return client->content_length > 0 ? client->content_length : 0;
}

/* Copies the next piece of the body from the buffer. */
static esp_err_t take_body(struct esp_http_client *c, char *out, size_t len, size_t *n)
{
    size_t there = c->buffer_fill - c->buffer_at;
    size_t used;
    const char *data;
    *n = 0;
    /* No more than out holds is offered, so that no byte of the body is left over. */
    esp_err_t err = http_body_feed(&c->body, c->buffer + c->buffer_at, there < len ? there : len,
                                   &used, &data, n);
    if (err == ESP_OK && *n > 0) {
        memcpy(out, data, *n);
        http_event(c, HTTP_EVENT_ON_DATA, out, *n);
    }
    c->buffer_at += used;
    return err;
}

static int errno_of(esp_err_t err)
{
    switch (err) {
    case ESP_ERR_HTTP_CONNECTION_CLOSED:
        return ECONNRESET;
    case ESP_ERR_NO_MEM:
        return ENOMEM;
    default:
        return EPROTO;
    }
}

static int body_failed(struct esp_http_client *c, esp_err_t err)
{
    if (err == ESP_ERR_TIMEOUT) {
        return -ESP_ERR_HTTP_EAGAIN;
    }
    ESP_LOGE(TAG, "the body broke off: 0x%x (%s); try again", (unsigned)err, esp_err_to_name(err));
    http_event(c, HTTP_EVENT_ERROR, NULL, 0);
    esp_http_client_close(c);
    errno = errno_of(err); /* last: handlers and logs may have set it */
    return -1;
}

/* The connection ended: the end of a body without length, or a body cut short. */
static int stream_ended(struct esp_http_client *c)
{
    if (c->body.kind != HTTP_BODY_UNTIL_CLOSE) {
        return body_failed(c, ESP_ERR_HTTP_CONNECTION_CLOSED);
    }
    tell_finish(c);
    if (c->end == HTTP_END_BARE) {
        errno = ENOTCONN;
    }
    return 0;
}

/* Copies body until out is full, the body ends, the connection gives no more or time is up. */
static size_t fill_from_body(struct esp_http_client *c, char *out, size_t len, esp_err_t *err)
{
    uint32_t started = http_now_ms();
    size_t got = 0;
    *err = c->failed;
    while (*err == ESP_OK && got < len && !c->body.done) {
        if (c->buffer_at == c->buffer_fill) {
            *err = receive(c, started);
            if (*err != ESP_OK || c->buffer_fill == 0) {
                break;
            }
        }
        size_t n;
        *err = take_body(c, out + got, len - got, &n);
        got += n;
    }
    if (*err != ESP_ERR_TIMEOUT) {
        c->failed = *err;
    }
    return got;
}

int esp_http_client_read(esp_http_client_handle_t client, char *buffer, int len)
{
    if (client == NULL || buffer == NULL || len < 0 || client->state != HTTP_STATE_BODY) {
        errno = ENOTCONN;
        return -1;
    }
    esp_err_t err;
    size_t got = fill_from_body(client, buffer, (size_t)len, &err);
    tell_finish(client);
    if (got > 0 || len == 0 || client->body.done) {
        return (int)got;
    }
    return err != ESP_OK ? body_failed(client, err) : stream_ended(client);
}

int esp_http_client_read_response(esp_http_client_handle_t client, char *buffer, int len)
{
    int got = 0;
    while (got < len) {
        int n = esp_http_client_read(client, buffer + got, len - got);
        if (n <= 0) {
            return got > 0 ? got : n;
        }
        got += n;
    }
    return got;
}

bool esp_http_client_is_complete_data_received(esp_http_client_handle_t client)
{
    if (client == NULL || client->status == 0) {
        return false;
    }
    return client->body.done ||
           (client->body.kind == HTTP_BODY_UNTIL_CLOSE && client->end == HTTP_END_PROVEN &&
            client->buffer_at == client->buffer_fill);
}

esp_err_t esp_http_client_close(esp_http_client_handle_t client)
{
    if (client == NULL) {
        return ESP_FAIL;
    }
    client->state = HTTP_STATE_CLOSED;
    if (http_transport_is_open(&client->transport)) {
        http_transport_close(&client->transport);
        http_event(client, HTTP_EVENT_DISCONNECTED, NULL, 0);
    }
    return ESP_OK;
}
