/* SPDX-License-Identifier: Apache-2.0 */
/* Wi-Fi's reasons in words. */
#ifndef ESP_WIFI_REASON_H
#define ESP_WIFI_REASON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Says why a join failed or a link ended, with what helps: "no access point of that name in the
 * air: check the SSID". reason is a wifi_err_reason_t, known or not. Copies up to len - 1
 * characters to text and ends it; len > 0. */
void esp_wifi_reason_to_text(uint8_t reason, char *text, size_t len);

#ifdef __cplusplus
}
#endif

#endif
