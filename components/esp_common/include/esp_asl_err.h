/* SPDX-License-Identifier: Apache-2.0 */
/* From core's errors to the device API's: one place that knows both vocabularies. */
#ifndef ESP_ASL_ERR_H
#define ESP_ASL_ERR_H

#include "airslot/err.h"
#include "esp_err.h"

/* Returns the number that ESP-IDF's callers expect for a core error. */
esp_err_t esp_err_from_asl(enum asl_err err);

/* Logs "<what>: <text> (0x.., <ESP name>; <core name>): <hint>" at level error. */
void esp_asl_err_log(const char *tag, const char *what, enum asl_err err);

#endif
