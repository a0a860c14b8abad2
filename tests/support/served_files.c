/* SPDX-License-Identifier: Apache-2.0 */
/* See served_files.h. */
#include "served_files.h"

#include <errno.h>
#include <ftw.h>
#include <openssl/ec.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "srv_cert.h"

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static bool make_folder(const char *path)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST;
}

bool served_files_enter(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "build/tests/work/%s", name);
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    return make_folder("build/tests") && make_folder("build/tests/work") && make_folder(path) &&
           chdir(path) == 0;
}

uint8_t served_byte(size_t offset)
{
    uint32_t x = (uint32_t)offset * 2654435761u;
    return (uint8_t)(x >> 24 ^ x >> 11);
}

bool write_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    bool ok = f && fputs(text, f) >= 0;
    return f && fclose(f) == 0 && ok;
}

bool write_pattern(const char *path, size_t len)
{
    FILE *f = fopen(path, "w");
    bool ok = f != NULL;
    for (size_t i = 0; ok && i < len; i++) {
        ok = fputc(served_byte(i), f) != EOF;
    }
    return f && fclose(f) == 0 && ok;
}

/* A certificate and its key in one file, as other servers want them. */
static bool write_bundle(const char *path)
{
    char text[12000];
    int n = snprintf(text, sizeof text, "-----BEGIN CERTIFICATE-----\n%09000d\n", 0);
    snprintf(text + n, sizeof text - (size_t)n,
             "-----END CERTIFICATE-----\n-----BEGIN RSA PRIVATE KEY-----\nAA==\n");
    return write_text(path, text);
}

/* A key as other tools write it, and its public half, which is no secret. */
static bool write_der(const char *private_path, const char *public_path)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    FILE *f = fopen(private_path, "w"), *g = fopen(public_path, "w");
    bool ok = key && f && g && i2d_PrivateKey_fp(f, key) == 1 && i2d_PUBKEY_fp(g, key) == 1;
    EVP_PKEY_free(key);
    ok = f && fclose(f) == 0 && ok;
    return g && fclose(g) == 0 && ok;
}

/* Firmware with a PEM reader in it names the words; that makes it no key. */
static bool write_reader(const char *path)
{
    static const char text[] = "\xe9\0\0\0-----BEGIN PRIVATE KEY-----";
    FILE *f = fopen(path, "w");
    bool ok = f && fwrite(text, 1, sizeof text, f) == sizeof text;
    return f && fclose(f) == 0 && ok;
}

bool served_files_make(void)
{
    return make_folder("root") && make_folder("root/sub") && make_folder("outside") &&
           write_text("outside/secret.txt", "secret\n") &&
           write_text("root/hello.txt", "hello\n") && write_text("root/sub/inner.txt", "inner\n") &&
           write_text("root/" SERVED_ODD_NAME, "odd\n") && write_text("root/.hidden", "hidden\n") &&
           write_text("root/private.txt", "-----BEGIN PRIVATE KEY-----\nAA==\n") &&
           write_bundle("root/private_too.pem") && write_reader("root/reader.bin") &&
           write_der("root/private.der", "root/public.der") &&
           write_pattern("root/big.bin", SERVED_BIG_LEN) && mkfifo("root/pipe", 0666) == 0 &&
           symlink("hello.txt", "root/inside") == 0 &&
           symlink("../outside/secret.txt", "root/outside") == 0 &&
           symlink("/etc/hostname", "root/absolute") == 0 &&
           symlink("../outside", "root/sub/folder") == 0;
}

bool served_files_make_cert(bool is_rsa)
{
    static const char *const hosts[] = {"127.0.0.1", "localhost"};
    time_t now = time(NULL);
    struct srv_error err;
    struct srv_cert_config config = {
        .hosts = hosts,
        .n_hosts = 2,
        .key_type = is_rsa ? SRV_KEY_RSA2048 : SRV_KEY_P256,
        .not_before = now - 86400,
        .not_after = now + 86400,
        .overwrite = true,
    };
    if (!srv_cert_make(&config, "cert.pem", "key.pem", &err)) {
        fprintf(stderr, "%s\n", err.text);
        return false;
    }
    return true;
}
