/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The run-length and bit-packing hybrid that holds dictionary indices and definition levels
 * (apache/parquet-format, Encodings.md). Internal to the room; one thread; no memory of its
 * own beside the output buffer.
 */
#ifndef TT_PARQUET_RLE_H
#define TT_PARQUET_RLE_H

#include "tt_parquet_buffer.h"

/* Bits that hold every index below n (1 at least: not every reader takes width 0). */
unsigned tt_parquet_rle_width(size_t n);

/* Appends the values [n], each below 2^width. */
void tt_parquet_rle_put(struct tt_parquet_buffer *out, const uint32_t *values, size_t n,
		unsigned width);

/* The same of n times 0. */
void tt_parquet_rle_put_zeros(struct tt_parquet_buffer *out, size_t n, unsigned width);

struct tt_parquet_rle_in {
	const uint8_t *at, *end; /* eight readable bytes follow end */
	unsigned width; /* 0 to 32 */
	bool packed; /* the open run is bit-packed */
	uint64_t run_left; /* values left in the open run */
	uint32_t value; /* of a repeated run */
	uint64_t bit; /* of the open packed run: the next value's first bit, from packed_at */
	const uint8_t *packed_at;
};

/* Begins on the bytes from `at` to `end`. */
void tt_parquet_rle_start(struct tt_parquet_rle_in *in, const uint8_t *at,
		const uint8_t *end, unsigned width);

/* Reads n values. Returns false where the bytes end or make no sense. */
bool tt_parquet_rle_take(
		struct tt_parquet_rle_in *in, uint32_t *values, size_t n) TT_MUST_CHECK;

/*
 * Passes over n values, at least one, where one run repeats the same for all of them. Returns false
 * where it does not, or where the bytes hold no run: then nothing is passed over.
 */
bool tt_parquet_rle_same(
		struct tt_parquet_rle_in *in, size_t n, uint32_t *value) TT_MUST_CHECK;

/* Passes over n values. Returns false where the bytes end or make no sense. */
bool tt_parquet_rle_skip(struct tt_parquet_rle_in *in, size_t n) TT_MUST_CHECK;

/* Opens the next run; for tt_parquet_rle_next. Returns false where the bytes hold none. */
bool tt_parquet_rle_run(struct tt_parquet_rle_in *in);

/* Reads one value, as tt_parquet_rle_take does. Returns false where the bytes end or make no sense. */
static inline bool
tt_parquet_rle_next(struct tt_parquet_rle_in *in, uint32_t *value)
{
	uint64_t word;

	if (in->run_left == 0 && !tt_parquet_rle_run(in))
		return false;
	in->run_left--;
	if (!in->packed) {
		*value = in->value;
		return true;
	}
	word = tt_parquet_get_le(in->packed_at + in->bit / 8, 8);
	*value = (uint32_t)(word >> (in->bit % 8) & ((UINT64_C(1) << in->width) - 1));
	in->bit += in->width;
	return true;
}

#endif
