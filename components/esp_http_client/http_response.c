/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of a response's head, and who may ask for it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http_client_impl.h"

void http_response_forget(struct esp_http_client *c)
{
    memset(&c->body, 0, sizeof(c->body));
    c->buffer_at = 0;
    c->buffer_fill = 0;
    c->end = HTTP_END_NONE;
    c->failed = ESP_OK;
    c->finished = false;
    c->status = 0;
    c->content_length = -1;
    c->content_type[0] = '\0';
    c->etag[0] = '\0';
    c->has_etag = false;
    c->offers_basic = false;
    c->has_range = false;
    c->bad_range = false;
    c->failure = ESP_OK;
    free(c->location);
    c->location = NULL;
}

/* One place to go: a second one would leave the choice to chance. */
static esp_err_t keep_location(struct esp_http_client *c, const char *value)
{
    if (c->location != NULL) {
        return strcmp(c->location, value) == 0 ? ESP_OK : ESP_ERR_INVALID_RESPONSE;
    }
    c->location = strdup(value);
    return c->location != NULL ? ESP_OK : ESP_ERR_NO_MEM;
}

/* Two entity tags name nothing. */
static void keep_etag(struct esp_http_client *c, const char *value)
{
    c->etag[0] = '\0';
    if (!c->has_etag && strlen(value) < sizeof(c->etag) && http_etag_is_strong(value)) {
        strcpy(c->etag, value);
    }
    c->has_etag = true;
}

static void keep_range(struct esp_http_client *c, const char *value)
{
    if (c->has_range || http_content_range_parse(value, &c->range) != ESP_OK) {
        c->bad_range = true;
    }
    c->has_range = true;
}

esp_err_t http_response_keep(struct esp_http_client *c, const char *name, const char *value)
{
    if (strcasecmp(name, "Location") == 0) {
        return keep_location(c, value);
    }
    if (strcasecmp(name, "Content-Type") == 0) {
        snprintf(c->content_type, sizeof(c->content_type), "%s", value);
    } else if (strcasecmp(name, "ETag") == 0) {
        keep_etag(c, value);
    } else if (strcasecmp(name, "Content-Range") == 0) {
        keep_range(c, value);
    } else if (strcasecmp(name, "WWW-Authenticate") == 0) {
        c->offers_basic = c->offers_basic || http_offers_basic(value);
    }
    return ESP_OK;
}

bool esp_http_client_is_chunked_response(esp_http_client_handle_t client)
{
    return client->body.kind == HTTP_BODY_CHUNKED || client->body.kind == HTTP_BODY_UNTIL_CLOSE;
}

int esp_http_client_get_status_code(esp_http_client_handle_t client)
{
    return client->status;
}

int esp_http_client_get_content_length(esp_http_client_handle_t client)
{
    return client->content_length;
}

const char *esp_http_client_get_content_type(esp_http_client_handle_t client)
{
    return client->content_type;
}

const char *esp_http_client_get_etag(esp_http_client_handle_t client)
{
    return client->etag;
}

esp_err_t esp_http_client_get_range(esp_http_client_handle_t client, esp_http_client_range_t *range)
{
    if (!client->has_range) {
        return ESP_ERR_NOT_FOUND;
    }
    if (client->bad_range) {
        return ESP_ERR_INVALID_RESPONSE;
    }
    *range = client->range;
    return ESP_OK;
}

esp_err_t esp_http_client_get_failure(esp_http_client_handle_t client)
{
    return client->failure;
}

esp_http_client_transport_t esp_http_client_get_transport_type(esp_http_client_handle_t client)
{
    return client->at.tls ? HTTP_TRANSPORT_OVER_SSL : HTTP_TRANSPORT_OVER_TCP;
}
