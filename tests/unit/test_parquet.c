/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows written and read back: their row groups, pages and dictionaries; the file and its hash. */
#include "parquet_rows.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(rows_survive_the_file_and_back),
			TEST(many_row_groups_and_pages_survive),
			TEST(a_dictionary_over_its_limit_falls_back_to_plain_values),
			TEST(texts_are_the_same_while_their_id_is),
			TEST(a_row_group_ends_at_its_bytes_too),
			TEST(a_file_is_read_by_its_path),
			TEST(the_same_rows_give_the_same_bytes_and_hash),
			TEST(the_hash_is_that_of_the_whole_file),
			TEST(a_file_that_exists_is_not_written_over),
	};

	return cmocka_run_group_tests_name("parquet", tests, NULL, NULL);
}
