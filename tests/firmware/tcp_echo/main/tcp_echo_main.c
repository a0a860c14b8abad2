/* SPDX-License-Identifier: Apache-2.0 */
/* Exercises the network below TLS against the server of tests/network: data both ways, ends,
 * resets, silence, refusals, names. Prints one line a case and closes with `N passed, N failed`. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "esp_event.h"
#include "esp_log.h"
#include "esp_netif.h"
#include "esp_system.h"
#include "esp_timer.h"
#include "esp_wifi.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "net_conn.h"
#include "nvs_flash.h"
#include "orders.h"
#include "protocol_examples_common.h"

#define BULK_LEN      (1u << 20)
#define CHUNK_LEN     1000u
#define PATIENCE_MS   20000u
#define IMPATIENCE_MS 500u
#define CLOSED_PORT   1u
#define NOBODY        0x6302000au /* 10.0.2.99 */

struct bytes {
    uint32_t state; /* xorshift32 */
    uint32_t hash;  /* FNV-1a of all so far */
};

static uint32_t server;
static uint16_t port;
static unsigned n_passed, n_failed;
static uint8_t chunk[CHUNK_LEN];

static uint8_t next_byte(struct bytes *b)
{
    b->state ^= b->state << 13;
    b->state ^= b->state >> 17;
    b->state ^= b->state << 5;
    b->hash = (b->hash ^ (uint8_t)b->state) * 16777619u;
    return (uint8_t)b->state;
}

static struct bytes bytes_from(uint32_t seed)
{
    return (struct bytes){seed, 2166136261u};
}

static void report(const char *name, bool passed, const char *detail)
{
    printf("%s: %s %s\n", passed ? "ok" : "FAILED", name, detail);
    n_passed += passed;
    n_failed += !passed;
}

static void report_err(const char *name, esp_err_t got, esp_err_t wanted)
{
    char detail[64];

    snprintf(detail, sizeof(detail), "0x%x", (unsigned)got);
    report(name, got == wanted, detail);
}

/* Opens a connection and sends one line that says what the server shall do. */
static struct net_conn *ask(const char *line)
{
    struct net_conn *conn = NULL;
    esp_err_t err = net_conn_open(server, port, PATIENCE_MS, &conn);

    if (err == ESP_OK) {
        err = net_conn_write(conn, line, strlen(line), PATIENCE_MS);
    }
    if (err != ESP_OK) {
        printf("cannot ask '%.10s': 0x%x\n", line, (unsigned)err);
        net_conn_close(conn);
        conn = NULL;
    }
    return conn;
}

static esp_err_t read_bulk(struct net_conn *conn, struct bytes *expected, uint32_t *n_good)
{
    esp_err_t err;
    size_t n;

    *n_good = 0;
    while ((err = net_conn_read(conn, chunk, sizeof(chunk), PATIENCE_MS, &n)) == ESP_OK && n) {
        for (size_t i = 0; i < n; i++) {
            if (chunk[i] != next_byte(expected)) {
                return ESP_ERR_INVALID_CRC;
            }
        }
        *n_good += n;
    }
    return err;
}

static void print_rate(const char *what, uint32_t n, int64_t started_us)
{
    uint32_t ms = (uint32_t)((esp_timer_get_time() - started_us) / 1000);

    printf("%s: %u bytes in %u ms\n", what, (unsigned)n, (unsigned)ms);
}

/* The server sends BULK_LEN bytes and ends the stream. */
static void test_down(void)
{
    struct net_conn *conn = ask("down 1048576 7\n");
    struct bytes expected = bytes_from(7);
    int64_t started_us = esp_timer_get_time();
    uint32_t n_good = 0;
    esp_err_t err = conn ? read_bulk(conn, &expected, &n_good) : ESP_FAIL;
    char detail[64];

    net_conn_close(conn);
    print_rate("down", n_good, started_us);
    snprintf(detail, sizeof(detail), "%u bytes, 0x%x", (unsigned)n_good, (unsigned)err);
    report("down", err == ESP_OK && n_good == BULK_LEN, detail);
}

