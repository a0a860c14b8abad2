/* SPDX-License-Identifier: Apache-2.0 */
/* Opens the listening socket: one address, or all interfaces for IPv6 and IPv4 at once. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "log.h"

struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } at;
    socklen_t len;
};

static struct address address_v4(struct in_addr host, uint16_t port)
{
    struct address a = {.len = sizeof a.at.v4};
    a.at.v4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
    a.at.v4.sin_addr = host;
    return a;
}

static struct address address_v6(struct in6_addr host, uint16_t port)
{
    struct address a = {.len = sizeof a.at.v6};
    a.at.v6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port)};
    a.at.v6.sin6_addr = host;
    return a;
}

/* Returns a listening socket, or -1 with errno set. */
static int listen_at(const struct address *address)
{
    int on = 1, off = 0;
    int fd = socket(address->at.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->at.any.sa_family == AF_INET6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    }
    if (bind(fd, &address->at.any, address->len) < 0 || listen(fd, SOMAXCONN) < 0) {
        int reason = errno;
        close(fd);
        errno = reason;
        return -1;
    }
    return fd;
}

static int listen_everywhere(uint16_t port)
{
    struct address v6 = address_v6(in6addr_any, port);
    int fd = listen_at(&v6);
    if (fd < 0 && errno == EAFNOSUPPORT) {
        struct address v4 = address_v4((struct in_addr){htonl(INADDR_ANY)}, port);
        fd = listen_at(&v4);
    }
    return fd;
}

/* Returns -1 with errno EINVAL when text is no numeric address. */
static int listen_on(const char *text, uint16_t port)
{
    struct in_addr v4;
    struct in6_addr v6;
    struct address address;
    if (inet_pton(AF_INET, text, &v4) == 1) {
        address = address_v4(v4, port);
    } else if (inet_pton(AF_INET6, text, &v6) == 1) {
        address = address_v6(v6, port);
    } else {
        errno = EINVAL;
        return -1;
    }
    return listen_at(&address);
}

static const char *hint_for(int reason)
{
    switch (reason) {
    case EADDRINUSE:
        return "another program, perhaps another server of yours, has it: end that one, or choose "
               "another port (0 picks a free one)";
    case EACCES:
        return "ports below 1024 belong to root: choose a higher one";
    case EADDRNOTAVAIL:
        return "the address must be one of this machine's (see: ip address)";
    case EINVAL:
        return "the address must be numeric, like 192.168.1.5 or 127.0.0.1";
    default:
        return "";
    }
}

int srv_listen(const struct srv_config *config, uint16_t *port, struct srv_error *err)
{
    int fd = config->bind_address ? listen_on(config->bind_address, config->port)
                                  : listen_everywhere(config->port);
    if (fd < 0) {
        int reason = errno;
        srv_error_set(err, "cannot listen on %s port %u: %s",
                      config->bind_address ? config->bind_address : "any address", config->port,
                      strerror(reason));
        srv_error_hint(err, "%s", hint_for(reason));
        return -1;
    }
    struct address bound = {.len = sizeof bound.at};
    if (getsockname(fd, &bound.at.any, &bound.len) < 0) {
        srv_error_set(err, "cannot read the listening port: %s", strerror(errno));
        close(fd);
        return -1;
    }
    *port = ntohs(bound.at.any.sa_family == AF_INET ? bound.at.v4.sin_port : bound.at.v6.sin6_port);
    return fd;
}
