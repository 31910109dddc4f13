/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_pending.h"

#include "tt_time.h"

#include <errno.h>
#include <string.h>

struct tt_pending {
	struct tt_pending_config config;
	struct tt_held **held; /* [n] of [room], oldest first */
	unsigned n, room;
	bool writing; /* held[0] is not to be touched */
	uint64_t bytes, joins;
};

int
tt_pending_create(struct tt_pending **pending, const struct tt_pending_config *config,
		struct tt_error *err)
{
	struct tt_pending *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	p->config = *config;
	*pending = p;
	return 0;
}

/* Frees the interval and its copies; other tallies are somebody else's. */
static void
free_held(struct tt_held *h)
{
	if (h == NULL)
		return;
	for (unsigned i = 0; h->interval.tallies != NULL && i < h->interval.n_tallies;
			i++)
		if (tt_tally_is_compact(h->interval.tallies[i]))
			tt_tally_destroy(h->interval.tallies[i]);
	free(h->interval.tallies);
	free(h->rows);
	free(h);
}

void
tt_pending_destroy(struct tt_pending *p)
{
	if (p == NULL)
		return;
	for (unsigned i = 0; i < p->n; i++)
		free_held(p->held[i]);
	free(p->held);
	free(p);
}

static int
make_room(struct tt_pending *p)
{
	unsigned room = p->room == 0 ? 16 : p->room * 2;
	struct tt_held **more;

	if (p->n < p->room)
		return 0;
	more = reallocarray(p->held, room, sizeof(struct tt_held *));
	if (more == NULL)
		return -ENOMEM;
	p->held = more;
	p->room = room;
	return 0;
}

/* An interval with lists of its own, not filled; NULL where memory is short. */
static struct tt_held *
new_held(const struct tt_interval *like, unsigned tallies, unsigned rows)
{
	struct tt_held *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return NULL;
	h->interval = *like;
	h->interval.n_tallies = 0;
	h->interval.tallies = calloc(tallies + 1, sizeof(struct tt_tally *));
	h->rows = calloc(rows + 1, sizeof(*h->rows));
	h->n_rows = rows;
	if (h->interval.tallies != NULL && h->rows != NULL)
		return h;
	free_held(h);
	return NULL;
}

static void
put_tally(struct tt_held *h, struct tt_tally *tally)
{
	h->interval.tallies[h->interval.n_tallies++] = tally;
	if (!tt_tally_is_compact(tally))
		return;
	h->bytes += tt_tally_compact_bytes(tally);
	h->pairs += tally->n_pairs;
}

struct tt_held *
tt_pending_add(struct tt_pending *p, const struct tt_interval *interval,
		const struct tt_ledger_row *rows, unsigned n)
{
	struct tt_held *h = make_room(p) == 0 ? new_held(interval, interval->n_tallies, n)
					      : NULL;

	if (h == NULL)
		return NULL;
	for (unsigned i = 0; i < interval->n_tallies; i++)
		put_tally(h, interval->tallies[i]);
	memcpy(h->rows, rows, n * sizeof(*rows));
	h->joined = 1;
	p->bytes += h->bytes;
	p->held[p->n++] = h;
	return h;
}

struct tt_held *
tt_pending_first(struct tt_pending *p)
{
	return p->n == 0 ? NULL : p->held[0];
}

void
tt_pending_set_writing(struct tt_pending *p, bool writing)
{
	TT_ASSERT(p->n > 0);
	p->writing = writing;
}

static void
remove_at(struct tt_pending *p, unsigned i)
{
	p->bytes -= p->held[i]->bytes;
	p->n--;
	memmove(p->held + i, p->held + i + 1, (p->n - i) * sizeof(struct tt_held *));
}

void
tt_pending_drop(struct tt_pending *p)
{
	struct tt_held *h = p->held[0];

	TT_ASSERT(p->n > 0);
	for (unsigned i = 0; i < h->interval.n_tallies; i++)
		if (!tt_tally_is_compact(h->interval.tallies[i]))
			p->config.give_back(p->config.context, h->interval.tallies[i]);
	remove_at(p, 0);
	p->writing = false;
	free_held(h);
}

static bool
is_copied(const struct tt_held *h)
{
	for (unsigned i = 0; i < h->interval.n_tallies; i++)
		if (!tt_tally_is_compact(h->interval.tallies[i]))
			return false;
	return true;
}

