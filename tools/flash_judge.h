/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in flash after a file was written there, said in a line. */
#ifndef TOOLS_FLASH_JUDGE_H
#define TOOLS_FLASH_JUDGE_H

#include "flash_plan.h"

/* For a file that is an image: judges the bytes that were written and found again, and prints what
 * they are. Other files: nothing. */
void flash_judge_print(const struct flash_job *job);

#endif
