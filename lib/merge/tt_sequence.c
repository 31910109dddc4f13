/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_sequence.h"

#include "tt_time.h"

#include <errno.h>
#include <string.h>

/* An interval that replayed files announced. */
struct expected {
	int64_t start_us;
	uint64_t frames; /* still to come */
	bool given; /* popped already */
};

enum worker_state {
	IDLE,
	LIVE,
	REPLAY,
	ENDED
};

struct worker {
	enum worker_state state;
	int64_t sealed_to_us; /* LIVE: end of what it has sealed */
	unsigned held;
};

struct tt_sequence {
	int64_t interval_us, max_gap_us;
	struct worker *workers;
	unsigned n_workers, n_replay,
			n_live; /* n_replay, n_live: started and not ended */
	struct tt_tally **held; /* [n_held], in order of arrival */
	struct tt_tally **chosen; /* [n_held]: what next gave out */
	unsigned n_held, room_held, max_tallies;
	struct expected *expected; /* [n_expected], ascending once sorted */
	size_t n_expected, room_expected, next_expected;
	bool sorted, was_replay, surprised;
	bool has_position;
	int64_t position_us; /* end of the interval popped last */
	uint64_t compact_bytes;
};

int
tt_sequence_create(struct tt_sequence **sequence, unsigned n_workers,
		unsigned max_tallies, int64_t interval_us, int64_t max_gap_us,
		struct tt_error *err)
{
	struct tt_sequence *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	s->interval_us = interval_us;
	s->max_gap_us = max_gap_us;
	s->n_workers = n_workers;
	s->max_tallies = s->room_held = max_tallies;
	s->workers = calloc(n_workers, sizeof(*s->workers));
	s->held = calloc(max_tallies, sizeof(*s->held));
	s->chosen = calloc(max_tallies, sizeof(*s->chosen));
	if (s->workers == NULL || s->held == NULL || s->chosen == NULL) {
		tt_sequence_destroy(s);
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	}
	*sequence = s;
	return 0;
}

void
tt_sequence_destroy(struct tt_sequence *s)
{
	if (s == NULL)
		return;
	for (unsigned i = 0; i < s->n_held; i++)
		if (tt_tally_is_compact(s->held[i]))
			tt_tally_destroy(s->held[i]);
	free(s->workers);
	free(s->held);
	free(s->chosen);
	free(s->expected);
	free(s);
}

static int
expected_cmp(const void *a, const void *b)
{
	const struct expected *x = a, *y = b;

	return x->start_us < y->start_us ? -1 : x->start_us > y->start_us;
}

int
tt_sequence_expect(struct tt_sequence *s, int64_t start_us, uint64_t frames)
{
	/* Files mostly come in order: the interval is then the one announced last. */
	if (s->n_expected > 0 && s->expected[s->n_expected - 1].start_us == start_us) {
		s->expected[s->n_expected - 1].frames += frames;
		return 0;
	}
	if (s->n_expected == s->room_expected) {
		size_t room = s->room_expected == 0 ? 64 : s->room_expected * 2;
		struct expected *more = reallocarray(s->expected, room, sizeof(*more));

		if (more == NULL)
			return -ENOMEM;
		s->expected = more;
		s->room_expected = room;
	}
	s->expected[s->n_expected++] = (struct expected){start_us, frames, false};
	s->sorted = false;
	return 0;
}

/* Sorts what was announced and joins what several files announced of one interval. */
static void
sort_expected(struct tt_sequence *s)
{
	size_t out = 0;

	if (s->sorted)
		return;
	s->sorted = true;
	if (s->n_expected == 0)
		return;
	qsort(s->expected, s->n_expected, sizeof(*s->expected), expected_cmp);
	for (size_t i = 1; i < s->n_expected; i++) {
		if (s->expected[i].start_us == s->expected[out].start_us)
			s->expected[out].frames += s->expected[i].frames;
		else
			s->expected[++out] = s->expected[i];
	}
	s->n_expected = out + 1;
}

static struct expected *
find_expected(struct tt_sequence *s, int64_t start_us)
{
	struct expected key = {.start_us = start_us};

	sort_expected(s);
	if (s->n_expected == 0)
		return NULL;
	return bsearch(&key, s->expected, s->n_expected, sizeof(key), expected_cmp);
}

void
tt_sequence_start_live(struct tt_sequence *s, unsigned worker, int64_t start_us)
{
	TT_ASSERT(worker < s->n_workers && s->workers[worker].state == IDLE);
	s->workers[worker].state = LIVE;
	s->workers[worker].sealed_to_us = start_us;
	s->n_live++;
}

