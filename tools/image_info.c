/* SPDX-License-Identifier: Apache-2.0 */
#include "image_info.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "airslot/bytes.h"
#include "asl_err.h"
#include "default_map.h"
#include "image_claims.h"
#include "image_make.h"

bool image_is_rom(const struct bytes *file)
{
    struct asl_segment first;

    if (file->len < ASL_IMAGE_HEADER_LEN + ASL_IMAGE_SEGMENT_HEADER_LEN) {
        return false;
    }
    asl_segment_parse(file->data + ASL_IMAGE_HEADER_LEN, ASL_IMAGE_HEADER_LEN, &first);
    return asl_segment_check_rom(&first) == ASL_OK;
}

/* Where in its 1 MiB window the image expects to stand. */
static uint32_t link_offset(const struct asl_image_info *info)
{
    return info->segment[0].vaddr % ASL_WINDOW_LEN - ASL_IMAGE_DESC_OFF;
}

void image_inspect(const struct bytes *file, bool for_rom, struct image_report *report)
{
    const struct asl_image_rules rules = {
        .max_len = (uint32_t)file->len, .exact_len = true, .for_rom = for_rom};
    struct asl_image_verifier v;

    report->for_rom = for_rom;
    report->file_len = file->len;
    asl_image_verifier_init(&v, &rules);
    asl_image_verifier_feed(&v, file->data, (uint32_t)file->len);
    report->err = asl_image_verifier_finish(&v, &report->info);
    if (report->err == ASL_OK && !for_rom && link_offset(&report->info) % ASL_SECTOR_SIZE != 0) {
        report->err = ASL_ERR_IMAGE_LINK;
    }
    report->claims_err = ASL_ERR_CLAIMS_MISSING;
    if (report->err == ASL_OK && !for_rom) {
        report->claims_err = image_read_claims(file, &report->claims);
    }
}

static const char *hash_state(const struct image_report *report)
{
    if (report->info.has_hash) {
        return "valid";
    }
    return report->err == ASL_ERR_IMAGE_NO_HASH ? "missing"
           : report->err == ASL_ERR_IMAGE_HASH  ? "wrong"
                                                : "not reached";
}

static const char *memory_name(uint32_t vaddr)
{
    const struct asl_segment segment = {.vaddr = vaddr};

    return asl_segment_is_flash(&segment)          ? "flash"
           : vaddr - ASL_IRAM_VADDR < ASL_IRAM_LEN ? "iram"
           : vaddr - ASL_DRAM_VADDR < ASL_DRAM_LEN ? "dram"
           : vaddr - ASL_RTC_VADDR < ASL_RTC_LEN   ? "rtc"
                                                   : "nowhere";
}

/* Segments that were reached: those with an offset. */
static uint32_t n_reached(const struct asl_image_info *info)
{
    uint32_t n = 0;

    while (n < info->header.n_segments && info->segment[n].off != 0) {
        n++;
    }
    return n;
}

/* Calls visit for every slot of the default map that the image is linked for and fits. */
static void each_default_slot(const struct asl_image_info *info,
                              void (*visit)(void *ctx, const char *label), void *ctx)
{
    uint8_t raw[ASL_TABLE_LEN];
    uint32_t n = default_map_build(raw);

    for (uint32_t i = 0; i < n; i++) {
        struct asl_partition p;
        asl_table_get(raw, i, &p);
        if (asl_partition_is_slot(&p) && p.addr % ASL_WINDOW_LEN == link_offset(info) &&
            info->total_len <= p.size) {
            visit(ctx, p.label);
        }
    }
}

static void print_slot(void *ctx, const char *label)
{
    int *n = ctx;

    printf("%s%s", (*n)++ == 0 ? " " : ", ", label);
}

static void print_descriptor(const struct asl_app_desc *desc)
{
    if (!desc->present) {
        printf("descriptor:  none\n");
        return;
    }
    printf("project:     %s\n", desc->project_name);
    printf("version:     %s\n", desc->version);
    printf("built:       %s %s with %s\n", desc->date, desc->time, desc->idf_ver);
    printf("security:    version %u\n", desc->secure_version);
    printf("confirm:     %s\n", desc->confirm_ref != 0
                                    ? "can confirm: the image starts on trial"
                                    : "no trial: the image links no confirm call");
}

static void print_segments(const struct asl_image_info *info)
{
    uint32_t n = n_reached(info);

    printf("segments:    %u\n", info->header.n_segments);
    for (uint32_t i = 0; i < n; i++) {
        const struct asl_segment *s = &info->segment[i];
        printf("  %2u: vaddr 0x%08x  length 0x%05x (%7u)  file offset 0x%05x  %s\n", i, s->vaddr,
               s->len, s->len, s->off, memory_name(s->vaddr));
    }
}

