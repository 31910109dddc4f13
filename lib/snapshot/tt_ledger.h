/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ledger of an interval: where every packet ended up that a port was offered. Pure functions
 * on the caller's rows, any thread, no memory.
 *
 * Three accounts. "nic": missed, no-mbuf, errors and delivered add up to what the port was
 * offered. "frames": counted and each named exception (tt_fate_name) add up to delivered.
 * "note": what is said besides and is part of no sum (late, overflow, frame-bytes). A packet is
 * in one row only: a port gives a reason either for its queues or, as queue -1, for itself.
 */
#ifndef TT_LEDGER_H
#define TT_LEDGER_H

#include "tt_base.h"

#define TT_ACCOUNT_NIC    "nic"
#define TT_ACCOUNT_FRAMES "frames"
#define TT_ACCOUNT_NOTE   "note"

#define TT_REASON_MISSED    "missed" /* the card had no descriptor for it */
#define TT_REASON_NO_MBUF   "no-mbuf" /* the driver had no buffer for it */
#define TT_REASON_ERRORS    "errors" /* the card or the file says that it is broken */
#define TT_REASON_DELIVERED "delivered" /* a worker got it */

#define TT_REASON_LATE        "late"
#define TT_REASON_OVERFLOW    "overflow"
#define TT_REASON_FRAME_BYTES "frame-bytes"

struct tt_ledger_row {
	const char *port; /* the device's name, or "capture-files" */
	int queue; /* -1: the whole port */
	const char *account, *reason;
	uint64_t packets; /* bytes in the row frame-bytes */
};

/* Sums over all ports. */
struct tt_ledger_short {
	uint64_t missed, no_mbuf, errors, delivered;
	uint64_t frames,
			counted; /* of the account "frames": all reasons, and counted alone */
	uint64_t late, overflow; /* of the notes */
	bool closes;
};

/* Is delivered, for each port of rows[n], the sum of its frames? Rows of an unknown account,
 * or of an unknown reason in "nic", make it false. */
bool tt_ledger_closes(const struct tt_ledger_row *rows, unsigned n);

/* Adds up rows[n] of all ports. */
struct tt_ledger_short tt_ledger_sum(const struct tt_ledger_row *rows, unsigned n);

/* What the ports were offered. */
static inline uint64_t
tt_ledger_offered(const struct tt_ledger_short *s)
{
	return s->missed + s->no_mbuf + s->errors + s->delivered;
}

#endif
