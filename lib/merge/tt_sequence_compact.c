/* SPDX-License-Identifier: BSD-3-Clause */
/* Held tallies made compact, so that a worker has its tables again, and joined with others of their interval. */
#include "tt_sequence_private.h"

#include <errno.h>

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

/* Another compact part of the interval that is no more than twice as large; -1 if there is none. */
static int
find_partner(const struct tt_sequence *s, unsigned of)
{
	const struct tt_tally *t = s->held[of];

	for (unsigned i = s->n_held; i-- > 0;)
		if (i != of && s->held[i]->span.start_us == t->span.start_us
				&& s->held[i]->owner == t->owner
				&& tt_tally_is_compact(s->held[i])
				&& tt_tally_compact_bytes(s->held[i])
						<= 2 * tt_tally_compact_bytes(t))
			return (int)i;
	return -1;
}

static void
drop_compact(struct tt_sequence *s, unsigned i)
{
	s->compact_bytes -= tt_tally_compact_bytes(s->held[i]);
	s->workers[s->held[i]->owner].held--;
	tt_tally_destroy(s->held[i]);
	s->held[i] = s->held[--s->n_held];
}

/*
 * Joins a compact part with others of its interval, as long as there is one of about its size:
 * an interval never has more than a few parts, and what they take goes with its pairs, not with
 * how often the packets came back to it.
 */
static void
join_parts(struct tt_sequence *s, unsigned part)
{
	int partner;

	while ((partner = find_partner(s, part)) >= 0) {
		unsigned low = part < (unsigned)partner ? part : (unsigned)partner;
		unsigned high = part < (unsigned)partner ? (unsigned)partner : part;
		struct tt_tally *joined = tt_tally_join(s->held[low], s->held[high]);

		if (joined == NULL)
			return;
		drop_compact(s, high);
		s->compact_bytes += tt_tally_compact_bytes(joined)
				- tt_tally_compact_bytes(s->held[low]);
		tt_tally_destroy(s->held[low]);
		s->held[low] = joined;
		part = low;
	}
}

/* A tally of the worker that is not compact; -1 if there is none. The latest: what came earlier is compact already, as a
 * rule. */
static int
find_table_set(const struct tt_sequence *s, unsigned worker)
{
	for (unsigned i = s->n_held; i-- > 0;)
		if (s->held[i]->owner == worker && !tt_tally_is_compact(s->held[i]))
			return (int)i;
	return -1;
}

int
tt_sequence_compact(struct tt_sequence *s, unsigned worker, struct tt_tally **freed)
{
	struct tt_tally *compact;
	int i;

	*freed = NULL;
	if (make_room(s) != 0)
		return -ENOMEM;
	i = find_table_set(s, worker);
	if (i < 0)
		return 0;
	compact = tt_tally_compact(s->held[i]);
	if (compact == NULL)
		return -ENOMEM;
	*freed = s->held[i];
	s->held[i] = compact;
	s->compact_bytes += tt_tally_compact_bytes(compact);
	join_parts(s, (unsigned)i);
	return 0;
}

uint64_t
tt_sequence_copy_bytes(struct tt_sequence *s, unsigned worker)
{
	const int i = find_table_set(s, worker);

	if (i < 0)
		return 0;
	tt_tally_settle(s->held[i]);
	return tt_tally_compact_bytes(s->held[i]);
}

uint64_t
tt_sequence_compact_bytes(const struct tt_sequence *s)
{
	return s->compact_bytes;
}
