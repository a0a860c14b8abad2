/* SPDX-License-Identifier: Apache-2.0 */
/* Update sessions over the host flash. Four bytes choose chunk, declared length and a fault;
 * nothing outside the slot changes, nothing is erased before the gate, and success means the bytes
 * are there. */
#include <string.h>

#include "asl_update.h"
#include "fuzz.h"
#include "host_flash.h"

#define FLASH_SIZE 0x8000u
#define SLOT_ADDR  0x2000u
#define SLOT_SIZE  0x4000u

static struct host_flash h;
static uint8_t before[FLASH_SIZE];

static enum asl_err run(const struct asl_update_config *config, const uint8_t *data, uint32_t len,
                        uint32_t chunk)
{
    static struct asl_update u;

    if (asl_update_begin(&u, config) != ASL_OK) {
        return ASL_ERR_INVALID_ARG;
    }
    for (uint32_t off = 0; off < len; off += chunk) {
        if (asl_update_feed(&u, data + off, len - off < chunk ? len - off : chunk) != ASL_OK) {
            break;
        }
    }
    return asl_update_end(&u, NULL);
}

static void fill_before(void)
{
    for (uint32_t i = 0; i < FLASH_SIZE; i++) {
        before[i] = (uint8_t)(i * 31);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4 || size > SLOT_SIZE + 1000) {
        return 0;
    }
    const uint8_t *image = data + 4;
    uint32_t len = (uint32_t)size - 4;
    static const char note[] = "where it came from";
    if (before[1] == 0) {
        fill_before();
    }
    host_flash_init(&h, FLASH_SIZE);
    memcpy(h.bytes, before, FLASH_SIZE);
    host_flash_plan(&h, (enum host_fault)(data[3] % 5), data[2], 0);
    const struct asl_update_config config = {.flash = &h.flash,
                                             .slot_addr = SLOT_ADDR,
                                             .slot_size = SLOT_SIZE,
                                             .image_len = (data[1] & 1) != 0 ? len : 0,
                                             .accept_no_hash = (data[1] & 2) != 0,
                                             .note = (data[1] & 4) != 0 ? note : NULL,
                                             .note_len = sizeof(note)};
    enum asl_err err = run(&config, image, len, 1u + data[0] * 8u);
    require(host_flash_same_outside(&h, before, SLOT_ADDR, SLOT_SIZE) && h.n_misuses == 0);
    require(err != ASL_OK || memcmp(h.bytes + SLOT_ADDR, image, len) == 0);
    require(len > 0 && asl_image_gate(image, len < 1024 ? len : 1024, SLOT_ADDR, SLOT_SIZE,
                                      config.image_len) == ASL_OK
                ? true
                : h.n_erases == 0);
    host_flash_free(&h);
    return 0;
}
