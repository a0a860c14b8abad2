/* SPDX-License-Identifier: Apache-2.0 */
/* See gdb_server.h. */
#include "gdb_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gdb_stub.h"
#include "io.h"

#define WAIT_MS      200  /* until the next look at a signal */
#define SEND_WAIT_MS 2000 /* a debugger that takes nothing for so long has gone */

/* --- the socket --- */

bool gdb_server_open(struct gdb_server *server, uint16_t port,
                     const volatile sig_atomic_t *interrupted)
{
    int one = 1;
    struct sockaddr_in at = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t at_len = sizeof(at);
    *server = (struct gdb_server){.client = -1, .is_halted = true, .interrupted = interrupted};
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (server->listener < 0 ||
        setsockopt(server->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
        bind(server->listener, (struct sockaddr *)&at, at_len) != 0 ||
        listen(server->listener, 1) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&at, &at_len) != 0) {
        io_error("cannot listen on 127.0.0.1:%u: %s", port, strerror(errno));
        gdb_server_close(server, 0);
        return false;
    }
    fprintf(stderr, "gdb: halted; target remote 127.0.0.1:%u\n", ntohs(at.sin_port));
    return true;
}

static void hang_up(struct gdb_server *server, struct vb_board *board)
{
    close(server->client);
    server->client = -1;
    server->is_halted = false;
    server->is_stepping = false;
    vb_board_clear_debug(board);
}

static void send_bytes(struct gdb_server *server, const char *data, size_t len)
{
    while (len > 0) {
        struct pollfd ready = {.fd = server->client, .events = POLLOUT};
        ssize_t n = send(server->client, data, len, MSG_NOSIGNAL);
        if (n > 0) {
            data += n;
            len -= (size_t)n;
        } else if (errno != EINTR && (errno != EAGAIN || poll(&ready, 1, SEND_WAIT_MS) <= 0)) {
            return; /* the next read finds it gone */
        }
    }
}

static void send_reply(struct gdb_server *server)
{
    char frame[GDB_FRAME_MAX];
    send_bytes(server, frame, gdb_frame(&server->reply, frame));
}

static void accept_client(struct gdb_server *server)
{
    int one = 1;
    server->client = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (server->client < 0) {
        return;
    }
    setsockopt(server->client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    gdb_reader_init(&server->reader);
    server->acks = true;
    server->is_halted = true;
    server->reply.len = 0;
}

/* --- packets --- */

/* False when the debugger ends the board. */
static bool carry_out(struct gdb_server *server, struct vb_board *board)
{
    enum gdb_action action =
        gdb_stub_command(board, server->reader.data, server->reader.len, &server->reply);
    switch (action) {
    case GDB_KILL:
        return false;
    case GDB_CONTINUE:
    case GDB_STEP:
        server->is_halted = false;
        server->is_stepping = action == GDB_STEP;
        return true;
    default:
        send_reply(server);
        break;
    }
    if (action == GDB_REPLY_NO_ACK) {
        server->acks = false;
    }
    if (action == GDB_DETACH) {
        hang_up(server, board);
    }
    return true;
}

static void halt(struct gdb_server *server, const struct vb_board *board, enum vb_stop stop)
{
    server->is_halted = true;
    server->is_stepping = false;
    gdb_stub_stopped(board, stop, &server->reply);
    send_reply(server);
}

static void acknowledge(struct gdb_server *server, const char *sign)
{
    if (server->acks) {
        send_bytes(server, sign, 1);
    }
}

/* Takes one byte. While the board runs, only an interruption counts. */
static bool take(struct gdb_server *server, struct vb_board *board, uint8_t byte)
{
    switch (gdb_reader_feed(&server->reader, byte)) {
    case GDB_PACKET:
        acknowledge(server, "+");
        return !server->is_halted || carry_out(server, board);
    case GDB_INTERRUPT:
        if (!server->is_halted) {
            halt(server, board, VB_STOP_REQUEST);
        }
        return true;
    case GDB_BAD:
        acknowledge(server, "-");
        return true;
    case GDB_TOO_LONG:
        acknowledge(server, "+");
        server->reply.len = 0;
        gdb_text_printf(&server->reply, "E01");
        send_reply(server);
        return true;
    case GDB_NAK:
        send_reply(server);
        return true;
    case GDB_NOTHING:
        break;
    }
    return true;
}

static bool receive(struct gdb_server *server, struct vb_board *board)
{
    uint8_t data[1024];
    ssize_t n = recv(server->client, data, sizeof(data), 0);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        hang_up(server, board);
    }
    for (ssize_t i = 0; i < n && server->client >= 0; i++) {
        if (!take(server, board, data[i])) {
            return false;
        }
    }
    return true;
}

bool gdb_server_turn(struct gdb_server *server, struct vb_board *board)
{
    if (server->listener < 0) {
        return true;
    }
    vb_board_step(board, 0); /* the first time: power, so that there is something to look at */
    do {
        struct pollfd ready = {
            .fd = server->client >= 0 ? server->client : server->listener,
            .events = POLLIN,
        };
        if (poll(&ready, 1, server->is_halted ? WAIT_MS : 0) != 1) {
            continue;
        }
        if (server->client < 0) {
            accept_client(server);
        } else if (!receive(server, board)) {
            return false;
        }
    } while (server->is_halted && *server->interrupted == 0);
    return *server->interrupted == 0;
}

/* --- running --- */

enum vb_stop gdb_server_run(struct gdb_server *server, struct vb_board *board, uint64_t until_us)
{
    struct vb_moment before, after;
    if (!server->is_stepping) {
        return vb_board_run(board, until_us);
    }
    vb_board_get_moment(board, &before);
    enum vb_stop stop = vb_board_step_until(board, 1, until_us);
    vb_board_get_moment(board, &after);
    if (stop == VB_STOP_TIME && after.instructions != before.instructions) {
        halt(server, board, VB_STOP_TIME);
    }
    return stop;
}

bool gdb_server_stopped(struct gdb_server *server, const struct vb_board *board, enum vb_stop stop)
{
    if (server->client < 0 || stop == VB_STOP_TIME || stop == VB_STOP_REQUEST) {
        return false;
    }
    const char *message = vb_board_message(board);
    if (stop == VB_STOP_UNMODELLED) {
        server->reply.len = 0;
        gdb_text_printf(&server->reply, "O");
        gdb_text_hex(&server->reply, message, strlen(message));
        gdb_text_hex(&server->reply, "\n", 1);
        send_reply(server);
    }
    halt(server, board, stop);
    return true;
}

void gdb_server_close(struct gdb_server *server, int exit_code)
{
    if (server->client >= 0) {
        server->reply.len = 0;
        gdb_text_printf(&server->reply, "W%02x", (unsigned)exit_code & 0xffu);
        send_reply(server);
        close(server->client);
    }
    if (server->listener >= 0) {
        close(server->listener);
    }
    server->client = -1;
    server->listener = -1;
}
