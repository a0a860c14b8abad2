/* SPDX-License-Identifier: Apache-2.0 */
/* The flash cache: which MiB the window shows, and the IRAM that the cache takes. Keeps no data. */
#include "rom.h"

#define FLUSH        (1u << 0)
#define FLUSH_DONE   (1u << 1)
#define ENABLE       (1u << 8)
#define SEGMENT_MASK (7u << 16)
#define WINDOW_2MB   (1u << 24)
#define ODD_MB       (1u << 25)
#define SIZE_32K     (1u << 26)
#define GRANT_ONE    0x08u
#define GRANT_BOTH   0x18u

static void stop(void)
{
    REG(DPORT_CACHE) &= ~ENABLE;
    while (REG(DPORT_CACHE) & ENABLE) {
    }
}

static void flush(void)
{
    REG(DPORT_CACHE) &= ~FLUSH;
    REG(DPORT_CACHE) |= FLUSH;
    while ((REG(DPORT_CACHE) & FLUSH_DONE) == 0) {
    }
    REG(DPORT_CACHE) &= ~FLUSH;
}

/* map: 0 the lower MiB of the 2 MiB segment, 1 the upper, 2 both; size: 0 16 KiB, 1 32 KiB. */
void Cache_Read_Enable(uint32_t map, uint32_t segment, uint32_t size);
void Cache_Read_Enable(uint32_t map, uint32_t segment, uint32_t size)
{
    stop();
    REG(SPI0_CTRL) &= ~CTRL_AHB_ENABLE;
    flush();
    REG(SPI0_CTRL) |= CTRL_AHB_ENABLE;

    uint32_t control = REG(DPORT_CACHE) & ~(WINDOW_2MB | ODD_MB | SIZE_32K | SEGMENT_MASK);
    control |= map == 0 ? 0 : map == 1 ? ODD_MB : WINDOW_2MB;
    control |= size << 26 | segment << 16;
    REG(DPORT_CACHE) = control;
    REG(DPORT_IRAM_GRANT) |= size == 0 ? GRANT_ONE : GRANT_BOTH;
    REG(DPORT_CACHE) |= ENABLE;
    while ((REG(DPORT_CACHE) & ENABLE) == 0) {
    }
}

/* Leaves the mapping and the grant of IRAM as they are. */
void Cache_Read_Disable(void)
{
    if (REG(DPORT_CACHE) & ENABLE) {
        stop();
    }
    REG(SPI0_CTRL) &= ~CTRL_AHB_ENABLE;
    flush();
}
