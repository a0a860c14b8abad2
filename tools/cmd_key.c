/* SPDX-License-Identifier: Apache-2.0 */
/* airslot key: makes the keys that sign images, and brings their public halves into the forms that
 * devices embed. Never overwrites a private key, nor a file that it reads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io.h"
#include "opts.h"
#include "signing_key.h"
#include "tools.h"

#define WORDS_MAX 18 /* action, 16 keys, OUT */

enum { OUT_PUB, ENCRYPT, RAW, C_HEADER };
static const struct opt option_table[] = {
    [OUT_PUB] = {"--out-pub", "FILE", "new: write the public key, too"},
    [ENCRYPT] = {"--encrypt", NULL, "new: protect the key with a pass phrase"},
    [RAW] = {"--raw", NULL, "public: 64 bytes a key, x then y, instead of PEM"},
    [C_HEADER] = {"--c", NULL, "public: a C header with all keys, as firmware embeds them"},
};
static const char usage[] = "key new KEY.pem [--out-pub FILE] | key public KEY... OUT  [options]";

struct options {
    const char *out_pub;
    bool encrypt, raw, c_header;
};

static bool take_option(void *ctx, int index, const char *value)
{
    struct options *o = ctx;

    switch (index) {
    case OUT_PUB:
        o->out_pub = value;
        return true;
    case ENCRYPT:
        o->encrypt = true;
        return true;
    case RAW:
        o->raw = true;
        return true;
    case C_HEADER:
        o->c_header = true;
        return true;
    }
    return false;
}

static const char *id_text(const uint8_t pub[ASL_KEY_LEN], char text[2 * ASL_KEY_ID_LEN + 1])
{
    uint8_t id[ASL_KEY_ID_LEN];

    asl_key_id(pub, id);
    return io_hex(id, sizeof(id), text);
}

/* A forgotten operand must not cost an input: OUT may be none of them. */
static bool is_apart(const char *out, const char *const *in, int n)
{
    for (int i = 0; i < n; i++) {
        if (io_is_same_file(out, in[i])) {
            io_error("'%s' would be overwritten: it is '%s', a key of this call", out, in[i]);
            io_hint("choose another name for what is written");
            return false;
        }
    }
    return true;
}

static int make_key(const char *path, const struct options *o)
{
    uint8_t pub[ASL_KEY_LEN];
    char id[2 * ASL_KEY_ID_LEN + 1];

    if (o->out_pub != NULL && (!is_apart(o->out_pub, &path, 1) || !io_may_replace(o->out_pub))) {
        return EXIT_HOST;
    }
    EVP_PKEY *key = signing_key_new(path, o->encrypt);
    bool done = key != NULL && signing_key_public(key, pub) &&
                (o->out_pub == NULL || signing_key_write_public(o->out_pub, pub));

    EVP_PKEY_free(key);
    if (!done) {
        return EXIT_HOST;
    }
    printf("made %s: private key %s, mode 0600, %s; it stays with the owner\n", path,
           id_text(pub, id), o->encrypt ? "with pass phrase" : "no pass phrase");
    if (o->out_pub != NULL) {
        printf("made %s: its public half; devices embed it\n", o->out_pub);
    }
    return EXIT_DONE;
}

/* The header that application and bootloader include; one line of ids for whoever reads it. */
static char *c_header(const uint8_t (*pub)[ASL_KEY_LEN], int n, size_t *len)
{
    char *text = NULL;
    char id[2 * ASL_KEY_ID_LEN + 1];
    FILE *f = open_memstream(&text, len);

    if (f == NULL) {
        return NULL;
    }
    fputs("/* Public keys that may sign images; written by airslot key public --c. */\n"
          "static const unsigned char trusted_keys[][64] = {\n",
          f);
    for (int i = 0; i < n; i++) {
        fprintf(f, "    /* %s */\n    {", id_text(pub[i], id));
        for (unsigned k = 0; k < ASL_KEY_LEN; k++) {
            fprintf(f, "%s0x%02x,", k % 12 == 0 && k > 0 ? "\n     " : "", pub[i][k]);
        }
        fputs("},\n", f);
    }
    fputs("};\n", f);
    return fclose(f) == 0 ? text : NULL;
}

static bool write_keys(const char *out, const uint8_t (*pub)[ASL_KEY_LEN], int n,
                       const struct options *o)
{
    size_t len = 0;

    if (o->raw) {
        return io_write_file(out, pub, (size_t)n * ASL_KEY_LEN);
    }
    if (!o->c_header) {
        return signing_key_write_public(out, pub[0]);
    }
    char *text = c_header(pub, n, &len);
    bool done = text != NULL && io_write_file(out, text, len);
    free(text);
    return done;
}

static int public_keys(const char *const *path, int n, const char *out, const struct options *o)
{
    static uint8_t pub[WORDS_MAX][ASL_KEY_LEN];
    char id[2 * ASL_KEY_ID_LEN + 1];

    if (n > 1 && !o->raw && !o->c_header) {
        io_error("a PEM file takes one key, %d were given", n);
        io_hint("--raw and --c take several");
        return EXIT_HOST;
    }
    if (!is_apart(out, path, n)) {
        return EXIT_HOST;
    }
    for (int i = 0; i < n; i++) {
        if (!public_key_read(path[i], pub[i])) {
            return EXIT_REFUSED;
        }
    }
    if (!write_keys(out, (const uint8_t(*)[ASL_KEY_LEN])pub, n, o)) {
        return EXIT_HOST;
    }
    for (int i = 0; i < n; i++) {
        printf("key %s from %s\n", id_text(pub[i], id), path[i]);
    }
    return EXIT_DONE;
}

int cmd_key(int argc, char **argv)
{
    struct options o = {0};
    const char *word[WORDS_MAX];
    struct opts opts = {.usage = usage,
                        .table = option_table,
                        .n_options = sizeof(option_table) / sizeof(option_table[0]),
                        .take = take_option,
                        .ctx = &o,
                        .word = word,
                        .max_words = WORDS_MAX};
    int code = opts_read(&opts, argc, argv);

    if (code != OPTS_GO_ON) {
        return code;
    }
    if (opts.n_words == 2 && strcmp(word[0], "new") == 0) {
        return make_key(word[1], &o);
    }
    if (opts.n_words >= 3 && strcmp(word[0], "public") == 0) {
        return public_keys(word + 1, opts.n_words - 2, word[opts.n_words - 1], &o);
    }
    io_error("usage: airslot %s", usage);
    return EXIT_HOST;
}
