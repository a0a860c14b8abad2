/* SPDX-License-Identifier: Apache-2.0 */
/* Boot records. Whatever two sectors hold, the successor governs once it is written, names what was
 * chosen, and a torn one leaves the choice as it was. */
#include <string.h>

#include "airslot/bytes.h"
#include "asl_otadata.h"
#include "fuzz.h"

#define SECTOR_LEN (ASL_OTADATA_RECORD_LEN + ASL_OTADATA_SEAL_LEN + 2u)

static void take(const uint8_t *data, struct asl_otadata_sector *sector)
{
    memcpy(sector->record, data, sizeof(sector->record));
    memcpy(sector->seal, data + sizeof(sector->record), sizeof(sector->seal));
    sector->used_pages = asl_get_le16(data + sizeof(sector->record) + sizeof(sector->seal));
}

static void check_step(const struct asl_otadata_sector sector[2], const struct asl_otadata *before,
                       const struct asl_otadata_choice *choice)
{
    struct asl_otadata_sector now[2] = {sector[0], sector[1]};
    struct asl_otadata_step step;
    struct asl_otadata after;

    if (!asl_otadata_plan(before, choice, &step)) {
        require(!choice->is_factory && (choice->slot >= choice->n_slots || choice->n_slots > 16));
        return;
    }
    require(step.sector <= 1 && (int)step.sector != before->governing);
    memcpy(now[step.sector].seal, step.seal, sizeof(step.seal));
    memcpy(now[step.sector].record, step.record, sizeof(step.record));
    now[step.sector].used_pages = choice->is_factory ? 2 : 3;
    asl_otadata_parse(now, &after);
    require(after.governing == (int)step.sector);
    require(after.record[step.sector].is_factory == choice->is_factory);
    require(choice->is_factory ||
            (after.record[step.sector].seq - 1) % choice->n_slots == choice->slot);
    now[step.sector].seal[0] ^= 1;
    asl_otadata_parse(now, &after);
    require(after.governing == before->governing);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct asl_otadata_sector sector[2];
    struct asl_otadata_choice choice;
    struct asl_otadata otadata;

    if (size < 2 * SECTOR_LEN + 1) {
        return 0;
    }
    take(data, &sector[0]);
    take(data + SECTOR_LEN, &sector[1]);
    asl_otadata_parse(sector, &otadata);
    require(otadata.governing < 0 || asl_record_is_valid(&otadata.record[otadata.governing]));
    asl_otadata_carry(&otadata, &choice);
    for (choice.n_slots = 0; choice.n_slots <= 17; choice.n_slots++) {
        choice.slot = data[2 * SECTOR_LEN] % 17;
        check_step(sector, &otadata, &choice);
    }
    choice.is_factory = true;
    check_step(sector, &otadata, &choice);
    return 0;
}
