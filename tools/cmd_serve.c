/* SPDX-License-Identifier: Apache-2.0 */
/* airslot serve: hands the images of a folder to devices over HTTPS until it is told to stop. */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "io.h"
#include "opts.h"
#include "srv_server.h"
#include "tools.h"

#define DEFAULT_PORT 8070

enum { OPT_ROOT, OPT_CERT, OPT_KEY, OPT_PORT, OPT_BIND, OPT_PORT_FILE };

static const struct opt serve_options[] = {
    [OPT_ROOT] = {"--root", "DIR", "folder to serve; nothing outside it is"},
    [OPT_CERT] = {"--cert", "FILE", "PEM certificate, see airslot cert"},
    [OPT_KEY] = {"--key", "FILE", "PEM private key; the phrase of an encrypted one is asked for"},
    [OPT_PORT] = {"--port", "N", "TCP port (8070); 0 picks a free one"},
    [OPT_BIND] = {"--bind", "ADDRESS", "listen on this address only (all interfaces)"},
    [OPT_PORT_FILE] = {"--port-file", "FILE", "write the port there once it listens"},
};

static bool parse_port(const char *text, uint16_t *out)
{
    uint32_t port;
    if (!io_parse_u32(text, &port) || port > UINT16_MAX) {
        io_error("--port '%s' is not a number from 0 to 65535", text);
        return false;
    }
    *out = (uint16_t)port;
    return true;
}

struct serve_args {
    struct srv_config config;
    const char *port_file; /* NULL: not given */
};

static bool take_option(void *ctx, int option, const char *value)
{
    struct serve_args *args = ctx;
    struct srv_config *config = &args->config;
    switch (option) {
    case OPT_ROOT:
        config->root = value;
        return true;
    case OPT_CERT:
        config->cert_file = value;
        return true;
    case OPT_KEY:
        config->key_file = value;
        return true;
    case OPT_PORT:
        return parse_port(value, &config->port);
    case OPT_BIND:
        config->bind_address = value;
        return true;
    case OPT_PORT_FILE:
        args->port_file = value;
        return true;
    }
    return false;
}

/* Returns OPTS_GO_ON, else the exit code. */
static int parse_args(int argc, char **argv, struct serve_args *args)
{
    const struct srv_config *config = &args->config;
    struct opts opts = {
        .usage = "serve --root DIR --cert FILE --key FILE [options]",
        .table = serve_options,
        .n_options = sizeof serve_options / sizeof serve_options[0],
        .take = take_option,
        .ctx = args,
    };
    int code = opts_read(&opts, argc, argv);
    if (code != OPTS_GO_ON) {
        return code;
    }
    if (!config->root || !config->cert_file || !config->key_file) {
        io_error("serve needs --root DIR, --cert FILE and --key FILE");
        io_hint("airslot cert --host NAME --out DIR makes a certificate and its key");
        return EXIT_HOST;
    }
    return OPTS_GO_ON;
}

static void print_log(void *ctx, enum srv_log_kind kind, const char *line)
{
    (void)ctx;
    if (kind == SRV_LOG_WARNING) {
        io_warning("%s", line);
        return;
    }
    char clock[16];
    struct tm tm;
    time_t now = time(NULL);
    strftime(clock, sizeof clock, "%H:%M:%S", localtime_r(&now, &tm));
    printf("%s %s\n", clock, line);
    fflush(stdout);
}

/* OpenSSL's own prompt: from the terminal, without echo, restored on signals. */
static size_t ask_pass_phrase(void *ctx, char *buf, size_t size)
{
    (void)ctx;
    if (EVP_read_pw_string(buf, (int)size, "Pass phrase of the key: ", 0) != 0) {
        return 0;
    }
    return strnlen(buf, size);
}

static void print_address(const struct ifaddrs *interface)
{
    char text[INET6_ADDRSTRLEN];
    const struct sockaddr *address = interface->ifa_addr;
    if (!address || !(interface->ifa_flags & IFF_UP)) {
        return;
    }
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
        printf(" %s", inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text));
    } else if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
        if (!IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr)) {
            printf(" %s", inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text));
        }
    }
}

static void print_addresses(const char *bind_address)
{
    struct ifaddrs *all = NULL;
    printf("listening on");
    if (bind_address) {
        printf(" %s", bind_address);
    } else if (getifaddrs(&all) == 0) {
        for (const struct ifaddrs *i = all; i; i = i->ifa_next) {
            print_address(i);
        }
        freeifaddrs(all);
    }
    printf(" (a virtual board reaches this machine as 10.0.2.2)\n");
}

/* Devices must use the certificate's name: that is the URL to show. */
static void print_ready(const struct srv_config *config, const struct srv_server *server)
{
    const char *name = srv_server_name(server);
    const char *host = *name ? name : "localhost";
    bool is_v6 = strchr(host, ':') != NULL;
    printf("serving %s at https://%s%s%s:%u/\n", config->root, is_v6 ? "[" : "", host,
           is_v6 ? "]" : "", srv_server_port(server));
    print_addresses(config->bind_address);
    fflush(stdout);
}

static bool write_port(const char *path, uint16_t port)
{
    char text[8];
    int len = snprintf(text, sizeof text, "%u\n", port);
    return io_write_file(path, text, (size_t)len);
}

static int serve(const struct srv_config *config, const char *port_file)
{
    struct srv_error err = {0};
    struct srv_server *server = srv_server_open(config, &err);
    if (!server) {
        io_error("%s", err.text);
        if (err.hint[0]) {
            io_hint("%s", err.hint);
        }
        return EXIT_HOST;
    }
    bool ok = !port_file || write_port(port_file, srv_server_port(server));
    if (ok) {
        print_ready(config, server);
        ok = srv_server_run(server);
    }
    srv_server_close(server);
    return ok ? EXIT_DONE : EXIT_HOST;
}

int cmd_serve(int argc, char **argv)
{
    struct serve_args args = {
        .config = {.port = DEFAULT_PORT,
                   .stop_on_signals = true,
                   .log = print_log,
                   .ask_pass_phrase = ask_pass_phrase},
    };
    int code = parse_args(argc, argv, &args);
    return code != OPTS_GO_ON ? code : serve(&args.config, args.port_file);
}
