/* SPDX-License-Identifier: Apache-2.0 */
/* Signed claims and the owner's rules. The input either edits a truly signed head (pairs of place
 * and change) or stands in its claims' room. Nothing passes that is not what was signed, and claims
 * have one form only. */
#include <string.h>

#include "asl_claims.h"
#include "fuzz.h"
#include "signed_head.h"

#define SLOT_SIZE 0xf0000u

static uint8_t head[sizeof(signed_head)];

static void edit(const uint8_t *data, size_t size)
{
    for (; size >= 3; data += 3, size -= 3) {
        head[(size_t)(data[0] | data[1] << 8) % sizeof(head)] ^= data[2];
    }
}

/* Settles magic, format and XOR, so that more than the first check is reached. */
static void settle(uint8_t *room)
{
    static const uint8_t start[] = {'A', 'S', 'L', 'C', ASL_CLAIMS_FORMAT, 0, 0, 0};
    uint8_t sum = 0;

    memcpy(room, start, sizeof(start));
    for (uint32_t i = 0; i + 1 < ASL_CLAIMS_LEN; i++) {
        sum ^= room[i];
    }
    room[ASL_CLAIMS_LEN - 1] = sum;
}

static void check_form(const uint8_t *room)
{
    struct asl_claims claims;
    uint8_t again[ASL_CLAIMS_LEN];

    if (asl_claims_parse(room, &claims) != ASL_OK) {
        return;
    }
    require(claims.min_version <= claims.secure_version);
    asl_claims_put(&claims, again);
    asl_claims_put_signature(again, room + ASL_CLAIMS_SIGNED_LEN);
    require(memcmp(again, room, ASL_CLAIMS_LEN) == 0);
}

static void check_rules(uint8_t how, uint32_t len)
{
    const struct asl_owner_rules rules = {.key = (const uint8_t(*)[ASL_KEY_LEN])signed_key,
                                          .n_keys = (how & 16) == 0 ? 1 : 0,
                                          .project = (how & 4) != 0 ? "fuzz" : NULL,
                                          .board = (how & 8) != 0 ? "virtual" : NULL,
                                          .min_version = how >> 5};
    struct asl_claims claims;

    if (asl_owner_judge(&rules, head, len, SLOT_SIZE, 0, &claims) != ASL_OK) {
        return;
    }
    require(rules.n_keys == 0 || (claims.secure_version >= rules.min_version &&
                                  claims.image_len <= SLOT_SIZE && len >= sizeof(head)));
    require(rules.n_keys == 0 ||
            memcmp(head + ASL_CLAIMS_OFF, signed_head + ASL_CLAIMS_OFF, ASL_CLAIMS_LEN) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct asl_claims claims;
    uint8_t *room = head + ASL_CLAIMS_OFF;

    if (size < 3) {
        return 0;
    }
    memcpy(head, signed_head, sizeof(head));
    if ((data[0] & 1) != 0) {
        edit(data + 3, size - 3);
    } else {
        memcpy(room, data + 3, size - 3 < ASL_CLAIMS_LEN ? size - 3 : ASL_CLAIMS_LEN);
    }
    if ((data[0] & 2) != 0) {
        settle(room);
    }
    check_form(room);
    require(asl_claims_verify(room, (const uint8_t(*)[ASL_KEY_LEN])signed_key, 1, &claims) !=
                ASL_OK ||
            memcmp(room, signed_head + ASL_CLAIMS_OFF, ASL_CLAIMS_LEN) == 0);
    check_rules(data[0], (uint32_t)(data[1] | data[2] << 8) % (sizeof(head) + 1u));
    return 0;
}
