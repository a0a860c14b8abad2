/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the head of every answer and the body of those that are no file. Content-Length is always
 * there: a device can check sizes before its first erase. */
#include "reply.h"

#include <event2/buffer.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "listing.h"
#include "range.h"

struct entity {
    const char *type;
    const struct srv_file *file; /* source of ETag and Last-Modified; NULL: none */
    uint64_t len;
    const struct srv_range *part; /* with 206: what of the file; NULL: all of it */
};

static const char *type_of(const char *path)
{
    static const char *const types[][2] = {
        {".html", "text/html; charset=utf-8"},
        {".txt", "text/plain; charset=utf-8"},
        {".pem", "application/x-pem-file"},
        {".json", "application/json"},
        {".svg", "image/svg+xml"},
    };
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof types / sizeof types[0]; i++) {
        if (strcasecmp(dot, types[i][0]) == 0) {
            return types[i][1];
        }
    }
    return "application/octet-stream";
}

static void format_date(time_t t, char date[40])
{
    struct tm tm;
    strftime(date, 40, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&t, &tm));
}

static bool add_head(struct srv_reply *r, const struct entity *entity)
{
    char date[40], etag[SRV_ETAG_MAX];
    format_date(time(NULL), date);
    evbuffer_add_printf(r->out, "HTTP/1.1 %u %s\r\nDate: %s\r\nServer: airslot\r\n", r->status,
                        srv_http_reason(r->status), date);
    if (entity->type) {
        evbuffer_add_printf(r->out,
                            "Content-Type: %s\r\nX-Content-Type-Options: nosniff\r\n"
                            "Content-Length: %" PRIu64 "\r\n",
                            entity->type, entity->len);
    }
    if (entity->file) {
        srv_file_etag(entity->file, etag);
        format_date(entity->file->modified.tv_sec, date);
        evbuffer_add_printf(r->out, "ETag: %s\r\nLast-Modified: %s\r\nAccept-Ranges: bytes\r\n",
                            etag, date);
    }
    if (entity->part) {
        evbuffer_add_printf(r->out, "Content-Range: bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64 "\r\n",
                            entity->part->first, entity->part->first + entity->part->len - 1,
                            entity->file->size);
    }
    if (r->status == 416) {
        evbuffer_add_printf(r->out, "Content-Range: bytes */%" PRIu64 "\r\n", r->file_size);
    }
    if (r->status == 405) {
        evbuffer_add_printf(r->out, "Allow: GET, HEAD\r\n");
    }
    int last = evbuffer_add_printf(r->out, "Connection: %s\r\n\r\n",
                                   r->keep_alive ? "keep-alive" : "close");
    r->head_len = evbuffer_get_length(r->out);
    return last > 0;
}

/* An answer whose body is a short text or page in memory; moves body into the reply. */
static bool reply_with(struct srv_reply *r, const char *type, struct evbuffer *body, bool is_head)
{
    struct entity entity = {.type = type, .len = evbuffer_get_length(body)};
    if (!add_head(r, &entity)) {
        return false;
    }
    if (is_head) {
        return true;
    }
    r->body_len = entity.len;
    return evbuffer_add_buffer(r->out, body) == 0;
}

static bool reply_error(struct srv_reply *r, unsigned status, bool is_head)
{
    struct evbuffer *body = evbuffer_new();
    r->status = status;
    /* After an error the next byte may belong to a body or to anything: only a clean 403, 404,
     * 405 or 416 leaves the stream in step. */
    r->keep_alive =
        r->keep_alive && (status == 403 || status == 404 || status == 405 || status == 416);
    bool ok = body && evbuffer_add_printf(body, "%u %s\n", status, srv_http_reason(status)) > 0 &&
              reply_with(r, "text/plain; charset=utf-8", body, is_head);
    if (body) {
        evbuffer_free(body);
    }
    return ok;
}

static bool reply_listing(struct srv_reply *r, int root_fd, const struct srv_file *dir,
                          const struct srv_request *request)
{
    struct evbuffer *body = evbuffer_new();
    r->status = 200;
    bool ok = body && srv_listing_write(body, root_fd, dir, request->path) &&
              reply_with(r, "text/html; charset=utf-8", body, request->is_head);
    if (body) {
        evbuffer_free(body);
    }
    return ok;
}

static bool reply_file(struct srv_reply *r, struct srv_file *file,
                       const struct srv_request *request)
{
    char etag[SRV_ETAG_MAX];
    struct srv_range part = {0, file->size};
    srv_file_etag(file, etag);
    r->file_size = file->size;
    r->status = 200;
    if (srv_http_etag_matches(request->if_none_match, etag)) {
        r->status = 304;
    } else if (!request->is_head) {
        r->status = srv_range_choose(request->range, request->if_range, etag, file->size, &part);
    }
    if (r->status == 416) {
        return reply_error(r, 416, false);
    }
    struct entity entity = {
        .type = r->status == 304 ? NULL : type_of(request->path),
        .file = file,
        .len = part.len,
        .part = r->status == 206 ? &part : NULL,
    };
    if (!add_head(r, &entity)) {
        return false;
    }
    if (r->status != 304 && !request->is_head) {
        r->file = *file;
        r->file_from = part.first;
        r->body_len = part.len;
        file->fd = -1;
    }
    return true;
}

static bool reply_path(struct srv_reply *r, int root_fd, const struct srv_request *request)
{
    struct srv_file file;
    unsigned status = srv_file_open(root_fd, request->path, &file);
    if (status) {
        return reply_error(r, status, request->is_head);
    }
    bool ok =
        file.is_dir ? reply_listing(r, root_fd, &file, request) : reply_file(r, &file, request);
    srv_file_close(&file);
    return ok;
}

bool srv_reply_make(int root_fd, const struct srv_request *request, unsigned status,
                    struct srv_reply *out)
{
    *out = (struct srv_reply){
        .out = evbuffer_new(),
        .file = {.fd = -1},
        .keep_alive = request->keep_alive,
    };
    bool ok = out->out && (status ? reply_error(out, status, request->is_head)
                                  : reply_path(out, root_fd, request));
    if (!ok) {
        srv_reply_clear(out);
    }
    return ok;
}

void srv_reply_clear(struct srv_reply *reply)
{
    srv_file_close(&reply->file);
    if (reply->out) {
        evbuffer_free(reply->out);
        reply->out = NULL;
    }
}
