/* SPDX-License-Identifier: Apache-2.0 */
#include "net_stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPEAK_US   500u /* the server's silence while the board is halted and forked */
#define REQUEST_MS 30000u
#define PIECE_MS   60000u

static bool begin(void *ctx, unsigned connection)
{
    struct net_stage *stage = ctx;
    struct liar_conn *conn = &stage->conn[connection % NET_STAGE_CONNS];
    if (!stage->c) {
        return true;
    }
    liar_begin(conn, stage->c, &stage->files, connection);
    return !conn->script->is_refused;
}

static int end_of(enum liar_end end)
{
    switch (end) {
    case LIAR_NOTIFY:
        return VB_PEER_FINISH;
    case LIAR_FIN:
        return VB_PEER_CLOSE;
    case LIAR_RESET:
        return VB_PEER_RESET;
    default:
        return VB_PEER_SILENCE;
    }
}

static void translate(struct net_stage *stage, const struct liar_step *from,
                      struct vb_peer_step *to)
{
    to->pause_us = from->pause_ms * UINT64_C(1000);
    to->bytes = from->bytes;
    to->len = from->len;
    to->kind = from->kind == LIAR_ENDS    ? (unsigned)end_of(from->end)
               : from->kind == LIAR_BYTES ? VB_PEER_SEND
                                          : VB_PEER_WAIT;
    stage->given += from->kind == LIAR_BYTES ? from->len : 0;
}

/* Nothing is said while the board is halted; it runs on for a moment until it notices. */
static bool is_halted(struct net_stage *stage, struct vb_peer_step *step)
{
    if (stage->c && (!stage->halts || stage->is_let_on)) {
        stage->is_let_on = false;
        return false;
    }
    stage->is_at_moment = true;
    step->kind = VB_PEER_SEND;
    step->pause_us = SPEAK_US;
    vb_board_stop(stage->lab.d.board);
    return true;
}

static void next(void *ctx, unsigned connection, const char *request, size_t len,
                 struct vb_peer_step *step)
{
    struct net_stage *stage = ctx;
    struct liar_conn *conn = &stage->conn[connection % NET_STAGE_CONNS];
    struct liar_step lie;
    memset(step, 0, sizeof *step);
    step->kind = VB_PEER_WAIT;
    bool has_head = memmem(request, len, "\r\n\r\n", 4) != NULL;
    if (connection == 0 && has_head && is_halted(stage, step)) {
        return;
    }
    if (connection == 0 && stage->is_cut) {
        step->kind = (unsigned)end_of(stage->cut_end);
        return;
    }
    if (stage->c && (conn->has_request || liar_hear(conn, request, len))) {
        liar_next(conn, &lie);
        translate(stage, &lie, step);
        stage->is_over |= connection == 0 && lie.kind == LIAR_ENDS;
    }
}

uint8_t *net_stage_read_file(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    long n = f && fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
    uint8_t *bytes = n >= 0 ? calloc(1, (size_t)n + 1) : NULL;
    bool ok = bytes && fseek(f, 0, SEEK_SET) == 0 && fread(bytes, 1, (size_t)n, f) == (size_t)n;
    if (f) {
        fclose(f);
    }
    if (!ok) {
        fprintf(stderr, "error: cannot read '%s'\n", path);
        exit(1);
    }
    *len = (size_t)n;
    return bytes;
}

void net_stage_open(struct net_stage *stage, const char *image_path)
{
    static struct vb_peer_author author;
    size_t len;
    memset(stage, 0, sizeof *stage);
    uint8_t *image = net_stage_read_file(image_path, &len);
    liar_files_make(&stage->files, image, len);
    free(image);
    author = (struct vb_peer_author){.begin = begin, .next = next, .ctx = stage};
    net_lab_open(&stage->lab, &(struct net_lab_config){.seed = 1, .author = &author});
    device_run(&stage->lab.d, NULL, REQUEST_MS);
    if (!stage->is_at_moment) {
        fprintf(stderr, "error: no request; console:\n%s\n", stage->lab.d.console);
        exit(1);
    }
    net_lab_mark(&stage->lab);
}

void net_stage_play(struct net_stage *stage, const struct liar_case *c)
{
    stage->c = c;
    liar_begin(&stage->conn[0], c, &stage->files, 0);
}

bool net_stage_step(struct net_stage *stage)
{
    stage->halts = true;
    stage->is_let_on = true;
    stage->is_at_moment = false;
    device_run(&stage->lab.d, NULL, PIECE_MS);
    return stage->is_at_moment && !stage->is_over;
}

void net_stage_cut(struct net_stage *stage, enum liar_end end)
{
    stage->is_cut = true;
    stage->cut_end = end;
    net_stage_go_on(stage);
}

void net_stage_go_on(struct net_stage *stage)
{
    stage->halts = false;
}
