/* SPDX-License-Identifier: BSD-3-Clause */
/* What `verify` finds in files alone: damaged bytes, files that lack, are too many, or of another snapshot. */
#include "verify_bed.h"

#include <fcntl.h>

/* Changes one byte of a file. */
static void
flip(const char *path, off_t offset)
{
	int fd = open(path, O_RDWR);
	unsigned char byte;

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, offset), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, offset), 1);
	close(fd);
}

static void
a_flipped_byte_in_any_file_is_found(void **state)
{
	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	for (unsigned i = 0; i < TT_N_TABLES; i++) {
		const char *name = tt_schema_of((enum tt_table)i)->file;
		char path[256], expected[64];
		struct stat st;

		snprintf(expected, sizeof(expected), "%s\n", name);
		assert_int_equal(stat(bed_path(&bed, BED_START, name, path), &st), 0);
		for (off_t at = 0; at < st.st_size; at += 37) {
			flip(path, at);
			assert_int_equal(verify(BED_START), 1);
			assert_string_equal(damage, expected);
			flip(path, at);
		}
	}
	assert_int_equal(verify(BED_START), 0);
}

static void
a_flipped_byte_anywhere_in_the_manifest_is_found(void **state)
{
	char path[256];
	struct stat st;

	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	bed_path(&bed, BED_START, TT_MANIFEST_FILE, path);
	assert_int_equal(stat(path, &st), 0);
	for (off_t at = 0; at < st.st_size; at++) {
		flip(path, at);
		assert_true(verify(BED_START) >= 1);
		assert_non_null(strstr(damage, TT_MANIFEST_FILE));
		flip(path, at);
	}
	assert_int_equal(verify(BED_START), 0);
}

static void
missing_and_unlisted_files_are_found(void **state)
{
	char path[256], other[256];

	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	bed_path(&bed, BED_START, "targets.parquet", path);
	bed_path(&bed, BED_START, "extra.parquet", other);
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(verify(BED_START), 2);
	assert_non_null(strstr(damage, "targets.parquet\n"));
	assert_non_null(strstr(damage, "extra.parquet\n"));
	assert_int_equal(rename(other, path), 0);
	assert_int_equal(verify(BED_START), 0);
	assert_int_equal(unlink(bed_path(&bed, BED_START, TT_MANIFEST_FILE, other)), 0);
	assert_int_equal(verify(BED_START), 1);
	assert_string_equal(damage, "manifest.json\n");
	assert_int_equal(bed_count_snapshots(&bed), 1);
}

static void
files_of_another_snapshot_are_found_out(void **state)
{
	char path[256], other[256];

	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	bed_write_ok(&bed, BED_START + BED_MINUTE);
	for (unsigned i = 0; i < TT_N_TABLES; i++) {
		const char *name = tt_schema_of((enum tt_table)i)->file;

		bed_path(&bed, BED_START, name, path);
		bed_path(&bed, BED_START + BED_MINUTE, name, other);
		assert_int_equal(rename(other, path), 0);
	}
	assert_int_equal(verify(BED_START), TT_N_TABLES);
}

/* Whoever opened one would wait for its writer. */
static void
pipes_in_place_of_files_are_refused(void **state)
{
	static const char *const names[] = {"targets.parquet", TT_MANIFEST_FILE};
	struct tt_snapshot *snapshot;
	struct tt_parquet_reader *reader;
	struct tt_error err = {0};
	char path[256];

	bed_write_ok(&bed, BED_START);
	assert_int_equal(tt_snapshot_open(&snapshot,
					 bed_path(&bed, BED_START, NULL, path), &err),
			0);
	alarm(20);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(names); i++) {
		bed_path(&bed, BED_START, names[i], path);
		assert_int_equal(unlink(path), 0);
		assert_int_equal(mkfifo(path, 0600), 0);
		assert_int_equal(verify(BED_START), 1);
	}
	assert_int_equal(tt_snapshot_check_file(snapshot, TT_TABLE_TARGETS, &err),
			-EBADMSG);
	assert_int_equal(tt_snapshot_table(snapshot, TT_TABLE_TARGETS, &reader, &err),
			-EBADMSG);
	alarm(0);
	tt_snapshot_close(snapshot);
}

int
main(void)
{
#define BEDDED(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
			BEDDED(a_flipped_byte_in_any_file_is_found),
			BEDDED(a_flipped_byte_anywhere_in_the_manifest_is_found),
			BEDDED(pipes_in_place_of_files_are_refused),
			BEDDED(missing_and_unlisted_files_are_found),
			BEDDED(files_of_another_snapshot_are_found_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
