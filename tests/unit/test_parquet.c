/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows written and read back, and the encodings below them. */
#include "parquet_rows.h"

#include "tt_parquet_rle.h"
#include "tt_parquet_utf8.h"

#include <signal.h>
#include <sys/resource.h>

static void
rows_survive_the_file_and_back(void **state)
{
	static const int64_t sizes[] = {0, 1, 2, 7, 8, 9, 1000};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(sizes); i++) {
		write_rows(*state, sizes[i], 0, 0, 0);
		assert_rows(*state, sizes[i]);
	}
}

static void
many_row_groups_and_pages_survive(void **state)
{
	write_rows(*state, 1000, 64, 10, 0);
	assert_rows(*state, 1000);
	write_rows(*state, 128, 64, 64, 0);
	assert_rows(*state, 128);
	write_rows(*state, 300000, 131072, 0, 0);
	assert_rows(*state, 300000);
}

static void
a_dictionary_over_its_limit_falls_back_to_plain_values(void **state)
{
	static const uint32_t limits[] = {1, 2, 3, 100, 799, 800, 801, 999, 1000};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(limits); i++) {
		write_rows(*state, 1000, 0, 0, limits[i]);
		assert_rows(*state, 1000);
	}
}

/* Counts the texts that a batch has new, by text_id, and holds the others to be the same. */
struct known_texts {
	uint64_t id;
	const char *const *texts;
	char *copies[1000];
	unsigned n, changes;
};

static void
know_texts(struct known_texts *known, const struct tt_parquet_values *values)
{
	if (known->id != values->text_id) {
		for (unsigned i = 0; i < known->n; i++)
			free(known->copies[i]);
		known->n = values->n_texts;
		assert_true(known->n <= TT_ARRAY_SIZE(known->copies));
		for (unsigned i = 0; i < known->n; i++)
			known->copies[i] = strdup(values->texts[i]);
		known->id = values->text_id;
		known->changes++;
	}
	assert_int_equal(known->n, values->n_texts);
	for (unsigned i = 0; i < known->n; i++)
		assert_string_equal(known->copies[i], values->texts[i]);
}

/* Of 1,000 rows in groups of 500 and pages of 10: a dictionary is new once per row group, the
 * texts of pages without one are new in each batch. */
static void
texts_are_the_same_while_their_id_is(void **state)
{
	struct files *files = *state;
	struct known_texts place = {0}, unique = {0};
	struct tt_parquet_reader *reader;
	struct tt_parquet_batch batch;
	struct tt_error err = {0};
	unsigned batches = 0;
	int ret;

	write_rows(files, 1000, 500, 10, 5);
	assert_int_equal(tt_parquet_open_memory(
					 &reader, files->bytes, files->size, "t", &err),
			0);
	for (; (ret = tt_parquet_next_batch(reader, &batch, &err)) > 0; batches++) {
		know_texts(&place, &batch.columns[PLACE]);
		know_texts(&unique, &batch.columns[UNIQUE]);
		assert_int_not_equal(place.id, unique.id);
	}
	assert_int_equal(ret, 0);
	assert_int_equal(batches, 100);
	assert_int_equal(place.changes, 2);
	assert_true(unique.changes > 90);
	for (unsigned i = 0; i < place.n; i++)
		free(place.copies[i]);
	for (unsigned i = 0; i < unique.n; i++)
		free(unique.copies[i]);
	tt_parquet_close(reader);
}

static void
a_row_group_ends_at_its_bytes_too(void **state)
{
	struct tt_parquet_writer *writer = create(*state);
	struct tt_error err;

	writer->limits.group_bytes = 1000;
	for (int64_t i = 0; i < 500; i++)
		assert_int_equal(put_row(writer, i, &err), 0);
	assert_true(writer->n_groups > 10);
	finish(*state, writer);
	assert_rows(*state, 500);
}

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
	struct tt_parquet_row row = tt_parquet_row_begin(writer, BIG);
	struct tt_error err;

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

static void
a_fixed_value_that_does_not_fit_is_an_error_of_the_first_row(void **state)
{
	struct tt_parquet_writer *writer = create(*state);
	struct tt_error err;

	tt_parquet_fix_int(writer, NUMBER, INT64_C(1) << 31);
	tt_parquet_set_int(writer, BIG, 0);
	tt_parquet_set_int(writer, TIME, 0);
	tt_parquet_set_text(writer, PLACE, "");
	tt_parquet_set_text(writer, UNIQUE, "");
	assert_int_equal(tt_parquet_end_row(writer, &err), -ERANGE);
	assert_string_equal(err.why,
			"column number, row 0: the value needs more than 32 bits");
	tt_parquet_abandon(writer);
}

