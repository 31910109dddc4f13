/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One worker per RX queue, alone on its core, run to completion: receive a burst, count it, free
 * it. It shares nothing with anybody while it counts. Three things pass between it and the
 * management core:
 *
 *   sealed   worker → management core   an rte_ring of tallies that are full to an interval
 *   clean    management core → worker   an rte_ring of empty ones
 *   orders   management core → worker   three words that only the management core writes
 *
 * Both rings hold every tally that the worker has, so that putting one in never fails; they are
 * single-producer single-consumer, and their enqueue (release) and dequeue (acquire) of a
 * pointer hand over all that was written into the tally before. No lock, no atomic
 * read-modify-write, no allocation, no system call and no log in the loops of a live worker. A
 * replaying worker that waits for a clean tally sleeps, since nothing is lost by it.
 *
 * Memory: this struct, two rings, and 256 KiB for frames that come in several pieces.
 */
#ifndef TT_WORKER_H
#define TT_WORKER_H

#include "port.h"
#include "tt_counter.h"
#include "wallclock.h"

#include <rte_ring.h>

#define TT_WORKER_SCRATCH (256U * 1024)
#define TT_WORKER_DRAIN_S 2 /* after the order to end, at most this long */

/* Signatures for a worker, of those that were read so many times. Read-only once it was told of them. */
struct tt_worker_rules {
	struct tt_adoption adoption;
	uint64_t number; /* 0: those of the start */
};

/* Written by the management core alone, read by the worker in every turn of its loop. */
struct tt_worker_orders {
	uint32_t stop; /* 1: end */
	int64_t cut_us; /* close the interval at this time, once for each new value */
	const struct tt_worker_rules
			*rules; /* to count by; read at the start of an interval */
} TT_CACHE_ALIGNED;

/* Written by the worker alone. */
struct tt_worker_own {
	struct tt_counter counter;
	struct tt_wallclock clock;
	uint64_t received; /* frames that the device gave */
	uint64_t uncounted; /* of these, given back without being counted: the run was ended */
	int64_t cut_us; /* the order that was last obeyed */
	uint64_t rules; /* the number of those that it counts by */
	uint32_t scratch_used;
	uint32_t starving; /* 1: it waits for a clean tally, a live one in the tally that it has */
	bool undrained; /* packets kept arriving, and a live queue was left with some */
	uint32_t finished; /* 1: all is handed over; the fields above are final */
} TT_CACHE_ALIGNED;

struct tt_worker {
	/* Set before the start, only read from then on. */
	unsigned index, lcore;
	struct tt_port *port; /* only no_frames is written */
	uint16_t queue, burst, link;
	bool replay, damaged; /* damaged: the file ends in something that is no frame */
	uint64_t expected; /* replay: frames that the file holds */
	int time_offset; /* replay: of the time stamp in a packet */
	struct rte_ring *sealed, *clean;
	struct tt_pipeline pipeline; /* its matcher changes with the rules */
	uint8_t *scratch; /* [TT_WORKER_SCRATCH] */

	struct tt_worker_orders orders;
	struct tt_worker_own own;
} TT_CACHE_ALIGNED;

/* What a worker counts into and against, at its start. */
struct tt_worker_start {
	int64_t interval_us, max_gap_us, start_us;
	struct tt_tally *first;
};

/* Before it is launched, on the management core. */
void tt_worker_init(struct tt_worker *w, const struct tt_worker_start *start);

/* The worker's whole life, for rte_eal_remote_launch; arg: struct tt_worker. */
int tt_worker_run(void *arg);

/* Management core. Orders the end; or that the interval be closed at that time. */
void tt_worker_stop(struct tt_worker *w);
void tt_worker_cut(struct tt_worker *w, int64_t at_us);

/* Management core. Orders these signatures, which stay until tt_worker_rules_number says another number
 * and what was counted by them is gone. Live workers alone. */
void tt_worker_set_rules(struct tt_worker *w, const struct tt_worker_rules *rules);

/* Management core. The number of the signatures that the open interval is counted by; what was counted
 * by earlier ones is in the sealed ring or out of it. */
uint64_t tt_worker_rules_number(const struct tt_worker *w);

/* Management core. Has it handed everything over? Does it wait for a clean tally? */
bool tt_worker_finished(const struct tt_worker *w);
bool tt_worker_starving(const struct tt_worker *w);

#endif
