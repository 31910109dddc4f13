/* SPDX-License-Identifier: BSD-3-Clause */
#include "daemon.h"

#include "recalled.h"
#include "say.h"
#include "signals.h"
#include "written.h"

#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_mbuf_dyn.h>
#include <rte_pause.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define IDLE_US      500
#define SPINS_BEFORE 64 /* empty passes before the core sleeps */
#define RETRY_US     TT_US_PER_S
#define FLUSH_US     TT_US_PER_S
#define LAST_S       10 /* after a stop, so long is a failing write tried again */
#define COUNTERS_US  (10 * TT_US_PER_S) /* some cards' counters stop at their end */
#define CUT_AHEAD_US 2000 /* so that every worker reads of it before it is due */

/* How the management core stands between two passes of its loop. */
struct manager {
	struct tt_daemon *d;
	unsigned n;
	bool *ended; /* [n]: the sequence was told */
	unsigned n_ended;
	bool busy; /* the last pass had something to do */
	bool stopping, told_eof, failing;
	bool unkept; /* intervals were written since the recall was kept */
	int64_t retry_us, flush_us, counters_us;
	uint64_t stop_tsc; /* when the end was ordered */
	struct tt_written written;
};

int
tt_daemon_launch(struct tt_daemon *d, struct tt_error *err)
{
	int offset = rte_mbuf_dynfield_lookup(RTE_MBUF_DYNFIELD_TIMESTAMP_NAME, NULL);
	struct tt_worker_start start = {
			.interval_us = d->config.interval_us,
			.max_gap_us = d->config.max_gap_us,
			.pipeline = &d->setup.pipeline,
			.start_us = tt_time_now(),
	};

	if (offset < 0 && d->plan.n_replays > 0)
		return tt_error_set(err, -ENOTSUP, NULL,
				"the pcap driver gives no time stamps");
	for (unsigned i = 0; i < d->plan.n_queues; i++) {
		struct tt_worker *w = d->workers[i];

		start.first = d->tallies[i * d->config.table_sets];
		w->time_offset = offset;
		tt_worker_init(w, &start);
		if (w->replay)
			tt_sequence_start_replay(d->sequence, i);
		else
			tt_sequence_start_live(d->sequence, i, start.start_us);
		/* EAL's launch pairs its own release with the lcore's acquire. */
		rte_eal_remote_launch(tt_worker_run, w, w->lcore);
	}
	return 0;
}

void
tt_daemon_wait(struct tt_daemon *d)
{
	for (unsigned i = 0; i < d->plan.n_queues; i++)
		rte_eal_wait_lcore(d->workers[i]->lcore);
}

/* Takes what the worker sealed. Returns whether there was anything. */
static bool
collect_from(struct manager *m, unsigned i)
{
	struct tt_worker *w = m->d->workers[i];
	bool finished = tt_worker_finished(w);
	bool any = false;
	void *tally;

	/* Acquire inside: pairs with the release in the worker's hand_over. */
	while (rte_ring_sc_dequeue(w->sealed, &tally) == 0) {
		tt_sequence_push(m->d->sequence, tally);
		any = true;
	}
	if (!finished || m->ended[i])
		return any;
	/* It had finished before the ring was emptied, so nothing more can come. */
	tt_sequence_end(m->d->sequence, i);
	m->ended[i] = true;
	m->n_ended++;
	return true;
}

static bool
collect(struct manager *m)
{
	bool any = false;

	for (unsigned i = 0; i < m->n; i++)
		any |= collect_from(m, i);
	return any;
}

static void
give_back(struct tt_daemon *d, struct tt_tally *tally)
{
	int rc;

	tt_tally_reset(tally);
	/* Release inside: pairs with the acquire in the worker's take_clean. */
	rc = rte_ring_sp_enqueue(d->workers[tally->owner]->clean, tally);
	TT_ASSERT(rc == 0);
}

/* The sequence lets go of the interval's tallies: copies are freed, others go back. */
static void
release(struct manager *m, const struct tt_interval *interval)
{
	tt_sequence_pop(m->d->sequence, interval);
	for (unsigned i = 0; i < interval->n_tallies; i++) {
		if (tt_tally_is_compact(interval->tallies[i]))
			tt_tally_destroy(interval->tallies[i]);
		else
			give_back(m->d, interval->tallies[i]);
	}
}

static void
note_written(struct manager *m, int64_t start_us, const struct tt_totals *totals)
{
	tt_book_written(&m->d->book);
	tt_setup_note_lacking(&m->d->setup, totals);
	tt_written_add(&m->written, start_us, totals->frames);
	m->unkept = true;
	if (m->failing)
		tt_say("snapshots are written again");
	m->failing = false;
	if (!m->d->only_replays)
		tt_say("wrote %s: %" PRIu64 " packets counted of %" PRIu64 " frames",
				tt_spool_latest(m->d->spool), totals->count.packets,
				totals->frames);
}

