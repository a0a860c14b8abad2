/* SPDX-License-Identifier: Apache-2.0 */
/* See board_serial.h. */
#include "board_serial.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"

/* How long a reader that takes nothing is waited for before its bytes are dropped. */
#define WRITE_WAIT_MS 1000

/* --- opening --- */

static bool open_stdio(struct serial *serial)
{
    struct termios raw;
    serial->in = STDIN_FILENO;
    serial->out = STDOUT_FILENO;
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &serial->saved) != 0) {
        return true;
    }
    /* Keys go to the device as they are typed; Ctrl-C still ends the board. */
    raw = serial->saved;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    serial->is_raw = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
    return true;
}

static bool make_link(struct serial *serial, const char *target, const char *link)
{
    struct stat st;
    if (strlen(link) >= sizeof(serial->link)) {
        io_error("the name '%s' is too long", link);
        return false;
    }
    if (lstat(link, &st) == 0 && S_ISLNK(st.st_mode)) {
        unlink(link);
    }
    if (symlink(target, link) != 0) {
        io_error("cannot make the link '%s': %s", link, strerror(errno));
        return false;
    }
    strcpy(serial->link, link);
    return true;
}

static bool open_pty(struct serial *serial, const char *link)
{
    struct termios raw;
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    serial->in = master;
    serial->out = master;
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) {
        io_error("cannot make a pseudo-terminal: %s", strerror(errno));
        return false;
    }
    const char *name = ptsname(master);
    serial->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (serial->slave < 0 || tcgetattr(serial->slave, &raw) != 0) {
        io_error("cannot open '%s': %s", name, strerror(errno));
        return false;
    }
    cfmakeraw(&raw);
    tcsetattr(serial->slave, TCSANOW, &raw);
    if (link[0] != '\0' && !make_link(serial, name, link)) {
        return false;
    }
    fprintf(stderr, "serial: %s\n", link[0] != '\0' ? link : name);
    return true;
}

static bool open_tcp(struct serial *serial, const char *text)
{
    uint32_t port;
    int one = 1;
    if (!io_parse_u32(text, &port) || port == 0 || port > 65535) {
        io_error("'%s' is no port", text);
        return false;
    }
    struct sockaddr_in at = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    serial->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (serial->listener < 0 ||
        setsockopt(serial->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
        bind(serial->listener, (struct sockaddr *)&at, sizeof(at)) != 0 ||
        listen(serial->listener, 1) != 0) {
        io_error("cannot listen on 127.0.0.1:%u: %s", port, strerror(errno));
        return false;
    }
    fprintf(stderr, "serial: 127.0.0.1:%u\n", port);
    return true;
}

static bool open_spec(struct serial *serial, const char *spec)
{
    if (strcmp(spec, "stdio") == 0) {
        serial->kind = SERIAL_STDIO;
        return open_stdio(serial);
    }
    if (strcmp(spec, "pty") == 0 || strncmp(spec, "pty:", 4) == 0) {
        serial->kind = SERIAL_PTY;
        return open_pty(serial, spec[3] == ':' ? spec + 4 : "");
    }
    if (strncmp(spec, "tcp:", 4) == 0) {
        serial->kind = SERIAL_TCP;
        return open_tcp(serial, spec + 4);
    }
    io_error("unknown serial line '%s'", spec);
    io_hint("stdio, pty, pty:LINK or tcp:PORT");
    return false;
}

bool serial_open(struct serial *serial, const char *spec)
{
    *serial = (struct serial){.in = -1, .out = -1, .listener = -1, .slave = -1};
    if (!open_spec(serial, spec)) {
        serial_close(serial);
        return false;
    }
    return true;
}

/* --- moving bytes --- */

static void hang_up(struct serial *serial)
{
    if (serial->kind == SERIAL_TCP && serial->in >= 0) {
        close(serial->in);
        serial->out = -1;
    }
    serial->in = -1;
}

static void flush(struct serial *serial)
{
    size_t at = 0;
    while (serial->out >= 0 && at < serial->n_tx) {
        struct pollfd ready = {.fd = serial->out, .events = POLLOUT};
        ssize_t n = write(serial->out, serial->tx + at, serial->n_tx - at);
        if (n >= 0) {
            at += (size_t)n;
        } else if (errno == EAGAIN && poll(&ready, 1, WRITE_WAIT_MS) == 1) {
            continue;
        } else if (errno != EINTR) {
            serial->failed = serial->kind == SERIAL_STDIO;
            break;
        }
    }
    serial->n_tx = 0;
}

void serial_put(struct serial *serial, uint8_t byte)
{
    if (serial->n_tx == sizeof(serial->tx)) {
        flush(serial);
    }
    serial->tx[serial->n_tx++] = byte;
}

static void accept_client(struct serial *serial)
{
    int one = 1;
    int fd = accept4(serial->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        serial->in = fd;
        serial->out = fd;
    }
}

static void fill(struct serial *serial)
{
    struct pollfd ready = {.fd = serial->in, .events = POLLIN};
    if (serial->in < 0 || serial->rx_at < serial->n_rx || poll(&ready, 1, 0) != 1) {
        return;
    }
    ssize_t n = read(serial->in, serial->rx, sizeof(serial->rx));
    serial->rx_at = 0;
    serial->n_rx = n > 0 ? (size_t)n : 0;
    bool may_return = n < 0 && (errno == EAGAIN || errno == EINTR);
    if (n <= 0 && !may_return && serial->kind != SERIAL_PTY) {
        hang_up(serial);
    }
}

void serial_service(struct serial *serial, struct vb_board *board)
{
    if (serial->listener >= 0 && serial->in < 0) {
        accept_client(serial);
    }
    flush(serial);
    fill(serial);
    while (serial->rx_at < serial->n_rx && vb_board_uart_rx(board, serial->rx[serial->rx_at])) {
        serial->rx_at++;
    }
}

void serial_close(struct serial *serial)
{
    flush(serial);
    if (serial->is_raw) {
        tcsetattr(STDIN_FILENO, TCSADRAIN, &serial->saved);
    }
    if (serial->link[0] != '\0') {
        unlink(serial->link);
    }
    if (serial->kind != SERIAL_STDIO && serial->in >= 0) {
        close(serial->in);
    }
    if (serial->listener >= 0) {
        close(serial->listener);
    }
    if (serial->slave >= 0) {
        close(serial->slave);
    }
    *serial = (struct serial){.in = -1, .out = -1, .listener = -1, .slave = -1};
}
