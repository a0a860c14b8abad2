/* SPDX-License-Identifier: Apache-2.0 */
/* Texts to the caller: log lines and errors. */
#ifndef SRV_LOG_H
#define SRV_LOG_H

#include "http.h"
#include "srv_server.h"

/* Formats one line and hands it to the config's log callback, if there is one. */
void srv_log(const struct srv_config *config, enum srv_log_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Sets the text and clears the hint; sets the hint. */
void srv_error_set(struct srv_error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void srv_error_hint(struct srv_error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