static esp_err_t write_bulk(struct net_conn *conn, struct bytes *source)
{
    esp_err_t err = ESP_OK;
    uint32_t left = BULK_LEN;

    while (left && err == ESP_OK) {
        uint32_t n = left < sizeof(chunk) ? left : sizeof(chunk);

        for (uint32_t i = 0; i < n; i++) {
            chunk[i] = next_byte(source);
        }
        err = net_conn_write(conn, chunk, n, PATIENCE_MS);
        left -= n;
    }
    return err;
}

/* Reads one line; false when the stream ends or fails before. */
static bool read_line(struct net_conn *conn, char *line, size_t len)
{
    size_t have = 0;
    size_t n;

    while (have + 1 < len) {
        if (net_conn_read(conn, line + have, 1, PATIENCE_MS, &n) != ESP_OK || n == 0) {
            return false;
        }
        if (line[have] == '\n') {
            line[have] = '\0';
            return true;
        }
        have++;
    }
    return false;
}

/* The server hashes BULK_LEN bytes and answers with what it got. */
static void test_up(void)
{
    struct net_conn *conn = ask("up 1048576\n");
    struct bytes source = bytes_from(9);
    int64_t started_us = esp_timer_get_time();
    char line[32] = "nothing";
    char expected[32];
    bool is_good =
        conn && write_bulk(conn, &source) == ESP_OK && read_line(conn, line, sizeof(line));

    net_conn_close(conn);
    print_rate("up", BULK_LEN, started_us);
    snprintf(expected, sizeof(expected), "hash %08x", (unsigned)source.hash);
    report("up", is_good && strcmp(line, expected) == 0, line);
}

/* Segments of one byte: the queue of received frames stays bounded. */
static void test_trickle(void)
{
    struct net_conn *conn = ask("trickle 400 5\n");
    struct bytes expected = bytes_from(5);
    uint32_t n_good = 0;
    char detail[32];

    vTaskDelay(pdMS_TO_TICKS(1000)); /* virtual time: let them pile up */
    if (conn) {
        read_bulk(conn, &expected, &n_good);
    }
    net_conn_close(conn);
    snprintf(detail, sizeof(detail), "%u bytes", (unsigned)n_good);
    report("trickle", n_good == 400, detail);
}

static void test_silence(void)
{
    struct net_conn *conn = ask("wait\n");
    char line[8] = "";
    esp_err_t err = ESP_FAIL;
    bool is_usable = false;
    size_t n;

    if (conn) {
        err = net_conn_read(conn, chunk, 1, IMPATIENCE_MS, &n);
        is_usable = net_conn_write(conn, "go\n", 3, PATIENCE_MS) == ESP_OK &&
                    read_line(conn, line, sizeof(line));
    }
    net_conn_close(conn);
    report_err("silence is a timeout", err, ESP_ERR_TIMEOUT);
    report("usable after a timeout", is_usable && strcmp(line, "went") == 0, line);
}

static void test_reset(void)
{
    struct net_conn *conn = ask("reset\n");
    esp_err_t err = ESP_FAIL;
    size_t n;

    if (conn) {
        err = net_conn_read(conn, chunk, 1, PATIENCE_MS, &n);
        report_err("write after a reset", net_conn_write(conn, "x", 1, PATIENCE_MS),
                   ESP_ERR_HTTP_CONNECTION_CLOSED);
    }
    net_conn_close(conn);
    report_err("reset", err, ESP_ERR_HTTP_CONNECTION_CLOSED);
}

/* The server reads nothing: a write runs into its deadline. */
static void test_back_pressure(void)
{
    struct net_conn *conn = ask("deaf\n");
    esp_err_t err = conn ? ESP_OK : ESP_FAIL;

    for (uint32_t n = 0; n < 64u << 20 && err == ESP_OK; n += sizeof(chunk)) {
        err = net_conn_write(conn, chunk, sizeof(chunk), 4 * IMPATIENCE_MS);
    }
    net_conn_close(conn);
    report_err("back-pressure is a timeout", err, ESP_ERR_TIMEOUT);
}

static void test_connect_failures(void)
{
    struct net_conn *conn = NULL;

    report_err("refused", net_conn_open(server, CLOSED_PORT, PATIENCE_MS, &conn),
               ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST);
    report_err("nobody there", net_conn_open(NOBODY, 80, 2000, &conn),
               ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT);
}

