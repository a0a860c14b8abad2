/* SPDX-License-Identifier: Apache-2.0 */
/* See liar_server.h. Sockets do not block: each wait is a poll() that the end of the test breaks.
 */
#include "liar_server.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tls_certs.h"

#define FOR_EVER    (-1)
#define TAKEN_TRIES 5000 /* of a millisecond */
#define HEARD_MAX   32768u
#define FIRST_LOW   9000u /* ports of four digits, with none that other tests are told of */
#define N_LOW       1000u

struct liar_server {
    const struct liar_identity *id;
    const struct liar_case *c;
    const struct liar_files *files;
    int listener;
    int refuser; /* bound to a port on which it does not listen: nobody else gets that port */
    uint16_t port, refused_port;
    int stop[2]; /* a pipe: what comes through it stops the thread */
    pthread_t thread;
    unsigned routed;   /* connections; the client's thread counts */
    unsigned accepted; /* those and the refused ones before them; the server's thread counts */
    bool is_stopping;
    char heard[HEARD_MAX];
    size_t n_heard;
    /* the present connection */
    int fd;
    SSL *ssl;
    struct liar_conn conn;
    char request[4096];
    size_t n_request;
};

static void require(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "liar_server: %s: %s\n", what, strerror(errno));
        ERR_print_errors_fp(stderr);
        abort();
    }
}

/* --- who it is --- */

void liar_identity_make(struct liar_identity *id, const char *names, int64_t from_s)
{
    EVP_PKEY *key = tls_certs_key(TLS_KEY_P256, 0);
    const struct tls_cert_spec spec = {.name = "a server that lies", .san = names};
    X509 *x509 = tls_certs_make(&spec, key, from_s, NULL, NULL);
    id->ca_pem[0] = '\0';
    tls_certs_append_pem(x509, id->ca_pem, sizeof id->ca_pem);
    id->ctx = SSL_CTX_new(TLS_server_method());
    require(id->ctx && SSL_CTX_use_certificate(id->ctx, x509) == 1 &&
                SSL_CTX_use_PrivateKey(id->ctx, key) == 1,
            "a TLS server");
    X509_free(x509);
}

void liar_identity_load(struct liar_identity *id, const char *cert_file, const char *key_file)
{
    id->ca_pem[0] = '\0';
    id->ctx = SSL_CTX_new(TLS_server_method());
    require(id->ctx && SSL_CTX_use_certificate_chain_file(id->ctx, cert_file) == 1 &&
                SSL_CTX_use_PrivateKey_file(id->ctx, key_file, SSL_FILETYPE_PEM) == 1,
            cert_file);
}

void liar_identity_free(struct liar_identity *id)
{
    SSL_CTX_free(id->ctx);
    tls_certs_free_keys();
}

/* --- waits --- */

/* Waits for events of fd; false: the time is over. A test that ends takes away the time. */
static bool wait_for(struct liar_server *s, int fd, short events, int ms)
{
    struct pollfd polled[] = {{.fd = fd, .events = events},
                              {.fd = s->is_stopping ? -1 : s->stop[0], .events = POLLIN}};
    int n = poll(polled, 2, s->is_stopping ? 0 : ms);
    if (n > 0 && polled[1].revents) {
        s->is_stopping = true;
        return polled[0].revents || wait_for(s, fd, events, 0);
    }
    return n > 0 && polled[0].revents;
}

/* What a call of OpenSSL waits for; false: nothing, it has failed. */
static bool wait_for_ssl(struct liar_server *s, int returned)
{
    switch (SSL_get_error(s->ssl, returned)) {
    case SSL_ERROR_WANT_READ:
        return wait_for(s, s->fd, POLLIN, FOR_EVER);
    case SSL_ERROR_WANT_WRITE:
        return wait_for(s, s->fd, POLLOUT, FOR_EVER);
    default:
        ERR_clear_error();
        return false;
    }
}

/* Silence; false: the client has left, or the test has ended. */
static bool stay_silent(struct liar_server *s, uint32_t ms)
{
    return ms == 0 || (!wait_for(s, s->fd, POLLRDHUP, (int)ms) && !s->is_stopping);
}

/* Until the peer's kernel has acknowledged everything: a reset overtakes what is on its way. */
static void wait_until_taken(struct liar_server *s)
{
    int unsent = 1;
    for (int i = 0; i < TAKEN_TRIES && unsent > 0; i++) {
        if (ioctl(s->fd, SIOCOUTQ, &unsent) < 0 || unsent == 0 ||
            wait_for(s, s->fd, POLLRDHUP, 1)) {
            return;
        }
    }
}

/* --- a connection --- */

static void note(struct liar_server *s, const char *bytes, size_t len)
{
    size_t room = sizeof s->heard - 1 - s->n_heard;
    len = len < room ? len : room;
    memcpy(s->heard + s->n_heard, bytes, len);
    s->n_heard += len;
}

/* Reads what is there; false: the client has ended the connection. */
static bool hear(struct liar_server *s)
{
    char bytes[1024];
    for (;;) {
        int n = SSL_read(s->ssl, bytes, sizeof bytes);
        if (n <= 0) {
            bool is_open = SSL_get_error(s->ssl, n) == SSL_ERROR_WANT_READ;
            ERR_clear_error();
            return is_open;
        }
        size_t room = sizeof s->request - s->n_request;
        size_t len = (size_t)n < room ? (size_t)n : room;
        note(s, bytes, (size_t)n);
        memcpy(s->request + s->n_request, bytes, len);
        s->n_request += len;
        liar_hear(&s->conn, s->request, s->n_request);
    }
}