static void print_link(const struct asl_image_info *info)
{
    int n = 0;

    printf("linked for:  offset 0x%x of a 1 MiB window; of the default map:", link_offset(info));
    each_default_slot(info, print_slot, &n);
    printf("%s\n", n == 0 ? " no slot" : "");
}

void image_print_text(const char *path, const struct image_report *report)
{
    const struct asl_image_info *info = &report->info;
    char hex[2 * ASL_IMAGE_HASH_LEN + 1], size[24];
    uint32_t flash_size = image_flash_size_of(info->header.spi_size, report->for_rom);

    printf("file:        %s, %zu bytes\n", path, report->file_len);
    if (info->header.n_segments != 0) {
        printf("kind:        %s\n",
               report->for_rom ? "bootloader (loaded by the mask ROM)" : "application (version 3)");
        printf("entry:       0x%08x\n", info->header.entry);
        printf("flash:       %s, %s, %s\n", image_flash_mode_name(info->header.spi_mode),
               image_flash_freq_name(info->header.spi_speed),
               flash_size != 0 ? io_size_text(flash_size, size) : "size ?");
        print_segments(info);
    }
    if (info->len != 0) {
        printf("length:      %u bytes, with hash %u\n", info->len, info->len + ASL_IMAGE_HASH_LEN);
        printf("checksum:    0x%02x, %s\n", info->checksum,
               report->err == ASL_ERR_IMAGE_CHECKSUM ? "wrong" : "valid");
        printf("SHA-256:     %s, %s\n", io_hex(info->hash, sizeof(info->hash), hex),
               hash_state(report));
    }
    if (!report->for_rom && n_reached(info) > 0) {
        print_descriptor(&info->desc);
        image_print_claims(report->claims_err, &report->claims);
        print_link(info);
    }
    printf("verdict:     %s\n", report->err == ASL_OK ? "good" : asl_err_text(report->err));
}

static json_t *json_segments(const struct asl_image_info *info)
{
    json_t *list = json_array();
    uint32_t n = n_reached(info);

    for (uint32_t i = 0; i < n; i++) {
        const struct asl_segment *s = &info->segment[i];
        json_array_append_new(list, json_pack("{s:I,s:I,s:I,s:s}", "vaddr", (json_int_t)s->vaddr,
                                              "length", (json_int_t)s->len, "offset",
                                              (json_int_t)s->off, "memory", memory_name(s->vaddr)));
    }
    return list;
}

static json_t *json_text(const char *text)
{
    json_t *value = json_string(text);

    /* Descriptor texts are whatever bytes the file has. */
    return value != NULL ? value : json_string("(not UTF-8)");
}

static json_t *json_descriptor(const struct asl_app_desc *desc)
{
    if (!desc->present) {
        return json_null();
    }
    return json_pack("{s:o,s:o,s:o,s:o,s:o,s:I,s:b}", "project_name", json_text(desc->project_name),
                     "version", json_text(desc->version), "date", json_text(desc->date), "time",
                     json_text(desc->time), "idf_version", json_text(desc->idf_ver),
                     "secure_version", (json_int_t)desc->secure_version, "can_confirm",
                     desc->confirm_ref != 0);
}

static void append_slot(void *ctx, const char *label)
{
    json_array_append_new(ctx, json_string(label));
}

static json_t *json_link(const struct image_report *report)
{
    if (report->for_rom || n_reached(&report->info) == 0) {
        return json_null();
    }
    json_t *slots = json_array();
    each_default_slot(&report->info, append_slot, slots);
    return json_pack("{s:I,s:o}", "window_offset", (json_int_t)link_offset(&report->info),
                     "default_slots", slots);
}

void image_print_json(const char *path, const struct image_report *report)
{
    const struct asl_image_info *info = &report->info;
    char hex[2 * ASL_IMAGE_HASH_LEN + 1];
    json_t *root = json_pack(
        "{s:o,s:I,s:s,s:b,s:s,s:I,s:s,s:s,s:I,s:o,s:I,s:I,s:s,s:s,s:o,s:o,s:o}", "file",
        json_text(path), "file_length", (json_int_t)report->file_len, "kind",
        report->for_rom ? "bootloader" : "application", "good", report->err == ASL_OK, "verdict",
        asl_err_name(report->err), "entry", (json_int_t)info->header.entry, "flash_mode",
        image_flash_mode_name(info->header.spi_mode), "flash_freq",
        image_flash_freq_name(info->header.spi_speed), "flash_size",
        (json_int_t)image_flash_size_of(info->header.spi_size, report->for_rom), "segments",
        json_segments(info), "length", (json_int_t)info->len, "checksum",
        (json_int_t)info->checksum, "sha256",
        info->len != 0 ? io_hex(info->hash, sizeof(info->hash), hex) : "", "sha256_state",
        hash_state(report), "descriptor", json_descriptor(&info->desc), "signed",
        image_json_claims(report->claims_err, &report->claims), "link", json_link(report));

    json_dumpf(root, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(root);
}
