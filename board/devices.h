/* SPDX-License-Identifier: Apache-2.0 */
/* The state of every device, as plain members of struct vb_board, and what devices offer to one
 * another. A struct is used by its own file only; times are ticks (vb_time of internal.h). */
#ifndef VB_DEVICES_H
#define VB_DEVICES_H

#include <stdbool.h>
#include <stdint.h>

#include "pages.h"
#include "vb_board.h"
#include "vb_fault.h"

/* --- system registers (dport.c, wdev.c) --- */
struct vb_dport {
    uint32_t nmi_source;
    uint32_t edge_enable;
    uint32_t cache;
    uint32_t cpu_clock;
    uint32_t clock_gates;
    uint32_t iram_grant;
    uint32_t swap;
};
/* What the cache window shows: true when the cache is on; then flash addresses [*addr, *addr +
 * *len) stand at 0x40200000. */
bool vb_cache_window(const struct vb_board *b, uint32_t *addr, uint32_t *len);
/* True when the upper (0x4010c000) or lower (0x40108000) 16 KiB of IRAM serve as cache RAM now. */
bool vb_cache_takes_iram(const struct vb_board *b, uint32_t vaddr);
/* The station address: of the config, or the default. */
void vb_mac(const struct vb_board *b, uint8_t mac[6]);
/* Raises edge interrupt 8, 9 or 10 if its bit of 0x3ff00004 lets it through. */
void vb_dport_edge(struct vb_board *b, unsigned line);

/* --- SPI flash controller (spi.c) --- */
struct vb_spi {
    uint32_t cmd;     /* the start bit of the running command, 0 when idle */
    uint32_t reg[64]; /* by offset / 4, as stored */
};
bool vb_spi_allows_cache(const struct vb_board *b);

/* --- NOR flash chip (nor.c) --- */
#define VB_NOR_MAX_SECTORS 4096u

enum vb_nor_op_kind { VB_NOR_IDLE, VB_NOR_PROGRAM, VB_NOR_ERASE, VB_NOR_STATUS };

/* A program, erase or status write that the chip is busy with. */
struct vb_nor_op {
    enum vb_nor_op_kind kind;
    uint32_t addr;     /* of the page, or of the erased area */
    uint32_t len;      /* bytes sent, or bytes erased */
    uint32_t first;    /* of a program: where in the page the first byte goes */
    uint8_t data[256]; /* page image, 0xff where nothing is programmed */
    uint8_t status[3]; /* new status registers */
};

struct vb_nor {
    struct vb_pages pages;
    uint32_t size;
    uint8_t status[3];        /* SR1..SR3 without WIP */
    uint8_t stored_status[3]; /* what a power cycle or reset brings back */
    bool volatile_status;     /* 50h came before: the next status write is not stored */
    bool powered_down;
    bool reset_armed; /* 66h was the last command */
    struct vb_nor_op op;
    uint64_t n_ops;                    /* programs, erases and status writes begun */
    uint32_t wear[VB_NOR_MAX_SECTORS]; /* erases of each 4 KiB sector */
};
/* Makes the chip from flash and flash_size of the config. Errors: false when memory is out. */
bool vb_nor_init(struct vb_board *b);
/* After a struct copy: takes references of its own to the flash pages. */
bool vb_nor_fork(struct vb_board *copy);
void vb_nor_free(struct vb_board *b);
/* One transaction, chip select low to high: sends n_tx bytes, then receives n_rx. */
void vb_nor_transact(struct vb_board *b, const uint8_t *tx, uint32_t n_tx, uint8_t *rx,
                     uint32_t n_rx);

/* --- the fault injector (fault.c) --- */
struct vb_fault_state {
    struct vb_fault plan;
    uint64_t random;
    bool has_fired;
    bool is_swallowing, cuts_after; /* what the end of the running operation brings */
    uint32_t brownout_left;         /* programs that will change nothing */
    bool has_dead;
    uint32_t dead_addr;               /* of the sector that nothing changes any more */
    uint8_t dead[VB_FLASH_SECTOR];    /* what it holds while an operation passes over it */
    struct vb_flash_op last;
    bool has_weak;
    uint32_t weak_addr;             /* of the sector whose erase was torn */
    uint8_t weak[VB_FLASH_SECTOR];  /* its cells that stand between */
};

