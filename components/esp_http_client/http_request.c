/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a request, composed in one piece so that it travels in one TLS record. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "esp_log.h"
#include "http_client_impl.h"

static const char *const TAG = "HTTP_CLIENT";

static const char *method_name(esp_http_client_method_t method)
{
    static const char *const names[HTTP_METHOD_MAX] = {
        "GET",  "POST",   "PUT",       "PATCH",       "DELETE",
        "HEAD", "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE", "OPTIONS"};
    return names[method];
}

/* A text that grows into out[cap]; len counts on past the end, so that the first pass measures. */
struct text {
    char *out;
    size_t cap;
    size_t len;
};

static void add(struct text *t, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++, t->len++) {
        if (t->len < t->cap) {
            t->out[t->len] = bytes[i];
        }
    }
}

static void add_str(struct text *t, const char *s)
{
    add(t, s, strlen(s));
}

static void add_field(struct text *t, const char *name, const char *value)
{
    add_str(t, name);
    add_str(t, ": ");
    add_str(t, value);
    add_str(t, "\r\n");
}

static void add_host(struct text *t, const struct http_url *at)
{
    add_str(t, "Host: ");
    add(t, at->host.text, at->host.len);
    if (at->port != (at->tls ? 443 : 80)) {
        char port[8];
        snprintf(port, sizeof(port), ":%u", (unsigned)at->port);
        add_str(t, port);
    }
    add_str(t, "\r\n");
}

static bool is_secret(const char *name)
{
    return strcasecmp(name, "Authorization") == 0 || strcasecmp(name, "Cookie") == 0 ||
           strcasecmp(name, "Proxy-Authorization") == 0;
}

/* The owner's fields; what is secret only where the owner has sent us. True when they hold an
 * Authorization. */
static bool add_fields(struct text *t, const struct esp_http_client *c, bool is_home)
{
    bool has_auth = false;
    for (const struct http_field *field = c->fields; field != NULL; field = field->next) {
        if (is_home || !is_secret(field->name)) {
            add_field(t, field->name, field->value);
        }
        has_auth = has_auth || strcasecmp(field->name, "Authorization") == 0;
    }
    return has_auth;
}

static void add_basic(struct text *t, const struct esp_http_client *c)
{
    const char *password = c->password != NULL ? c->password : "";
    add_str(t, "Authorization: Basic ");
    size_t room = t->len < t->cap ? t->cap - t->len : 0;
    t->len += http_basic_text(c->username, password, room > 0 ? t->out + t->len : NULL, room);
    add_str(t, "\r\n");
}

static void add_body_framing(struct text *t, const struct esp_http_client *c, int write_len)
{
    bool has_body = c->method == HTTP_METHOD_POST || c->method == HTTP_METHOD_PUT ||
                    c->method == HTTP_METHOD_PATCH;
    if (write_len < 0) {
        add_field(t, "Transfer-Encoding", "chunked");
    } else if (write_len > 0 || has_body) {
        char length[12];
        snprintf(length, sizeof(length), "%d", write_len);
        add_field(t, "Content-Length", length);
    }
}

static void add_request(struct text *t, const struct esp_http_client *c, int write_len)
{
    const struct http_span *target = &c->at.target;
    add_str(t, method_name(c->method));
    add_str(t, target->len == 0 || target->text[0] != '/' ? " /" : " ");
    add(t, target->text, target->len);
    add_str(t, " HTTP/1.1\r\n");
    add_host(t, &c->at);
    bool is_home = http_url_same_origin(&c->at, &c->home_at);
    bool has_auth = add_fields(t, c, is_home);
    if (is_home && !has_auth && c->sends_auth && c->username != NULL) {
        add_basic(t, c);
    }
    add_field(t, "Connection", "close");
    add_body_framing(t, c, write_len);
    add_str(t, "\r\n");
}

esp_err_t http_send_head(struct esp_http_client *c, int write_len)
{
    struct text t = {0};
    add_request(&t, c, write_len);
    t = (struct text){.cap = t.len, .out = calloc(1, t.len + 1)};
    if (t.out == NULL) {
        return ESP_ERR_NO_MEM;
    }
    add_request(&t, c, write_len);
    esp_err_t err = http_transport_write(&c->transport, t.out, t.len, c->timeout_ms);
    http_wipe(t.out);
    if (err != ESP_OK) {
        ESP_LOGE(TAG, "cannot send the request: 0x%x (%s); check the network", (unsigned)err,
                 esp_err_to_name(err));
        return ESP_ERR_HTTP_WRITE_DATA;
    }
    return ESP_OK;
}
