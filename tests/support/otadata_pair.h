/* SPDX-License-Identifier: Apache-2.0 */
/* Two otadata sectors as core reads them, put together page by page for tests. */
#ifndef TESTS_OTADATA_PAIR_H
#define TESTS_OTADATA_PAIR_H

#include "asl_otadata.h"

/* Both blank. */
void pair_clear(struct asl_otadata_sector pair[2]);
/* A record as SDK or ESP-IDF write it, no seal. */
void pair_put_foreign(struct asl_otadata_sector *sector, uint32_t seq, uint32_t state);
/* What a step writes, into the sector that it names. */
void pair_put_step(struct asl_otadata_sector pair[2], const struct asl_otadata_step *step);
/* An own record with this sequence, which decides the slot. */
void pair_put_own(struct asl_otadata_sector *sector, uint32_t seq,
                  const struct asl_otadata_choice *choice);
/* n start marks. */
void pair_put_marks(struct asl_otadata_sector *sector, uint32_t n);
/* Writes the seal's CRC again after a change to its bytes. */
void pair_reseal(struct asl_otadata_sector *sector);

#endif
