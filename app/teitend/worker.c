/* SPDX-License-Identifier: BSD-3-Clause */
#include "worker.h"

#include <rte_mbuf.h>
#include <rte_mbuf_dyn.h>
#include <rte_pause.h>
#include <rte_prefetch.h>

#include <string.h>
#include <unistd.h>

/* Empty receive calls in a row: at the end of a live queue; of a file that came up short. */
#define EMPTY_AT_END   8
#define EMPTY_AT_SHORT 100000

static bool
stop_asked(const struct tt_worker *w)
{
	/* Nothing but the word itself is read on its account: no pairing. */
	return __atomic_load_n(&w->orders.stop, __ATOMIC_RELAXED) != 0;
}

void
tt_worker_stop(struct tt_worker *w)
{
	__atomic_store_n(&w->orders.stop, 1, __ATOMIC_RELAXED);
}

void
tt_worker_cut(struct tt_worker *w, int64_t at_us)
{
	__atomic_store_n(&w->orders.cut_us, at_us, __ATOMIC_RELAXED);
}

void
tt_worker_set_rules(struct tt_worker *w, const struct tt_worker_rules *rules)
{
	/* Release: pairs with the acquire in open_live; what is pointed to was written before. */
	__atomic_store_n(&w->orders.rules, rules, __ATOMIC_RELEASE);
}

uint64_t
tt_worker_rules_number(const struct tt_worker *w)
{
	/* Acquire: pairs with the release in open_live; what was sealed before is in the ring. */
	return __atomic_load_n(&w->own.rules, __ATOMIC_ACQUIRE);
}

bool
tt_worker_finished(const struct tt_worker *w)
{
	/* Acquire: pairs with the release in finish; what the worker sealed is in its ring. */
	return __atomic_load_n(&w->own.finished, __ATOMIC_ACQUIRE) != 0;
}

bool
tt_worker_starving(const struct tt_worker *w)
{
	/* A hint to look into the rings, which do their own pairing. */
	return __atomic_load_n(&w->own.starving, __ATOMIC_RELAXED) != 0;
}

static void
hand_over(struct tt_worker *w, struct tt_tally *sealed)
{
	/* Release inside: pairs with the acquire in the management core's dequeue of sealed. */
	int rc = rte_ring_sp_enqueue(w->sealed, sealed);

	TT_ASSERT(rc == 0);
}

static struct tt_tally *
take_clean(struct tt_worker *w)
{
	void *clean;

	/* Acquire inside: pairs with the release in the management core's enqueue to clean. */
	return rte_ring_sc_dequeue(w->clean, &clean) == 0 ? clean : NULL;
}

static struct tt_tally *
seal_live(void *context, struct tt_tally *sealed)
{
	struct tt_worker *w = context;
	struct tt_tally *clean = take_clean(w);

	__atomic_store_n(&w->own.starving, clean == NULL, __ATOMIC_RELAXED);
	if (clean != NULL)
		hand_over(w, sealed);
	return clean;
}

/* Once for each interval, before its first packet: which signatures? */
static void
open_live(void *context, struct tt_tally *tally)
{
	struct tt_worker *w = context;
	/* Acquire: pairs with the release in tt_worker_set_rules. */
	const struct tt_worker_rules *next = __atomic_load_n(
			&w->orders.rules, __ATOMIC_ACQUIRE);

	/* Release: pairs with the acquire in tt_worker_rules_number. */
	if (tt_pipeline_open(&w->pipeline, tally, next == NULL ? NULL : &next->adoption))
		__atomic_store_n(&w->own.rules, next->number, __ATOMIC_RELEASE);
}

static struct tt_tally *
seal_replay(void *context, struct tt_tally *sealed)
{
	struct tt_worker *w = context;
	struct tt_tally *clean;

	if (sealed == NULL)
		return take_clean(w);
	hand_over(w, sealed);
	for (unsigned spins = 0; (clean = take_clean(w)) == NULL; spins++) {
		if (stop_asked(w))
			break;
		__atomic_store_n(&w->own.starving, 1, __ATOMIC_RELAXED);
		if (spins < 1000)
			rte_pause();
		else
			usleep(50);
	}
	__atomic_store_n(&w->own.starving, 0, __ATOMIC_RELAXED);
	return clean;
}

void
tt_worker_init(struct tt_worker *w, const struct tt_worker_start *start)
{
	tt_counter_init(&w->own.counter, w->replay ? TT_COUNTER_REPLAY : TT_COUNTER_LIVE,
			start->interval_us, start->max_gap_us, &w->pipeline, start->first,
			start->start_us, w->replay ? seal_replay : seal_live, w);
	if (!w->replay)
		w->own.counter.opened = open_live;
}

/*
 * Copies a frame's segments one after the other. The pcap driver (22.11) keeps the length of a
 * frame of several segments in 16 bits: of one longer than 65535 bytes the last 64 KiB or more
 * are missing, while pkt_len is right. They read as zeros; no header is that far behind.
 */
static void
gather(const struct rte_mbuf *m, uint8_t *to, uint32_t captured)
{
	uint32_t done = 0;

	for (; m != NULL && done < captured; m = m->next) {
		uint32_t n = RTE_MIN(m->data_len, captured - done);

		memcpy(to + done, rte_pktmbuf_mtod(m, const void *), n);
		done += n;
	}
	memset(to + done, 0, captured - done);
}

