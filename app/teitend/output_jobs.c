/* SPDX-License-Identifier: BSD-3-Clause */
/* The writer's jobs, and what the management core makes of their results. */
#include "output_private.h"

#include "recalled.h"
#include "say.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

/* Adds to the rows of an interval, of which there are n, a note of what the spool made of it. Returns
 * how many there are then. */
static unsigned
add_note(struct tt_held *h, unsigned n, const char *reason, uint64_t intervals)
{
	h->rows[n] = (struct tt_ledger_row){
			TT_LEDGER_SPOOL_PORT, -1, TT_ACCOUNT_NOTE, reason, intervals, 0};
	return n + 1;
}

/* Notes of how many intervals a snapshot is made, where it is not one, and how many of these have a
 * time that is in another snapshot already. */
static unsigned
add_notes(struct tt_held *h, bool again)
{
	unsigned n = h->n_rows;

	if (h->joined > 1)
		n = add_note(h, n, TT_REASON_JOINED, h->joined);
	return again ? add_note(h, n, TT_REASON_AGAIN, h->joined) : n;
}

/* The next name of an interval whose time or name is taken: a start that is no snapshot's. There are
 * as many as it takes. */
static void
give_way(struct tt_interval *interval)
{
	struct tt_span *span = &interval->span;

	if (!interval->again) {
		interval->again = true;
		return;
	}
	span->start_us++;
	if (span->end_us <= span->start_us)
		span->end_us = span->start_us + 1;
	if (interval->observed_us > span->end_us - span->start_us)
		interval->observed_us = span->end_us - span->start_us;
	interval->complete = false;
}

/*
 * The writer's job. A live interval whose time is taken (the clock was set back, and the daemon
 * started again) holds other packets than the snapshot that is there: it is written beside it and
 * says so. Where the name is taken as well it starts a microsecond later, and is partial.
 */
int
tt_output_write(void *output, struct tt_error *err)
{
	struct tt_output *o = output;
	struct tt_daemon *d = o->d;
	struct tt_interval interval = o->held->interval;
	int rc;

	while ((rc = (o->in_parts ? tt_spool_write_part : tt_spool_write)(d->spool,
				&interval, d->merge, &d->setup.merge, &d->run,
				o->held->rows, add_notes(o->held, interval.again),
				&o->totals, err))
					== -EEXIST
			&& !d->only_replays)
		give_way(&interval);
	o->written_us = interval.span.start_us;
	o->again = interval.again;
	return rc;
}

int
tt_output_sync(void *output, struct tt_error *err)
{
	struct tt_output *o = output;

	return tt_spool_make_durable(o->d->spool, err);
}

int
tt_output_keep(void *output, struct tt_error *err)
{
	struct tt_output *o = output;

	tt_recalled_keep(o->d);
	return 0;
}

/* What is there again, once. */
static void
say_resumed(struct tt_output *o)
{
	struct tt_pending_state s = tt_pending_state(o->pending);

	if (o->failures > 0 && s.intervals > 0)
		tt_say("snapshots are written again; %u wait", s.intervals);
	else if (o->failures > 0)
		tt_say("snapshots are written again");
	o->failures = 0;
	o->failing_us = 0;
	o->failure = (struct tt_error){0};
}

/* Is a row of the ledger what a device lost? */
static bool
is_loss(const struct tt_ledger_row *row)
{
	return row->packets > 0 && strcmp(row->account, TT_ACCOUNT_NIC) == 0
			&& strcmp(row->reason, TT_REASON_DELIVERED) != 0;
}

/* What devices lost of the interval that was written, as its ledger has it; nothing where that is
 * nothing. */
static void
say_lost(const struct tt_output *o)
{
	const struct tt_held *h = o->held;
	struct tt_ledger_short s = tt_ledger_sum(h->rows, h->n_rows);
	uint64_t lost = s.missed + s.no_mbuf + s.errors;
	char text[512] = "";
	size_t used = 0;

	if (lost == 0)
		return;
	for (unsigned i = 0; i < h->n_rows && used < sizeof(text); i++)
		if (is_loss(&h->rows[i]))
			used += (size_t)snprintf(text + used, sizeof(text) - used,
					"%s%s %s %" PRIu64, used == 0 ? "" : ", ",
					h->rows[i].port, h->rows[i].reason,
					h->rows[i].packets);
	tt_warn("%s: lost %" PRIu64 " of %" PRIu64 " packets offered: %s",
			tt_spool_latest(o->d->spool), lost, tt_ledger_offered(&s), text);
}

/* Which tables have become full, and which have room again: each change is said once. */
static void
say_full(struct tt_output *o)
{
	const char *path = tt_spool_latest(o->d->spool);
	char begun[TT_LACKING_TEXT_MAX], ended[TT_LACKING_TEXT_MAX];

	tt_lacking_change(&o->told_full, &o->totals, begun, ended);
	if (begun[0] != '\0')
		tt_warn("%s: %s; said once until there is room again: each interval's "
			"ledger has it",
				path, begun);
	if (ended[0] != '\0')
		tt_say("%s: these have room for all again: %s", path, ended);
}

