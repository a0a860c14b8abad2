/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to the peer's server. A head that is read must end where its empty line ends. */
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
    }
    free(text);
    return 0;
}
