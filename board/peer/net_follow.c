/* SPDX-License-Identifier: Apache-2.0 */
/* See net_follow.h. */
#include "net_follow.h"

#include "peer_stack.h"

static void lose_ap(struct vb_net_peer *net, uint64_t for_us)
{
    net->ap_is_down = true;
    net->ap_up_us = for_us > 0 ? net->now_us + for_us : UINT64_MAX;
    vb_board_set_aps(net->board, NULL, 0);
}

void vb_net_restore_ap(struct vb_net_peer *net)
{
    net->ap_is_down = false;
    net->ap_up_us = UINT64_MAX;
    vb_board_set_aps(net->board, net->ap, net->n_aps);
}

static void change_link(struct vb_net_peer *net, const struct vb_script_rule *rule)
{
    char err[128]; /* the script was checked when it was read */
    if (rule->act != VB_ACT_LINK_DOWN) {
        vb_link_parse(&net->up.link, rule->text, err, sizeof(err));
    }
    if (rule->act != VB_ACT_LINK_UP) {
        vb_link_parse(&net->down.link, rule->text, err, sizeof(err));
    }
}

void vb_net_follow(struct vb_net_peer *net, const struct vb_script_rule *rule, struct vb_conn *conn)
{
    switch (rule->act) {
    case VB_ACT_AP_DOWN:
        lose_ap(net, rule->time_us);
        break;
    case VB_ACT_AP_UP:
        vb_net_restore_ap(net);
        break;
    case VB_ACT_ADDRESS:
        vb_peer_dhcp_set_address(rule->number);
        break;
    case VB_ACT_LINK:
    case VB_ACT_LINK_UP:
    case VB_ACT_LINK_DOWN:
        change_link(net, rule);
        break;
    default:
        vb_server_act(&net->server, conn, rule, net->now_us);
        break;
    }
}

void vb_net_follow_time(struct vb_net_peer *net)
{
    const struct vb_script_rule *rule = vb_script_take(&net->script, VB_WHEN_TIME, net->now_us);
    if (rule != NULL) {
        vb_net_follow(net, rule, NULL);
    }
}

bool vb_net_follow_bytes(struct vb_net_peer *net)
{
    const struct vb_script_rule *rule =
        vb_script_take(&net->script, VB_WHEN_BYTES, net->server.body_bytes);
    if (rule != NULL) {
        vb_net_follow(net, rule, net->server.writer);
    }
    return rule != NULL;
}
