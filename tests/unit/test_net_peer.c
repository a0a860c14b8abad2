/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual network without a board, with sanitizers: addresses, names, the plain HTTP server and
 * what a script does to it. The process has one network, so the cases share it. */
#include "check.h"
#include "frame_client.h"
#include "vb_net_peer.h"

#define IP_DEVICE 0x0a00020fu
#define IP_SERVER 0x0a000202u

static const char script[] = "name update.test\n"
                             "request 6 redirect http://update.test/x\n"
                             "request 7 status 503\n"
                             "request 8 length 99999\n"
                             "after 200000 bytes stall 7s\n"
                             "after 250000 bytes close\n"
                             "after 300000 bytes reset\n"
                             "at 1000s ap down 5s\n";

static struct vb_net_peer *net;
static uint8_t big[60000];
static const struct vb_peer_file files[] = {{"/small", (const uint8_t *)"hello", 5},
                                            {"/big", big, sizeof(big)}};

static int set_up(void **state)
{
    char err[256];
    struct vb_net_peer_config config = {
        .seed = 1,
        .port = 80,
        .root = "tests/unit",
        .files = files,
        .n_files = COUNT(files),
        .script = script,
        .ap = {{.ssid = "a"}, {.ssid = "b"}},
        .n_aps = 2,
    };
    (void)state;
    for (size_t i = 0; i < sizeof(big); i++) {
        big[i] = (uint8_t)(i * 7 + (i >> 8));
    }
    net = vb_net_peer_new(&config, err, sizeof(err));
    if (net == NULL) {
        fprintf(stderr, "%s\n", err);
        return -1;
    }
    frame_client_init(vb_net_peer_backend(net));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    vb_net_peer_free(net);
    return 0;
}

static struct vb_net_peer_stats stats(void)
{
    struct vb_net_peer_stats out;
    vb_net_peer_get_stats(net, &out);
    return out;
}

static size_t received(char *text, size_t size)
{
    size_t len;
    const uint8_t *bytes = frame_client_received(&len);
    size_t n = len < size - 1 ? len : size - 1;
    memcpy(text, bytes, n);
    text[n] = '\0';
    return len;
}

static void ask(const char *head)
{
    frame_client_send(head, strlen(head));
}

/* The body of the answer, which ends what was received. */
static const uint8_t *body(size_t *len)
{
    size_t all;
    const uint8_t *bytes = frame_client_received(&all);
    const uint8_t *end = memmem(bytes, all, "\r\n\r\n", 4);
    assert_non_null(end);
    *len = all - (size_t)(end + 4 - bytes);
    return end + 4;
}

static void a_process_has_one_network(void **state)
{
    (void)state;
    char err[128] = "";
    assert_null(vb_net_peer_new(&(struct vb_net_peer_config){.seed = 2}, err, sizeof(err)));
    assert_string_equal(err, "this process has had its network in virtual time");
}

static void the_device_gets_its_address(void **state)
{
    (void)state;
    uint32_t ip;
    assert_int_equal(frame_client_dhcp(1, 0, &ip), 2);
    assert_true(ip == IP_DEVICE);
    assert_int_equal(frame_client_dhcp(3, IP_DEVICE, &ip), 5);
    assert_true(ip == IP_DEVICE);
    assert_int_equal(frame_client_dhcp(3, IP_DEVICE + 1, &ip), 6); /* refused */
    assert_int_equal(frame_client_dhcp(7, 0, &ip), 0);             /* a release */
}

static void known_names_are_the_server(void **state)
{
    (void)state;
    uint32_t ip;
    assert_int_equal(frame_client_dns("update.test", 1, &ip), 0);
    assert_true(ip == IP_SERVER);
    assert_int_equal(frame_client_dns("UPDATE.test", 1, &ip), 0);
    assert_true(ip == IP_SERVER);
    assert_int_equal(frame_client_dns("update.test", 28, &ip), 0); /* no IPv6 */
    assert_true(ip == 0);
    assert_int_equal(frame_client_dns("other.test", 1, &ip), 3);
}

/* Requests 1 to 4 on one connection. */
static void a_connection_carries_several_requests(void **state)
{
    (void)state;
    char text[2048];
    size_t len;
    assert_false(frame_client_connect(81));
    assert_true(frame_client_connect(80));
    ask("GET /small HTTP/1.1\r\nHost: x\r\n\r\nHEAD /big HTTP/1.1\r\n\r\nGET /no");
    ask("ne HTTP/1.1\r\n\r\n");
    len = received(text, sizeof(text));
    assert_string_equal(text, "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
                              "Content-Length: 5\r\nETag: \"a430d84680aabd0b\"\r\n"
                              "Accept-Ranges: bytes\r\n\r\nhello"
                              "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
                              "Content-Length: 60000\r\nETag: \"5035ac9ce7c35f05\"\r\n"
                              "Accept-Ranges: bytes\r\n\r\n"
                              "HTTP/1.1 404 Not Found\r\n"
                              "Content-Type: application/octet-stream\r\n"
                              "Content-Length: 9\r\n\r\nNot Found");
    ask("GET /../unit/test_net_peer.c HTTP/1.1\r\nConnection: close\r\n\r\n");
    assert_true(received(text, sizeof(text)) > len);
    assert_non_null(strstr(text + len, "404 Not Found"));
    assert_true(frame_client_got_fin());
    assert_int_equal(stats().requests, 4);
}

