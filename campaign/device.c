/* SPDX-License-Identifier: Apache-2.0 */
#include "device.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR 4096u

void cam_device_blame(struct cam_device *d, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(d->why, sizeof(d->why), format, args);
    va_end(args);
}

/* --- the console --- */

static bool ends_with(const struct cam_device *d, const char *text)
{
    size_t len = strlen(text);
    return memcmp(d->tail + sizeof(d->tail) - len, text, len) == 0;
}

static void on_uart_tx(void *ctx, unsigned uart, uint8_t byte)
{
    struct cam_device *d = ctx;
    if (uart != 0) {
        return;
    }
    memmove(d->tail, d->tail + 1, sizeof(d->tail) - 1);
    d->tail[sizeof(d->tail) - 1] = (char)byte;
    d->said_up = ends_with(d, d->scene->config->up);
    d->said_new = ends_with(d, d->scene->config->up_new);
    if (d->said_up || d->said_new) {
        memset(d->tail, 0, sizeof(d->tail));
        vb_board_stop(d->board);
    }
}

void cam_device_attach(struct cam_device *d, const struct cam_scene *scene, struct vb_board *board)
{
    *d = (struct cam_device){.scene = scene, .board = board};
    vb_board_set_output(board, on_uart_tx, NULL, d);
}

/* --- flash --- */

static const uint8_t *sector_before(const struct cam_device *d, uint32_t addr)
{
    return d->scene->config->board.flash + addr;
}

static bool is_inside(const struct cam_part *part, uint32_t addr)
{
    return part != NULL && addr - part->addr < part->size;
}

bool cam_device_is_untouched(struct cam_device *d)
{
    uint8_t now[SECTOR];
    const struct cam_scene *s = d->scene;
    for (uint32_t at = 0; at < s->config->board.flash_size; at += SECTOR) {
        if (is_inside(s->new_slot, at) || is_inside(s->otadata, at)) {
            continue;
        }
        if (!vb_board_read_flash(d->board, at, now, SECTOR) ||
            memcmp(now, sector_before(d, at), SECTOR) != 0) {
            const struct cam_part *part = cam_table_at(&s->table, at);
            cam_device_blame(d, "sector 0x%06x of %s has changed", at,
                             part != NULL ? part->label : "no partition");
            return false;
        }
    }
    return true;
}

bool cam_device_chose_new(struct cam_device *d)
{
    uint8_t records[2 * SECTOR];
    const struct cam_scene *s = d->scene;
    vb_board_read_flash(d->board, s->otadata->addr, records, sizeof(records));
    const struct cam_part *choice = cam_choice(&s->table, records);
    if (choice != s->new_slot) {
        cam_device_blame(d, "at the end the boot records name %s, not %s",
                         choice != NULL ? choice->label : "factory", s->new_slot->label);
        return false;
    }
    return true;
}

static uint64_t mix(uint64_t hash, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, bytes + i, sizeof(word));
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return hash;
}

static bool records_differ(const struct cam_device *d)
{
    uint8_t now[2 * SECTOR];
    uint32_t addr = d->scene->otadata->addr;
    vb_board_read_flash(d->board, addr, now, sizeof(now));
    return memcmp(now, sector_before(d, addr), sizeof(now)) != 0;
}

uint64_t cam_device_state(const struct cam_device *d)
{
    uint8_t now[SECTOR];
    uint64_t hash = 1;
    const struct cam_scene *s = d->scene;
    bool with_slot = records_differ(d);
    for (uint32_t at = 0; at < s->config->board.flash_size; at += SECTOR) {
        if (with_slot || !is_inside(s->new_slot, at)) {
            vb_board_read_flash(d->board, at, now, SECTOR);
            hash = mix(hash, now, SECTOR);
        }
    }
    return hash;
}

/* --- the verdict on a greeting --- */

/* The image in a slot must be complete and valid; the one that this slot held (or came to hold in
 * the reference run) byte for byte is what want says. */
static bool is_image(struct cam_device *d, const struct cam_part *slot,
                     const struct cam_image *want)
{
    struct cam_image image;
    uint8_t *bytes = malloc(slot->size);
    const char *problem = "out of memory";
    if (bytes != NULL && vb_board_read_flash(d->board, slot->addr, bytes, slot->size)) {
        problem = cam_image_check(bytes, slot->size, &image);
    }
    free(bytes);
    if (problem != NULL) {
        cam_device_blame(d, "what greets from %s is no valid image: %s", slot->label, problem);
        return false;
    }
    if (image.len != want->len || memcmp(image.digest, want->digest, sizeof(image.digest)) != 0) {
        cam_device_blame(d, "what greets from %s is another image", slot->label);
        return false;
    }
    return true;
}

static enum cam_event judge(struct cam_device *d)
{
    struct vb_stats stats;
    const struct cam_scene *s = d->scene;
    vb_board_get_stats(d->board, &stats);
    const struct cam_part *slot = cam_table_at(&s->table, stats.mapped_offset);
    if (slot == NULL || !vb_board_has_executed(d->board, slot->addr, slot->size)) {
        cam_device_blame(d, "the greeting comes from no slot");
        return CAM_BAD;
    }
    bool is_old = slot == s->old_slot || s->old_slot == NULL;
    if (is_old ? !d->said_up : !d->said_new) {
        cam_device_blame(d, "%s greets with the other image's words", slot->label);
        return CAM_BAD;
    }
    if (s->new_slot == NULL) {
        return is_old ? CAM_GREETED_OLD : CAM_GREETED_NEW;
    }
    if (!is_old && slot != s->new_slot) {
        cam_device_blame(d, "%s greets, which is neither the old slot nor the new", slot->label);
        return CAM_BAD;
    }
    if (!is_image(d, slot, is_old ? &s->old_image : &s->new_image)) {
        return CAM_BAD;
    }
    return is_old ? CAM_GREETED_OLD : CAM_GREETED_NEW;
}

enum cam_event cam_device_run(struct cam_device *d)
{
    struct vb_stats stats;
    vb_board_get_stats(d->board, &stats);
    d->said_up = d->said_new = false;
    switch (vb_board_run(d->board, stats.virtual_us + d->scene->limit_us)) {
    case VB_STOP_REQUEST:
        return d->said_up || d->said_new ? judge(d) : CAM_HELD;
    case VB_STOP_CUT:
        return CAM_CUT;
    case VB_STOP_TIME:
    case VB_STOP_DEAD:
        return CAM_QUIET;
    default:
        cam_device_blame(d, "the board stopped: %s", vb_board_message(d->board));
        return CAM_BAD;
    }
}
