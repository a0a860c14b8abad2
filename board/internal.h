/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of board/ share: the one object, virtual time, events, and the shape of a device.
 * Rules that keep a board forkable by copying: no pointers from state to state, devices are members,
 * events are named by number, randomness comes from vb_random(). */
#ifndef VB_INTERNAL_H
#define VB_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cpu.h"
#include "debug.h"
#include "devices.h"
#include "memory.h"
#include "vb_board.h"

/* Virtual time in ticks of 2080 MHz: one CPU cycle is 40 ticks at 52 MHz, 26 at 80, 13 at 160, so
 * every clock of the chip is a whole number of ticks. */
typedef uint64_t vb_time;
#define VB_TICKS_PER_US 2080u
#define VB_NEVER UINT64_MAX

enum vb_event {
    VB_EVENT_CCOMPARE,
    VB_EVENT_FRC1,
    VB_EVENT_FRC2,
    VB_EVENT_WDT,
    VB_EVENT_UART_TX,   /* transmitter has shifted a byte out */
    VB_EVENT_UART_RX,   /* a byte arrives / receive time-out */
    VB_EVENT_SPI,       /* SPI0 command completes */
    VB_EVENT_NOR,       /* program or erase inside the chip completes */
    VB_EVENT_RADIO,
    VB_EVENT_PIN,       /* the host changes a pin */
    VB_EVENT_FAULT,     /* the moment of a planned power cut */
    VB_EVENT_NET,       /* the backend wants to work */
    VB_EVENT_COUNT
};

enum vb_reset_kind {
    VB_RESET_POWER,     /* cause 1; everything to reset values, RAM undefined */
    VB_RESET_EXTERNAL,  /* cause 2; EN pin */
    VB_RESET_SOFTWARE,  /* cause 3; RTC bit 31 */
    VB_RESET_WATCHDOG,  /* cause 4 */
};

/* One device on the bus: registers are words, off is relative to base. read and write return false
 * for a register that is not modelled; the bus then stops the run and names it. */
struct vb_device {
    const char *name;
    uint32_t base, size;
    bool (*read)(struct vb_board *b, uint32_t off, uint32_t *value);
    bool (*write)(struct vb_board *b, uint32_t off, uint32_t value);
    void (*reset)(struct vb_board *b, enum vb_reset_kind kind);
};
/* The table of all devices, in devices.c. */
extern const struct vb_device vb_devices[];
extern const unsigned vb_n_devices;
/* Called when an event of a device is due, in devices.c (CCOMPARE belongs to the CPU). */
void vb_device_event(struct vb_board *b, enum vb_event event);

struct vb_board {
    struct vb_cpu cpu;
    struct vb_memory mem;

    /* Devices; each struct is declared in devices.h and used by its own file only. */
    struct vb_dport dport;
    struct vb_spi spi;
    struct vb_nor nor;
    struct vb_fault_state fault;
    struct vb_uart uart[2];
    struct vb_frc frc;
    struct vb_wdt wdt;
    struct vb_rtc rtc;
    struct vb_gpio gpio;
    struct vb_iomux iomux;
    struct vb_pins pins;
    struct vb_analog analog;
    struct vb_radio radio;
    struct vb_debug debug;

    vb_time now;               /* at the last synchronisation; vb_now() is exact inside a slice */
    vb_time due[VB_EVENT_COUNT];
    vb_time idle;              /* see vb_stats.idle_us */
    vb_time work_at;           /* of the last byte on UART 0 or command to the flash chip */
    uint32_t cycle_ticks;      /* 40, 26 or 13 */
    uint32_t apb_ticks;        /* 40 (52 MHz) or 26 (80 MHz) */
    uint64_t random[2];

    enum vb_boot_strap strap;
    enum vb_host_reach host_reach;
    bool powered;
    bool stop_requested;
    bool reset_pending;
    bool power_cut;            /* by a fault: the run stops, the next one powers on */
    bool reset_applied;        /* by hardware; the reset vector has not been reached yet */
    enum vb_reset_kind reset_kind;
    enum vb_stop stop_reason;
    char message[256];
    struct vb_stats stats;
    void (*tap)(void *ctx, bool is_sent, const uint8_t *frame, size_t len, uint64_t time_ns);
    void *tap_ctx;
    struct vb_config config;   /* flash and rom pointers are cleared after creation */
};

/* Where execution starts after every reset. Fact: esp8266-machine 2.1. */
#define VB_RESET_PC 0x40000080u

/* --- clock and events (board.c) --- */
/* Exact virtual time, also in the middle of a slice. */
vb_time vb_now(const struct vb_board *b);
/* Schedules or moves an event; at <= now fires before the next instruction. VB_NEVER cancels. */
void vb_schedule(struct vb_board *b, enum vb_event event, vb_time at);
/* Changes the clocks from this moment on. cpu_mhz 52, 80 or 160; apb 52 or 80. */
void vb_set_clock(struct vb_board *b, unsigned cpu_mhz, unsigned apb_mhz);
uint64_t vb_random(struct vb_board *b);
/* The whole microsecond at or after at. */
vb_time vb_whole_us(vb_time at);
/* A byte moved on a UART, or the flash chip got a command: the device is not idle. */
void vb_note_work(struct vb_board *b);
/* Asks for a reset after the present instruction. */
void vb_request_reset(struct vb_board *b, enum vb_reset_kind kind);
/* Stops the run: something is not modelled. Formats one sentence; pc is added. */
void vb_unmodelled(struct vb_board *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void vb_trace(struct vb_board *b, enum vb_trace_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static inline bool vb_is_tracing(const struct vb_board *b)
{
    return b->config.trace != NULL;
}

/* --- interrupt lines (cpu.c) --- */
/* Level lines follow the device; edge lines (8..13) latch until INTCLEAR. */
void vb_irq_level(struct vb_board *b, unsigned line, bool asserted);
void vb_irq_edge(struct vb_board *b, unsigned line);
void vb_nmi(struct vb_board *b);

/* --- memory as devices see it (memory.c) --- */
/* DMA to and from DRAM; false when the range leaves DRAM. */
bool vb_dma_read(struct vb_board *b, uint32_t vaddr, void *dst, size_t len);
bool vb_dma_write(struct vb_board *b, uint32_t vaddr, const void *src, size_t len);
/* The cache window or the IRAM grant changed (DPORT), or flash bytes changed behind it and the
 * cache was flushed: drop what was decoded or looked up. */
void vb_memory_remap(struct vb_board *b);

/* --- flash chip, by physical address (nor.c) --- */
/* Byte-exact contents for the cache window; wraps at the chip's end. Valid until the storage moves
 * (program or erase of a shared page): then nor.c calls vb_memory_remap(). */
const uint8_t *vb_nor_page(struct vb_board *b, uint32_t addr); /* 4 KiB page that holds addr */

/* --- what devices tell each other --- */
void vb_uart_clock_changed(struct vb_board *b);
void vb_frc_clock_changed(struct vb_board *b);
uint32_t vb_gpio_straps(const struct vb_board *b); /* bits 16..31 of GPIO_IN */

#endif
