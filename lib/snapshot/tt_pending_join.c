/* SPDX-License-Identifier: BSD-3-Clause */
/* Intervals that wait and are joined: which, and whether it is worth it. */
#include "tt_pending_private.h"

#include "tt_time.h"

#include <errno.h>
#include <stdlib.h>

/* Two intervals are joined where that frees this part of the smaller one at least. */
#define WORTH 8
/* Rates that differ by more are not told apart. */
#define SHIFTS_MOST 16

static struct tt_tally *
find_owner(const struct tt_held *h, unsigned owner)
{
	for (unsigned i = 0; i < h->interval.n_tallies; i++)
		if (h->interval.tallies[i]->owner == owner)
			return h->interval.tallies[i];
	return NULL;
}

/* Takes the tallies of `of` that have a counterpart in `with`, as one with it, or that have none,
 * as they are. Returns 0 or -ENOMEM. */
static int
join_tallies(struct tt_held *h, struct tt_held *of, struct tt_held *with)
{
	for (unsigned i = 0; i < of->interval.n_tallies; i++) {
		struct tt_tally *a = of->interval.tallies[i], *joined;
		struct tt_tally *b = find_owner(with, a->owner);

		/* A second one of its owner stands for itself. */
		if (b == NULL || find_owner(of, a->owner) != a)
			continue;
		joined = tt_tally_join(a, b);
		if (joined == NULL)
			return -ENOMEM;
		tt_held_put(h, joined);
	}
	return 0;
}

/* Moves the tallies of `of` that were not joined with one of `with`. */
static void
move_others(struct tt_held *h, struct tt_held *of, const struct tt_held *with)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < of->interval.n_tallies; i++) {
		struct tt_tally *t = of->interval.tallies[i];

		/* What has a counterpart is in h already, and stays to be freed. */
		if (find_owner(with, t->owner) != NULL && find_owner(of, t->owner) == t)
			of->interval.tallies[kept++] = t;
		else
			tt_held_put(h, t);
	}
	of->interval.n_tallies = kept;
}

static void
join_heads(struct tt_held *h, const struct tt_held *a, const struct tt_held *b)
{
	TT_ASSERT(a->n_rows == b->n_rows);
	h->interval.span.end_us = b->interval.span.end_us;
	h->interval.observed_us += b->interval.observed_us;
	h->interval.complete = a->interval.complete && b->interval.complete;
	h->joined = a->joined + b->joined;
	for (unsigned i = 0; i < a->n_rows; i++) {
		h->rows[i] = a->rows[i];
		h->rows[i].packets += b->rows[i].packets;
	}
}

/* Makes one of held[i] and the next. Returns 0, or -ENOMEM with both as they were. */
static int
join_at(struct tt_pending *p, unsigned i)
{
	struct tt_held *a = p->held[i], *b = p->held[i + 1];
	struct tt_held *h = tt_held_new(&a->interval,
			a->interval.n_tallies + b->interval.n_tallies, a->n_rows);

	if (h == NULL)
		return -ENOMEM;
	if (join_tallies(h, a, b) != 0) {
		tt_held_free(h);
		return -ENOMEM;
	}
	move_others(h, a, b);
	/* Of b, what has a counterpart in a: those of its first lists. */
	move_others(h, b, a);
	join_heads(h, a, b);
	h->number = ++p->numbers;
	tt_pending_remove(p, i + 1);
	p->bytes += h->bytes - a->bytes;
	p->held[i] = h;
	p->joins++;
	tt_held_free(a);
	tt_held_free(b);
	return 0;
}

/* Were both counted by one set of signatures? */
static bool
have_same_rules(const struct tt_held *a, const struct tt_held *b)
{
	const struct tt_held *held[] = {a, b};
	const struct tt_rules *rules = NULL;

	for (unsigned i = 0; i < 2; i++)
		for (unsigned k = 0; k < held[i]->interval.n_tallies; k++) {
			const struct tt_tally *t = held[i]->interval.tallies[k];

			if (rules != NULL && t->detections.config.rules != rules)
				return false;
			rules = t->detections.config.rules;
		}
	return true;
}

/* May an interval and the one after it be one, as far as their times and rules say? */
static bool
are_adjoining(const struct tt_pending *p, const struct tt_held *a,
		const struct tt_held *b)
{
	const struct tt_span *x = &a->interval.span, *y = &b->interval.span;
	int64_t frame_us = p->config.frame_us;

	return tt_held_is_copied(a) && tt_held_is_copied(b) && x->end_us == y->start_us
			&& b->interval.gap_before_us == 0
			&& a->interval.nominal_us == b->interval.nominal_us
			&& have_same_rules(a, b)
			&& (frame_us == 0
					|| tt_time_floor(x->start_us, frame_us)
							== tt_time_floor(y->start_us,
									frame_us));
}