/* Can an interval and the one after it be one? */
static bool
can_join(const struct tt_pending *p, const struct tt_held *a, const struct tt_held *b)
{
	int64_t frame_us = p->config.frame_us;

	return is_copied(a) && is_copied(b)
			&& a->interval.span.end_us == b->interval.span.start_us
			&& b->interval.gap_before_us == 0
			&& a->interval.nominal_us == b->interval.nominal_us
			&& a->pairs + b->pairs <= p->config.max_pairs
			&& (frame_us == 0
					|| tt_time_floor(a->interval.span.start_us,
							   frame_us)
							== tt_time_floor(
									b->interval.span.start_us,
									frame_us));
}

/* The first of the two that are to be joined next; -1 if there are none. */
static int
find_shortest(const struct tt_pending *p)
{
	int64_t least = INT64_MAX;
	int best = -1;

	for (unsigned i = p->writing ? 1 : 0; i + 1 < p->n; i++) {
		int64_t us = p->held[i + 1]->interval.span.end_us
				- p->held[i]->interval.span.start_us;

		if (us >= least || !can_join(p, p->held[i], p->held[i + 1]))
			continue;
		least = us;
		best = (int)i;
	}
	return best;
}

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
		put_tally(h, joined);
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
			put_tally(h, t);
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
	struct tt_held *h = new_held(&a->interval,
			a->interval.n_tallies + b->interval.n_tallies, a->n_rows);

	if (h == NULL)
		return -ENOMEM;
	if (join_tallies(h, a, b) != 0) {
		free_held(h);
		return -ENOMEM;
	}
	move_others(h, a, b);
	/* Of b, what has a counterpart in a: those of its first lists. */
	move_others(h, b, a);
	join_heads(h, a, b);
	remove_at(p, i + 1);
	p->bytes += h->bytes - a->bytes;
	p->held[i] = h;
	p->joins++;
	free_held(a);
	free_held(b);
	return 0;
}

/* Bytes that copies of the interval's tallies will take. */
static uint64_t
bytes_to_come(const struct tt_held *h)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < h->interval.n_tallies; i++)
		if (!tt_tally_is_compact(h->interval.tallies[i]))
			bytes += tt_tally_compact_bytes(h->interval.tallies[i]);
	return bytes;
}

/* Joins intervals until there is room for so many bytes more. */
static int
free_bytes(struct tt_pending *p, uint64_t bytes)
{
	while (p->bytes + bytes > p->config.max_bytes) {
		int at = find_shortest(p);

		if (at < 0)
			return -ENOSPC;
		if (join_at(p, (unsigned)at) != 0)
			return -ENOMEM;
	}
	return 0;
}

static int
copy_one(struct tt_pending *p, struct tt_held *h)
{
	for (unsigned i = 0; i < h->interval.n_tallies; i++) {
		struct tt_tally *old = h->interval.tallies[i], *copy;
		uint64_t bytes;

		if (tt_tally_is_compact(old))
			continue;
		copy = tt_tally_compact(old);
		if (copy == NULL)
			return -ENOMEM;
		bytes = tt_tally_compact_bytes(copy);
		h->interval.tallies[i] = copy;
		h->bytes += bytes;
		h->pairs += copy->n_pairs;
		p->bytes += bytes;
		p->config.give_back(p->config.context, old);
	}
	return 0;
}

/* The oldest that is not being written and holds tallies that are no copies. */
static struct tt_held *
find_uncopied(const struct tt_pending *p)
{
	for (unsigned i = p->writing ? 1 : 0; i < p->n; i++)
		if (!is_copied(p->held[i]))
			return p->held[i];
	return NULL;
}

int
tt_pending_copy(struct tt_pending *p)
{
	struct tt_held *h;

	while ((h = find_uncopied(p)) != NULL) {
		int ret = free_bytes(p, bytes_to_come(h));

		if (ret == 0)
			ret = copy_one(p, h);
		if (ret != 0)
			return ret;
	}
	return 0;
}

struct tt_pending_state
tt_pending_state(const struct tt_pending *p)
{
	struct tt_pending_state s = {
			.intervals = p->n, .bytes = p->bytes, .joins = p->joins};

	for (unsigned i = 0; i < p->n; i++) {
		const struct tt_held *h = p->held[i];

		s.counted += h->joined;
		for (unsigned k = 0; k < h->interval.n_tallies; k++)
			s.frames += h->interval.tallies[k]->frames;
	}
	return s;
}
