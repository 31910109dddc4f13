/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_compact_store.h"

#include <errno.h>
#include <string.h>

#define ROOM_MIN 64

/* So many rows are looked for at once: their references, then they themselves, are fetched. */
#define BLOCK 64

void
tt_store_init(struct tt_store *s, unsigned n_keys, const enum tt_store_op *ops,
		unsigned n_values, uint64_t seed)
{
	TT_ASSERT(n_keys >= 1 && n_keys <= TT_STORE_KEYS && n_values <= TT_STORE_VALUES);
	*s = (struct tt_store){.n_keys = n_keys,
			.n_values = n_values,
			.width = n_keys + n_values,
			.mem = tt_mem_heap_huge(),
			.seed = tt_hash_seed_of(seed)};
	for (unsigned i = 0; i < n_values; i++)
		s->ops[i] = ops[i];
}

void
tt_store_fini(struct tt_store *s)
{
	tt_mem_free(s->mem, s->rows, (uint64_t)s->room * s->width * sizeof(*s->rows));
	tt_mem_free(s->mem, s->slots, s->n_slots * sizeof(*s->slots));
	*s = (struct tt_store){0};
}

uint64_t
tt_store_bytes(const struct tt_store *s)
{
	return (uint64_t)s->room * s->width * sizeof(*s->rows)
			+ s->n_slots * sizeof(*s->slots);
}

/* key: n words, `step` words apart. */
static inline __attribute__((always_inline)) uint64_t
hash_key(const struct tt_store *s, const uint64_t *key, unsigned n, size_t step)
{
	uint64_t hash = tt_hash_place(key[0], n > 1 ? key[step] : 0, &s->seed);

	if (n > 2)
		hash = tt_hash_place(hash ^ key[2 * step], n > 3 ? key[3 * step] : hash,
				&s->seed);
	return hash;
}

static inline __attribute__((always_inline)) bool
has_key(const uint64_t *row, const uint64_t *key, unsigned n, size_t step)
{
	uint64_t differs = 0;

	for (unsigned i = 0; i < n; i++)
		differs |= row[i] ^ key[i * step];
	return differs == 0;
}

static void
place(struct tt_store *s, uint32_t i)
{
	uint64_t mask = s->n_slots - 1;
	uint64_t at = hash_key(s, tt_store_row(s, i), s->n_keys, 1) & mask;

	while (s->slots[at] != 0)
		at = (at + 1) & mask;
	s->slots[at] = i + 1;
}

static void
place_all(struct tt_store *s)
{
	for (uint32_t i = 0; i < s->n; i++)
		place(s, i);
}

/* Makes room for `more` rows. */
static int
reserve(struct tt_store *s, uint32_t more)
{
	uint64_t room = s->room == 0 ? ROOM_MIN : s->room, slots = 4 * ROOM_MIN;
	struct tt_store old = *s;

	if (s->n + (uint64_t)more <= s->room)
		return 0;
	while (room < s->n + (uint64_t)more)
		room *= 2;
	if (room > UINT32_MAX / 4)
		return -ENOMEM;
	while (slots < 2 * room)
		slots *= 2;
	s->rows = tt_mem_alloc(s->mem, room * s->width * sizeof(*s->rows), "rows");
	s->slots = tt_mem_alloc(s->mem, slots * sizeof(*s->slots), "rows");
	s->room = (uint32_t)room;
	s->n_slots = slots;
	if (s->rows == NULL || s->slots == NULL) {
		tt_mem_free(s->mem, s->rows, room * s->width * sizeof(*s->rows));
		tt_mem_free(s->mem, s->slots, slots * sizeof(*s->slots));
		*s = old;
		return -ENOMEM;
	}
	if (s->n > 0)
		memcpy(s->rows, old.rows, (uint64_t)s->n * s->width * sizeof(*s->rows));
	place_all(s);
	old.n = 0;
	tt_store_fini(&old);
	return 0;
}

static const uint64_t first_values[] = {
		[TT_STORE_SUM] = 0,
		[TT_STORE_MIN] = INT64_MAX,
		[TT_STORE_MAX] = (uint64_t)INT64_MIN,
		[TT_STORE_NONE] = 0,
};

/* Adds the row to the free slot `at`. There is room. */
static uint32_t
append(struct tt_store *s, uint64_t at, const uint64_t *key, size_t step)
{
	uint64_t *row = tt_store_row(s, s->n);

	for (unsigned i = 0; i < s->n_keys; i++)
		row[i] = key[i * step];
	for (unsigned i = 0; i < s->n_values; i++)
		row[s->n_keys + i] = first_values[s->ops[i]];
	s->slots[at] = ++s->n;
	return s->n - 1;
}

/* Is it the row after the one that was found last? */
static inline __attribute__((always_inline)) bool
follows(const struct tt_store *s, const uint64_t *key, unsigned n, size_t step)
{
	return s->last + 1 < s->n && has_key(tt_store_row(s, s->last + 1), key, n, step);
}

static inline __attribute__((always_inline)) uint32_t
find_or_add(struct tt_store *s, uint64_t hash, const uint64_t *key, unsigned n,
		size_t step)
{
	uint64_t mask = s->n_slots - 1;
	uint64_t at = hash & mask;

	for (; s->slots[at] != 0; at = (at + 1) & mask)
		if (has_key(tt_store_row(s, s->slots[at] - 1), key, n, step))
			return s->slots[at] - 1;
	return append(s, at, key, step);
}

