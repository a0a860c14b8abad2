/* SPDX-License-Identifier: Apache-2.0 */
/* A handful of the TLS cases on the device itself: lx106 code, its own clock and heap, lwIP below,
 * the server in virtual time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tls_certs.h"
#include "tls_device.h"

#define HOST        "10.0.2.2"
#define FULL_MAX    90000000u
#define RESUMED_MAX 1000000u
#define DAY_S       86400

static X509 *root, *stranger, *leaf, *other_leaf, *middle, *low_leaf, *rsa_leaf;
static X509 *short_leaf; /* valid from 10 to 20 days after now */
static int64_t now_s;
static struct tls_device_result r;

static X509 *make(struct tls_cert_spec spec, enum tls_key kind, unsigned key, X509 *issuer,
                  unsigned issuer_key)
{
    return tls_certs_make(&spec, tls_certs_key(kind, key), now_s, issuer,
                          issuer != NULL ? tls_certs_key(TLS_KEY_P256, issuer_key) : NULL);
}

static int make_certs(void **state)
{
    (void)state;
    struct tls_cert_spec ca = {.name = "root", .basic = "critical, CA:TRUE"};
    struct tls_cert_spec server = {.name = "server", .san = "IP:" HOST};
    now_s = time(NULL);
    root = make(ca, TLS_KEY_P256, 0, NULL, 0);
    ca.name = "stranger";
    stranger = make(ca, TLS_KEY_P256, 1, NULL, 0);
    ca.name = "middle";
    middle = make(ca, TLS_KEY_P256, 1, root, 0);
    leaf = make(server, TLS_KEY_P256, 2, root, 0);
    low_leaf = make(server, TLS_KEY_P256, 2, middle, 1);
    rsa_leaf = make(server, TLS_KEY_RSA2048, 0, NULL, 0);
    server.from_day = 10;
    server.to_day = 20;
    short_leaf = make(server, TLS_KEY_P256, 2, root, 0);
    other_leaf = make((struct tls_cert_spec){.name = "server", .san = "DNS:other.example"},
                      TLS_KEY_P256, 2, root, 0);
    return 0;
}

static int free_certs(void **state)
{
    (void)state;
    X509 *all[] = {root, stranger, leaf, other_leaf, middle, low_leaf, rsa_leaf, short_leaf};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        X509_free(all[i]);
    }
    tls_certs_free_keys();
    return 0;
}

static struct tls_device_run served(X509 *x509)
{
    return (struct tls_device_run){
        .chain = {x509}, .key = tls_certs_key(TLS_KEY_P256, 2), .trusted = {root}};
}

static void printed(const char *text)
{
    if (!r.has_ended || strstr(r.console, text) == NULL) {
        printf("%s\n", r.console);
        fail_msg("console lacks '%s'", text);
    }
}

static void refused(struct tls_device_run run, const char *text)
{
    tls_device_run(&run, &r);
    printed(text);
    printed("connected 0x8010");
}

static void accepted(struct tls_device_run run)
{
    tls_device_run(&run, &r);
    printed("connected 0x0 full");
}

static void the_second_connection_costs_a_hundredth(void **state)
{
    (void)state;
    struct tls_device_run run = served(leaf);
    run.count = 3;
    accepted(run);
    printed("connected 0x0 resumed");
    assert_int_equal(r.n_opens, 3);
    assert_int_equal(r.connections, 3);
    for (unsigned i = 0; i < r.n_opens; i++) {
        printf("connection %u: %llu instructions, %.1f ms\n", i + 1,
               (unsigned long long)r.instructions[i], (double)r.microseconds[i] / 1e3);
    }
    assert_in_range(r.instructions[0], 0, FULL_MAX);
    assert_in_range(r.instructions[1], 0, RESUMED_MAX);
    assert_in_range(r.instructions[2], 0, RESUMED_MAX);
    unsigned before, after;
    const char *heap = strstr(r.console, "heap ");
    assert_int_equal(sscanf(heap, "heap %u before, %u after", &before, &after), 2);
    assert_in_range(before - after, 0, 700); /* the session that is kept */
}

