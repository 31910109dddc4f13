/* SPDX-License-Identifier: BSD-3-Clause */
/* Runs of indices against a plain encoder, bit by bit, and read again, those of other writers as well. */
#include "tt_hash.h"
#include "tt_parquet_buffer.h"
#include "tt_parquet_rle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define VALUES 300

static void
plain_packed(struct tt_parquet_buffer *out, const uint32_t *values, size_t n,
		unsigned width)
{
	const size_t groups = (n + 7) / 8;

	if (n == 0)
		return;
	tt_parquet_buffer_varint(out, groups << 1 | 1);
	for (size_t byte = 0; byte < groups * width; byte++) {
		uint8_t bits = 0;

		for (size_t bit = byte * 8; bit < byte * 8 + 8; bit++)
			if (bit / width < n
					&& (values[bit / width] >> bit % width & 1) != 0)
				bits |= (uint8_t)(1 << bit % 8);
		tt_parquet_buffer_byte(out, bits);
	}
}

static void
plain_put(struct tt_parquet_buffer *out, const uint32_t *values, size_t n, unsigned width)
{
	size_t from = 0, at = 0, length;

	for (; at < n; at += length) {
		for (length = 1; at + length < n && values[at + length] == values[at];)
			length++;
		if (length < 8) {
			length = 8;
			continue;
		}
		plain_packed(out, values + from, at - from, width);
		tt_parquet_buffer_varint(out, length << 1);
		for (unsigned i = 0; i < (width + 7) / 8; i++)
			tt_parquet_buffer_byte(out, (uint8_t)(values[at] >> 8 * i));
		from = at + length;
	}
	plain_packed(out, values + from, n - from, width);
}

static void
assert_same(const uint32_t *values, size_t n, unsigned width)
{
	struct tt_parquet_buffer out = {0}, plain = {0};
	struct tt_parquet_rle_in in;
	uint32_t again[VALUES];

	tt_parquet_rle_put(&out, values, n, width);
	plain_put(&plain, values, n, width);
	assert_int_equal(out.size, plain.size);
	assert_memory_equal(out.bytes, plain.bytes, plain.size);
	/* Readers may look at up to eight bytes behind the end. */
	assert_true(tt_parquet_buffer_reserve(&out, sizeof(uint64_t)));
	tt_parquet_rle_start(&in, out.bytes, out.bytes + out.size, width);
	assert_true(tt_parquet_rle_take(&in, again, n));
	assert_memory_equal(again, values, n * sizeof(*values));
	tt_parquet_buffer_fini(&out);
	tt_parquet_buffer_fini(&plain);
}

/* Runs of 1 to 20 values that are not all different, so that they begin and end anywhere in a group. */
static void
indices_of_each_width_are_put_as_a_plain_encoder_does(void **state)
{
	for (unsigned i = 0; i < 32 * 60; i++) {
		const unsigned width = 1 + i % 32;
		uint32_t values[VALUES];
		uint64_t random = tt_hash_mix(i + 1);
		const size_t n = 1 + random % VALUES;
		size_t at = 0;

		while (at < n) {
			size_t run = 1;

			random = tt_hash_mix(random + 1);
			if (random % 8 == 0)
				run += random / 8 % 20;
			for (; run > 0 && at < n; run--)
				values[at++] = (uint32_t)(random >> 32) >> (32 - width);
		}
		assert_same(values, n, width);
	}
}

/* What packs a group writes up to four bytes behind it: there must be room where a run ends with the buffer. */
static void
the_last_group_has_room_behind_it(void **state)
{
	struct tt_parquet_buffer out = {0};
	uint32_t values[120]; /* 15 groups of 17 bytes, and one byte before them: 256 */

	for (unsigned i = 0; i < TT_ARRAY_SIZE(values); i++)
		values[i] = i;
	tt_parquet_rle_put(&out, values, TT_ARRAY_SIZE(values), 17);
	assert_int_equal(out.size, 256);
	assert_true(out.capacity >= out.size + sizeof(uint32_t));
	tt_parquet_buffer_fini(&out);
}

/* All rows of a page have the first entry: as any indices are put. */
static void
zeros_are_put_as_indices_are(void **state)
{
	static const uint32_t zeros[20];

	for (size_t n = 1; n <= TT_ARRAY_SIZE(zeros); n++) {
		struct tt_parquet_buffer out = {0}, wanted = {0};

		tt_parquet_rle_put_zeros(&out, n, 1);
		tt_parquet_rle_put(&wanted, zeros, n, 1);
		assert_int_equal(out.size, wanted.size);
		assert_memory_equal(out.bytes, wanted.bytes, wanted.size);
		tt_parquet_buffer_fini(&out);
		tt_parquet_buffer_fini(&wanted);
	}
}

