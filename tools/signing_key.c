/* SPDX-License-Identifier: Apache-2.0 */
#include "signing_key.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io.h"

#define KEY_FILE_MAX 16384u
#define GROUP        "prime256v1"
#define POINT_LEN    (1u + ASL_KEY_LEN)

/* OpenSSL's own prompt: from the terminal, without echo, restored on signals. */
static int ask_pass_phrase(char *buf, int size, int is_writing, void *was_asked)
{
    *(bool *)was_asked = true;
    if (EVP_read_pw_string(buf, size, "Pass phrase of the key: ", is_writing) != 0) {
        return -1;
    }
    return (int)strnlen(buf, (size_t)size);
}

static bool is_p256(EVP_PKEY *key)
{
    char group[32];

    return EVP_PKEY_is_a(key, "EC") &&
           EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) == 1 &&
           strcmp(group, GROUP) == 0;
}

static void explain(const char *path, EVP_PKEY *key, bool was_asked)
{
    if (key != NULL) {
        io_error("'%s' is no P-256 key", path);
        io_hint("airslot key new makes one");
    } else if (was_asked) {
        io_error("the pass phrase does not open the key '%s'", path);
    } else {
        io_error("'%s' holds no key", path);
        io_hint("a PEM file that airslot key new or openssl made");
    }
}

/* Reads the PEM text of a file: the private key, else the public one unless private is wanted. */
static EVP_PKEY *read_pem(const char *path, const struct bytes *file, bool want_private)
{
    bool was_asked = false;
    BIO *bio = BIO_new_mem_buf(file->data, (int)file->len);
    EVP_PKEY *key =
        bio != NULL && !want_private ? PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL) : NULL;

    if (bio != NULL && key == NULL) {
        (void)BIO_seek(bio, 0);
        key = PEM_read_bio_PrivateKey(bio, NULL, ask_pass_phrase, &was_asked);
    }
    BIO_free(bio);
    ERR_clear_error();
    if (key == NULL || !is_p256(key)) {
        explain(path, key, was_asked);
        EVP_PKEY_free(key);
        return NULL;
    }
    return key;
}

EVP_PKEY *signing_key_open(const char *path)
{
    struct bytes file;

    if (!io_read_file(path, KEY_FILE_MAX, &file)) {
        return NULL;
    }
    EVP_PKEY *key = read_pem(path, &file, true);
    OPENSSL_cleanse(file.data, file.len);
    free(file.data);
    return key;
}

/* Writes the key into the open file; false with the error printed. */
static bool write_private(int fd, const char *path, EVP_PKEY *key, bool encrypt)
{
    bool was_asked = false;
    FILE *f = fdopen(fd, "w");
    bool done = f != NULL && PEM_write_PKCS8PrivateKey(f, key, encrypt ? EVP_aes_256_cbc() : NULL,
                                                       NULL, 0, ask_pass_phrase, &was_asked) == 1;

    done = done && fflush(f) == 0 && fsync(fd) == 0;
    int why = errno;
    if (f != NULL) {
        fclose(f);
    } else {
        close(fd);
    }
    if (!done) {
        unlink(path);
        io_error("cannot write '%s': %s", path, was_asked ? "no pass phrase" : strerror(why));
    }
    return done;
}

EVP_PKEY *signing_key_new(const char *path, bool encrypt)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0) {
        io_error("cannot make '%s': %s", path, strerror(errno));
        if (errno == EEXIST) {
            io_hint("a key that signs images is never overwritten; choose another name");
        }
        return NULL;
    }
    EVP_PKEY *key = EVP_EC_gen(GROUP);
    if (key == NULL) {
        close(fd);
        unlink(path);
        io_error("cannot make a key: OpenSSL gives none");
        return NULL;
    }
    if (!write_private(fd, path, key, encrypt)) {
        EVP_PKEY_free(key);
        return NULL;
    }
    return key;
}

bool signing_key_public(EVP_PKEY *key, uint8_t pub[ASL_KEY_LEN])
{
    BIGNUM *x = NULL, *y = NULL;
    bool done = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1 &&
                EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1 &&
                BN_bn2binpad(x, pub, 32) == 32 && BN_bn2binpad(y, pub + 32, 32) == 32;

    BN_free(x);
    BN_free(y);
    if (!done) {
        io_error("the key has no public half");
    }
    return done;
}

/* The key as OpenSSL has it, NULL when it is no point of the curve. */
static EVP_PKEY *from_raw(const uint8_t pub[ASL_KEY_LEN])
{
    uint8_t point[POINT_LEN] = {POINT_CONVERSION_UNCOMPRESSED};
    OSSL_PARAM params[] = {
        OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)(uintptr_t)GROUP, 0),
        OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point)),
        OSSL_PARAM_END,
    };
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);

    memcpy(point + 1, pub, ASL_KEY_LEN);
    if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1) {
        key = NULL;
    }
    EVP_PKEY_CTX_free(ctx);
    return key;
}

bool signing_key_write_public(const char *path, const uint8_t pub[ASL_KEY_LEN])
{
    EVP_PKEY *key = from_raw(pub);
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    bool done = key != NULL && bio != NULL && PEM_write_bio_PUBKEY(bio, key) == 1;
    long len = done ? BIO_get_mem_data(bio, &text) : 0;

    done = done && io_write_file(path, text, (size_t)len);
    BIO_free(bio);
    EVP_PKEY_free(key);
    return done;
}

bool signing_key_sign(EVP_PKEY *key, const uint8_t digest[32], uint8_t sig[ASL_SIGNATURE_LEN])
{
    uint8_t der[80];
    const uint8_t *p = der;
    size_t len = sizeof(der);
    ECDSA_SIG *pair = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    bool done = ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
                EVP_PKEY_sign(ctx, der, &len, digest, 32) == 1 &&
                (pair = d2i_ECDSA_SIG(NULL, &p, (long)len)) != NULL &&
                BN_bn2binpad(ECDSA_SIG_get0_r(pair), sig, 32) == 32 &&
                BN_bn2binpad(ECDSA_SIG_get0_s(pair), sig + 32, 32) == 32;

    ECDSA_SIG_free(pair);
    EVP_PKEY_CTX_free(ctx);
    if (!done) {
        io_error("cannot sign: OpenSSL refuses the key");
        return false;
    }
    asl_signature_normalize(sig);
    return true;
}

/* 64 bytes are a raw key; no PEM text of a key is that short. */
static bool take_raw(const char *path, const uint8_t *data, uint8_t pub[ASL_KEY_LEN])
{
    EVP_PKEY *key = from_raw(data);

    ERR_clear_error();
    if (key == NULL) {
        io_error("'%s' holds no key: its 64 bytes are no point of the curve P-256", path);
        return false;
    }
    EVP_PKEY_free(key);
    memcpy(pub, data, ASL_KEY_LEN);
    return true;
}

bool public_key_read(const char *path, uint8_t pub[ASL_KEY_LEN])
{
    struct bytes file;
    bool done;

    if (!io_read_file(path, KEY_FILE_MAX, &file)) {
        return false;
    }
    if (file.len == ASL_KEY_LEN) {
        done = take_raw(path, file.data, pub);
    } else {
        EVP_PKEY *key = read_pem(path, &file, false);
        done = key != NULL && signing_key_public(key, pub);
        EVP_PKEY_free(key);
    }
    OPENSSL_cleanse(file.data, file.len);
    free(file.data);
    return done;
}
