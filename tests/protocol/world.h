/* SPDX-License-Identifier: Apache-2.0 */
/* The world that the protocol search explores: two otadata sectors in a model flash that tears,
 * the images of the slots, what runs, and what is true of it whatever the records say. */
#ifndef PROTOCOL_WORLD_H
#define PROTOCOL_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "airslot/flash.h"
#include "asl_boot.h"
#include "boot_table.h"

#define MAX_OTA 3u
#define N_SLOTS (1u + MAX_OTA) /* slot 0 is factory, 1 + i is ota_i */
#define OFF     0xffu
#define NOBODY  2u
#define BLANK_8 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff

enum image {
    IMAGE_NONE,  /* none, or half of one */
    IMAGE_GOOD,  /* works, and confirms itself when it comes to it */
    IMAGE_BAD,   /* verifies, links the confirm call, never gets there */
    IMAGE_PLAIN, /* works, links no confirm call */
};

/* A sector, page by page. Bytes beyond are blank unless dirt says otherwise. */
struct sector {
    uint8_t record[ASL_OTADATA_RECORD_LEN];
    uint8_t seal[ASL_OTADATA_SEAL_LEN];
    uint16_t marks; /* bit i: page 2 + i is not blank */
    uint16_t dirt;  /* bit 0, 1: the rest of page 0, 1; bit 2: pages 14 and 15 */
};

/* Compared and hashed as bytes: no padding. */
struct world {
    struct sector sector[2];
    struct sector weak; /* what sector weak_index reads as at other times */
    uint8_t weak_index; /* NOBODY: all bits are stable */
    uint8_t dead;       /* sector that takes no operation any more; NOBODY */
    uint8_t running;    /* slot, OFF: the power is off */
    uint8_t image[N_SLOTS];
    uint8_t starts[N_SLOTS]; /* of an unproven image since it was chosen */
    uint8_t proven;          /* bit: the slot's image was confirmed, or needs no confirmation */
};

/* What is explored. */
struct setup {
    bool has_factory;
    uint32_t n_ota;
    uint32_t max_starts;
    bool with_sdk; /* programs of the SDK write in between */
    bool with_idf; /* programs of ESP-IDF do */
    bool with_plain;
    bool with_damage; /* images rot while the power is off */
    bool with_weak;   /* torn erases may read differently from time to time */
    bool with_dead;   /* a sector may die */
    uint32_t base;    /* sequence that stands in the first record, 0: blank otadata */
    struct boot_table table;
};

void world_init(struct world *w, const struct setup *setup);
uint8_t slot_subtype(uint32_t slot);
/* Slot of a subtype, OFF for none of ours. */
uint8_t subtype_slot(uint8_t subtype);
uint32_t n_slots(const struct setup *setup);
/* Slots begin here: 1 without factory. */
uint32_t first_slot(const struct setup *setup);
bool can_confirm(const struct world *w, uint32_t slot);

/* Brings sequences near 1 and drops what no decision reads, so that worlds which behave alike are
 * the same bytes. */
void world_normalise(struct world *w, const struct setup *setup);
/* Both sectors as 0x2000 bytes, for the SDK's eyes. */
void world_otadata(const struct world *w, uint8_t otadata[2 * ASL_SECTOR_SIZE]);
/* The other way round, after a foreign program wrote. */
void world_take_otadata(struct world *w, const uint8_t otadata[2 * ASL_SECTOR_SIZE]);

#endif
