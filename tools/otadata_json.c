/* SPDX-License-Identifier: Apache-2.0 */
/* otadata show as JSON. */
#include <jansson.h>
#include <stdio.h>

#include "airslot/bytes.h"
#include "asl_err.h"
#include "boot_words.h"
#include "io.h"
#include "otadata_view.h"

static json_t *json_last(const struct asl_last_result *last)
{
    char name[SUBTYPE_NAME_LEN];

    return json_pack("{s:s,s:s,s:i,s:s}", "result", trial_result_name(last->what), "slot",
                     subtype_name(last->subtype, name), "starts", (int)last->starts, "cause",
                     reset_cause_text(last->cause));
}

static json_t *json_record(const struct otadata_view *view, int index)
{
    const struct asl_otadata_sector *sector = &view->sector[index];
    const struct asl_record *record = &view->plan.otadata.record[index];
    char hex[2 * ASL_OTADATA_RECORD_LEN + 1], seal[2 * ASL_OTADATA_SEAL_LEN + 1];
    char slot[SUBTYPE_NAME_LEN], previous[SUBTYPE_NAME_LEN];
    uint32_t seq = asl_record_is_valid(record) ? record->seq : asl_get_le32(sector->record);
    uint32_t state =
        asl_record_is_valid(record) ? (uint32_t)record->state : asl_get_le32(sector->record + 24);
    bool crc_right = otadata_stored_crc(sector->record) == otadata_right_crc(sector->record);

    return json_pack(
        "{s:s,s:s,s:s,s:b,s:I,s:I,s:s,s:b,s:s,s:s,s:I,s:I,s:o}", "hex",
        io_hex(sector->record, ASL_OTADATA_RECORD_LEN, hex), "seal",
        io_hex(sector->seal, ASL_OTADATA_SEAL_LEN, seal), "kind", record_kind_text(record->kind),
        "governs", index == view->plan.otadata.governing, "sequence", (json_int_t)seq, "state",
        (json_int_t)state, "state_name", record_state_text(state), "crc_right", crc_right, "slot",
        subtype_name(asl_boot_record_subtype(&view->plan, record), slot), "previous",
        subtype_name(record->previous, previous), "floor", (json_int_t)record->floor, "starts",
        (json_int_t)record->starts, "last", json_last(&record->last));
}

static json_t *json_candidate(const struct otadata_view *view, uint32_t i)
{
    const struct asl_boot_candidate *c = &view->plan.candidate[i];

    return json_pack("{s:s,s:I,s:s,s:s}", "label", c->slot.label, "offset",
                     (json_int_t)c->slot.addr, "reason", boot_reason_text(c->reason), "image",
                     view->flash != NULL ? asl_err_name(view->image[i].err) : "unknown");
}

static json_t *json_trial(const struct asl_boot_plan *plan)
{
    char name[SUBTYPE_NAME_LEN];

    if (!asl_otadata_is_trial(&plan->otadata)) {
        return json_null();
    }
    return json_pack("{s:s,s:I,s:I,s:b}", "slot", subtype_name(plan->governing, name), "starts",
                     (json_int_t)plan->otadata.record[plan->otadata.governing].starts, "max_starts",
                     (json_int_t)plan->max_starts, "over", asl_boot_trial_is_over(plan));
}

static const char *act_name(const struct otadata_view *view, int winner)
{
    switch (otadata_act(view, winner)) {
    case ASL_BOOT_MARK_START:
        return "start mark";
    case ASL_BOOT_ROLL_BACK:
        return "roll-back";
    default:
        return asl_otadata_is_unfinished(&view->plan.otadata) ? "finish" : "nothing";
    }
}

void otadata_print_json(const struct otadata_view *view)
{
    json_t *candidates = json_array();
    int winner = otadata_winner(view);

    for (uint32_t i = 0; i < view->plan.n_candidates; i++) {
        json_array_append_new(candidates, json_candidate(view, i));
    }
    json_t *root =
        json_pack("{s:[o,o],s:i,s:o,s:o,s:o,s:s,s:I}", "records", json_record(view, 0),
                  json_record(view, 1), "active", view->plan.otadata.governing, "trial",
                  json_trial(&view->plan), "candidates", candidates, "boots",
                  winner >= 0 ? json_string(view->plan.candidate[winner].slot.label) : json_null(),
                  "writes", act_name(view, winner), "skipped", (json_int_t)view->plan.n_skipped);
    json_dumpf(root, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(root);
}
