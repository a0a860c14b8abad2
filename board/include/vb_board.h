/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual ESP8266: an ordinary object that executes lx106 machine code. A board has no global
 * state; whatever reaches the host leaves through the callbacks of its config. */
#ifndef VB_BOARD_H
#define VB_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vb_flash.h"

struct vb_board;

/* An access point in the air. */
struct vb_ap {
    char ssid[33];
    char password[65]; /* "" means open */
    uint8_t bssid[6];  /* all zero: derived from the index */
    uint8_t channel;   /* 0: 6 */
    int8_t rssi;       /* dBm, 0: -50 */
};
#define VB_MAX_APS 8

/* The network behind the radio. Frames are Ethernet II without FCS. Times are virtual microseconds.
 * A backend hands frames to the device with vb_board_net_deliver(). */
struct vb_net {
    void (*send)(void *ctx, const uint8_t *frame, size_t len);
    /* Lets the backend work; called between slices of execution and while the CPU idles.
     * wait_us: host time it may block for input. 0: it does not block, and now is the time to hand
     * over frames; such calls come at whole virtual microseconds, so that a run can be repeated. */
    void (*poll)(void *ctx, struct vb_board *board, uint64_t now_us, uint32_t wait_us);
    /* Virtual time at which poll wants to be called next; UINT64_MAX for never. */
    uint64_t (*next_us)(void *ctx);
    /* True while a connection to the outside is open: idle virtual time then runs no faster than
     * wall time. */
    bool (*is_open)(void *ctx);
    void *ctx;
};

enum vb_boot_strap { VB_BOOT_DOWNLOAD = 1, VB_BOOT_FLASH = 3 };

enum vb_trace_kind {
    VB_TRACE_RESET,      /* reset with its cause */
    VB_TRACE_EXCEPTION,  /* architectural exception: cause, epc, excvaddr */
    VB_TRACE_INTERRUPT,
    VB_TRACE_FLASH,      /* program, erase, status write */
    VB_TRACE_RADIO,
    VB_TRACE_INSN, /* an instruction: pc, opcode, registers that it changed */
    VB_TRACE_PIN,  /* a GPIO that the device drives otherwise, or the host */
};

struct vb_config {
    uint32_t flash_size;            /* bytes: power of two, 512 KiB to 16 MiB */
    const uint8_t *flash;           /* flash_size bytes copied at creation; NULL: blank (0xff) */
    const struct vb_flash_chip *flash_chip; /* NULL: w25q32; outlives the board */
    const uint32_t *flash_wear;     /* erases of each 4 KiB sector so far, copied; NULL: new */
    const uint8_t *rom;             /* 64 KiB mask ROM image; NULL: the built-in ROM */
    enum vb_boot_strap strap;       /* 0: VB_BOOT_FLASH */
    uint8_t mac[6];                 /* all zero: 5c:cf:7f:34:56:12 */
    uint64_t seed;                  /* all randomness */
    struct vb_ap ap[VB_MAX_APS];
    unsigned n_aps;
    const struct vb_net *net;       /* NULL: frames vanish; outlives the board */
    bool real_time;                 /* idle and busy time no faster than wall time */

    void (*uart_tx)(void *ctx, unsigned uart, uint8_t byte); /* may be NULL */
    void (*trace)(void *ctx, enum vb_trace_kind kind, const char *text); /* may be NULL */
    /* The device drives a pin otherwise: level 0, 1, or VB_PIN_FLOATING when it lets go of it. May be
     * NULL. */
    void (*pin_changed)(void *ctx, unsigned pin, int level);
    void *ctx;

    /* Numbers of the first and the last instruction to trace, the first of all being 1; both 0:
     * none. */
    uint64_t trace_insn_from, trace_insn_to;
};

enum vb_stop {
    VB_STOP_TIME,       /* virtual time limit reached */
    VB_STOP_REQUEST,    /* vb_board_stop() was called, from a callback for instance */
    VB_STOP_UNMODELLED, /* something that is not modelled was touched: see vb_board_message */
    VB_STOP_CUT,        /* a fault cut the power: the next run applies it again */
    VB_STOP_DEBUG,      /* a breakpoint or a watch: see vb_debug.h */
    VB_STOP_DEAD,       /* nothing can happen any more: asleep, no event, no interrupt, no watchdog */
};

/* Creates a powered-off board; it powers on at the first run. Returns NULL with a message in
 * err[err_len] when the config is unusable or memory is out. */
struct vb_board *vb_board_new(const struct vb_config *config, char *err, size_t err_len);
void vb_board_free(struct vb_board *board);

/* Copies a board: CPU, memories, flash, devices, randomness. The copy shares config callbacks and
 * net; change them with vb_board_set_*(). Flash pages are shared until written. Not from within a
 * callback: stop the run first. Returns NULL when memory is out. */
struct vb_board *vb_board_fork(const struct vb_board *board);
/* Replaces the callbacks of the config and their context; pin_changed becomes NULL. */
void vb_board_set_output(struct vb_board *board, void (*uart_tx)(void *, unsigned, uint8_t),
                         void (*trace)(void *, enum vb_trace_kind, const char *), void *ctx);
/* Replaces the network behind the radio; NULL: frames vanish. */
void vb_board_set_net(struct vb_board *board, const struct vb_net *net);

