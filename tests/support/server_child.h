/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTPS server in a child process, on the loopback, with its log as a stream of lines. */
#ifndef SERVER_CHILD_H
#define SERVER_CHILD_H

#include <stdio.h>
#include <sys/types.h>

#include "srv_server.h"

struct server_child {
    pid_t pid;
    uint16_t port;
    int log_fd;
};

/* Starts a server of config (port, address and log are set here). Errors: false, message printed.
 */
bool server_child_start(struct server_child *child, const struct srv_config *config);

/* Waits, ten seconds at most, for the next log line. Returns false when none comes. */
bool server_child_log(struct server_child *child, char *line, size_t size);

/* Sends signal and waits for the end. Returns the exit code, or 128 + the number of the signal that
 * ended it; anything a sanitizer finds is not 0. */
int server_child_stop(struct server_child *child, int signal);

#endif
