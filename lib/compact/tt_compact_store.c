/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_compact_slots.h"

#include <errno.h>
#include <string.h>

#define ROOM_MIN  64
#define SLOTS_MIN 256

/* The most room that is asked for before there are rows. */
#define EXPECTED_BYTES (UINT64_C(512) << 20)

/* So many rows ahead their slots are fetched. */
#define AHEAD 32

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

static uint64_t
rows_bytes(const struct tt_store *s, uint64_t room)
{
	return room * s->width * sizeof(*s->rows);
}

void
tt_store_fini(struct tt_store *s)
{
	tt_mem_free(s->mem, s->rows, rows_bytes(s, s->room));
	tt_mem_free(s->mem, s->slots, s->n_slots * sizeof(*s->slots));
	*s = (struct tt_store){0};
}

/* Enters the rows, whose slots are all free. */
static void
place_all(struct tt_store *s)
{
	uint64_t hashes[AHEAD] = {0}, mask = s->n_slots - 1;

	for (uint64_t i = 0; i < (uint64_t)s->n + AHEAD; i++) {
		uint64_t *hash = &hashes[i % AHEAD], at = *hash & mask;

		while (i >= AHEAD && s->slots[at] != 0)
			at = (at + 1) & mask;
		if (i >= AHEAD)
			s->slots[at] = tt_store_slot_make(s, *hash, (uint32_t)i - AHEAD);
		if (i >= s->n)
			continue;
		*hash = tt_store_hash(s, tt_store_row(s, (uint32_t)i), s->n_keys, 1);
		__builtin_prefetch(&s->slots[*hash & mask], 1);
	}
}

/* Moves the rows to where `room` of them fit. */
static int
move_rows(struct tt_store *s, uint64_t room)
{
	uint64_t *rows = tt_mem_alloc(s->mem, rows_bytes(s, room), "rows");

	if (rows == NULL)
		return -ENOMEM;
	if (s->n > 0)
		memcpy(rows, s->rows, rows_bytes(s, s->n));
	tt_mem_free(s->mem, s->rows, rows_bytes(s, s->room));
	s->rows = rows;
	s->room = (uint32_t)room;
	return 0;
}

static int
make_slots(struct tt_store *s, uint64_t n_slots)
{
	uint32_t *slots = tt_mem_alloc(s->mem, n_slots * sizeof(*slots), "rows");

	if (slots == NULL)
		return -ENOMEM;
	tt_mem_free(s->mem, s->slots, s->n_slots * sizeof(*s->slots));
	s->slots = slots;
	s->n_slots = n_slots;
	place_all(s);
	return 0;
}

int
tt_store_reserve(struct tt_store *s, uint32_t more)
{
	uint64_t n = s->n + (uint64_t)more, room = s->room == 0 ? ROOM_MIN : s->room;
	uint64_t n_slots = s->n_slots == 0 ? SLOTS_MIN : s->n_slots;
	int ret = 0;

	if (TT_LIKELY(n <= s->room && 4 * n <= TT_STORE_FULL * s->n_slots))
		return 0;
	while (room < n)
		room *= 2;
	while (4 * n > TT_STORE_FULL * n_slots)
		n_slots *= 2;
	if (room > UINT32_MAX / 4)
		return -ENOMEM;
	if (room > s->room)
		ret = move_rows(s, room);
	if (ret == 0 && n_slots > s->n_slots)
		ret = make_slots(s, n_slots);
	return ret;
}

void
tt_store_expect(struct tt_store *s, uint64_t n)
{
	uint64_t most = EXPECTED_BYTES / rows_bytes(s, 1);

	if (n > most)
		n = most;
	/* Where there is no such room, the store grows as rows come. */
	if (n > s->room)
		(void)move_rows(s, n);
}

static const uint64_t first_values[] = {
		[TT_STORE_SUM] = 0,
		[TT_STORE_MIN] = INT64_MAX,
		[TT_STORE_MAX] = (uint64_t)INT64_MIN,
		[TT_STORE_NONE] = 0,
};

uint32_t
tt_store_append(struct tt_store *s, uint64_t at, uint64_t hash, const uint64_t *key,
		size_t step)
{
	uint64_t *row = tt_store_row(s, s->n);

	for (unsigned i = 0; i < s->n_keys; i++)
		row[i] = key[i * step];
	for (unsigned i = 0; i < s->n_values; i++)
		row[s->n_keys + i] = first_values[s->ops[i]];
	s->slots[at] = tt_store_slot_make(s, hash, s->n);
	return s->n++;
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
	if (s->n_slots == 0)
		return;
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
