/* SPDX-License-Identifier: BSD-3-Clause */
#include "reading.h"

#include "tt_time.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define PORT     "capture-files"
#define FLUSH_MS 1000

static struct tt_ledger_row
row(const char *account, const char *reason, uint64_t packets)
{
	return (struct tt_ledger_row){PORT, 0, account, reason, packets};
}

/* The ledger of one interval. An input that is cut inside it was offering one more packet. */
static unsigned
make_ledger(struct reading *r, const struct tt_interval *interval,
		struct tt_ledger_row *rows)
{
	uint64_t fates[TT_N_FATES] = {0}, late = 0, bytes = 0, errors = 0;
	uint64_t delivered = 0;
	unsigned n = 0;

	for (unsigned i = 0; i < interval->n_tallies; i++) {
		const struct tt_tally *t = interval->tallies[i];

		for (unsigned f = 0; f < TT_N_FATES; f++)
			fates[f] += t->fates[f];
		delivered += t->frames;
		late += t->late;
		bytes += t->frame_bytes;
	}
	for (unsigned i = 0; i < r->n_inputs; i++)
		errors += r->inputs[i].cut
				&& r->inputs[i].cut_start_us == interval->span.start_us;
	rows[n++] = row(TT_ACCOUNT_NIC, TT_REASON_MISSED, 0);
	rows[n++] = row(TT_ACCOUNT_NIC, TT_REASON_NO_MBUF, 0);
	rows[n++] = row(TT_ACCOUNT_NIC, TT_REASON_ERRORS, errors);
	rows[n++] = row(TT_ACCOUNT_NIC, TT_REASON_DELIVERED, delivered);
	for (unsigned f = 0; f < TT_N_FATES; f++)
		rows[n++] = row(TT_ACCOUNT_FRAMES, tt_fate_name((enum tt_fate)f),
				fates[f]);
	rows[n++] = row(TT_ACCOUNT_NOTE, TT_REASON_LATE, late);
	rows[n++] = row(TT_ACCOUNT_NOTE, TT_REASON_FRAME_BYTES, bytes);
	return n;
}

