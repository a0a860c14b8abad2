/* SPDX-License-Identifier: Apache-2.0 */
/* Opens files below the served folder. The kernel resolves the path (openat2, RESOLVE_BENEATH), so
 * no link and no race leads out of it. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define KEY_SEARCH_LEN 262144 /* longer than any chain of certificates */
#define DER_KEY_MAX    8192   /* RSA of 8192 bits takes 4.7 KB */
#define DER_SEQUENCE   0x30

static int open_beneath(int root_fd, const char *path)
{
    /* O_NONBLOCK: a pipe in the folder must not stop the server. */
    struct open_how how = {
        .flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    long fd;
    do {
        fd = syscall(SYS_openat2, root_fd, path, &how, sizeof how);
    } while (fd < 0 && errno == EAGAIN);
    return (int)fd;
}

int srv_file_open_root(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    int probe = open_beneath(fd, ".");
    if (probe < 0) {
        int reason = errno;
        close(fd);
        errno = reason;
        return -1;
    }
    close(probe);
    return fd;
}

static unsigned status_of_errno(int reason)
{
    switch (reason) {
    case EXDEV:
    case EACCES:
    case EPERM:
        return 403;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
        return 500;
    default:
        return 404;
    }
}

/* Names that start with a dot are the owner's business (.git, .ssh), not firmware. */
static bool is_hidden(const char *path)
{
    return strstr(path, "/.") != NULL;
}

/* Keys often lie beside the images that they protect, or behind their certificate in one file:
 * never hand one out. A file is searched as far as it is text, so that firmware, which may name the
 * words, is not taken for a key. */
static bool is_pem_key(int fd)
{
    static const char words[] = "PRIVATE KEY-----";
    char text[4096 + 1];
    size_t kept = 0; /* the end of the last piece, where the words may begin */
    for (off_t at = 0; at < KEY_SEARCH_LEN;) {
        ssize_t n = pread(fd, text + kept, sizeof text - 1 - kept, at);
        if (n <= 0) {
            return false;
        }
        size_t len = kept + (size_t)n;
        text[len] = '\0';
        if (strstr(text, words)) {
            return true;
        }
        if (strlen(text) < len) {
            return false;
        }
        kept = len < sizeof words ? len : sizeof words - 1;
        memmove(text, text + len - kept, kept);
        at += n;
    }
    return false;
}

/* A key in DER is the whole file. With a pass phrase it is not found out. */
static bool is_der_key(int fd)
{
    uint8_t der[DER_KEY_MAX];
    ssize_t len = pread(fd, der, sizeof der, 0);
    if (len <= 0 || der[0] != DER_SEQUENCE) {
        return false;
    }
    const unsigned char *p = der;
    EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &p, len);
    ERR_clear_error();
    OPENSSL_cleanse(der, sizeof der);
    EVP_PKEY_free(key);
    return key != NULL;
}

static unsigned describe(int fd, struct srv_file *out)
{
    struct stat st;
    if (fstat(fd, &st) < 0 || !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))) {
        return 404;
    }
    if (S_ISREG(st.st_mode) && (is_pem_key(fd) || is_der_key(fd))) {
        return 403;
    }
    *out = (struct srv_file){
        .fd = fd,
        .is_dir = S_ISDIR(st.st_mode),
        .size = (uint64_t)st.st_size,
        .modified = st.st_mtim,
        .device = st.st_dev,
        .inode = st.st_ino,
    };
    return 0;
}

unsigned srv_file_open(int root_fd, const char *path, struct srv_file *out)
{
    if (is_hidden(path)) {
        return 404;
    }
    int fd = open_beneath(root_fd, path[1] ? path + 1 : ".");
    if (fd < 0) {
        return status_of_errno(errno);
    }
    unsigned status = describe(fd, out);
    if (status) {
        close(fd);
    }
    return status;
}

bool srv_file_is_unchanged(const struct srv_file *file)
{
    struct stat st;
    return fstat(file->fd, &st) == 0 && (uint64_t)st.st_size == file->size &&
           st.st_mtim.tv_sec == file->modified.tv_sec &&
           st.st_mtim.tv_nsec == file->modified.tv_nsec;
}

void srv_file_etag(const struct srv_file *file, char etag[SRV_ETAG_MAX])
{
    snprintf(etag, SRV_ETAG_MAX, "\"%" PRIx64 "-%" PRIx64 "-%" PRIx64 "\"", (uint64_t)file->inode,
             file->size,
             (uint64_t)file->modified.tv_sec * 1000000000u + (uint64_t)file->modified.tv_nsec);
}

void srv_file_close(struct srv_file *file)
{
    if (file->fd >= 0) {
        close(file->fd);
        file->fd = -1;
    }
}