static void
a_file_is_read_by_its_path(void **state)
{
	struct files *files = *state;
	struct tt_parquet_reader *reader;
	struct tt_error err = {0};
	char path[128];

	write_rows(files, 10, 0, 0, 0);
	snprintf(path, sizeof(path), "%s/t.parquet", files->path);
	assert_int_equal(tt_parquet_open(&reader, path, &err), 0);
	assert_int_equal(tt_parquet_rows(reader), 10);
	assert_int_equal(tt_parquet_find_column(reader, "place"), PLACE);
	assert_int_equal(tt_parquet_find_column(reader, "plac"), -1);
	assert_string_equal(tt_parquet_metadata(reader, "sensor"), "s-1");
	assert_string_equal(tt_parquet_metadata(reader, "empty"), "");
	assert_null(tt_parquet_metadata(reader, "other"));
	for (int64_t i = 0; i < 10; i++) {
		assert_int_equal(tt_parquet_next(reader, &err), 1);
		assert_true(has_row(reader, i));
	}
	assert_int_equal(tt_parquet_next(reader, &err), 0);
	assert_int_equal(tt_parquet_next(reader, &err), 0);
	tt_parquet_close(reader);
	assert_int_equal(tt_parquet_open(&reader, "/nowhere/x", &err), -ENOENT);
	assert_string_equal(err.where, "/nowhere/x");
	assert_int_equal(tt_parquet_open(&reader, files->path, &err), -EBADMSG);
}

static void
the_same_rows_give_the_same_bytes_and_hash(void **state)
{
	struct files *files = *state;
	struct tt_parquet_result first;
	uint8_t *bytes;

	write_rows(files, 5000, 1000, 100, 0);
	first = files->result;
	bytes = files->bytes;
	files->bytes = NULL;
	write_rows(files, 5000, 1000, 100, 0);
	assert_int_equal(files->result.bytes, first.bytes);
	assert_memory_equal(files->bytes, bytes, files->size);
	assert_string_equal(files->result.sha256, first.sha256);
	free(bytes);
}

static void
the_hash_is_that_of_the_whole_file(void **state)
{
	struct files *files = *state;
	char hex[TT_SHA256_TEXT_SIZE];

	write_rows(files, 1000, 300, 100, 0);
	assert_non_null(tt_sha256_of(files->bytes, files->size, hex));
	assert_string_equal(files->result.sha256, hex);
}

static void
a_file_that_exists_is_not_written_over(void **state)
{
	struct files *files = *state;
	struct tt_parquet_writer *writer;
	struct tt_error err = {0};

	write_rows(files, 1, 0, 0, 0);
	assert_int_equal(tt_parquet_create(&writer, files->fd, "t.parquet", columns,
					 N_COLUMNS, NULL, 0, &err),
			-EEXIST);
	assert_null(writer);
	assert_string_equal(err.where, "t.parquet");
}

static void
a_value_that_does_not_fit_is_an_error_of_its_row(void **state)
{
	struct files *files = *state;
	struct tt_parquet_writer *writer = create(files);
	struct tt_parquet_result result;
	struct tt_error err = {0};

	assert_int_equal(put_row(writer, 0, &err), 0);
	tt_parquet_set_int(writer, NUMBER, INT64_C(1) << 31);
	tt_parquet_set_int(writer, BIG, 0);
	tt_parquet_set_int(writer, TIME, 0);
	tt_parquet_set_text(writer, PLACE, "");
	tt_parquet_set_text(writer, UNIQUE, "");
	assert_int_equal(tt_parquet_end_row(writer, &err), -ERANGE);
	assert_string_equal(err.why,
			"column number, row 1: the value needs more than 32 bits");
	assert_int_equal(tt_parquet_finish(writer, false, &result, &err), -ERANGE);
}

static void
a_row_from_left_to_right_has_the_same_error(void **state)
{
	struct tt_parquet_writer *writer = create(*state);
	struct tt_parquet_row row = tt_parquet_row_begin(writer, NUMBER);
	struct tt_parquet_result result;
	struct tt_error err = {0};

	for (unsigned i = 0; i < 100; i++) {
		if (i > 0)
			row = tt_parquet_row_begin(writer, NUMBER);
		tt_parquet_row_int(&row, INT64_C(1) << 31);
		tt_parquet_row_int(&row, INT64_MAX);
		tt_parquet_row_int(&row, 0);
		tt_parquet_set_text(writer, tt_parquet_row_step(&row), "");
		tt_parquet_set_text(writer, tt_parquet_row_step(&row), "");
		assert_int_equal(tt_parquet_row_end(&row, &err), -ERANGE);
		assert_string_equal(err.why,
				"column number, row 0: the value needs more than 32 bits");
	}
	assert_int_equal(tt_parquet_finish(writer, false, &result, &err), -ERANGE);
}

