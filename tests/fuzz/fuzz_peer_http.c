/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to the peer's server. A head that is read must end where its empty line ends, and the
 * head of its answer fits. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "peer_http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
    if (!ok) {
        abort();
    }
}

static void answer(unsigned status, uint64_t from, uint64_t end)
{
    const struct vb_http_answer head = {.status = status,
                                        .from = from,
                                        .length = end - from,
                                        .total = 1000,
                                        .etag = "\"t\"",
                                        .location = from % 2 != 0 ? "/elsewhere" : NULL,
                                        .keeps_open = end % 2 != 0};
    char out[512];
    size_t n = vb_http_write(out, sizeof(out), &head);
    require(n > 4 && n < sizeof(out) && memcmp(out + n - 4, "\r\n\r\n", 4) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct vb_http_request request;
    char *text = malloc(size > 0 ? size : 1);
    memcpy(text, data, size);
    int used = vb_http_parse(text, size, &request);
    require(used >= -1 && used <= (int)size && used <= (int)VB_HTTP_HEAD);
    if (used > 0) {
        require(memcmp(text + used - 4, "\r\n\r\n", 4) == 0);
        require(request.path[0] == '/' && strlen(request.path) <= VB_HTTP_PATH);
        uint64_t from, end;
        unsigned status = vb_http_choose_range(&request, "\"t\"", 1000, &from, &end);
        require(from <= end && end <= 1000 && (status != 206 || from < end));
        answer(status, from, end);
    }
    free(text);
    return 0;
}
