/* SPDX-License-Identifier: Apache-2.0 */
/* The flash window: which megabyte it shows, and its pauses for SPI commands.
 * Fact: esp8266-machine 5.1, 5.2. The short pause keeps what the cache holds. */
#include "esp8266/regs.h"
#include "esp8266/soc.h"
#include "esp_attr.h"

uint32_t soc_cache_offset(void)
{
    uint32_t control = REG_READ(DPORT_CACHE);
    uint32_t mb = (control >> DPORT_CACHE_MB_SHIFT) & DPORT_CACHE_MB_MASK;
    return mb * 0x200000u + ((control & DPORT_CACHE_UPPER) != 0 ? 0x100000u : 0u);
}

void IRAM_ATTR soc_cache_suspend(void)
{
    REG_CLR_BITS(DPORT_CACHE, DPORT_CACHE_ENABLE);
    while ((REG_READ(DPORT_CACHE) & DPORT_CACHE_ENABLE) != 0) {
    }
    while (REG_READ(SPI_EXT2) != 0) {
    }
    REG_CLR_BITS(SPI_CTRL, SPI_CTRL_CACHE);
}

void IRAM_ATTR soc_cache_resume(bool flush)
{
    if (flush) {
        REG_CLR_BITS(DPORT_CACHE, DPORT_CACHE_FLUSH);
        REG_SET_BITS(DPORT_CACHE, DPORT_CACHE_FLUSH);
        while ((REG_READ(DPORT_CACHE) & DPORT_CACHE_FLUSHED) == 0) {
        }
        REG_CLR_BITS(DPORT_CACHE, DPORT_CACHE_FLUSH);
    }
    REG_SET_BITS(SPI_CTRL, SPI_CTRL_CACHE);
    REG_SET_BITS(DPORT_CACHE, DPORT_CACHE_ENABLE);
    while ((REG_READ(DPORT_CACHE) & DPORT_CACHE_ENABLE) == 0) {
    }
}
