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
    const struct cam_config *config = d->scene->config;
    if (uart != 0) {
        return;
    }
    memmove(d->tail, d->tail + 1, sizeof(d->tail) - 1);
    d->tail[sizeof(d->tail) - 1] = (char)byte;
    d->said_refused = d->said_refused || (config->refused != NULL && ends_with(d, config->refused));
    d->said_up = ends_with(d, config->up);
    d->said_goal = ends_with(d, config->goal);
    if (d->said_up || d->said_goal) {
        memset(d->tail, 0, sizeof(d->tail));
        vb_board_stop(d->board);
    }
}

void cam_device_attach(struct cam_device *d, const struct cam_scene *scene, struct vb_board *board)
{
    *d = (struct cam_device){.scene = scene, .board = board};
    vb_board_set_output(board, on_uart_tx, NULL, d);
}

bool cam_device_fork(struct cam_device *to, const struct cam_device *from)
{
    *to = *from;
    to->board = vb_board_fork(from->board);
    if (to->board != NULL) {
        vb_board_set_output(to->board, on_uart_tx, NULL, to);
    }
    return to->board != NULL;
}

/* --- flash --- */

static bool is_inside(const struct cam_part *part, uint32_t addr)
{
    return part != NULL && addr - part->addr < part->size;
}

static const struct cam_known *known_at(const struct cam_scene *s, uint32_t addr)
{
    const struct cam_part *part = cam_table_at(&s->table, addr);
    return part != NULL ? &s->known[part - s->table.part] : NULL;
}

/* True when a sector holds what it held before; now[SECTOR] is what it holds, unless that was clear
 * without reading it. */
static bool is_as_before(const struct cam_device *d, uint32_t addr, uint8_t *now)
{
    const struct cam_scene *s = d->scene;
    if (vb_board_shares_sector(d->board, s->before, addr)) {
        return true;
    }
    vb_board_read_flash(d->board, addr, now, SECTOR);
    return memcmp(now, s->config->board.flash + addr, SECTOR) == 0;
}

/* The same but for the bit that a fault has turned over. */
static bool is_as_before_but_flipped(const struct cam_device *d, uint32_t addr, uint8_t *now)
{
    uint32_t at = d->flip_addr - addr;
    if (!d->has_flip || at >= SECTOR) {
        return false;
    }
    now[at] ^= (uint8_t)(1u << d->flip_bit);
    return memcmp(now, d->scene->config->board.flash + addr, SECTOR) == 0;
}

bool cam_device_is_untouched(struct cam_device *d)
{
    uint8_t now[SECTOR];
    const struct cam_scene *s = d->scene;
    for (uint32_t at = 0; at < s->config->board.flash_size; at += SECTOR) {
        const struct cam_known *known = known_at(s, at);
        bool may_change = is_inside(s->otadata, at) || (known != NULL && known->may_change);
        if (!may_change && !is_as_before(d, at, now) && !is_as_before_but_flipped(d, at, now)) {
            const struct cam_part *part = cam_table_at(&s->table, at);
            cam_device_blame(d, "sector 0x%06x of %s has changed", at,
                             part != NULL ? part->label : "no partition");
            return false;
        }
    }
    return true;
}

static const struct cam_part *choice(const struct cam_device *d, bool *is_confirmed)
{
    uint8_t records[2 * SECTOR];
    uint32_t state = 0;
    const struct cam_scene *s = d->scene;
    vb_board_read_flash(d->board, s->otadata->addr, records, sizeof(records));
    const struct cam_part *slot = cam_choice(&s->table, records, &state);
    *is_confirmed = state != CAM_STATE_NEW && state != CAM_STATE_PENDING;
    return slot;
}

