/* SPDX-License-Identifier: Apache-2.0 */
/* Every reason has words, the frequent ones name their cure, and no buffer is too small. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "esp_wifi_reason.h"
#include "esp_wifi_types.h"

static char text[128];

static const char *words(uint8_t reason)
{
    memset(text, 'x', sizeof(text));
    esp_wifi_reason_to_text(reason, text, sizeof(text));
    assert_non_null(memchr(text, '\0', sizeof(text)));
    return text;
}

static void every_reason_has_words(void **state)
{
    (void)state;
    for (unsigned reason = 0; reason < 256; reason++) {
        assert_true(strlen(words((uint8_t)reason)) > 20);
    }
}

static void frequent_reasons_name_their_cure(void **state)
{
    (void)state;
    assert_non_null(strstr(words(WIFI_REASON_NO_AP_FOUND), "check the SSID"));
    assert_non_null(strstr(words(WIFI_REASON_4WAY_HANDSHAKE_TIMEOUT), "check the password"));
    assert_non_null(strstr(words(WIFI_REASON_HANDSHAKE_TIMEOUT), "check the password"));
    assert_non_null(strstr(words(WIFI_REASON_BEACON_TIMEOUT), "power"));
    assert_non_null(strstr(words(WIFI_REASON_CIPHER_SUITE_REJECTED), "WPA2"));
}

static void unknown_reasons_say_so(void **state)
{
    (void)state;
    assert_non_null(strstr(words(0), "not known"));
    assert_non_null(strstr(words(150), "not known"));
    assert_non_null(strstr(words(255), "not known"));
}

static void small_buffers_cut_the_text(void **state)
{
    (void)state;
    for (size_t len = 1; len < 100; len++) {
        memset(text, 'x', sizeof(text));
        esp_wifi_reason_to_text(WIFI_REASON_NO_AP_FOUND, text, len);
        assert_true(strlen(text) < len);
        assert_int_equal(text[len], 'x');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reason_has_words),
        cmocka_unit_test(frequent_reasons_name_their_cure),
        cmocka_unit_test(unknown_reasons_say_so),
        cmocka_unit_test(small_buffers_cut_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
