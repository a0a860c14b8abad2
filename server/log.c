/* SPDX-License-Identifier: Apache-2.0 */
/* Formats log lines and errors; prints nothing itself. */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>

void srv_log(const struct srv_config *config, enum srv_log_kind kind, const char *format, ...)
{
    char line[768];
    va_list args;
    if (!config->log) {
        return;
    }
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    config->log(config->ctx, kind, line);
}

void srv_error_set(struct srv_error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    err->hint[0] = '\0';
}

void srv_error_hint(struct srv_error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(err->hint, sizeof err->hint, format, args);
    va_end(args);
}
