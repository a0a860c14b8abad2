/* SPDX-License-Identifier: Apache-2.0 */
/* What an alert of the server means. Pure. */
#ifndef TLS_ALERT_H
#define TLS_ALERT_H

#include <stddef.h>

#include "tls_explain.h"

/* Writes the cause and the cure of an alert, f->alert, to buf[len]; NUL-terminated. */
void tls_alert_explain(const struct tls_failure *f, char *buf, size_t len);

/* Writes the name that RFC 5246 gives an alert, or "unknown". */
void tls_alert_name(int alert, char *buf, size_t len);

#endif