/* The disk is full where a row group ends, and rows come all the same. */
static void
rows_may_follow_a_failed_row_group(void **state)
{
	struct tt_parquet_writer *writer = create(*state);
	struct tt_parquet_result result;
	struct tt_error err = {0};
	struct rlimit was, small;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	small = (struct rlimit){16, was.rlim_max};
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	writer->limits.group_rows = writer->room_rows;
	for (size_t i = 0; i < writer->limits.group_rows + 2; i++) {
		struct tt_parquet_row row = tt_parquet_row_begin(writer, NUMBER);
		int ret;

		tt_parquet_row_int(&row, 1);
		tt_parquet_row_int(&row, 2);
		tt_parquet_row_int(&row, 3);
		tt_parquet_set_text(writer, tt_parquet_row_step(&row), "");
		tt_parquet_set_text(writer, tt_parquet_row_step(&row), "");
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
		ret = tt_parquet_row_end(&row, &err);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
		assert_int_equal(ret, i + 1 < writer->limits.group_rows ? 0 : -EFBIG);
	}
	assert_int_equal(tt_parquet_finish(writer, false, &result, &err), -EFBIG);
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
			struct tt_parquet_row row = tt_parquet_row_begin(writer, BIG);

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

static int
put_text_row(struct files *files, const char *text, struct tt_error *err)
{
	struct tt_parquet_writer *writer = create(files);
	int ret;

	tt_parquet_set_int(writer, NUMBER, 0);
	tt_parquet_set_int(writer, BIG, 0);
	tt_parquet_set_int(writer, TIME, 0);
	tt_parquet_set_text(writer, PLACE, text);
	tt_parquet_set_text(writer, UNIQUE, "");
	ret = tt_parquet_end_row(writer, err);
	tt_parquet_abandon(writer);
	return ret;
}

static void
a_text_that_is_too_long_or_not_utf8_is_an_error(void **state)
{
	char *text = malloc(TT_PARQUET_TEXT_MAX + 2);
	struct tt_error err = {0};

	assert_int_equal(put_text_row(*state, "\xff", &err), -EILSEQ);
	assert_string_equal(err.why, "column place, row 0: the text is not UTF-8");
	memset(text, 'x', TT_PARQUET_TEXT_MAX + 1);
	text[TT_PARQUET_TEXT_MAX + 1] = '\0';
	assert_int_equal(put_text_row(*state, text, &err), -EMSGSIZE);
	text[TT_PARQUET_TEXT_MAX] = '\0';
	assert_int_equal(put_text_row(*state, text, &err), 0);
	free(text);
}

static void
utf8_is_told_from_other_bytes(void **state)
{
	static const char *const good[] = {"", "a", "\xc2\x80", "\xe0\xa0\x80",
			"\xed\x9f\xbf", "\xef\xbf\xbf", "\xf0\x90\x80\x80",
			"\xf4\x8f\xbf\xbf"};
	static const char *const bad[] = {"\x80", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf",
			"\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5",
			"\xe6\x97", "a\xff"};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(good); i++)
		assert_true(tt_parquet_utf8_valid(
				(const uint8_t *)good[i], strlen(good[i])));
	for (unsigned i = 0; i < TT_ARRAY_SIZE(bad); i++)
		assert_false(tt_parquet_utf8_valid(
				(const uint8_t *)bad[i], strlen(bad[i])));
	assert_false(tt_parquet_utf8_valid((const uint8_t *)"a\0b", 3));
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
			TEST(rows_survive_the_file_and_back),
			TEST(many_row_groups_and_pages_survive),
			TEST(a_dictionary_over_its_limit_falls_back_to_plain_values),
			TEST(texts_are_the_same_while_their_id_is),
			TEST(a_row_group_ends_at_its_bytes_too),
			TEST(a_large_integer_after_small_ones_survives),
			TEST(coded_and_fixed_values_give_the_same_bytes),
			TEST(new_texts_and_same_ones_give_the_same_bytes),
			TEST(a_fixed_value_that_does_not_fit_is_an_error_of_the_first_row),
			TEST(a_file_is_read_by_its_path),
			TEST(the_same_rows_give_the_same_bytes_and_hash),
			TEST(the_hash_is_that_of_the_whole_file),
			TEST(a_file_that_exists_is_not_written_over),
			TEST(a_value_that_does_not_fit_is_an_error_of_its_row),
			TEST(a_row_from_left_to_right_has_the_same_error),
			TEST(rows_may_follow_a_failed_row_group),
			TEST(large_integers_fit_wherever_they_come),
			TEST(a_text_that_is_too_long_or_not_utf8_is_an_error),
			cmocka_unit_test(utf8_is_told_from_other_bytes),
			cmocka_unit_test(indices_survive_run_length_coding),
			cmocka_unit_test(indices_of_no_bits_are_zeros),
			cmocka_unit_test(a_repeated_run_is_passed_over_at_once),
			cmocka_unit_test(nothing_is_read_behind_what_makes_no_sense),
			cmocka_unit_test(bit_packing_is_that_of_the_format),
	};

	return cmocka_run_group_tests_name("parquet", tests, NULL, NULL);
}
