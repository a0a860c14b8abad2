/* SPDX-License-Identifier: Apache-2.0 */
/* See peer_answer.h. */
#include "peer_answer.h"

#include <stdio.h>
#include <string.h>

/* A short body that says the status in words. */
static void set_status_body(struct vb_conn *conn, unsigned status)
{
    const char *reason = vb_http_reason(status);
    conn->body = (struct vb_body){(const uint8_t *)reason, strlen(reason), NULL};
}

/* A name for these bytes: FNV-1a over them. */
static void make_etag(const struct vb_body *body, char etag[VB_HTTP_ETAG + 1])
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < body->len; i++) {
        hash = (hash ^ body->bytes[i]) * UINT64_C(0x100000001b3);
    }
    snprintf(etag, VB_HTTP_ETAG + 1, "\"%016llx\"", (unsigned long long)hash);
}

/* Finds the file and which part of it is asked for. */
static void choose_body(struct vb_conn *conn, const struct vb_http_request *request,
                        struct vb_http_answer *answer, char etag[VB_HTTP_ETAG + 1])
{
    uint64_t from, end;
    if (request->method == VB_HTTP_OTHER) {
        answer->status = 405;
        return;
    }
    if (!vb_peer_files_find(&conn->server->files, request->path, &conn->body)) {
        answer->status = 404;
        return;
    }
    make_etag(&conn->body, etag);
    answer->etag = etag;
    answer->total = conn->body.len;
    answer->status = vb_http_choose_range(request, etag, conn->body.len, &from, &end);
    answer->from = from;
    conn->body_at = (size_t)from;
    conn->body.len = (size_t)end;
}

static bool has_file(const struct vb_http_answer *answer)
{
    return answer->status == 200 || answer->status == 206;
}

static void apply_script(struct vb_conn *conn, struct vb_http_answer *answer)
{
    struct vb_server *server = conn->server;
    const struct vb_script_rule *rule;
    rule = vb_script_answer(server->script, server->n_requests, VB_ACT_STATUS);
    if (rule != NULL) {
        answer->status = rule->number;
    }
    rule = vb_script_answer(server->script, server->n_requests, VB_ACT_REDIRECT);
    if (rule != NULL) {
        answer->status = 302;
        answer->location = rule->text;
    }
    if (!has_file(answer)) {
        vb_body_free(&conn->body);
        set_status_body(conn, answer->status);
        answer->etag = NULL;
        conn->body_at = 0;
    }
    answer->length = conn->body.len - conn->body_at;
    rule = vb_script_answer(server->script, server->n_requests, VB_ACT_LENGTH);
    if (rule != NULL) {
        answer->length = rule->number;
        answer->keeps_open = false; /* the client cannot know where the next answer begins */
    }
}

void vb_peer_answer(struct vb_conn *conn, const struct vb_http_request *request, bool is_readable)
{
    char head[1024], etag[VB_HTTP_ETAG + 1];
    conn->server->n_requests++;
    conn->body_at = 0;
    struct vb_http_answer answer = {
        .status = 400,
        .keeps_open = is_readable && request->method != VB_HTTP_OTHER && request->keeps_open,
    };
    if (is_readable) {
        choose_body(conn, request, &answer, etag);
    }
    apply_script(conn, &answer);
    size_t len = vb_http_write(head, sizeof(head), &answer);
    conn->must_reset |= !vb_channel_write(conn->channel, (const uint8_t *)head, len);
    if (is_readable && request->method == VB_HTTP_HEAD_METHOD) {
        vb_body_free(&conn->body);
        conn->body_at = 0;
    }
    conn->is_answering = true;
    conn->keeps_open = answer.keeps_open;
}
