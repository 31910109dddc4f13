/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Distinct values of a column in the order in which they first appear, found by open
 * addressing, so that the same rows give the same dictionary. Internal to the room; one
 * thread; heap memory that is kept from one row group to the next.
 *
 * Texts are entered as they come, because they must be copied anyway. Integers are held as
 * they are, and entered when their row group is written: the table of one column at a time
 * then stays in the cache.
 */
#ifndef TT_PARQUET_DICTIONARY_H
#define TT_PARQUET_DICTIONARY_H

#include "tt_hash.h"
#include "tt_parquet_buffer.h"

#define TT_PARQUET_DICTIONARY_VALUES (1U << 16)
#define TT_PARQUET_DICTIONARY_BYTES  (2U << 20)

/* So many bytes behind the start of a text, even an empty one, are there to be read. */
#define TT_PARQUET_TEXT_BEHIND 8

struct tt_parquet_slots {
	uint32_t *slots; /* [n] index + 1 of a value, 0: free */
	size_t n; /* of texts, a power of two */
};

struct tt_parquet_texts {
	struct tt_parquet_buffer entries; /* in PLAIN encoding: length, then bytes */
	struct tt_parquet_buffer offsets; /* uint32_t of each entry */
	struct tt_parquet_slots slots;
	struct tt_hash_seed
			seed; /* of the slots, drawn with the first: addresses can be chosen */
	uint32_t n; /* entries */
	uint32_t last; /* the one that was found last, which often comes again */
	bool distinct; /* false once over the limit: every text then is an entry */
};

/* Empties; also to be called before the first use of zeroed memory. */
void tt_parquet_texts_reset(struct tt_parquet_texts *texts);
void tt_parquet_texts_fini(struct tt_parquet_texts *texts);

/*
 * Enters a text of n bytes, unless it is there already; max_entries bounds the dictionary.
 * Returns 0 with its index, -ENOMEM, or -EILSEQ for what is not UTF-8.
 */
int tt_parquet_texts_add(struct tt_parquet_texts *texts, const char *text, size_t n,
		uint32_t max_entries, uint32_t *index) TT_MUST_CHECK;

/* The same for a text that is not there. It is not found by the former afterwards. */
int tt_parquet_texts_add_new(struct tt_parquet_texts *texts, const char *text, size_t n,
		uint32_t max_entries, uint32_t *index) TT_MUST_CHECK;

/* Entry i: its bytes in PLAIN encoding; the text follows the four bytes of its length. */
static inline const uint8_t *
tt_parquet_texts_entry(const struct tt_parquet_texts *texts, uint32_t i, uint32_t *length)
{
	const uint8_t *entry = texts->entries.bytes
			+ ((const uint32_t *)(const void *)texts->offsets.bytes)[i];

	*length = (uint32_t)tt_parquet_get_le(entry, 4);
	return entry;
}

struct tt_parquet_ints {
	int64_t *values; /* [n] */
	uint32_t *indices; /* [rows] */
	size_t values_capacity, indices_capacity;
	struct tt_parquet_slots slots;
	struct tt_hash_seed
			seed; /* of the slots, drawn with the first rows: addresses can be chosen */
	uint32_t n;
	int64_t low, high; /* the least and the greatest of the rows */
};

/* Value i of a column that is held in 64 bits, or else in 32. */
static inline int64_t
tt_parquet_int_at(const void *values, bool wide, size_t i)
{
	return wide ? ((const int64_t *)values)[i] : ((const int32_t *)values)[i];
}

void tt_parquet_ints_fini(struct tt_parquet_ints *ints);

/*
 * Finds the distinct ones of the values [rows], as tt_parquet_int_at has them, and the index of each,
 * rows being at least 1, and their bounds. Where all are equal, which many columns are, indices are not
 * written. Returns 1, 0 where there are more than max, or -ENOMEM.
 */
int tt_parquet_ints_index(struct tt_parquet_ints *ints, const void *values, bool wide,
		size_t rows, uint32_t max) TT_MUST_CHECK;

#endif