static void an_intermediate(void **state)
{
    (void)state;
    struct tls_device_run run = served(low_leaf);
    run.chain[1] = middle;
    accepted(run);
}

static void rsa_pinned_itself(void **state)
{
    (void)state;
    accepted((struct tls_device_run){
        .chain = {rsa_leaf}, .key = tls_certs_key(TLS_KEY_RSA2048, 0), .trusted = {rsa_leaf}});
}

static void two_anchors(void **state)
{
    (void)state;
    struct tls_device_run run = served(leaf);
    run.trusted[0] = stranger;
    run.trusted[1] = root;
    accepted(run);
}

static void another_authority(void **state)
{
    (void)state;
    struct tls_device_run run = served(leaf);
    run.trusted[0] = stranger;
    refused(run,
            "another authority than the given CA; embed the server's ca_cert.pem and build again, "
            "or have it send the chain up to it (missing: root)");
}

static void a_missing_intermediate(void **state)
{
    (void)state;
    refused(served(low_leaf), "(missing: middle)");
}

static void another_name(void **state)
{
    (void)state;
    refused(served(other_leaf), "for another name (other.example), not for " HOST);
}

static void dates_count_when_the_time_is_known(void **state)
{
    (void)state;
    struct tls_device_run run = served(short_leaf);
    accepted(run);
    printed("set 0");
    run.date_s = now_s + 15 * DAY_S;
    accepted(run);
    printed("set 1");
    run.date_s = now_s + 5 * DAY_S;
    refused(run, "is not valid yet; check the device's clock");
    run.date_s = now_s + 25 * DAY_S;
    refused(run, "has expired; renew it");
}

static void a_time_before_the_build_is_no_time(void **state)
{
    (void)state;
    struct tls_device_run run = served(leaf);
    run.date_s = 1000000000;
    accepted(run);
    printed("settimeofday -1");
    long build_s = 0;
    assert_int_equal(sscanf(strstr(r.console, "build "), "build %ld", &build_s), 1);
    assert_in_range(now_s - build_s, 0, 365 * (int64_t)DAY_S);
}

static void a_time_server_is_asked(void **state)
{
    (void)state;
    struct tls_device_run run = served(short_leaf);
    run.date_s = -1;
    run.server_s = now_s + 15 * DAY_S;
    accepted(run);
    printed("sntp 0x0\r");
    printed("set 1");
    long device_s = 0;
    assert_int_equal(sscanf(strstr(r.console, " now "), " now %ld", &device_s), 1);
    assert_in_range(device_s - run.server_s, 0, 2);
    run.server_s = now_s + 25 * DAY_S;
    refused(run, "has expired; renew it");
}

static void a_time_server_that_lies_or_is_silent_changes_nothing(void **state)
{
    (void)state;
    struct tls_device_run run = served(short_leaf);
    run.date_s = -1;
    accepted(run);
    printed("sntp 0x107");
    printed("set 0");
    run.server_s = 1000000000;
    accepted(run);
    printed("is before this program was built: not taken; ask another server");
    printed("set 0");
}

static void other_versions_and_no_tls(void **state)
{
    (void)state;
    struct tls_device_run run = served(leaf);
    run.script = "tls 1.3\n";
    refused(run, "the server refuses TLS 1.2, alert 70 (protocol_version); enable it there");
    run.script = NULL;
    run.chain[0] = NULL;
    tls_device_run(&run, &r);
    printed("in plain http; give the port on which it speaks https");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_second_connection_costs_a_hundredth),
        cmocka_unit_test(an_intermediate),
        cmocka_unit_test(rsa_pinned_itself),
        cmocka_unit_test(two_anchors),
        cmocka_unit_test(another_authority),
        cmocka_unit_test(a_missing_intermediate),
        cmocka_unit_test(another_name),
        cmocka_unit_test(dates_count_when_the_time_is_known),
        cmocka_unit_test(a_time_before_the_build_is_no_time),
        cmocka_unit_test(a_time_server_is_asked),
        cmocka_unit_test(a_time_server_that_lies_or_is_silent_changes_nothing),
        cmocka_unit_test(other_versions_and_no_tls),
    };
    return cmocka_run_group_tests(tests, make_certs, free_certs);
}
