/* SPDX-License-Identifier: BSD-3-Clause */
#include "output_private.h"

#include "say.h"
#include "telemetry.h"
#include "tt_time.h"

#include <errno.h>

#define RETRY_LEAST_S  1
#define RETRY_MOST_S   30
#define FLUSH_US       TT_US_PER_S
#define COPY_US        TT_US_PER_S /* between two attempts for which there was no room */
#define TELL_US        TT_US_PER_S
#define SLOW_INTERVALS 3

static void
give_back(void *daemon, struct tt_tally *tally)
{
	tt_daemon_give_back(daemon, tally);
}

int
tt_output_init(struct tt_output *o, struct tt_daemon *d, struct tt_error *err)
{
	const struct tt_pending_config config = {
			.max_bytes = d->config.pending_memory,
			.max_pairs = d->setup.merge.max_pairs,
			.frame_us = tt_daemon_in_parts(d) ? d->config.interval_us : 0,
			.max_keys = tt_merge_keys(&d->setup.merge),
			.give_back = give_back,
			.context = d,
	};
	int rc = tt_pending_create(&o->pending, &config, err);

	o->d = d;
	o->in_parts = tt_daemon_in_parts(d);
	/* A replay leaves no parts and finds those of a live run no concern of its own. */
	o->recovered = d->only_replays;
	o->started_us = tt_time_now();
	tt_telemetry_start();
	if (rc == 0)
		rc = tt_writer_start(&o->writer, !d->only_replays, err);
	return rc;
}

/* What was not observed between the last run's end, however that came about, and this one's start. */
static int64_t
gap_before(const struct tt_output *o, const struct tt_interval *first)
{
	int64_t end_us = tt_spool_end_us(o->d->spool);

	return end_us == INT64_MIN || end_us > first->span.start_us
			? 0
			: first->span.start_us - end_us;
}

