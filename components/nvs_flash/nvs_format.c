/* SPDX-License-Identifier: Apache-2.0 */
#include "nvs_format.h"

#include <string.h>

#include "airslot/bytes.h"
#include "asl_crc32.h"

#define HEADER_CRC_OFF 28u
#define ENTRY_CRC_OFF  4u
#define ENTRY_KEY_OFF  8u
#define ENTRY_DATA_OFF 24u

uint32_t nvs_crc(uint32_t crc, const void *data, uint32_t len)
{
    return asl_crc32(crc, data, len);
}

static uint32_t header_crc(const uint8_t raw[NVS_HEADER_LEN])
{
    return nvs_crc(NVS_CRC_INIT, raw + 4, HEADER_CRC_OFF - 4);
}

void nvs_header_encode(const struct nvs_header *header, uint8_t out[NVS_HEADER_LEN])
{
    memset(out, 0xff, NVS_HEADER_LEN);
    asl_put_le32(out, header->state);
    asl_put_le32(out + 4, header->seq);
    out[8] = header->version;
    asl_put_le32(out + HEADER_CRC_OFF, header_crc(out));
}

bool nvs_header_decode(const uint8_t in[NVS_HEADER_LEN], struct nvs_header *header)
{
    if (asl_get_le32(in + HEADER_CRC_OFF) != header_crc(in) ||
        asl_get_le32(in + 4) == NVS_SEQ_NONE) {
        return false;
    }
    header->state = asl_get_le32(in);
    header->seq = asl_get_le32(in + 4);
    header->version = in[8];
    return true;
}

static uint32_t entry_crc(const uint8_t raw[NVS_ENTRY_LEN])
{
    uint32_t crc = nvs_crc(NVS_CRC_INIT, raw, ENTRY_CRC_OFF);

    return nvs_crc(crc, raw + ENTRY_KEY_OFF, NVS_ENTRY_LEN - ENTRY_KEY_OFF);
}

void nvs_entry_encode(const struct nvs_entry *entry, uint8_t out[NVS_ENTRY_LEN])
{
    out[0] = entry->ns;
    out[1] = entry->type;
    out[2] = entry->span;
    out[3] = entry->chunk;
    memcpy(out + ENTRY_KEY_OFF, entry->key, sizeof(entry->key));
    memcpy(out + ENTRY_DATA_OFF, entry->data, sizeof(entry->data));
    asl_put_le32(out + ENTRY_CRC_OFF, entry_crc(out));
}

bool nvs_entry_decode(const uint8_t in[NVS_ENTRY_LEN], struct nvs_entry *entry)
{
    if (asl_get_le32(in + ENTRY_CRC_OFF) != entry_crc(in) || in[2] == 0 || in[2] > NVS_N_ENTRIES ||
        !memchr(in + ENTRY_KEY_OFF, '\0', NVS_KEY_LEN + 1)) {
        return false;
    }
    entry->ns = in[0];
    entry->type = in[1];
    entry->span = in[2];
    entry->chunk = in[3];
    memcpy(entry->key, in + ENTRY_KEY_OFF, sizeof(entry->key));
    memcpy(entry->data, in + ENTRY_DATA_OFF, sizeof(entry->data));
    return true;
}

bool nvs_type_has_data(uint8_t type)
{
    return type == NVS_STORED_STR || type == NVS_STORED_BLOB_V1 || type == NVS_STORED_BLOB_DATA;
}

uint32_t nvs_span_for(uint32_t len)
{
    return 1u + (len + NVS_ENTRY_LEN - 1u) / NVS_ENTRY_LEN;
}

unsigned nvs_map_get(const uint8_t map[NVS_MAP_LEN], unsigned i)
{
    return map[i / 4] >> (2 * (i % 4)) & 3u;
}

void nvs_map_set(uint8_t map[NVS_MAP_LEN], unsigned i, unsigned state)
{
    unsigned shift = 2 * (i % 4);

    map[i / 4] = (uint8_t)((map[i / 4] & ~(3u << shift)) | state << shift);
}