void
tt_sequence_start_replay(struct tt_sequence *s, unsigned worker)
{
	TT_ASSERT(worker < s->n_workers && s->workers[worker].state == IDLE);
	s->workers[worker].state = REPLAY;
	s->n_replay++;
	s->was_replay = true;
}

void
tt_sequence_end(struct tt_sequence *s, unsigned worker)
{
	TT_ASSERT(worker < s->n_workers);
	if (s->workers[worker].state == REPLAY)
		s->n_replay--;
	if (s->workers[worker].state == LIVE)
		s->n_live--;
	s->workers[worker].state = ENDED;
}

/* Takes the frames off what was announced of their interval. False if more came than that. */
static bool
take_announced(struct tt_sequence *s, const struct tt_tally *tally)
{
	struct expected *e = find_expected(s, tally->span.start_us);

	if (e == NULL || e->given || e->frames < tally->frames)
		return false;
	e->frames -= tally->frames;
	return true;
}

void
tt_sequence_push(struct tt_sequence *s, struct tt_tally *tally)
{
	struct worker *w = &s->workers[tally->owner];

	TT_ASSERT(tally->owner < s->n_workers && s->n_held < s->room_held);
	if (w->state == LIVE)
		w->sealed_to_us = tally->span.end_us;
	else if (!take_announced(s, tally))
		s->surprised = true;
	s->held[s->n_held++] = tally;
	w->held++;
}

bool
tt_sequence_surprised(const struct tt_sequence *s)
{
	return s->surprised;
}

/* The least start among what is held and what is announced and may still come. */
static bool
earliest_start(struct tt_sequence *s, int64_t *start_us)
{
	bool found = false;

	sort_expected(s);
	if (s->n_replay > 0 && s->next_expected < s->n_expected) {
		*start_us = s->expected[s->next_expected].start_us;
		found = true;
	}
	for (unsigned i = 0; i < s->n_held; i++)
		if (!found || s->held[i]->span.start_us < *start_us) {
			*start_us = s->held[i]->span.start_us;
			found = true;
		}
	return found;
}

/* Do packets of the earliest interval announced still have to come, and nothing but replays run?
 * Then nothing can be ready, and what is held (perhaps a great deal) need not be looked at. */
static bool
replay_waits(struct tt_sequence *s)
{
	sort_expected(s);
	return s->n_replay > 0 && s->n_live == 0 && s->next_expected < s->n_expected
			&& s->expected[s->next_expected].frames > 0;
}

/* The end of the span that starts at start_us and cuts no held tally in two. */
static int64_t
closed_end(const struct tt_sequence *s, int64_t start_us)
{
	int64_t end = tt_time_floor(start_us, s->interval_us) + s->interval_us;
	bool grown = true;

	for (unsigned i = 0; i < s->n_held; i++)
		if (s->held[i]->span.start_us == start_us
				&& s->held[i]->span.end_us < end)
			end = s->held[i]->span.end_us;
	while (grown) {
		grown = false;
		for (unsigned i = 0; i < s->n_held; i++)
			if (s->held[i]->span.start_us < end
					&& s->held[i]->span.end_us > end) {
				end = s->held[i]->span.end_us;
				grown = true;
			}
	}
	return end;
}

static bool
is_ready(const struct tt_sequence *s, struct tt_span span)
{
	for (unsigned i = 0; i < s->n_workers; i++)
		if (s->workers[i].state == LIVE
				&& s->workers[i].sealed_to_us < span.end_us)
			return false;
	if (s->n_replay == 0)
		return true;
	for (size_t i = s->next_expected;
			i < s->n_expected && s->expected[i].start_us < span.end_us; i++)
		if (s->expected[i].frames > 0)
			return false;
	return true;
}

/* Is anything announced after this span still to be given? */
static bool
is_last_of_replay(const struct tt_sequence *s, struct tt_span span)
{
	for (unsigned i = 0; i < s->n_held; i++)
		if (s->held[i]->span.start_us >= span.end_us)
			return false;
	if (s->n_replay == 0)
		return true;
	return s->n_expected == 0
			|| s->expected[s->n_expected - 1].start_us < span.end_us;
}

static void
choose_tallies(struct tt_sequence *s, struct tt_interval *out)
{
	out->tallies = s->chosen;
	out->n_tallies = 0;
	for (unsigned i = 0; i < s->n_held; i++)
		if (s->held[i]->span.start_us < out->span.end_us)
			s->chosen[out->n_tallies++] = s->held[i];
}

