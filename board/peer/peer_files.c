/* SPDX-License-Identifier: Apache-2.0 */
/* See peer_files.h. */
#include "peer_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_inside(const char *path)
{
    return path[0] == '/' && strstr(path, "/..") == NULL;
}

static bool read_whole(FILE *file, struct vb_body *body)
{
    struct stat st;
    bool is_file = fstat(fileno(file), &st) == 0 && S_ISREG(st.st_mode) &&
                   (uint64_t)st.st_size <= VB_PEER_FILE_MAX;
    uint8_t *bytes = is_file ? malloc((size_t)st.st_size + 1) : NULL;
    if (bytes == NULL) {
        return false;
    }
    size_t len = (size_t)st.st_size;
    if (fread(bytes, 1, len, file) != len) {
        free(bytes);
        return false;
    }
    *body = (struct vb_body){bytes, len, bytes};
    return true;
}

static bool read_from(const char *root, const char *path, struct vb_body *body)
{
    char name[4096];
    int n = snprintf(name, sizeof(name), "%s%s", root, path);
    FILE *file = n > 0 && (size_t)n < sizeof(name) ? fopen(name, "rbe") : NULL;
    if (file == NULL) {
        return false;
    }
    bool ok = read_whole(file, body);
    fclose(file);
    return ok;
}

bool vb_peer_files_find(const struct vb_peer_files *files, const char *path, struct vb_body *body)
{
    for (unsigned i = 0; i < files->n_files; i++) {
        const struct vb_peer_file *file = &files->files[i];
        if (strcmp(file->path, path) == 0) {
            *body = (struct vb_body){file->bytes, file->len, NULL};
            return true;
        }
    }
    return files->root != NULL && is_inside(path) && read_from(files->root, path, body);
}

void vb_body_free(struct vb_body *body)
{
    free(body->owned);
    *body = (struct vb_body){NULL, 0, NULL};
}
