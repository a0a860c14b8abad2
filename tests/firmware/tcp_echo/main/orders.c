/* SPDX-License-Identifier: Apache-2.0 */
#include "orders.h"

#include <stdlib.h>
#include <string.h>

#include "esp_partition.h"

#define ORDERS_SUBTYPE ((esp_partition_subtype_t)0x40)
#define LINE_LEN       256u

static bool take_word(char **rest, char *out, size_t out_len)
{
    char *word = strtok_r(NULL, " \n", rest);

    if (!word || strlen(word) >= out_len) {
        return false;
    }
    strcpy(out, word);
    return true;
}

bool orders_read(struct orders *orders)
{
    const esp_partition_t *partition =
        esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ORDERS_SUBTYPE, "orders");
    char line[LINE_LEN + 1] = "";
    char port[6];
    char *rest = line;

    if (!partition || esp_partition_read(partition, 0, line, LINE_LEN) != ESP_OK ||
        !memchr(line, '\n', LINE_LEN)) {
        return false;
    }
    *strchr(line, '\n') = '\0';
    if (!take_word(&rest, orders->ssid, sizeof(orders->ssid)) ||
        !take_word(&rest, orders->password, sizeof(orders->password)) ||
        !take_word(&rest, port, sizeof(port)) ||
        !take_word(&rest, orders->name, sizeof(orders->name))) {
        return false;
    }
    orders->port = (uint16_t)atoi(port);
    return true;
}