bool cam_device_chose_goal(struct cam_device *d)
{
    bool is_confirmed;
    const struct cam_scene *s = d->scene;
    const struct cam_part *slot = choice(d, &is_confirmed);
    if (slot != s->goal_slot) {
        cam_device_blame(d, "at the end the boot records name %s, not %s",
                         slot != NULL ? slot->label : "no slot", s->goal_slot->label);
        return false;
    }
    if (is_confirmed != s->ends_confirmed) {
        cam_device_blame(d, "at the end %s is %sconfirmed", slot->label,
                         is_confirmed ? "" : "not ");
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
    uint8_t now[SECTOR];
    uint32_t addr = d->scene->otadata->addr;
    return !is_as_before(d, addr, now) || !is_as_before(d, addr + SECTOR, now);
}

/* Sectors that are as before are told by their absence. */
static uint64_t hash_flash(const struct cam_device *d, bool with_spare)
{
    uint8_t now[SECTOR];
    const struct cam_scene *s = d->scene;
    uint64_t hash = 1 + vb_board_flash_status(d->board);
    for (uint32_t at = 0; at < s->config->board.flash_size; at += SECTOR) {
        if (is_as_before(d, at, now)) {
            continue;
        }
        const struct cam_known *known = known_at(s, at);
        if (with_spare || known == NULL || !known->is_spare) {
            hash = mix((hash ^ at) * UINT64_C(0x9e3779b97f4a7c15), now, SECTOR);
        }
    }
    return hash;
}

uint64_t cam_device_state(const struct cam_device *d)
{
    return hash_flash(d, !d->scene->config->no_resume || records_differ(d));
}

uint64_t cam_device_moment(const struct cam_device *d)
{
    return hash_flash(d, true) ^ vb_board_program_state(d->board);
}

const char *cam_device_image(const struct vb_board *board, const struct cam_part *slot,
                             struct cam_image *out)
{
    uint8_t *bytes = malloc(slot->size);
    const char *problem = "out of memory";
    if (bytes != NULL && vb_board_read_flash(board, slot->addr, bytes, slot->size)) {
        problem = cam_image_check(bytes, slot->size, out);
    }
    free(bytes);
    return problem;
}

/* --- the verdict on a greeting --- */

static bool is_same(const struct cam_image *a, const struct cam_image *b)
{
    return a->len == b->len && memcmp(a->digest, b->digest, sizeof(a->digest)) == 0;
}

/* What greets must be complete and valid, and byte for byte what its slot held before the run or
 * came to hold in the reference run. */
static bool is_known(struct cam_device *d, const struct cam_part *slot)
{
    struct cam_image image;
    const struct cam_known *known = &d->scene->known[slot - d->scene->table.part];
    const char *problem = cam_device_image(d->board, slot, &image);
    if (problem != NULL) {
        cam_device_blame(d, "what greets from %s is no valid image: %s", slot->label, problem);
        return false;
    }
    if (!(known->has_before && is_same(&image, &known->before)) &&
        !(known->has_after && is_same(&image, &known->after))) {
        cam_device_blame(d, "what greets from %s is another image", slot->label);
        return false;
    }
    return true;
}

/* An image whose record says that it is on trial may start so often and no more. */
static bool is_start_allowed(struct cam_device *d, const struct cam_part *slot)
{
    bool is_confirmed;
    bool is_trial = choice(d, &is_confirmed) == slot && !is_confirmed;
    unsigned most = d->scene->config->max_starts;
    d->trial_starts = is_trial ? d->trial_starts + 1 : 0;
    d->has_left_trial = d->has_left_trial || !is_trial;
    d->leading_starts += !d->has_left_trial;
    if (most != 0 && d->trial_starts > most) {
        cam_device_blame(d, "%s greets for the %uth time on trial, %u is the most", slot->label,
                         d->trial_starts, most);
        return false;
    }
    return true;
}

static bool is_goal(const struct cam_device *d, const struct cam_part *slot)
{
    const struct cam_scene *s = d->scene;
    bool has_words = strcmp(s->config->up, s->config->goal) != 0;
    if (!d->said_goal) {
        return false;
    }
    return s->goal_slot != NULL ? slot == s->goal_slot
                                : has_words || (s->start_slot != NULL && slot != s->start_slot);
}

/* The one slot from which code was executed through the cache since the last reset; the bootloader
 * runs from RAM. What the window shows at the moment does not tell: it is off while flash is
 * written and the greeting still leaves the UART. */
static const struct cam_part *executing_slot(struct cam_device *d)
{
    const struct cam_table *table = &d->scene->table;
    const struct cam_part *found = NULL;
    for (unsigned i = 0; i < table->n; i++) {
        const struct cam_part *part = &table->part[i];
        if (part->type != CAM_TYPE_APP ||
            !vb_board_has_executed(d->board, part->addr, part->size)) {
            continue;
        }
        if (found != NULL) {
            cam_device_blame(d, "code of %s and of %s executed", found->label, part->label);
            return NULL;
        }
        found = part;
    }
    if (found == NULL) {
        cam_device_blame(d, "the greeting comes from no slot");
    }
    return found;
}

static enum cam_event judge(struct cam_device *d)
{
    const struct cam_scene *s = d->scene;
    const struct cam_part *slot = executing_slot(d);
    if (slot == NULL) {
        return CAM_BAD;
    }
    d->slot = slot;
    bool at_goal = is_goal(d, slot);
    if (s->goal_slot == NULL) {
        return at_goal ? CAM_GOAL : CAM_UP;
    }
    if (!is_known(d, slot) || (d->said_up && !is_start_allowed(d, slot))) {
        return CAM_BAD;
    }
    if (!d->said_up && !at_goal) {
        cam_device_blame(d, "%s prints what %s prints in the end", slot->label,
                         s->goal_slot->label);
        return CAM_BAD;
    }
    return at_goal ? CAM_GOAL : CAM_UP;
}

/* --- running --- */

uint64_t cam_device_now_us(const struct cam_device *d)
{
    struct vb_stats stats;
    vb_board_get_stats(d->board, &stats);
    return stats.virtual_us;
}

uint64_t cam_device_ops(const struct cam_device *d)
{
    struct vb_flash_op op;
    vb_board_last_flash_op(d->board, &op);
    return op.number;
}

enum cam_event cam_device_run_until(struct cam_device *d, uint64_t until_us)
{
    d->said_up = d->said_goal = false;
    switch (vb_board_run(d->board, until_us)) {
    case VB_STOP_REQUEST:
        return d->said_up || d->said_goal ? judge(d) : CAM_HELD;
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

enum cam_event cam_device_run(struct cam_device *d)
{
    return cam_device_run_until(d, cam_device_now_us(d) + d->scene->limit_us);
}

bool cam_device_walk_to_op(struct cam_device *d, uint64_t op)
{
    unsigned cycles = 0;
    if (op <= cam_device_ops(d)) {
        return op == cam_device_ops(d) || op == 0;
    }
    vb_board_set_fault(d->board, &(struct vb_fault){.kind = VB_FAULT_HOLD, .op = op});
    for (;;) {
        enum cam_event event = cam_device_run(d);
        if (event == CAM_HELD) {
            return true;
        }
        if (event == CAM_QUIET && cycles++ < CAM_POWER_CYCLES) {
            vb_board_power_cycle(d->board);
        } else if (event != CAM_UP) {
            return false;
        }
    }
}

bool cam_device_walk_to_us(struct cam_device *d, uint64_t us)
{
    enum cam_event event = CAM_UP;
    while ((event == CAM_UP || event == CAM_GOAL) && cam_device_now_us(d) < us) {
        event = cam_device_run_until(d, us);
    }
    return event == CAM_QUIET || event == CAM_UP || event == CAM_GOAL;
}
