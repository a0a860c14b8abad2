/* SPDX-License-Identifier: Apache-2.0 */
/* DPORT, the system registers: cache window, IRAM grant, gates of the edge interrupts, CPU clock
 * doubling, efuses. */
#include <string.h>

#include "device_table.h"

enum {
    NMI_SOURCE = 0x00,
    EDGE_ENABLE = 0x04,
    CACHE = 0x0c,
    CPU_CLOCK = 0x14,
    CLOCK_GATES = 0x18,
    SPI_INT_STATUS = 0x20,
    IRAM_GRANT = 0x24,
    SWAP = 0x28,
    EFUSE0 = 0x50,
    EFUSE1 = 0x54,
    EFUSE2 = 0x58,
    EFUSE3 = 0x5c,
};

#define CACHE_FLUSH      (1u << 0)
#define CACHE_FLUSH_DONE (1u << 1)
#define CACHE_ENABLE     (1u << 8)
#define CACHE_SPI_BUSY   (1u << 9)
#define CACHE_SEGMENT(r) (((r) >> 16) & 7u)
#define CACHE_WINDOW_2MB (1u << 24)
#define CACHE_ODD_MB     (1u << 25)

#define GRANT_UPPER (1u << 3) /* 0x4010c000 */
#define GRANT_LOWER (1u << 4) /* 0x40108000 */

#define NMI_SOURCE_MAC 1u

void vb_mac(const struct vb_board *b, uint8_t mac[6])
{
    static const uint8_t none[6] = {0};
    static const uint8_t usual[6] = {0x5c, 0xcf, 0x7f, 0x34, 0x56, 0x12};
    memcpy(mac, memcmp(b->config.mac, none, 6) == 0 ? usual : b->config.mac, 6);
}

bool vb_cache_window(const struct vb_board *b, uint32_t *addr, uint32_t *len)
{
    uint32_t cache = b->dport.cache;
    bool is_wide = (cache & CACHE_WINDOW_2MB) != 0;
    *addr = CACHE_SEGMENT(cache) << 21;
    if (!is_wide && (cache & CACHE_ODD_MB) != 0) {
        *addr += 1u << 20;
    }
    *len = is_wide ? 2u << 20 : 1u << 20;
    return (cache & CACHE_ENABLE) != 0 && vb_spi_allows_cache(b);
}

/* The grant bits alone decide: after the cache is switched off, the halves stay lost until software
 * clears the bits. */
bool vb_cache_takes_iram(const struct vb_board *b, uint32_t vaddr)
{
    uint32_t bit = vaddr >= 0x4010c000u ? GRANT_UPPER : GRANT_LOWER;
    return vaddr >= 0x40108000u && vaddr < 0x40110000u && (b->dport.iram_grant & bit) != 0;
}

void vb_dport_edge(struct vb_board *b, unsigned line)
{
    if ((b->dport.edge_enable >> (line - 8) & 1u) != 0) {
        vb_irq_edge(b, line);
    }
}

/* The form with a whole 48-bit address: bits 15 and 12 of word 2. */
static uint32_t efuse(const struct vb_board *b, uint32_t off)
{
    uint8_t mac[6];
    vb_mac(b, mac);
    switch (off) {
    case EFUSE0:
        return (uint32_t)mac[5] << 24;
    case EFUSE1:
        return 0x02000000u | (uint32_t)mac[3] << 8 | mac[4];
    case EFUSE2:
        return 0x00009000u;
    default:
        return (uint32_t)mac[0] << 16 | (uint32_t)mac[1] << 8 | mac[2];
    }
}

static uint32_t read_cache(const struct vb_board *b)
{
    uint32_t value = b->dport.cache;
    return (value & CACHE_FLUSH) != 0 ? value | CACHE_FLUSH_DONE : value;
}

bool vb_dport_read(struct vb_board *b, uint32_t off, uint32_t *value)
{
    const struct vb_dport *d = &b->dport;
    switch (off) {
    case NMI_SOURCE:
        *value = d->nmi_source;
        return true;
    case EDGE_ENABLE:
        *value = d->edge_enable;
        return true;
    case CACHE:
        *value = read_cache(b);
        return true;
    case CPU_CLOCK:
        *value = d->cpu_clock;
        return true;
    case CLOCK_GATES:
        *value = d->clock_gates;
        return true;
    case SPI_INT_STATUS:
        *value = 0;
        return true;
    case IRAM_GRANT:
        *value = d->iram_grant;
        return true;
    case SWAP:
        *value = d->swap;
        return true;
    case EFUSE0:
    case EFUSE1:
    case EFUSE2:
    case EFUSE3:
        *value = efuse(b, off);
        return true;
    default:
        return false;
    }
}

static void write_nmi_source(struct vb_board *b, uint32_t value)
{
    if (value > NMI_SOURCE_MAC) {
        vb_unmodelled(b, "NMI source %u", value);
    }
    b->dport.nmi_source = value;
}

static void write_cache(struct vb_board *b, uint32_t value)
{
    uint32_t old = b->dport.cache;
    b->dport.cache = value & ~(CACHE_FLUSH_DONE | CACHE_SPI_BUSY);
    if (old != b->dport.cache) {
        vb_memory_remap(b);
    }
}

static void write_iram_grant(struct vb_board *b, uint32_t value)
{
    uint32_t old = b->dport.iram_grant;
    b->dport.iram_grant = value;
    if (((old ^ value) & (GRANT_UPPER | GRANT_LOWER)) != 0) {
        vb_memory_remap(b);
    }
}

bool vb_dport_write(struct vb_board *b, uint32_t off, uint32_t value)
{
    switch (off) {
    case NMI_SOURCE:
        write_nmi_source(b, value);
        return true;
    case EDGE_ENABLE:
        b->dport.edge_enable = value;
        return true;
    case CACHE:
        write_cache(b, value);
        return true;
    case CPU_CLOCK:
        b->dport.cpu_clock = value;
        vb_clock_update(b);
        return true;
    case CLOCK_GATES:
        b->dport.clock_gates = value;
        return true;
    case IRAM_GRANT:
        write_iram_grant(b, value);
        return true;
    case SWAP:
        b->dport.swap = value;
        return true;
    default:
        return false;
    }
}

void vb_dport_reset(struct vb_board *b, enum vb_reset_kind kind)
{
    (void)kind;
    b->dport = (struct vb_dport){0};
    vb_clock_update(b);
    vb_memory_remap(b);
}
