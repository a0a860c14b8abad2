/* SPDX-License-Identifier: Apache-2.0 */
/* The descriptor of this program and the room of its signed claims. They stand in flash, first in
 * the image, and take words only. */
#include <stddef.h>

#include "airslot/format.h"
#include "esp_ota_ops.h"
#include "ota_owner.h"
#include "sdkconfig.h"

#ifdef CONFIG_APP_COMPILE_TIME_DATE
#define BUILD_TIME __TIME__
#define BUILD_DATE __DATE__
#else
#define BUILD_TIME ""
#define BUILD_DATE ""
#endif

_Static_assert(sizeof(esp_app_desc_t) == 256, "the descriptor has a fixed size");
_Static_assert(offsetof(esp_app_desc_t, app_elf_sha256) == 144, "tools fill in the ELF's digest");
_Static_assert(sizeof(PROJECT_VER) <= 32, "PROJECT_VER is too long: 31 characters");
_Static_assert(sizeof(PROJECT_NAME) <= 32, "PROJECT_NAME is too long: 31 characters");

/* Weak: the reference links nothing. It is the call's address in programs that make it, else 0. */
#pragma weak esp_ota_mark_app_valid_cancel_rollback

const esp_app_desc_t esp_app_desc __attribute__((section(".rodata_desc"))) = {
    .magic_word = ESP_APP_DESC_MAGIC_WORD,
    .reserv1 = {(uint32_t)esp_ota_mark_app_valid_cancel_rollback},
    .secure_version = CONFIG_BOOTLOADER_APP_SECURE_VERSION,
    .version = PROJECT_VER,
    .project_name = PROJECT_NAME,
    .time = BUILD_TIME,
    .date = BUILD_DATE,
    .idf_ver = "v3.4-airslot",
};

/* Erased in every build, so that an image is signed without being linked again. */
static const uint32_t asl_claims_room[ASL_CLAIMS_LEN / 4u] __attribute__((
    section(".rodata_claims"), used)) = {[0 ... ASL_CLAIMS_LEN / 4u - 1u] = 0xffffffffu};

void ota_own_claims(uint32_t raw[ASL_CLAIMS_LEN / 4u])
{
    const volatile uint32_t *room = asl_claims_room;

    for (size_t i = 0; i < ASL_CLAIMS_LEN / 4u; i++) {
        raw[i] = room[i];
    }
}

const esp_app_desc_t *esp_ota_get_app_description(void)
{
    static union {
        esp_app_desc_t desc;
        uint32_t words[sizeof(esp_app_desc_t) / 4u];
    } copy;
    const volatile uint32_t *words = (const volatile uint32_t *)&esp_app_desc;

    if (copy.desc.magic_word != ESP_APP_DESC_MAGIC_WORD) {
        for (size_t i = 0; i < sizeof(copy.words) / sizeof(copy.words[0]); i++) {
            copy.words[i] = words[i];
        }
    }
    return &copy.desc;
}

int esp_ota_get_app_elf_sha256(char *dst, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *digest = esp_ota_get_app_description()->app_elf_sha256;
    size_t n = 0;

    if (dst == NULL || size == 0) {
        return 0;
    }
    for (; n + 1 < size && n < 64; n++) {
        dst[n] = digits[n % 2 == 0 ? digest[n / 2] >> 4 : digest[n / 2] & 15];
    }
    dst[n] = '\0';
    return (int)n;
}