static void hear_out(struct liar_server *s)
{
    while (hear(s) && wait_for(s, s->fd, POLLIN, FOR_EVER)) {
        /* until the client leaves */
    }
}

static bool shake_hands(struct liar_server *s)
{
    int n;
    while ((n = SSL_accept(s->ssl)) != 1) {
        if (!wait_for_ssl(s, n)) {
            return false;
        }
    }
    return true;
}

static bool give(struct liar_server *s, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        int n = SSL_write(s->ssl, bytes, (int)len);
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        } else if (!wait_for_ssl(s, n)) {
            return false;
        }
    }
    return true;
}

static void end(struct liar_server *s, enum liar_end how)
{
    switch (how) {
    case LIAR_NOTIFY:
        SSL_shutdown(s->ssl);
        shutdown(s->fd, SHUT_WR);
        break;
    case LIAR_FIN:
        shutdown(s->fd, SHUT_WR);
        break;
    case LIAR_RESET:
        wait_until_taken(s);
        setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1},
                   sizeof(struct linger));
        return;
    case LIAR_STALL:
        break;
    }
    /* Bytes of the client that nobody reads would turn the end into a reset. */
    hear_out(s);
}

static void converse(struct liar_server *s)
{
    struct liar_step step;
    if (!shake_hands(s)) {
        return;
    }
    while (hear(s)) {
        liar_next(&s->conn, &step);
        if (step.kind == LIAR_WAIT) {
            if (!wait_for(s, s->fd, POLLIN, FOR_EVER)) {
                return;
            }
        } else if (!stay_silent(s, step.pause_ms)) {
            hear(s);
            return;
        } else if (step.kind == LIAR_ENDS) {
            end(s, step.end);
            return;
        } else if (!give(s, step.bytes, step.len)) {
            return;
        }
    }
}

/* --- connections --- */

static bool is_refused(const struct liar_case *c, unsigned number)
{
    return c->script[number < c->n ? number : c->n - 1].is_refused;
}

static void meet(struct liar_server *s)
{
    int on = 1;
    while (is_refused(s->c, s->accepted) && s->accepted < s->c->n) {
        s->accepted++;
    }
    liar_begin(&s->conn, s->c, s->files, s->accepted++);
    s->n_request = 0;
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    s->ssl = SSL_new(s->id->ctx);
    require(s->ssl && SSL_set_fd(s->ssl, s->fd) == 1, "a TLS connection");
    converse(s);
    SSL_free(s->ssl);
    ERR_clear_error();
}

static void *serve(void *arg)
{
    struct liar_server *s = arg;
    while (wait_for(s, s->listener, POLLIN, FOR_EVER)) {
        s->fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (s->fd >= 0) {
            meet(s);
            close(s->fd);
        }
    }
    return NULL;
}

/* Binds a socket to a port of the loopback, 0: any. Returns -1 when it is in use. */
static int bind_to(uint16_t wanted, uint16_t *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons(wanted)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    require(fd >= 0, "a socket");
    if (bind(fd, (struct sockaddr *)&at, sizeof at) < 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) < 0) {
        close(fd);
        return -1;
    }
    *port = ntohs(at.sin_port);
    return fd;
}

static struct liar_server *start(int listener, uint16_t port, const struct liar_identity *id,
                                 const struct liar_case *c, const struct liar_files *files)
{
    struct liar_server *s = calloc(1, sizeof *s);
    require(s && pipe2(s->stop, O_CLOEXEC) == 0, "a server");
    s->id = id;
    s->c = c;
    s->files = files;
    s->listener = listener;
    s->port = port;
    s->refuser = bind_to(0, &s->refused_port);
    require(s->refuser >= 0 && listen(s->listener, 8) == 0, "listen");
    require(pthread_create(&s->thread, NULL, serve, s) == 0, "a thread");
    return s;
}

struct liar_server *liar_server_start(const struct liar_identity *id, const struct liar_case *c,
                                      const struct liar_files *files)
{
    uint16_t port = 0;
    int listener = bind_to(0, &port);
    require(listener >= 0, "a port");
    return start(listener, port, id, c, files);
}

struct liar_server *liar_server_start_low(const struct liar_identity *id, const struct liar_case *c,
                                          const struct liar_files *files)
{
    uint16_t port = 0;
    int listener = -1;
    for (unsigned i = 0; listener < 0 && i < N_LOW; i++) {
        listener = bind_to((uint16_t)(FIRST_LOW + ((unsigned)getpid() + i) % N_LOW), &port);
    }
    require(listener >= 0, "a port of four digits");
    return start(listener, port, id, c, files);
}

uint16_t liar_server_port(const struct liar_server *s)
{
    return s->port;
}

unsigned liar_server_connects(const struct liar_server *s)
{
    return s->accepted;
}

uint16_t liar_server_route(struct liar_server *s)
{
    return is_refused(s->c, s->routed++) ? s->refused_port : s->port;
}

void liar_server_stop(struct liar_server *s)
{
    require(write(s->stop[1], "", 1) == 1 && pthread_join(s->thread, NULL) == 0, "the end");
}

const char *liar_server_requests(const struct liar_server *s)
{
    return s->heard;
}

void liar_server_free(struct liar_server *s)
{
    close(s->listener);
    close(s->refuser);
    close(s->stop[0]);
    close(s->stop[1]);
    free(s);
}