static void test_names(void)
{
    uint32_t ip4 = 0;
    int64_t started_us = esp_timer_get_time();
    esp_err_t err = net_resolve("no-such-host.invalid", 5000, &ip4);
    bool is_in_time = esp_timer_get_time() - started_us < 5500000;

    report("unknown name ends in time",
           is_in_time && (err == ESP_ERR_TIMEOUT || err == ESP_ERR_ESP_TLS_CANNOT_RESOLVE_HOSTNAME),
           "");
    report_err("too long a name",
               net_resolve("a.very.long.name.a.very.long.name.a.very.long.name.a.very.long.name."
                           "a.very.long.name.a.very.long.name.a.very.long.name.a.very.long.name",
                           PATIENCE_MS, &ip4),
               ESP_ERR_ESP_TLS_CANNOT_RESOLVE_HOSTNAME);
}

static void test_lost_link(void)
{
    struct net_conn *conn = ask("wait\n");
    esp_err_t err = ESP_FAIL;
    size_t n;

    if (conn) {
        esp_wifi_disconnect();
        err = net_conn_read(conn, chunk, 1, PATIENCE_MS, &n);
    }
    net_conn_close(conn);
    report_err("lost link", err, ESP_ERR_HTTP_CONNECTION_CLOSED);
}

static void print_memory(void)
{
    TaskStatus_t tasks[8];
    UBaseType_t n = uxTaskGetSystemState(tasks, 8, NULL);

    for (UBaseType_t i = 0; i < n; i++) {
        printf("stack %s: %u bytes never used\n", tasks[i].pcTaskName,
               (unsigned)tasks[i].usStackHighWaterMark);
    }
    printf("heap: %u bytes free, %u at least\n", (unsigned)esp_get_free_heap_size(),
           (unsigned)esp_get_minimum_free_heap_size());
}

static void run_all(void)
{
    print_memory();
    test_down();
    print_memory();
    test_up();
    test_trickle();
    test_silence();
    test_reset();
    test_back_pressure();
    test_connect_failures();
    test_names();
    print_memory();
    test_lost_link();
}

/* Once before the answer is known, once from what lwIP remembers. */
static void resolve_twice(const char *name)
{
    for (int i = 0; i < 2; i++) {
        int64_t started_us = esp_timer_get_time();
        esp_ip4_addr_t ip = {0};
        esp_err_t err = net_resolve(name, 5000, &ip.addr);

        printf("resolved %s: 0x%x " IPSTR " in %u ms\n", name, (unsigned)err, IP2STR(&ip),
               (unsigned)((esp_timer_get_time() - started_us) / 1000));
    }
}

static void on_ip_event(void *arg, esp_event_base_t base, int32_t id, void *data)
{
    const ip_event_got_ip_t *got = data;

    (void)arg;
    (void)base;
    if (id == IP_EVENT_STA_GOT_IP) {
        printf("got address " IPSTR "\n", IP2STR(&got->ip_info.ip));
    } else if (id == IP_EVENT_STA_LOST_IP) {
        printf("lost address\n");
    }
}

static void run(const struct orders *orders)
{
    printf("heap before joining: %u bytes free\n", (unsigned)esp_get_free_heap_size());
    ESP_ERROR_CHECK(example_set_connection_info(orders->ssid, orders->password));
    report_err("join", example_connect(), ESP_OK);
    if (n_failed) {
        return;
    }
    if (strcmp(orders->name, "-") != 0) {
        resolve_twice(orders->name);
    }
    if (orders->port) {
        port = orders->port;
        report_err("dotted address", net_resolve("10.0.2.2", 1, &server), ESP_OK);
        run_all();
    }
}

void app_main(void)
{
    static struct orders orders;

    if (!orders_read(&orders)) {
        printf("no orders\n");
        return;
    }
    ESP_ERROR_CHECK(nvs_flash_init());
    ESP_ERROR_CHECK(esp_netif_init());
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    ESP_ERROR_CHECK(esp_event_handler_register(IP_EVENT, ESP_EVENT_ANY_ID, on_ip_event, NULL));
    run(&orders);
    printf("tcp_echo: %u passed, %u failed\n", n_passed, n_failed);
    printf("tcp_echo ends\n");
}
