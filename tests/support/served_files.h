/* SPDX-License-Identifier: Apache-2.0 */
/* The folder and certificate that server tests use, made anew below build/tests/work. */
#ifndef SERVED_FILES_H
#define SERVED_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Makes an empty folder build/tests/work/NAME and goes there: paths below are relative to it. */
bool served_files_enter(const char *name);
/* Makes root/ with hello.txt "hello\n", big.bin (served_byte() at each offset), sub/inner.txt, a
 * name that needs escaping, links inside and outside, a hidden file, a pipe, and a private key. */
bool served_files_make(void);
/* Makes cert.pem and key.pem for 127.0.0.1 and localhost. */
bool served_files_make_cert(bool is_rsa);

bool write_text(const char *path, const char *text);
/* Writes len bytes of the pattern. */
bool write_pattern(const char *path, size_t len);
uint8_t served_byte(size_t offset);

#define SERVED_BIG_LEN  ((1u << 20) + 17)
#define SERVED_ODD_NAME "we<ird & \"odd\" \xc3\xa9.txt"

#endif
