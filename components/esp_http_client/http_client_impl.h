/* SPDX-License-Identifier: Apache-2.0 */
/* The client's inside, shared by what it is told (esp_http_client.c, http_auth.c), where its
 * requests go (http_address.c), and what it does on the wire (http_exchange.c, http_perform.c). */
#ifndef HTTP_CLIENT_IMPL_H
#define HTTP_CLIENT_IMPL_H

#include "esp_http_client.h"
#include "http_body.h"
#include "http_fields.h"
#include "http_transport.h"
#include "http_url.h"

#define HTTP_CONTENT_TYPE_LEN 64u
#define HTTP_ETAG_LEN         128u

/* A header of the request; the texts stand behind the struct. */
struct http_field {
    struct http_field *next;
    char *value;
    char name[];
};

enum http_state {
    HTTP_STATE_CLOSED,
    HTTP_STATE_SENDING, /* head sent; body may follow */
    HTTP_STATE_BODY,    /* head of the response read */
};

struct esp_http_client {
    /* told */
    char *home;              /* owned; the URL that was set */
    struct http_url home_at; /* points into home; nobody else is told secrets */
    char *url;               /* owned unless it is home; where redirects have led */
    struct http_url at;      /* points into url */
    char *username;          /* owned; NULL: none */
    char *password;          /* owned; NULL: none */
    bool sends_auth;         /* username and password go with the request */
    struct http_field *fields;
    char *common_name; /* owned; NULL: host */
    const char *ca_pem;
    const char *client_cert_pem;
    const char *client_key_pem;
    esp_http_client_method_t method;
    uint32_t timeout_ms;
    int max_redirects;
    bool auto_redirect;
    bool skip_common_name;
    http_event_handle_cb handler;
    void *user_data;
    const char *post_data;
    int post_len;
    /* on the wire */
    enum http_state state;
    struct http_transport transport;
    char *buffer; /* owned, buffer_size bytes */
    size_t buffer_size;
    size_t buffer_at;
    size_t buffer_fill;
    struct http_body body;
    enum http_transport_end end;
    esp_err_t failed; /* what broke the body, for every later read */
    bool finished;    /* ON_FINISH was told */
    int n_redirects;
    int status;
    int content_length; /* -1: none */
    char *location;     /* owned; NULL: none */
    char content_type[HTTP_CONTENT_TYPE_LEN];
    char etag[HTTP_ETAG_LEN]; /* strong, or "" */
    bool has_etag;            /* any, usable or not */
    bool offers_basic;        /* with a 401 */
    bool has_range;
    bool bad_range; /* Content-Range that is none, or two */
    esp_http_client_range_t range;
    esp_err_t failure; /* of the last open or fetch_headers, as the layer below told it */
};

/* Overwrites and frees a text that is nobody else's business; NULL is fine. */
void http_wipe(char *text);

/* Sets the URL that config's host, port, path and query name. Errors: ESP_ERR_INVALID_ARG (no host
 * or path), ESP_ERR_INVALID_SIZE (too long), ESP_ERR_NO_MEM, those of http_url_parse(). */
esp_err_t http_address_of_parts(struct esp_http_client *c, const esp_http_client_config_t *config);

/* True for the statuses that send the request elsewhere. */
bool http_is_redirect(int status);

/* Sends the request's head over the open transport; write_len as in esp_http_client_open().
 * Errors: ESP_ERR_NO_MEM, ESP_ERR_HTTP_WRITE_DATA (logged). */
esp_err_t http_send_head(struct esp_http_client *c, int write_len);

/* Forgets the last response. */
void http_response_forget(struct esp_http_client *c);
/* Keeps what matters of a header of the response. Errors: ESP_ERR_INVALID_RESPONSE (a second place
 * to go), ESP_ERR_NO_MEM. */
esp_err_t http_response_keep(struct esp_http_client *c, const char *name, const char *value);

/* Reads the head of the response. Errors: ESP_ERR_TIMEOUT, ESP_ERR_HTTP_CONNECTION_CLOSED,
 * ESP_ERR_NO_MEM, those of http_head_feed() and http_response_keep() (all logged). On error: the
 * connection is closed. */
esp_err_t http_fetch_head(struct esp_http_client *c);

/* Milliseconds since the start, for differences alone: they come round. */
uint32_t http_now_ms(void);

/* Tells the handler, if there is one. */
void http_event(struct esp_http_client *c, esp_http_client_event_id_t id, const void *data,
                size_t len);

#endif
