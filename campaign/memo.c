/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing without locks: whoever claims an entry's state fills it, others see it once it is
 * judged. Two processes may judge the same state at once; then one verdict is dropped. */
#include "memo.h"

#define MAX_PROBES 64u

static uint64_t key_of(uint64_t state)
{
    return state != 0 ? state : 1;
}

bool cam_memo_recall(const struct cam_memo *memo, uint64_t state, struct cam_verdict *out)
{
    uint64_t key = key_of(state);
    for (uint64_t i = 0; i < MAX_PROBES; i++) {
        uint64_t at = (key + i) % CAM_MAX_STATES;
        uint64_t found = __atomic_load_n(&memo->entry[at].state, __ATOMIC_ACQUIRE);
        if (found == 0) {
            return false;
        }
        if (found == key) {
            if (!__atomic_load_n(&memo->entry[at].is_judged, __ATOMIC_ACQUIRE)) {
                return false;
            }
            *out = memo->entry[at].verdict;
            return true;
        }
    }
    return false;
}

void cam_memo_keep(struct cam_memo *memo, uint64_t state, const struct cam_verdict *verdict)
{
    uint64_t key = key_of(state);
    for (uint64_t i = 0; i < MAX_PROBES; i++) {
        uint64_t at = (key + i) % CAM_MAX_STATES;
        uint64_t free_state = 0;
        if (__atomic_compare_exchange_n(&memo->entry[at].state, &free_state, key, false,
                                        __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
            memo->entry[at].verdict = *verdict;
            __atomic_store_n(&memo->entry[at].is_judged, true, __ATOMIC_RELEASE);
            return;
        }
        if (free_state == key) {
            return;
        }
    }
}
