/* SPDX-License-Identifier: BSD-3-Clause */
/* A progress bar on standard error, where that is a terminal. One for the program; one thread. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "tt_base.h"

/* Shows none from now on. */
void progress_off(void);

/* Is it time to draw? That is at most ten times a second, and never where there is no
 * terminal. The first call starts the clock. */
bool progress_due(void);

/* Millions of n per second since the clock started. */
double progress_rate(uint64_t n);

/* Draws the bar of what is done, 0 to 1, and a text after it. */
void progress_draw(double share, const char *fmt, ...) TT_PRINTF(2, 3);

/* Wipes it away, so that something else can be printed. */
void progress_clear(void);

#endif
