/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor_baud.h"

/* Most likely first: the ROM's and this project's, the common one of the ecosystem, the rest. */
static const uint32_t candidates[] = {74880, 115200, 9600, 57600, 230400, 460800, 921600, 38400};
#define N_CANDIDATES (sizeof(candidates) / sizeof(candidates[0]))

/* Of 32 bytes. At a wrong speed about half of the bytes are not readable; a device that resets
 * spits a few of them even at the right one. */
#define BAD_TO_LEAVE  12u
#define BAD_TO_SETTLE 5u

void monitor_baud_init(struct monitor_baud *m)
{
    *m = (struct monitor_baud){0};
}

uint32_t monitor_baud_now(const struct monitor_baud *m)
{
    return candidates[m->index];
}

static bool is_readable(uint8_t byte)
{
    return (byte >= 0x20 && byte < 0x7f) || byte == '\n' || byte == '\r' || byte == '\t' ||
           byte == 0x1b;
}

static void start_again(struct monitor_baud *m, unsigned index)
{
    *m = (struct monitor_baud){.index = index % N_CANDIDATES};
}

static void count(struct monitor_baud *m, bool is_bad)
{
    m->n_bad -= m->recent >> 31;
    m->n_bad += is_bad;
    m->recent = m->recent << 1 | is_bad;
    m->n_seen += m->n_seen < MONITOR_BAUD_HELD;
}

enum monitor_verdict monitor_baud_take(struct monitor_baud *m, uint8_t byte)
{
    count(m, !is_readable(byte));
    if (m->n_bad >= BAD_TO_LEAVE) {
        start_again(m, m->index + 1);
        return MONITOR_CHANGE;
    }
    /* A short prompt must show too: half the bytes will do when none of them is bad. */
    bool is_clean = m->n_bad == 0 && m->n_seen >= MONITOR_BAUD_HELD / 4;
    if (is_clean || (m->n_seen == MONITOR_BAUD_HELD && m->n_bad <= BAD_TO_SETTLE)) {
        m->is_settled = true;
    }
    if (m->is_settled) {
        return MONITOR_SHOW;
    }
    if (m->n_held < MONITOR_BAUD_HELD) {
        m->held[m->n_held++] = byte;
        return MONITOR_HOLD;
    }
    return MONITOR_SHOW;
}
