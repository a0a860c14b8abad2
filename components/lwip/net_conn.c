/* SPDX-License-Identifier: Apache-2.0 */
/* A TCP connection of one task over lwIP's raw API. lwIP's callbacks only record and wake; the task
 * does the work. What a peer may make us keep is bounded by the receive window and the number of
 * frames it came in. */
#include "net_conn.h"

#include <stdbool.h>
#include <stdlib.h>

#include "lwip/tcp.h"
#include "net_deadline.h"
#include "net_task.h"

/* Frames kept before they are copied together: a window in segments of one byte would otherwise
 * take eighty times its size. */
#define NET_CONN_MAX_PBUFS (2u * (TCP_WND / TCP_MSS + 1u))
/* How often a write looks for memory that no acknowledgement will announce. */
#define MEMORY_RETRY_MS 50u

struct net_conn {
    struct tcp_pcb *pcb; /* NULL once lwIP has freed it, after a reset or an abort */
    struct pbuf *rx;     /* received and not yet read; its bytes still count against the window */
    SemaphoreHandle_t wake;
    bool is_connected;
    bool is_ended;  /* the peer has sent its last byte */
    bool is_broken; /* a write was given up halfway: what is queued must not pass for a message */
};

static err_t on_connected(void *arg, struct tcp_pcb *pcb, err_t err)
{
    struct net_conn *conn = arg;

    (void)pcb;
    (void)err; /* always ERR_OK; failures arrive at on_error */
    conn->is_connected = true;
    xSemaphoreGive(conn->wake);
    return ERR_OK;
}

/* Appends p to the queue in bounded memory. On ERR_MEM lwIP keeps p and offers it again. */
static err_t queue_frame(struct net_conn *conn, struct pbuf *p)
{
    if (!conn->rx) {
        conn->rx = p;
        return ERR_OK;
    }
    if (pbuf_clen(conn->rx) + pbuf_clen(p) > NET_CONN_MAX_PBUFS) {
        conn->rx = pbuf_coalesce(conn->rx, PBUF_RAW);
        if (conn->rx->next) {
            return ERR_MEM;
        }
    }
    pbuf_cat(conn->rx, p);
    return ERR_OK;
}

static err_t on_received(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
    struct net_conn *conn = arg;

    (void)pcb;
    (void)err;
    if (!p) {
        conn->is_ended = true;
    } else if (queue_frame(conn, p) != ERR_OK) {
        return ERR_MEM;
    }
    xSemaphoreGive(conn->wake);
    return ERR_OK;
}

static err_t on_acknowledged(void *arg, struct tcp_pcb *pcb, u16_t len)
{
    struct net_conn *conn = arg;

    (void)pcb;
    (void)len;
    xSemaphoreGive(conn->wake);
    return ERR_OK;
}

/* Reset by the peer, given up by lwIP, or our address has gone with the link. The pcb is freed. */
static void on_error(void *arg, err_t err)
{
    struct net_conn *conn = arg;

    (void)err;
    conn->pcb = NULL;
    xSemaphoreGive(conn->wake);
}

static struct net_conn *conn_new(void)
{
    struct net_conn *conn = calloc(1, sizeof(*conn));

    if (!conn) {
        return NULL;
    }
    conn->wake = xSemaphoreCreateBinary();
    conn->pcb = tcp_new();
    if (!conn->wake || !conn->pcb) {
        net_conn_close(conn);
        return NULL;
    }
    tcp_arg(conn->pcb, conn);
    tcp_recv(conn->pcb, on_received);
    tcp_sent(conn->pcb, on_acknowledged);
    tcp_err(conn->pcb, on_error);
    tcp_nagle_disable(conn->pcb);
    return conn;
}

/* From here on lwIP knows nothing of conn. */
static struct tcp_pcb *detach(struct net_conn *conn)
{
    struct tcp_pcb *pcb = conn->pcb;

    if (pcb) {
        tcp_arg(pcb, NULL);
        tcp_recv(pcb, NULL);
        tcp_sent(pcb, NULL);
        tcp_err(pcb, NULL);
        conn->pcb = NULL;
    }
    return pcb;
}

static void conn_free(struct net_conn *conn)
{
    if (conn->rx) {
        pbuf_free(conn->rx);
    }
    if (conn->wake) {
        vSemaphoreDelete(conn->wake);
    }
    free(conn);
}

/* Ends the connection at once: what is still on its way is not waited for. */
static void conn_abort(struct net_conn *conn)
{
    struct tcp_pcb *pcb = detach(conn);

    if (pcb) {
        tcp_abort(pcb);
    }
    conn_free(conn);
}

