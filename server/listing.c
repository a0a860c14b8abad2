/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the page of a folder: plain HTML, names escaped, links absolute and percent-encoded. */
#include "listing.h"

#include <dirent.h>
#include <event2/buffer.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "file.h"

struct names {
    char **at;
    size_t n;
    size_t n_hidden; /* beyond SRV_LISTING_MAX */
};

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void free_names(struct names *names)
{
    for (size_t i = 0; i < names->n; i++) {
        free(names->at[i]);
    }
    free(names->at);
}

static bool add_name(struct names *names, const char *name)
{
    if (names->n == SRV_LISTING_MAX) {
        names->n_hidden++;
        return true;
    }
    names->at[names->n] = strdup(name);
    return names->at[names->n++] != NULL;
}

static bool read_names(int dir_fd, struct names *names)
{
    int fd = dup(dir_fd);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    bool ok = dir != NULL;
    if (!dir && fd >= 0) {
        close(fd);
    }
    names->at = calloc(SRV_LISTING_MAX, sizeof *names->at);
    ok = ok && names->at;
    for (struct dirent *e; ok && (e = readdir(dir));) {
        ok = e->d_name[0] == '.' || add_name(names, e->d_name);
    }
    if (dir) {
        closedir(dir);
    }
    if (ok) {
        qsort(names->at, names->n, sizeof *names->at, compare);
    }
    return ok;
}

static void add_html(struct evbuffer *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '<':
            evbuffer_add_printf(out, "&lt;");
            break;
        case '>':
            evbuffer_add_printf(out, "&gt;");
            break;
        case '&':
            evbuffer_add_printf(out, "&amp;");
            break;
        case '"':
            evbuffer_add_printf(out, "&quot;");
            break;
        default:
            evbuffer_add(out, text, 1);
        }
    }
}

static void add_url(struct evbuffer *out, const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-._~/";
    for (; *path; path++) {
        if (strchr(plain, *path)) {
            evbuffer_add(out, path, 1);
        } else {
            evbuffer_add_printf(out, "%%%02X", (unsigned char)*path);
        }
    }
}

static void add_row(struct evbuffer *out, const char *path, const char *name,
                    const struct srv_file *file)
{
    char when[32];
    struct tm tm;
    strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", gmtime_r(&file->modified.tv_sec, &tm));
    evbuffer_add_printf(out, "<tr><td><a href=\"");
    add_url(out, path);
    evbuffer_add_printf(out, "\">");
    add_html(out, name);
    if (file->is_dir) {
        evbuffer_add_printf(out, "/</a></td><td></td><td>%s</td></tr>\n", when);
    } else {
        evbuffer_add_printf(out, "</a></td><td align=\"right\">%" PRIu64 "</td><td>%s</td></tr>\n",
                            file->size, when);
    }
}

/* Opens each entry as a request would, so that the page promises nothing that is then refused. */
static void add_entry(struct evbuffer *out, int root_fd, const char *dir_path, const char *name)
{
    char path[SRV_PATH_MAX];
    struct srv_file file;
    size_t len = strlen(dir_path);
    const char *slash = len > 0 && dir_path[len - 1] == '/' ? "" : "/";
    int n = snprintf(path, sizeof path, "%s%s%s", dir_path, slash, name);
    if (n < 0 || (size_t)n >= sizeof path || srv_file_open(root_fd, path, &file) != 0) {
        return;
    }
    add_row(out, path, name, &file);
    srv_file_close(&file);
}

bool srv_listing_write(struct evbuffer *out, int root_fd, const struct srv_file *dir,
                       const char *path)
{
    struct names names = {0};
    if (!read_names(dir->fd, &names)) {
        free_names(&names);
        return false;
    }
    evbuffer_add_printf(out, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>");
    add_html(out, path);
    evbuffer_add_printf(out, "</title></head><body>\n<h1>");
    add_html(out, path);
    evbuffer_add_printf(out, "</h1>\n<table>\n<tr><th align=\"left\">name</th><th>bytes</th>"
                             "<th>changed (UTC)</th></tr>\n");
    for (size_t i = 0; i < names.n; i++) {
        add_entry(out, root_fd, path, names.at[i]);
    }
    evbuffer_add_printf(out, "</table>\n");
    if (names.n_hidden) {
        evbuffer_add_printf(out, "<p>%zu more are not shown.</p>\n", names.n_hidden);
    }
    evbuffer_add_printf(out, "</body></html>\n");
    free_names(&names);
    return true;
}
