/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of this test application; each prints a line only when it fails. */
#ifndef CHECKS_H
#define CHECKS_H

#include <stdbool.h>
#include <stdint.h>

#define CHECK(condition) check((condition), #condition, __LINE__)

/* Counts, and prints what failed. */
void check(bool passed, const char *what, int line);

void check_tasks(void);
void check_heap(void);
void check_flash(void);

/* True when a sector can be erased and written. */
bool flash_takes_bytes(void);

/* Ways to die, 0.. in order. Returns false when number names none, true when it lived on. */
bool crash(uint32_t number);

#endif