/* Request 5. */
static void files_come_from_the_folder(void **state)
{
    (void)state;
    size_t len;
    assert_true(frame_client_connect(80));
    ask("GET /test_net_peer.c?x HTTP/1.1\r\n\r\n");
    const uint8_t *bytes = body(&len);
    assert_true(len > 1000 && memcmp(bytes, "/* SPDX", 7) == 0);
}

/* Requests 6 to 9, the last one no request at all. */
static void answers_follow_the_script(void **state)
{
    (void)state;
    char text[512];
    assert_true(frame_client_connect(80));
    ask("GET /small HTTP/1.1\r\n\r\n");
    received(text, sizeof(text));
    assert_non_null(strstr(text, "302 Found\r\n"));
    assert_non_null(strstr(text, "Location: http://update.test/x\r\n"));
    assert_true(frame_client_connect(80));
    ask("GET /small HTTP/1.1\r\n\r\n");
    received(text, sizeof(text));
    assert_non_null(strstr(text, "503 Service Unavailable\r\n"));
    assert_true(frame_client_connect(80));
    ask("GET /small HTTP/1.1\r\n\r\n");
    received(text, sizeof(text));
    assert_non_null(strstr(text, "Content-Length: 99999\r\n"));
    assert_true(frame_client_got_fin());
    assert_true(frame_client_connect(80));
    ask("\x16\x03\x01 nonsense");
    received(text, sizeof(text));
    assert_non_null(strstr(text, "400 Bad Request\r\n"));
    assert_true(frame_client_got_fin());
}

static void get_big(void)
{
    size_t len;
    assert_true(frame_client_connect(80));
    ask("GET /big HTTP/1.1\r\n\r\n");
    frame_client_run(2000000);
    const uint8_t *bytes = body(&len);
    assert_true(len <= sizeof(big));
    assert_memory_equal(bytes, big, len);
}

static void byte_counts_are_met_exactly(void **state)
{
    (void)state;
    size_t len;
    while (stats().body_bytes + sizeof(big) < 200000) {
        get_big();
        body(&len);
        assert_int_equal(len, sizeof(big));
    }
    uint64_t before = stats().body_bytes;
    get_big(); /* stalls at 200000 */
    body(&len);
    assert_int_equal(stats().body_bytes, 200000);
    assert_int_equal(len, 200000 - before);
    frame_client_run(8000000);
    body(&len);
    assert_int_equal(stats().body_bytes,
                     before + sizeof(big) < 250000 ? before + sizeof(big) : 250000);
    assert_int_equal(len, stats().body_bytes - before);
    while (stats().body_bytes < 250000) {
        get_big(); /* the last one is closed */
    }
    assert_true(frame_client_got_fin());
    assert_false(frame_client_got_reset());
    while (stats().body_bytes < 300000) {
        get_big();
    }
    assert_true(frame_client_got_reset());
    assert_int_equal(stats().body_bytes, 300000);
}

/* The rest of a file, if it is still the file of this name. */
static void parts_of_files_are_served(void **state)
{
    (void)state;
    char text[512];
    assert_true(frame_client_connect(80));
    ask("GET /small HTTP/1.1\r\nRange: bytes=2-\r\nIf-Range: \"a430d84680aabd0b\"\r\n\r\n");
    received(text, sizeof(text));
    assert_non_null(strstr(text, "206 Partial Content\r\n"));
    assert_non_null(strstr(text, "Content-Length: 3\r\nContent-Range: bytes 2-4/5\r\n"));
    assert_string_equal(strstr(text, "\r\n\r\n"), "\r\n\r\nllo");
    assert_true(frame_client_connect(80));
    ask("GET /small HTTP/1.1\r\nRange: bytes=5-\r\n\r\n");
    received(text, sizeof(text));
    assert_non_null(strstr(text, "416 Range Not Satisfiable\r\n"));
    assert_non_null(strstr(text, "Content-Range: bytes */5\r\n"));
}

static void access_points_come_and_go(void **state)
{
    (void)state;
    uint32_t ip;
    assert_int_equal(frame_client_aps(), -1);
    frame_client_run(1000500000u - frame_client_now());
    assert_int_equal(frame_client_aps(), 0);
    assert_int_equal(frame_client_dns("update.test", 1, &ip), -1);
    frame_client_run(3000000);
    assert_int_equal(frame_client_aps(), 2);
    assert_int_equal(frame_client_dns("update.test", 1, &ip), 0);
}

/* Nothing is left that would keep a sleeping board awake. */
static void an_idle_network_wants_nothing(void **state)
{
    (void)state;
    const struct vb_net *backend = vb_net_peer_backend(net);
    frame_client_run(400000000);
    assert_true(backend->next_us(backend->ctx) == UINT64_MAX);
    assert_false(backend->is_open(backend->ctx));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_has_one_network),
        cmocka_unit_test(the_device_gets_its_address),
        cmocka_unit_test(known_names_are_the_server),
        cmocka_unit_test(a_connection_carries_several_requests),
        cmocka_unit_test(files_come_from_the_folder),
        cmocka_unit_test(answers_follow_the_script),
        cmocka_unit_test(byte_counts_are_met_exactly),
        cmocka_unit_test(parts_of_files_are_served),
        cmocka_unit_test(access_points_come_and_go),
        cmocka_unit_test(an_idle_network_wants_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
