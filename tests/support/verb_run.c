/* SPDX-License-Identifier: Apache-2.0 */
/* See verb_run.h. */
#include "verb_run.h"

#include <fcntl.h>
#include <unistd.h>

#include "check.h"

char verb_out[65536], verb_err[65536];

/* One of the process's own descriptors, led into a file. */
struct diverted {
    int fd, saved;
    char path[256];
};

size_t verb_slurp(const char *path, char *text, size_t max)
{
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    size_t len = fread(text, 1, max - 1, file);
    text[len] = '\0';
    fclose(file);
    return len;
}

static struct diverted divert(int fd, const char *folder, const char *name)
{
    struct diverted d = {.fd = fd, .saved = dup(fd)};

    snprintf(d.path, sizeof(d.path), "%s/%s", folder, name);
    int file = open(d.path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(d.saved >= 0 && file >= 0);
    dup2(file, fd);
    close(file);
    return d;
}

static void restore(const struct diverted *d, char *text, size_t max)
{
    dup2(d->saved, d->fd);
    close(d->saved);
    verb_slurp(d->path, text, max);
}

int verb_run(const char *folder, int (*verb)(int argc, char **argv), const char *const *words)
{
    char *argv[VERB_WORDS_MAX + 1];
    int argc = 0;

    for (; words[argc] != NULL; argc++) {
        assert_true(argc < VERB_WORDS_MAX);
        argv[argc] = (char *)(uintptr_t)words[argc];
    }
    argv[argc] = NULL;
    fflush(stdout);
    fflush(stderr);
    struct diverted out = divert(STDOUT_FILENO, folder, "stdout");
    struct diverted err = divert(STDERR_FILENO, folder, "stderr");
    int code = verb(argc, argv);
    fflush(stdout);
    fflush(stderr);
    restore(&out, verb_out, sizeof(verb_out));
    restore(&err, verb_err, sizeof(verb_err));
    return code;
}

void verb_expect(const char *text, const char *words)
{
    if (strstr(text, words) == NULL) {
        fail_msg("'%s' lacks '%s'", text, words);
    }
}

void verb_expect_error(const char *words)
{
    assert_int_equal(strncmp(verb_err, "error: ", 7), 0);
    verb_expect(verb_err, words);
    const char *second = strchr(verb_err, '\n') + 1;
    assert_true(*second == '\0' || strncmp(second, "hint: ", 6) == 0);
}
