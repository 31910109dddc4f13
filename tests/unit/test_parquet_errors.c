/* SPDX-License-Identifier: BSD-3-Clause */
/* Values that no column can hold, and row groups that cannot be written. */
#include "parquet_rows.h"

#include "tt_parquet_utf8.h"

#include <signal.h>
#include <sys/resource.h>

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
	struct tt_parquet_row row;
	struct tt_parquet_result result;
	struct tt_error err = {0};

	for (unsigned i = 0; i < 100; i++) {
		tt_parquet_row_begin(&row, writer, NUMBER);
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
		struct tt_parquet_row row;
		int ret;

		tt_parquet_row_begin(&row, writer, NUMBER);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(a_fixed_value_that_does_not_fit_is_an_error_of_the_first_row),
			TEST(a_value_that_does_not_fit_is_an_error_of_its_row),
			TEST(a_row_from_left_to_right_has_the_same_error),
			TEST(rows_may_follow_a_failed_row_group),
			TEST(a_text_that_is_too_long_or_not_utf8_is_an_error),
			cmocka_unit_test(utf8_is_told_from_other_bytes),
	};

	return cmocka_run_group_tests_name("parquet_errors", tests, NULL, NULL);
}
