/* SPDX-License-Identifier: Apache-2.0 */
/* What lwIP's SNTP client does with the time that a server says. */
#ifndef SNTP_PORT_H
#define SNTP_PORT_H

#include <stdbool.h>

/* Names what is called with each answer, in the task of net_task.h; NULL takes it away. is_taken:
 * settimeofday() accepted the time; false: it lies before the build, and is not believed. */
void sntp_port_set_listener(void (*listener)(bool is_taken));

#endif
