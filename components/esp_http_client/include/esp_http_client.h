/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/1.1 client with the names, numbers and meanings of ESP8266_RTOS_SDK v3.4 and, where they
 * differ, ESP-IDF. One connection a request; every wait has a deadline. https always verifies the
 * server; Digest and asynchronous use are refused, not ignored. What is secret (Authorization,
 * Cookie, user name and password) goes to the scheme, host and port of the URL that was set and
 * nowhere else, wherever redirects lead. */
#ifndef ESP_HTTP_CLIENT_H
#define ESP_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct esp_http_client *esp_http_client_handle_t;
typedef struct esp_http_client_event *esp_http_client_event_handle_t;

/* No value may be added: sources switch over these without a default, under -Wswitch. */
typedef enum {
    HTTP_EVENT_ERROR = 0,    /* something failed; nothing follows but DISCONNECTED */
    HTTP_EVENT_ON_CONNECTED, /* connected; with https: the server is verified */
    HTTP_EVENT_HEADERS_SENT,
    HTTP_EVENT_HEADER_SENT = HTTP_EVENT_HEADERS_SENT,
    HTTP_EVENT_ON_HEADER, /* header_key and header_value hold one */
    HTTP_EVENT_ON_DATA,   /* data[data_len] is a piece of the body */
    HTTP_EVENT_ON_FINISH, /* the body has come whole */
    HTTP_EVENT_DISCONNECTED,
} esp_http_client_event_id_t;

typedef struct esp_http_client_event {
    esp_http_client_event_id_t event_id;
    esp_http_client_handle_t client;
    void *data;
    int data_len; /* bytes */
    void *user_data;
    char *header_key;
    char *header_value;
} esp_http_client_event_t;

typedef enum {
    HTTP_TRANSPORT_UNKNOWN = 0,
    HTTP_TRANSPORT_OVER_TCP,
    HTTP_TRANSPORT_OVER_SSL,
} esp_http_client_transport_t;

/* Called in the caller's task; its result is ignored. */
typedef esp_err_t (*http_event_handle_cb)(esp_http_client_event_t *evt);

typedef enum {
    HTTP_METHOD_GET = 0,
    HTTP_METHOD_POST,
    HTTP_METHOD_PUT,
    HTTP_METHOD_PATCH,
    HTTP_METHOD_DELETE,
    HTTP_METHOD_HEAD,
    HTTP_METHOD_NOTIFY,
    HTTP_METHOD_SUBSCRIBE,
    HTTP_METHOD_UNSUBSCRIBE,
    HTTP_METHOD_OPTIONS,
    HTTP_METHOD_MAX,
} esp_http_client_method_t;

typedef enum {
    HTTP_AUTH_TYPE_NONE = 0,
    HTTP_AUTH_TYPE_BASIC,
    HTTP_AUTH_TYPE_DIGEST,
} esp_http_client_auth_type_t;

typedef enum {
    HttpStatus_Ok = 200,
    HttpStatus_MultipleChoices = 300,
    HttpStatus_MovedPermanently = 301,
    HttpStatus_Found = 302,
    HttpStatus_SeeOther = 303,
    HttpStatus_NotModified = 304,
    HttpStatus_TemporaryRedirect = 307,
    HttpStatus_PermanentRedirect = 308,
    HttpStatus_BadRequest = 400,
    HttpStatus_Unauthorized = 401,
    HttpStatus_Forbidden = 403,
    HttpStatus_NotFound = 404,
    HttpStatus_InternalError = 500,
} HttpStatus_Code;

/* Strings are copied by init but for the PEM texts, which must stay as long as the client. */
typedef struct {
    const char *url; /* absolute; or host and path below */
    const char *host;
    int port;                              /* 0: 80 or 443 */
    const char *username;                  /* without ':' */
    const char *password;                  /* NULL: empty */
    esp_http_client_auth_type_t auth_type; /* BASIC: sent at once; NONE: when a 401 asks for Basic;
                                              DIGEST is not offered: init fails */
    const char *path;
    const char *query;
    const char *cert_pem;        /* certificates trusted for https, NUL-terminated; required */
    size_t cert_len;             /* ignored: PEM texts end with NUL */
    const char *client_cert_pem; /* this device's certificate and its chain; NULL: none */
    const char *client_key_pem;  /* its key, without a pass phrase; both or none */
    const char *user_agent;      /* NULL: airslot-http-client/1.0 */
    esp_http_client_method_t method;
    int timeout_ms; /* each for resolve, connect, the head, and a read of the body; 0: 5000 */
    bool disable_auto_redirect;
    int max_redirection_count; /* 0: 10 */
    http_event_handle_cb event_handler;
    esp_http_client_transport_t transport_type; /* with host and path: which scheme */
    int buffer_size;    /* bytes received at a time; 0: CONFIG_HTTP_BUF_SIZE */
    int buffer_size_tx; /* ignored: a request takes what it needs */
    void *user_data;
    bool is_async;                    /* not offered: init fails when set */
    bool use_global_ca_store;         /* not offered: init fails when set */
    bool skip_cert_common_name_check; /* check the issuer alone; logged at each connection */
    const char *common_name;          /* name that the certificate must have; NULL: host */
    bool keep_alive_enable;           /* ignored: every wait has a deadline instead */
    int keep_alive_idle;
    int keep_alive_interval;
    int keep_alive_count;
} esp_http_client_config_t;

