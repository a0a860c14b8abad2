/* SPDX-License-Identifier: Apache-2.0 */
/* Names, texts and cures of enum asl_err. Linked only where they are printed. */
#ifndef ASL_ERR_H
#define ASL_ERR_H

#include "airslot/err.h"

/* Returns "ASL_ERR_...", "ASL_OK", or "ASL_ERR_?" for a number not in the list; static. */
const char *asl_err_name(enum asl_err err);
/* Returns one lower-case clause without full stop; static. */
const char *asl_err_text(enum asl_err err);
/* Returns what helps, or "" when nothing general does; static. */
const char *asl_err_hint(enum asl_err err);

#endif
