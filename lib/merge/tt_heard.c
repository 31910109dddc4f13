/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_heard.h"

#include <errno.h>

/* A file as a whole. */
struct tt_heard_file {
	int64_t first_us, last_us; /* INT64_MAX, INT64_MIN without packets */
	int64_t longest_us; /* of the silences inside that are longer than join_us; else 0 */
};

void
tt_heard_init(struct tt_heard *h, int64_t max_gap_us)
{
	*h = (struct tt_heard){.max_gap_us = max_gap_us,
			.join_us = max_gap_us < TT_HEARD_JOIN_US ? max_gap_us
								 : TT_HEARD_JOIN_US};
}

void
tt_heard_fini(struct tt_heard *h)
{
	free(h->runs);
	free(h->files);
	free(h->gaps);
	*h = (struct tt_heard){0};
}

int
tt_heard_begin_file(struct tt_heard *h)
{
	struct tt_heard_file *more = reallocarray(
			h->files, h->n_files + 1, sizeof(*more));

	if (more == NULL)
		return -ENOMEM;
	h->files = more;
	h->files[h->n_files++] = (struct tt_heard_file){INT64_MAX, INT64_MIN, 0};
	return 0;
}

static int
by_file(const void *a, const void *b)
{
	const struct tt_heard_run *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	return x->first_us < y->first_us ? -1 : x->first_us > y->first_us;
}

static int
by_time(const void *a, const void *b)
{
	const struct tt_heard_run *x = a, *y = b;

	return x->first_us < y->first_us ? -1 : x->first_us > y->first_us;
}

/* Does the run go on where the one before it, which began no later, has not ended? */
static bool
goes_on(const struct tt_heard *h, const struct tt_heard_run *before,
		const struct tt_heard_run *run)
{
	return run->first_us <= before->last_us
			|| run->first_us - before->last_us <= h->join_us;
}

/* Sorts the runs and joins those that are one; of different files only where all are one. */
static void
join(struct tt_heard *h, bool all_files)
{
	size_t out = 0;

	if (h->n_runs == 0)
		return;
	qsort(h->runs, h->n_runs, sizeof(*h->runs), all_files ? by_time : by_file);
	for (size_t i = 1; i < h->n_runs; i++) {
		struct tt_heard_run *before = &h->runs[out], *run = &h->runs[i];

		if ((all_files || before->file == run->file) && goes_on(h, before, run)) {
			if (run->last_us > before->last_us)
				before->last_us = run->last_us;
		} else {
			h->runs[++out] = *run;
		}
	}
	h->n_runs = out + 1;
}

/* Packets that go to and fro are joined before they are given more memory. */
static int
make_room(struct tt_heard *h)
{
	size_t room = h->room == 0 ? 256 : h->room * 2;
	struct tt_heard_run *more;

	if (h->n_runs < h->room)
		return 0;
	join(h, false);
	if (h->n_runs < h->room / 2)
		return 0;
	more = reallocarray(h->runs, room, sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	h->runs = more;
	h->room = room;
	return 0;
}

int
tt_heard_add(struct tt_heard *h, int64_t first_us, int64_t last_us)
{
	struct tt_heard_run run = {first_us, last_us, h->n_files - 1};

	TT_ASSERT(h->n_files > 0 && h->gaps == NULL && first_us <= last_us);
	/* Files mostly come in order: the packets then go on from those added last. */
	if (h->n_runs > 0) {
		struct tt_heard_run *last = &h->runs[h->n_runs - 1];

		if (last->file == run.file && first_us >= last->first_us
				&& goes_on(h, last, &run)) {
			if (last_us > last->last_us)
				last->last_us = last_us;
			return 0;
		}
	}
	if (make_room(h) != 0)
		return -ENOMEM;
	h->runs[h->n_runs++] = run;
	return 0;
}

/* The runs are those of each file, in order. */
static void
look_at_files(struct tt_heard *h)
{
	for (size_t i = 0; i < h->n_runs; i++) {
		const struct tt_heard_run *run = &h->runs[i];
		struct tt_heard_file *f = &h->files[run->file];

		if (f->first_us == INT64_MAX)
			f->first_us = run->first_us;
		else if (run->first_us - f->last_us > f->longest_us)
			f->longest_us = run->first_us - f->last_us;
		f->last_us = run->last_us;
	}
}

/* Does the silence lie between files, and is it longer than theirs are? */
static bool
parts_files(const struct tt_heard *h, const struct tt_span *silence)
{
	int64_t longest_us = 0;

	for (unsigned i = 0; i < h->n_files; i++) {
		const struct tt_heard_file *f = &h->files[i];

		if (f->first_us <= silence->start_us && f->last_us >= silence->end_us)
			return false;
		if ((f->last_us == silence->start_us || f->first_us == silence->end_us)
				&& f->longest_us > longest_us)
			longest_us = f->longest_us;
	}
	return silence->end_us - silence->start_us > 2 * longest_us;
}

int
tt_heard_settle(struct tt_heard *h)
{
	join(h, false);
	look_at_files(h);
	join(h, true);
	h->gaps = calloc(h->n_runs + 1, sizeof(*h->gaps));
	if (h->gaps == NULL)
		return -ENOMEM;
	for (size_t i = 1; i < h->n_runs; i++) {
		struct tt_span silence = {h->runs[i - 1].last_us, h->runs[i].first_us};

		if (silence.end_us - silence.start_us > h->max_gap_us
				|| parts_files(h, &silence))
			h->gaps[h->n_gaps++] = silence;
	}
	return 0;
}

/* The first gap that ends after us; n_gaps if there is none. */
static size_t
first_after(const struct tt_heard *h, int64_t us)
{
	size_t low = 0, high = h->n_gaps;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (h->gaps[middle].end_us <= us)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
tt_heard_is_gap(const struct tt_heard *h, int64_t from_us, int64_t to_us)
{
	size_t i = first_after(h, from_us);

	return i < h->n_gaps && h->gaps[i].start_us <= from_us
			&& h->gaps[i].end_us >= to_us;
}

int64_t
tt_heard_gaps_within(const struct tt_heard *h, const struct tt_span *span)
{
	int64_t us = 0;

	for (size_t i = first_after(h, span->start_us);
			i < h->n_gaps && h->gaps[i].start_us < span->end_us; i++) {
		const struct tt_span *gap = &h->gaps[i];

		us += (gap->end_us < span->end_us ? gap->end_us : span->end_us)
				- (gap->start_us > span->start_us ? gap->start_us
								  : span->start_us);
	}
	return us;
}
