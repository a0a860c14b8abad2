/* SPDX-License-Identifier: Apache-2.0 */
#include "model_flash.h"

#include <string.h>

#define ALL_MARKS 0xfffu
#define LEN       ASL_OTADATA_RECORD_LEN

static void clear_sector(struct sector *s)
{
    memset(s, 0xff, sizeof(*s));
    s->marks = 0;
    s->dirt = 0;
}

/* --- reading --- */

static const struct sector *seen(struct model_flash *m, uint32_t index)
{
    uint32_t turn = m->pattern < 2 ? 0 : m->n_reads;
    bool other = ((m->pattern + turn) & 1) != 0;

    return m->world->weak_index == index && other ? &m->world->weak : &m->world->sector[index];
}

static void read_page(const struct sector *s, uint32_t page, uint8_t *out, uint32_t off,
                      uint32_t len)
{
    static const uint8_t mark[4] = {'A', 'S', 'L', 'T'};
    const uint8_t *bytes = page == 0 ? s->record : page == 1 ? s->seal : mark;
    uint32_t n = page < 2 ? LEN : (page < 14 && (s->marks >> (page - 2) & 1) != 0) ? 4 : 0;

    memset(out, 0xff, len);
    if (off < n) {
        memcpy(out, bytes + off, n - off < len ? n - off : len);
    }
    bool dirty = page < 2 ? (s->dirt >> page & 1) != 0 : page >= 14 && (s->dirt & 4) != 0;
    if (dirty && off + len > 200 && off <= 200) {
        out[200 - off] = 0x7f;
    }
}

static enum asl_err flash_read(void *ctx, uint32_t addr, void *dst, uint32_t len)
{
    struct model_flash *m = ctx;

    if (m->is_off) {
        return ASL_ERR_FLASH_READ;
    }
    const struct sector *s = seen(m, addr / ASL_SECTOR_SIZE);
    m->n_reads++;
    uint32_t off = addr % ASL_PAGE_SIZE;
    if (addr + len > 2 * ASL_SECTOR_SIZE || off + len > ASL_PAGE_SIZE) {
        m->misuse = "read across pages or beyond otadata";
        return ASL_ERR_FLASH_READ;
    }
    read_page(s, addr % ASL_SECTOR_SIZE / ASL_PAGE_SIZE, dst, off, len);
    return ASL_OK;
}

/* --- torn erases: any mix of old bits and ones, or what the chip wrote before it erased --- */

static void erase_record(struct sector *s)
{
    memset(s->record, 0xff, LEN);
    s->dirt &= (uint16_t)~1u;
}

static void erase_seal(struct sector *s)
{
    memset(s->seal, 0xff, LEN);
    s->dirt &= (uint16_t)~2u;
}

static void torn_bits(struct sector *s, uint32_t variant)
{
    static const uint8_t ones[] = {0x01, 0x03, 0x10, 0x55, 0xaa, 0xf0};

    switch (variant) {
    case 0: /* the state's bits return to one, the seal is gone */
    case 1:
        erase_seal(s);
        s->record[24] |= ones[variant];
        break;
    case 2: /* the whole state */
        erase_seal(s);
        memset(s->record + 24, 0xff, 4);
        break;
    case 3:
        memset(s->record + 24, 0xff, 4);
        break;
    case 4: /* the sequence */
        erase_seal(s);
        s->record[0] |= ones[3];
        break;
    case 5:
        s->seal[4] |= ones[4];
        break;
    case 6:
        s->seal[16] |= ones[0];
        break;
    default: /* the seal's first half */
        memset(s->seal, 0xff, LEN / 2);
        break;
    }
}

#define N_PAGE_SETS  7u
#define N_BIT_SETS   8u
#define N_WHOLE_SETS 6u
#define N_WEAK_SETS  5u

static void torn_pages(struct sector *s, uint32_t set)
{
    if ((set & 1) != 0) {
        erase_record(s);
    }
    if ((set & 2) != 0) {
        erase_seal(s);
    }
    if ((set & 4) != 0) {
        s->marks = 0;
    }
}

static void torn_whole(struct sector *s, uint32_t variant)
{
    struct sector old = *s;

    clear_sector(s);
    switch (variant) {
    case 0: /* first half of the sector */
        s->marks = old.marks & 0xfc0;
        s->dirt = old.dirt & 4;
        break;
    case 1: /* second half */
        *s = old;
        s->marks &= 0x3f;
        break;
    case 2: /* all bits programmed first */
        memset(s, 0, sizeof(*s));
        s->marks = ALL_MARKS;
        s->dirt = 7;
        break;
    case 3: /* the same, records erased again */
        s->marks = ALL_MARKS;
        s->dirt = 4;
        break;
    case 4: /* record stays, page 1 keeps bits behind the seal */
        memcpy(s->record, old.record, LEN);
        s->dirt = 2;
        break;
    default: /* garbage */
        for (uint32_t i = 0; i < LEN; i++) {
            s->record[i] = (uint8_t)(37 * i + 11);
            s->seal[i] = (uint8_t)(91 * i + 5);
        }
        s->marks = 0x5a5;
        break;
    }
}

