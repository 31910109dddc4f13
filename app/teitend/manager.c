/* SPDX-License-Identifier: BSD-3-Clause */
#include "daemon.h"

#include "say.h"
#include "signals.h"

#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_mbuf_dyn.h>
#include <rte_pause.h>

#include <errno.h>

#define IDLE_US      500
#define SPINS_BEFORE 64 /* empty passes before the core sleeps */
#define COUNTERS_US  (10 * TT_US_PER_S) /* some cards' counters stop at their end */
#define CUT_AHEAD_US 2000 /* so that every worker reads of it before it is due */

/* How the management core stands between two passes of its loop. */
struct manager {
	struct tt_daemon *d;
	unsigned n;
	bool *ended; /* [n]: the sequence was told */
	unsigned n_ended;
	bool busy; /* the last pass had something to do */
	bool stopping, told_eof, told_memory;
	struct tt_error lack; /* of memory, by which it is stopping; code 0: none */
	int64_t counters_us;
	int64_t feed_us; /* live workers that starve are fed from then on, by the monotonic clock */
};

int
tt_daemon_launch(struct tt_daemon *d, struct tt_error *err)
{
	int offset = rte_mbuf_dynfield_lookup(RTE_MBUF_DYNFIELD_TIMESTAMP_NAME, NULL);
	struct tt_worker_start start = {
			.interval_us = tt_daemon_part_us(d),
			.max_gap_us = d->config.max_gap_us,
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

void
tt_daemon_give_clean(struct tt_daemon *d, struct tt_tally *tally)
{
	int rc;

	/* Release inside: pairs with the acquire in the worker's take_clean. */
	rc = rte_ring_sp_enqueue(d->workers[tally->owner]->clean, tally);
	TT_ASSERT(rc == 0);
}

void
tt_daemon_give_back(struct tt_daemon *d, struct tt_tally *tally)
{
	tt_tally_reset(tally);
	tt_daemon_give_clean(d, tally);
}

/* Takes an interval, if one is ready, to be written; of a replay, one at a time. One in a pass, so
 * that signals are heard in a long backlog. */
static int
take_ready(struct manager *m, struct tt_error *err)
{
	struct tt_output *output = &m->d->output;
	struct tt_interval interval;
	int rc;

	if (tt_sequence_surprised(m->d->sequence))
		return tt_error_set(err, -ESTALE, NULL,
				"a capture file changed between its scan and its replay");
	if ((m->d->only_replays && !tt_output_empty(output))
			|| !tt_sequence_next(m->d->sequence, &interval))
		return 0;
	rc = tt_output_take(output, &interval, err);
	if (rc != 0 && m->d->only_replays)
		return rc;
	if (rc != 0 && !m->told_memory)
		tt_warn("the machine has no memory: intervals keep their table sets, and "
			"workers go on in those that they have");
	m->told_memory = rc != 0;
	if (rc != 0)
		return 0;
	tt_sequence_pop(m->d->sequence, &interval);
	m->busy = true;
	return 0;
}

static bool
starves(const struct manager *m, const struct tt_worker *w)
{
	return tt_worker_starving(w) && rte_ring_empty(w->clean)
			&& rte_ring_empty(w->sealed)
			&& (w->replay || tt_time_monotonic() >= m->feed_us);
}

/* A live one may wait longer: it goes on in what it has. */
static bool
may_copy(struct manager *m, unsigned i)
{
	if (m->d->workers[i]->replay
			|| tt_output_has_room(&m->d->output,
					tt_sequence_copy_bytes(m->d->sequence, i)))
		return true;
	m->feed_us = tt_time_monotonic() + TT_US_PER_S;
	return false;
}

/*
 * Workers that wait for a clean tally while all of theirs are held for intervals that others have not finished
 * get one back, for a copy of what is in it. Two live ones whose intervals ended at different times would
 * otherwise wait for each other until the end of the run.
 */
static int
feed_starving(struct manager *m, struct tt_error *err)
{
	for (unsigned i = 0; i < m->n; i++) {
		struct tt_tally *freed;

		if (!starves(m, m->d->workers[i]) || !may_copy(m, i))
			continue;
		if (tt_sequence_compact(m->d->sequence, i, &freed) == 0) {
			if (freed != NULL)
				tt_daemon_give_back(m->d, freed);
		} else if (m->d->workers[i]->replay) {
			return tt_error_set(err, -ENOMEM, NULL,
					"out of memory: the files' packets are so far out "
					"of order that too many intervals are open");
		} else {
			m->feed_us = tt_time_monotonic() + TT_US_PER_S;
		}
	}
	return 0;
}

static void
stop_workers(struct manager *m)
{
	m->stopping = true;
	for (unsigned i = 0; i < m->n; i++)
		tt_worker_stop(m->d->workers[i]);
}

static void
stop(struct manager *m)
{
	stop_workers(m);
	tt_output_stop(&m->d->output);
}

/* Workers get the table sets that are ready. Where there will never be more, the run ends with what it has. */
static void
back_tables(struct manager *m)
{
	if (tt_backing_turn(&m->d->backing, &m->lack) == 0)
		return;
	tt_backing_end(&m->d->backing);
	if (!m->stopping)
		stop(m);
}

static void
obey_signals(struct manager *m)
{
	int64_t at_us = tt_time_now() + CUT_AHEAD_US;

	if (tt_signals_take_cut()) {
		if (m->d->only_replays)
			tt_say("SIGUSR1: the packets' own time rules in capture files, no "
			       "interval is closed");
		tt_output_cut(&m->d->output, at_us);
		for (unsigned i = 0; i < m->n; i++)
			if (!m->d->workers[i]->replay)
				tt_worker_cut(m->d->workers[i], at_us);
	}
	if (tt_signals_take_reload())
		tt_reload_ask(&m->d->reload);
	if (!tt_signals_stop() || m->stopping)
		return;
	stop(m);
}

/* Have all ended, and does nothing keep the daemon waiting for a signal? */
static bool
is_over(struct manager *m)
{
	if (m->n_ended < m->n || m->busy || !tt_output_empty(&m->d->output))
		return false;
	if (tt_output_close(&m->d->output))
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
	for (unsigned i = 0; i < m->d->plan.n_ports; i++) {
		if (tt_port_take_removal(&m->d->plan.ports[i]))
			tt_warn("%s: the device is being removed; expect no more packets from it%s",
					m->d->plan.ports[i].name,
					m->d->plan.n_ports > 1 ? ", the other ports go on"
							       : "");
		tt_port_watch_link(&m->d->plan.ports[i]);
	}
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
	tt_reload_turn(&m->d->reload);
	watch_ports(m);
	read_counters(m);
	back_tables(m);
	rc = take_ready(m, err);
	if (rc == 0)
		rc = tt_output_turn(&m->d->output, m->stopping, &m->busy, err);
	if (rc == 0 && !m->busy)
		rc = feed_starving(m, err);
	if (rc == 0 && m->n_ended == m->n && !m->busy && tt_output_empty(&m->d->output))
		rc = tt_output_flush(&m->d->output, err);
	if (m->busy)
		*idle = 0;
	else if (++*idle < SPINS_BEFORE)
		rte_pause();
	else
		tt_output_wait(&m->d->output, IDLE_US);
	return rc;
}

int
tt_daemon_manage(struct tt_daemon *d, struct tt_error *err)
{
	struct manager m = {.d = d, .n = d->plan.n_queues, .busy = true};
	unsigned idle = 0;
	int rc = tt_output_init(&d->output, d, err);

	if (rc == 0)
		rc = tt_backing_start(&d->backing, err);
	m.ended = calloc(m.n, sizeof(bool));
	if (rc == 0 && m.ended == NULL)
		rc = tt_error_set(err, -ENOMEM, NULL, "out of memory");
	while (rc == 0 && !is_over(&m))
		rc = pass(&m, &idle, err);
	stop_workers(&m);
	tt_daemon_wait(d);
	tt_reload_end(&d->reload);
	tt_backing_end(&d->backing);
	free(m.ended);
	rc = tt_output_end(&d->output, rc, err);
	if (rc == 0 && m.lack.code != 0) {
		*err = m.lack;
		rc = m.lack.code;
	}
	return rc;
}
