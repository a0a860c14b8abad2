/* SPDX-License-Identifier: Apache-2.0 */
#include "otadata_pair.h"

#include <stdlib.h>
#include <string.h>

#include "airslot/bytes.h"
#include "asl_crc32.h"
#include "sdk_record.h"

void pair_clear(struct asl_otadata_sector pair[2])
{
    memset(pair, 0xff, 2 * sizeof(pair[0]));
    pair[0].used_pages = 0;
    pair[1].used_pages = 0;
}

void pair_put_foreign(struct asl_otadata_sector *sector, uint32_t seq, uint32_t state)
{
    memset(sector->seal, 0xff, sizeof(sector->seal));
    sdk_record_make(seq, state, sector->record);
    sector->used_pages = 1;
}

void pair_put_step(struct asl_otadata_sector pair[2], const struct asl_otadata_step *step)
{
    struct asl_otadata_sector *sector = &pair[step->sector];

    memcpy(sector->seal, step->seal, sizeof(step->seal));
    memcpy(sector->record, step->record, sizeof(step->record));
    sector->used_pages = step->is_factory ? 2 : 3;
}

void pair_put_own(struct asl_otadata_sector *sector, uint32_t seq,
                  const struct asl_otadata_choice *choice)
{
    const struct asl_otadata blank = {.governing = -1};
    struct asl_otadata_choice named = *choice;
    struct asl_otadata_step step;

    named.slot = 0;
    named.n_slots = 1;
    if (!asl_otadata_plan(&blank, &named, &step)) {
        abort();
    }
    memcpy(sector->seal, step.seal, sizeof(step.seal));
    memcpy(sector->record, step.record, sizeof(step.record));
    asl_put_le32(sector->seal + 4, seq);
    if (!choice->is_factory) {
        sdk_record_make(seq, UINT32_MAX, sector->record);
    }
    sector->used_pages = choice->is_factory ? 2 : 3;
    pair_reseal(sector);
}

void pair_put_marks(struct asl_otadata_sector *sector, uint32_t n)
{
    sector->used_pages = (sector->used_pages & 3u) | ((1u << n) - 1u) << ASL_OTADATA_MARK_PAGE;
}

void pair_reseal(struct asl_otadata_sector *sector)
{
    asl_put_le32(sector->seal + 28, asl_crc32(0, sector->seal, 28));
}
