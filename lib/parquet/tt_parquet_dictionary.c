/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_dictionary.h"

#include <errno.h>

#include "tt_hash_draw.h"
#include "tt_parquet_utf8.h"

#define SLOTS_MIN    64
#define LENGTH_BYTES 4 /* before a text, in PLAIN encoding */

/* Values from the least on that have slots of their own where the others are hashed: most counts are small,
 * and these slots stay in the first cache. */
#define NEAR 4096

/* Makes n slots at least, of which the first n are free. Nothing is lost where memory is short. */
static bool
slots_clear(struct tt_parquet_slots *slots, size_t n)
{
	if (slots->n < n) {
		uint32_t *more = malloc(n * sizeof(*more));

		if (more == NULL)
			return false;
		free(slots->slots);
		slots->slots = more;
		slots->n = n;
	}
	memset(slots->slots, 0, n * sizeof(*slots->slots));
	return true;
}

static uint64_t
hash_text(const struct tt_parquet_texts *texts, const uint8_t *text, size_t n)
{
	uint64_t hash = texts->seed.a ^ n, word;

	for (; n >= sizeof(word); n -= sizeof(word), text += sizeof(word)) {
		memcpy(&word, text, sizeof(word));
		hash = tt_hash_mix(hash ^ word) + 1;
	}
	word = 0;
	memcpy(&word, text, n);
	return tt_hash_mix(hash ^ word);
}

void
tt_parquet_texts_reset(struct tt_parquet_texts *texts)
{
	texts->entries.size = 0;
	texts->offsets.size = 0;
	texts->n = texts->last = 0;
	texts->distinct = true;
	if (texts->slots.slots != NULL)
		slots_clear(&texts->slots, texts->slots.n);
}

void
tt_parquet_texts_fini(struct tt_parquet_texts *texts)
{
	tt_parquet_buffer_fini(&texts->entries);
	tt_parquet_buffer_fini(&texts->offsets);
	free(texts->slots.slots);
	*texts = (struct tt_parquet_texts){0};
}

/* Enters the old entries again after the slots became more. */
static bool
texts_grow(struct tt_parquet_texts *texts)
{
	size_t n = texts->slots.n == 0 ? SLOTS_MIN : texts->slots.n * 2;
	uint32_t length;

	if (texts->slots.n == 0)
		texts->seed = tt_hash_draw();
	if (!slots_clear(&texts->slots, n))
		return false;
	for (uint32_t i = 0; i < texts->n; i++) {
		const uint8_t *entry = tt_parquet_texts_entry(texts, i, &length);
		size_t at = hash_text(texts, entry + 4, length) & (n - 1);

		while (texts->slots.slots[at] != 0)
			at = (at + 1) & (n - 1);
		texts->slots.slots[at] = i + 1;
	}
	return true;
}

static int
texts_append(struct tt_parquet_texts *texts, const char *text, size_t n, uint32_t *index)
{
	struct tt_parquet_buffer *entries = &texts->entries;
	uint32_t offset = (uint32_t)entries->size;
	uint8_t *at;

	if (!tt_parquet_utf8_valid((const uint8_t *)text, n))
		return -EILSEQ;
	TT_ASSERT(n <= UINT32_MAX && entries->size <= UINT32_MAX);
	if (!tt_parquet_buffer_reserve(entries, LENGTH_BYTES + n + TT_PARQUET_TEXT_BEHIND)
			|| !tt_parquet_buffer_reserve(&texts->offsets, sizeof(offset)))
		return -ENOMEM;
	at = entries->bytes + entries->size;
	tt_parquet_put_le(at, n, LENGTH_BYTES);
	memcpy(at + LENGTH_BYTES, text, n);
	entries->size += LENGTH_BYTES + n;
	tt_parquet_buffer_append(&texts->offsets, &offset, sizeof(offset));
	*index = texts->n++;
	return 0;
}

static bool
is_entry(const struct tt_parquet_texts *texts, uint32_t i, const char *text, size_t n)
{
	uint32_t length;
	const uint8_t *entry = tt_parquet_texts_entry(texts, i, &length);

	return length == n && memcmp(entry + 4, text, n) == 0;
}

/* The slot of the text: one that holds its index, or the free one where it belongs. */
static uint32_t *
texts_slot(const struct tt_parquet_texts *texts, const char *text, size_t n)
{
	size_t mask = texts->slots.n - 1;
	size_t at = hash_text(texts, (const uint8_t *)text, n) & mask;
	uint32_t *slots = texts->slots.slots;

	while (slots[at] != 0 && !is_entry(texts, slots[at] - 1, text, n))
		at = (at + 1) & mask;
	return &slots[at];
}

int
tt_parquet_texts_add_new(struct tt_parquet_texts *texts, const char *text, size_t n,
		uint32_t max_entries, uint32_t *index)
{
	int ret = texts_append(texts, text, n, index);

	if (ret < 0)
		return ret;
	texts->last = *index;
	texts->distinct = texts->distinct && texts->n <= max_entries
			&& texts->entries.size <= TT_PARQUET_DICTIONARY_BYTES;
	return 0;
}