/* Looks for n rows of a batch from `from` on, all of which have to be looked up by their hash. */
static inline __attribute__((always_inline)) void
locate_block(struct tt_store *s, struct tt_store_batch *b, unsigned from, unsigned to,
		unsigned n_keys)
{
	uint64_t hashes[BLOCK], mask = s->n_slots - 1;

	for (unsigned i = from; i < to; i++) {
		uint64_t hash = hash_key(s, &b->keys[0][i], n_keys, TT_STORE_BATCH);

		hashes[i - from] = hash;
		__builtin_prefetch(&s->slots[hash & mask]);
	}
	for (unsigned i = from; i < to; i++) {
		uint32_t slot = s->slots[hashes[i - from] & mask];

		__builtin_prefetch(tt_store_row(s, slot == 0 ? s->n : slot - 1));
	}
	for (unsigned i = from; i < to; i++) {
		const uint64_t *key = &b->keys[0][i];

		if (follows(s, key, n_keys, TT_STORE_BATCH))
			s->last++;
		else
			s->last = find_or_add(
					s, hashes[i - from], key, n_keys, TT_STORE_BATCH);
		b->at[i] = s->last;
	}
}

static inline __attribute__((always_inline)) void
locate(struct tt_store *s, struct tt_store_batch *b, unsigned n_keys)
{
	unsigned i = 0;

	while (i < b->n) {
		unsigned end = i + BLOCK < b->n ? i + BLOCK : b->n;

		while (i < end && follows(s, &b->keys[0][i], n_keys, TT_STORE_BATCH))
			b->at[i++] = ++s->last;
		if (i < end)
			locate_block(s, b, i, end, n_keys);
		i = end;
	}
}

int
tt_store_locate(struct tt_store *s, struct tt_store_batch *b)
{
	int ret = reserve(s, b->n);

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
	uint64_t mask = s->n_slots - 1;

	for (unsigned i = 0; i < b->n; i++) {
		b->hashes[i] = hash_key(s, &b->keys[0][i], n_keys, TT_STORE_BATCH);
		__builtin_prefetch(&s->slots[b->hashes[i] & mask]);
	}
	for (unsigned i = 0; i < b->n; i++) {
		uint32_t slot = s->slots[b->hashes[i] & mask];

		if (slot != 0)
			__builtin_prefetch(tt_store_row(s, slot - 1));
	}
	for (unsigned i = 0; i < b->n; i++) {
		uint64_t at = b->hashes[i] & mask;

		while (s->slots[at] != 0
				&& !has_key(tt_store_row(s, s->slots[at] - 1),
						&b->keys[0][i], n_keys, TT_STORE_BATCH))
			at = (at + 1) & mask;
		b->at[i] = s->slots[at] == 0 ? TT_STORE_NOWHERE : s->slots[at] - 1;
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
	uint64_t mask = s->n_slots - 1, at;

	if (s->n == 0)
		return NULL;
	at = hash_key(s, key, s->n_keys, 1) & mask;
	for (; s->slots[at] != 0; at = (at + 1) & mask)
		if (has_key(tt_store_row(s, s->slots[at] - 1), key, s->n_keys, 1))
			return tt_store_row(s, s->slots[at] - 1);
	return NULL;
}

uint64_t *
tt_store_make(struct tt_store *s, const uint64_t *key)
{
	if (reserve(s, 1) != 0)
		return NULL;
	if (follows(s, key, s->n_keys, 1))
		s->last++;
	else
		s->last = find_or_add(
				s, hash_key(s, key, s->n_keys, 1), key, s->n_keys, 1);
	return tt_store_row(s, s->last);
}

void
tt_store_filter(struct tt_store *s,
		bool (*keep)(const void *context, const uint64_t *row),
		const void *context)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->n; i++) {
		const uint64_t *row = tt_store_row(s, i);

		if (!keep(context, row))
			continue;
		if (i != n)
			memcpy(tt_store_row(s, n), row, s->width * sizeof(*row));
		n++;
	}
	s->n = n;
	s->last = 0;
	tt_store_place(s);
}

void
tt_store_place(struct tt_store *s)
{
	if (s->n_slots > 0)
		memset(s->slots, 0, s->n_slots * sizeof(*s->slots));
	place_all(s);
}

static inline __attribute__((always_inline)) int
compare(const void *a, const void *b, unsigned n)
{
	const uint64_t *x = a, *y = b;

	for (unsigned i = 0; i < n; i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}

static int
compare_2(const void *a, const void *b)
{
	return compare(a, b, 2);
}

static int
compare_3(const void *a, const void *b)
{
	return compare(a, b, 3);
}

static int
compare_4(const void *a, const void *b)
{
	return compare(a, b, 4);
}

/* The order of addresses in 64 bits: all of IPv4, the first 63 bits of IPv6. */
static uint64_t
address_prefix(const uint64_t *row)
{
	const struct tt_addr a = {row[0], row[1]};

	if (TT_LIKELY(tt_addr_is_v4(a)))
		return 1 + (a.lo & 0xffffffff);
	if (a.hi == 0)
		return a.lo < TT_ADDR_V4_PREFIX ? 0 : (UINT64_C(1) << 32) + 1;
	return (UINT64_C(1) << 32) + 2 + (a.hi >> 1);
}

void
tt_store_sort(const struct tt_store *s, bool by_address, struct tt_sort_item *items,
		struct tt_sort_item *scratch)
{
	static int (*const compares[])(const void *a, const void *b) = {
			NULL, NULL, compare_2, compare_3, compare_4};

	for (uint32_t i = 0; i < s->n; i++) {
		const uint64_t *row = tt_store_row(s, i);

		items[i] = (struct tt_sort_item){
				.prefix = by_address ? address_prefix(row) : row[0],
				.ref = row};
	}
	tt_sort(items, scratch, s->n, compares[s->n_keys]);
}