/* A replay observes from its first packet to its last; a live port, the whole of its spans. */
static int64_t
observed_us(const struct tt_sequence *s, const struct tt_interval *interval)
{
	int64_t first = INT64_MAX, last = INT64_MIN;
	struct tt_span span = interval->span;

	for (unsigned i = 0; i < interval->n_tallies; i++) {
		const struct tt_tally *t = interval->tallies[i];

		if (t->frames > 0 && t->first_us < first)
			first = t->first_us;
		if (t->frames > 0 && t->last_us > last)
			last = t->last_us;
	}
	if (s->was_replay && first <= last) {
		if (!s->has_position && first > span.start_us)
			span.start_us = first;
		if (is_last_of_replay(s, span) && last < span.end_us)
			span.end_us = last;
	}
	return span.end_us - span.start_us;
}

/* Did packets that were announced of [from, to) never come (an interrupted replay)? */
static bool
packets_missing(const struct tt_sequence *s, int64_t from, int64_t to)
{
	for (size_t i = s->next_expected;
			i < s->n_expected && s->expected[i].start_us < to; i++)
		if (s->expected[i].start_us >= from && s->expected[i].frames > 0)
			return true;
	return false;
}

static void
describe(const struct tt_sequence *s, struct tt_interval *interval)
{
	struct tt_span span = interval->span;

	interval->nominal_us = s->interval_us;
	interval->observed_us = observed_us(s, interval);
	interval->complete = interval->observed_us == span.end_us - span.start_us
			&& tt_time_floor(span.start_us, s->interval_us) == span.start_us
			&& tt_time_floor(span.end_us, s->interval_us) == span.end_us
			&& !packets_missing(s, span.start_us, span.end_us);
}

bool
tt_sequence_next(struct tt_sequence *s, struct tt_interval *out)
{
	int64_t start;

	*out = (struct tt_interval){0};
	if (replay_waits(s) || !earliest_start(s, &start))
		return false;
	out->span = (struct tt_span){start, closed_end(s, start)};
	if (!is_ready(s, out->span))
		return false;
	if (s->has_position && start > s->position_us) {
		if (start - s->position_us > s->max_gap_us
				|| packets_missing(s, s->position_us, start)) {
			out->gap_before_us = start - s->position_us;
		} else {
			int64_t end = tt_time_floor(s->position_us, s->interval_us)
					+ s->interval_us;

			out->span = (struct tt_span){
					s->position_us, end < start ? end : start};
		}
	}
	choose_tallies(s, out);
	describe(s, out);
	return true;
}

static void
forget_tallies(struct tt_sequence *s, int64_t end_us)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < s->n_held; i++) {
		if (s->held[i]->span.start_us >= end_us) {
			s->held[kept++] = s->held[i];
			continue;
		}
		s->workers[s->held[i]->owner].held--;
		if (tt_tally_is_compact(s->held[i]))
			s->compact_bytes -= tt_tally_compact_bytes(s->held[i]);
	}
	s->n_held = kept;
}

void
tt_sequence_pop(struct tt_sequence *s, const struct tt_interval *interval)
{
	int64_t end = interval->span.end_us;

	forget_tallies(s, end);
	while (s->next_expected < s->n_expected
			&& s->expected[s->next_expected].start_us < end)
		s->expected[s->next_expected++].given = true;
	s->position_us = end;
	s->has_position = true;
}

unsigned
tt_sequence_held(const struct tt_sequence *s, unsigned worker)
{
	return s->workers[worker].held;
}

/* Makes room to hold every tally there is beside the compact ones. */
static int
make_room(struct tt_sequence *s)
{
	unsigned room = s->room_held * 2;
	struct tt_tally **held, **chosen;

	if (s->n_held + s->max_tallies <= s->room_held)
		return 0;
	held = reallocarray(s->held, room, sizeof(*held));
	if (held == NULL)
		return -ENOMEM;
	s->held = held;
	chosen = reallocarray(s->chosen, room, sizeof(*chosen));
	if (chosen == NULL)
		return -ENOMEM;
	s->chosen = chosen;
	s->room_held = room;
	return 0;
}

int
tt_sequence_compact(struct tt_sequence *s, unsigned worker, struct tt_tally **freed)
{
	*freed = NULL;
	if (make_room(s) != 0)
		return -ENOMEM;
	/* The latest first: what came earlier is compact already, as a rule. */
	for (unsigned i = s->n_held; i-- > 0;) {
		struct tt_tally *old = s->held[i], *compact;

		if (old->owner != worker || tt_tally_is_compact(old))
			continue;
		compact = tt_tally_compact(old);
		if (compact == NULL)
			return -ENOMEM;
		s->held[i] = compact;
		s->compact_bytes += tt_tally_compact_bytes(compact);
		*freed = old;
		return 0;
	}
	return 0;
}

uint64_t
tt_sequence_compact_bytes(const struct tt_sequence *s)
{
	return s->compact_bytes;
}
