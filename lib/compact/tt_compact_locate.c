/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows of a store by their keys, a batch at a time. */
#include "tt_compact_slots.h"

#include <errno.h>
#include <string.h>

/* So many rows ahead of the one that is looked for, slots are fetched; then the rows themselves. It
 * begins with fewer, as the next ones may follow one another again. */
#define SLOTS_AHEAD 40
#define SLOTS_FIRST 4

/* After so many rows that followed one another, the next ones are tried first again. */
#define FOLLOWED_MIN 8

/* Is it the row after the one that was found last? */
static inline __attribute__((always_inline)) bool
follows(const struct tt_store *s, const uint64_t *key, unsigned n, size_t step)
{
	return s->last + 1 < s->n
			&& tt_store_has_key(tt_store_row(s, s->last + 1), key, n, step);
}

static inline __attribute__((always_inline)) uint32_t
find_or_add(struct tt_store *s, uint64_t hash, const uint64_t *key, unsigned n,
		size_t step)
{
	uint64_t at = tt_store_slot_of(s, hash, key, n, step);

	if (s->slots[at] == 0)
		return tt_store_append(s, at, hash, key, step);
	return tt_store_slot_row(s, s->slots[at]);
}

/* Fetches the row that the key with this hash most likely has, or will have. */
static inline void
fetch_row(const struct tt_store *s, uint64_t hash)
{
	uint64_t mask = s->n_slots - 1, at = hash & mask;
	uint32_t slot;

	while ((slot = s->slots[at]) != 0 && !tt_store_slot_fits(s, slot, hash))
		at = (at + 1) & mask;
	if (slot != 0)
		__builtin_prefetch(tt_store_row(s, tt_store_slot_row(s, slot)), 1);
}

/* What is fetched ahead of row i of a batch. */
struct ahead {
	unsigned from; /* where it began */
	unsigned slots, rows; /* up to here */
};

static inline __attribute__((always_inline)) void
fetch_ahead(const struct tt_store *s, struct tt_store_batch *b, unsigned i,
		struct ahead *ahead, unsigned n_keys)
{
	uint64_t mask = s->n_slots - 1;
	unsigned reach = i - ahead->from + SLOTS_FIRST;

	if (reach > SLOTS_AHEAD)
		reach = SLOTS_AHEAD;
	for (; ahead->slots < b->n && ahead->slots < i + reach; ahead->slots++) {
		uint64_t hash = tt_store_hash(
				s, &b->keys[0][ahead->slots], n_keys, TT_STORE_BATCH);

		b->hashes[ahead->slots] = hash;
		__builtin_prefetch(&s->slots[hash & mask]);
	}
	for (; ahead->rows < ahead->slots && ahead->rows < i + reach / 2; ahead->rows++)
		fetch_row(s, b->hashes[ahead->rows]);
}

/* Finds rows from `from` on by their hash, until some have followed one another. Returns the end. */
static inline __attribute__((always_inline)) unsigned
locate_by_hash(struct tt_store *s, struct tt_store_batch *b, unsigned from,
		unsigned n_keys)
{
	struct ahead ahead = {from, from, from};
	unsigned followed = 0, i = from;

	for (; i < b->n && followed < FOLLOWED_MIN; i++) {
		uint32_t row;

		fetch_ahead(s, b, i, &ahead, n_keys);
		row = find_or_add(
				s, b->hashes[i], &b->keys[0][i], n_keys, TT_STORE_BATCH);
		followed = row == s->last + 1 && row + 1 < s->n ? followed + 1 : 0;
		b->at[i] = s->last = row;
	}
	return i;
}

static inline __attribute__((always_inline)) void
locate(struct tt_store *s, struct tt_store_batch *b, unsigned n_keys)
{
	unsigned i = 0;

	while (i < b->n) {
		while (i < b->n && follows(s, &b->keys[0][i], n_keys, TT_STORE_BATCH))
			b->at[i++] = ++s->last;
		i = locate_by_hash(s, b, i, n_keys);
	}
}

