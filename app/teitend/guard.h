/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lets SIGINT and SIGTERM end the program at once while it starts, when nothing is open that could
 * be lost: EAL, large files, memory and slow storage may keep it for minutes. One line on standard error, also while EAL's
 * are put aside, says that nothing was counted, and the program dies of the signal, which a shell
 * sees as status 128 + N. SIGHUP goes to the handler that it has. EAL's threads
 * take over the signal mask of the thread that starts them and must not hear the signals later,
 * so this thread has them blocked from the beginning, and a thread of its own, which only
 * sleeps, takes them. Main thread only; one thread's stack until tt_guard_end.
 */
#ifndef TT_GUARD_H
#define TT_GUARD_H

#include "tt_error.h"

/* Blocks the signals here, SIGUSR1 too, and starts the thread. Returns 0 or a negative errno. */
int tt_guard_start(struct tt_error *err) TT_MUST_CHECK;

/* Ends the thread. A signal that it took ends the program before this returns; later ones stay pending. */
void tt_guard_end(void);

#endif
