/* SPDX-License-Identifier: Apache-2.0 */
/* airslot cert: the certificate that a server shows and its devices trust. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "io.h"
#include "opts.h"
#include "srv_cert.h"
#include "tools.h"

#define DAY_S    86400
#define DAYS_MAX 36500u

enum { OPT_HOST, OPT_OUT, OPT_KEY_TYPE, OPT_DAYS, OPT_FORCE };

static const struct opt cert_options[] = {
    [OPT_HOST] = {"--host", "NAME", "DNS name or IP address in the update URL; repeatable"},
    [OPT_OUT] = {"--out", "DIR", "folder for ca_cert.pem and ca_key.pem; made when absent"},
    [OPT_KEY_TYPE] = {"--key-type", "TYPE", "rsa2048 (default) or p256"},
    [OPT_DAYS] = {"--days", "N", "valid for N days (3650)"},
    [OPT_FORCE] = {"--force", NULL, "replace files that exist: devices must then get the new one"},
};

struct cert_args {
    const char *hosts[SRV_CERT_MAX_HOSTS];
    size_t n_hosts;
    const char *out;
    enum srv_key_type key_type;
    uint32_t days;
    bool force;
};

static bool parse_key_type(const char *text, enum srv_key_type *out)
{
    if (strcmp(text, "rsa2048") == 0) {
        *out = SRV_KEY_RSA2048;
        return true;
    }
    if (strcmp(text, "p256") == 0) {
        *out = SRV_KEY_P256;
        return true;
    }
    io_error("unknown key type '%s'", text);
    io_hint("--key-type is rsa2048 or p256");
    return false;
}

static bool parse_days(const char *text, uint32_t *out)
{
    uint32_t days;
    if (!io_parse_u32(text, &days) || days == 0 || days > DAYS_MAX) {
        io_error("--days '%s' is not a number from 1 to %u", text, DAYS_MAX);
        return false;
    }
    *out = days;
    return true;
}

static bool add_host(struct cert_args *args, const char *host)
{
    if (args->n_hosts == SRV_CERT_MAX_HOSTS) {
        io_error("more than %d --host", SRV_CERT_MAX_HOSTS);
        return false;
    }
    args->hosts[args->n_hosts++] = host;
    return true;
}

static bool take_option(void *ctx, int option, const char *value)
{
    struct cert_args *args = ctx;
    switch (option) {
    case OPT_HOST:
        return add_host(args, value);
    case OPT_OUT:
        args->out = value;
        return true;
    case OPT_KEY_TYPE:
        return parse_key_type(value, &args->key_type);
    case OPT_DAYS:
        return parse_days(value, &args->days);
    case OPT_FORCE:
        args->force = true;
        return true;
    }
    return false;
}

/* Returns OPTS_GO_ON, else the exit code. */
static int parse_args(int argc, char **argv, struct cert_args *args)
{
    struct opts opts = {
        .usage = "cert --host NAME --out DIR [options]",
        .table = cert_options,
        .n_options = sizeof cert_options / sizeof cert_options[0],
        .take = take_option,
        .ctx = args,
    };
    int code = opts_read(&opts, argc, argv);
    if (code != OPTS_GO_ON) {
        return code;
    }
    if (args->n_hosts == 0 || !args->out) {
        io_error("cert needs --host NAME and --out DIR");
        io_hint("NAME stands in the update URL; the virtual board sees this machine as 10.0.2.2");
        return EXIT_HOST;
    }
    return OPTS_GO_ON;
}

static bool make_folder(const char *path)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST) {
        return true;
    }
    io_error("cannot make the folder '%s': %s", path, strerror(errno));
    return false;
}

static void describe(const struct cert_args *args, time_t not_after, const char *cert,
                     const char *key)
{
    char until[16];
    struct tm tm;
    strftime(until, sizeof until, "%Y-%m-%d", gmtime_r(&not_after, &tm));
    printf("made %s: self-signed, %s, until %s, for", cert,
           args->key_type == SRV_KEY_RSA2048 ? "RSA 2048" : "P-256", until);
    for (size_t i = 0; i < args->n_hosts; i++) {
        printf("%s %s", i ? "," : "", args->hosts[i]);
    }
    printf("\n  build it into the devices as server_certs/ca_cert.pem; it is public\n"
           "made %s: private key, mode 0600, no pass phrase\n"
           "  it stays with the server:\n"
           "  airslot serve --root DIR --cert %s --key %s\n",
           key, cert, key);
}

int cmd_cert(int argc, char **argv)
{
    struct cert_args args = {.days = 3650};
    char cert[1024], key[1024];
    struct srv_error err = {0};
    int code = parse_args(argc, argv, &args);
    if (code != OPTS_GO_ON) {
        return code;
    }
    if (strlen(args.out) + sizeof "/ca_cert.pem" > sizeof cert) {
        io_error("'%s' is too long", args.out);
        return EXIT_HOST;
    }
    snprintf(cert, sizeof cert, "%s/ca_cert.pem", args.out);
    snprintf(key, sizeof key, "%s/ca_key.pem", args.out);
    time_t now = time(NULL);
    struct srv_cert_config config = {
        .hosts = args.hosts,
        .n_hosts = args.n_hosts,
        .key_type = args.key_type,
        .not_before = now - DAY_S, /* clocks differ */
        .not_after = now + (time_t)args.days * DAY_S,
        .overwrite = args.force,
    };
    if (!make_folder(args.out)) {
        return EXIT_HOST;
    }
    if (!srv_cert_make(&config, cert, key, &err)) {
        io_error("%s", err.text);
        if (err.hint[0]) {
            io_hint("%s", err.hint);
        }
        return EXIT_HOST;
    }
    describe(&args, config.not_after, cert, key);
    return EXIT_DONE;
}
