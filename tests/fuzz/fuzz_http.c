/* SPDX-License-Identifier: Apache-2.0 */
/* Response heads and bodies from hostile servers. The first byte chooses how the rest is cut into
 * reads; whatever the cut, the result must be the same as without one. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http_body.h"
#include "http_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
    esp_err_t err;
    bool head_done;
    bool body_done;
    size_t body_len;
    uint32_t sum; /* of the body's bytes, by place */
};

static void require(bool ok)
{
    if (!ok) {
        abort();
    }
}

static void feed_body(struct outcome *o, struct http_body *body, const char *data, size_t len)
{
    while (len > 0 && o->err == ESP_OK && !body->done) {
        size_t used, n;
        const char *piece;
        o->err = http_body_feed(body, data, len, &used, &piece, &n);
        require(used <= len && (n == 0 || (piece >= data && piece + n <= data + len)));
        for (size_t i = 0; i < n; i++) {
            o->sum = o->sum * 31 + (uint8_t)piece[i];
        }
        o->body_len += n;
        data += used;
        len -= used;
    }
    o->body_done = body->done;
}

static struct outcome run(const uint8_t *data, size_t size, size_t step)
{
    static struct http_head head;
    struct http_body body = {0};
    struct outcome o = {0};
    http_head_init(&head);
    for (size_t at = 0; at < size && o.err == ESP_OK; at += step) {
        size_t len = size - at < step ? size - at : step;
        char *piece = malloc(len);
        memcpy(piece, data + at, len);
        size_t taken = 0;
        while (taken < len && o.err == ESP_OK && !o.head_done) {
            size_t used;
            enum http_head_step what;
            o.err = http_head_feed(&head, piece + taken, len - taken, &used, &what);
            require(used > 0 && used <= len - taken);
            taken += used;
            if (o.err == ESP_OK && what == HTTP_HEAD_FIELD) {
                require(strlen(head.name) > 0 && strlen(head.value) < HTTP_LINE_LEN);
            }
            if (o.err == ESP_OK && what == HTTP_HEAD_DONE) {
                o.head_done = true;
                http_body_init(&body, &head, false);
                o.body_done = body.done;
            }
        }
        if (o.err == ESP_OK && o.head_done) {
            feed_body(&o, &body, piece + taken, len - taken);
        }
        free(piece);
    }
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    struct outcome whole = run(data + 1, size - 1, size - 1);
    struct outcome cut = run(data + 1, size - 1, (size_t)(data[0] % 64) + 1);
    require(whole.err == cut.err && whole.head_done == cut.head_done &&
            whole.body_done == cut.body_done && whole.body_len == cut.body_len &&
            whole.sum == cut.sum);
    return 0;
}
