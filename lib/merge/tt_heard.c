/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_heard.h"

#include "tt_time.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/* Two files that are so many times as long as a silence between them show by what silences they have inside
 * whether it is one of these. */
#define TELLING 8
/* A silence of so many times what lies between packets in the mean is no chance. */
#define QUIET 20

/* A file, or what of it lies between two silences that are gaps by their length alone. */
struct piece {
	int64_t first_us, last_us;
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
	free(h->gaps);
	*h = (struct tt_heard){0};
}

void
tt_heard_begin_file(struct tt_heard *h)
{
	h->n_files++;
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
tt_heard_add(struct tt_heard *h, int64_t first_us, int64_t last_us, unsigned packets)
{
	struct tt_heard_run run = {first_us, last_us, h->n_files};

	TT_ASSERT(h->n_files > 0 && h->gaps == NULL && first_us <= last_us);
	h->packets += packets;
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

static int
by_first(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	return x->first_us < y->first_us ? -1 : x->first_us > y->first_us;
}

/* The runs are those of each file, in order. Returns how many pieces they are, sorted. */
static size_t
make_pieces(const struct tt_heard *h, struct piece *pieces)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n_runs; i++) {
		const struct tt_heard_run *run = &h->runs[i];
		struct piece *piece = n == 0 ? NULL : &pieces[n - 1];
		int64_t silence_us = i > 0 && h->runs[i - 1].file == run->file
				? run->first_us - piece->last_us
				: INT64_MAX;

		if (silence_us > h->max_gap_us) {
			pieces[n++] = (struct piece){run->first_us, run->last_us, 0};
			continue;
		}
		if (silence_us > piece->longest_us)
			piece->longest_us = silence_us;
		piece->last_us = run->last_us;
	}
	if (n > 0)
		qsort(pieces, n, sizeof(*pieces), by_first);
	return n;
}

/* What lies between two packets in the mean, but for silences of more than max_gap. */
static int64_t
mean_us(const struct tt_heard *h)
{
	int64_t us = 0;

	for (size_t i = 0; i < h->n_runs; i++) {
		int64_t silence_us = i == 0
				? INT64_MAX
				: h->runs[i].first_us - h->runs[i - 1].last_us;

		us += h->runs[i].last_us - h->runs[i].first_us;
		if (silence_us <= h->max_gap_us)
			us += silence_us;
	}
	return h->packets == 0 ? 0 : us / (int64_t)h->packets;
}

/* Goes along with silences, from the first to the last. */
struct sides {
	const struct piece *pieces; /* [n] */
	size_t n, next; /* next: the first that begins after the silence */
	struct piece before; /* of those that begin before it, what ends latest */
	int64_t mean_us;
};

/* Of two that begin or end together: the longer one's time, and the longest silence in either. The one that
 * is added begins no earlier. */
static void
widen(struct piece *to, const struct piece *by)
{
	if (by->last_us > to->last_us)
		to->last_us = by->last_us;
	if (by->longest_us > to->longest_us)
		to->longest_us = by->longest_us;
}

static void
move_on(struct sides *s, int64_t start_us)
{
	for (; s->next < s->n && s->pieces[s->next].first_us <= start_us; s->next++) {
		const struct piece *piece = &s->pieces[s->next];

		if (piece->last_us > s->before.last_us)
			s->before = *piece;
		else if (piece->last_us == s->before.last_us)
			widen(&s->before, piece);
	}
}

/* Does the silence, of no more than max_gap, lie between files, and is it longer than theirs are? */
static bool
parts_files(struct sides *s, const struct tt_span *silence)
{
	const int64_t us = silence->end_us - silence->start_us;
	struct piece after;
	int64_t longest_us, files_us;

	move_on(s, silence->start_us);
	if (s->before.last_us > silence->start_us)
		return false;
	after = s->pieces[s->next];
	for (size_t i = s->next; i < s->n && s->pieces[i].first_us == silence->end_us;
			i++)
		widen(&after, &s->pieces[i]);
	longest_us = after.longest_us > s->before.longest_us ? after.longest_us
							     : s->before.longest_us;
	files_us = s->before.last_us - s->before.first_us + after.last_us
			- after.first_us;
	return us > 2 * longest_us
			&& (files_us >= TELLING * us || us > QUIET * s->mean_us);
}

static void
find_gaps(struct tt_heard *h, struct sides *s)
{
	for (size_t i = 1; i < h->n_runs; i++) {
		struct tt_span silence = {h->runs[i - 1].last_us, h->runs[i].first_us};

		if (silence.end_us - silence.start_us > h->max_gap_us
				|| parts_files(s, &silence))
			h->gaps[h->n_gaps++] = silence;
	}
}

int
tt_heard_settle(struct tt_heard *h)
{
	struct sides s = {.before = {INT64_MAX, INT64_MIN, 0}};
	struct piece *pieces;

	join(h, false);
	pieces = calloc(h->n_runs + 1, sizeof(*pieces));
	if (pieces == NULL)
		return -ENOMEM;
	s.pieces = pieces;
	s.n = make_pieces(h, pieces);
	join(h, true);
	s.mean_us = mean_us(h);
	h->gaps = calloc(h->n_runs + 1, sizeof(*h->gaps));
	if (h->gaps != NULL)
		find_gaps(h, &s);
	free(pieces);
	return h->gaps == NULL ? -ENOMEM : 0;
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

char *
tt_heard_gaps_format(const struct tt_heard *h, char text[TT_HEARD_TEXT_MAX])
{
	const struct tt_span all = {INT64_MIN, INT64_MAX};

	text[0] = '\0';
	if (h->n_gaps > 0)
		snprintf(text, TT_HEARD_TEXT_MAX,
				"%.10g s were not observed, in %zu gap%s: silences of more than "
				"%" PRId64 " s (max-gap), or between files",
				(double)tt_heard_gaps_within(h, &all) / TT_US_PER_S,
				h->n_gaps, h->n_gaps == 1 ? "" : "s",
				h->max_gap_us / TT_US_PER_S);
	return text;
}
