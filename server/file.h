/* SPDX-License-Identifier: Apache-2.0 */
/* Opens what lies below the served folder, and only that. */
#ifndef SRV_FILE_H
#define SRV_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "http.h"

struct srv_file {
    int fd; /* owned; -1 when closed */
    bool is_dir;
    uint64_t size;
    struct timespec modified;
    dev_t device;
    ino_t inode;
};

/* Opens the folder that everything is served from. Returns the descriptor or -1 with errno set;
 * ENOSYS means that the kernel lacks openat2. */
int srv_file_open_root(const char *path);

/* Opens a decoded path below root_fd for reading. Symbolic links are followed as long as they stay
 * below the root. Returns 0, or the status to answer with: 403 (leads out of the root, no
 * permission, holds a private key), 404 (nothing there, hidden name, neither file nor folder),
 * 500 (out of descriptors or memory). On error: nothing is open. */
unsigned srv_file_open(int root_fd, const char *path, struct srv_file *out);

/* True while the open file is still what srv_file_open() saw: same length, same time. */
bool srv_file_is_unchanged(const struct srv_file *file);

/* A strong validator: it changes with every change of length or of the nanosecond of writing. */
void srv_file_etag(const struct srv_file *file, char etag[SRV_ETAG_MAX]);

void srv_file_close(struct srv_file *file);

#endif