static int
flush(struct manager *m, struct tt_error *err)
{
	m->flush_us = tt_time_now() + FLUSH_US;
	return tt_written_flush(&m->written, m->d->spool, err);
}

/* Keeps what is recalled, of snapshots that are there: those first. */
static int
keep_in_time(struct manager *m, struct tt_error *err)
{
	int rc;

	if (!m->unkept || m->failing || !tt_setup_recall_due(&m->d->setup))
		return 0;
	rc = flush(m, err);
	if (rc != 0)
		return rc;
	tt_recalled_keep(m->d);
	m->unkept = m->d->recall_failing;
	return 0;
}

/*
 * Writes one interval. A live one whose name is taken (the clock was set back, and the daemon
 * started again) holds other packets than the snapshot that is there: it starts a microsecond
 * later, and is partial.
 */
static int
write_interval(struct manager *m, const struct tt_interval *ready, struct tt_error *err)
{
	struct tt_daemon *d = m->d;
	struct tt_interval interval = *ready;
	struct tt_totals totals;
	int rc = tt_written_full(&m->written) ? flush(m, err) : 0;

	if (rc != 0)
		return rc;
	tt_book_make(&d->book, ready);
	do {
		rc = tt_spool_write(d->spool, &interval, d->merge, &d->setup.merge,
				&d->run, d->book.rows, d->book.n_rows, &totals, err);
		interval.span.start_us++;
		interval.complete = false;
	} while (rc == -EEXIST && !d->only_replays
			&& interval.span.start_us < interval.span.end_us);
	if (rc == 0)
		note_written(m, interval.span.start_us - 1, &totals);
	return rc;
}

/* Whether to go on after a snapshot could not be written: a live port's packets go on coming. */
static int
bear_failure(struct manager *m, int rc, const struct tt_error *err)
{
	if (m->d->only_replays
			|| (m->stopping
					&& rte_rdtsc() - m->stop_tsc
							> LAST_S * rte_get_tsc_hz()))
		return rc;
	if (!m->failing)
		tt_warn("%s%s%s; counting goes on, and writing is tried again every second",
				err->where, err->where[0] == '\0' ? "" : ": ", err->why);
	m->failing = true;
	m->retry_us = tt_time_now() + RETRY_US;
	return 0;
}

/* Writes one interval if one is ready; one, so that signals are heard in a long backlog. */
static int
write_ready(struct manager *m, struct tt_error *err)
{
	struct tt_interval interval;
	int rc;

	if (m->failing && tt_time_now() < m->retry_us)
		return 0;
	if (tt_sequence_surprised(m->d->sequence))
		return tt_error_set(err, -ESTALE, NULL,
				"a capture file changed between its scan and its replay");
	if (!tt_sequence_next(m->d->sequence, &interval))
		return 0;
	rc = write_interval(m, &interval, err);
	if (rc != 0)
		return bear_failure(m, rc, err);
	release(m, &interval);
	m->busy = true;
	return 0;
}

/*
 * Replays that wait for a clean tally while all of theirs are held for intervals that others
 * have not finished get one back, for a copy of what is in it.
 */
static int
feed_starving(struct manager *m, struct tt_error *err)
{
	for (unsigned i = 0; i < m->n; i++) {
		const struct tt_worker *w = m->d->workers[i];
		struct tt_tally *freed;

		if (m->failing || !w->replay || !tt_worker_starving(w)
				|| !rte_ring_empty(w->clean)
				|| !rte_ring_empty(w->sealed))
			continue;
		if (tt_sequence_compact(m->d->sequence, i, &freed) != 0)
			return tt_error_set(err, -ENOMEM, NULL,
					"out of memory: the files' packets are so far out "
					"of order that too many intervals are open");
		if (freed != NULL)
			give_back(m->d, freed);
	}
	return 0;
}

static void
stop_workers(struct manager *m)
{
	m->stopping = true;
	m->stop_tsc = rte_rdtsc();
	for (unsigned i = 0; i < m->n; i++)
		tt_worker_stop(m->d->workers[i]);
}

static void
obey_signals(struct manager *m)
{
	int64_t at_us = tt_time_now() + CUT_AHEAD_US;

	if (tt_signals_take_cut()) {
		if (m->d->only_replays)
			tt_say("SIGUSR1: the packets' own time rules in capture files, no "
			       "interval is closed");
		for (unsigned i = 0; i < m->n; i++)
			if (!m->d->workers[i]->replay)
				tt_worker_cut(m->d->workers[i], at_us);
	}
	if (!tt_signals_stop() || m->stopping)
		return;
	stop_workers(m);
	if (m->failing)
		tt_say("writing is tried for %d seconds more; a second signal ends it at once",
				LAST_S);
}

