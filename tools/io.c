/* SPDX-License-Identifier: Apache-2.0 */
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "asl_err.h"

#define KEY_SEARCH_LEN 262144u /* longer than any chain of certificates before a key */

static void print_line(const char *prefix, const char *fmt, va_list args)
{
    fprintf(stderr, "%s: ", prefix);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
}

#define PRINT_LINE(prefix)                                                                         \
    va_list args;                                                                                  \
    va_start(args, fmt);                                                                           \
    print_line(prefix, fmt, args);                                                                 \
    va_end(args)

void io_error(const char *fmt, ...)
{
    PRINT_LINE("error");
}

void io_warning(const char *fmt, ...)
{
    PRINT_LINE("warning");
}

void io_hint(const char *fmt, ...)
{
    PRINT_LINE("hint");
}

void io_error_asl(const char *object, enum asl_err err)
{
    io_error("'%s': %s (%s)", object, asl_err_text(err), asl_err_name(err));
    if (asl_err_hint(err)[0] != '\0') {
        io_hint("%s", asl_err_hint(err));
    }
}

/* Reads an open file to its end into data[max + 1]; returns the length, -1 with errno on error. */
static ssize_t read_all(int fd, uint8_t *data, size_t max)
{
    size_t len = 0;

    while (len <= max) {
        ssize_t n = read(fd, data + len, max + 1 - len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return -1;
        }
        if (n == 0) {
            break;
        }
        len += (size_t)n;
    }
    return (ssize_t)len;
}

bool io_read_file(const char *path, size_t max, struct bytes *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        io_error("cannot open '%s': %s", path, strerror(errno));
        return false;
    }
    uint8_t *data = malloc(max + 1);
    ssize_t len = -1;
    errno = ENOMEM;
    if (data != NULL) {
        len = read_all(fd, data, max);
    }
    if (len < 0) {
        io_error("cannot read '%s': %s", path, strerror(errno));
    } else if ((size_t)len > max) {
        io_error("'%s' is larger than the %zu bytes that can be meant here", path, max);
    }
    close(fd);
    if (len < 0 || (size_t)len > max) {
        free(data);
        return false;
    }
    out->data = data;
    out->len = (size_t)len;
    return true;
}

static bool write_all(int fd, const uint8_t *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return false;
        }
        data += n;
        len -= (size_t)n;
    }
    return true;
}

/* A file is searched as far as it is text: firmware, which may name the words, is no key. */
static bool is_private_key(const char *path)
{
    static char text[KEY_SEARCH_LEN + 1];
    FILE *f = fopen(path, "r");
    size_t len = f != NULL ? fread(text, 1, KEY_SEARCH_LEN, f) : 0;

    if (f != NULL) {
        fclose(f);
    }
    text[len] = '\0';
    bool found = strstr(text, "PRIVATE KEY-----") != NULL;
    explicit_bzero(text, len);
    return found;
}

/* Splits path into its folder and its last name; a path without a slash is in ".". */
static const char *last_name(const char *path, char folder[PATH_MAX])
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL) {
        snprintf(folder, PATH_MAX, ".");
        return path;
    }
    snprintf(folder, PATH_MAX, "%.*s", (int)(slash - path + 1), path);
    return slash + 1;
}

bool io_is_same_file(const char *a, const char *b)
{
    char folder_a[PATH_MAX], folder_b[PATH_MAX];
    struct stat at, bt;
    bool has_a = stat(a, &at) == 0, has_b = stat(b, &bt) == 0;

    if (!has_a && !has_b) {
        if (strcmp(last_name(a, folder_a), last_name(b, folder_b)) != 0) {
            return false;
        }
        has_a = stat(folder_a, &at) == 0;
        has_b = stat(folder_b, &bt) == 0;
    }
    return has_a && has_b && at.st_dev == bt.st_dev && at.st_ino == bt.st_ino;
}

/* Devices, pipes and the like are written in place: there is nothing to rename over. */
static bool is_plain(const char *path)
{
    struct stat st;

    return stat(path, &st) != 0 || S_ISREG(st.st_mode);
}

bool io_may_replace(const char *path)
{
    if (is_plain(path) && is_private_key(path)) {
        io_error("'%s' holds a private key, which is never overwritten", path);
        io_hint("choose another name for what is written");
        return false;
    }
    return true;
}

bool io_write_file(const char *path, const void *data, size_t len)
{
    char temp[PATH_MAX];
    bool plain = is_plain(path);

    if (!io_may_replace(path)) {
        return false;
    }
    /* A name that no other file has: O_EXCL below holds it to that. */
    int n = plain ? snprintf(temp, sizeof(temp), "%s.new-%ld", path, (long)getpid())
                  : snprintf(temp, sizeof(temp), "%s", path);
    if (n < 0 || (size_t)n >= sizeof(temp)) {
        io_error("cannot write '%s': path is too long", path);
        return false;
    }
    int fd = open(temp, O_WRONLY | O_CREAT | (plain ? O_EXCL : O_TRUNC) | O_CLOEXEC, 0666);
    bool done = fd >= 0 && write_all(fd, data, len);
    int why = errno;
    if (fd >= 0 && close(fd) != 0 && done) {
        done = false;
        why = errno;
    }
    if (done && plain && rename(temp, path) != 0) {
        done = false;
        why = errno;
    }
    if (!done) {
        io_error("cannot write '%s': %s", path, strerror(why));
        if (fd >= 0 && plain) {
            unlink(temp);
        }
    }
    return done;
}

/* Factor of the suffix at p, 0 when there is another text. */
static uint64_t suffix_factor(const char *p)
{
    static const struct {
        const char *text;
        uint64_t factor;
    } suffixes[] = {{"", 1}, {"k", 1024}, {"kb", 1024}, {"m", 1048576u}, {"mb", 1048576u}};

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        if (strcasecmp(p, suffixes[i].text) == 0) {
            return suffixes[i].factor;
        }
    }
    return 0;
}

bool io_parse_u32(const char *text, uint32_t *out)
{
    bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = is_hex ? text + 2 : text;
    char *end;

    /* strtoull would also take blanks, signs and a second prefix. */
    if (strspn(digits, is_hex ? "0123456789abcdefABCDEF" : "0123456789") == 0) {
        return false;
    }
    errno = 0;
    unsigned long long value = strtoull(digits, &end, is_hex ? 16 : 10);
    uint64_t factor = suffix_factor(end);
    if (errno != 0 || factor == 0 || value > UINT32_MAX / factor) {
        return false;
    }
    *out = (uint32_t)(value * factor);
    return true;
}

bool io_parse_flash_size(const char *text, uint32_t *out)
{
    uint32_t size;

    if (!io_parse_u32(text, &size) || size < 512u * 1024u || size > 16u * 1024u * 1024u ||
        (size & (size - 1u)) != 0) {
        return false;
    }
    *out = size;
    return true;
}

const char *io_size_text(uint32_t size, char text[24])
{
    if (size != 0 && size % 1048576u == 0) {
        snprintf(text, 24, "%uMB", size / 1048576u);
    } else if (size != 0 && size % 1024u == 0) {
        snprintf(text, 24, "%uKB", size / 1024u);
    } else {
        snprintf(text, 24, "0x%x bytes", size);
    }
    return text;
}

const char *io_hex(const uint8_t *data, size_t len, char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        text[2 * i] = digits[data[i] >> 4];
        text[2 * i + 1] = digits[data[i] & 15];
    }
    text[2 * len] = '\0';
    return text;
}
