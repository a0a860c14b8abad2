/* SPDX-License-Identifier: Apache-2.0 */
/* otadata as ESP8266_RTOS_SDK and ESP-IDF read and write it, told from their contract and not
 * through core: the judge of what core reads and writes. Both sectors as 0x2000 bytes. */
#ifndef TESTS_SDK_RECORD_H
#define TESTS_SDK_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#define SDK_SECTOR  0x1000u
#define SDK_OTADATA 0x2000u

enum { SDK_BOOTS_FACTORY = -1, SDK_BOOTS_NOTHING_CHOSEN = -2 };

/* A record of 32 bytes: sequence, label ff, state, CRC of the sequence. */
void sdk_record_make(uint32_t seq, uint32_t state, uint8_t raw[32]);

/* Index of the ota slot that the bootloader of the SDK (or, with_states, of ESP-IDF) tries first.
 * Factory: both records are blank. Nothing chosen: none is valid although not blank. */
int sdk_slot(const uint8_t *otadata, uint32_t n_slots, bool with_states);

/* What esp_ota_set_boot_partition() of the SDK (state ffffffff) or ESP-IDF does for an ota slot. */
void sdk_select(uint8_t *otadata, uint32_t slot, uint32_t n_slots, uint32_t state);
/* For factory: both sectors erased. */
void sdk_select_factory(uint8_t *otadata);

#endif
