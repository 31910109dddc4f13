/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_heard_private.h"

#include <errno.h>
#include <string.h>

/* Two files that are so many times as long as a silence between them show by what silences they have inside
 * whether it is one of these. */
#define TELLING 8
/* A silence of so many times what lies between packets in the mean is no chance. */
#define QUIET 20

/* A file, or what of it lies between two silences that are gaps whatever files there are. */
struct piece {
	int64_t first_us, last_us;
	int64_t longest_us; /* of the silences inside that are longer than join_us; else 0 */
};

void
tt_heard_init(struct tt_heard *h, int64_t max_gap_us)
{
	*h = (struct tt_heard){.max_gap_us = max_gap_us,
			.outage_us = max_gap_us,
			.join_us = max_gap_us < TT_HEARD_JOIN_US ? max_gap_us
								 : TT_HEARD_JOIN_US};
}

void
tt_heard_suspect(struct tt_heard *h, int64_t outage_us)
{
	h->outage_us = outage_us < h->max_gap_us ? outage_us : h->max_gap_us;
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

/* The gaps that are gaps whatever files there are, until the others are found, and the mean without them. */
struct sure {
	bool *is; /* the silence before each run of all files */
	bool *unclear; /* likewise: it may have been an outage */
	struct tt_span *gaps; /* [n], ascending */
	size_t n;
	int64_t mean_us; /* between two packets */
};

/* Of the runs of all files, joined. Returns 0 or -ENOMEM. */
static int
find_sure(const struct tt_heard *h, struct sure *sure)
{
	int64_t us = 0;

	if (tt_heard_find_outages(h, sure->is, sure->unclear) != 0)
		return -ENOMEM;
	for (size_t i = 0; i < h->n_runs; i++) {
		const struct tt_heard_run *run = &h->runs[i];

		us += run->last_us - run->first_us;
		if (sure->is[i])
			sure->gaps[sure->n++] = (struct tt_span){
					run[-1].last_us, run->first_us};
		else if (i > 0)
			us += run->first_us - run[-1].last_us;
	}
	sure->mean_us = h->packets == 0 ? 0 : us / (int64_t)h->packets;
	return 0;
}

/* Is the silence of a file longer than max_gap, or an outage of all files in it? */
static bool
parts_a_file(const struct tt_heard *h, const struct sure *sure, int64_t from_us,
		int64_t to_us)
{
	size_t i;

	if (to_us - from_us > h->max_gap_us)
		return true;
	i = tt_heard_first_gap(sure->gaps, sure->n, from_us);
	return i < sure->n && sure->gaps[i].end_us <= to_us;
}

/* Of the runs of each file, in order. Returns how many pieces they are, sorted. */
static size_t
make_pieces(const struct tt_heard *h, const struct tt_heard_run *runs, size_t n_runs,
		const struct sure *sure, struct piece *pieces)
{
	size_t n = 0;

	for (size_t i = 0; i < n_runs; i++) {
		const struct tt_heard_run *run = &runs[i];
		struct piece *piece = n == 0 ? NULL : &pieces[n - 1];
		int64_t silence_us;

		if (i == 0 || run[-1].file != run->file
				|| parts_a_file(h, sure, piece->last_us, run->first_us)) {
			pieces[n++] = (struct piece){run->first_us, run->last_us, 0};
			continue;
		}
		silence_us = run->first_us - piece->last_us;
		if (silence_us > piece->longest_us)
			piece->longest_us = silence_us;
		piece->last_us = run->last_us;
	}
	if (n > 0)
		qsort(pieces, n, sizeof(*pieces), by_first);
	return n;
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

/* Does the silence, which is no gap by itself, lie between files, and is it longer than theirs are? */
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
note_unclear(struct tt_heard_unclear *to, const struct tt_span *silence)
{
	if (to->n++ == 0
			|| silence->end_us - silence->start_us
					> to->longest.end_us - to->longest.start_us)
		to->longest = *silence;
}

static void
find_gaps(struct tt_heard *h, const struct sure *sure, struct sides *s)
{
	for (size_t i = 1; i < h->n_runs; i++) {
		struct tt_span silence = {h->runs[i - 1].last_us, h->runs[i].first_us};

		if (sure->is[i] || parts_files(s, &silence))
			h->gaps[h->n_gaps++] = silence;
		else if (sure->unclear[i])
			note_unclear(&h->unclear, &silence);
	}
}

/* What settling takes besides the gaps themselves: [n_runs], those of each file. */
struct work {
	struct tt_heard_run *runs; /* of each file */
	struct piece *pieces;
	struct sure sure;
};

static int
settle(struct tt_heard *h, struct work *w)
{
	struct sides s = {.before = {INT64_MAX, INT64_MIN, 0}};
	const size_t n = h->n_runs;

	if (n > 0)
		memcpy(w->runs, h->runs, n * sizeof(*w->runs));
	join(h, true);
	if (find_sure(h, &w->sure) != 0)
		return -ENOMEM;
	s.pieces = w->pieces;
	s.n = make_pieces(h, w->runs, n, &w->sure, w->pieces);
	s.mean_us = w->sure.mean_us;
	find_gaps(h, &w->sure, &s);
	return 0;
}

int
tt_heard_settle(struct tt_heard *h)
{
	struct work w = {0};
	size_t room;
	int ret = -ENOMEM;

	join(h, false);
	room = h->n_runs + 1;
	w.runs = calloc(room, sizeof(*w.runs));
	w.pieces = calloc(room, sizeof(*w.pieces));
	w.sure.is = calloc(room, sizeof(*w.sure.is));
	w.sure.unclear = calloc(room, sizeof(*w.sure.unclear));
	w.sure.gaps = calloc(room, sizeof(*w.sure.gaps));
	h->gaps = calloc(room, sizeof(*h->gaps));
	if (w.runs != NULL && w.pieces != NULL && w.sure.is != NULL
			&& w.sure.unclear != NULL && w.sure.gaps != NULL
			&& h->gaps != NULL)
		ret = settle(h, &w);
	free(w.sure.gaps);
	free(w.sure.unclear);
	free(w.sure.is);
	free(w.pieces);
	free(w.runs);
	return ret;
}