static void torn_weak(struct model_flash *m, uint32_t index, uint32_t variant)
{
    struct world *w = m->world;
    struct sector *s = &w->sector[index];
    struct sector other = *s;

    switch (variant) {
    case 0: /* erased, or not */
        clear_sector(s);
        break;
    case 1: /* the seal is, or is not */
        erase_seal(s);
        break;
    case 2: /* erased, or a record without seal */
        clear_sector(s);
        erase_seal(&other);
        break;
    case 3: /* a record without seal, or a seal without record */
        erase_seal(s);
        erase_record(&other);
        break;
    default: /* marks */
        s->marks = 0;
        break;
    }
    w->weak = other;
    w->weak_index = (uint8_t)index;
}

static void torn_erase(struct model_flash *m, uint32_t index, uint32_t variant, bool is_cut)
{
    struct sector *s = &m->world->sector[index];

    if (m->world->weak_index == index) {
        m->world->weak_index = NOBODY;
    }
    if (variant < N_PAGE_SETS) {
        torn_pages(s, variant);
        return;
    }
    variant -= N_PAGE_SETS;
    if (variant < N_BIT_SETS) {
        torn_bits(s, variant);
        return;
    }
    variant -= N_BIT_SETS;
    if (variant < N_WHOLE_SETS) {
        torn_whole(s, variant);
        return;
    }
    variant -= N_WHOLE_SETS;
    if (variant < N_WEAK_SETS && is_cut && !m->no_weak && m->world->weak_index == NOBODY) {
        torn_weak(m, index, variant);
        return;
    }
    m->no_such_variant = true;
}

/* --- torn programs: any subset of the bits to be cleared, neighbours damaged --- */

static void torn_bytes(struct model_flash *m, uint8_t *page, uint32_t index, uint32_t which,
                       const uint8_t *src, uint32_t variant)
{
    static const uint8_t prefixes[] = {1, 2, 3, 4, 8, 12, 16, 20, 24, 25, 28, 31};
    struct sector *s = &m->world->sector[index];

    if (variant < sizeof(prefixes)) {
        memcpy(page, src, prefixes[variant]);
        return;
    }
    variant -= (uint32_t)sizeof(prefixes);
    if (variant < 8) { /* all but one word */
        memcpy(page, src, LEN);
        memset(page + 4 * variant, 0xff, 4);
        return;
    }
    variant -= 8;
    if (variant < 8) { /* one word half cleared */
        memcpy(page, src, LEN);
        page[4 * variant] |= 0x55;
        page[4 * variant + 2] |= 0x0f;
        return;
    }
    variant -= 8;
    if (variant < 8) { /* one word alone */
        memcpy(page + 4 * variant, src + 4 * variant, 4);
        return;
    }
    variant -= 8;
    if (variant < 2) { /* neighbours */
        memcpy(page, src, variant == 0 ? LEN : 0);
        s->dirt |= (uint16_t)(1u << which);
        return;
    }
    m->no_such_variant = true;
}

static void torn_program(struct model_flash *m, uint32_t index, uint32_t page, const uint8_t *src,
                         uint32_t variant)
{
    struct sector *s = &m->world->sector[index];

    if (page == 0) {
        torn_bytes(m, s->record, index, 0, src, variant);
    } else if (page == 1) {
        torn_bytes(m, s->seal, index, 1, src, variant);
    } else if (variant == 0) {
        s->marks |= (uint16_t)(1u << (page - 2));
    } else {
        m->no_such_variant = true;
    }
}

/* --- operations --- */

/* Counts an operation on a sector; the fault that strikes it. */
static enum fault strike(struct model_flash *m, uint32_t index)
{
    m->n_ops++;
    if (m->n_ops == m->at_op) {
        m->fired = true;
        if (m->fault == FAULT_DEAD) {
            m->world->dead = (uint8_t)index;
        }
        m->is_off = m->fault == FAULT_CUT_BEFORE;
    }
    if (m->is_off) {
        return FAULT_ERROR;
    }
    if (m->world->dead == index) {
        if (m->n_ops == m->at_op && m->variant > 0) {
            m->no_such_variant = true;
        }
        return FAULT_NOOP;
    }
    return m->n_ops == m->at_op ? m->fault : FAULT_NONE;
}

