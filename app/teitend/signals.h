/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SIGINT, SIGTERM: stop; another one a second or two later ends the program at once. SIGUSR1: close the
 * interval. SIGHUP: read the rules again; where it comes because the terminal of the session was closed, from
 * the kernel or from the session's shell, stop. It is left alone where it is ignored (nohup). The handlers only set flags that the
 * management core reads; worker threads have these signals blocked, so that a signal never interrupts a
 * poll loop.
 */
#ifndef TT_SIGNALS_H
#define TT_SIGNALS_H

#include "tt_base.h"

/* From the start of the program on: SIGHUP and SIGUSR1 do not end it. SIGHUP is remembered, since rules may
 * have been read before they were changed; no interval is open yet that SIGUSR1 could close. */
void tt_signals_start(void);

/* Installs the other handlers and blocks the signals in this thread and all that it will start. */
void tt_signals_block(void);

/* Lets them through to this thread. */
void tt_signals_unblock(void);

/* Has a signal come that ends the run? */
bool tt_signals_stop(void);

/* Has SIGHUP come since the last call, and not because our terminal was closed? In that case the end was
 * asked for. */
bool tt_signals_take_reload(void);

/* Has SIGUSR1 come since the last call? */
bool tt_signals_take_cut(void);

#endif