void vb_fault_event(struct vb_board *b);

/* --- UARTs (uart.c, uart_line.c) --- */
#define VB_UART_FIFO       128u
#define VB_UART_HOST_QUEUE 4096u

struct vb_fifo {
    uint8_t byte[VB_UART_FIFO];
    uint8_t head, n;
};

struct vb_uart {
    struct vb_fifo rx, tx;
    uint32_t int_raw, int_ena;
    uint32_t clkdiv, autobaud, conf0, conf1;
    uint32_t low_pulse, high_pulse, n_pulses;
    uint8_t shifting; /* byte in the transmitter */
    uint64_t tx_due;  /* end of that byte, VB_NEVER when idle */
    uint64_t rx_due;  /* end of the byte on the receive line */
    uint64_t rx_timeout_due;
    uint32_t host_baud; /* of the line's far end, 0: the device's own */
    uint16_t host_head, host_n;
    uint8_t host[VB_UART_HOST_QUEUE]; /* bytes the host has sent, not yet on the line */
};

/* --- timers (frc.c) --- */
struct vb_frc_timer {
    uint32_t load, ctrl, alarm;
    uint32_t base; /* counter value at since */
    uint64_t since;
    bool status;
};
struct vb_frc {
    struct vb_frc_timer timer[2];
    uint32_t apb_ticks; /* the clock that base and since are counted in */
};

/* --- watchdog (wdt.c) --- */
struct vb_wdt {
    uint32_t ctl, reload[2];
    uint32_t stage;
    uint64_t since; /* start of the stage */
};

/* --- real-time clock (rtc.c) --- */
struct vb_rtc {
    uint32_t ctl, alarm, sleep, wake, cause;
    uint32_t int_raw, int_ena;
    uint32_t scratch[4];
    uint32_t pad[17]; /* 0x68..0xa8, GPIO16 */
    uint32_t memory[256];
};

/* --- pins (gpio.c, iomux.c, pins.c; GPIO16 in rtc.c) --- */
struct vb_gpio {
    uint32_t out, enable, status;
    uint32_t pin[16];
    uint32_t sigma_delta, calibration;
};
struct vb_iomux {
    uint32_t reg[17];
};
struct vb_pin_plan {
    uint64_t at_us;
    uint8_t pin;
    int8_t level;
};
/* The wires, GPIO0 in bit 0 to GPIO16. The host's part outlives every reset. */
struct vb_pins {
    uint32_t host_high, host_low;
    uint32_t seen;                  /* levels that triggers have looked at */
    uint32_t shown_high, shown_low; /* what the host was told that the device drives */
    unsigned n_plans;
    struct vb_pin_plan plan[VB_PIN_PLANS];
};

/* --- analog bus and PLL (analog.c) --- */
struct vb_analog {
    uint32_t reg[64];     /* 0x60000d00.. as stored */
    uint8_t bus[256][16]; /* registers behind the bus, by block */
};
/* Sets CPU and bus clock from the PLL and the CPU x2 bit. */
void vb_clock_update(struct vb_board *b);

/* --- virtual radio (radio.c) --- */
#define VB_RADIO_QUEUE 64u
#define VB_RADIO_FRAME 1516u

struct vb_radio_frame {
    uint16_t len;
    uint8_t byte[VB_RADIO_FRAME];
};
struct vb_radio {
    bool on;
    bool linked; /* stays true while a scan runs */
    uint32_t state, reason;
    uint32_t int_raw, int_ena; /* int_raw without RX, which follows the queue */
    uint32_t ssid_len, pass_len;
    uint32_t ssid[8], pass[16];
    uint32_t scan_select, n_found;
    struct vb_ap found[VB_MAX_APS];
    struct vb_ap ap; /* joined */
    uint32_t tx_addr;
    uint64_t command_due, beacon_due;
    uint32_t head, n;
    struct vb_radio_frame frame[VB_RADIO_QUEUE];
};

#endif
