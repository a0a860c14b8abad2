/* SPDX-License-Identifier: Apache-2.0 */
/* What the air does: it loses, delays, repeats and reorders frames, swallows long ones, and the
 * access point goes away, for a while or to come back with another address for the device. */
#include <stdio.h>
#include <stdlib.h>

#include "net_campaign.h"

#define N_SEEDS    50u
#define AIR_EVERY  50u /* of the sample: one seed of each condition */
#define AP_EVERY   11u
#define AP_STEP_MS 120u
#define AP_MOMENTS 12u

struct condition {
    const char *link;
    bool must_install;
    uint32_t within_ms;
};

static const struct condition conditions[] = {
    {"loss=1%", true, 300000},
    {"loss=2%", true, 300000},
    {"loss=5%", true, 300000},
    {"loss=10%", true, 300000},
    {"loss=20%", true, 600000},
    {"loss=30%", true, 600000},
    {"delay=50ms", true, 300000},
    {"delay=200ms", true, 300000},
    {"delay=500ms", true, 300000},
    {"delay=1000ms", true, 600000},
    {"delay=2000ms", true, 600000},
    {"delay=20ms,jitter=200ms", true, 300000},
    {"dup=10%", true, 300000},
    {"dup=50%", true, 300000},
    {"reorder=10%", true, 300000},
    {"reorder=50%", true, 300000},
    {"mtu=576", false, 600000},
    {"bandwidth=2k", true, 600000},
    {"loss=10%,delay=200ms,dup=5%,reorder=5%", true, 600000},
};
#define N_CONDITIONS (sizeof conditions / sizeof conditions[0])

static void act(struct net_lab *lab, const char *action)
{
    char err[128];
    if (!vb_net_peer_act(lab->net, action, err, sizeof err)) {
        fprintf(stderr, "error: %s\n", err);
        exit(1);
    }
}

static void open_at_start(struct net_lab *lab)
{
    net_lab_open(lab, &(struct net_lab_config){.seed = 1});
    device_run(&lab->d, "Starting OTA...", 30000);
    net_lab_mark(lab);
}

static const char *const *errors_if(bool may_fail)
{
    return may_fail ? campaign_network_errors : NULL;
}

static void fly(const struct campaign *c, unsigned n, struct net_lab *lab,
                const struct condition *condition, unsigned seed)
{
    char action[128], what[160];
    snprintf(action, sizeof action, "link %s", condition->link);
    snprintf(what, sizeof what, "%s, seed %u", condition->link, seed);
    act(lab, action);
    vb_net_peer_reseed(lab->net, seed);
    campaign_conclude(c, n, lab,
                      &(struct campaign_want){.errors = errors_if(!condition->must_install),
                                              .within_ms = condition->within_ms},
                      what);
}

void campaign_air(struct campaign *c)
{
    static struct net_lab lab;
    unsigned n = CAMPAIGN_FIRST_CASE;
    open_at_start(&lab);
    for (unsigned i = 0; i < N_CONDITIONS; i++) {
        for (unsigned seed = 1; seed <= N_SEEDS; seed++, n++) {
            if (campaign_takes(c, n, AIR_EVERY) && net_lab_fork()) {
                fly(c, n, &lab, &conditions[i], seed);
            }
        }
    }
}

/* --- the access point --- */

struct absence {
    const char *first; /* what else happens, or NULL */
    const char *action;
    bool must_install;
};

static const struct absence absences[] = {
    {NULL, "ap down 300ms", true},
    {NULL, "ap down 2s", true},
    {NULL, "ap down 5s", true},
    {NULL, "ap down 8s", true},
    {NULL, "ap down 15s", true},
    {NULL, "ap down 60s", false},
    {NULL, "ap down", false},
    {"address 10.0.2.77", "ap down 8s", true},
    {"address 10.0.2.77", "ap down 15s", true},
};
#define N_ABSENCES (sizeof absences / sizeof absences[0])

static void lose_ap(const struct campaign *c, unsigned n, struct net_lab *lab,
                    const struct absence *absence, unsigned moment)
{
    char what[128];
    snprintf(what, sizeof what, "%s%s%s at moment %u", absence->first ? absence->first : "",
             absence->first ? ", " : "", absence->action, moment);
    if (absence->first) {
        act(lab, absence->first);
    }
    act(lab, absence->action);
    campaign_conclude(
        c, n, lab,
        &(struct campaign_want){.errors = errors_if(!absence->must_install), .within_ms = 600000},
        what);
}

static bool is_updating(const struct net_lab *lab)
{
    return device_stats(&lab->d).resets == lab->at_mark.resets;
}

/* From the resolver's answer to the restart. */
void campaign_ap(struct campaign *c)
{
    static struct net_lab lab;
    unsigned n = CAMPAIGN_FIRST_CASE;
    open_at_start(&lab);
    for (unsigned moment = 0; is_updating(&lab) && moment < AP_MOMENTS; moment++) {
        for (unsigned i = 0; i < N_ABSENCES; i++, n++) {
            if (campaign_takes(c, n, AP_EVERY) && net_lab_fork()) {
                lose_ap(c, n, &lab, &absences[i], moment);
            }
        }
        device_run(&lab.d, NULL, AP_STEP_MS);
    }
}
