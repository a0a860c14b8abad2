/* SPDX-License-Identifier: Apache-2.0 */
/* Where requests go: the URL that was set, and where redirects have led from there. Refuses a way
 * from https to http, and more redirects than allowed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esp_log.h"
#include "http_client_impl.h"

static const char *const TAG = "HTTP_CLIENT";

static esp_err_t parse_url(const char *url, struct http_url *at)
{
    esp_err_t err = http_url_parse(url, strlen(url), at);
    if (err != ESP_OK && strchr(url, '@') != NULL) {
        /* Not quoted: a part of it may be a password. */
        ESP_LOGE(TAG,
                 "unusable URL: 0x%x (%s); credentials in the URL are not offered: set username "
                 "and password",
                 (unsigned)err, esp_err_to_name(err));
    } else if (err != ESP_OK) {
        ESP_LOGE(TAG, "unusable URL '%.80s': 0x%x (%s); give http(s)://host[:port]/path", url,
                 (unsigned)err, esp_err_to_name(err));
    }
    return err;
}

/* Forgets where redirects led. */
static void go_home(struct esp_http_client *c)
{
    if (c->url != c->home) {
        free(c->url);
    }
    c->url = c->home;
    c->at = c->home_at;
}

/* Takes url, which it owns from here on, as the URL that is set. */
static esp_err_t set_home(struct esp_http_client *c, char *url)
{
    struct http_url at;
    esp_err_t err = parse_url(url, &at);
    if (err != ESP_OK) {
        free(url);
        return err;
    }
    go_home(c);
    free(c->home);
    c->home = url;
    c->home_at = at;
    c->url = url;
    c->at = at;
    return ESP_OK;
}

/* Takes url, which it owns from here on, as where a redirect leads. */
static esp_err_t go_away(struct esp_http_client *c, char *url)
{
    struct http_url at;
    char *kept = realloc(url, strlen(url) + 1);
    kept = kept != NULL ? kept : url;
    esp_err_t err = parse_url(kept, &at);
    if (err != ESP_OK) {
        free(kept);
        return err;
    }
    go_home(c);
    c->url = kept;
    c->at = at;
    return ESP_OK;
}

esp_err_t http_address_of_parts(struct esp_http_client *c, const esp_http_client_config_t *config)
{
    if (config->host == NULL || config->path == NULL) {
        ESP_LOGE(TAG, "no URL: 0x%x; set url, or host and path", (unsigned)ESP_ERR_INVALID_ARG);
        return ESP_ERR_INVALID_ARG;
    }
    bool tls = config->transport_type == HTTP_TRANSPORT_OVER_SSL;
    int port = config->port != 0 ? config->port : tls ? 443 : 80;
    const char *slash = config->path[0] == '/' ? "" : "/";
    const char *mark = config->query != NULL ? "?" : "";
    const char *query = config->query != NULL ? config->query : "";
    char *url = malloc(HTTP_URL_MAX_LEN + 1);
    if (url == NULL) {
        return ESP_ERR_NO_MEM;
    }
    int n = snprintf(url, HTTP_URL_MAX_LEN + 1, "%s://%s:%d%s%s%s%s", tls ? "https" : "http",
                     config->host, port, slash, config->path, mark, query);
    if (n < 0 || n > (int)HTTP_URL_MAX_LEN) {
        free(url);
        return ESP_ERR_INVALID_SIZE;
    }
    return set_home(c, url);
}

esp_err_t esp_http_client_set_url(esp_http_client_handle_t client, const char *url)
{
    if (client == NULL || url == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    if (client->url == NULL || strstr(url, "://") != NULL) {
        char *copy = strdup(url);
        return copy != NULL ? set_home(client, copy) : ESP_ERR_NO_MEM;
    }
    char *absolute = malloc(HTTP_URL_MAX_LEN + 1);
    if (absolute == NULL) {
        return ESP_ERR_NO_MEM;
    }
    esp_err_t err =
        http_url_resolve(&client->home_at, url, strlen(url), absolute, HTTP_URL_MAX_LEN + 1);
    if (err != ESP_OK) {
        free(absolute);
        return err;
    }
    return set_home(client, absolute);
}

esp_err_t esp_http_client_get_url(esp_http_client_handle_t client, char *url, const int len)
{
    if (client == NULL || url == NULL || len <= 0) {
        return ESP_ERR_INVALID_ARG;
    }
    int n = snprintf(url, (size_t)len, "%s", client->url);
    return n >= 0 && n < len ? ESP_OK : ESP_ERR_INVALID_SIZE;
}

bool http_is_redirect(int status)
{
    return status == HttpStatus_MovedPermanently || status == HttpStatus_Found ||
           status == HttpStatus_SeeOther || status == HttpStatus_TemporaryRedirect ||
           status == HttpStatus_PermanentRedirect;
}

/* The body was for the first address; these statuses turn the request into a GET. */
static void redirect_method(struct esp_http_client *c)
{
    bool keeps = c->status == HttpStatus_TemporaryRedirect ||
                 c->status == HttpStatus_PermanentRedirect || c->method == HTTP_METHOD_HEAD;
    if (!keeps) {
        c->method = HTTP_METHOD_GET;
        c->post_data = NULL;
        c->post_len = 0;
    }
}

static esp_err_t check_redirect(const struct esp_http_client *c, const struct http_url *to)
{
    if (c->at.tls && !to->tls) {
        ESP_LOGE(TAG, "the server redirects from https to http: 0x%x; it must stay with https",
                 (unsigned)ESP_ERR_HTTP_REDIRECT_DOWNGRADE);
        return ESP_ERR_HTTP_REDIRECT_DOWNGRADE;
    }
    if (c->n_redirects >= c->max_redirects) {
        ESP_LOGE(TAG, "more than %d redirects: 0x%x; check the server for a loop", c->max_redirects,
                 (unsigned)ESP_ERR_HTTP_MAX_REDIRECT);
        return ESP_ERR_HTTP_MAX_REDIRECT;
    }
    return ESP_OK;
}

esp_err_t esp_http_client_set_redirection(esp_http_client_handle_t client)
{
    if (client == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    if (!http_is_redirect(client->status)) {
        return ESP_ERR_INVALID_STATE;
    }
    if (client->location == NULL) {
        return ESP_ERR_INVALID_RESPONSE;
    }
    char *url = malloc(HTTP_URL_MAX_LEN + 1);
    if (url == NULL) {
        return ESP_ERR_NO_MEM;
    }
    struct http_url to;
    esp_err_t err = http_url_resolve(&client->at, client->location, strlen(client->location), url,
                                     HTTP_URL_MAX_LEN + 1);
    if (err == ESP_OK) {
        (void)http_url_parse(url, strlen(url), &to);
        err = check_redirect(client, &to);
    } else {
        ESP_LOGE(TAG, "unusable redirect: 0x%x (%s)", (unsigned)err, esp_err_to_name(err));
        err = ESP_ERR_INVALID_RESPONSE;
    }
    if (err != ESP_OK) {
        free(url);
        return err;
    }
    redirect_method(client);
    client->n_redirects++;
    return go_away(client, url);
}

void esp_http_client_undo_redirections(esp_http_client_handle_t client)
{
    go_home(client);
    client->n_redirects = 0;
}
