/* SPDX-License-Identifier: BSD-3-Clause */
/* Files that are damaged, cut short or never finished. */
#include "parquet_rows.h"
#include "seed.h"

#include <signal.h>
#include <sys/resource.h>

static void
every_flipped_bit_is_an_error_or_changes_nothing(void **state)
{
	struct files *files = *state;
	unsigned errors = 0;

	write_rows(files, 24, 16, 8, 0);
	for (size_t bit = 0; bit < files->size * 8; bit++) {
		struct tt_error err = {0};
		int ret;

		files->bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ret = holds_rows(files->bytes, files->size, 24, &err);
		files->bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (ret == 0)
			print_error("# bit %zu of byte %zu of %zu\n", bit % 8, bit / 8,
					files->size);
		assert_int_not_equal(ret, 0);
		if (ret < 0) {
			assert_int_equal(ret, -EBADMSG);
			assert_non_null(strstr(err.where, "t.parquet"));
			assert_true(err.why[0] != '\0');
			errors++;
		}
	}
	assert_true(errors > files->size * 8 / 10 * 9);
}

/* Else one would look for a program that reads what is only damaged. */
static void
a_damaged_footer_is_called_nothing_else(void **state)
{
	static const char *const claims[] = {"encrypted", "nested", "repeated",
			"not read", "another file", "contradicts"};
	struct files *files = *state;
	uint32_t footer;

	write_rows(files, 24, 16, 8, 0);
	memcpy(&footer, files->bytes + files->size - 8, 4);
	for (size_t i = 0; i < (size_t)(footer + 8) * 255; i++) {
		uint8_t *byte = &files->bytes[files->size - 1 - i / 255];
		struct tt_error err = {0};

		*byte ^= (uint8_t)(i % 255 + 1);
		assert_int_not_equal(holds_rows(files->bytes, files->size, 24, &err), 0);
		*byte ^= (uint8_t)(i % 255 + 1);
		for (unsigned k = 0; k < TT_ARRAY_SIZE(claims); k++)
			if (strstr(err.why, claims[k]) != NULL)
				fail_msg("byte %zu from the end of %zu: %s", i / 255,
						files->size, err.why);
	}
}

static void
every_truncation_is_an_error(void **state)
{
	struct files *files = *state;

	write_rows(files, 24, 16, 8, 0);
	for (size_t size = 0; size < files->size; size++) {
		struct tt_error err = {0};
		uint8_t *bytes = malloc(size + 1);

		/* A block of its own, so that a read past its end is seen. */
		bytes = realloc(bytes, size == 0 ? 1 : size);
		memcpy(bytes, files->bytes, size);
		assert_int_equal(holds_rows(bytes, size, 24, &err), -EBADMSG);
		free(bytes);
	}
}

static void
random_damage_never_crashes(void **state)
{
	uint64_t seed = choose_seed();
	struct files *files = *state;
	uint8_t *bytes;

	write_rows(files, 100, 40, 10, 0);
	bytes = malloc(files->size);
	for (unsigned round = 0; round < 20000; round++) {
		struct tt_error err = {0};

		memcpy(bytes, files->bytes, files->size);
		for (unsigned i = 0; i <= round % 4; i++) {
			seed = tt_hash_mix(seed + 0x9e3779b97f4a7c15);
			bytes[seed % files->size] = (uint8_t)(seed >> 56);
		}
		(void)holds_rows(bytes, files->size, 100, &err);
	}
	free(bytes);
}

static void
damage_names_file_column_and_offset(void **state)
{
	struct files *files = *state;
	struct tt_error err = {0};

	write_rows(files, 1000, 0, 0, 0);
	files->bytes[40] ^= 1;
	assert_int_equal(holds_rows(files->bytes, files->size, 1000, &err), -EBADMSG);
	assert_string_equal(err.where, "t.parquet: column number at offset 4");
	assert_string_equal(err.why, "the page does not match its checksum");
}

/* A limit on the file's size stands in for a full disk: both fail in write(). */
static void
a_full_disk_is_an_error_that_names_the_file(void **state)
{
	struct tt_parquet_writer *writer = create(*state);
	struct rlimit old, low;
	struct tt_parquet_result result;
	struct tt_error err = {0};
	int ret;

	for (int64_t i = 0; i < 10000; i++)
		assert_int_equal(put_row(writer, i, &err), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	low = (struct rlimit){.rlim_cur = 1000, .rlim_max = old.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
	ret = tt_parquet_finish(writer, false, &result, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(ret, -EFBIG);
	assert_string_equal(err.where, "t.parquet");
	assert_non_null(strstr(err.why, "cannot write"));
}

static void
an_abandoned_file_is_no_parquet_file(void **state)
{
	struct files *files = *state;
	struct tt_parquet_writer *writer = create(files);
	struct tt_error err = {0};

	writer->limits.group_rows = 10;
	for (int64_t i = 0; i < 100; i++)
		assert_int_equal(put_row(writer, i, &err), 0);
	tt_parquet_abandon(writer);
	tt_parquet_abandon(NULL);
	slurp(files);
	assert_int_equal(holds_rows(files->bytes, files->size, 100, &err), -EBADMSG);
	assert_string_equal(err.why, "the file has no end");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(every_flipped_bit_is_an_error_or_changes_nothing),
			TEST(a_damaged_footer_is_called_nothing_else),
			TEST(every_truncation_is_an_error),
			TEST(random_damage_never_crashes),
			TEST(damage_names_file_column_and_offset),
			TEST(a_full_disk_is_an_error_that_names_the_file),
			TEST(an_abandoned_file_is_no_parquet_file),
	};

	return cmocka_run_group_tests_name("parquet_damage", tests, NULL, NULL);
}
