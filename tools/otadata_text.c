/* SPDX-License-Identifier: Apache-2.0 */
/* otadata show in plain text. */
#include <stdio.h>

#include "airslot/bytes.h"
#include "asl_err.h"
#include "boot_words.h"
#include "io.h"
#include "otadata_view.h"

static void print_raw(const uint8_t *record)
{
    uint32_t state = asl_get_le32(record + 24);

    printf("  sequence %u, state 0x%08x (%s)\n", asl_get_le32(record), state,
           record_state_text(state));
    if (otadata_stored_crc(record) == otadata_right_crc(record)) {
        printf("  CRC 0x%08x, right\n", otadata_stored_crc(record));
    } else {
        printf("  CRC 0x%08x, wrong: the sequence has 0x%08x\n", otadata_stored_crc(record),
               otadata_right_crc(record));
    }
}

static void print_slot(const struct otadata_view *view, const struct asl_record *record)
{
    uint32_t n_ota = asl_boot_n_ota(view->table.raw, view->table.n);

    if (record->is_factory) {
        printf("  chooses factory, sequence %u\n", record->seq);
    } else if (n_ota > 0) {
        printf("  names ota slot (%u - 1) mod %u = %u\n", record->seq, n_ota,
               (record->seq - 1) % n_ota);
    }
}

static void print_last(const struct asl_last_result *last)
{
    char name[SUBTYPE_NAME_LEN];

    if (last->what == ASL_RESULT_NONE) {
        return;
    }
    printf("  last trial: %s %s; starts: %u", subtype_name(last->subtype, name),
           trial_result_text(last->what), last->starts);
    if (last->cause != 0) {
        printf(", last reset: %s", reset_cause_text(last->cause));
    }
    putchar('\n');
}

static void print_seal(const struct asl_record *record)
{
    char name[SUBTYPE_NAME_LEN];

    printf("  previous good slot: %s; least secure version: %u\n",
           subtype_name(record->previous, name), record->floor);
    print_last(&record->last);
}

static void print_record(const struct otadata_view *view, int index)
{
    const struct asl_otadata_sector *sector = &view->sector[index];
    const struct asl_record *record = &view->plan.otadata.record[index];
    char hex[2 * ASL_OTADATA_RECORD_LEN + 1];

    printf("record %d: %s\n", index, io_hex(sector->record, ASL_OTADATA_RECORD_LEN, hex));
    if ((sector->used_pages >> 1 & 1) != 0) {
        printf("  seal:   %s\n", io_hex(sector->seal, ASL_OTADATA_SEAL_LEN, hex));
    }
    printf("  %s%s\n", record_kind_text(record->kind),
           index == view->plan.otadata.governing ? ", governs" : "");
    if (record->kind == ASL_RECORD_OWN) {
        printf("  state %s\n", record_state_text((uint32_t)asl_record_state(record)));
    }
    if ((sector->used_pages & 1) != 0) {
        print_raw(sector->record);
    }
    if (asl_record_is_valid(record)) {
        print_slot(view, record);
    }
    if (record->kind == ASL_RECORD_OWN) {
        print_seal(record);
    }
    if (record->starts > 0) {
        printf("  start marks: %u\n", record->starts);
    }
}

static void print_trial(const struct otadata_view *view)
{
    const struct asl_boot_plan *plan = &view->plan;
    char name[SUBTYPE_NAME_LEN];

    if (!asl_otadata_is_trial(&plan->otadata)) {
        return;
    }
    printf("trial:    of %s, %u of %u starts used%s\n", subtype_name(plan->governing, name),
           plan->otadata.record[plan->otadata.governing].starts, plan->max_starts,
           asl_boot_trial_is_over(plan) ? ": it is over" : "");
}

static void print_candidate(const struct otadata_view *view, uint32_t i, bool is_winner)
{
    const struct asl_boot_candidate *c = &view->plan.candidate[i];

    printf("%s %s at 0x%x: %s", is_winner ? "boots:   " : "         ", c->slot.label, c->slot.addr,
           boot_reason_text(c->reason));
    if (view->flash != NULL) {
        bool is_good = view->image[i].err == ASL_OK;
        printf("; %s%s", is_good ? "image is good" : "image is not: ",
               is_good ? "" : asl_err_text(view->image[i].err));
    }
    putchar('\n');
}

static void print_act(const struct otadata_view *view, int winner)
{
    switch (otadata_act(view, winner)) {
    case ASL_BOOT_MARK_START:
        printf("writes:   a start mark before it starts\n");
        break;
    case ASL_BOOT_ROLL_BACK:
        printf("writes:   the roll-back to it before it starts\n");
        break;
    default:
        break;
    }
}

void otadata_print_text(const struct otadata_view *view)
{
    int winner = otadata_winner(view);

    print_record(view, 0);
    print_record(view, 1);
    print_trial(view);
    if (view->plan.n_skipped > 0) {
        printf("skipped:  %u slots that exceed the flash or cross a 1 MiB boundary\n",
               view->plan.n_skipped);
    }
    for (uint32_t i = 0; i < view->plan.n_candidates; i++) {
        print_candidate(view, i, (int)i == winner);
    }
    if (winner < 0) {
        printf("boots:    nothing\n");
    }
    print_act(view, winner);
    if (asl_otadata_is_unfinished(&view->plan.otadata)) {
        printf("writes:   what is left of the choice of factory\n");
    }
}
