/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "checks.h"
#include "esp8266/rom.h"
#include "esp_heap_caps.h"
#include "esp_ota_ops.h"
#include "esp_partition.h"
#include "esp_spi_flash.h"

/* Every alignment of address, memory and length, over a page's end. */
static void check_alignments(const esp_partition_t *p)
{
    uint8_t out[40], in[40];
    bool same = true;

    CHECK(esp_partition_erase_range(p, 0, 0x1000) == ESP_OK);
    for (unsigned i = 0; i < sizeof(out); i++) {
        out[i] = (uint8_t)(i * 7 + 1);
    }
    for (unsigned n = 0; n < 64; n++) {
        unsigned src = n & 3u, head = n >> 2 & 3u, len = 20u + (n >> 4);
        uint32_t off = 250u - 20u + n * 48u + head - (n * 48u & 3u);
        same = same && esp_partition_write(p, off, out + src, len) == ESP_OK;
        memset(in, 0, sizeof(in));
        same = same && esp_partition_read(p, off, in + 3 - src, len) == ESP_OK;
        same = same && memcmp(in + 3 - src, out + src, len) == 0;
    }
    CHECK(same);
}

static void check_errors(const esp_partition_t *p)
{
    uint32_t word = 0;
    size_t chip = spi_flash_get_chip_size();

    CHECK(chip == 0x400000);
    CHECK(esp_partition_read(p, p->size + 1, &word, 0) == ESP_ERR_INVALID_ARG);
    CHECK(esp_partition_read(p, p->size, &word, 4) == ESP_ERR_INVALID_SIZE);
    CHECK(esp_partition_write(p, 0xffffffff, &word, 4) == ESP_ERR_INVALID_ARG);
    CHECK(esp_partition_erase_range(p, 0, 100) == ESP_ERR_INVALID_SIZE);
    CHECK(esp_partition_erase_range(p, 4, 0x1000) == ESP_ERR_INVALID_ARG);
    CHECK(spi_flash_erase_range(1, 0x1000) == ESP_ERR_FLASH_OP_FAIL);
    CHECK(spi_flash_read(chip - 2, &word, 4) == ESP_ERR_INVALID_SIZE);
    CHECK(spi_flash_erase_sector(chip / 4096) == ESP_ERR_INVALID_SIZE);
}

static void check_partitions(void)
{
    unsigned n = 0;
    esp_partition_iterator_t it =
        esp_partition_find(ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_ANY, NULL);

    for (; it != NULL; it = esp_partition_next(it)) {
        n++;
    }
    CHECK(n == 3);
    CHECK(esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_ANY, "none") ==
          NULL);
    CHECK(get_ota_partition_count() == 2);
    CHECK(esp_ota_get_boot_partition() == esp_ota_get_running_partition());
    const esp_partition_t *next = esp_ota_get_next_update_partition(NULL);
    CHECK(next != NULL && next->subtype == ESP_PARTITION_SUBTYPE_APP_OTA_0);
    CHECK(esp_ota_get_next_update_partition(next)->subtype == ESP_PARTITION_SUBTYPE_APP_OTA_1);
}

