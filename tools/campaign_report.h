/* SPDX-License-Identifier: Apache-2.0 */
/* What `airslot campaign` tells of a campaign: table, picture, failures with the line that repeats
 * each, JSON. */
#ifndef CAMPAIGN_REPORT_H
#define CAMPAIGN_REPORT_H

#include <stdbool.h>

#include "board_net.h"
#include "campaign.h"

#define CAMPAIGN_MAX_WORDS 64

struct campaign_options {
    /* What tells the device and its world, as it was given: a replay needs the same. */
    struct {
        const char *name, *value; /* value NULL: takes none */
    } word[CAMPAIGN_MAX_WORDS];
    unsigned n_words;
    const char *flash_path, *json_path, *svg_path; /* the last two may be NULL */
    bool has_net, has_quick_chip;
    struct vb_flash_chip quick_chip;
    struct board_net_options net;
    struct cam_config config;
};

/* Cases and outcomes of all sets. */
struct cam_totals campaign_report_sum(const struct cam_report *r);
/* Cases of a set that came to a verdict. */
uint64_t campaign_report_cases(const struct cam_totals *t);
/* Cases that were planned and came to none; of pairs at least so many. */
uint64_t campaign_report_not_run(const struct cam_totals *t);
void campaign_report_print(const struct campaign_options *o, const struct cam_report *r);
/* Errors: false, said on stderr. */
bool campaign_report_json(const struct campaign_options *o, const struct cam_report *r);
bool campaign_report_svg(const struct campaign_options *o, const struct cam_report *r);

#endif
