/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of a run: how long the disk is waited for, and what is said of it. */
#include "daemon.h"

#include "recalled.h"
#include "say.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

#define LAST_S  10 /* so long is a failing write tried again */
#define STUCK_S 60 /* so long is a write waited for that does not return */
#define MERGE_S 600 /* the same of a long interval that is made of its parts */
#define LEFT_US TT_US_PER_S /* so long, once that was too long */

void
tt_output_stop(struct tt_output *o)
{
	o->progress_us = tt_time_monotonic();
	o->failing_us = o->failures > 0 ? o->progress_us : 0;
	o->retry_us = 0;
	if (o->failures > 0)
		tt_say("writing is tried for %d seconds more; a second signal ends it at once",
				LAST_S);
}

int
tt_output_check_time(struct tt_output *o, struct tt_error *err)
{
	int64_t us = tt_time_monotonic();
	bool merging = o->doing == TT_OUTPUT_FINISHING
			|| o->doing == TT_OUTPUT_RECOVERING;
	int most_s = merging ? MERGE_S : STUCK_S;

	if (o->doing == TT_OUTPUT_NOTHING && o->failures > 0
			&& us - o->failing_us > LAST_S * TT_US_PER_S) {
		*err = o->failure;
		return err->code;
	}
	if (o->doing == TT_OUTPUT_NOTHING
			|| us - RTE_MAX(o->progress_us, o->job_us)
					<= most_s * TT_US_PER_S)
		return 0;
	return tt_error_set(err, -ETIMEDOUT, o->d->config.spool,
			"no answer from the disk for %d s", most_s);
}

static void
say_result(const struct tt_output *o, bool failed)
{
	const struct tt_written *w = &o->written;
	char path[TT_TAKEN_PATH_MAX] = "";

	if (w->snapshots > 0)
		tt_taken_path(&o->d->taken, w->last_us, path);
	tt_say("%" PRIu64 " frame%s in %" PRIu64 " snapshot%s%s%s%s", w->frames,
			w->frames == 1 ? "" : "s", w->snapshots,
			w->snapshots == 1 ? "" : "s", failed ? " on disk" : "",
			w->snapshots == 0 ? "" : ", the last one: ", path);
}

/* Adds to the error that ended the run what it cost. */
static void
add_loss(const struct tt_output *o, struct tt_error *err)
{
	const struct tt_daemon *d = o->d;
	uint64_t offered = tt_book_offered(&d->book, d->workers);
	size_t n = strlen(err->why);

	snprintf(err->why + n, sizeof(err->why) - n,
			"; %" PRIu64 " of %" PRIu64 " frames are in no snapshot%s%s%s",
			offered - o->written.frames, offered,
			o->in_parts && (o->open.to_us != 0 || o->finish.to_us != 0)
					? "; the next run finishes what is there in parts"
					: "",
			d->only_replays ? "; a replay can be repeated" : "",
			d->only_replays && o->written.snapshots > 0
					? ", into another spool or without the "
					  "snapshots that are there"
					: "");
}

/* Waits a last moment for the job at hand, and takes its result. */
static void
finish_job(struct tt_output *o)
{
	int64_t until_us = tt_time_monotonic() + LEFT_US;
	struct tt_error err;
	bool busy;

	do {
		/* What it returns is told by who ends the run, or was told already. */
		if (tt_output_settle(o, true, &busy, &err) != 0)
			return;
		if (o->doing != TT_OUTPUT_NOTHING)
			tt_writer_wait(&o->writer, until_us - tt_time_monotonic());
	} while (o->doing != TT_OUTPUT_NOTHING && tt_time_monotonic() < until_us);
}

struct last {
	struct tt_daemon *d;
	bool failed;
};

static int
keep_last(void *last, struct tt_error *err)
{
	struct last *l = last;

	tt_recalled_keep_last(l->d, l->failed);
	return 0;
}

/* Has the writer keep what is recalled: a disk that hangs must not hold up the end. */
static void
keep_recall(struct tt_output *o, bool failed)
{
	static struct last last; /* it outlives this call where the disk hangs */
	int64_t until_us = tt_time_monotonic() + STUCK_S * TT_US_PER_S;
	struct tt_error err;
	bool done;
	int rc;

	last = (struct last){o->d, failed};
	tt_writer_give(&o->writer, keep_last, &last);
	while (!(done = tt_writer_take(&o->writer, &rc, &err))
			&& tt_time_monotonic() < until_us)
		tt_writer_wait(&o->writer, until_us - tt_time_monotonic());
	if (done)
		return;
	tt_warn("%s: no answer from the disk for %d s; the next run reads what this one saw "
		"from its snapshots",
			o->d->config.spool, STUCK_S);
}

/* What is finished is kept, also where a later interval could not be written. */
static int
conclude(struct tt_output *o, int rc, struct tt_error *err)
{
	struct tt_error second;
	int flushed = tt_written_conclude(
			&o->written, o->d->spool, rc == 0 ? err : &second);

	if (rc == 0)
		rc = flushed;
	/* Not ahead of the snapshots: the interval that failed was merged all the same. */
	if (flushed == 0 && o->failures == 0)
		keep_recall(o, rc != 0);
	return rc;
}

int
tt_output_end(struct tt_output *o, int rc, struct tt_error *err)
{
	finish_job(o);
	if (o->doing == TT_OUTPUT_NOTHING)
		rc = conclude(o, rc, err);
	o->stuck = !tt_writer_stop(&o->writer, 0);
	say_result(o, rc != 0);
	if (rc != 0)
		add_loss(o, err);
	if (!o->stuck)
		tt_pending_destroy(o->pending);
	return rc;
}
