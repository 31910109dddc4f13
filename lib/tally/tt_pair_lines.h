/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The index of a tally's pairs, and of the slices of a rest, which are pairs to it: which number the pair of a hash
 * has. Pairs themselves lie one after the other, as they came; so those of a quiet interval share few pages, and who looks for one that is not there touches none. A
 * line of the index has room for twelve, of each a byte of its hash beside the number; it is at most half full on
 * average. What finds no room there stands in the next line with room, and each line that it passed counts it, so
 * that a look into one line nearly always tells all. Header only, the thread of the tally.
 */
#ifndef TT_PAIR_LINES_H
#define TT_PAIR_LINES_H

#include "tt_base.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define TT_PAIR_WAYS 12

struct tt_pair_line {
	uint8_t tags[TT_PAIR_WAYS]; /* 0: free */
	uint32_t passed; /* pairs that stand in a later line since there was no room in this one */
	uint32_t numbers[TT_PAIR_WAYS]; /* where free, 0 or one that was there */
} TT_CACHE_ALIGNED;
_Static_assert(sizeof(struct tt_pair_line) == TT_CACHE_LINE, "a line is one cache line");

struct tt_pair_lines {
	struct tt_pair_line *lines; /* [mask + 1]; NULL in a compact tally */
	uint64_t mask;
};

/* How many lines for so many pairs at most; a power of two. */
static inline uint64_t
tt_pair_lines_for(uint64_t pairs)
{
	uint64_t lines = 1;

	while (lines * TT_PAIR_WAYS / 2 < pairs)
		lines *= 2;
	return lines;
}

static inline struct tt_pair_line *
tt_pair_line_of(const struct tt_pair_lines *l, uint64_t hash)
{
	return &l->lines[hash & l->mask];
}

static inline uint8_t
tt_pair_tag(uint64_t hash)
{
	const uint8_t tag = (uint8_t)(hash >> 55);

	return tag != 0 ? tag : 1;
}

/* Which of the tags are equal to one, bit by bit. */
static inline unsigned
tt_pair_match_ref(const struct tt_pair_line *line, uint8_t tag)
{
	unsigned match = 0;

	for (unsigned i = 0; i < TT_PAIR_WAYS; i++)
		match |= (unsigned)(line->tags[i] == tag) << i;
	return match;
}

static inline unsigned
tt_pair_match(const struct tt_pair_line *line, uint8_t tag)
{
#ifdef __SSE2__
	const __m128i equal = _mm_cmpeq_epi8(
			_mm_load_si128((const __m128i *)line), _mm_set1_epi8((char)tag));

	return (unsigned)_mm_movemask_epi8(equal) & ((1u << TT_PAIR_WAYS) - 1);
#else
	return tt_pair_match_ref(line, tag);
#endif
}

/*
 * The number that a hash most likely has; some number where it has none, or where it stands in a later line.
 * Without branches: who looks at the pair of that number sees whether it is the one.
 */
static inline uint32_t
tt_pair_guess(const struct tt_pair_lines *l, uint64_t hash)
{
	const struct tt_pair_line *line = tt_pair_line_of(l, hash);
	const unsigned match = tt_pair_match(line, tt_pair_tag(hash));

	return line->numbers[__builtin_ctz(match | 1u << (TT_PAIR_WAYS - 1))];
}

/* Enters a number that is not there yet. There is room: lines have it for twice as many as there may be. */
static inline void
tt_pair_enter(struct tt_pair_lines *l, uint64_t hash, uint32_t number)
{
	for (uint64_t at = hash & l->mask;; at = (at + 1) & l->mask) {
		struct tt_pair_line *line = &l->lines[at];
		const unsigned free = tt_pair_match(line, 0);

		if (TT_LIKELY(free != 0)) {
			line->tags[__builtin_ctz(free)] = tt_pair_tag(hash);
			line->numbers[__builtin_ctz(free)] = number;
			return;
		}
		line->passed++;
	}
}

/* Takes a number out that is there. */
static inline void
tt_pair_leave(struct tt_pair_lines *l, uint64_t hash, uint32_t number)
{
	for (uint64_t at = hash & l->mask;; at = (at + 1) & l->mask) {
		struct tt_pair_line *line = &l->lines[at];

		for (unsigned match = tt_pair_match(line, tt_pair_tag(hash)); match != 0;
				match &= match - 1)
			if (line->numbers[__builtin_ctz(match)] == number) {
				line->tags[__builtin_ctz(match)] = 0;
				return;
			}
		TT_ASSERT(line->passed > 0);
		line->passed--;
	}
}

/* Empties the lines that may have a hash: all others that stand in them are to go as well. */
static inline void
tt_pair_clear(struct tt_pair_lines *l, uint64_t hash)
{
	for (uint64_t at = hash & l->mask;; at = (at + 1) & l->mask) {
		const uint32_t passed = l->lines[at].passed;

		memset(&l->lines[at], 0, sizeof(l->lines[at]));
		if (TT_LIKELY(passed == 0))
			return;
	}
}

#endif
