/* SPDX-License-Identifier: Apache-2.0 */
#include "port.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "airslot/format.h"

#define DEFAULT_SIZE (4u << 20)

/* A file that exists says itself how large the chip is. */
static uint32_t choose_size(const struct stat *st, uint32_t flash_size)
{
    bool is_chip = st->st_size >= 512 << 10 && st->st_size <= 16 << 20 &&
                   (st->st_size & (st->st_size - 1)) == 0;

    return flash_size != 0 ? flash_size : is_chip ? (uint32_t)st->st_size : DEFAULT_SIZE;
}

int port_open(struct port *port, const char *name, uint32_t flash_size, bool may_create)
{
    struct stat st = {0};

    if (strncmp(name, "file:", 5) != 0) {
        io_error("cannot use port '%s': serial ports are not offered yet", name);
        io_hint("file:PATH is the flash file of the virtual board");
        return EXIT_HOST;
    }
    const char *path = name + 5;
    if (stat(path, &st) != 0 && (errno != ENOENT || !may_create)) {
        io_error("cannot open '%s': %s", path, strerror(errno));
        return EXIT_HOST;
    }
    if (st.st_mode != 0 && !S_ISREG(st.st_mode)) {
        io_error("cannot use '%s': not a plain file", path);
        return EXIT_HOST;
    }
    return flash_file_open(&port->file, path, choose_size(&st, flash_size)) ? EXIT_DONE : EXIT_HOST;
}

void port_close(struct port *port)
{
    flash_file_close(&port->file);
}

/* Widens a range to the sectors that it touches; returns the new length. */
static uint32_t to_sectors(uint32_t *addr, uint32_t len)
{
    uint32_t end = (*addr + len + ASL_SECTOR_SIZE - 1) & ~(ASL_SECTOR_SIZE - 1);

    *addr &= ~(ASL_SECTOR_SIZE - 1);
    return end - *addr;
}

void port_erase(struct port *port, uint32_t addr, uint32_t len)
{
    len = to_sectors(&addr, len);
    memset(port->file.bytes + addr, 0xff, len);
}

void port_program(struct port *port, uint32_t addr, const uint8_t *data, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        port->file.bytes[addr + i] &= data[i];
    }
}

/* Writes the range to the file; returns how far it came. */
static uint32_t put(const struct flash_file *file, uint32_t addr, uint32_t len)
{
    uint32_t done = 0;

    while (done < len) {
        ssize_t n = pwrite(file->fd, file->bytes + addr + done, len - done, (off_t)(addr + done));
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            errno = n == 0 ? ENOSPC : errno;
            break;
        }
        done += (uint32_t)n;
    }
    return done;
}

static bool reads_back(const struct flash_file *file, uint32_t addr, uint32_t len)
{
    uint8_t have[ASL_SECTOR_SIZE];

    for (uint32_t off = 0; off < len; off += ASL_SECTOR_SIZE) {
        if (pread(file->fd, have, sizeof(have), (off_t)(addr + off)) != (ssize_t)sizeof(have) ||
            memcmp(have, file->bytes + addr + off, sizeof(have)) != 0) {
            return false;
        }
    }
    return true;
}

bool port_commit(struct port *port, uint32_t addr, uint32_t len)
{
    len = to_sectors(&addr, len);
    uint32_t done = put(&port->file, addr, len);
    if (done < len) {
        io_error("cannot write '%s': %s; it is half-written: 0x%x to 0x%x is new, from there to "
                 "0x%x old",
                 port->file.path, strerror(errno), addr, addr + done, addr + len);
        return false;
    }
    if (!reads_back(&port->file, addr, len)) {
        io_error("'%s' holds other bytes than written between 0x%x and 0x%x", port->file.path, addr,
                 addr + len);
        return false;
    }
    return true;
}
