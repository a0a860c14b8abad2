/* SPDX-License-Identifier: Apache-2.0 */
/* What picolibc asks of its platform: the standard streams, and a failed assert. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "esp8266/soc.h"

static int stream_put(char c, FILE *file)
{
    (void)file;
    soc_console_putc(c);
    return (unsigned char)c;
}

static int stream_get(FILE *file)
{
    (void)file;
    int c = soc_console_getc();
    return c < 0 ? _FDEV_EOF : c;
}

static FILE console = FDEV_SETUP_STREAM(stream_put, stream_get, NULL, _FDEV_SETUP_RW);
FILE *const stdin = &console;
FILE *const stdout = &console;
FILE *const stderr = &console;

void __assert_func(const char *file, int line, const char *func, const char *expression)
{
    soc_printf("assert failed: %s, file %s, line %d, function %s\n", expression, file, line,
               func != NULL ? func : "?");
    abort();
}

void _exit(int status)
{
    soc_printf("exit(%d)\n", status);
    abort();
}
