/* SPDX-License-Identifier: Apache-2.0 */
/* Images in a stream. The first byte chooses rules and chunks; how the bytes are cut must not
 * matter, and what passes as a file has every segment inside it. */
#include <string.h>

#include "asl_image.h"
#include "fuzz.h"

static enum asl_err judge(const uint8_t *data, uint32_t len, uint32_t chunk,
                          const struct asl_image_rules *rules, struct asl_image_info *info)
{
    static struct asl_image_verifier v;

    asl_image_verifier_init(&v, rules);
    for (uint32_t off = 0; off < len; off += chunk) {
        (void)asl_image_verifier_feed(&v, data + off, len - off < chunk ? len - off : chunk);
    }
    return asl_image_verifier_finish(&v, info);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct asl_image_info info, other;

    if (size < 1 || size > 65536) {
        return 0;
    }
    uint8_t how = *data++;
    uint32_t len = (uint32_t)size - 1;
    const struct asl_image_rules rules = {.max_len = len,
                                          .accept_no_hash = (how & 1) != 0,
                                          .exact_len = (how & 2) != 0,
                                          .for_rom = (how & 4) != 0};
    enum asl_err err = judge(data, len, len > 0 ? len : 1, &rules, &info);
    require(judge(data, len, 1u + (how >> 3), &rules, &other) == err);
    require(memcmp(info.hash, other.hash, sizeof(info.hash)) == 0);
    require(err != ASL_OK || (info.total_len <= len && info.header.n_segments > 0));
    for (uint32_t i = 0; err == ASL_OK && i < info.header.n_segments; i++) {
        require(info.segment[i].len <= len && info.segment[i].off <= len - info.segment[i].len);
    }
    (void)asl_image_gate(data, len, 0x10000, 0xf0000, how);
    return 0;
}
