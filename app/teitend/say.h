/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the daemon tells its operator: one line each, notes on standard output, warnings and
 * errors on standard error. Management core only, never per packet. No memory.
 */
#ifndef TT_SAY_H
#define TT_SAY_H

#include "tt_error.h"

#define TT_PROGRAM "teitend"

/* Prints "teitend: …" as one line to standard output. */
void tt_say(const char *fmt, ...) TT_PRINTF(1, 2);

/* Prints "teitend: warning: …" as one line to standard error. */
void tt_warn(const char *fmt, ...) TT_PRINTF(1, 2);

#endif
