/* SPDX-License-Identifier: Apache-2.0 */
/* See board_serial.h: opening and closing the four kinds of line. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "board_serial.h"
#include "io.h"

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

/* Written beside and renamed, so that a reader never sees half a number. */
static bool write_port_file(const char *path, unsigned port)
{
    char part[300];
    if ((size_t)snprintf(part, sizeof(part), "%s.part", path) >= sizeof(part)) {
        io_error("the name '%s' is too long", path);
        return false;
    }
    FILE *f = fopen(part, "we");
    bool is_written = f != NULL && fprintf(f, "%u\n", port) > 0;
    is_written = f != NULL && fclose(f) == 0 && is_written && rename(part, path) == 0;
    if (!is_written) {
        io_error("cannot write '%s': %s", path, strerror(errno));
    }
    return is_written;
}

static bool listen_on(struct serial *serial, uint32_t port, unsigned *bound)
{
    int one = 1;
    struct sockaddr_in at = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t len = sizeof(at);
    serial->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (serial->listener < 0 ||
        setsockopt(serial->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
        bind(serial->listener, (struct sockaddr *)&at, sizeof(at)) != 0 ||
        listen(serial->listener, 4) != 0 ||
        getsockname(serial->listener, (struct sockaddr *)&at, &len) != 0) {
        io_error("cannot listen on 127.0.0.1:%u: %s", port, strerror(errno));
        return false;
    }
    *bound = ntohs(at.sin_port);
    return true;
}

static bool open_port(struct serial *serial, const char *text, const char *port_file)
{
    uint32_t port;
    unsigned bound;
    if (!io_parse_u32(text, &port) || port > 65535) {
        io_error("'%s' is no port", text);
        return false;
    }
    if (!listen_on(serial, port, &bound)) {
        return false;
    }
    fprintf(stderr, "serial: %s127.0.0.1:%u\n", serial->kind == SERIAL_RFC2217 ? "rfc2217://" : "",
            bound);
    return port_file == NULL || write_port_file(port_file, bound);
}

static bool open_spec(struct serial *serial, const char *spec, const char *port_file)
{
    if (strncmp(spec, "tcp:", 4) == 0) {
        serial->kind = SERIAL_TCP;
        return open_port(serial, spec + 4, port_file);
    }
    if (strncmp(spec, "rfc2217:", 8) == 0) {
        serial->kind = SERIAL_RFC2217;
        return open_port(serial, spec + 8, port_file);
    }
    if (port_file != NULL) {
        io_error("the serial line '%s' has no port for --port-file", spec);
        return false;
    }
    if (strcmp(spec, "stdio") == 0) {
        serial->kind = SERIAL_STDIO;
        return open_stdio(serial);
    }
    if (strcmp(spec, "pty") == 0 || strncmp(spec, "pty:", 4) == 0) {
        serial->kind = SERIAL_PTY;
        return open_pty(serial, spec[3] == ':' ? spec + 4 : "");
    }
    io_error("unknown serial line '%s'", spec);
    io_hint("stdio, pty, pty:LINK, tcp:PORT or rfc2217:PORT");
    return false;
}

static void forget(struct serial *serial)
{
    *serial = (struct serial){.in = -1, .out = -1, .listener = -1, .slave = -1, .refused = -1};
}

bool serial_open(struct serial *serial, const char *spec, const char *port_file)
{
    forget(serial);
    if (!open_spec(serial, spec, port_file)) {
        serial_close(serial);
        return false;
    }
    return true;
}

void serial_close(struct serial *serial)
{
    serial_flush(serial);
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
    forget(serial);
}