int
tt_parquet_texts_add(struct tt_parquet_texts *texts, const char *text, size_t n,
		uint32_t max_entries, uint32_t *index)
{
	uint32_t *slot;
	int ret;

	if (!texts->distinct)
		return texts_append(texts, text, n, index);
	*index = texts->last;
	if (texts->n > 0 && is_entry(texts, texts->last, text, n))
		return 0;
	if (texts->n >= texts->slots.n / 2 && !texts_grow(texts))
		return -ENOMEM;
	slot = texts_slot(texts, text, n);
	if (*slot != 0) {
		*index = texts->last = *slot - 1;
		return 0;
	}
	ret = tt_parquet_texts_add_new(texts, text, n, max_entries, index);
	if (ret == 0)
		*slot = texts->n;
	return ret;
}

void
tt_parquet_ints_fini(struct tt_parquet_ints *ints)
{
	free(ints->values);
	free(ints->indices);
	free(ints->slots.slots);
	*ints = (struct tt_parquet_ints){0};
}

static bool
ints_reserve(struct tt_parquet_ints *ints, size_t rows, size_t values)
{
	if (ints->values == NULL)
		ints->seed = tt_hash_draw();
	if (ints->values_capacity < values) {
		free(ints->values);
		ints->values = malloc(values * sizeof(*ints->values));
		ints->values_capacity = ints->values == NULL ? 0 : values;
	}
	if (ints->indices_capacity < rows) {
		free(ints->indices);
		ints->indices = malloc(rows * sizeof(*ints->indices));
		ints->indices_capacity = ints->indices == NULL ? 0 : rows;
	}
	return ints->values != NULL && ints->indices != NULL;
}

static void
find_bounds64(struct tt_parquet_ints *ints, const int64_t *values, size_t rows)
{
	int64_t low = values[0], high = values[0];

	for (size_t i = 1; i < rows; i++) {
		low = values[i] < low ? values[i] : low;
		high = values[i] > high ? values[i] : high;
	}
	ints->low = low;
	ints->high = high;
}

static void
find_bounds32(struct tt_parquet_ints *ints, const int32_t *values, size_t rows)
{
	int32_t low = values[0], high = values[0];

	for (size_t i = 1; i < rows; i++) {
		low = values[i] < low ? values[i] : low;
		high = values[i] > high ? values[i] : high;
	}
	ints->low = low;
	ints->high = high;
}

/* A free slot, or the one that holds the value, of those behind the near ones. */
static inline uint32_t *
hashed_slot(const struct tt_parquet_ints *ints, size_t mask, int64_t value)
{
	uint32_t *slots = ints->slots.slots + NEAR;
	size_t at = tt_hash_place((uint64_t)value, 0, &ints->seed) & mask;

	while (slots[at] != 0 && ints->values[slots[at] - 1] != value)
		at = (at + 1) & mask;
	return &slots[at];
}

/* The slot of a value. mask: of the hashed ones; 0 where each value from the least on has its own. */
static inline __attribute__((always_inline)) uint32_t *
slot_of(const struct tt_parquet_ints *ints, size_t mask, int64_t value)
{
	const uint64_t above = (uint64_t)value - (uint64_t)ints->low;

	return mask == 0 || TT_LIKELY(above < NEAR) ? &ints->slots.slots[above]
						    : hashed_slot(ints, mask, value);
}

/* mask: as above. */
static inline __attribute__((always_inline)) int
index_values(struct tt_parquet_ints *ints, const void *values, bool wide, size_t rows,
		size_t most, size_t mask)
{
	for (size_t i = 0; i < rows; i++) {
		int64_t value = tt_parquet_int_at(values, wide, i);
		uint32_t *slot = slot_of(ints, mask, value);

		if (*slot == 0) {
			if (ints->n == most)
				return 0;
			ints->values[ints->n++] = value;
			*slot = ints->n;
		}
		ints->indices[i] = *slot - 1;
	}
	return 1;
}

/* The same, with code of its own for each width. */
static inline __attribute__((always_inline)) int
index_held(struct tt_parquet_ints *ints, const void *values, bool wide, size_t rows,
		size_t most, size_t mask)
{
	return wide ? index_values(ints, values, true, rows, most, mask)
		    : index_values(ints, values, false, rows, most, mask);
}

int
tt_parquet_ints_index(struct tt_parquet_ints *ints, const void *values, bool wide,
		size_t rows, uint32_t max)
{
	size_t most = rows < max ? rows : max, n_slots = SLOTS_MIN;
	uint64_t range;

	if (wide)
		find_bounds64(ints, values, rows);
	else
		find_bounds32(ints, values, rows);
	range = (uint64_t)ints->high - (uint64_t)ints->low;
	while (n_slots < most * 2)
		n_slots *= 2;
	ints->n = 0;
	if (!ints_reserve(ints, rows, most))
		return -ENOMEM;
	if (range == 0) {
		ints->values[ints->n++] = ints->low;
		return 1;
	}
	if (range < n_slots)
		return slots_clear(&ints->slots, range + 1)
				? index_held(ints, values, wide, rows, most, 0)
				: -ENOMEM;
	return slots_clear(&ints->slots, NEAR + n_slots)
			? index_held(ints, values, wide, rows, most, n_slots - 1)
			: -ENOMEM;
}
