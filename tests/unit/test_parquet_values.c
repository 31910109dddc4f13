/* SPDX-License-Identifier: BSD-3-Clause */
/* The ways to give values to a writer: whichever is taken, the file is the same; and large integers fit wherever they come. */
#include "parquet_rows.h"

/* Values of 300 rows, all of 32 bits but that of row `at`. */
static int64_t
mostly_small(int64_t i, int64_t at)
{
	if (i == at)
		return (int64_t)INT32_MIN - 1;
	return i % 2 == 0 ? INT32_MIN : INT32_MAX - i;
}

static void
write_mostly_small(struct files *files, int64_t at, bool at_once, size_t group_rows,
		uint32_t dictionary)
{
	struct tt_parquet_writer *writer = create(files);
	const int64_t step = at_once ? 2 : 1;
	struct tt_error err;

	writer->limits.group_rows = group_rows;
	writer->limits.dictionary_values = dictionary;
	tt_parquet_fix_int(writer, NUMBER, -1);
	tt_parquet_fix_int(writer, TIME, INT64_MAX);
	tt_parquet_fix_text(writer, PLACE, "a");
	tt_parquet_fix_text(writer, UNIQUE, "");
	for (int64_t i = 0; i < 300; i += step) {
		int64_t big[2] = {mostly_small(i, at), mostly_small(i + 1, at)};
		const int32_t small[2] = {(int32_t)big[0], (int32_t)big[1]};

		if (at_once && small[0] == big[0] && small[1] == big[1])
			tt_parquet_set_ints32(writer, BIG, small, 2);
		else if (at_once)
			tt_parquet_set_ints(writer, BIG, big, 2);
		else if (i % 3 == 0)
			tt_parquet_repeat_int(writer, BIG, big[0], 1);
		else
			tt_parquet_set_int(writer, BIG, big[0]);
		assert_int_equal(tt_parquet_end_rows(writer, (size_t)step, &err), 0);
	}
	finish(files, writer);
}

static void
assert_mostly_small(const struct files *files, int64_t at)
{
	struct tt_parquet_reader *reader;
	struct tt_error err;
	int64_t i = 0;

	assert_int_equal(tt_parquet_open_memory(
					 &reader, files->bytes, files->size, "t", &err),
			0);
	for (; tt_parquet_next(reader, &err) == 1; i++) {
		assert_int_equal(tt_parquet_get_int(reader, BIG), mostly_small(i, at));
		assert_int_equal(tt_parquet_get_int(reader, TIME), INT64_MAX);
	}
	assert_int_equal(i, 300);
	tt_parquet_close(reader);
}

/* They are held in 32 bits until one needs 64, wherever it comes. */
static void
a_large_integer_after_small_ones_survives(void **state)
{
	static const int64_t places[] = {0, 1, 62, 63, 64, 65, 99, 100, 101, 299, 300};

	for (unsigned i = 0; i < 8 * TT_ARRAY_SIZE(places); i++) {
		write_mostly_small(*state, places[i / 8], i % 2 != 0,
				i % 4 < 2 ? 100 : 1000, i % 8 < 4 ? 10 : 1000);
		assert_mostly_small(*state, places[i / 8]);
	}
}

/* Those of 64 bits come first, last, and where the columns have no more room. */
static void
large_integers_fit_wherever_they_come(void **state)
{
	static const int64_t places[] = {0, 1, 62, 63, 64, 65, 255, 256, 257, 999};

	for (unsigned k = 0; k < TT_ARRAY_SIZE(places); k++) {
		struct tt_parquet_writer *writer = create(*state);
		struct tt_parquet_reader *reader;
		struct tt_error err;

		tt_parquet_fix_int(writer, NUMBER, 1);
		for (int64_t i = 0; i < 1000; i++) {
			struct tt_parquet_row row;

			tt_parquet_row_begin(&row, writer, BIG);
			tt_parquet_row_int(&row, mostly_small(i, places[k]));
			tt_parquet_row_int(&row, INT64_MIN + i);
			tt_parquet_set_text(writer, tt_parquet_row_step(&row), "a");
			tt_parquet_set_text(writer, tt_parquet_row_step(&row), "b");
			assert_int_equal(tt_parquet_row_end(&row, &err), 0);
		}
		finish(*state, writer);
		assert_int_equal(tt_parquet_open_memory(&reader,
						 ((struct files *)*state)->bytes,
						 ((struct files *)*state)->size, "t",
						 &err),
				0);
		for (int64_t i = 0; i < 1000; i++) {
			assert_int_equal(tt_parquet_next(reader, &err), 1);
			assert_int_equal(tt_parquet_get_int(reader, BIG),
					mostly_small(i, places[k]));
			assert_int_equal(tt_parquet_get_int(reader, TIME), INT64_MIN + i);
		}
		tt_parquet_close(reader);
	}
}

