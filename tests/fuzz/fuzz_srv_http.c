/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to the HTTPS server. A head ends once and stays ended; whatever it holds is answered
 * with a known status or names a path below the root. */
#include <string.h>

#include "fuzz.h"
#include "http.h"

static void check_path(const char *path)
{
    size_t len = strlen(path);
    require(path[0] == '/' && len < SRV_PATH_MAX);
    require(!strstr(path, "//") && !strstr(path, "/../") && !strstr(path, "/./"));
    require(len < 3 || strcmp(path + len - 3, "/..") != 0);
    for (size_t i = 0; i < len; i++) {
        require((unsigned char)path[i] >= 0x20 && path[i] != 0x7f);
    }
}

static void check_shown(const struct srv_request *request)
{
    require(memchr(request->method, '\0', sizeof request->method) != NULL);
    require(memchr(request->shown, '\0', sizeof request->shown) != NULL);
    for (const char *c = request->shown; *c; c++) {
        require(*c > 0x20 && *c < 0x7f);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *head = (const char *)data;
    struct srv_request request;
    size_t head_len = srv_http_head_len(head, size);

    require(head_len <= size);
    require(head_len == 0 || (srv_http_head_len(head, head_len) == head_len &&
                              srv_http_head_len(head, head_len - 1) == 0));
    unsigned status = srv_http_parse(head, head_len ? head_len : size, &request);
    check_shown(&request);
    if (status == 0) {
        check_path(request.path);
        require(strcmp(request.method, request.is_head ? "HEAD" : "GET") == 0);
        (void)srv_http_etag_matches(request.if_none_match, "\"a-1\"");
    } else {
        require(strcmp(srv_http_reason(status), "Error") != 0);
    }
    return 0;
}