static void
add_totals(struct reading *r, const struct tt_totals *totals)
{
	tt_lacking_add(&r->setup.lacking, totals);
	for (unsigned f = 0; f < TT_N_FATES; f++)
		r->fates[f] += totals->fates[f];
	r->late += totals->late;
	r->snapshots++;
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int
flush(struct reading *r)
{
	int ret = tt_spool_flush(r->spool, &r->err);

	r->flush_ms = now_ms() + FLUSH_MS;
	return ret;
}

/* Lets what is finished appear, so that no more than FLUSH_MS of it is lost by a kill. */
static int
flush_in_time(struct reading *r)
{
	return now_ms() < r->flush_ms ? 0 : flush(r);
}

/* Keeps what is recalled, of snapshots that are there: those first. */
static int
keep_in_time(struct reading *r)
{
	int ret;

	if (!tt_setup_recall_due(&r->setup))
		return flush_in_time(r);
	ret = flush(r);
	return ret == 0 ? tt_setup_save_recall(&r->setup, &r->err) : ret;
}

static uint64_t
frames_of(const struct tt_interval *interval)
{
	uint64_t frames = 0;

	for (unsigned i = 0; i < interval->n_tallies; i++)
		frames += interval->tallies[i]->frames;
	return frames;
}

/* Merged for what later intervals recall of it, unless that is known: a run that was killed had
 * not kept all of it. */
static int
skip(struct reading *r, const struct tt_interval *interval)
{
	static const struct tt_merge_sink nowhere;
	struct tt_totals totals;
	const uint64_t frames = frames_of(interval);

	r->skipped++;
	r->skipped_frames += frames;
	reading_compare_taken(r, interval->span.start_us, frames);
	if (interval->span.start_us <= tt_recall_latest_us(r->setup.recall))
		return 0;
	return tt_merge_run(r->merge, interval->tallies, interval->n_tallies,
			interval->span.start_us, &nowhere, &totals, &r->err);
}

static int
write_one(struct reading *r, const struct tt_interval *interval)
{
	struct tt_ledger_row rows[TT_N_FATES + 6];
	struct tt_totals totals;
	int ret = stop_wanted(&r->err);

	if (ret != 0)
		return ret;
	if (r->skip_existing && reading_is_taken(r, interval->span.start_us))
		return skip(r, interval);
	if (reading_leaves(r, interval->span.start_us)) {
		r->now = (struct left){interval->span.start_us, r->config.interval_us,
				frames_of(interval)};
		return 0;
	}
	ret = tt_spool_write(r->spool, interval, r->merge, &r->setup.merge, &r->run, rows,
			make_ledger(r, interval, rows), &totals, &r->err);
	if (ret != 0)
		return ret;
	add_totals(r, &totals);
	return keep_in_time(r);
}

/* Writes all intervals that are ready. Returns the full-size tally if it was among them. */
static int
write_ready(struct reading *r, struct tt_tally **freed)
{
	struct tt_interval interval;

	if (tt_sequence_surprised(r->sequence))
		return tt_error_set(&r->err, -ESTALE, NULL,
				"a capture file changed while it was read");
	while (tt_sequence_next(r->sequence, &interval)) {
		int ret = write_one(r, &interval);

		if (ret != 0)
			return ret;
		tt_sequence_pop(r->sequence, &interval);
		for (unsigned i = 0; i < interval.n_tallies; i++) {
			if (tt_tally_is_compact(interval.tallies[i]))
				tt_tally_destroy(interval.tallies[i]);
			else
				*freed = interval.tallies[i];
		}
	}
	return 0;
}

/* The counter asks for a second tally. It gets none while the open one can be written at once. */
static struct tt_tally *
take_spare(struct reading *r)
{
	const struct tt_tally *open = r->counter.open;
	struct tt_tally *spare = r->spare;

	if (open->frames == reading_announced(r, open->span.start_us))
		return NULL;
	r->spare = NULL;
	return spare;
}

struct tt_tally *
reading_seal(void *reading, struct tt_tally *sealed)
{
	struct reading *r = reading;
	struct tt_tally *freed = NULL;
	uint64_t compact;

	if (sealed == NULL)
		return take_spare(r);
	tt_sequence_push(r->sequence, sealed);
	if (write_ready(r, &freed) != 0)
		return NULL;
	if (freed == NULL && tt_sequence_compact(r->sequence, 0, &freed) != 0) {
		tt_error_set(&r->err, -ENOMEM, NULL,
				"out of memory: the packets are so far out of order that %llu MiB of "
				"intervals are open; sort them by time first",
				(unsigned long long)(tt_sequence_compact_bytes(
								     r->sequence)
						>> 20));
		return NULL;
	}
	compact = tt_sequence_compact_bytes(r->sequence);
	if (compact > r->compact_peak_bytes)
		r->compact_peak_bytes = compact;
	tt_tally_reset(freed);
	return freed;
}

/* The input gave fewer frames than the scan saw. end: what came instead of a frame. */
static int
came_short(struct reading *r, const struct input *input, int end)
{
	char why[256] = "it ends";

	if (end < 0)
		snprintf(why, sizeof(why), "%.200s", r->err.why);
	return tt_error_set(&r->err, end < 0 ? end : -ESTALE, input->path,
			"changed while it was read: %s after %llu of the %llu frames that "
			"the scan saw",
			why, (unsigned long long)(input->frames - input->left),
			(unsigned long long)input->frames);
}

/* Makes sure that there is a frame at burst[at], unless all have been read that were scanned. */
static int
fill(struct reading *r, struct input *input)
{
	unsigned want = input->left < READ_BURST ? (unsigned)input->left : READ_BURST;
	int n;

	if (input->at < input->n || want == 0)
		return 0;
	n = tt_capfile_read(input->file, input->burst, want, &r->err);
	if (n <= 0)
		return came_short(r, input, n);
	input->at = 0;
	input->n = (unsigned)n;
	input->left -= input->n;
	return 0;
}

/* Finds the input whose next frame is oldest; NULL at the end of all. */
static int
oldest(struct reading *r, struct input **best)
{
	*best = NULL;
	for (unsigned i = 0; i < r->n_inputs; i++) {
		struct input *in = &r->inputs[i];
		int ret = fill(r, in);

		if (ret != 0)
			return ret;
		if (in->at < in->n
				&& (*best == NULL
						|| in->burst[in->at].time_us
								< (*best)->burst[(*best)->at]
										  .time_us))
			*best = in;
	}
	return 0;
}

/* How many frames of the burst to count before the others have their turn again: those up to
 * the end of the interval that the first of them is in. */
static unsigned
turn(const struct reading *r, const struct input *in)
{
	int64_t end = tt_time_floor(in->burst[in->at].time_us, r->config.interval_us)
			+ r->config.interval_us;
	unsigned i = in->at + 1;

	if (r->n_inputs == 1)
		return in->n - in->at;
	while (i < in->n && in->burst[i].time_us < end)
		i++;
	return i - in->at;
}

static int
read_all(struct reading *r)
{
	struct input *in;
	unsigned turns = 0;
	int ret;

	while ((ret = oldest(r, &in)) == 0 && in != NULL) {
		const struct tt_capfile_outline o = tt_capfile_outline(in->file);
		unsigned n = turn(r, in);
		unsigned done = tt_counter_burst_between(&r->counter, in->burst + in->at,
				n, o.first_us, o.last_us);

		r->frames += done;
		if (done < n)
			return r->err.code;
		in->at += n;
		ret = stop_wanted(&r->err);
		/* The clock is read once in 64 bursts. */
		if (ret == 0 && turns++ % 64 == 0)
			ret = flush_in_time(r);
		if (ret != 0)
			return ret;
		reading_show_progress(r);
	}
	return ret;
}

static int
finish(struct reading *r)
{
	struct tt_tally *last, *freed = NULL;

	while ((last = tt_counter_finish(&r->counter, 0)) != NULL)
		if (last->frames > 0)
			tt_sequence_push(r->sequence, last);
	tt_sequence_end(r->sequence, 0);
	if (write_ready(r, &freed) != 0)
		return r->err.code;
	return 0;
}

/* What is finished is kept, also where a later interval failed. */
static int
keep_finished(struct reading *r, int ret)
{
	struct tt_error why = {0};
	size_t n = strlen(r->err.why);

	if (tt_spool_flush(r->spool, &why) != 0) {
		if (ret != 0 && ret != why.code)
			tt_error_print("teiten read", &r->err);
		r->err = why;
		return why.code;
	}
	if ((tt_setup_save_recall(&r->setup, &why) != 0
			    || (ret == 0 && reading_note_left(r, &why) != 0))
			&& ret == 0) {
		r->err = why;
		return why.code;
	}
	if (ret != 0 && r->snapshots == 0)
		snprintf(r->err.why + n, sizeof(r->err.why) - n,
				"; no snapshot was finished");
	else if (ret != 0)
		snprintf(r->err.why + n, sizeof(r->err.why) - n,
				"; %llu snapshots were finished and are kept, --skip-existing "
				"goes on after them",
				(unsigned long long)r->snapshots);
	return ret;
}

/* Opens the input and moves on to the first frame that the scan did not count. */
static int
open_input(struct reading *r, struct input *input)
{
	uint64_t counted = input->counted;
	int ret = 0;

	if (input->left == 0)
		return 0;
	ret = tt_capfile_open(&input->file, input->path, &r->err);
	while (ret == 0 && counted > 0) {
		ret = fill(r, input);
		if (ret != 0)
			break;
		input->at = counted < input->n ? (unsigned)counted : input->n;
		counted -= input->at;
		ret = stop_wanted(&r->err);
	}
	return ret;
}

int
reading_run(struct reading *r, struct tt_error *err)
{
	int ret = 0;

	for (unsigned i = 0; i < r->n_inputs && ret == 0; i++)
		ret = open_input(r, &r->inputs[i]);
	if (ret == 0) {
		tt_sequence_start_replay(r->sequence, 0);
		r->flush_ms = now_ms() + FLUSH_MS;
		ret = read_all(r);
	}
	if (ret == 0)
		ret = finish(r);
	progress_clear();
	ret = keep_finished(r, ret);
	*err = r->err;
	for (unsigned i = 0; i < r->n_inputs; i++)
		tt_capfile_close(r->inputs[i].file);
	return ret;
}
