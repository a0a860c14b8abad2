/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this component share. */
#ifndef WIFI_STATION_H
#define WIFI_STATION_H

#include <stdbool.h>

#include "esp_err.h"

/* ESP_OK when started, else the error that says what is missing. */
esp_err_t wifi_station_need_started(void);
esp_err_t wifi_station_need_init(void);

/* Posts without waiting; a loss is logged. */
void wifi_post_event(int32_t id, void *data, size_t size);

/* A scan has ended. */
void wifi_scan_on_done(void);

#endif
