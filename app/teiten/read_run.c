/* SPDX-License-Identifier: BSD-3-Clause */
#include "reading.h"

#include "tt_time.h"

#include <errno.h>

#define PORT "capture-files"

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
	uint64_t fates[TT_N_FATES] = {0}, late = 0, overflow = 0, bytes = 0, errors = 0;
	uint64_t delivered = 0;
	unsigned n = 0;

	for (unsigned i = 0; i < interval->n_tallies; i++) {
		const struct tt_tally *t = interval->tallies[i];

		for (unsigned f = 0; f < TT_N_FATES; f++)
			fates[f] += t->fates[f];
		delivered += t->frames;
		late += t->late;
		overflow += t->overflow_packets;
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
	rows[n++] = row(TT_ACCOUNT_NOTE, TT_REASON_OVERFLOW, overflow);
	rows[n++] = row(TT_ACCOUNT_NOTE, TT_REASON_FRAME_BYTES, bytes);
	return n;
}

static void
add_totals(struct reading *r, const struct tt_totals *totals)
{
	for (unsigned f = 0; f < TT_N_FATES; f++)
		r->fates[f] += totals->fates[f];
	r->late += totals->late;
	r->overflow += totals->overflow_packets;
	r->snapshots++;
}

/* Writes all intervals that are ready. Returns the full-size tally if it was among them. */
static int
write_ready(struct reading *r, struct tt_tally **freed)
{
	struct tt_ledger_row rows[TT_N_FATES + 7];
	struct tt_interval interval;
	struct tt_totals totals;

	if (tt_sequence_surprised(r->sequence))
		return tt_error_set(&r->err, -ESTALE, NULL,
				"a capture file changed while it was read");
	while (tt_sequence_next(r->sequence, &interval)) {
		unsigned n = make_ledger(r, &interval, rows);
		int ret = tt_spool_write(r->spool, &interval, r->merge, r->geo, &r->run,
				rows, n, &totals, &r->err);

		if (ret != 0)
			return ret;
		add_totals(r, &totals);
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

struct tt_tally *
reading_seal(void *reading, struct tt_tally *sealed)
{
	struct reading *r = reading;
	struct tt_tally *freed = NULL;
	uint64_t compact;

	if (sealed == NULL) {
		freed = r->spare;
		r->spare = NULL;
		return freed;
	}
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

/* Makes sure that there is a frame at burst[at], unless the input has ended. */
static int
fill(struct input *input)
{
	int n;

	if (input->ended || input->at < input->n)
		return 0;
	/* What is wrong at the end was said by the scan. */
	n = tt_capfile_read(input->file, input->burst, READ_BURST, NULL);
	input->at = 0;
	input->n = n > 0 ? (unsigned)n : 0;
	input->ended = n <= 0;
	return 0;
}

/* The input whose next frame is oldest; NULL at the end of all. */
static struct input *
oldest(struct reading *r)
{
	struct input *best = NULL;

	for (unsigned i = 0; i < r->n_inputs; i++) {
		struct input *in = &r->inputs[i];

		fill(in);
		if (!in->ended
				&& (best == NULL
						|| in->burst[in->at].time_us
								< best->burst[best->at]
										  .time_us))
			best = in;
	}
	return best;
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

	while ((in = oldest(r)) != NULL) {
		unsigned n = turn(r, in);
		unsigned done = tt_counter_burst(&r->counter, in->burst + in->at, n);

		r->frames += done;
		if (done < n)
			return r->err.code;
		in->at += n;
		progress_show(r);
	}
	return 0;
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

int
reading_run(struct reading *r, struct tt_error *err)
{
	int ret = 0, flushed;

	for (unsigned i = 0; i < r->n_inputs && ret == 0; i++)
		ret = tt_capfile_open(&r->inputs[i].file, r->inputs[i].path, &r->err);
	if (ret == 0) {
		tt_counter_init(&r->counter, TT_COUNTER_REPLAY, r->config.interval_us,
				r->config.max_gap_us, &r->monitored, r->tallies[0], 0,
				reading_seal, r);
		tt_sequence_start_replay(r->sequence, 0);
		ret = read_all(r);
	}
	if (ret == 0)
		ret = finish(r);
	progress_clear();
	/* What is finished is kept, also where a later interval failed. */
	flushed = tt_spool_flush(r->spool, ret == 0 ? &r->err : NULL);
	*err = r->err;
	for (unsigned i = 0; i < r->n_inputs; i++)
		tt_capfile_close(r->inputs[i].file);
	return ret != 0 ? ret : flushed;
}