#define DEFAULT_HTTP_BUF_SIZE 512

/* Makes a client; cleanup frees it. NULL when the configuration is not usable or memory is short;
 * the reason is logged. Context of all calls: task; one client belongs to one task. */
esp_http_client_handle_t esp_http_client_init(const esp_http_client_config_t *config);

/* The same, with its cause. On error *client is NULL. Errors: ESP_ERR_INVALID_ARG,
 * ESP_ERR_NOT_SUPPORTED, ESP_ERR_INVALID_SIZE (the URL), ESP_ERR_NO_MEM; logged. Beyond ESP-IDF. */
esp_err_t esp_http_client_create(const esp_http_client_config_t *config,
                                 esp_http_client_handle_t *client);

/* Closes and frees. Errors: ESP_FAIL (client NULL). */
esp_err_t esp_http_client_cleanup(esp_http_client_handle_t client);

/* Sends the request, follows redirects, answers a 401 once, reads the whole body to the event
 * handler. Errors: those of open; ESP_ERR_HTTP_FETCH_HEADER, ESP_ERR_HTTP_MAX_REDIRECT,
 * ESP_ERR_HTTP_REDIRECT_DOWNGRADE (from https to http), ESP_ERR_HTTP_EAGAIN (the server was silent
 * for timeout_ms), ESP_ERR_HTTP_READ_TIMEOUT (less than 4 KB of body in 30 s: slower and endless
 * bodies need open, fetch_headers, read), ESP_ERR_HTTP_INCOMPLETE_DATA (the body's end is not
 * proven). */
esp_err_t esp_http_client_perform(esp_http_client_handle_t client);

/* Connects and sends the request's head. write_len: bytes of body that esp_http_client_write() will
 * bring, negative for a body that the caller sends in chunks of its own making.
 * Errors: ESP_ERR_HTTP_CONNECT (the reason is logged), ESP_ERR_HTTP_WRITE_DATA, ESP_ERR_NO_MEM. */
esp_err_t esp_http_client_open(esp_http_client_handle_t client, int write_len);

/* Sends len bytes of body; returns len, or -1. */
int esp_http_client_write(esp_http_client_handle_t client, const char *buffer, int len);

/* Reads the response's head. Returns Content-Length, 0 when there is none, -1 on error (logged),
 * -ESP_ERR_HTTP_EAGAIN when the head was not there after timeout_ms. On error: the connection is
 * closed. */
int esp_http_client_fetch_headers(esp_http_client_handle_t client);

/* Reads up to len bytes of body; waits until the buffer is full, the body ends, or timeout_ms have
 * passed since the call. Returns the bytes; 0 at the end (ask
 * esp_http_client_is_complete_data_received() whether it is proven; errno is ENOTCONN when not);
 * -ESP_ERR_HTTP_EAGAIN when nothing came: try again; -1 when the connection or the framing broke
 * (errno ECONNRESET, EPROTO or ENOMEM). */
int esp_http_client_read(esp_http_client_handle_t client, char *buffer, int len);
/* Reads until len bytes, the end or an error; returns the bytes, or the error when there are none.
 */
int esp_http_client_read_response(esp_http_client_handle_t client, char *buffer, int len);

/* True when the end of the body is proven: the declared length, the last chunk, or, for a body
 * without either, close_notify (over plain TCP: an orderly end). A bare FIN under TLS is no proof.
 */
bool esp_http_client_is_complete_data_received(esp_http_client_handle_t client);
/* True for a chunked body, and for one without a length (as in the SDK). */
bool esp_http_client_is_chunked_response(esp_http_client_handle_t client);

/* Status of the last response; 0 before. */
int esp_http_client_get_status_code(esp_http_client_handle_t client);
/* Content-Length of the last response; -1 when it had none. */
int esp_http_client_get_content_length(esp_http_client_handle_t client);
/* Content-Type of the last response, cut to 63 characters; "" when it had none. */
const char *esp_http_client_get_content_type(esp_http_client_handle_t client);
/* Bytes that a 206 holds, as its Content-Range says. */
typedef struct {
    uint32_t first, last; /* both are there */
    uint32_t total;       /* bytes of the whole file */
} esp_http_client_range_t;
/* Errors: ESP_ERR_NOT_FOUND (the last response had no Content-Range), ESP_ERR_INVALID_RESPONSE (it
 * had one that is malformed or does not name all three numbers, or two). On error: *range is
 * untouched. Beyond ESP-IDF. */
