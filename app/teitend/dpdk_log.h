/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DPDK's log between EAL's start and the ports': drivers write lines of forms of their own to it,
 * often several for one failure. They are held back, so that a failure is one line that has the
 * driver's own reason at its end; where all starts, they are told as warnings. Main thread only,
 * but for the log itself, which any thread may write to. 4 KiB; what is more is dropped.
 */
#ifndef TT_DPDK_LOG_H
#define TT_DPDK_LOG_H

#include "tt_error.h"

/* Holds the log back from now on. Does nothing where there is no memory for that. */
void tt_dpdk_log_hold(void);

/* A step begins: what was said before is not the reason why it fails. */
void tt_dpdk_log_mark(void);

/* Adds "; DPDK: " and the first line since the mark to err->why, if there is one. */
void tt_dpdk_log_explain(struct tt_error *err);

/* Warns of what is held, and lets the log go its own way again. */
void tt_dpdk_log_release(void);

#endif
