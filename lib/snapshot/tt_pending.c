/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_pending_private.h"

#include <errno.h>
#include <string.h>

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

void
tt_held_free(struct tt_held *h)
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
		tt_held_free(p->held[i]);
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

struct tt_held *
tt_held_new(const struct tt_interval *like, unsigned tallies, unsigned rows)
{
	struct tt_held *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return NULL;
	h->interval = *like;
	h->interval.n_tallies = 0;
	h->interval.tallies = calloc(tallies + 1, sizeof(struct tt_tally *));
	h->rows = calloc(rows + TT_HELD_NOTES, sizeof(*h->rows));
	h->n_rows = rows;
	h->bytes = sizeof(*h) + (rows + TT_HELD_NOTES) * sizeof(*h->rows)
			+ (tallies + 1) * sizeof(struct tt_tally *);
	if (h->interval.tallies != NULL && h->rows != NULL)
		return h;
	tt_held_free(h);
	return NULL;
}

static void
count_copy(struct tt_held *h, const struct tt_tally *tally)
{
	h->bytes += tt_tally_compact_bytes(tally);
	h->pairs += tally->n_pairs;
	h->contacts += tally->n_contacts;
	h->ports += tally->n_ports;
}

void
tt_held_put(struct tt_held *h, struct tt_tally *tally)
{
	h->interval.tallies[h->interval.n_tallies++] = tally;
	if (tt_tally_is_compact(tally))
		count_copy(h, tally);
}

struct tt_held *
tt_pending_add(struct tt_pending *p, const struct tt_interval *interval,
		const struct tt_ledger_row *rows, unsigned n)
{
	struct tt_held *h = make_room(p) == 0
			? tt_held_new(interval, interval->n_tallies, n)
			: NULL;

	if (h == NULL)
		return NULL;
	for (unsigned i = 0; i < interval->n_tallies; i++)
		tt_held_put(h, interval->tallies[i]);
	memcpy(h->rows, rows, n * sizeof(*rows));
	h->joined = 1;
	h->number = ++p->numbers;
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

void
tt_pending_remove(struct tt_pending *p, unsigned i)
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
	tt_pending_remove(p, 0);
	p->writing = false;
	tt_held_free(h);
}

bool
tt_held_is_copied(const struct tt_held *h)
{
	for (unsigned i = 0; i < h->interval.n_tallies; i++)
		if (!tt_tally_is_compact(h->interval.tallies[i]))
			return false;
	return true;
}

/* Bytes that copies of the interval's tallies will take. */
static uint64_t
bytes_to_come(struct tt_held *h)
{
	for (unsigned i = 0; h->to_come == 0 && i < h->interval.n_tallies; i++) {
		struct tt_tally *t = h->interval.tallies[i];

		if (tt_tally_is_compact(t))
			continue;
		tt_tally_settle(t);
		h->to_come += tt_tally_compact_bytes(t);
	}
	return h->to_come;
}

/* Copies the first tally that is no copy. */
static int
copy_one(struct tt_pending *p, struct tt_held *h)
{
	uint64_t before = h->bytes;
	struct tt_tally *old, *copy;
	unsigned i = 0;

	while (tt_tally_is_compact(h->interval.tallies[i]))
		i++;
	old = h->interval.tallies[i];
	copy = tt_tally_compact(old);
	if (copy == NULL)
		return -ENOMEM;
	h->interval.tallies[i] = copy;
	count_copy(h, copy);
	h->to_come -= h->bytes - before;
	p->bytes += h->bytes - before;
	p->config.give_back(p->config.context, old);
	return 1;
}

/* The oldest that is not being written and holds tallies that are no copies. */
static struct tt_held *
find_uncopied(const struct tt_pending *p)
{
	for (unsigned i = p->writing ? 1 : 0; i < p->n; i++)
		if (!tt_held_is_copied(p->held[i]))
			return p->held[i];
	return NULL;
}

int
tt_pending_copy(struct tt_pending *p)
{
	struct tt_held *h = find_uncopied(p);
	int ret;

	if (h == NULL)
		return 0;
	ret = tt_pending_make_way(p, bytes_to_come(h));
	return ret == 0 ? copy_one(p, h) : ret;
}

void
tt_pending_set_beside(struct tt_pending *p, uint64_t bytes)
{
	p->beside = bytes;
}

bool
tt_pending_uses(const struct tt_pending *p, const struct tt_rules *rules)
{
	for (unsigned i = 0; i < p->n; i++)
		for (unsigned k = 0; k < p->held[i]->interval.n_tallies; k++)
			if (p->held[i]->interval.tallies[k]->detections.config.rules
					== rules)
				return true;
	return false;
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