enum how {
	PLAIN_VALUES,
	SHORT_CUTS,
	ROWS_AT_ONCE,
	ROWS_AS_BEFORE, /* the same, but for the first of a text */
	FROM_LEFT_TO_RIGHT, /* tt_parquet_row.h */
};

/* Row i, whose number is fixed. */
static void
put_from_left_to_right(struct tt_parquet_writer *writer, int64_t i, uint64_t code,
		const char *text)
{
	struct tt_parquet_row row;
	struct tt_error err;

	tt_parquet_row_begin(&row, writer, BIG);
	tt_parquet_row_int(&row, i);
	tt_parquet_row_int(&row, i / 7);
	if ((i % 3 == 0 || !tt_parquet_row_same(&row))
			&& !tt_parquet_row_code(&row, code))
		tt_parquet_set_coded(writer, tt_parquet_row_step(&row), code, text);
	if (!tt_parquet_row_code(&row, 0))
		tt_parquet_set_coded(writer, tt_parquet_row_step(&row), 0, "all rows");
	assert_int_equal(tt_parquet_row_end(&row, &err), 0);
}

/* Gives `most` rows, or fewer, a text. Returns how many; 0 where it is not known. */
static size_t
repeat_text(struct tt_parquet_writer *writer, enum how how, int64_t i, size_t most,
		uint64_t code)
{
	size_t left = tt_parquet_rows_left(writer);

	if (how == ROWS_AS_BEFORE && i % 3 != 0)
		return tt_parquet_repeat_same(writer, PLACE, most);
	most = most > left ? left : most;
	return tt_parquet_repeat_code(writer, PLACE, code, most) ? most : 0;
}

/* Rows from number i on, at most n of them, that have one text. Returns how many. */
static int64_t
put_rows_at_once(struct tt_parquet_writer *writer, enum how how, int64_t i, int64_t n,
		uint64_t code, const char *text)
{
	int64_t big[3] = {i, i + 1, i + 2}, time[3] = {i / 7, (i + 1) / 7, (i + 2) / 7};
	size_t rows = 3 - (size_t)i % 3;
	struct tt_error err;

	rows = (int64_t)rows > n ? (size_t)n : rows;
	rows = repeat_text(writer, how, i, rows, code);
	if (rows == 0) {
		rows = 1;
		tt_parquet_set_coded(writer, PLACE, code, text);
	}
	tt_parquet_set_ints(writer, BIG, big, rows);
	tt_parquet_set_ints(writer, TIME, time, rows);
	tt_parquet_repeat_int(writer, NUMBER, -7, rows);
	assert_int_equal(tt_parquet_end_rows(writer, rows, &err), 0);
	return (int64_t)rows;
}

/* Rows of one number, texts by code, three times the same, and one text; by the calls for any values, or by those for
 * such ones. */
static void
write_coded_rows(struct files *files, enum how how, int64_t n, size_t group_rows,
		size_t group_bytes, uint32_t dictionary)
{
	struct tt_parquet_writer *writer = create(files);
	struct tt_error err;

	writer->limits.group_rows = group_rows;
	writer->limits.group_bytes = group_bytes;
	writer->limits.page_bytes = dictionary < 100 ? 200 : writer->limits.page_bytes;
	writer->limits.dictionary_values = dictionary;
	if (how == SHORT_CUTS || how == FROM_LEFT_TO_RIGHT)
		tt_parquet_fix_int(writer, NUMBER, -7);
	if (how >= SHORT_CUTS && how <= ROWS_AS_BEFORE)
		tt_parquet_fix_text(writer, UNIQUE, "all rows");
	for (int64_t i = 0; i < n; i++) {
		uint64_t code = tt_hash_mix((uint64_t)i / 3) % 5000;
		char text[24];

		snprintf(text, sizeof(text), "text %u", (unsigned)code % 4000);
		if (how == ROWS_AT_ONCE || how == ROWS_AS_BEFORE) {
			i += put_rows_at_once(writer, how, i, n - i, code, text) - 1;
			continue;
		}
		if (how == FROM_LEFT_TO_RIGHT) {
			put_from_left_to_right(writer, i, code, text);
			continue;
		}
		tt_parquet_set_int(writer, BIG, i);
		tt_parquet_set_int(writer, TIME, i / 7);
		if (how == PLAIN_VALUES) {
			tt_parquet_set_int(writer, NUMBER, -7);
			tt_parquet_set_text(writer, UNIQUE, "all rows");
			tt_parquet_set_text(writer, PLACE, text);
		} else if (i % 3 == 0 || !tt_parquet_set_same(writer, PLACE)) {
			if (!tt_parquet_set_code(writer, PLACE, code))
				tt_parquet_set_coded(writer, PLACE, code, text);
		}
		assert_int_equal(tt_parquet_end_row(writer, &err), 0);
	}
	finish(files, writer);
}

