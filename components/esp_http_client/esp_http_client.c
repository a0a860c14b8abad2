/* SPDX-License-Identifier: Apache-2.0 */
/* What the client is told: configuration, headers of the request, body to post. */
#include "esp_http_client.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "esp_log.h"
#include "http_client_impl.h"
#include "sdkconfig.h"

static const char *const TAG = "HTTP_CLIENT";

#define DEFAULT_TIMEOUT_MS    5000
#define DEFAULT_MAX_REDIRECTS 10
#define DEFAULT_USER_AGENT    "airslot-http-client/1.0"
#define MIN_BUFFER_SIZE       64

/* Names what the configuration asks for and this client does not offer; NULL: nothing. */
static const char *not_offered(const esp_http_client_config_t *config)
{
    if (config->auth_type == HTTP_AUTH_TYPE_DIGEST) {
        return "HTTP_AUTH_TYPE_DIGEST (use Basic over https)";
    }
    if ((config->client_cert_pem != NULL) != (config->client_key_pem != NULL)) {
        return "client_cert_pem without client_key_pem, or the other way round";
    }
    if (config->use_global_ca_store) {
        return "use_global_ca_store (set cert_pem)";
    }
    return config->is_async ? "is_async" : NULL;
}

static esp_err_t set_credentials(struct esp_http_client *c, const esp_http_client_config_t *config)
{
    esp_err_t err = esp_http_client_set_username(c, config->username);
    if (err == ESP_OK) {
        err = esp_http_client_set_password(c, config->password);
    }
    return err == ESP_OK ? esp_http_client_set_authtype(c, config->auth_type) : err;
}

static esp_err_t configure(struct esp_http_client *c, const esp_http_client_config_t *config)
{
    c->ca_pem = config->cert_pem;
    c->client_cert_pem = config->client_cert_pem;
    c->client_key_pem = config->client_key_pem;
    c->method = config->method;
    c->timeout_ms = (uint32_t)(config->timeout_ms > 0 ? config->timeout_ms : DEFAULT_TIMEOUT_MS);
    c->max_redirects =
        config->max_redirection_count > 0 ? config->max_redirection_count : DEFAULT_MAX_REDIRECTS;
    c->auto_redirect = !config->disable_auto_redirect;
    c->skip_common_name = config->skip_cert_common_name_check;
    c->handler = config->event_handler;
    c->user_data = config->user_data;
    c->content_length = -1;
    int size = config->buffer_size > 0 ? config->buffer_size : CONFIG_HTTP_BUF_SIZE;
    c->buffer_size = (size_t)(size > MIN_BUFFER_SIZE ? size : MIN_BUFFER_SIZE);
    c->buffer = malloc(c->buffer_size);
    if (config->common_name != NULL) {
        c->common_name = strdup(config->common_name);
    }
    if (c->buffer == NULL || (config->common_name != NULL && c->common_name == NULL)) {
        return ESP_ERR_NO_MEM;
    }
    esp_err_t err = esp_http_client_set_header(
        c, "User-Agent", config->user_agent != NULL ? config->user_agent : DEFAULT_USER_AGENT);
    if (err == ESP_OK) {
        err = set_credentials(c, config);
    }
    if (err != ESP_OK) {
        return err;
    }
    return config->url != NULL ? esp_http_client_set_url(c, config->url)
                               : http_address_of_parts(c, config);
}

esp_err_t esp_http_client_create(const esp_http_client_config_t *config,
                                 esp_http_client_handle_t *client)
{
    *client = NULL;
    if (config == NULL || (unsigned)config->method >= HTTP_METHOD_MAX) {
        ESP_LOGE(TAG, "bad configuration: 0x%x", (unsigned)ESP_ERR_INVALID_ARG);
        return ESP_ERR_INVALID_ARG;
    }
    const char *missing = not_offered(config);
    if (missing != NULL) {
        ESP_LOGE(TAG, "not offered: %s: 0x%x", missing, (unsigned)ESP_ERR_NOT_SUPPORTED);
        return ESP_ERR_NOT_SUPPORTED;
    }
    struct esp_http_client *c = calloc(1, sizeof(*c));
    esp_err_t err = c != NULL ? configure(c, config) : ESP_ERR_NO_MEM;
    if (err != ESP_OK) {
        ESP_LOGE(TAG, "cannot make a client: 0x%x (%s)", (unsigned)err, esp_err_to_name(err));
        esp_http_client_cleanup(c);
        return err;
    }
    *client = c;
    return ESP_OK;
}

