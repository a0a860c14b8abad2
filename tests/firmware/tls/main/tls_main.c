/* SPDX-License-Identifier: Apache-2.0 */
/* Opens TLS connections as the orders say and prints what became of each. GPIO4 is high while a
 * connection is being opened, so that the test counts exactly these instructions.
 * Orders, text in their partition: "HOST PORT COUNT DATE\n", DATE in seconds since 1970, 0 for
 * none, then the trusted certificates as PEM. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "driver/gpio.h"
#include "esp_clock.h"
#include "esp_event.h"
#include "esp_netif.h"
#include "esp_netif_sntp.h"
#include "esp_partition.h"
#include "esp_system.h"
#include "esp_tls_session.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "nvs_flash.h"
#include "protocol_examples_common.h"

#define ORDERS_SUBTYPE ((esp_partition_subtype_t)0x40)
#define ORDERS_LEN     0x2000u
#define HOST_LEN       64
#define MARK           GPIO_NUM_4
#define PATIENCE_MS    5000u

struct orders {
    char host[HOST_LEN];
    unsigned port;
    unsigned count;
    long date;
    const char *ca_pem; /* owned */
};

static char *read_text(void)
{
    const esp_partition_t *partition =
        esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ORDERS_SUBTYPE, "orders");
    char piece[64];
    size_t len = 0;
    if (!partition) {
        return NULL;
    }
    do {
        if (esp_partition_read(partition, len, piece, sizeof(piece)) != ESP_OK) {
            return NULL;
        }
        len += sizeof(piece);
    } while (len < ORDERS_LEN && !memchr(piece, 0xff, sizeof(piece)));
    char *text = malloc(len + 1);
    if (text && esp_partition_read(partition, 0, text, len) == ESP_OK) {
        char *end = memchr(text, 0xff, len);
        *(end ? end : text + len) = '\0';
        return text;
    }
    free(text);
    return NULL;
}

static bool read_orders(struct orders *orders)
{
    char *text = read_text();
    char *line_end = text ? strchr(text, '\n') : NULL;
    if (!line_end || line_end - text >= 128) {
        return false;
    }
    char *rest = text;
    *line_end = '\0';
    char *host = strtok_r(NULL, " ", &rest);
    if (!host || strlen(host) >= HOST_LEN) {
        return false;
    }
    strcpy(orders->host, host);
    orders->port = (unsigned)strtoul(rest, &rest, 10);
    orders->count = (unsigned)strtoul(rest, &rest, 10);
    orders->date = strtol(rest, NULL, 10);
    orders->ca_pem = line_end + 1;
    return true;
}

/* -1: the time server on 10.0.2.2 is asked. */
static void set_date(long date)
{
    struct timeval tv = {.tv_sec = date};
    if (date == -1) {
        esp_sntp_config_t config = ESP_NETIF_SNTP_DEFAULT_CONFIG("10.0.2.2");
        esp_err_t err = esp_netif_sntp_init(&config);
        if (err == ESP_OK) {
            err = esp_netif_sntp_sync_wait(pdMS_TO_TICKS(PATIENCE_MS));
        }
        printf("sntp 0x%x\n", (unsigned)err);
    } else if (date != 0) {
        int ret = settimeofday(&tv, NULL);
        printf("settimeofday %d\n", ret);
    }
    printf("build %ld now %ld set %d\n", (long)esp_clock_build_s(), (long)esp_clock_now_s(),
           esp_clock_is_set());
}

static void connect_once(const struct orders *orders)
{
    struct esp_tls_session_config config = {.host = orders->host,
                                            .port = (uint16_t)orders->port,
                                            .ca_pem = orders->ca_pem,
                                            .timeout_ms = PATIENCE_MS};
    struct esp_tls_session *session = NULL;
    gpio_set_level(MARK, 1);
    esp_err_t err = esp_tls_session_open(&config, &session);
    gpio_set_level(MARK, 0);
    bool is_resumed = session && esp_tls_session_is_resumed(session);
    printf("connected 0x%x %s\n", (unsigned)err, is_resumed ? "resumed" : "full");
    if (session) {
        esp_tls_session_close(session);
        vTaskDelay(pdMS_TO_TICKS(200)); /* the peer's answer to the end of the stream */
    }
}

static void run(const struct orders *orders)
{
    gpio_config_t mark = {.pin_bit_mask = BIT(MARK), .mode = GPIO_MODE_OUTPUT};
    ESP_ERROR_CHECK(gpio_config(&mark));
    gpio_set_level(MARK, 0);
    ESP_ERROR_CHECK(nvs_flash_init());
    ESP_ERROR_CHECK(esp_netif_init());
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    ESP_ERROR_CHECK(example_connect());
    set_date(orders->date);
    unsigned before = (unsigned)esp_get_free_heap_size();
    for (unsigned i = 0; i < orders->count; i++) {
        connect_once(orders);
    }
    printf("heap %u before, %u after, %u at least\n", before, (unsigned)esp_get_free_heap_size(),
           (unsigned)esp_get_minimum_free_heap_size());
}

void app_main(void)
{
    static struct orders orders;
    if (read_orders(&orders)) {
        run(&orders);
    } else {
        printf("no orders\n");
    }
    printf("tls ends\n");
}
