/* SPDX-License-Identifier: Apache-2.0 */
/* See fake_board.h. */
#include "fake_board.h"

#include <stdlib.h>
#include <string.h>

struct fake_record fake;

static void on_uart_tx(void *ctx, unsigned uart, uint8_t byte)
{
    (void)ctx;
    if (uart == 0 && fake.n_uart_text < sizeof(fake.uart_text) - 1) {
        fake.uart_text[fake.n_uart_text++] = (char)byte;
    }
}

struct vb_board *fake_board_new(uint32_t flash_size)
{
    struct vb_board *b = calloc(1, sizeof(*b));
    fake = (struct fake_record){0};
    if (b == NULL) {
        abort();
    }
    for (unsigned i = 0; i < VB_EVENT_COUNT; i++) {
        b->due[i] = VB_NEVER;
    }
    b->config.flash_size = flash_size;
    b->config.uart_tx = on_uart_tx;
    b->strap = VB_BOOT_FLASH;
    b->random[0] = 1;
    b->powered = true;
    vb_set_clock(b, 52, 52);
    if (!vb_nor_init(b)) {
        abort();
    }
    for (unsigned i = 0; i < vb_n_devices; i++) {
        vb_devices[i].reset(b, VB_RESET_POWER);
    }
    fake.n_remaps = 0;
    return b;
}

void fake_board_free(struct vb_board *b)
{
    vb_nor_free(b);
    free(b);
}

static enum vb_event next_event(const struct vb_board *b)
{
    unsigned next = 0;
    for (unsigned i = 1; i < VB_EVENT_COUNT; i++) {
        next = b->due[i] < b->due[next] ? i : next;
    }
    return (enum vb_event)next;
}

void fake_run_us(struct vb_board *b, uint64_t us)
{
    vb_time end = b->now + us * VB_TICKS_PER_US;
    for (;;) {
        enum vb_event event = next_event(b);
        if (b->due[event] > end) {
            break;
        }
        b->now = b->due[event] > b->now ? b->due[event] : b->now;
        b->due[event] = VB_NEVER;
        vb_device_event(b, event);
    }
    b->now = end;
}

static const struct vb_device *device_at(uint32_t vaddr)
{
    for (unsigned i = 0; i < vb_n_devices; i++) {
        if (vaddr - vb_devices[i].base < vb_devices[i].size) {
            return &vb_devices[i];
        }
    }
    abort();
}

uint32_t fake_read(struct vb_board *b, uint32_t vaddr)
{
    const struct vb_device *d = device_at(vaddr);
    uint32_t value = 0;
    if (!d->read(b, vaddr - d->base, &value)) {
        abort();
    }
    return value;
}

bool fake_is_modelled(struct vb_board *b, uint32_t vaddr)
{
    const struct vb_device *d = device_at(vaddr);
    uint32_t value;
    return d->read(b, vaddr - d->base, &value);
}

void fake_write(struct vb_board *b, uint32_t vaddr, uint32_t value)
{
    const struct vb_device *d = device_at(vaddr);
    if (!d->write(b, vaddr - d->base, value)) {
        fake.n_unmodelled++;
    }
}

/* --- what devices ask of the board --- */

void vb_note_work(struct vb_board *b)
{
    (void)b;
}

vb_time vb_whole_us(vb_time at)
{
    return (at + VB_TICKS_PER_US - 1) / VB_TICKS_PER_US * VB_TICKS_PER_US;
}

void vb_board_get_moment(const struct vb_board *b, struct vb_moment *out)
{
    *out = (struct vb_moment){.time_ns = b->now / VB_TICKS_PER_US * 1000};
}

vb_time vb_now(const struct vb_board *b)
{
    return b->now;
}

void vb_schedule(struct vb_board *b, enum vb_event event, vb_time at)
{
    b->due[event] = at;
}

void vb_set_clock(struct vb_board *b, unsigned cpu_mhz, unsigned apb_mhz)
{
    b->cycle_ticks = VB_TICKS_PER_US / cpu_mhz;
    b->apb_ticks = VB_TICKS_PER_US / apb_mhz;
    vb_frc_clock_changed(b);
    vb_uart_clock_changed(b);
}

uint64_t vb_random(struct vb_board *b)
{
    b->random[0] = b->random[0] * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return b->random[0] ^ b->random[0] >> 29;
}

void vb_request_reset(struct vb_board *b, enum vb_reset_kind kind)
{
    (void)b;
    fake.n_resets++;
    fake.reset_kind = kind;
}

void vb_unmodelled(struct vb_board *b, const char *format, ...)
{
    (void)b;
    (void)format;
    fake.n_unmodelled++;
}

void vb_trace(struct vb_board *b, enum vb_trace_kind kind, const char *format, ...)
{
    (void)b;
    (void)kind;
    (void)format;
}

void vb_irq_level(struct vb_board *b, unsigned line, bool asserted)
{
    (void)b;
    fake.irq_levels &= ~(1u << line);
    fake.irq_levels |= (uint32_t)asserted << line;
}

void vb_irq_edge(struct vb_board *b, unsigned line)
{
    (void)b;
    fake.n_edges[line]++;
}

void vb_nmi(struct vb_board *b)
{
    (void)b;
}

static bool is_in_dram(uint32_t vaddr, size_t len)
{
    return vaddr >= FAKE_DRAM && vaddr - FAKE_DRAM <= sizeof(fake.dram) &&
           len <= sizeof(fake.dram) - (vaddr - FAKE_DRAM);
}

bool vb_dma_read(struct vb_board *b, uint32_t vaddr, void *dst, size_t len)
{
    (void)b;
    if (!is_in_dram(vaddr, len)) {
        return false;
    }
    memcpy(dst, fake.dram + (vaddr - FAKE_DRAM), len);
    return true;
}

bool vb_dma_write(struct vb_board *b, uint32_t vaddr, const void *src, size_t len)
{
    (void)b;
    if (!is_in_dram(vaddr, len)) {
        return false;
    }
    memcpy(fake.dram + (vaddr - FAKE_DRAM), src, len);
    return true;
}

void vb_memory_remap(struct vb_board *b)
{
    (void)b;
    fake.n_remaps++;
}
