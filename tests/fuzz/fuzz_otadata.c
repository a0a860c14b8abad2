/* SPDX-License-Identifier: Apache-2.0 */
/* Boot records. Whatever two records hold, a selection wins and a cut in it leaves the old choice.
 */
#include <string.h>

#include "asl_otadata.h"
#include "fuzz.h"

static void check_step(const struct asl_record records[2], uint32_t slot, uint32_t n)
{
    struct asl_record after[2] = {records[0], records[1]};
    struct asl_otadata_step step;

    if (!asl_otadata_select(records, slot, n, ASL_OTA_UNDEFINED, &step)) {
        return;
    }
    require(step.sector <= 1 && (int)step.sector != asl_otadata_active(records));
    asl_record_parse(step.raw, &after[step.sector]);
    int active = asl_otadata_active(after);
    require(active >= 0 && (after[active].seq - 1) % n == slot);
    after[step.sector].kind = ASL_RECORD_TORN;
    require(asl_otadata_active(after) == asl_otadata_active(records));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct asl_record records[2];

    if (size < 2 * ASL_OTADATA_RECORD_LEN) {
        return 0;
    }
    for (int i = 0; i < 2; i++) {
        asl_record_parse(data + i * ASL_OTADATA_RECORD_LEN, &records[i]);
        require(records[i].kind != ASL_RECORD_VALID ||
                (records[i].seq != 0 && records[i].seq != UINT32_MAX));
    }
    for (uint32_t n = 0; n <= 17; n++) {
        check_step(records, size > 64 ? data[64] % 17 : 0, n);
    }
    return 0;
}
