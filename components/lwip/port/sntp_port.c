/* SPDX-License-Identifier: Apache-2.0 */
/* The clock behind lwIP's SNTP client. A server that is asked without a signature may lie: its time
 * is held to the build's date, and the certificates decide about the rest. */
#include "sntp_port.h"

#include <stddef.h>
#include <sys/time.h>

#include "esp_log.h"
#include "esp_system.h"
#include "lwip/opt.h"

static const char *const TAG = "sntp";

static void (*on_answer)(bool is_taken);

void sntp_port_set_listener(void (*listener)(bool is_taken))
{
    on_answer = listener;
}

void sntp_port_set_time(uint32_t seconds, uint32_t us)
{
    struct timeval tv = {.tv_sec = (time_t)seconds, .tv_usec = (suseconds_t)us};
    bool is_taken = settimeofday(&tv, NULL) == 0;
    if (!is_taken) {
        ESP_LOGE(TAG,
                 "the server says %u s since 1970, which is before this program was built: not "
                 "taken; ask another server",
                 (unsigned)seconds);
    }
    if (on_answer != NULL) {
        on_answer(is_taken);
    }
}

/* Less than a second of microseconds, as lwIP converts it to a fraction. */
void sntp_port_nonce(uint32_t *seconds, uint32_t *us)
{
    *seconds = esp_random();
    *us = esp_random() % 1000000u;
}
