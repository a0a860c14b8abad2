/* SPDX-License-Identifier: Apache-2.0 */
/* Connections that end: after each byte of the answer's head, after each KB of a large body, and at
 * each frame on the air. The server is honest before and afterwards. */
#include <stdio.h>
#include <stdlib.h>

#include "net_campaign.h"
#include "net_stage.h"

#define LARGE_IMAGE "tests/firmware/padded/build/padded.bin"
#define WITHIN_MS   300000u
#define HEAD_EVERY  25u
#define BODY_EVERY  127u
#define FRAME_EVERY 13u

static const char *const end_names[] = {"notify", "fin", "reset", "stall"};

static struct net_stage stage;

/* An honest server that speaks in pieces: head_slice bytes of the head at a time, then kilobytes.
 */
static const struct liar_case *honest_case(const char *text)
{
    static struct liar_table table;
    char err[128];
    if (!liar_parse(&table, text, &stage.files, err, sizeof err)) {
        fprintf(stderr, "error: %s\n", err);
        exit(1);
    }
    return &table.cases[0];
}

#define HONEST_SLICES(n) "case honest\n  slice " #n "\n  honest\n  expect installed\n"

/* Two heads, and what may be fetched twice. */
#define HEADS_MAX 600u
#define TWICE_MAX 4096u

static void end_here(const struct campaign *c, unsigned n, unsigned kind)
{
    char what[80];
    uint64_t at = stage.given;
    net_stage_cut(&stage, (enum liar_end)kind);
    snprintf(what, sizeof what, "%s after %u bytes", end_names[kind], (unsigned)at);
    size_t len = liar_find_file(&stage.files, "image", 5)->len;
    campaign_conclude(c, n, &stage.lab,
                      &(struct campaign_want){.within_ms = WITHIN_MS,
                                              .wire = &stage.given,
                                              .wire_max = len + HEADS_MAX + TWICE_MAX},
                      what);
}

/* At each byte all four ends; in a sample one of them in turn. */
void campaign_head(struct campaign *c)
{
    unsigned n = CAMPAIGN_FIRST_CASE;
    net_stage_open(&stage, NET_LAB_IMAGE);
    net_stage_play(&stage, honest_case(HONEST_SLICES(1)));
    size_t image_len = liar_find_file(&stage.files, "image", 5)->len;
    size_t head_len = SIZE_MAX;
    for (bool more = true; more && stage.given <= head_len; more = net_stage_step(&stage)) {
        for (unsigned kind = 0; kind < 4; kind++, n++) {
            if (campaign_takes(c, n, HEAD_EVERY) && net_lab_fork()) {
                end_here(c, n, kind);
            }
        }
        /* The player turns to the body when the head has gone. */
        if (head_len == SIZE_MAX && stage.conn[0].file_from == image_len) {
            head_len = stage.given - 1;
        }
    }
}

void campaign_body(struct campaign *c)
{
    unsigned n = CAMPAIGN_FIRST_CASE;
    net_stage_open(&stage, LARGE_IMAGE);
    net_stage_play(&stage, honest_case(HONEST_SLICES(1024)));
    for (bool more = true; more; more = net_stage_step(&stage), n++) {
        if (campaign_takes(c, n, BODY_EVERY) && net_lab_fork()) {
            end_here(c, n, n % 4);
        }
    }
}

/* --- frames --- */

static bool has_frame;

static void on_frame(void *ctx, bool is_sent, const uint8_t *frame, size_t len, uint64_t time_ns)
{
    (void)is_sent;
    (void)frame;
    (void)len;
    (void)time_ns;
    has_frame = true;
    vb_board_stop(((struct net_lab *)ctx)->d.board);
}

static void strike(struct net_lab *lab, const char *action)
{
    char err[128];
    vb_board_set_tap(lab->d.board, NULL, NULL);
    if (!vb_net_peer_act(lab->net, action, err, sizeof err)) {
        fprintf(stderr, "error: %s\n", err);
        exit(1);
    }
}

/* True while the first update is under way. */
static bool next_frame(struct net_lab *lab)
{
    has_frame = false;
    device_run(&lab->d, NULL, 10000);
    return has_frame && device_stats(&lab->d).resets == lab->at_mark.resets;
}

void campaign_segment(struct campaign *c)
{
    static const char *const actions[] = {"reset", "close"};
    static struct net_lab lab;
    unsigned n = CAMPAIGN_FIRST_CASE;
    net_lab_open(&lab, &(struct net_lab_config){.seed = 1});
    device_run(&lab.d, "Starting OTA...", 30000);
    net_lab_mark(&lab);
    vb_board_set_tap(lab.d.board, on_frame, &lab);
    for (unsigned frame = 1; next_frame(&lab); frame++) {
        for (unsigned k = 0; k < 2; k++, n++) {
            if (campaign_takes(c, n, FRAME_EVERY) && net_lab_fork()) {
                char what[80];
                snprintf(what, sizeof what, "%s at frame %u", actions[k], frame);
                strike(&lab, actions[k]);
                campaign_conclude(c, n, &lab, &(struct campaign_want){.within_ms = WITHIN_MS},
                                  what);
            }
        }
    }
}
