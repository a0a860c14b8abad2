/* SPDX-License-Identifier: Apache-2.0 */
/* A serial device of the host, at any speed. Uses the kernel's own interface: the C library knows
 * standard speeds only. Leaves the device's settings as it found them. */
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "io.h"
#include "serial_port.h"

struct tty {
    int fd;
    struct termios2 saved;
};

static int tty_read(void *ctx, uint8_t *dst, size_t len, uint32_t timeout_ms)
{
    return serial_fd_read(((struct tty *)ctx)->fd, dst, len, timeout_ms);
}

static bool tty_write(void *ctx, const uint8_t *src, size_t len)
{
    return serial_fd_write(((struct tty *)ctx)->fd, src, len);
}

/* TCSETSW2: what was written before leaves at the speed before. */
static bool tty_set_baud(void *ctx, uint32_t baud)
{
    const struct tty *tty = ctx;
    struct termios2 t;

    if (ioctl(tty->fd, TCGETS2, &t) != 0) {
        return false;
    }
    t.c_cflag = (t.c_cflag & ~(tcflag_t)CBAUD) | BOTHER;
    t.c_ispeed = baud;
    t.c_ospeed = baud;
    return ioctl(tty->fd, TCSETSW2, &t) == 0;
}

static bool tty_set_lines(void *ctx, bool dtr, bool rts)
{
    const struct tty *tty = ctx;
    int lines;

    if (ioctl(tty->fd, TIOCMGET, &lines) != 0) {
        return false;
    }
    lines &= ~(TIOCM_DTR | TIOCM_RTS);
    lines |= (dtr ? TIOCM_DTR : 0) | (rts ? TIOCM_RTS : 0);
    return ioctl(tty->fd, TIOCMSET, &lines) == 0;
}

static void tty_close(void *ctx)
{
    struct tty *tty = ctx;

    (void)ioctl(tty->fd, TCSETS2, &tty->saved);
    (void)ioctl(tty->fd, TIOCNXCL);
    close(tty->fd);
    free(tty);
}

/* Eight bits, no parity, nothing interpreted; closing leaves DTR alone, or it would reset the
 * chip. */
static bool make_raw(struct tty *tty)
{
    struct termios2 raw;

    if (ioctl(tty->fd, TCGETS2, &tty->saved) != 0) {
        return false;
    }
    raw = tty->saved;
    raw.c_iflag = 0;
    raw.c_oflag = 0;
    raw.c_lflag = 0;
    raw.c_cflag &= ~(tcflag_t)(CSIZE | PARENB | CSTOPB | CRTSCTS | HUPCL);
    raw.c_cflag |= CS8 | CREAD | CLOCAL;
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    return ioctl(tty->fd, TCSETS2, &raw) == 0;
}

static void print_open_error(const char *path, int why)
{
    io_error("cannot open '%s': %s", path, strerror(why));
    if (why == EACCES) {
        io_hint("join the group that owns it (often dialout): usermod -a -G dialout USER");
    } else if (why == ENOENT) {
        io_hint("is the board plugged in? ls /dev/ttyUSB* /dev/ttyACM* lists what there is");
    } else if (why == EBUSY) {
        io_hint("another program uses it: close its monitor");
    }
}

bool serial_tty_open(struct serial_port *port, const char *path, uint32_t baud)
{
    struct tty *tty = calloc(1, sizeof(*tty));

    if (tty == NULL) {
        io_error("out of memory");
        return false;
    }
    tty->fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (tty->fd < 0) {
        print_open_error(path, errno);
        free(tty);
        return false;
    }
    if (flock(tty->fd, LOCK_EX | LOCK_NB) != 0) {
        print_open_error(path, EBUSY);
    } else if (!make_raw(tty)) {
        io_error("cannot use '%s' as a serial port: %s", path, strerror(errno));
    } else if (!tty_set_baud(tty, baud)) {
        io_error("'%s' cannot do %u baud", path, baud);
        (void)ioctl(tty->fd, TCSETS2, &tty->saved);
    } else {
        (void)ioctl(tty->fd, TIOCEXCL);
        *port =
            (struct serial_port){tty_read, tty_write, tty_set_baud, tty_set_lines, tty_close, tty};
        return true;
    }
    close(tty->fd);
    free(tty);
    return false;
}
