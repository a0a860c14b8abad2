/* SPDX-License-Identifier: Apache-2.0 */
/* Statements into pieces. A text's $() are sums, worked out when it is sent: of numbers, of the
 * lengths of files by their names, and of `from`, where the request's Range begins. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "liar.h"

static void die(const char *what, const char *object)
{
    fprintf(stderr, "liar: %s '%s'\n", what, object);
    abort();
}

/* --- sums --- */

static uint64_t term(const struct liar_conn *conn, const char **text)
{
    char *end;
    if (isdigit((unsigned char)**text)) {
        uint64_t n = strtoull(*text, &end, 10);
        *text = end;
        return n;
    }
    size_t len = strspn(*text, "abcdefghijklmnopqrstuvwxyz_0123456789");
    const char *name = *text;
    *text += len;
    if (len == 4 && memcmp(name, "from", 4) == 0) {
        return conn->range_from;
    }
    const struct liar_file *file = liar_find_file(conn->files, name, len);
    if (!file) {
        die("no number or file:", name);
    }
    return file->len;
}

/* From left to right, without precedence. */
static uint64_t sum(const struct liar_conn *conn, const char *text, const char *stop)
{
    uint64_t value = term(conn, &text);
    while (text < stop) {
        char op = *text++;
        uint64_t next = term(conn, &text);
        switch (op) {
        case '+':
            value += next;
            break;
        case '-':
            value -= next;
            break;
        case '*':
            value *= next;
            break;
        case '/':
            value /= next;
            break;
        default:
            die("no sum:", text - 1);
        }
    }
    return value;
}

uint64_t liar_sum(const struct liar_files *files, const char *text)
{
    const struct liar_conn conn = {.files = files};
    return sum(&conn, text, text + strlen(text));
}

/* The statement's text with its $() filled in. */
static void fill_in(struct liar_conn *conn, const struct liar_op *op)
{
    size_t n = 0;
    for (size_t i = 0; i < op->text_len; i++) {
        if (n + 24 > sizeof conn->text) {
            die("longer than a text may be:", op->text);
        }
        if (op->text[i] != '$' || op->text[i + 1] != '(') {
            conn->text[n++] = op->text[i];
            continue;
        }
        const char *begin = op->text + i + 2;
        const char *stop = strchr(begin, ')');
        if (!stop) {
            die("$( without ) in", op->text);
        }
        n += (size_t)snprintf(conn->text + n, sizeof conn->text - n, "%llu",
                              (unsigned long long)sum(conn, begin, stop));
        i = (size_t)(stop - op->text);
    }
    conn->piece = (const uint8_t *)conn->text;
    conn->piece_len = n;
}

/* --- the request --- */

void liar_begin(struct liar_conn *conn, const struct liar_case *c, const struct liar_files *files,
                unsigned number)
{
    memset(conn, 0, sizeof *conn);
    conn->files = files;
    conn->script = &c->script[number < c->n ? number : c->n - 1];
    conn->slice = LIAR_PIECE_MAX;
    conn->left = UINT64_MAX;
    conn->has_request = conn->script->is_early;
}

/* The value of a header, or NULL. */
static const char *header(const char *head, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = head; (at = strstr(at, "\r\n")) != NULL;) {
        at += 2;
        if (strncasecmp(at, name, len) == 0 && at[len] == ':') {
            return at + len + 1 + strspn(at + len + 1, " ");
        }
    }
    return NULL;
}

bool liar_hear(struct liar_conn *conn, const char *request, size_t len)
{
    char head[4096];
    if (len >= sizeof head || !memmem(request, len, "\r\n\r\n", 4)) {
        return false;
    }
    memcpy(head, request, len);
    head[len] = '\0';
    const char *range = header(head, "Range");
    const char *if_range = header(head, "If-Range");
    conn->has_request = true;
    if (range && strncasecmp(range, "bytes=", 6) == 0) {
        conn->has_range = true;
        conn->range_from = (uint32_t)strtoul(range + 6, NULL, 10);
    }
    if (if_range) {
        snprintf(conn->if_range, sizeof conn->if_range, "%.*s", (int)strcspn(if_range, "\r"),
                 if_range);
    }
    return true;
}

/* --- statements that take several pieces --- */

static void set_file(struct liar_conn *conn, const struct liar_op *op)
{
    const char *from_end = op->from + strlen(op->from);
    const char *to_end = op->to + strlen(op->to);
    conn->file_from = *op->from ? (size_t)sum(conn, op->from, from_end) : 0;
    conn->file_to = *op->to ? (size_t)sum(conn, op->to, to_end) : op->file->len;
    if (conn->file_from > conn->file_to || conn->file_to > op->file->len) {
        conn->file_from = conn->file_to = 0; /* a client that asks for nothing there gets nothing */
    }
}

static void give_file(struct liar_conn *conn, const struct liar_op *op, size_t len)
{
    conn->piece = op->file->bytes + conn->file_from;
    conn->piece_len = len;
    conn->file_from += len;
}

static bool next_body(struct liar_conn *conn, const struct liar_op *op)
{
    if (conn->phase++ > 0) {
        return false;
    }
    set_file(conn, op);
    give_file(conn, op, conn->file_to - conn->file_from);
    return true;
}