esp_err_t esp_http_client_get_range(esp_http_client_handle_t client,
                                    esp_http_client_range_t *range);
/* The last response's strong ETag with its quotes; "" when it had none, a weak one, one above 127
 * characters, or several. Beyond ESP-IDF. */
const char *esp_http_client_get_etag(esp_http_client_handle_t client);
/* What the last open or fetch_headers failed with, more exactly than they say: an error of
 * net_resolve(), net_conn_open() or esp_tls_session_open(); ESP_ERR_TIMEOUT,
 * ESP_ERR_HTTP_CONNECTION_CLOSED or what else is wrong with the head. ESP_OK when nothing did.
 * Beyond ESP-IDF. */
esp_err_t esp_http_client_get_failure(esp_http_client_handle_t client);
esp_http_client_transport_t esp_http_client_get_transport_type(esp_http_client_handle_t client);

/* Sets where the next request goes; a relative URL is taken from the one that was
 * set before, not from where redirects have led.
 * Errors: ESP_ERR_INVALID_ARG, ESP_ERR_INVALID_SIZE, ESP_ERR_NOT_SUPPORTED (another scheme;
 * credentials in the URL), ESP_ERR_NO_MEM. */
esp_err_t esp_http_client_set_url(esp_http_client_handle_t client, const char *url);
esp_err_t esp_http_client_get_url(esp_http_client_handle_t client, char *url, const int len);
esp_err_t esp_http_client_set_method(esp_http_client_handle_t client,
                                     esp_http_client_method_t method);
/* Body of the next perform(); data stays the caller's. */
esp_err_t esp_http_client_set_post_field(esp_http_client_handle_t client, const char *data,
                                         int len);
int esp_http_client_get_post_field(esp_http_client_handle_t client, char **data);
/* Sets a header of the request; value NULL deletes it. Names compare without case.
 * Errors: ESP_ERR_INVALID_ARG (control characters), ESP_ERR_NO_MEM. */
esp_err_t esp_http_client_set_header(esp_http_client_handle_t client, const char *key,
                                     const char *value);
/* *value is the client's, NULL when not set. */
esp_err_t esp_http_client_get_header(esp_http_client_handle_t client, const char *key,
                                     char **value);
esp_err_t esp_http_client_delete_header(esp_http_client_handle_t client, const char *key);
esp_err_t esp_http_client_set_timeout_ms(esp_http_client_handle_t client, int timeout_ms);
esp_err_t esp_http_client_set_user_data(esp_http_client_handle_t client, void *data);
esp_err_t esp_http_client_get_user_data(esp_http_client_handle_t client, void **data);

/* After a 301, 302, 303, 307 or 308: takes the Location as the URL of the next request;
 * secrets do not follow to another origin. Errors: ESP_ERR_INVALID_STATE (the status
 * is another), ESP_ERR_HTTP_MAX_REDIRECT, ESP_ERR_HTTP_REDIRECT_DOWNGRADE,
 * ESP_ERR_INVALID_RESPONSE (no or no usable Location). */
esp_err_t esp_http_client_set_redirection(esp_http_client_handle_t client);

/* Goes back to the URL that was set, and counts redirects from 0. Beyond ESP-IDF. */
void esp_http_client_undo_redirections(esp_http_client_handle_t client);

/* Texts are copied; NULL takes the old one away. They go with requests to the host of the URL that
 * is set now. Errors: ESP_ERR_INVALID_ARG (a ':' or control character), ESP_ERR_NO_MEM. */
esp_err_t esp_http_client_set_username(esp_http_client_handle_t client, const char *username);
esp_err_t esp_http_client_set_password(esp_http_client_handle_t client, const char *password);
/* *value is the client's, NULL when not set. */
esp_err_t esp_http_client_get_username(esp_http_client_handle_t client, char **value);
esp_err_t esp_http_client_get_password(esp_http_client_handle_t client, char **value);
/* Errors: ESP_ERR_NOT_SUPPORTED (Digest). */
esp_err_t esp_http_client_set_authtype(esp_http_client_handle_t client,
                                       esp_http_client_auth_type_t auth_type);
/* After a 401: lets user name and password go with the next request.
 * Errors: ESP_ERR_INVALID_STATE (another status; they were sent already; a redirect has led to
 * another host), ESP_ERR_NOT_FOUND (no user name), ESP_ERR_NOT_SUPPORTED (the server does not
 * offer Basic). */
esp_err_t esp_http_client_add_auth(esp_http_client_handle_t client);

/* Ends the connection; the client can open again. */
esp_err_t esp_http_client_close(esp_http_client_handle_t client);

#ifdef __cplusplus
}
#endif
#endif
