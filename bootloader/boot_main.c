/* SPDX-License-Identifier: Apache-2.0 */
/* The second stage: read the state, let core decide, verify, start. It writes boot records and
 * nothing else, needs no heap, and ends either in an application or in a watchdog reset. */
#include <stddef.h>
#include <string.h>

#include "asl_err.h"
#include "asl_update.h"
#include "boot_flash.h"
#include "boot_log.h"
#include "boot_owner.h"
#include "boot_state.h"
#include "boot_trial.h"
#include "esp8266/regs.h"
#include "esp8266/soc.h"

static const char TAG[] = "boot";

/* 3.4 s without a read of flash, 1.7 s more: reset. A slot of 1 MiB takes a second in all. */
#define WDT_STAGE0 12u
#define WDT_STAGE1 11u

#define CPU_MHZ  160u
#define READ_LEN 4096u

#ifdef CONFIG_APP_UPDATE_ACCEPT_NO_HASH
#define ACCEPT_NO_HASH true
#else
#define ACCEPT_NO_HASH false
#endif

extern uint8_t _bss_start[], _bss_end[];
void boot_main(void) __attribute__((noreturn));

/* Static, because the ROM's stack has 5 KB. */
static struct asl_flash flash;
static struct boot_state state;
static struct asl_image_verifier verifier;
static struct asl_image_info image;
static uint32_t buffer[READ_LEN / 4u];

/* The clock changes with the last of the ROM's lines sent, at the ROM's rate. */
static void start_hardware(void)
{
    soc_wdt_arm(WDT_STAGE0, WDT_STAGE1);
    memset(_bss_start, 0, (size_t)(_bss_end - _bss_start));
    soc_console_flush();
    soc_clock_init(CPU_MHZ);
    soc_console_set_baud(CONFIG_ESP_CONSOLE_UART_BAUDRATE);
    soc_time_init(true);
    state.cause = (uint8_t)soc_reset_reason(soc_reset_hint_pass());
}

static void print_banner(void)
{
    struct boot_flash_header header;

    boot_flash_describe(&header);
    BOOT_LOGI(TAG, "ESP-IDF %s 2nd stage bootloader", BOOTLOADER_VERSION);
    BOOT_LOGI(TAG, "SPI Speed      : %s", header.speed);
    BOOT_LOGI(TAG, "SPI Mode       : %s", header.mode);
    BOOT_LOGI(TAG, "SPI Flash Size : %s (chip %uKB)", header.size, flash.size / 1024u);
}

static void print_segments(uint32_t slot_addr)
{
    for (uint32_t i = 0; i < image.header.n_segments && i < ASL_IMAGE_MAX_SEGMENTS; i++) {
        const struct asl_segment *s = &image.segment[i];
        bool is_mapped = s->vaddr - ASL_WINDOW_VADDR < ASL_WINDOW_LEN;
        BOOT_LOGI("esp_image", "segment %d: paddr=0x%08x vaddr=0x%08x size=0x%05x (%6d) %s", (int)i,
                  slot_addr + s->off, s->vaddr, s->len, (int)s->len, is_mapped ? "map" : "load");
    }
}

static void print_refusal(const struct asl_partition *slot, enum asl_err err)
{
    BOOT_LOGE("esp_image", "image at 0x%x: %s (%s)", slot->addr, asl_err_text(err),
              asl_err_name(err));
    if (slot->subtype == ASL_APP_FACTORY) {
        BOOT_LOGE(TAG, "Factory app partition is not bootable");
    } else if (slot->subtype == ASL_APP_TEST) {
        BOOT_LOGE(TAG, "Factory test app partition is not bootable");
    } else {
        BOOT_LOGE(TAG, "OTA app partition slot %d is not bootable",
                  (int)(slot->subtype - ASL_APP_OTA_0));
    }
}

static enum asl_err verify(const struct asl_partition *slot)
{
    const uint8_t *digest;
    enum asl_err err = boot_owner_judge(&flash, slot, &state.plan.otadata, buffer, &digest);

    return err != ASL_OK
               ? err
               : asl_slot_verify_signed(&flash, slot->addr, slot->size, ACCEPT_NO_HASH, digest,
                                        buffer, sizeof(buffer), NULL, NULL, &verifier, &image);
}

static void start(const struct asl_boot_candidate *candidate)
{
    if (candidate->reason == ASL_BOOT_LAST_RESORT) {
        BOOT_LOGW(TAG, "Falling back to test app as only bootable partition");
    }
    print_segments(candidate->slot.addr);
    BOOT_LOGI(TAG, "Loaded app from partition at offset 0x%x", candidate->slot.addr);
    soc_console_flush();
    boot_flash_start(candidate->slot.addr, image.header.entry);
}

static bool is_good(const struct asl_boot_candidate *candidate)
{
    enum asl_err err = verify(&candidate->slot);

    if (err != ASL_OK) {
        print_refusal(&candidate->slot, err);
    }
    return err == ASL_OK;
}

/* Starts the first candidate that proves itself; returns when none does. A start that cannot be
 * counted is made only when nothing else is left: a device that runs can still be helped. */
static void try_candidates(void)
{
    const struct asl_boot_candidate *candidate = state.plan.candidate;
    const struct asl_boot_candidate *uncounted = NULL;

    for (uint32_t i = 0; i < state.plan.n_candidates; i++) {
        if (!is_good(&candidate[i])) {
            continue;
        }
        bool can_confirm = image.desc.present && image.desc.confirm_ref != 0;
        if (boot_trial_settle(&flash, &state, i, can_confirm, uncounted != NULL)) {
            start(&candidate[i]);
        }
        uncounted = &candidate[i];
    }
    if (uncounted != NULL && is_good(uncounted)) {
        start(uncounted);
    }
    BOOT_LOGE(TAG, "No bootable app partitions in the partition table");
}

void boot_main(void)
{
    start_hardware();
    enum asl_err err = boot_flash_open(&flash);
    print_banner();
    if (err == ASL_OK) {
        err = boot_state_read(&flash, &state);
    }
    if (err == ASL_OK) {
        try_candidates();
    } else {
        BOOT_LOGE(TAG, "load partition table error! %s (%s)", asl_err_text(err), asl_err_name(err));
        BOOT_LOGE(TAG, "write bootloader and partition table again: make flash");
    }
    BOOT_LOGE(TAG, "resetting in a few seconds; flash an image over the serial line");
    soc_wait_for_watchdog();
}
