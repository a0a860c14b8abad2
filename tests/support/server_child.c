/* SPDX-License-Identifier: Apache-2.0 */
/* See server_child.h. */
#include "server_child.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_MS 10000

static void write_line(void *ctx, enum srv_log_kind kind, const char *line)
{
    static const char mark[] = {
        [SRV_LOG_REQUEST] = 'R', [SRV_LOG_NOTE] = 'N', [SRV_LOG_WARNING] = 'W'};
    dprintf(*(const int *)ctx, "%c %s\n", mark[kind], line);
}

/* The first line is the port; it says that the server listens. */
static int serve(const struct srv_config *config, int log_fd)
{
    struct srv_config own = *config;
    struct srv_error err;
    own.bind_address = "127.0.0.1";
    own.port = 0;
    own.stop_on_signals = true;
    own.log = write_line;
    own.ctx = &log_fd;
    struct srv_server *server = srv_server_open(&own, &err);
    if (!server) {
        dprintf(log_fd, "%s\n", err.text);
        return 1;
    }
    dprintf(log_fd, "port %u\n", srv_server_port(server));
    bool ok = srv_server_run(server);
    srv_server_close(server);
    close(log_fd);
    return ok ? 0 : 1;
}

bool server_child_start(struct server_child *child, const struct srv_config *config)
{
    int log[2];
    char line[256] = "";
    unsigned port = 0;
    fflush(NULL);
    if (pipe(log) < 0 || (child->pid = fork()) < 0) {
        perror("server_child_start");
        return false;
    }
    if (child->pid == 0) {
        close(log[0]);
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a failed test must not leave it behind */
        exit(serve(config, log[1]));
    }
    close(log[1]);
    child->log_fd = log[0];
    while (server_child_log(child, line, sizeof line) && sscanf(line, "port %u", &port) != 1) {
        /* Warnings about the certificate come before. */
    }
    child->port = (uint16_t)port;
    if (port == 0) {
        fprintf(stderr, "server_child_start: %s\n", line);
    }
    return port != 0;
}

bool server_child_log(struct server_child *child, char *line, size_t size)
{
    struct pollfd log = {.fd = child->log_fd, .events = POLLIN};
    size_t n = 0;
    char c;
    while (poll(&log, 1, WAIT_MS) == 1 && read(child->log_fd, &c, 1) == 1) {
        if (c == '\n') {
            line[n] = '\0';
            return true;
        }
        if (n + 1 < size) {
            line[n++] = c;
        }
    }
    return false;
}

int server_child_stop(struct server_child *child, int signal)
{
    int status = 0;
    kill(child->pid, signal);
    if (waitpid(child->pid, &status, 0) != child->pid) {
        return -1;
    }
    close(child->log_fd);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
