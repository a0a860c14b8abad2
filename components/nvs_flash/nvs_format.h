/* SPDX-License-Identifier: Apache-2.0 */
/* The stored bytes of NVS: 4 KiB pages of a 32-byte header, a 32-byte map with two bits an entry,
 * and 126 entries of 32 bytes. An item is one entry, or one and the entries of its data behind it.
 * Fact: format version 2 of ESP-IDF and ESP8266_RTOS_SDK, components/nvs_flash. */
#ifndef NVS_FORMAT_H
#define NVS_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#define NVS_PAGE_LEN    4096u
#define NVS_HEADER_LEN  32u
#define NVS_MAP_OFF     32u
#define NVS_MAP_LEN     32u
#define NVS_ENTRIES_OFF 64u
#define NVS_ENTRY_LEN   32u
#define NVS_N_ENTRIES   126u
#define NVS_KEY_LEN     15u
#define NVS_VERSION     0xfeu

/* Page states: bits are cleared one after the other. */
#define NVS_STATE_BLANK   0xffffffffu
#define NVS_STATE_ACTIVE  0xfffffffeu
#define NVS_STATE_FULL    0xfffffffcu
#define NVS_STATE_FREEING 0xfffffff8u

/* Entry states in the map. */
#define NVS_ENTRY_EMPTY   3u
#define NVS_ENTRY_WRITTEN 2u
#define NVS_ENTRY_ERASED  0u

enum nvs_stored_type {
    NVS_STORED_U8 = 0x01,
    NVS_STORED_I8 = 0x11,
    NVS_STORED_U16 = 0x02,
    NVS_STORED_I16 = 0x12,
    NVS_STORED_U32 = 0x04,
    NVS_STORED_I32 = 0x14,
    NVS_STORED_U64 = 0x08,
    NVS_STORED_I64 = 0x18,
    NVS_STORED_STR = 0x21,
    NVS_STORED_BLOB_V1 = 0x41,    /* as version 1 wrote it; read only */
    NVS_STORED_BLOB_DATA = 0x42,  /* one chunk */
    NVS_STORED_BLOB_INDEX = 0x48, /* u32 length, u8 chunks, u8 number of the first chunk */
};

#define NVS_SEQ_NONE 0xffffffffu /* of no page: a walk goes on from a page's number plus one */

#define NVS_NO_CHUNK      0xffu
#define NVS_CHUNK_FIRST   0x00u /* the two series that a blob's versions alternate between */
#define NVS_CHUNK_FIRST_B 0x80u

struct nvs_header {
    uint32_t state;
    uint32_t seq;
    uint8_t version;
};

struct nvs_entry {
    uint8_t ns;   /* namespace; 0 holds the names of namespaces */
    uint8_t type; /* enum nvs_stored_type */
    uint8_t span; /* entries, data included; 1 to 126 */
    uint8_t chunk;
    char key[NVS_KEY_LEN + 1];
    uint8_t data[8]; /* the value; of a text or chunk: u16 length, u16 unused, u32 CRC */
};

void nvs_header_encode(const struct nvs_header *header, uint8_t out[NVS_HEADER_LEN]);
/* False when the CRC does not match (the state is not part of it) or the number is NVS_SEQ_NONE. */
bool nvs_header_decode(const uint8_t in[NVS_HEADER_LEN], struct nvs_header *header);

void nvs_entry_encode(const struct nvs_entry *entry, uint8_t out[NVS_ENTRY_LEN]);
/* False when the CRC does not match, or span or key are impossible. */
bool nvs_entry_decode(const uint8_t in[NVS_ENTRY_LEN], struct nvs_entry *entry);

/* Whether the item's data stand in entries of their own. */
bool nvs_type_has_data(uint8_t type);
/* Entries that an item with len bytes of data takes. */
uint32_t nvs_span_for(uint32_t len);

unsigned nvs_map_get(const uint8_t map[NVS_MAP_LEN], unsigned i);
void nvs_map_set(uint8_t map[NVS_MAP_LEN], unsigned i, unsigned state);

/* Fact: crc32_le(0xffffffff, ...) of the mask ROM. */
uint32_t nvs_crc(uint32_t crc, const void *data, uint32_t len);
#define NVS_CRC_INIT 0xffffffffu

#endif
