/* SPDX-License-Identifier: Apache-2.0 */
/* See board_flash.h. */
#include "board_flash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"

#define PAGE 4096u

static bool write_at(const struct flash_file *file, const void *src, uint32_t len, uint32_t addr)
{
    const uint8_t *from = src;
    while (len > 0) {
        ssize_t n = pwrite(file->fd, from, len, (off_t)addr);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            io_error("cannot write '%s': %s", file->path, strerror(n < 0 ? errno : ENOSPC));
            return false;
        }
        from += n;
        addr += (uint32_t)n;
        len -= (uint32_t)n;
    }
    return true;
}

static bool read_whole(const struct flash_file *file)
{
    for (uint32_t at = 0; at < file->size;) {
        ssize_t n = pread(file->fd, file->bytes + at, file->size - at, (off_t)at);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            io_error("cannot read '%s': %s", file->path,
                     n < 0 ? strerror(errno) : "it got shorter");
            return false;
        }
        at += (uint32_t)n;
    }
    return true;
}

static bool lock(const struct flash_file *file)
{
    if (flock(file->fd, LOCK_EX | LOCK_NB) == 0) {
        return true;
    }
    if (errno == EWOULDBLOCK) {
        io_error("'%s' is in use by a running board", file->path);
    } else {
        io_error("cannot lock '%s': %s", file->path, strerror(errno));
    }
    return false;
}

/* A new file is blank; any other has exactly the size of the chip. */
static bool load(struct flash_file *file)
{
    struct stat st;
    char have[24];
    char want[24];
    if (fstat(file->fd, &st) != 0) {
        io_error("cannot read '%s': %s", file->path, strerror(errno));
        return false;
    }
    if (st.st_size == 0) {
        memset(file->bytes, 0xff, file->size);
        bool done = write_at(file, file->bytes, file->size, 0);
        /* Half a chip would be refused next time: leave none of it. */
        if (!done && ftruncate(file->fd, 0) != 0) {
            io_error("'%s' is left incomplete: delete it", file->path);
        }
        return done;
    }
    if (st.st_size != (off_t)file->size) {
        uint32_t size = st.st_size <= INT32_MAX ? (uint32_t)st.st_size : UINT32_MAX;
        io_error("'%s' holds %s, the flash chip %s", file->path, io_size_text(size, have),
                 io_size_text(file->size, want));
        io_hint("give the chip's size with --flash-size, or another file");
        return false;
    }
    return read_whole(file);
}

bool flash_file_open(struct flash_file *file, const char *path, uint32_t size)
{
    *file = (struct flash_file){.path = path, .size = size, .bytes = malloc(size)};
    file->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file->bytes == NULL || file->fd < 0) {
        io_error("cannot open '%s': %s", path,
                 file->bytes == NULL ? "out of memory" : strerror(errno));
        flash_file_close(file);
        return false;
    }
    if (!lock(file) || !load(file)) {
        flash_file_close(file);
        return false;
    }
    return true;
}

bool flash_file_save(struct flash_file *file, const struct vb_board *board)
{
    uint8_t page[PAGE];
    for (uint32_t at = 0; at < file->size; at += PAGE) {
        vb_board_read_flash(board, at, page, PAGE);
        if (memcmp(page, file->bytes + at, PAGE) == 0) {
            continue;
        }
        if (!write_at(file, page, PAGE, at)) {
            return false;
        }
        memcpy(file->bytes + at, page, PAGE);
    }
    return true;
}

void flash_file_close(struct flash_file *file)
{
    if (file->fd >= 0) {
        close(file->fd);
    }
    free(file->bytes);
    *file = (struct flash_file){.fd = -1};
}
