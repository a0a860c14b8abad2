/* SPDX-License-Identifier: Apache-2.0 */
/* See liar_transport.h. TLS is taken for granted here: who is asked for https gets it. */
#include "liar_transport.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_device.h"
#include "http_transport.h"

#define REFUSAL_MS   20u
#define CONNECTS_MAX 1000u
#define GIVEN_MAX    (256u << 20)
#define N_STEP       100000000u

static struct {
    const struct liar_case *c;
    const struct liar_files *files;
    void (*give_up)(void);
    unsigned connects, open;
    uint64_t given;
    uint32_t n_reads;
    char requests[32768];
    size_t n_requests;
    /* the present connection */
    struct liar_conn conn;
    struct liar_step step;
    bool has_step;
    size_t step_at; /* bytes of it that were taken */
    char request[4096];
    size_t n_request;
} liar;

void liar_transport_start(const struct liar_case *c, const struct liar_files *files,
                          void (*give_up)(void))
{
    memset(&liar, 0, sizeof liar);
    liar.c = c;
    liar.files = files;
    liar.give_up = give_up;
}

void liar_transport_stop(void)
{
}

const char *liar_transport_ca(void)
{
    return "a certificate";
}

unsigned liar_transport_connects(void)
{
    return liar.connects;
}

unsigned liar_transport_open_connections(void)
{
    return liar.open;
}

uint64_t liar_transport_given(void)
{
    return liar.given;
}

const char *liar_transport_requests(void)
{
    return liar.requests;
}

static void note(const char *bytes, size_t len)
{
    size_t room = sizeof liar.requests - 1 - liar.n_requests;
    len = len < room ? len : room;
    memcpy(liar.requests + liar.n_requests, bytes, len);
    liar.n_requests += len;
}

static void pass_ms(uint32_t ms)
{
    fake_pass_ms(ms);
    if (fake_now_ms() > LIAR_ENDLESS_MS) {
        liar.give_up();
    }
}

esp_err_t http_transport_open(struct http_transport *t, bool tls,
                              const struct esp_tls_session_config *config)
{
    char line[512];
    int n = snprintf(line, sizeof line, "connect %s %s:%u\n", tls ? "https" : "http", config->host,
                     (unsigned)config->port);
    note(line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
    liar_begin(&liar.conn, liar.c, liar.files, liar.connects++);
    pass_ms(REFUSAL_MS);
    if (liar.connects > CONNECTS_MAX) {
        liar.give_up();
    }
    if (liar.conn.script->is_refused) {
        return ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST;
    }
    if (liar.open > 0) {
        fprintf(stderr, "liar: a second connection beside the first\n");
        abort();
    }
    liar.open = 1;
    liar.n_request = 0;
    liar.has_step = false;
    t->tcp = (struct net_conn *)&liar; /* never followed: it says that the transport is open */
    return ESP_OK;
}

esp_err_t http_transport_write(struct http_transport *t, const void *data, size_t len,
                               uint32_t timeout_ms)
{
    (void)t;
    (void)timeout_ms;
    size_t room = sizeof liar.request - liar.n_request;
    note(data, len);
    len = len < room ? len : room;
    memcpy(liar.request + liar.n_request, data, len);
    liar.n_request += len;
    liar_hear(&liar.conn, liar.request, liar.n_request);
    return ESP_OK;
}

static esp_err_t ends(size_t *n_read, enum http_transport_end *end, uint32_t timeout_ms)
{
    *n_read = 0;
    switch (liar.step.end) {
    case LIAR_NOTIFY:
        *end = HTTP_END_PROVEN;
        return ESP_OK;
    case LIAR_FIN:
        *end = HTTP_END_BARE;
        return ESP_OK;
    case LIAR_RESET:
        return ESP_ERR_HTTP_CONNECTION_CLOSED;
    default:
        pass_ms(timeout_ms);
        return ESP_ERR_TIMEOUT;
    }
}

/* Waits for the step's moment; false when the time is up before. */
static bool wait_for_step(uint32_t timeout_ms)
{
    uint32_t wait = liar.step.pause_ms < timeout_ms ? liar.step.pause_ms : timeout_ms;
    liar.step.pause_ms -= wait;
    pass_ms(wait);
    return liar.step.pause_ms == 0;
}

static size_t take(void *buf, size_t len)
{
    size_t left = liar.step.len - liar.step_at;
    size_t n = left < len ? left : len;
    memcpy(buf, liar.step.bytes + liar.step_at, n);
    liar.step_at += n;
    liar.given += n;
    liar.has_step = liar.step_at < liar.step.len;
    return n;
}

esp_err_t http_transport_read(struct http_transport *t, void *buf, size_t len, uint32_t timeout_ms,
                              size_t *n_read, enum http_transport_end *end)
{
    *n_read = 0;
    *end = HTTP_END_NONE;
    if (t->tcp == NULL) {
        return ESP_ERR_HTTP_CONNECTION_CLOSED;
    }
    if (++liar.n_reads > N_STEP || liar.given > GIVEN_MAX) {
        liar.give_up();
    }
    if (!liar.has_step) {
        liar_next(&liar.conn, &liar.step);
        liar.step_at = 0;
        liar.has_step = liar.step.kind != LIAR_WAIT;
    }
    if (!liar.has_step) {
        pass_ms(timeout_ms);
        return ESP_ERR_TIMEOUT;
    }
    if (!wait_for_step(timeout_ms)) {
        return ESP_ERR_TIMEOUT;
    }
    if (liar.step.kind == LIAR_ENDS) {
        return ends(n_read, end, timeout_ms);
    }
    *n_read = take(buf, len);
    return ESP_OK;
}

bool http_transport_is_open(const struct http_transport *t)
{
    return t->tcp != NULL;
}

void http_transport_close(struct http_transport *t)
{
    if (t->tcp != NULL) {
        liar.open = 0;
        t->tcp = NULL;
    }
}