static uint64_t
max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t
min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* What two intervals would be as one. */
static struct tt_join_sizes
sizes_of(const struct tt_held *a, const struct tt_held *b)
{
	struct tt_join_sizes s;
	uint64_t less = 0;

	s.bytes = a->bytes + b->bytes
			- (sizeof(*b) + (b->n_rows + TT_HELD_NOTES) * sizeof(*b->rows));
	s.pairs = a->pairs + b->pairs;
	s.contacts = a->contacts + b->contacts;
	s.ports = a->ports + b->ports;
	for (unsigned i = 0; i < a->interval.n_tallies; i++) {
		struct tt_tally *x = a->interval.tallies[i];
		struct tt_tally *y = find_owner(b, x->owner);
		struct tt_join_sizes one;

		if (y == NULL || find_owner(a, x->owner) != x)
			continue;
		one = tt_tally_join_sizes(x, y);
		less += tt_tally_compact_bytes(x) + tt_tally_compact_bytes(y) - one.bytes;
		s.pairs -= (uint64_t)x->n_pairs + y->n_pairs - one.pairs;
		s.contacts -= (uint64_t)x->n_contacts + y->n_contacts;
		s.contacts += one.contacts;
		s.ports -= (uint64_t)x->n_ports + y->n_ports;
		s.ports += one.ports;
	}
	s.bytes -= less;
	return s;
}

/* Finds out what joining an interval and the one after it would free. */
static void
weigh(const struct tt_pending *p, struct tt_held *a, const struct tt_held *b)
{
	struct tt_join_sizes s = sizes_of(a, b);
	uint64_t freed = a->bytes + b->bytes - s.bytes;
	bool fits = s.pairs <= p->config.max_pairs
			&& s.pairs + max_u64(s.contacts, s.ports) <= p->config.max_keys;

	a->next = b->number;
	a->freed = fits && freed >= min_u64(a->bytes, b->bytes) / WORTH ? freed : 0;
}

/* The rates that an interval was sampled at. */
static void
shifts_of(const struct tt_held *h, unsigned *pairs, unsigned *contacts)
{
	*pairs = *contacts = 0;
	for (unsigned i = 0; i < h->interval.n_tallies; i++) {
		const struct tt_tally *t = h->interval.tallies[i];

		*pairs = (unsigned)max_u64(*pairs, t->pair_shift);
		*contacts = (unsigned)max_u64(*contacts, t->contact_shift);
	}
}

/* How long two are together, for finding the shortest. */
static int64_t
length_of(const struct tt_held *a, const struct tt_held *b)
{
	int64_t us = b->interval.span.end_us - a->interval.span.start_us;
	unsigned pairs[2], contacts[2];
	int differ;

	shifts_of(a, &pairs[0], &contacts[0]);
	shifts_of(b, &pairs[1], &contacts[1]);
	differ = abs((int)pairs[0] - (int)pairs[1])
			+ abs((int)contacts[0] - (int)contacts[1]);
	differ = differ < SHIFTS_MOST ? differ : SHIFTS_MOST;
	return us > INT64_MAX >> SHIFTS_MOST ? us : us << differ;
}

int
tt_pending_make_way(struct tt_pending *p, uint64_t bytes)
{
	uint64_t freeable = 0;
	int64_t least = INT64_MAX;
	int best = -1;
	const uint64_t all = p->bytes + p->beside + bytes;

	if (all <= p->config.max_bytes)
		return 0;
	if (bytes > p->config.max_bytes)
		return -ENOSPC;
	for (unsigned i = p->writing ? 1 : 0; i + 1 < p->n; i++) {
		struct tt_held *a = p->held[i];
		const struct tt_held *b = p->held[i + 1];

		if (!are_adjoining(p, a, b))
			continue;
		if (a->next != b->number) {
			weigh(p, a, b);
			return 1;
		}
		freeable += a->freed;
		if (a->freed == 0 || length_of(a, b) >= least)
			continue;
		least = length_of(a, b);
		best = (int)i;
	}
	if (best < 0 || all > p->config.max_bytes + freeable)
		return -ENOSPC;
	return join_at(p, (unsigned)best) == 0 ? 1 : -ENOMEM;
}
