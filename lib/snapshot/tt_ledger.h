/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ledger of an interval: where every packet ended up that a port was offered. Pure functions
 * on the caller's rows, any thread, no memory.
 *
 * Four accounts. "nic": missed, no-mbuf, errors and delivered add up to what the port was
 * offered. "frames": counted and each named exception (tt_fate_name) add up to delivered.
 * "note": what is said besides and is part of no sum (late, frame-bytes, link-down). A packet is in one row
 * only: a port gives a reason either for its queues or, as queue -1, for itself. "tables": for
 * each table of the tallies, how many keys it did not keep and how many packets were counted
 * without one; part of no sum. tt_spool_write adds these rows itself.
 */
#ifndef TT_LEDGER_H
#define TT_LEDGER_H

#include "tt_base.h"

#define TT_ACCOUNT_NIC    "nic"
#define TT_ACCOUNT_FRAMES "frames"
#define TT_ACCOUNT_NOTE   "note"
#define TT_ACCOUNT_TABLES "tables"

#define TT_LEDGER_TABLES_PORT "tables" /* the port of the account "tables"; queue -1 */

#define TT_REASON_MISSED    "missed" /* the card had no descriptor for it */
#define TT_REASON_NO_MBUF   "no-mbuf" /* the driver had no buffer for it */
#define TT_REASON_ERRORS    "errors" /* the card or the file says that it is broken */
#define TT_REASON_DELIVERED "delivered" /* a worker got it */

#define TT_REASON_LATE        "late"
#define TT_REASON_FRAME_BYTES "frame-bytes"
/* For how long the port had no link, µs, to the second; of a live port, queue -1. It counts as observed all the same. */
#define TT_REASON_LINK_DOWN "link-down"

/* Of a snapshot that waited for the disk with others and became one with them: how many intervals
 * it is made of. A row that others do not have. */
#define TT_LEDGER_SPOOL_PORT "spool" /* its port; queue -1 */
#define TT_REASON_JOINED     "joined-intervals"
/* Of a snapshot whose time another one had already when it was written, with other packets (the clock
 * was set back): how many such intervals it has. Likewise. */
#define TT_REASON_AGAIN "time-again"

struct tt_ledger_row {
	const char *port; /* the device's name, or "capture-files" */
	int queue; /* -1: the whole port */
	const char *account, *reason;
	uint64_t packets; /* bytes in the row frame-bytes, µs in link-down, intervals in those of the spool */
	uint64_t keys; /* of the account "tables": keys not kept; else 0 */
};

/* The reasons of the account "tables". Of pairs, contacts and signatures the number of keys is an estimate, of
 * sketches it is exact; of the others a key that came more than once is counted each time. Packets
 * of slices are those without a country. */
enum tt_ledger_table {
	TT_LEDGER_PAIRS,
	TT_LEDGER_CONTACTS,
	TT_LEDGER_SOURCE_PORTS,
	TT_LEDGER_SLICES,
	TT_LEDGER_TALKERS,
	TT_LEDGER_SKETCHES,
	TT_LEDGER_SIGNATURES,
	TT_N_LEDGER_TABLES
};

/* "pairs", "contacts", "source-ports", "slices", "talkers", "sketches", "signatures". */
const char *tt_ledger_table_name(enum tt_ledger_table table);

struct tt_ledger_not_kept {
	uint64_t packets, keys;
};

/* Sums over all ports. */
struct tt_ledger_short {
	uint64_t missed, no_mbuf, errors, delivered;
	uint64_t frames,
			counted; /* of the account "frames": all reasons, and counted alone */
	uint64_t late, link_down_us; /* of the notes; the latter may be more than the interval, of several ports */
	struct tt_ledger_not_kept not_kept[TT_N_LEDGER_TABLES];
	bool closes;
};

/* Is delivered, for each port of rows[n], the sum of its frames? Rows of an unknown account,
 * or of an unknown reason in "nic" or "tables", make it false. */
bool tt_ledger_closes(const struct tt_ledger_row *rows, unsigned n);

/* Adds up rows[n] of all ports. */
struct tt_ledger_short tt_ledger_sum(const struct tt_ledger_row *rows, unsigned n);

/* Adds one sum of the ledger in short to another; `closes` where both do. */
void tt_ledger_add(struct tt_ledger_short *to, const struct tt_ledger_short *from);

/* What the ports were offered. */
static inline uint64_t
tt_ledger_offered(const struct tt_ledger_short *s)
{
	return s->missed + s->no_mbuf + s->errors + s->delivered;
}

#endif
