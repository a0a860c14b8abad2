/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the self-signed certificate of a server, which devices then trust as their only anchor. */
#ifndef SRV_CERT_H
#define SRV_CERT_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "srv_server.h"

enum srv_key_type { SRV_KEY_RSA2048, SRV_KEY_P256 };

struct srv_cert_config {
    const char *const *hosts; /* n_hosts DNS names (one leading "*." allowed) or IP addresses */
    size_t n_hosts;           /* 1 to SRV_CERT_MAX_HOSTS; the first is the common name */
    enum srv_key_type key_type;
    time_t not_before;
    time_t not_after;
    bool overwrite; /* replace files that exist */
};
#define SRV_CERT_MAX_HOSTS 16

/* Writes a new certificate to cert_file and its private key, unencrypted and with mode 0600, to
 * key_file. Each file appears complete or not at all.
 * Errors: false with err filled: bad host, an existing file without overwrite, disk.
 * On error: existing files stand as they were, except that a failure between the two renames
 * leaves a new key beside the old certificate. */
bool srv_cert_make(const struct srv_cert_config *config, const char *cert_file,
                   const char *key_file, struct srv_error *err);

/* True when text names a host that a certificate can carry: a DNS name or an IP address. */
bool srv_cert_is_host(const char *text);

#endif