/* Runs until virtual time until_us (absolute) or another reason to stop. */
enum vb_stop vb_board_run(struct vb_board *board, uint64_t until_us);
/* Ends the present run after the present instruction; callable from callbacks. */
void vb_board_stop(struct vb_board *board);
/* What stopped it, as one sentence that names pc and the thing touched; "" when nothing did. */
const char *vb_board_message(const struct vb_board *board);

/* Cuts the power (RAM and RTC memory become undefined, from the seed) and applies it again. */
void vb_board_power_cycle(struct vb_board *board);
/* Pulses EN: reset cause 2, straps sampled again. */
void vb_board_external_reset(struct vb_board *board, enum vb_boot_strap strap);

/* Sends a byte to the device's UART 0. Returns false when its receive line is still busy with
 * earlier bytes (more than 4096 queued). */
bool vb_board_uart_rx(struct vb_board *board, uint8_t byte);
/* Forgets what vb_board_uart_rx() took and the device has not received yet. */
void vb_board_uart_purge(struct vb_board *board);
/* Speed of the host's end of UART 0's line; 0, as created: always the device's own. Bytes towards
 * the device travel at it, and an end that listens at another speed than the other sends gets what
 * its receiver makes of the waveform. */
void vb_board_set_host_baud(struct vb_board *board, uint32_t baud);

/* What may still reach a device that sleeps without an event of its own. */
enum vb_host_reach {
    VB_REACH_NONE,  /* as created: such a device is dead */
    VB_REACH_BYTES, /* the serial line: it wakes whoever has interrupt 5 open */
    VB_REACH_RESET, /* the EN pin too */
};
void vb_board_set_host_reach(struct vb_board *board, enum vb_host_reach reach);
/* True when the straps of the last reset chose serial download. */
bool vb_board_in_download(const struct vb_board *board);

/* GPIO0 to GPIO16, what buttons and LEDs hang on. A pin that nobody drives reads as its pull-up or the
 * module's strap resistor says, else 0; where two drivers disagree, low wins. */
#define VB_PINS         17u
#define VB_PIN_FLOATING (-1)
#define VB_PIN_PLANS    64u
/* Holds a pin at level 0 or 1 from the outside, or lets go of it (VB_PIN_FLOATING), as created. It
 * stays so through resets, and moves no strap. False: no such pin or level. */
bool vb_board_set_pin(struct vb_board *board, unsigned pin, int level);
/* The same at virtual time at_us, between two instructions; part of the board, so that a run can be
 * repeated and a fork takes it along. False also when VB_PIN_PLANS changes wait. */
bool vb_board_set_pin_at(struct vb_board *board, uint64_t at_us, unsigned pin, int level);

/* Hands a frame to the radio. Returns false (dropped) when not joined or the queue is full. */
bool vb_board_net_deliver(struct vb_board *board, const uint8_t *frame, size_t len);
/* Sees every frame that crosses the board's radio: those that the device sends, and those that a
 * backend hands over, dropped ones included. time_ns is virtual. NULL: nobody; a fork begins so. */
void vb_board_set_tap(struct vb_board *board,
                      void (*tap)(void *ctx, bool is_sent, const uint8_t *frame, size_t len,
                                  uint64_t time_ns),
                      void *ctx);
/* Adds or removes access points while running: an empty list ends a link with beacon timeout. */
void vb_board_set_aps(struct vb_board *board, const struct vb_ap *ap, unsigned n_aps);

struct vb_stats {
    uint64_t virtual_us;
    uint64_t instructions;
    uint64_t idle_us; /* of virtual_us: asleep, or polling a silent line in download mode */
    uint32_t resets;         /* after the power-on one; restarts by a jump to the ROM included */
    uint32_t mapped_offset;  /* flash address of the image that executes through the cache window, or
                                what the window shows when there is none; UINT32_MAX when off */
    uint64_t flash_reads, flash_programs, flash_erases, flash_bytes_programmed;
    uint64_t flash_failed_erases; /* sectors that worn cells kept from being erased whole */
    uint64_t net_rx_bytes, net_tx_bytes;
    uint32_t pc;
};
void vb_board_get_stats(const struct vb_board *board, struct vb_stats *out);
/* True when code was executed through the cache window while it showed flash_addr's 1 MiB window
 * at an address of [flash_addr, flash_addr + len) since the last reset. */
bool vb_board_has_executed(const struct vb_board *board, uint32_t flash_addr, uint32_t len);

/* Copies of flash and memory for judges and tests; out of range returns false. */
bool vb_board_read_flash(const struct vb_board *board, uint32_t addr, void *dst, size_t len);
bool vb_board_write_flash(struct vb_board *board, uint32_t addr, const void *src, size_t len);
/* True when two boards, one forked from the other or both from a third, surely hold the same bytes in
 * the 4 KiB sector of addr, because none of them has written there since. */
bool vb_board_shares_sector(const struct vb_board *a, const struct vb_board *b, uint32_t addr);
/* The flash chip's status registers as they come back with the power: SR1 in the lowest byte. */
uint32_t vb_board_flash_status(const struct vb_board *board);
/* How often the 4 KiB sector that holds addr was erased, before the board and on it. */
uint32_t vb_board_wear(const struct vb_board *board, uint32_t addr);
bool vb_board_read_mem(const struct vb_board *board, uint32_t vaddr, void *dst, size_t len);
/* Hash of all that a program carries along: registers, RAM, RTC memory. Neither time (CCOUNT, CCOMPARE)
 * nor flash nor what devices are about to do. */
uint64_t vb_board_program_state(const struct vb_board *board);

#endif
