/* SPDX-License-Identifier: Apache-2.0 */
/* The misbehaving server as a program, scripted by its command line. Prints one line a connection;
 * runs until it is killed, or for --connections N. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bad_server.h"

static const char usage[] =
    "usage: bad_server --file FILE|--text TEXT [options]\n"
    "  --cert FILE --key FILE   speak TLS; without them plain HTTP\n"
    "  --port N                 on 127.0.0.1 (0: a free one)\n"
    "  --port-file FILE         write the port there once it listens\n"
    "  --connections N          end after N connections\n"
    "  --status N               answer with this status (200)\n"
    "  --location URL           add a Location header\n"
    "  --http 1.0|1.1           version of the answer (1.1)\n"
    "  --framing length|none|chunked\n"
    "  --length-error N         add N to the true Content-Length\n"
    "  --cut N|N%|-N            send only N bytes of the body, N percent, or all but N\n"
    "  --end notify|fin|rst|stall   what follows the last byte (notify)\n"
    "  --record N               longest TLS record, 512 to 16384 (16384)\n";

enum {
    OPT_FILE = 1,
    OPT_TEXT,
    OPT_CERT,
    OPT_KEY,
    OPT_PORT,
    OPT_PORT_FILE,
    OPT_CONNECTIONS,
    OPT_STATUS,
    OPT_LOCATION,
    OPT_HTTP,
    OPT_FRAMING,
    OPT_LENGTH_ERROR,
    OPT_CUT,
    OPT_END,
    OPT_RECORD,
};

static const struct option options[] = {
    {"file", required_argument, NULL, OPT_FILE},
    {"text", required_argument, NULL, OPT_TEXT},
    {"cert", required_argument, NULL, OPT_CERT},
    {"key", required_argument, NULL, OPT_KEY},
    {"port", required_argument, NULL, OPT_PORT},
    {"port-file", required_argument, NULL, OPT_PORT_FILE},
    {"connections", required_argument, NULL, OPT_CONNECTIONS},
    {"status", required_argument, NULL, OPT_STATUS},
    {"location", required_argument, NULL, OPT_LOCATION},
    {"http", required_argument, NULL, OPT_HTTP},
    {"framing", required_argument, NULL, OPT_FRAMING},
    {"length-error", required_argument, NULL, OPT_LENGTH_ERROR},
    {"cut", required_argument, NULL, OPT_CUT},
    {"end", required_argument, NULL, OPT_END},
    {"record", required_argument, NULL, OPT_RECORD},
    {NULL, 0, NULL, 0},
};

struct script {
    struct bad_server_config server;
    const char *file, *port_file, *cut;
    uint16_t port;
    unsigned n_connections; /* 0: no end */
};

static bool pick(const char *value, const char *const *names, unsigned n, unsigned *out)
{
    for (unsigned i = 0; i < n; i++) {
        if (strcmp(value, names[i]) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

static bool pick_framing(const char *value, enum bad_framing *out)
{
    static const char *const names[] = {"length", "none", "chunked"};
    unsigned i;
    bool ok = pick(value, names, 3, &i);
    *out = ok ? (enum bad_framing)i : BAD_LENGTH;
    return ok;
}

static bool pick_end(const char *value, enum bad_end *out)
{
    static const char *const names[] = {"notify", "fin", "rst", "stall"};
    unsigned i;
    bool ok = pick(value, names, 4, &i);
    *out = ok ? (enum bad_end)i : BAD_NOTIFY;
    return ok;
}

static bool take_option(struct script *s, int option, const char *value)
{
    switch (option) {
    case OPT_FILE:
        s->file = value;
        return true;
    case OPT_TEXT:
        s->server.body = (const uint8_t *)value;
        s->server.body_len = strlen(value);
        return true;
    case OPT_CERT:
        s->server.cert_file = value;
        return true;
    case OPT_KEY:
        s->server.key_file = value;
        return true;
    case OPT_PORT:
        s->port = (uint16_t)atoi(value);
        return true;
    case OPT_PORT_FILE:
        s->port_file = value;
        return true;
    case OPT_CONNECTIONS:
        s->n_connections = (unsigned)atoi(value);
        return true;
    case OPT_STATUS:
        s->server.status = (unsigned)atoi(value);
        return true;
    case OPT_LOCATION:
        s->server.location = value;
        return true;
    case OPT_HTTP:
        s->server.is_http_1_0 = strcmp(value, "1.0") == 0;
        return s->server.is_http_1_0 || strcmp(value, "1.1") == 0;
    case OPT_FRAMING:
        return pick_framing(value, &s->server.framing);
    case OPT_LENGTH_ERROR:
        s->server.length_error = atoll(value);
        return true;
    case OPT_CUT:
        s->cut = value;
        return true;
    case OPT_END:
        return pick_end(value, &s->server.end);
    case OPT_RECORD:
        s->server.record_len = (unsigned)atoi(value);
        return true;
    default:
        return false;
    }
}

static bool load_body(struct script *s)
{
    FILE *f = fopen(s->file, "rb");
    long len = f && fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
    uint8_t *data = len >= 0 ? malloc((size_t)len + 1) : NULL;
    bool ok = data && fseek(f, 0, SEEK_SET) == 0 && fread(data, 1, (size_t)len, f) == (size_t)len;
    if (f) {
        fclose(f);
    }
    if (!ok) {
        fprintf(stderr, "error: cannot read '%s'\n", s->file);
        free(data);
        return false;
    }
    s->server.body = data;
    s->server.body_len = (size_t)len;
    return true;
}

/* "N", "N%" or "-N" into bytes. */
static size_t cut_of(const char *text, size_t body_len)
{
    char *rest;
    long long n = strtoll(text, &rest, 10);
    if (*rest == '%') {
        return body_len * (size_t)n / 100;
    }
    if (n < 0) {
        return (size_t)-n < body_len ? body_len - (size_t)-n : 0;
    }
    return (size_t)n;
}

/* The file appears whole: whoever waits for it never reads half a number. */
static bool write_port(const char *path, uint16_t port)
{
    char draft[1024];
    snprintf(draft, sizeof draft, "%s.new", path);
    FILE *f = fopen(draft, "w");
    bool ok = f && fprintf(f, "%u\n", port) > 0;
    ok = f && fclose(f) == 0 && ok;
    return ok && rename(draft, path) == 0;
}

static int run(struct script *s)
{
    uint16_t port;
    int listener = bad_server_listen(s->port, &port);
    if (listener < 0) {
        perror("error: cannot listen");
        return 1;
    }
    if (s->port_file && !write_port(s->port_file, port)) {
        perror("error: cannot write the port file");
        return 1;
    }
    for (unsigned i = 0; s->n_connections == 0 || i < s->n_connections; i++) {
        struct bad_server_result result;
        if (!bad_server_serve(listener, &s->server, &result)) {
            return 1;
        }
        printf("connection %u: \"%s\" %zu of %zu bytes %s\n", i + 1, result.request, result.sent,
               s->server.body_len, result.error);
        fflush(stdout);
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct script s = {.server = {.cut_at = SIZE_MAX}};
    int option;
    signal(SIGPIPE, SIG_IGN);
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (!take_option(&s, option, optarg)) {
            fputs(usage, stderr);
            return 1;
        }
    }
    if (optind < argc || (!s.file && !s.server.body) || !s.server.cert_file != !s.server.key_file) {
        fputs(usage, stderr);
        return 1;
    }
    if (s.file && !load_body(&s)) {
        return 1;
    }
    if (s.cut) {
        s.server.cut_at = cut_of(s.cut, s.server.body_len);
    }
    return run(&s);
}
