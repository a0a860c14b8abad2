/* SPDX-License-Identifier: Apache-2.0 */
/* Boot records. Whatever two sectors hold, every slot of the table has its place in the plan, and a
 * change governs when it is whole and changes nothing while it is torn. The first byte says which
 * seals, records and sums are put right, so that more than noise is read. */
#include <string.h>

#include "airslot/bytes.h"
#include "asl_boot.h"
#include "asl_crc32.h"
#include "fuzz.h"

#define SECTOR_INPUT (ASL_OTADATA_RECORD_LEN + ASL_OTADATA_SEAL_LEN + 2u)
#define INPUT_LEN    (2u * SECTOR_INPUT + 4u)
#define FLASH_SIZE   0x400000u

static uint8_t table[ASL_TABLE_LEN];
static uint32_t n_entries;

static void put_record(uint8_t *record, uint32_t seq, uint32_t state)
{
    memset(record, 0xff, ASL_OTADATA_RECORD_LEN);
    asl_put_le32(record, seq);
    asl_put_le32(record + 24, state);
}

static void repair(struct asl_otadata_sector *s, uint8_t how)
{
    if ((how & 1) != 0) {
        asl_put_le32(s->seal, ASL_OTADATA_SEAL_MAGIC);
        s->seal[8] &= 1;
        asl_put_le32(s->seal + 28, asl_crc32(0, s->seal, 28));
    }
    if ((how & 2) != 0) {
        put_record(s->record, asl_get_le32(s->seal + 4), asl_get_le32(s->seal + 16));
    }
    if ((how & 4) != 0) {
        asl_put_le32(s->record + 28, asl_crc32(0xffffffffu, s->record, 4));
    }
    if ((how & 8) != 0) {
        s->used_pages &= ~2u;
    }
}

static void read_sector(const uint8_t *data, uint8_t how, struct asl_otadata_sector *s)
{
    memcpy(s->record, data, ASL_OTADATA_RECORD_LEN);
    memcpy(s->seal, data + ASL_OTADATA_RECORD_LEN, ASL_OTADATA_SEAL_LEN);
    const uint8_t *used = data + ASL_OTADATA_RECORD_LEN + ASL_OTADATA_SEAL_LEN;
    s->used_pages = (uint32_t)(used[0] | used[1] << 8) & 0x3fffu;
    repair(s, how);
}

static void plan(const struct asl_otadata_sector sector[2], uint32_t max_starts,
                 struct asl_boot_plan *out)
{
    asl_boot_plan(table, n_entries, FLASH_SIZE, sector, max_starts, out);
    require(out->otadata.governing >= -1 && out->otadata.governing <= 1);
    require(out->otadata.governing < 0 ||
            asl_record_is_valid(&out->otadata.record[out->otadata.governing]));
}

/* Factory, three ota slots and test: each once. */
static void check_candidates(const struct asl_boot_plan *p)
{
    require(p->n_candidates == 5);
    for (uint32_t i = 0; i < p->n_candidates; i++) {
        for (uint32_t k = 0; k < i; k++) {
            require(p->candidate[i].slot.subtype != p->candidate[k].slot.subtype);
        }
    }
}

/* The step, whole, makes want govern; torn, it changes nothing that boots. */
static void check_step(const struct asl_otadata_sector sector[2], const struct asl_boot_plan *p,
                       const struct asl_otadata_step *step, uint8_t want)
{
    struct asl_otadata_sector after[2] = {sector[0], sector[1]};
    struct asl_otadata_sector *target = &after[step->sector];
    struct asl_boot_plan now;

    require(step->sector <= 1 && (int)step->sector != p->otadata.governing);
    memset(target, 0xff, sizeof(*target));
    memcpy(target->seal, step->seal, sizeof(target->seal));
    target->used_pages = 2;
    plan(after, p->max_starts, &now);
    require(step->is_factory ? now.otadata.governing == (int)step->sector
                             : now.otadata.governing == p->otadata.governing);
    memcpy(target->record, step->record, sizeof(target->record));
    target->used_pages = 3;
    plan(after, p->max_starts, &now);
    require(now.otadata.governing == (int)step->sector && now.governing == want);
    require(now.candidate[0].slot.subtype == want);
    for (int i = 0; i < 2; i++) {
        const struct asl_record *old = &p->otadata.record[i];
        require(!asl_record_is_valid(old) || now.otadata.record[step->sector].floor >= old->floor);
    }
}

static void change(const struct asl_otadata_sector sector[2], const struct asl_boot_plan *p,
                   const uint8_t *how)
{
    static const uint8_t subtypes[] = {ASL_APP_FACTORY, 0x10, 0x11, 0x15};
    struct asl_otadata_step step;
    uint8_t running = subtypes[how[0] & 3];
    uint8_t chosen = subtypes[how[0] >> 2 & 3];
    uint32_t winner = how[1] % p->n_candidates;

    require(asl_boot_select(p, running, chosen, (how[0] & 16) != 0, &step));
    check_step(sector, p, &step, chosen);
    if (asl_boot_confirm(p, running, how[2], &step)) {
        require(running != ASL_APP_FACTORY);
        check_step(sector, p, &step, running);
    }
    enum asl_boot_act act =
        asl_boot_decide(p, winner, (how[0] & 32) != 0, (how[0] & 64) != 0, how[2], &step);
    require(act != ASL_BOOT_MARK_START || !asl_boot_trial_is_over(p));
    if (act == ASL_BOOT_ROLL_BACK) {
        check_step(sector, p, &step, p->candidate[winner].slot.subtype);
    }
}

static void make_table(void)
{
    static const struct asl_partition map[] = {
        {1, 0, 0xd000, 0x2000, "otadata", 0},     {0, 0, 0x10000, 0x10000, "factory", 0},
        {0, 0x10, 0x110000, 0x10000, "ota_0", 0}, {0, 0x11, 0x210000, 0x10000, "ota_1", 0},
        {0, 0x15, 0x310000, 0x10000, "ota_5", 0}, {0, 0x20, 0x320000, 0x10000, "test", 0},
        {0, 0x55, 0x330000, 0x10000, "odd", 0}, /* no slot, whatever names it */
    };
    n_entries = sizeof(map) / sizeof(map[0]);
    require(asl_table_build(map, n_entries, false, table) == ASL_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct asl_otadata_sector sector[2];
    struct asl_boot_plan p;

    if (size < INPUT_LEN) {
        return 0;
    }
    if (n_entries == 0) {
        make_table();
    }
    read_sector(data + 4, data[0] & 15, &sector[0]);
    read_sector(data + 4 + SECTOR_INPUT, data[0] >> 4, &sector[1]);
    plan(sector, data[3] % (ASL_OTADATA_MAX_STARTS + 1u), &p);
    check_candidates(&p);
    change(sector, &p, data + 1);
    return 0;
}
