/* SPDX-License-Identifier: Apache-2.0 */
/* Quantities as flags and scripts write them. Each reads the whole text or returns false. */
#ifndef VB_NET_WORDS_H
#define VB_NET_WORDS_H

#include <stdbool.h>
#include <stdint.h>

/* "200us", "1.5ms", "2s": microseconds, at most an hour. */
bool vb_word_time(const char *text, uint64_t *us);
/* "1500", "50k", "2.5M": times 1000 and 1000000; below 2^32. */
bool vb_word_count(const char *text, uint32_t *n);
/* "10%", "0.5%": parts of a million. */
bool vb_word_share(const char *text, uint32_t *ppm);

#endif