int
tt_output_take(struct tt_output *o, const struct tt_interval *ready, struct tt_error *err)
{
	struct tt_book *book = &o->d->book;
	struct tt_interval interval = *ready;

	if (!o->d->only_replays && !o->any)
		interval.gap_before_us = gap_before(o, ready);
	/* A part says how long the interval is that it belongs to. */
	interval.nominal_us = o->in_parts ? o->d->config.interval_us : ready->nominal_us;
	tt_book_make(book, ready);
	if (tt_pending_add(o->pending, &interval, book->rows, book->n_rows) == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	tt_book_taken(book);
	o->any = o->changed = true;
	return 0;
}

int
tt_output_flush(struct tt_output *o, struct tt_error *err)
{
	o->flush_us = tt_time_monotonic() + FLUSH_US;
	return tt_written_flush(&o->written, o->d->spool, err);
}

/* Whether to go on after a snapshot could not be written: a live port's packets go on coming. */
static int
bear_failure(struct tt_output *o, bool stopping, int rc, const struct tt_error *why)
{
	int64_t wait_s = o->failures < 5 ? RETRY_LEAST_S << o->failures : RETRY_MOST_S;

	/* One that may be on disk stays as it is: joined with others it would count twice. */
	if (tt_pending_first(o->pending) != NULL && rc != -EINPROGRESS)
		tt_pending_set_writing(o->pending, false);
	o->changed = true;
	if (o->failing_us == 0)
		o->failing_us = tt_time_monotonic();
	o->failures++;
	if (o->d->only_replays)
		return rc;
	if (o->failure.code != rc)
		tt_warn("%s%s%s; counting goes on, and writing is tried again (after %d s, "
			"then less often, every %d s at least)",
				why->where, why->where[0] == '\0' ? "" : ": ", why->why,
				RETRY_LEAST_S, RETRY_MOST_S);
	o->failure = *why;
	o->failure.code = rc;
	o->retry_us = tt_time_monotonic()
			+ (stopping ? RETRY_LEAST_S : wait_s) * TT_US_PER_S;
	return 0;
}

int
tt_output_settle(struct tt_output *o, bool stopping, bool *busy, struct tt_error *err)
{
	struct tt_error why;
	int rc, doing = o->doing;

	if (doing == TT_OUTPUT_NOTHING || !tt_writer_take(&o->writer, &rc, &why))
		return 0;
	o->doing = TT_OUTPUT_NOTHING;
	*busy = true;
	if (rc == 0)
		return tt_output_note(o, doing, err);
	if (doing == TT_OUTPUT_RECOVERING)
		o->finish.to_us = 0;
	rc = bear_failure(o, stopping, rc, &why);
	if (rc != 0)
		*err = why;
	return rc;
}

static void
give_job(struct tt_output *o, int doing, int (*job)(void *output, struct tt_error *err))
{
	o->doing = doing;
	o->job_us = tt_time_monotonic();
	tt_writer_give(&o->writer, job, o);
}

/* Gives the writer something to do, if it has nothing, in this order: a name that is not durable yet, what
 * runs before left, an interval whose parts are all there, what is recalled (of snapshots that are there),
 * the first that waits. */
static int
start(struct tt_output *o, bool *busy, struct tt_error *err)
{
	struct tt_held *first = tt_pending_first(o->pending);
	int rc = 0;
	bool keep;

	/* While it has a job, what is recalled is the writer's. */
	if (o->doing != TT_OUTPUT_NOTHING
			|| (o->failures > 0 && tt_time_monotonic() < o->retry_us))
		return 0;
	keep = o->unkept && o->failures == 0 && tt_setup_recall_due(&o->d->setup);
	if (keep || tt_written_full(&o->written))
		rc = tt_output_flush(o, err);
	if (rc != 0)
		return rc;
	if (!tt_spool_is_durable(o->d->spool)) {
		give_job(o, TT_OUTPUT_SYNCING, tt_output_sync);
	} else if (!o->recovered) {
		give_job(o, TT_OUTPUT_RECOVERING, tt_output_recover);
	} else if (o->finish.to_us != 0) {
		give_job(o, TT_OUTPUT_FINISHING, tt_output_finish);
	} else if (keep) {
		give_job(o, TT_OUTPUT_KEEPING, tt_output_keep);
	} else if (first != NULL) {
		*busy = true;
		o->held = first;
		tt_pending_set_writing(o->pending, true);
		give_job(o, TT_OUTPUT_WRITING, tt_output_write);
	}
	return 0;
}

/* Table sets stay where they are, for want of memory for copies. */
static void
say_held(struct tt_output *o, int rc)
{
	if (!o->told_held)
		tt_warn("%s for intervals that wait for the disk: they keep their table "
			"sets, and workers go on in those that they have",
				rc == -ENOSPC ? "there is no more pending-memory"
					      : "the machine has no memory");
	o->told_held = true;
}

/* How the disk keeps up: each change is said once. rc: what came of making copies. */
static void
say_backlog(struct tt_output *o, int rc)
{
	struct tt_pending_state s = tt_pending_state(o->pending);

	if (s.intervals <= 1 && o->told_slow)
		tt_say("nothing waits for the disk any more");
	if (s.intervals <= 1)
		o->told_slow = o->told_joins = false;
	if (s.intervals == 0)
		o->told_held = false;
	if (s.intervals >= SLOW_INTERVALS && !o->told_slow && o->failures == 0
			&& (o->doing == TT_OUTPUT_WRITING
					|| o->doing == TT_OUTPUT_KEEPING))
		tt_warn("the disk is slow: %u intervals wait for it, in memory",
				s.intervals);
	o->told_slow |= s.intervals >= SLOW_INTERVALS
			&& (o->failures > 0 || o->doing == TT_OUTPUT_WRITING);
	if (s.joins != o->joins_seen && !o->told_joins) {
		tt_warn("pending-memory (%" PRIu64 " MiB) is used up: of %" PRIu64
			" intervals that wait for the disk, adjoining ones become one",
				o->d->config.pending_memory >> 20, s.counted);
		o->told_joins = true;
	}
	o->joins_seen = s.joins;
	if (rc < 0)
		say_held(o, rc);
}

/* Gives table sets back for copies of what is in them, a step at a time. */
static void
copy(struct tt_output *o, bool *busy)
{
	int rc;

	if (o->d->only_replays || (!o->changed && tt_time_monotonic() < o->copy_us))
		return;
	tt_pending_set_beside(o->pending, tt_sequence_compact_bytes(o->d->sequence));
	rc = tt_pending_copy(o->pending);
	o->changed = rc > 0;
	*busy |= rc > 0;
	o->copy_us = tt_time_monotonic() + COPY_US;
	say_backlog(o, rc);
}

bool
tt_output_has_room(struct tt_output *o, uint64_t bytes)
{
	const uint64_t others = tt_pending_state(o->pending).bytes
			+ tt_sequence_compact_bytes(o->d->sequence);

	/* Where nothing waits for the disk, they wait for each other alone, and nothing but a copy ends that. */
	if (tt_pending_first(o->pending) == NULL
			|| others + bytes <= o->d->config.pending_memory)
		return true;
	say_held(o, -ENOSPC);
	return false;
}

int
tt_output_turn(struct tt_output *o, bool stopping, bool *busy, struct tt_error *err)
{
	int rc = tt_output_settle(o, stopping, busy, err);

	if (rc == 0)
		rc = start(o, busy, err);
	/* Without a thread the job is done by now. */
	if (rc == 0 && o->d->only_replays)
		rc = tt_output_settle(o, stopping, busy, err);
	if (rc == 0)
		copy(o, busy);
	if (rc == 0 && stopping)
		rc = tt_output_check_time(o, err);
	if (rc == 0 && o->written.n_fresh > 0 && o->doing == TT_OUTPUT_NOTHING
			&& tt_time_monotonic() > o->flush_us)
		rc = tt_output_flush(o, err);
	if (tt_time_monotonic() >= o->told_us) {
		tt_telemetry_note(o);
		o->told_us = tt_time_monotonic() + TELL_US;
	}
	return rc;
}

bool
tt_output_empty(const struct tt_output *o)
{
	return o->doing == TT_OUTPUT_NOTHING && o->recovered && o->finish.to_us == 0
			&& tt_pending_first(o->pending) == NULL
			&& tt_spool_is_durable(o->d->spool);
}

void
tt_output_cut(struct tt_output *o, int64_t at_us)
{
	o->cut_us = at_us;
}

bool
tt_output_close(struct tt_output *o)
{
	if (o->open.to_us == 0)
		return false;
	o->finish = o->open;
	o->open.to_us = 0;
	return true;
}

void
tt_output_wait(struct tt_output *o, int64_t us)
{
	tt_writer_wait(&o->writer, us);
}
