/* SPDX-License-Identifier: Apache-2.0 */
/* NVS and power cuts: each program and erase of a long run of sets is torn once. After the reset
 * the value that was being written is the old or the new one, all others are as they were, and the
 * run goes on to its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "host_flash.h"
#include "nvs_store.h"

#define N_PAGES  3u
#define N_KEYS   6u
#define N_STEPS  90u /* enough for several moves of a page */
#define DATA_MAX 500u

struct value {
    bool is_set;
    uint8_t type;
    uint32_t len;
    uint8_t bytes[DATA_MAX];
};

static struct host_flash h;
static struct nvs_store store;
static uint8_t ns;
static struct value now[N_KEYS], next;

/* What step k sets: numbers, texts and blobs in turn, of lengths that do not repeat soon. */
static unsigned plan_step(unsigned k)
{
    memset(&next, 0, sizeof(next));
    next.is_set = k % 11 != 10; /* now and then a key is erased */
    next.type = k % 3 == 0 ? NVS_STORED_U32 : k % 3 == 1 ? NVS_STORED_STR : NVS_STORED_BLOB_DATA;
    next.len = k % 3 == 0 ? 4 : 1 + k * 37 % DATA_MAX;
    for (uint32_t i = 0; i < next.len; i++) {
        next.bytes[i] = (uint8_t)(k + i);
    }
    return k % N_KEYS;
}

static const char *key_name(unsigned key)
{
    static const char *const names[N_KEYS] = {"a", "b", "c", "d", "e", "f"};

    return names[key];
}

static esp_err_t apply(unsigned key)
{
    esp_err_t err;

    if (!next.is_set) {
        err = nvs_store_erase(&store, ns, key_name(key));
        return err == ESP_ERR_NVS_NOT_FOUND ? ESP_OK : err;
    }
    if (next.type == NVS_STORED_U32) {
        return nvs_store_set_number(&store, ns, key_name(key), next.type, next.bytes, next.len);
    }
    return nvs_store_set_data(&store, ns, key_name(key), next.type, next.bytes, next.len);
}

static bool holds(unsigned key, const struct value *value)
{
    uint8_t got[DATA_MAX];
    size_t len = sizeof(got);
    esp_err_t err;

    if (value->is_set && value->type == NVS_STORED_U32) {
        err = nvs_store_get_number(&store, ns, key_name(key), value->type, got, 4);
        len = 4;
    } else {
        uint8_t type = value->is_set ? value->type : NVS_STORED_BLOB_DATA;

        err = nvs_store_get_data(&store, ns, key_name(key), type, got, &len);
    }
    if (!value->is_set) {
        return err == ESP_ERR_NVS_NOT_FOUND;
    }
    return err == ESP_OK && len == value->len && memcmp(got, value->bytes, len) == 0;
}

static void start_again(void)
{
    assert_int_equal(nvs_store_init(&store, &h.flash), ESP_OK);
    assert_int_equal(nvs_store_namespace(&store, "cuts", true, &ns), ESP_OK);
}

static void check_all(unsigned cut, unsigned step, unsigned written)
{
    for (unsigned key = 0; key < N_KEYS; key++) {
        if (!holds(key, &now[key]) && !(key == written && holds(key, &next))) {
            fail_msg("replay: cut at operation %u, step %u: key '%s' is neither old nor new", cut,
                     step, key_name(key));
        }
    }
}

/* Runs all steps with one cut at the operation cut (0: none); returns whether it struck. */
static bool run(unsigned cut, unsigned *n_ops)
{
    bool struck = false;

    host_flash_init(&h, N_PAGES * NVS_PAGE_LEN);
    h.seed += cut * 2654435761u;
    memset(now, 0, sizeof(now));
    start_again();
    host_flash_plan(&h, cut ? HOST_FAULT_TORN : HOST_FAULT_NONE, cut, 0);
    for (unsigned step = 0; step < N_STEPS; step++) {
        unsigned key = plan_step(step);
        esp_err_t err = apply(key);

        if (h.is_off) {
            struck = true;
            host_flash_power_on(&h);
            start_again();
            check_all(cut, step, key);
            err = apply(key);
        }
        assert_int_equal(err, ESP_OK);
        now[key] = next;
        if (step % 16 == 0) {
            check_all(cut, step, key);
        }
    }
    start_again();
    check_all(cut, N_STEPS, N_KEYS);
    *n_ops = h.n_ops;
    assert_int_equal(h.n_misuses + h.n_set_bits, 0);
    host_flash_free(&h);
    return struck;
}

static void no_cut_harms(void **state)
{
    unsigned n_ops, n_cuts;

    (void)state;
    assert_false(run(0, &n_ops));
    n_cuts = n_ops;
    for (unsigned cut = 1; cut <= n_cuts; cut++) {
        assert_true(run(cut, &n_ops));
    }
    print_message("%u cuts\n", n_cuts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_cut_harms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