/* Size line, data, CRLF, and so on; the last chunk is the script's to send. */
static bool next_chunk(struct liar_conn *conn, const struct liar_op *op)
{
    if (conn->phase == 0) {
        set_file(conn, op);
    }
    size_t left = conn->file_to - conn->file_from;
    size_t len = left < op->count ? left : op->count;
    switch (conn->phase++ % 3) {
    case 0:
        if (left == 0) {
            return false;
        }
        conn->piece = (const uint8_t *)conn->text;
        conn->piece_len = (size_t)snprintf(conn->text, sizeof conn->text, "%zx\r\n", len);
        return true;
    case 1:
        give_file(conn, op, len);
        return true;
    default:
        conn->piece = (const uint8_t *)"\r\n";
        conn->piece_len = 2;
        return true;
    }
}

/* Ranges and If-Range as RFC 9110 has them. */
static bool next_honest(struct liar_conn *conn, const struct liar_op *op)
{
    bool is_same = !conn->if_range[0] || strcmp(conn->if_range, op->text) == 0;
    bool is_part = conn->has_range && is_same;
    if (conn->phase++ > 0) {
        bool is_first = conn->phase == 2;
        give_file(conn, op, is_first ? conn->file_to - conn->file_from : 0);
        return is_first;
    }
    bool is_beyond = is_part && conn->range_from >= op->file->len;
    conn->file_from = is_part && !is_beyond ? conn->range_from : 0;
    conn->file_to = is_beyond ? 0 : op->file->len;
    int n = snprintf(conn->text, sizeof conn->text,
                     "HTTP/1.1 %s\r\nETag: %s\r\nAccept-Ranges: bytes\r\nContent-Length: %zu\r\n",
                     is_beyond ? "416 Range Not Satisfiable"
                     : is_part ? "206 Partial Content"
                               : "200 OK",
                     op->text, conn->file_to - conn->file_from);
    if (is_part && !is_beyond) {
        n += sprintf(conn->text + n, "Content-Range: bytes %zu-%zu/%zu\r\n", conn->file_from,
                     conn->file_to - 1, op->file->len);
    }
    n += sprintf(conn->text + n, "\r\n");
    conn->piece = (const uint8_t *)conn->text;
    conn->piece_len = (size_t)n;
    return true;
}

static bool next_send(struct liar_conn *conn, const struct liar_op *op)
{
    if (conn->repeat == op->count) {
        return false;
    }
    conn->repeat++;
    fill_in(conn, op);
    return true;
}

/* The statement's next piece; false when it has no more. */
static bool next_piece(struct liar_conn *conn, const struct liar_op *op)
{
    switch (op->kind) {
    case LIAR_OP_SEND:
        return next_send(conn, op);
    case LIAR_OP_BODY:
        return next_body(conn, op);
    case LIAR_OP_CHUNKS:
        return next_chunk(conn, op);
    case LIAR_OP_HONEST:
        return next_honest(conn, op);
    default:
        return false;
    }
}

/* --- steps --- */

static void next_statement(struct liar_conn *conn)
{
    conn->at++;
    conn->phase = 0;
    conn->repeat = 0;
}

static void give_slice(struct liar_conn *conn, struct liar_step *step)
{
    size_t len = conn->piece_len < conn->slice ? conn->piece_len : conn->slice;
    if (conn->left == 0) {
        step->kind = LIAR_ENDS;
        step->end = conn->cut_end;
        return;
    }
    len = len < conn->left ? len : (size_t)conn->left;
    conn->left -= conn->left != UINT64_MAX ? len : 0;
    step->kind = LIAR_BYTES;
    step->bytes = conn->piece;
    step->len = len;
    step->pause_ms += conn->pace_ms;
    conn->piece += len;
    conn->piece_len -= len;
}

/* Goes on to the next bytes or the end; pauses on the way add up. */
static void go_on(struct liar_conn *conn, struct liar_step *step)
{
    for (; conn->at < conn->script->n; next_statement(conn)) {
        const struct liar_op *op = &conn->script->op[conn->at];
        if (op->kind == LIAR_OP_SLICE) {
            conn->slice = op->count;
        } else if (op->kind == LIAR_OP_PACE) {
            conn->pace_ms = op->count;
        } else if (op->kind == LIAR_OP_PAUSE) {
            step->pause_ms += op->count;
        } else if (op->kind == LIAR_OP_CUT) {
            conn->left = op->count;
            conn->cut_end = (enum liar_end)op->text[0];
        } else if (op->kind == LIAR_OP_END) {
            step->end = (enum liar_end)op->count;
            return;
        }
        while (next_piece(conn, op)) {
            if (conn->piece_len > 0) {
                give_slice(conn, step);
                return;
            }
        }
    }
}

void liar_next(struct liar_conn *conn, struct liar_step *step)
{
    memset(step, 0, sizeof *step);
    if (!conn->has_request) {
        step->kind = LIAR_WAIT;
        return;
    }
    if (conn->piece_len > 0) {
        give_slice(conn, step);
        return;
    }
    step->kind = LIAR_ENDS;
    step->end = LIAR_NOTIFY;
    go_on(conn, step);
}