int
tt_store_locate(struct tt_store *s, struct tt_store_batch *b)
{
	int ret = tt_store_reserve(s, b->n);

	if (ret != 0)
		return ret;
	/* One copy for each width, so that the loops over a key's words are unrolled. */
	if (s->n_keys == 1)
		locate(s, b, 1);
	else if (s->n_keys == 2)
		locate(s, b, 2);
	else if (s->n_keys == 3)
		locate(s, b, 3);
	else
		locate(s, b, 4);
	return 0;
}

static inline __attribute__((always_inline)) void
look_up(struct tt_store *s, struct tt_store_batch *b, unsigned n_keys)
{
	struct ahead ahead = {0};

	for (unsigned i = 0; i < b->n; i++) {
		uint64_t at;

		fetch_ahead(s, b, i, &ahead, n_keys);
		at = tt_store_slot_of(
				s, b->hashes[i], &b->keys[0][i], n_keys, TT_STORE_BATCH);
		b->at[i] = s->slots[at] == 0 ? TT_STORE_NOWHERE
					     : tt_store_slot_row(s, s->slots[at]);
	}
}

void
tt_store_look_up(struct tt_store *s, struct tt_store_batch *b)
{
	if (s->n == 0) {
		memset(b->at, 0xff, b->n * sizeof(b->at[0]));
		return;
	}
	if (s->n_keys == 1)
		look_up(s, b, 1);
	else if (s->n_keys == 2)
		look_up(s, b, 2);
	else if (s->n_keys == 3)
		look_up(s, b, 3);
	else
		look_up(s, b, 4);
}

int
tt_store_add_missing(struct tt_store *s, struct tt_store_batch *b)
{
	for (unsigned i = 0; i < b->n; i++) {
		uint64_t key[TT_STORE_KEYS];

		if (b->at[i] != TT_STORE_NOWHERE)
			continue;
		for (unsigned k = 0; k < s->n_keys; k++)
			key[k] = b->keys[k][i];
		if (tt_store_make(s, key) == NULL)
			return -ENOMEM;
		b->at[i] = s->last;
	}
	return 0;
}

/* value: that of row 0; the values of one column lie `width` words apart. */
static void
apply(uint64_t *value, unsigned width, const uint32_t *at, const int64_t *from,
		unsigned n, enum tt_store_op op)
{
	if (op == TT_STORE_SUM) {
		for (unsigned i = 0; i < n; i++)
			value[(uint64_t)at[i] * width] += (uint64_t)from[i];
	} else if (op == TT_STORE_MIN) {
		for (unsigned i = 0; i < n; i++)
			if (from[i] < (int64_t)value[(uint64_t)at[i] * width])
				value[(uint64_t)at[i] * width] = (uint64_t)from[i];
	} else if (op == TT_STORE_MAX) {
		for (unsigned i = 0; i < n; i++)
			if (from[i] > (int64_t)value[(uint64_t)at[i] * width])
				value[(uint64_t)at[i] * width] = (uint64_t)from[i];
	}
}

void
tt_store_apply(struct tt_store *s, const struct tt_store_batch *b)
{
	for (unsigned v = 0; v < s->n_values; v++)
		apply(s->rows + s->n_keys + v, s->width, b->at, b->values[v], b->n,
				s->ops[v]);
}

uint64_t *
tt_store_find(const struct tt_store *s, const uint64_t *key)
{
	uint64_t at;

	if (s->n == 0)
		return NULL;
	at = tt_store_slot_of(s, tt_store_hash(s, key, s->n_keys, 1), key, s->n_keys, 1);
	return s->slots[at] == 0 ? NULL
				 : tt_store_row(s, tt_store_slot_row(s, s->slots[at]));
}

uint64_t *
tt_store_make(struct tt_store *s, const uint64_t *key)
{
	if (tt_store_reserve(s, 1) != 0)
		return NULL;
	if (follows(s, key, s->n_keys, 1))
		s->last++;
	else
		s->last = find_or_add(s, tt_store_hash(s, key, s->n_keys, 1), key,
				s->n_keys, 1);
	return tt_store_row(s, s->last);
}
