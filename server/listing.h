/* SPDX-License-Identifier: Apache-2.0 */
/* The page that shows a folder. */
#ifndef SRV_LISTING_H
#define SRV_LISTING_H

#include <stdbool.h>

struct evbuffer;
struct srv_file;

/* Appends the HTML page of an open folder: what a GET would deliver, sorted by name, at most
 * SRV_LISTING_MAX entries. path is its decoded path, with or without a slash at the end.
 * Errors: false when memory is out or the folder cannot be read. */
bool srv_listing_write(struct evbuffer *out, int root_fd, const struct srv_file *dir,
                       const char *path);
#define SRV_LISTING_MAX 1000

#endif
