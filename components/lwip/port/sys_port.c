/* SPDX-License-Identifier: Apache-2.0 */
/* What lwIP asks of its platform: the time, and a way to die that names the place. */
#include <stdlib.h>

#include "esp_log.h"
#include "esp_timer.h"
#include "lwip/sys.h"

u32_t sys_now(void)
{
    return (u32_t)((uint64_t)esp_timer_get_time() / 1000u);
}

void lwip_port_assert_failed(unsigned line)
{
    ESP_LOGE("lwip", "assertion failed in line %u, called near %p", line,
             __builtin_return_address(0));
    abort();
}
