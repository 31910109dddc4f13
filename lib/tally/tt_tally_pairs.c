/* SPDX-License-Identifier: BSD-3-Clause */
/* Pairs that are new, and how they find room when there are as many as may be. */
#include "tt_tally_tables.h"

#define NO_PAIR UINT32_MAX

static uint32_t
find(const struct tt_tally *t, uint64_t hash, struct tt_addr src, tt_target_key key,
		tt_detail detail)
{
	const struct tt_pair_lines *l = &t->pair_lines;

	for (uint64_t at = hash & l->mask;; at = (at + 1) & l->mask) {
		const struct tt_pair_line *line = &l->lines[at];

		for (unsigned match = tt_pair_match(line, tt_pair_tag(hash)); match != 0;
				match &= match - 1) {
			const uint32_t number = line->numbers[__builtin_ctz(match)];

			if (tt_slot_is(&t->slots[number], src, key, detail,
					    (detail & TT_DETAIL_V6) != 0))
				return number;
		}
		if (TT_LIKELY(line->passed == 0))
			return NO_PAIR;
	}
}

/*
 * Those that are no longer sampled are looked for all over the table, one after the other in an order that has
 * nothing to do with that of their arrival: what one source sent lies side by side. The stride is a prime and
 * greater than any table, so that each comes once. Where one in 20 is no longer sampled, 20 are looked at on
 * average, and all of LOOK_AHEAD fail once in 500,000 times: so the rate falls when about so few are left.
 */
#define STRIDE     UINT64_C(2654435761)
#define LOOK_AHEAD 256
#define FETCHED    8

static uint32_t
visited(const struct tt_tally *t, uint32_t i)
{
	return (uint32_t)(i * STRIDE % t->max_pairs);
}

static bool
find_unwanted(struct tt_tally *t, uint32_t *number)
{
	for (unsigned i = 0; i < LOOK_AHEAD && t->pair_hand < t->max_pairs; i++) {
		*number = visited(t, t->pair_hand++);
		__builtin_prefetch(&t->slots[visited(t, t->pair_hand + FETCHED)], 1);
		if (!tt_sampled(tt_tally_sample_hash(t, tt_slot_src(&t->slots[*number])),
				    t->pair_shift))
			return true;
	}
	return false;
}

static uint64_t
hash_of(const struct tt_tally *t, const struct tt_slot *s)
{
	return tt_pair_hash(t, tt_slot_src(s), s->key, s->detail);
}

/* Looks for another pair that is to make room, and begins to fetch its line of the index. Returns whether there
 * is one. What is not wanted will never be again. */
static bool
find_next(struct tt_tally *t)
{
	uint32_t number;

	if (!find_unwanted(t, &number))
		return false;
	t->pairs_next[t->n_pairs_next++ % TT_PAIRS_NEXT] = number;
	__builtin_prefetch(tt_pair_line_of(&t->pair_lines, hash_of(t, &t->slots[number])),
			1);
	return true;
}

/* Finds as many as there may be. Returns whether there is one. */
static bool
find_some(struct tt_tally *t)
{
	while (t->pair_shift != 0 && t->n_pairs_next - t->n_pairs_left < TT_PAIRS_NEXT)
		if (!find_next(t))
			break;
	return t->n_pairs_next != t->n_pairs_left;
}

static uint32_t
take_next(struct tt_tally *t)
{
	return t->pairs_next[t->n_pairs_left++ % TT_PAIRS_NEXT];
}

/*
 * The number of a pair that made room for a new one. Where none is found the rate is halved, so that plenty are;
 * NO_PAIR where the new one is then not sampled itself. *out is what made room.
 */
static uint32_t
make_room(struct tt_tally *t, uint64_t sample_hash, struct tt_slot *out)
{
	uint32_t number;

	while (!find_some(t)) {
		if (t->pair_shift == TT_SAMPLE_SHIFT_MAX)
			return NO_PAIR;
		t->pair_shift++;
		t->pair_hand = 0;
		if (!tt_sampled(sample_hash, t->pair_shift))
			return NO_PAIR;
	}
	number = take_next(t);
	*out = t->slots[number];
	tt_pair_leave(&t->pair_lines, hash_of(t, out), number);
	return number;
}

unsigned
tt_tally_find_pair(struct tt_tally *t, uint64_t hash, const struct tt_packet *p,
		tt_target_key key, tt_detail detail, int64_t time_us, struct tt_slot *out)
{
	const bool v6 = (detail & TT_DETAIL_V6) != 0;
	const bool full = t->n_pairs == t->max_pairs;
	uint32_t number = find(t, hash, p->src, key, detail);

	if (number != NO_PAIR)
		return tt_slot_add(&t->slots[number], p, time_us, v6);
	if (TT_UNLIKELY(full)) {
		number = make_room(t, tt_tally_sample_hash(t, p->src), out);
		if (number == NO_PAIR)
			return tt_left_of_refused(p);
	} else {
		number = t->n_pairs++;
	}
	tt_pair_enter(&t->pair_lines, hash, number);
	return tt_slot_fill(&t->slots[number], p, key, detail, time_us, v6)
			| full * TT_LEFT_OUT;
}