/* Every index width, with repeated runs and odd lengths. */
static void
indices_survive_run_length_coding(void **state)
{
	uint32_t values[1003], taken[1003], value;

	for (unsigned width = 1; width <= 32; width++) {
		struct tt_parquet_buffer out = {0};
		struct tt_parquet_rle_in in;

		for (unsigned i = 0; i < TT_ARRAY_SIZE(values); i++)
			values[i] = (uint32_t)tt_hash_mix(i % 50 < 20 ? i / 50 : i)
					>> (32 - width);
		tt_parquet_rle_put(&out, values, TT_ARRAY_SIZE(values), width);
		tt_parquet_buffer_append(&out, "\0\0\0\0\0\0\0", 8);
		tt_parquet_rle_start(&in, out.bytes, out.bytes + out.size - 8, width);
		for (unsigned i = 0; i < TT_ARRAY_SIZE(values); i++) {
			assert_true(tt_parquet_rle_next(&in, &value));
			assert_int_equal(value, values[i]);
		}
		assert_ptr_equal(in.at, in.end);
		/* The same by pieces of every length. */
		tt_parquet_rle_start(&in, out.bytes, out.bytes + out.size - 8, width);
		for (unsigned i = 0, n = 0; i < TT_ARRAY_SIZE(values); i += n, n++) {
			if (n > TT_ARRAY_SIZE(values) - i)
				n = TT_ARRAY_SIZE(values) - i;
			assert_true(tt_parquet_rle_take(&in, taken, n));
			assert_memory_equal(taken, values + i, n * sizeof(*values));
		}
		assert_ptr_equal(in.at, in.end);
		tt_parquet_buffer_fini(&out);
	}
}

/* As other writers have them where a dictionary has one value: no bits, in runs of either kind. */
static void
indices_of_no_bits_are_zeros(void **state)
{
	/* 20 repeated, then two groups packed. */
	static const uint8_t bytes[2 + 8] = {20 << 1, 2 << 1 | 1};
	struct tt_parquet_rle_in in;
	uint32_t taken[36], value = 1;

	memset(taken, 0xff, sizeof(taken));
	tt_parquet_rle_start(&in, bytes, bytes + 2, 0);
	assert_true(tt_parquet_rle_take(&in, taken, 23));
	assert_false(tt_parquet_rle_same(&in, 1, &value));
	assert_true(tt_parquet_rle_take(&in, taken + 23, 13));
	for (unsigned i = 0; i < TT_ARRAY_SIZE(taken); i++)
		assert_int_equal(taken[i], 0);
	assert_false(tt_parquet_rle_take(&in, taken, 1));
}

static void
a_repeated_run_is_passed_over_at_once(void **state)
{
	/* 20 times 5, then 3 times 1, in 3 bits. */
	static const uint8_t bytes[4 + 8] = {20 << 1, 5, 3 << 1, 1};
	struct tt_parquet_rle_in in;
	uint32_t value = 0;

	tt_parquet_rle_start(&in, bytes, bytes + 4, 3);
	assert_true(tt_parquet_rle_same(&in, 18, &value));
	assert_int_equal(value, 5);
	assert_false(tt_parquet_rle_same(&in, 3, &value));
	assert_true(tt_parquet_rle_same(&in, 2, &value));
	assert_true(tt_parquet_rle_same(&in, 3, &value));
	assert_int_equal(value, 1);
	assert_false(tt_parquet_rle_same(&in, 1, &value));
}

/* A run of length 0 makes no sense; the bytes behind it would be one of 16 values. */
static void
nothing_is_read_behind_what_makes_no_sense(void **state)
{
	static const uint8_t bytes[3 + 8] = {0, 16 << 1, 3};
	struct tt_parquet_rle_in in;
	uint32_t taken[16], value;

	tt_parquet_rle_start(&in, bytes, bytes + 3, 8);
	assert_false(tt_parquet_rle_same(&in, 16, &value));
	assert_false(tt_parquet_rle_take(&in, taken, 16));
}

/* Encodings.md gives 0 to 7 at width 3 as an example. */
static void
bit_packing_is_that_of_the_format(void **state)
{
	static const uint32_t values[] = {0, 1, 2, 3, 4, 5, 6, 7};
	static const uint8_t expected[] = {0x03, 0x88, 0xc6, 0xfa};
	struct tt_parquet_buffer out = {0};

	tt_parquet_rle_put(&out, values, 8, 3);
	assert_int_equal(out.size, sizeof(expected));
	assert_memory_equal(out.bytes, expected, sizeof(expected));
	tt_parquet_buffer_fini(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					indices_of_each_width_are_put_as_a_plain_encoder_does),
			cmocka_unit_test(the_last_group_has_room_behind_it),
			cmocka_unit_test(zeros_are_put_as_indices_are),
			cmocka_unit_test(indices_survive_run_length_coding),
			cmocka_unit_test(indices_of_no_bits_are_zeros),
			cmocka_unit_test(a_repeated_run_is_passed_over_at_once),
			cmocka_unit_test(nothing_is_read_behind_what_makes_no_sense),
			cmocka_unit_test(bit_packing_is_that_of_the_format),
	};

	return cmocka_run_group_tests_name("parquet_rle", tests, NULL, NULL);
}
