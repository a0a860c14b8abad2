/* SPDX-License-Identifier: Apache-2.0 */
/* Measures the bootloader: virtual time from reset to the application's first instruction, with an
 * image given as argument in the factory slot.
 * Usage: bootloader BOOTLOADER.bin PARTITION_TABLE.bin APP.bin */
#include <inttypes.h>
#include <stdio.h>

#include "device.h"

#define STEP_MS  1u
#define LIMIT_MS 60000u

int main(int argc, char **argv)
{
    static struct device d;

    if (argc != 4) {
        fprintf(stderr, "usage: bootloader BOOTLOADER.bin PARTITION_TABLE.bin APP.bin\n");
        return 1;
    }
    device_init(&d, 4u << 20);
    uint32_t bootloader_len = device_load(&d, 0, argv[1]);
    device_load(&d, 0x8000, argv[2]);
    uint32_t app_len = device_load(&d, FACTORY_ADDR, argv[3]);
    struct vb_stats stats = {0};
    do {
        device_run(&d, NULL, STEP_MS);
        stats = device_stats(&d);
    } while (!vb_board_has_executed(d.board, FACTORY_ADDR, SLOT_SIZE) &&
             stats.virtual_us < LIMIT_MS * 1000u);
    if (!vb_board_has_executed(d.board, FACTORY_ADDR, SLOT_SIZE)) {
        fprintf(stderr, "error: the application was not started; console:\n%s\n", d.console);
        device_free(&d);
        return 1;
    }
    printf("reset to first instruction of a %" PRIu32 " byte image: %.0f virtual ms, %" PRIu64
           " instructions\n",
           app_len, (double)stats.virtual_us / 1000.0, stats.instructions);
    printf("JSON {\"bench\":\"bootloader\",\"flash_bytes\":%" PRIu32 ",\"image_bytes\":%" PRIu32
           ",\"start_ms\":%.0f}\n",
           bootloader_len, app_len, (double)stats.virtual_us / 1000.0);
    device_free(&d);
    return 0;
}