static enum asl_err settle(struct model_flash *m, enum fault fault)
{
    m->is_off = m->is_off || fault == FAULT_CUT_AFTER || fault == FAULT_TORN_CUT;
    return m->is_off || fault == FAULT_ERROR ? ASL_ERR_FLASH_PROGRAM : ASL_OK;
}

static bool takes_effect(enum fault fault)
{
    return fault == FAULT_NONE || fault == FAULT_CUT_AFTER;
}

static bool is_blank(const struct sector *s, uint32_t page)
{
    uint8_t bytes[ASL_PAGE_SIZE];

    read_page(s, page, bytes, 0, sizeof(bytes));
    for (uint32_t i = 0; i < sizeof(bytes); i++) {
        if (bytes[i] != 0xff) {
            return false;
        }
    }
    return true;
}

static enum asl_err flash_program(void *ctx, uint32_t addr, const void *src, uint32_t len)
{
    struct model_flash *m = ctx;
    uint32_t index = addr / ASL_SECTOR_SIZE;
    uint32_t page = addr % ASL_SECTOR_SIZE / ASL_PAGE_SIZE;

    if (m->is_off) {
        return ASL_ERR_FLASH_PROGRAM;
    }
    if (addr % ASL_PAGE_SIZE != 0 || page > 13 || len != (page < 2 ? LEN : 4)) {
        m->misuse = "a program that the format does not know";
        return ASL_ERR_FLASH_PROGRAM;
    }
    struct sector *s = &m->world->sector[index];
    if (!is_blank(s, page)) {
        m->misuse = "a page programmed twice";
    }
    enum fault fault = strike(m, index);
    if (fault == FAULT_TORN || fault == FAULT_TORN_CUT) {
        torn_program(m, index, page, src, m->variant);
    } else if (takes_effect(fault) && page < 2) {
        memcpy(page == 0 ? s->record : s->seal, src, LEN);
    } else if (takes_effect(fault)) {
        s->marks |= (uint16_t)(1u << (page - 2));
    }
    return settle(m, fault);
}

/* True when the sector governs now, read as the code under test reads it. */
static bool governs(struct model_flash *m, uint32_t index)
{
    struct model_flash reader = *m;
    struct asl_otadata_sector sector[2];
    struct asl_otadata o;

    reader.flash.ctx = &reader;
    (void)asl_otadata_read(&reader.flash, 0, sector);
    asl_otadata_parse(sector, &o);
    return o.governing == (int)index;
}

/* An erase that does nothing to a sector with weak bits leaves it as it reads when it is not blank:
 * weak bits that then also pass for erased would be a second fault of the same bits. */
static void steady(struct world *w, uint32_t index)
{
    struct sector blank;

    clear_sector(&blank);
    if (w->weak_index == index) {
        if (memcmp(&w->sector[index], &blank, sizeof(blank)) == 0) {
            w->sector[index] = w->weak;
        }
        w->weak_index = NOBODY;
    }
}

static enum asl_err flash_erase(void *ctx, uint32_t addr)
{
    struct model_flash *m = ctx;
    uint32_t index = addr / ASL_SECTOR_SIZE;

    if (m->is_off) {
        return ASL_ERR_FLASH_ERASE;
    }
    if (addr % ASL_SECTOR_SIZE != 0 || index > 1) {
        m->misuse = "an erase beyond otadata";
        return ASL_ERR_FLASH_ERASE;
    }
    if (governs(m, index)) {
        m->misuse = "the governing sector erased";
    }
    enum fault fault = strike(m, index);
    if (fault == FAULT_TORN || fault == FAULT_TORN_CUT) {
        torn_erase(m, index, m->variant, fault == FAULT_TORN_CUT);
    } else if (takes_effect(fault)) {
        clear_sector(&m->world->sector[index]);
        m->world->weak_index =
            m->world->weak_index == index ? (uint8_t)NOBODY : m->world->weak_index;
    } else {
        steady(m->world, index);
    }
    return settle(m, fault);
}

void model_flash_init(struct model_flash *m, struct world *world, uint32_t pattern)
{
    memset(m, 0, sizeof(*m));
    m->world = world;
    m->pattern = pattern;
    m->flash = (struct asl_flash){.read = flash_read,
                                  .program = flash_program,
                                  .erase = flash_erase,
                                  .ctx = m,
                                  .size = 2 * ASL_SECTOR_SIZE,
                                  .erase_size = ASL_SECTOR_SIZE,
                                  .page_size = ASL_PAGE_SIZE,
                                  .program_size = 4};
}

void model_flash_plan(struct model_flash *m, enum fault fault, uint32_t at_op, uint32_t variant)
{
    m->fault = fault;
    m->at_op = at_op;
    m->variant = variant;
    m->n_ops = 0;
    m->fired = false;
    m->no_such_variant = false;
}
