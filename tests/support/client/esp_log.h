/* SPDX-License-Identifier: Apache-2.0 */
/* The log of client components under test: kept as text, so that a test can ask what was said. */
#ifndef ESP_LOG_H
#define ESP_LOG_H

#include "fake_device.h"

#define ESP_LOGE(tag, ...) fake_log('E', tag, __VA_ARGS__)
#define ESP_LOGW(tag, ...) fake_log('W', tag, __VA_ARGS__)
#define ESP_LOGI(tag, ...) fake_log('I', tag, __VA_ARGS__)
#define ESP_LOGD(tag, ...) fake_log('D', tag, __VA_ARGS__)
#define ESP_LOGV(tag, ...) fake_log('V', tag, __VA_ARGS__)

#endif
