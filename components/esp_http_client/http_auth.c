/* SPDX-License-Identifier: Apache-2.0 */
/* User name and password: kept, offered when asked for, wiped. */
#include <stdlib.h>
#include <string.h>

#include "http_client_impl.h"

void http_wipe(char *text)
{
    if (text == NULL) {
        return;
    }
    for (volatile char *at = text; *at != '\0'; at++) {
        *at = '\0';
    }
    free(text);
}

static bool is_usable(const char *text, const char *forbidden)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ' || *text == '\x7f' || strchr(forbidden, *text) != NULL) {
            return false;
        }
    }
    return true;
}

/* Puts a copy of text, NULL for none, in the place of *kept. */
static esp_err_t keep(char **kept, const char *text, const char *forbidden)
{
    char *copy = NULL;
    if (text != NULL) {
        if (!is_usable(text, forbidden)) {
            return ESP_ERR_INVALID_ARG;
        }
        copy = strdup(text);
        if (copy == NULL) {
            return ESP_ERR_NO_MEM;
        }
    }
    http_wipe(*kept);
    *kept = copy;
    return ESP_OK;
}

esp_err_t esp_http_client_set_username(esp_http_client_handle_t client, const char *username)
{
    return client != NULL ? keep(&client->username, username, ":") : ESP_ERR_INVALID_ARG;
}

esp_err_t esp_http_client_set_password(esp_http_client_handle_t client, const char *password)
{
    return client != NULL ? keep(&client->password, password, "") : ESP_ERR_INVALID_ARG;
}

esp_err_t esp_http_client_get_username(esp_http_client_handle_t client, char **value)
{
    if (client == NULL || value == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    *value = client->username;
    return ESP_OK;
}

esp_err_t esp_http_client_get_password(esp_http_client_handle_t client, char **value)
{
    if (client == NULL || value == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    *value = client->password;
    return ESP_OK;
}

esp_err_t esp_http_client_set_authtype(esp_http_client_handle_t client,
                                       esp_http_client_auth_type_t auth_type)
{
    if (client == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    if (auth_type == HTTP_AUTH_TYPE_DIGEST) {
        return ESP_ERR_NOT_SUPPORTED;
    }
    client->sends_auth = auth_type == HTTP_AUTH_TYPE_BASIC;
    return ESP_OK;
}

esp_err_t esp_http_client_add_auth(esp_http_client_handle_t client)
{
    if (client == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    if (client->status != HttpStatus_Unauthorized || client->sends_auth ||
        !http_url_same_origin(&client->at, &client->home_at)) {
        return ESP_ERR_INVALID_STATE;
    }
    if (client->username == NULL) {
        return ESP_ERR_NOT_FOUND;
    }
    if (!client->offers_basic) {
        return ESP_ERR_NOT_SUPPORTED;
    }
    client->sends_auth = true;
    return ESP_OK;
}
