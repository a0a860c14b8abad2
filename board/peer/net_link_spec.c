/* SPDX-License-Identifier: Apache-2.0 */
/* Link parameters from text: vb_link_parse() of vb_net_peer.h. */
#include <stdio.h>
#include <string.h>

#include "net_words.h"
#include "vb_net_peer.h"

#define MTU_MIN 68u
#define MTU_MAX 1500u

static bool set_time(uint32_t *field, const char *value)
{
    uint64_t us;
    if (!vb_word_time(value, &us) || us > UINT32_MAX) {
        return false;
    }
    *field = (uint32_t)us;
    return true;
}

static bool set_mtu(uint32_t *field, const char *value)
{
    uint32_t n;
    if (!vb_word_count(value, &n) || n < MTU_MIN || n > MTU_MAX) {
        return false;
    }
    *field = n;
    return true;
}

/* Returns what the key wants, NULL when value is that; "" for an unknown key. */
static const char *set_field(struct vb_link *link, const char *key, const char *value)
{
    static const char *const a_time = "a time as 20ms or 1.5s", *const a_share = "a share as 10%";
    if (strcmp(key, "bandwidth") == 0) {
        return vb_word_count(value, &link->bandwidth) ? NULL : "bytes per second as 50k or 2M";
    }
    if (strcmp(key, "delay") == 0) {
        return set_time(&link->delay_us, value) ? NULL : a_time;
    }
    if (strcmp(key, "jitter") == 0) {
        return set_time(&link->jitter_us, value) ? NULL : a_time;
    }
    if (strcmp(key, "loss") == 0) {
        return vb_word_share(value, &link->loss_ppm) ? NULL : a_share;
    }
    if (strcmp(key, "dup") == 0) {
        return vb_word_share(value, &link->dup_ppm) ? NULL : a_share;
    }
    if (strcmp(key, "reorder") == 0) {
        return vb_word_share(value, &link->reorder_ppm) ? NULL : a_share;
    }
    if (strcmp(key, "mtu") == 0) {
        return set_mtu(&link->mtu, value) ? NULL : "68 to 1500 bytes";
    }
    return "";
}

static bool apply(struct vb_link *link, char *item, char *err, size_t err_len)
{
    char *value = strchr(item, '=');
    if (value == NULL) {
        snprintf(err, err_len, "'%s' is not KEY=VALUE", item);
        return false;
    }
    *value++ = '\0';
    const char *wanted = set_field(link, item, value);
    if (wanted != NULL && wanted[0] == '\0') {
        snprintf(err, err_len, "unknown link property '%s'", item);
    } else if (wanted != NULL) {
        snprintf(err, err_len, "%s wants %s, not '%s'", item, wanted, value);
    }
    return wanted == NULL;
}

bool vb_link_parse(struct vb_link *link, const char *spec, char *err, size_t err_len)
{
    char text[256];
    char *rest = text;
    char *item;
    struct vb_link changed = *link;
    size_t len = strlen(spec);
    if (len >= sizeof(text)) {
        snprintf(err, err_len, "link properties longer than %zu bytes", sizeof(text) - 1);
        return false;
    }
    memcpy(text, spec, len + 1);
    while ((item = strsep(&rest, ",")) != NULL) {
        if (!apply(&changed, item, err, err_len)) {
            return false;
        }
    }
    *link = changed;
    return true;
}
