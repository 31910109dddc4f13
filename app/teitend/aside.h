/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Standard output and error, put aside while EAL starts and writes what it has to say into a
 * file in memory. Main thread only, once in a run. Where EAL ends the program meanwhile, by
 * exit() or abort(), what it wrote goes to standard error after all.
 */
#ifndef TT_ASIDE_H
#define TT_ASIDE_H

#include "tt_base.h"

/* Puts both aside. Returns false, with nothing changed, where there is no such file. */
bool tt_aside_begin(void) TT_MUST_CHECK;

/* Puts both back, and fills said [size] with what was written meanwhile, cut where it is longer. */
void tt_aside_end(char *said, size_t size);

#endif