static esp_err_t await_connection(struct net_conn *conn, uint32_t timeout_ms)
{
    struct net_deadline deadline = net_deadline_in(timeout_ms);

    net_task_wake();
    while (!conn->is_connected) {
        if (!conn->pcb) {
            return ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST;
        }
        if (!net_deadline_wait(&deadline, conn->wake, 0)) {
            return ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT;
        }
    }
    return ESP_OK;
}

esp_err_t net_conn_open(uint32_t ip4, uint16_t port, uint32_t timeout_ms, struct net_conn **out)
{
    struct net_conn *conn = conn_new();
    ip_addr_t addr = IPADDR4_INIT(ip4);
    esp_err_t err;
    err_t lwip_err;

    if (!conn) {
        return ESP_ERR_NO_MEM;
    }
    lwip_err = tcp_connect(conn->pcb, &addr, port, on_connected);
    if (lwip_err == ERR_OK) {
        err = await_connection(conn, timeout_ms);
    } else {
        err = lwip_err == ERR_MEM ? ESP_ERR_NO_MEM : ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST;
    }
    if (err != ESP_OK) {
        conn_abort(conn);
        return err;
    }
    *out = conn;
    return ESP_OK;
}

/* Copies from the queue and opens the window by as much. */
static size_t take_received(struct net_conn *conn, void *buf, size_t len)
{
    u16_t n = pbuf_copy_partial(conn->rx, buf, len < 0xffffu ? (u16_t)len : 0xffffu, 0);

    conn->rx = pbuf_free_header(conn->rx, n);
    if (conn->pcb) {
        tcp_recved(conn->pcb, n);
    }
    return n;
}

esp_err_t net_conn_read(struct net_conn *conn, void *buf, size_t len, uint32_t timeout_ms,
                        size_t *n_read)
{
    struct net_deadline deadline = net_deadline_in(timeout_ms);

    *n_read = 0;
    if (len == 0) {
        return ESP_ERR_INVALID_ARG; /* nothing read would look like the end */
    }
    while (!conn->rx) {
        if (conn->is_ended) {
            return ESP_OK;
        }
        if (!conn->pcb) {
            return ESP_ERR_HTTP_CONNECTION_CLOSED;
        }
        if (!net_deadline_wait(&deadline, conn->wake, 0)) {
            return ESP_ERR_TIMEOUT;
        }
    }
    *n_read = take_received(conn, buf, len);
    return ESP_OK;
}

/* Queues as much of data as send buffer and memory take now; *n is 0 for "wait". */
static err_t queue_some(struct net_conn *conn, const uint8_t *data, size_t len, size_t *n)
{
    size_t chunk = len < TCP_MSS ? len : TCP_MSS;
    err_t err;

    *n = 0;
    if (chunk > tcp_sndbuf(conn->pcb)) {
        chunk = tcp_sndbuf(conn->pcb);
    }
    if (chunk == 0) {
        return ERR_OK;
    }
    err = tcp_write(conn->pcb, data, (u16_t)chunk, TCP_WRITE_FLAG_COPY);
    if (err == ERR_OK) {
        *n = chunk;
    }
    return err == ERR_MEM ? ERR_OK : err;
}

esp_err_t net_conn_write(struct net_conn *conn, const void *data, size_t len, uint32_t timeout_ms)
{
    struct net_deadline deadline = net_deadline_in(timeout_ms);
    const uint8_t *next = data;

    while (len) {
        size_t n;

        if (!conn->pcb || queue_some(conn, next, len, &n) != ERR_OK) {
            return ESP_ERR_HTTP_CONNECTION_CLOSED;
        }
        next += n;
        len -= n;
        /* What fails here fails for the moment (memory, address): lwIP's timers repeat it. */
        (void)tcp_output(conn->pcb);
        if (n == 0 && !net_deadline_wait(&deadline, conn->wake, MEMORY_RETRY_MS)) {
            conn->is_broken = true;
            return ESP_ERR_TIMEOUT;
        }
    }
    return ESP_OK;
}

void net_conn_close(struct net_conn *conn)
{
    struct tcp_pcb *pcb;

    if (!conn) {
        return;
    }
    if (conn->is_broken) {
        conn_abort(conn);
        return;
    }
    /* lwIP goes on sending what is queued, then ends the stream, in the background and within its
     * own limits; with received data unread it resets instead, as RFC 1122 wants. */
    pcb = detach(conn);
    if (pcb && tcp_close(pcb) != ERR_OK) {
        tcp_abort(pcb);
    }
    conn_free(conn);
}
