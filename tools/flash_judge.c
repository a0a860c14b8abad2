/* SPDX-License-Identifier: Apache-2.0 */
#include "flash_judge.h"

#include <stdio.h>

#include "asl_err.h"
#include "image_info.h"

void flash_judge_print(const struct flash_job *job)
{
    static struct image_report report;
    const struct asl_image_info *info = &report.info;

    if (job->file.data[0] != ASL_IMAGE_MAGIC) {
        return;
    }
    bool for_rom = image_is_rom(&job->file);
    image_inspect(&job->file, for_rom, &report);
    if (report.err != ASL_OK && !(for_rom && report.err == ASL_ERR_IMAGE_NO_HASH)) {
        io_warning("the image at 0x%x is not good: %s (%s)", job->addr, asl_err_text(report.err),
                   asl_err_name(report.err));
        return;
    }
    const char *name = info->desc.present ? info->desc.project_name
                       : for_rom          ? "bootloader"
                                          : "without a name";
    fprintf(stderr, "image 0x%06x: %s%s%s, %u segments, checksum%s good\n", job->addr, name,
            info->desc.present ? " " : "", info->desc.present ? info->desc.version : "",
            info->header.n_segments, info->has_hash ? " and SHA-256" : "");
}