static void
coded_and_fixed_values_give_the_same_bytes(void **state)
{
	static const struct {
		int64_t rows;
		size_t group_rows, group_bytes;
		uint32_t dictionary;
	} cases[] = {{0, 100, 1000, 100}, {1, 100, 1000, 100}, {9, 100, 1000, 100},
			{5000, 1 << 20, 1 << 20, 1 << 16}, {5000, 700, 1 << 20, 1 << 16},
			{5000, 700, 1 << 20, 50}, {5000, 1 << 20, 9000, 1 << 16},
			{5000, 1 << 20, 9000, 50}};
	struct files *files = *state;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		struct tt_parquet_result plain;

		write_coded_rows(files, PLAIN_VALUES, cases[i].rows, cases[i].group_rows,
				cases[i].group_bytes, cases[i].dictionary);
		plain = files->result;
		for (enum how how = SHORT_CUTS; how <= FROM_LEFT_TO_RIGHT; how++) {
			write_coded_rows(files, how, cases[i].rows, cases[i].group_rows,
					cases[i].group_bytes, cases[i].dictionary);
			assert_int_equal(files->result.rows, cases[i].rows);
			assert_string_equal(files->result.sha256, plain.sha256);
		}
	}
}

/* What to set a text by that each of three rows has, one after the other. */
enum order {
	ANY_ORDER,
	NEW_OR_SAME,
	NEW_OR_CODED,
	N_ORDERS
};

static void
put_ordered_text(struct tt_parquet_writer *writer, enum order order, int64_t i,
		const char *text)
{
	const uint64_t code = (uint64_t)i / 3;

	if (order == ANY_ORDER)
		tt_parquet_set_text(writer, PLACE, text);
	else if (order == NEW_OR_SAME
			&& (i % 3 == 0 || !tt_parquet_set_same(writer, PLACE)))
		tt_parquet_set_new(writer, PLACE, text);
	else if (order == NEW_OR_CODED && !tt_parquet_set_code(writer, PLACE, code))
		tt_parquet_set_coded_new(writer, PLACE, code, text);
}

/* Rows in order of a text, of which each has three; by the calls for any text, or for such ones. */
static void
write_ordered_rows(struct files *files, enum order order, size_t group_bytes,
		uint32_t dictionary)
{
	struct tt_parquet_writer *writer = create(files);
	struct tt_error err;

	writer->limits.group_bytes = group_bytes;
	writer->limits.dictionary_values = dictionary;
	tt_parquet_fix_int(writer, NUMBER, 1);
	tt_parquet_fix_text(writer, UNIQUE, "");
	for (int64_t i = 0; i < 3000; i++) {
		char text[24];

		snprintf(text, sizeof(text), "source %lld", (long long)(i / 3));
		tt_parquet_set_int(writer, BIG, i);
		tt_parquet_set_int(writer, TIME, 0);
		put_ordered_text(writer, order, i, text);
		assert_int_equal(tt_parquet_end_row(writer, &err), 0);
	}
	finish(files, writer);
}

static void
new_texts_and_same_ones_give_the_same_bytes(void **state)
{
	static const struct {
		size_t group_bytes;
		uint32_t dictionary;
	} cases[] = {{1 << 20, 1 << 16}, {1 << 20, 50}, {9000, 1 << 16}, {9000, 50}};
	struct files *files = *state;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		struct tt_parquet_result plain;

		write_ordered_rows(files, ANY_ORDER, cases[i].group_bytes,
				cases[i].dictionary);
		plain = files->result;
		for (enum order order = ANY_ORDER; order < N_ORDERS; order++) {
			write_ordered_rows(files, order, cases[i].group_bytes,
					cases[i].dictionary);
			assert_int_equal(files->result.rows, 3000);
			assert_string_equal(files->result.sha256, plain.sha256);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(a_large_integer_after_small_ones_survives),
			TEST(coded_and_fixed_values_give_the_same_bytes),
			TEST(new_texts_and_same_ones_give_the_same_bytes),
			TEST(large_integers_fit_wherever_they_come),
	};

	return cmocka_run_group_tests_name("parquet_values", tests, NULL, NULL);
}
