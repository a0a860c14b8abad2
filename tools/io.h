/* SPDX-License-Identifier: Apache-2.0 */
/* What the file verbs share: whole files in memory, numbers of the command line, and the one form
 * of error lines: `error: ...` with the object quoted, then `hint: ...` when something is known to
 * help. */
#ifndef TOOLS_IO_H
#define TOOLS_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "airslot/err.h"

/* Exit codes of the verbs (docs/exit-codes.md). */
enum {
    EXIT_DONE = 0,
    EXIT_HOST = 1,    /* usage, or the host refused: no file, no space, in use */
    EXIT_REFUSED = 2, /* the object was read and is not good */
};

struct bytes {
    uint8_t *data; /* malloc'd */
    size_t len;
};

/* Print one line to stderr, prefixed. */
void io_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void io_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void io_hint(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Prints `error: 'object': text (ASL_ERR_x)` and the error's hint. */
void io_error_asl(const char *object, enum asl_err err);

/* Reads a whole file of at most max bytes. Prints the error and returns false when it cannot.
 * The caller frees out->data. */
bool io_read_file(const char *path, size_t max, struct bytes *out);
/* Writes a file so that path holds either all of it or what it held before. Never replaces a file
 * that holds a private key in PEM. Prints the error and returns false when it cannot. */
bool io_write_file(const char *path, const void *data, size_t len);
/* Whether io_write_file() may replace path; false with the error printed when it is a private key.
 */
bool io_may_replace(const char *path);
/* Whether both names lead to one file, or will once the file is made. */
bool io_is_same_file(const char *a, const char *b);

/* Read a number: decimal or 0x, with an optional suffix K or M (KB, MB). False when text is none or
 * exceeds 32 bits. */
bool io_parse_u32(const char *text, uint32_t *out);
/* Reads a flash size: a power of two from 512KB to 16MB. */
bool io_parse_flash_size(const char *text, uint32_t *out);
/* Writes size as "4MB", "512KB" or "0x1234 bytes" into text; returns text. */
const char *io_size_text(uint32_t size, char text[24]);
/* Writes len bytes as hex and a NUL into text[2 * len + 1]; returns text. */
const char *io_hex(const uint8_t *data, size_t len, char *text);

#endif
