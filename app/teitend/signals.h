/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SIGINT, SIGTERM, SIGHUP: stop; another one a second or two later ends the program at once.
 * SIGHUP, which a closed terminal sends, is left alone where it is ignored (nohup). SIGUSR1:
 * close the interval. The handlers only set flags that the management core reads; worker threads have these signals
 * blocked, so that a signal never interrupts a poll loop.
 */
#ifndef TT_SIGNALS_H
#define TT_SIGNALS_H

#include "tt_base.h"

/* Installs the handlers and blocks the signals in this thread and all that it will start. */
void tt_signals_block(void);

/* Lets them through to this thread. */
void tt_signals_unblock(void);

/* Has SIGINT, SIGTERM or SIGHUP come? */
bool tt_signals_stop(void);

/* Has SIGUSR1 come since the last call? */
bool tt_signals_take_cut(void);

#endif