/* The bytes of a frame in one piece. NULL: the scratch buffer has no room for it just now. */
static const uint8_t *
in_one_piece(struct tt_worker *w, const struct rte_mbuf *m, uint32_t *captured)
{
	uint8_t *to = w->scratch + w->own.scratch_used;

	*captured = m->pkt_len;
	if (TT_LIKELY(m->data_len == m->pkt_len))
		return rte_pktmbuf_mtod(m, const uint8_t *);
	*captured = RTE_MIN(m->pkt_len, TT_WORKER_SCRATCH);
	if (*captured > TT_WORKER_SCRATCH - w->own.scratch_used)
		return NULL;
	w->own.scratch_used += *captured;
	gather(m, to, *captured);
	return to;
}

static int64_t
frame_time(const struct tt_worker *w, const struct rte_mbuf *m, int64_t now_us)
{
	if (!w->replay)
		return now_us;
	return tt_replay_time(*RTE_MBUF_DYNFIELD(m, w->time_offset, const uint64_t *));
}

static void
count_frames(struct tt_worker *w, const struct tt_frame *frames, unsigned n)
{
	w->own.uncounted += n - tt_counter_burst(&w->own.counter, frames, n);
	w->own.scratch_used = 0;
}

static void
count_burst(struct tt_worker *w, struct rte_mbuf **mbufs, unsigned n, int64_t now_us)
{
	struct tt_frame frames[TT_TALLY_BURST];
	unsigned ready = 0;

	for (unsigned i = 0; i < n; i++)
		rte_prefetch0(rte_pktmbuf_mtod(mbufs[i], const void *));
	for (unsigned i = 0; i < n; i++) {
		struct tt_frame *f = &frames[ready];

		f->data = in_one_piece(w, mbufs[i], &f->captured);
		if (TT_UNLIKELY(f->data == NULL)) {
			count_frames(w, frames, ready);
			f = &frames[ready = 0];
			f->data = in_one_piece(w, mbufs[i], &f->captured);
		}
		f->time_us = frame_time(w, mbufs[i], now_us);
		f->length = f->captured;
		f->link = w->link;
		ready++;
	}
	count_frames(w, frames, ready);
}

/* Receives, counts and frees one burst of at most `most` frames. Returns their number. */
static unsigned
turn(struct tt_worker *w, uint16_t most, int64_t now_us)
{
	struct rte_mbuf *mbufs[TT_TALLY_BURST];
	uint16_t n = rte_eth_rx_burst(w->port->id, w->queue, mbufs, most);

	if (n == 0)
		return 0;
	w->own.received += n;
	count_burst(w, mbufs, n, now_us);
	rte_pktmbuf_free_bulk(mbufs, n);
	return n;
}

static void
obey_cut(struct tt_worker *w, int64_t now_us)
{
	int64_t at_us = __atomic_load_n(&w->orders.cut_us, __ATOMIC_RELAXED);

	if (TT_LIKELY(at_us == w->own.cut_us) || now_us < at_us)
		return;
	w->own.cut_us = at_us;
	tt_counter_cut(&w->own.counter, at_us);
}

/*
 * What the queue held when the end was ordered, and not for ever what comes after. The number of
 * descriptors is no bound: a ring of the kernel's (af_packet) may hold many times as many.
 */
static void
drain_live(struct tt_worker *w)
{
	uint64_t since = rte_rdtsc(), most = TT_WORKER_DRAIN_S * rte_get_tsc_hz();
	unsigned empty = 0;

	while (empty < EMPTY_AT_END) {
		if (rte_rdtsc() - since > most) {
			w->own.undrained = true;
			break;
		}
		if (turn(w, w->burst, tt_wallclock_now(&w->own.clock)) == 0)
			empty++;
		else
			empty = 0;
	}
}

static void
run_live(struct tt_worker *w)
{
	tt_wallclock_init(&w->own.clock);
	while (TT_LIKELY(!stop_asked(w))) {
		int64_t now_us = tt_wallclock_now(&w->own.clock);

		obey_cut(w, now_us);
		if (turn(w, w->burst, now_us) == 0)
			tt_counter_tick(&w->own.counter, now_us);
	}
	drain_live(w);
}

/* One call past the last whole frame, so that the device counts the damage as an error. Zeros that
 * were never written it takes for a frame; it is an error all the same. */
static void
meet_damage(struct tt_worker *w)
{
	struct rte_mbuf *m;

	if (rte_eth_rx_burst(w->port->id, w->queue, &m, 1) == 0)
		return;
	rte_pktmbuf_free(m);
	/* Handed over with the last tally; no pairing of its own. */
	__atomic_fetch_add(&w->port->no_frames, 1, __ATOMIC_RELAXED);
}

static void
run_replay(struct tt_worker *w)
{
	unsigned empty = 0;

	while (w->own.received < w->expected && empty < EMPTY_AT_SHORT
			&& w->own.uncounted == 0 && !stop_asked(w)) {
		uint64_t left = w->expected - w->own.received;

		if (turn(w, (uint16_t)RTE_MIN(left, w->burst), 0) == 0)
			empty++;
		else
			empty = 0;
	}
	if (w->damaged && w->own.received == w->expected)
		meet_damage(w);
}

static void
finish(struct tt_worker *w)
{
	int64_t now_us = w->replay ? 0 : tt_wallclock_now(&w->own.clock);
	struct tt_tally *last;

	/* A replay without a frame has no interval. */
	while ((last = tt_counter_finish(&w->own.counter, now_us)) != NULL)
		if (!w->replay || last->frames > 0)
			hand_over(w, last);
	/* Release: pairs with the acquire in tt_worker_finished. */
	__atomic_store_n(&w->own.finished, 1, __ATOMIC_RELEASE);
}

int
tt_worker_run(void *arg)
{
	struct tt_worker *w = arg;

	if (w->replay)
		run_replay(w);
	else
		run_live(w);
	finish(w);
	return 0;
}
