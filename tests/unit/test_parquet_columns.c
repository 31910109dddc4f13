/* SPDX-License-Identifier: BSD-3-Clause */
/* Some columns, and some rows of them, of what a file has. */
#include "parquet_rows.h"

/* Damage in a column that nobody wants is found when its row group is opened. */
static void
columns_that_nobody_wants_are_checked_and_left_out(void **state)
{
	struct files *files = *state;
	bool wanted[N_COLUMNS] = {[NUMBER] = true};
	struct tt_parquet_reader *reader;
	struct tt_parquet_batch batch;
	struct tt_error err = {0};
	int64_t rows = 0;
	int ret;

	write_rows(files, 1000, 500, 100, 5);
	assert_int_equal(tt_parquet_open_memory(
					 &reader, files->bytes, files->size, "t", &err),
			0);
	tt_parquet_select(reader, wanted);
	for (; (ret = tt_parquet_next_batch(reader, &batch, &err)) > 0; rows += batch.n) {
		assert_non_null(batch.columns[NUMBER].ints);
		assert_null(batch.columns[PLACE].texts);
		assert_null(batch.columns[UNIQUE].texts);
	}
	assert_int_equal(ret, 0);
	assert_int_equal(rows, 1000);
	tt_parquet_close(reader);

	wanted[NUMBER] = false;
	wanted[PLACE] = true;
	files->bytes[40] ^= 1;
	assert_int_equal(tt_parquet_open_memory(
					 &reader, files->bytes, files->size, "t", &err),
			0);
	tt_parquet_select(reader, wanted);
	assert_int_equal(tt_parquet_next_batch(reader, &batch, &err), -EBADMSG);
	assert_string_equal(err.where, "t: column number at offset 4");
	tt_parquet_close(reader);
}

/*
 * What is chosen of batch after batch: a few rows, all, none, or none without a word; of pages that are two batches, one after
 * another in most ways.
 */
static const char kinds[] = "0120312213";

static void
choose_rows(struct tt_parquet_reader *reader, int64_t n)
{
	static const bool deferred[N_COLUMNS] = {
			[BIG] = true, [TIME] = true, [PLACE] = true, [UNIQUE] = true};
	struct tt_parquet_batch batch;
	struct tt_error err = {0};
	int64_t row = 0;
	int ret;

	tt_parquet_defer(reader, deferred);
	for (unsigned b = 0; (ret = tt_parquet_next_batch(reader, &batch, &err)) > 0;
			b++, row += batch.n) {
		uint16_t rows[TT_PARQUET_BATCH] = {0};
		unsigned chosen = 0;
		char kind = kinds[b % strlen(kinds)];

		for (unsigned i = 0; i < batch.n && kind < '2'; i++)
			if (kind == '1' || (row + i) % 7 == 3 || (row + i) % 11 == 0)
				rows[chosen++] = (uint16_t)i;
		if (kind < '3')
			assert_int_equal(
					tt_parquet_choose(reader, rows, chosen, &err), 0);
		for (unsigned i = 0; i < chosen; i++)
			assert_true(batch_has_row(&batch, rows[i], row + rows[i]));
	}
	assert_int_equal(ret, 0);
	assert_int_equal(row, n);
}

static void
rows_are_chosen_from_all_kinds_of_pages(void **state)
{
	static const uint32_t dictionaries[] = {0, 1, 5};
	static const size_t pages[] = {1, 10, 100, 2000};
	struct files *files = *state;
	struct tt_parquet_reader *reader;
	struct tt_error err = {0};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(dictionaries); i++) {
		for (unsigned k = 0; k < TT_ARRAY_SIZE(pages); k++) {
			write_rows(files, 9000, 4000, pages[k], dictionaries[i]);
			assert_int_equal(tt_parquet_open_memory(&reader, files->bytes,
							 files->size, "t", &err),
					0);
			choose_rows(reader, 9000);
			tt_parquet_close(reader);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(columns_that_nobody_wants_are_checked_and_left_out),
			TEST(rows_are_chosen_from_all_kinds_of_pages),
	};

	return cmocka_run_group_tests_name("parquet_columns", tests, NULL, NULL);
}
