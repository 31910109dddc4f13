/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_sequence_private.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

int
tt_sequence_create(struct tt_sequence **sequence, unsigned n_workers,
		unsigned max_tallies, int64_t interval_us, int64_t max_gap_us,
		struct tt_error *err)
{
	struct tt_sequence *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	s->interval_us = interval_us;
	s->cut_us = INT64_MAX;
	s->max_gap_us = max_gap_us;
	tt_heard_init(&s->heard, max_gap_us);
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
	tt_announced_fini(&s->announced);
	tt_heard_fini(&s->heard);
	free(s);
}

int
tt_sequence_expect(struct tt_sequence *s, int64_t start_us, uint64_t frames)
{
	return tt_announced_add(&s->announced, start_us, frames);
}

struct tt_heard *
tt_sequence_heard(struct tt_sequence *s)
{
	return &s->heard;
}

int
tt_sequence_settle(struct tt_sequence *s)
{
	return tt_heard_settle(&s->heard);
}

bool
tt_sequence_is_gap(const struct tt_sequence *s, int64_t from_us, int64_t to_us)
{
	return to_us - from_us > s->max_gap_us
			|| tt_heard_is_gap(&s->heard, from_us, to_us);
}

void
tt_sequence_cut(struct tt_sequence *s, int64_t start_us)
{
	if (start_us < s->cut_us)
		s->cut_us = start_us;
}

void
tt_sequence_start_live(struct tt_sequence *s, unsigned worker, int64_t start_us)
{
	TT_ASSERT(worker < s->n_workers && s->workers[worker].state == TT_SEQUENCE_IDLE);
	s->workers[worker].state = TT_SEQUENCE_LIVE;
	s->workers[worker].sealed_to_us = start_us;
	s->n_live++;
}

void
tt_sequence_start_replay(struct tt_sequence *s, unsigned worker)
{
	TT_ASSERT(worker < s->n_workers && s->workers[worker].state == TT_SEQUENCE_IDLE);
	s->workers[worker].state = TT_SEQUENCE_REPLAY;
	s->n_replay++;
	s->was_replay = true;
}

void
tt_sequence_end(struct tt_sequence *s, unsigned worker)
{
	TT_ASSERT(worker < s->n_workers);
	if (s->workers[worker].state == TT_SEQUENCE_REPLAY)
		s->n_replay--;
	if (s->workers[worker].state == TT_SEQUENCE_LIVE)
		s->n_live--;
	s->workers[worker].state = TT_SEQUENCE_ENDED;
}

void
tt_sequence_push(struct tt_sequence *s, struct tt_tally *tally)
{
	struct tt_sequence_worker *w = &s->workers[tally->owner];

	TT_ASSERT(tally->owner < s->n_workers && s->n_held < s->room_held);
	if (w->state == TT_SEQUENCE_LIVE)
		w->sealed_to_us = tally->span.end_us;
	else if (!tt_announced_take(&s->announced, tally->span.start_us, tally->frames))
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
	const struct tt_announcement *next = tt_announced_next(&s->announced);
	bool found = s->n_replay > 0 && next != NULL;

	if (found)
		*start_us = next->start_us;
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
	const struct tt_announcement *next = tt_announced_next(&s->announced);

	return s->n_replay > 0 && s->n_live == 0 && next != NULL && next->frames > 0;
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
is_ready(struct tt_sequence *s, struct tt_span span)
{
	for (unsigned i = 0; i < s->n_workers; i++)
		if (s->workers[i].state == TT_SEQUENCE_LIVE
				&& s->workers[i].sealed_to_us < span.end_us)
			return false;
	return s->n_replay == 0
			|| !tt_announced_missing(&s->announced, INT64_MIN, span.end_us);
}

/* Is anything announced after this span still to be given? */
static bool
is_last_of_replay(struct tt_sequence *s, struct tt_span span)
{
	for (unsigned i = 0; i < s->n_held; i++)
		if (s->held[i]->span.start_us >= span.end_us)
			return false;
	return s->n_replay == 0 || !tt_announced_after(&s->announced, span.end_us);
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

/* A replay observes from its first packet to its last but for gaps; a live port, the whole of its spans. */
static int64_t
observed_us(struct tt_sequence *s, const struct tt_interval *interval)
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
	return span.end_us - span.start_us - tt_heard_gaps_within(&s->heard, &span);
}

static void
describe(struct tt_sequence *s, struct tt_interval *interval)
{
	struct tt_span span = interval->span;

	interval->nominal_us = s->interval_us;
	interval->observed_us = observed_us(s, interval);
	interval->complete = interval->observed_us == span.end_us - span.start_us
			&& tt_time_floor(span.start_us, s->interval_us) == span.start_us
			&& tt_time_floor(span.end_us, s->interval_us) == span.end_us
			&& !tt_announced_missing(
					&s->announced, span.start_us, span.end_us)
			&& span.end_us <= s->cut_us;
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
		if (tt_sequence_is_gap(s, s->position_us, start)
				|| tt_announced_missing(
						&s->announced, s->position_us, start)) {
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
	tt_announced_give(&s->announced, end);
	s->position_us = end;
	s->has_position = true;
}

bool
tt_sequence_uses(const struct tt_sequence *s, const struct tt_rules *rules)
{
	for (unsigned i = 0; i < s->n_held; i++)
		if (s->held[i]->detections.config.rules == rules)
			return true;
	return false;
}

unsigned
tt_sequence_held(const struct tt_sequence *s, unsigned worker)
{
	return s->workers[worker].held;
}
