/* SPDX-License-Identifier: BSD-3-Clause */
/* Ending a long command by SIGINT, SIGTERM or SIGHUP at a place where nothing is half done. */
#ifndef STOP_H
#define STOP_H

#include "tt_error.h"

/*
 * From now on these signals are noted, and end nothing by themselves, but that a system call that
 * waits fails with EINTR. One that begins to wait just after the signal came is ended by the next.
 */
void stop_catch_signals(void);

/* Returns -EINTR, with err filled, once a signal has come; otherwise 0. */
int stop_wanted(struct tt_error *err) TT_MUST_CHECK;

/* The exit status after a signal, as a shell would have it. */
int stop_status(void);

#endif