static void
say_wrote(const struct tt_output *o)
{
	const uint64_t packets = o->totals.count.packets, frames = o->totals.frames;

	tt_say("wrote %s: %" PRIu64 " packet%s counted of %" PRIu64 " frame%s",
			tt_spool_latest(o->d->spool), packets, packets == 1 ? "" : "s",
			frames, frames == 1 ? "" : "s");
}

/* A part of a long interval is on disk; its last one ends the interval. */
static void
note_part(struct tt_output *o)
{
	const struct tt_span span = o->held->interval.span;
	int64_t length = o->d->config.interval_us;
	int64_t from_us = tt_time_floor(span.start_us, length);
	bool cut = o->cut_us > span.start_us && o->cut_us <= span.end_us;

	tt_written_part(&o->written, o->totals.frames);
	o->open = (struct tt_frame_span){.from_us = from_us,
			.to_us = from_us + length,
			.nominal_us = length};
	if (span.end_us < o->open.to_us && !cut)
		return;
	o->finish = o->open;
	o->open.to_us = 0;
}

/* Whether intervals have a time that is in another snapshot already: each change is said once. */
static void
say_again(struct tt_output *o)
{
	if (o->again && !o->told_again)
		tt_warn("%s: another snapshot has its time already: the clock was set back; "
			"they are kept beside each other, and both count",
				tt_spool_latest(o->d->spool));
	else if (!o->again && o->told_again)
		tt_say("no other snapshot has the time of those written from now on");
	o->told_again = o->again;
}

static int
note_written(struct tt_output *o, struct tt_error *err)
{
	struct tt_daemon *d = o->d;
	int rc = 0;

	tt_book_written(&d->book, o->held->rows);
	tt_lacking_add(&d->setup.lacking, &o->totals);
	o->unkept = o->changed = true;
	o->progress_us = tt_time_monotonic();
	if (o->in_parts) {
		note_part(o);
	} else {
		tt_written_add(&o->written, o->written_us, o->totals.frames);
		if (!d->only_replays)
			rc = tt_output_flush(o, err);
	}
	if (!d->only_replays) {
		say_lost(o); /* while what it held is there */
		say_full(o);
	}
	tt_pending_drop(o->pending);
	say_resumed(o);
	if (!d->only_replays && !o->in_parts)
		say_wrote(o);
	say_again(o);
	return rc;
}

/* A long interval became a snapshot. own: of this run. */
static void
note_finished(struct tt_output *o, const struct tt_frame_span *frame, bool own)
{
	o->progress_us = tt_time_monotonic();
	say_resumed(o);
	if (frame->published > 0 || frame->why[0] != '\0')
		tt_warn("%s; %u parts of this interval are snapshots of their own",
				frame->why, frame->published);
	if (frame->parts == 0)
		return;
	if (own)
		tt_written_whole(&o->written, frame->start_us);
	tt_say("wrote %s: %" PRIu64 " packets counted, in %u parts",
			tt_spool_latest(o->d->spool), frame->packets, frame->parts);
	if (frame->again)
		tt_warn("%s: another snapshot has some of its time, and other packets: the "
			"clock was set back; they are kept beside each other, and both "
			"count",
				tt_spool_latest(o->d->spool));
}

int
tt_output_finish(void *output, struct tt_error *err)
{
	struct tt_output *o = output;

	return tt_parts_finish(o->d->spool, &o->d->run, &o->finish, err);
}

int
tt_output_recover(void *output, struct tt_error *err)
{
	struct tt_output *o = output;
	int64_t after_us = o->recovery.to_us == 0 ? TT_TIME_MIN : o->recovery.to_us;
	int rc = tt_parts_find(o->d->spool, o->in_parts ? o->d->config.interval_us : 0,
			after_us, o->started_us, &o->finish, err);

	o->recovered = rc == 0;
	return rc <= 0 ? rc : tt_parts_finish(o->d->spool, &o->d->run, &o->finish, err);
}

/* The job that was at hand is done. */
int
tt_output_note(struct tt_output *o, int doing, struct tt_error *err)
{
	if (doing == TT_OUTPUT_WRITING)
		return note_written(o, err);
	if (doing == TT_OUTPUT_KEEPING) {
		o->unkept = o->d->recall_failing;
		return 0;
	}
	if (doing == TT_OUTPUT_SYNCING) {
		say_resumed(o);
		return 0;
	}
	if (doing == TT_OUTPUT_FINISHING || !o->recovered)
		note_finished(o, &o->finish, doing == TT_OUTPUT_FINISHING);
	else
		say_resumed(o);
	o->recovery = o->finish;
	o->finish.to_us = 0;
	return 0;
}