esp_http_client_handle_t esp_http_client_init(const esp_http_client_config_t *config)
{
    esp_http_client_handle_t client;
    (void)esp_http_client_create(config, &client);
    return client;
}

esp_err_t esp_http_client_cleanup(esp_http_client_handle_t client)
{
    if (client == NULL) {
        return ESP_FAIL;
    }
    esp_http_client_close(client);
    while (client->fields != NULL) {
        struct http_field *field = client->fields;
        client->fields = field->next;
        free(field);
    }
    esp_http_client_undo_redirections(client);
    free(client->home);
    http_wipe(client->username);
    http_wipe(client->password);
    free(client->common_name);
    free(client->location);
    free(client->buffer);
    free(client);
    return ESP_OK;
}

static bool is_clean(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ' && *text != '\t') {
            return false;
        }
    }
    return true;
}

/* The link that points to the field of this name, or the last link. */
static struct http_field **find_field(struct esp_http_client *c, const char *name)
{
    struct http_field **link = &c->fields;
    while (*link != NULL && strcasecmp((*link)->name, name) != 0) {
        link = &(*link)->next;
    }
    return link;
}

esp_err_t esp_http_client_set_header(esp_http_client_handle_t client, const char *key,
                                     const char *value)
{
    if (client == NULL || key == NULL || key[0] == '\0' || !is_clean(key)) {
        return ESP_ERR_INVALID_ARG;
    }
    if (value == NULL) {
        return esp_http_client_delete_header(client, key);
    }
    if (!is_clean(value)) {
        return ESP_ERR_INVALID_ARG;
    }
    size_t name_len = strlen(key) + 1;
    struct http_field *field = malloc(sizeof(*field) + name_len + strlen(value) + 1);
    if (field == NULL) {
        return ESP_ERR_NO_MEM;
    }
    memcpy(field->name, key, name_len);
    field->value = field->name + name_len;
    strcpy(field->value, value);
    struct http_field **link = find_field(client, key);
    field->next = *link != NULL ? (*link)->next : NULL;
    free(*link);
    *link = field;
    return ESP_OK;
}

esp_err_t esp_http_client_get_header(esp_http_client_handle_t client, const char *key, char **value)
{
    if (client == NULL || key == NULL || value == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    struct http_field *field = *find_field(client, key);
    *value = field != NULL ? field->value : NULL;
    return ESP_OK;
}

esp_err_t esp_http_client_delete_header(esp_http_client_handle_t client, const char *key)
{
    if (client == NULL || key == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    struct http_field **link = find_field(client, key);
    struct http_field *field = *link;
    if (field != NULL) {
        *link = field->next;
        free(field);
    }
    return ESP_OK;
}

esp_err_t esp_http_client_set_method(esp_http_client_handle_t client,
                                     esp_http_client_method_t method)
{
    if (client == NULL || (unsigned)method >= HTTP_METHOD_MAX) {
        return ESP_ERR_INVALID_ARG;
    }
    client->method = method;
    return ESP_OK;
}

esp_err_t esp_http_client_set_post_field(esp_http_client_handle_t client, const char *data, int len)
{
    if (client == NULL || len < 0 || (data == NULL && len > 0)) {
        return ESP_ERR_INVALID_ARG;
    }
    client->post_data = data;
    client->post_len = len;
    return ESP_OK;
}

int esp_http_client_get_post_field(esp_http_client_handle_t client, char **data)
{
    *data = (char *)client->post_data;
    return client->post_len;
}

esp_err_t esp_http_client_set_timeout_ms(esp_http_client_handle_t client, int timeout_ms)
{
    if (client == NULL || timeout_ms <= 0) {
        return ESP_ERR_INVALID_ARG;
    }
    client->timeout_ms = (uint32_t)timeout_ms;
    return ESP_OK;
}

esp_err_t esp_http_client_set_user_data(esp_http_client_handle_t client, void *data)
{
    if (client == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    client->user_data = data;
    return ESP_OK;
}

esp_err_t esp_http_client_get_user_data(esp_http_client_handle_t client, void **data)
{
    if (client == NULL || data == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    *data = client->user_data;
    return ESP_OK;
}
