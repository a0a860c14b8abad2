/* SPDX-License-Identifier: Apache-2.0 */
/* What the server serves: given buffers, then the files of a folder. A file is read whole when it
 * is asked for; a path that leads out of the folder is not found. */
#ifndef VB_PEER_FILES_H
#define VB_PEER_FILES_H

#include "vb_net_peer.h"

#define VB_PEER_FILE_MAX (16u << 20)

struct vb_peer_files {
    const char *root;
    const struct vb_peer_file *files;
    unsigned n_files;
};

/* A body: owned when it was read from disk. */
struct vb_body {
    const uint8_t *bytes;
    size_t len;
    uint8_t *owned; /* NULL: not ours to free */
};

/* Errors: false, not found. */
bool vb_peer_files_find(const struct vb_peer_files *files, const char *path, struct vb_body *body);
void vb_body_free(struct vb_body *body);

#endif