/* Have all ended, and does nothing keep the daemon waiting for a signal? */
static bool
is_over(struct manager *m)
{
	if (m->n_ended < m->n || m->busy || m->failing)
		return false;
	if (m->stopping || m->d->config.exit_at_eof)
		return true;
	if (!m->told_eof)
		tt_say("all capture files are at their end; waiting for SIGINT or SIGTERM "
		       "(--exit-at-eof ends the run by itself)");
	m->told_eof = true;
	return false;
}

static void
watch_ports(struct manager *m)
{
	for (unsigned i = 0; i < m->d->plan.n_ports; i++)
		if (tt_port_take_removal(&m->d->plan.ports[i]))
			tt_warn("%s: the device is being removed; expect no more packets from it%s",
					m->d->plan.ports[i].name,
					m->d->plan.n_ports > 1 ? ", the other ports go on"
							       : "");
}

static void
read_counters(struct manager *m)
{
	int64_t now_us = tt_time_now();

	if (now_us < m->counters_us)
		return;
	m->counters_us = now_us + COUNTERS_US;
	for (unsigned i = 0; i < m->d->plan.n_ports; i++)
		tt_port_read_counters(&m->d->plan.ports[i]);
}

static int
pass(struct manager *m, unsigned *idle, struct tt_error *err)
{
	int rc;

	m->busy = collect(m);
	obey_signals(m);
	watch_ports(m);
	read_counters(m);
	rc = write_ready(m, err);
	if (rc == 0 && !m->busy)
		rc = feed_starving(m, err);
	if (rc == 0 && m->written.n_fresh > 0
			&& ((m->n_ended == m->n && !m->busy)
					|| tt_time_now() > m->flush_us))
		rc = flush(m, err);
	if (rc == 0)
		rc = keep_in_time(m, err);
	if (m->busy)
		*idle = 0;
	else if (++*idle < SPINS_BEFORE)
		rte_pause();
	else
		usleep(IDLE_US);
	return rc;
}

static void
say_result(const struct manager *m, bool failed)
{
	char path[TT_TAKEN_PATH_MAX] = "";

	if (m->written.snapshots > 0)
		tt_taken_path(&m->d->taken, m->written.last_us, path);
	tt_say("%" PRIu64 " snapshot%s of %" PRIu64 " frames%s%s%s", m->written.snapshots,
			m->written.snapshots == 1 ? "" : "s", m->written.frames,
			failed ? " are on disk" : "",
			m->written.snapshots == 0 ? "" : ", the last one: ", path);
}

/* Adds to the error that ended the run what it cost. */
static void
add_loss(const struct manager *m, struct tt_error *err)
{
	uint64_t offered = tt_book_offered(&m->d->book, m->d->workers);
	size_t n = strlen(err->why);

	snprintf(err->why + n, sizeof(err->why) - n,
			"; %" PRIu64 " of %" PRIu64 " frames are in no snapshot%s%s",
			offered - m->written.frames, offered,
			m->d->only_replays ? "; a replay can be repeated" : "",
			m->d->only_replays && m->written.snapshots > 0
					? ", into another spool or without the "
					  "snapshots that are there"
					: "");
}

/* What is finished is kept, also where a later interval could not be written. */
static int
conclude(struct manager *m, int rc, struct tt_error *err)
{
	struct tt_error second;
	int flushed = tt_written_conclude(
			&m->written, m->d->spool, rc == 0 ? err : &second);

	if (rc == 0)
		rc = flushed;
	/* Not ahead of the snapshots. */
	if (flushed == 0)
		tt_recalled_keep_last(m->d, rc != 0);
	say_result(m, rc != 0);
	if (rc != 0)
		add_loss(m, err);
	return rc;
}

int
tt_daemon_manage(struct tt_daemon *d, struct tt_error *err)
{
	struct manager m = {.d = d, .n = d->plan.n_queues, .busy = true};
	unsigned idle = 0;
	int rc = 0;

	m.ended = calloc(m.n, sizeof(bool));
	if (m.ended == NULL)
		rc = tt_error_set(err, -ENOMEM, NULL, "out of memory");
	while (rc == 0 && !is_over(&m))
		rc = pass(&m, &idle, err);
	stop_workers(&m);
	tt_daemon_wait(d);
	free(m.ended);
	return conclude(&m, rc, err);
}
