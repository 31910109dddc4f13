/* SPDX-License-Identifier: BSD-3-Clause */
/* Distinct integers and the bounds of texts, against what a plain loop finds. */
#include "parquet_rows.h"

#include "tt_parquet_dictionary.h"
#include "tt_thrift.h"

#define N_INTS  3000
#define N_TEXTS 24

static uint64_t
draw(uint64_t *random)
{
	return tt_hash_mix(++*random);
}

/* Most of them small, as counts are; others around the 4,096th from the least on, or anywhere. */
static int64_t
next_value(uint64_t *random, int64_t low)
{
	const uint64_t r = draw(random);

	switch (r % 8) {
	case 0:
		return low + 4090 + (int64_t)(r / 8 % 12);
	case 1:
		return low + (int64_t)(r >> 34);
	case 2:
		return low + 1000000 * (int64_t)(r / 8 % 3);
	default:
		return low + (int64_t)(r / 8 % 50);
	}
}

static uint32_t
index_of(const int64_t *values, uint32_t n, int64_t value)
{
	uint32_t i = 0;

	while (i < n && values[i] != value)
		i++;
	return i;
}

static void
distinct_integers_come_in_the_order_of_their_first_rows(void **state)
{
	static const int64_t lows[] = {0, 1, -5, INT32_MIN, INT64_MIN, (int64_t)1 << 40};
	static int64_t values[N_INTS], distinct[N_INTS];
	struct tt_parquet_ints ints = {0};
	uint64_t random = 5;

	for (unsigned k = 0; k < 8 * TT_ARRAY_SIZE(lows); k++) {
		const size_t rows = k % 4 == 0 ? 40 : N_INTS;
		uint32_t n = 0;

		for (size_t i = 0; i < rows; i++)
			values[i] = next_value(&random, lows[k / 8]);
		assert_int_equal(
				tt_parquet_ints_index(&ints, values, true, rows, 1 << 16),
				1);
		for (size_t i = 0; i < rows; i++) {
			const uint32_t at = index_of(distinct, n, values[i]);

			if (at == n)
				distinct[n++] = values[i];
			assert_int_equal(ints.indices[i], at);
		}
		assert_int_equal(ints.n, n);
		assert_memory_equal(ints.values, distinct, n * sizeof(distinct[0]));
		assert_int_equal(tt_parquet_ints_index(&ints, values, true, rows, n), 1);
		assert_int_equal(tt_parquet_ints_index(&ints, values, true, rows, n - 1),
				0);
	}
	tt_parquet_ints_fini(&ints);
}

/* Of few letters, so that many begin alike and some are the beginning of others; é is of two bytes above 127. */
static void
next_text(uint64_t *random, char text[64])
{
	static const char *const letters[] = {"a", "\x01", "\x7f", "é"};
	unsigned n = (unsigned)(draw(random) % 3 * 4 + draw(random) % 4);

	text[0] = '\0';
	for (unsigned i = 0; i < n; i++)
		strcat(text, letters[i < 6 ? 0 : draw(random) % 4]);
	if (draw(random) % 3 == 0)
		strcat(text, letters[draw(random) % 4]);
}

/* The bounds of a column, as the file will have them. */
static void
get_bounds(const struct tt_parquet_writer *writer, struct tt_parquet_buffer *buffer,
		struct tt_thrift_bytes *min, struct tt_thrift_bytes *max)
{
	struct tt_thrift_out out = {.buffer = buffer};
	struct tt_thrift_field field = {0}, outer = {0};
	struct tt_thrift_in in;

	buffer->size = 0;
	tt_thrift_begin(&out);
	tt_parquet_put_statistics(writer, PLACE, &out, 12);
	tt_thrift_end(&out);
	in = (struct tt_thrift_in){
			.at = buffer->bytes, .end = buffer->bytes + buffer->size};
	assert_true(tt_thrift_next(&in, &outer));
	assert_int_equal(outer.id, 12);
	while (tt_thrift_next(&in, &field)) {
		if (field.id == 5)
			*max = tt_thrift_get_binary(&in, field.type);
		else if (field.id == 6)
			*min = tt_thrift_get_binary(&in, field.type);
		else
			tt_thrift_skip(&in, field.type);
	}
	assert_null(in.why);
}

static void
assert_text(struct tt_thrift_bytes bytes, const char *text)
{
	assert_int_equal(bytes.size, strlen(text));
	assert_memory_equal(bytes.bytes, text, bytes.size);
}

/* strcmp compares by unsigned byte, too. */
static void
bounds_of_texts_are_the_first_and_the_last(void **state)
{
	struct tt_parquet_buffer buffer = {0};
	uint64_t random = 11;

	for (unsigned k = 0; k < 2000; k++) {
		struct tt_parquet_writer *writer = create(*state);
		char texts[N_TEXTS][64];
		const char *least = texts[0], *most = texts[0];
		struct tt_thrift_bytes min = {0}, max = {0};
		const unsigned n = 1 + k % N_TEXTS;
		struct tt_error err;

		tt_parquet_fix_int(writer, NUMBER, 1);
		tt_parquet_fix_int(writer, BIG, 1);
		tt_parquet_fix_int(writer, TIME, 1);
		tt_parquet_fix_text(writer, UNIQUE, "");
		for (unsigned i = 0; i < n; i++) {
			next_text(&random, texts[i]);
			least = strcmp(texts[i], least) < 0 ? texts[i] : least;
			most = strcmp(texts[i], most) > 0 ? texts[i] : most;
			tt_parquet_set_text(writer, PLACE, texts[i]);
			assert_int_equal(tt_parquet_end_row(writer, &err), 0);
		}
		get_bounds(writer, &buffer, &min, &max);
		assert_text(min, least);
		assert_text(max, most);
		finish(*state, writer);
	}
	tt_parquet_buffer_fini(&buffer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(distinct_integers_come_in_the_order_of_their_first_rows),
			TEST(bounds_of_texts_are_the_first_and_the_last),
	};

	return cmocka_run_group_tests_name("parquet_distinct", tests, NULL, NULL);
}