static void check_ota_errors(void)
{
    const esp_partition_t *slot = esp_ota_get_next_update_partition(NULL);
    esp_ota_handle_t handle = 0;
    esp_partition_t wrong = *slot;

    CHECK(esp_ota_begin(NULL, 0, &handle) == ESP_ERR_INVALID_ARG);
    CHECK(esp_ota_begin(slot, 0, NULL) == ESP_ERR_INVALID_ARG);
    CHECK(esp_ota_begin(esp_ota_get_running_partition(), 0, &handle) == ESP_ERR_INVALID_ARG);
    wrong.address += 0x1000;
    CHECK(esp_ota_begin(&wrong, 0, &handle) == ESP_ERR_NOT_FOUND);
    CHECK(esp_ota_begin(slot, slot->size + 1, &handle) == ESP_ERR_INVALID_SIZE);
    CHECK(esp_ota_begin(slot, OTA_SIZE_UNKNOWN, &handle) == ESP_OK);
    CHECK(esp_ota_begin(esp_ota_get_next_update_partition(slot), 0, &handle) ==
          ESP_ERR_OTA_ALREADY_IN_PROGRESS);
    CHECK(esp_ota_set_boot_partition(slot) == ESP_ERR_OTA_ALREADY_IN_PROGRESS);
    CHECK(esp_ota_write(handle, NULL, 1) == ESP_ERR_INVALID_ARG);
    CHECK(esp_ota_write(handle + 1, "x", 1) == ESP_ERR_INVALID_ARG);
    CHECK(esp_ota_end(handle + 1) == ESP_ERR_NOT_FOUND);
    CHECK(esp_ota_end(handle) == ESP_ERR_INVALID_ARG);
    CHECK(esp_ota_begin(slot, 0, &handle) == ESP_OK);
    CHECK(esp_ota_write(handle, "<html>", 6) == ESP_ERR_OTA_VALIDATE_FAILED);
    CHECK(esp_ota_end(handle) == ESP_ERR_OTA_VALIDATE_FAILED);
    CHECK(esp_ota_abort(handle) == ESP_ERR_NOT_FOUND);
    CHECK(esp_ota_set_boot_partition(slot) == ESP_ERR_OTA_VALIDATE_FAILED);
}

static void check_descriptions(void)
{
    const esp_partition_t *running = esp_ota_get_running_partition();
    const esp_app_desc_t *mine = esp_ota_get_app_description();
    esp_app_desc_t read;
    uint8_t digest[32];
    char elf_digest[17];

    CHECK(strcmp(mine->project_name, "kernel") == 0);
    CHECK(esp_ota_get_partition_description(running, &read) == ESP_OK);
    CHECK(memcmp(&read, mine, sizeof(read)) == 0);
    CHECK(esp_ota_get_app_elf_sha256(elf_digest, sizeof(elf_digest)) == 16);
    CHECK(esp_partition_get_sha256(running, digest) == ESP_OK);
    CHECK(strcmp(esp_err_to_name(0x104), "ESP_ERR_INVALID_SIZE") == 0);
    CHECK(strcmp(esp_err_to_name(0x999999), "ERROR") == 0);
}

/* The heap reaches over the ROM's own variables; no function of the ROM that we call may miss them.
 */
static void check_full_heap(const esp_partition_t *p)
{
    size_t len = heap_caps_get_largest_free_block(MALLOC_CAP_8BIT);
    uint8_t *all = malloc(len);
    uint8_t digest[16], word[4] = {1, 2, 3, 4};
    struct rom_md5 md5;

    CHECK(all != NULL && (uint32_t)all + len > 0x3fffeb30u);
    memset(all, 0xa5, len);
    CHECK(esp_partition_erase_range(p, 0x1000, 0x1000) == ESP_OK);
    CHECK(esp_partition_write(p, 0x1000, word, 4) == ESP_OK);
    memset(word, 0, 4);
    CHECK(esp_partition_read(p, 0x1000, word, 4) == ESP_OK && word[3] == 4);
    MD5Init(&md5);
    MD5Update(&md5, "abc", 3);
    MD5Final(digest, &md5);
    CHECK(digest[0] == 0x90 && digest[15] == 0x72);
    bool kept = true;
    for (size_t i = 0; i < len; i++) {
        kept = kept && all[i] == 0xa5;
    }
    CHECK(kept);
    free(all);
}

void check_flash(void)
{
    const esp_partition_t *nvs =
        esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_NVS, NULL);

    CHECK(nvs != NULL);
    check_alignments(nvs);
    check_errors(nvs);
    check_partitions();
    check_ota_errors();
    check_descriptions();
    check_full_heap(nvs);
}
