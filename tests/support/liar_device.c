/* SPDX-License-Identifier: Apache-2.0 */
/* The device's flash and its verdict; the transport is another object's. */
#include "liar_device.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "airslot/format.h"
#include "asl_table.h"
#include "esp_https_ota.h"
#include "esp_ota_ops.h"
#include "esp_spi_flash.h"
#include "fake_device.h"
#include "liar_transport.h"

#define FLASH_SIZE   0x400000u
#define FACTORY_ADDR 0x10000u
#define OTADATA_ADDR 0xd000u
#define OTADATA_LEN  0x2000u
#define URL          "https://10.0.2.2:8070/hello_world.bin"

static struct host_flash chip;
static uint8_t *pristine;
static const struct liar_files *served;
static jmp_buf too_long;

/* --- what the components ask of the flash driver --- */

const struct asl_flash *esp_flash_port(void)
{
    return &chip.flash;
}

size_t spi_flash_get_chip_size(void)
{
    return FLASH_SIZE;
}

uintptr_t spi_flash_cache2phys(const void *cached)
{
    (void)cached;
    return FACTORY_ADDR;
}

static esp_err_t told(enum asl_err err)
{
    return err == ASL_OK ? ESP_OK : ESP_ERR_FLASH_OP_FAIL;
}

esp_err_t spi_flash_read(size_t src, void *dest, size_t size)
{
    return told(chip.flash.read(chip.flash.ctx, (uint32_t)src, dest, (uint32_t)size));
}

esp_err_t spi_flash_write(size_t dest, const void *src, size_t size)
{
    return told(chip.flash.program(chip.flash.ctx, (uint32_t)dest, src, (uint32_t)size));
}

esp_err_t spi_flash_erase_range(size_t start, size_t size)
{
    esp_err_t err = ESP_OK;
    for (size_t off = 0; err == ESP_OK && off < size; off += SPI_FLASH_SEC_SIZE) {
        err = told(chip.flash.erase(chip.flash.ctx, (uint32_t)(start + off)));
    }
    return err;
}

/* What the running program says of itself stands in its image on a chip. */
const esp_app_desc_t *esp_ota_get_app_description(void)
{
    static const esp_app_desc_t own = {
        .magic_word = ESP_APP_DESC_MAGIC_WORD, .version = "0.9", .project_name = "updater"};
    return &own;
}

/* --- the device --- */

static void write_table(uint8_t *flash)
{
    static const struct asl_partition entries[] = {
        {.type = 1, .subtype = 2, .addr = 0x9000, .size = 0x4000, .label = "nvs"},
        {.type = 1, .subtype = 0, .addr = OTADATA_ADDR, .size = OTADATA_LEN, .label = "otadata"},
        {.type = 0, .subtype = 0, .addr = FACTORY_ADDR, .size = LIAR_SLOT_SIZE, .label = "factory"},
        {.type = 0, .subtype = 16, .addr = 0x110000, .size = LIAR_SLOT_SIZE, .label = "ota_0"},
        {.type = 0, .subtype = 17, .addr = 0x210000, .size = LIAR_SLOT_SIZE, .label = "ota_1"},
    };
    if (asl_table_build(entries, 5, false, flash + ASL_TABLE_ADDR) != ASL_OK) {
        abort();
    }
}

/* Slots and data partitions hold what must not change; the slot to update holds an old image. */
static void fill_flash(void)
{
    const struct liar_file *image = liar_find_file(served, "image", 5);
    for (uint32_t i = 0; i < FLASH_SIZE; i++) {
        pristine[i] = (uint8_t)(i * 31 + (i >> 12));
    }
    memset(pristine + OTADATA_ADDR, 0xff, OTADATA_LEN);
    write_table(pristine);
    memcpy(pristine + FACTORY_ADDR, image->bytes, image->len);
}

void liar_device_start(const struct liar_files *files)
{
    served = files;
    host_flash_init(&chip, FLASH_SIZE);
    pristine = malloc(FLASH_SIZE);
    if (!pristine) {
        abort();
    }
    fill_flash();
}

void liar_device_stop(void)
{
    host_flash_free(&chip);
    free(pristine);
}

static void power_on(void)
{
    memcpy(chip.bytes, pristine, FLASH_SIZE);
    memset(chip.n_page_programs, 0, FLASH_SIZE / ASL_PAGE_SIZE);
    memset(chip.n_page_programs + LIAR_SLOT_ADDR / ASL_PAGE_SIZE, 1,
           LIAR_SLOT_SIZE / ASL_PAGE_SIZE);
    host_flash_plan(&chip, HOST_FAULT_NONE, 0, 0);
    chip.n_programs = chip.n_erases = chip.n_reprograms = chip.n_set_bits = chip.n_misuses = 0;
    fake_device_reset();
}

static void give_up(void)
{
    longjmp(too_long, 1);
}

static esp_err_t update(const struct liar_case *c)
{
    const esp_http_client_config_t http = {
        .url = URL, .cert_pem = liar_transport_ca(), .username = c->user, .password = c->password};
    return esp_https_ota(&http);
}

/* --- the verdict --- */

static bool same(uint32_t from, uint32_t to)
{
    return memcmp(chip.bytes + from, pristine + from, to - from) == 0;
}

static bool kept_others(bool may_select)
{
    return same(0, OTADATA_ADDR) &&
           (may_select || same(OTADATA_ADDR, OTADATA_ADDR + OTADATA_LEN)) &&
           same(OTADATA_ADDR + OTADATA_LEN, LIAR_SLOT_ADDR) &&
           same(LIAR_SLOT_ADDR + LIAR_SLOT_SIZE, FLASH_SIZE);
}

static void judge(struct liar_outcome *out)
{
    const struct liar_file *image = liar_find_file(served, "image", 5);
    const esp_partition_t *boot = esp_ota_get_boot_partition();
    out->took_ms = fake_now_ms();
    out->n_erases = chip.n_erases;
    out->n_programs = chip.n_programs;
    out->kept_others = kept_others(out->err == ESP_OK);
    out->is_selected = boot && boot->address == LIAR_SLOT_ADDR;
    out->holds_image = memcmp(chip.bytes + LIAR_SLOT_ADDR, image->bytes, image->len) == 0;
    out->broke_flash = chip.n_set_bits > 0 || chip.n_misuses > 0 || chip.n_reprograms > 0;
    out->connects = liar_transport_connects();
    out->still_open = liar_transport_open_connections();
    out->requests = liar_transport_requests();
    out->body_bytes = liar_transport_given();
}

void liar_device_update(const struct liar_case *c, struct liar_outcome *out)
{
    memset(out, 0, sizeof *out);
    power_on();
    liar_transport_start(c, served, give_up);
    if (setjmp(too_long) == 0) {
        out->err = update(c);
    } else {
        out->err = ESP_FAIL;
        out->is_endless = true;
    }
    liar_transport_stop();
    judge(out);
}
