/* SPDX-License-Identifier: Apache-2.0 */
/* A key-value partition of any contents, patches on a blank one or edits of a used one, whose CRCs
 * may be settled: it opens or says why not, lookups stay inside the caller's buffer, and what is
 * set is found, also after a restart. */
#include <string.h>

#include "airslot/bytes.h"
#include "fuzz.h"
#include "host_flash.h"
#include "nvs_store.h"
#include "patch.h"

#define SIZE     (3u * NVS_PAGE_LEN)
#define ROOM_MAX 64u

static struct host_flash h;
static uint8_t used[SIZE];

/* Data go to the end of a buffer, so that one byte more than there is room for is an error. */
static void look_up(struct nvs_store *store, uint8_t ns, const char *key, size_t room)
{
    static const uint8_t types[] = {NVS_STORED_STR, NVS_STORED_BLOB_DATA};
    uint8_t out[ROOM_MAX];
    uint32_t number;

    (void)nvs_store_get_number(store, ns, key, NVS_STORED_U32, &number, 4);
    for (unsigned i = 0; i < sizeof(types); i++) {
        size_t len = room;
        esp_err_t err = nvs_store_get_data(store, ns, key, types[i], out + ROOM_MAX - room, &len);
        require(err != ESP_OK || len <= room);
    }
}

static void set(struct nvs_store *store, uint8_t ns)
{
    const uint32_t want = 0x12345678;
    uint32_t got = 0;

    if (nvs_store_set_number(store, ns, "n", NVS_STORED_U32, &want, 4) != ESP_OK) {
        return;
    }
    for (int is_restarted = 0; is_restarted < 2; is_restarted++) {
        require(is_restarted == 0 || nvs_store_init(store, &h.flash) == ESP_OK);
        require(nvs_store_get_number(store, ns, "n", NVS_STORED_U32, &got, 4) == ESP_OK);
        require(got == want);
    }
}

/* A number, a text and a blob, each set twice. */
static void make_used(struct nvs_store *store)
{
    static const char text[] = "a text of more than one entry, so that it has to be spread";
    uint8_t ns;

    host_flash_init(&h, SIZE);
    require(nvs_store_init(store, &h.flash) == ESP_OK);
    require(nvs_store_namespace(store, "STORAGE", true, &ns) == ESP_OK);
    for (uint32_t i = 0; i < 2; i++) {
        require(nvs_store_set_number(store, ns, "n", NVS_STORED_U32, &i, 4) == ESP_OK);
        require(nvs_store_set_data(store, ns, "key", NVS_STORED_STR, text + i, 50) == ESP_OK);
        require(nvs_store_set_data(store, ns, "blob", NVS_STORED_BLOB_DATA, text, 40 + i) ==
                ESP_OK);
    }
    memcpy(used, h.bytes, SIZE);
}

/* Gives the header or entry that holds addr the CRC that it should have: what it says is believed
 * then. */
static void seal(uint32_t addr)
{
    uint8_t *raw = h.bytes + addr / NVS_ENTRY_LEN * NVS_ENTRY_LEN;
    uint32_t off = addr % NVS_PAGE_LEN;

    if (off < NVS_HEADER_LEN) {
        asl_put_le32(raw + 28, nvs_crc(NVS_CRC_INIT, raw + 4, 24));
    } else if (off >= NVS_ENTRIES_OFF) {
        asl_put_le32(raw + 4, nvs_crc(nvs_crc(NVS_CRC_INIT, raw, 4), raw + 8, 24));
    }
}

static void edit(const uint8_t *data, size_t size, bool is_sealed)
{
    memcpy(h.bytes, used, SIZE);
    for (; size >= 3; data += 3, size -= 3) {
        uint32_t addr = (uint32_t)(data[0] | data[1] << 8) % SIZE;
        h.bytes[addr] ^= data[2];
        if (is_sealed) {
            seal(addr);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct nvs_store store;
    uint8_t ns;

    if (size < 1) {
        return 0;
    }
    size_t room = ROOM_MAX - (data[0] >> 2);
    if (h.bytes == NULL) {
        make_used(&store);
    }
    host_flash_plan(&h, HOST_FAULT_NONE, 0, 0);
    if ((data[0] & 1) != 0) {
        edit(data + 1, size - 1, (data[0] & 2) != 0);
    } else {
        patch(h.bytes, SIZE, data + 1, size - 1);
    }
    if (nvs_store_init(&store, &h.flash) == ESP_OK &&
        nvs_store_namespace(&store, "STORAGE", true, &ns) == ESP_OK) {
        look_up(&store, ns, "n", room);
        look_up(&store, ns, "key", room);
        look_up(&store, ns, "blob", room);
        set(&store, ns);
    }
    require(h.n_misuses == 0);
    return 0;
}
