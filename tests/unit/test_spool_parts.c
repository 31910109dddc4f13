/* SPDX-License-Identifier: BSD-3-Clause */
/* Parts of long intervals: hidden until they are one snapshot, or one each. */
#include "snapshot_bed.h"

#include <fcntl.h>
#include <sys/syscall.h>

#define PART (10 * TT_US_PER_S)

static struct bed bed;
static int64_t compacted_us; /* that snapshot gets a longer one's name when it is opened; 0: none */

/* As if `teiten compact` replaced it in this moment. */
static void
compact_now(void)
{
	char from[256], name[TT_SNAPSHOT_NAME_MAX], to[512];

	bed_path(&bed, compacted_us, NULL, from);
	tt_snapshot_name_format(compacted_us, compacted_us + 2 * BED_MINUTE, name);
	snprintf(to, sizeof(to), "%.*s/%s", (int)(strrchr(from, '/') - from), from, name);
	compacted_us = 0;
	assert_int_equal(rename(from, to), 0);
}

int
open(const char *path, int flags, ...)
{
	char manifest[256];
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = (flags & O_CREAT) != 0 ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	if (compacted_us != 0
			&& strcmp(path,
					   bed_path(&bed, compacted_us, TT_MANIFEST_FILE,
							   manifest))
					== 0)
		compact_now();
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static int
setup(void **state)
{
	bed_init(&bed);
	return 0;
}

static int
teardown(void **state)
{
	bed_fini(&bed);
	return 0;
}

/* Writes part i of the minute that begins at start_us. Returns as the spool does. */
static int
write_part(int64_t start_us, unsigned i)
{
	const struct tt_run_info run = {.monitored = bed.monitored, .workers = 1};
	struct tt_interval interval = {
			.span = {start_us + i * PART, start_us + (i + 1) * PART},
			.nominal_us = BED_MINUTE,
			.observed_us = PART,
			.complete = true,
			.tallies = &bed.tally,
			.n_tallies = 1};

	bed_count_some(&bed, interval.span.start_us);
	bed_make_ledger(&bed);
	return tt_spool_write_part(bed.spool, &interval, bed.merge, bed.config, &run,
			bed.ledger, bed.n_ledger, &bed.totals, &bed.err);
}

static struct tt_spool_parts
list_parts(int64_t from_us, int64_t to_us)
{
	struct tt_spool_parts parts;

	assert_int_equal(tt_spool_list_parts(bed.spool, from_us, to_us, &parts, NULL), 0);
	return parts;
}

static size_t
count_parts(int64_t from_us, int64_t to_us)
{
	struct tt_spool_parts parts = list_parts(from_us, to_us);
	size_t n = parts.n;

	tt_spool_parts_fini(&parts);
	return n;
}

static void
parts_are_no_snapshots(void **state)
{
	struct tt_spool_parts parts;

	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(write_part(BED_START, 2 - i), 0);
	assert_int_equal(write_part(BED_START, 1), -EEXIST);
	assert_int_equal(bed_count_snapshots(&bed), 0);
	parts = list_parts(BED_START, BED_START + BED_MINUTE);
	assert_int_equal(parts.n, 3);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(parts.all[i].start_us, BED_START + i * PART);
		assert_int_equal(parts.all[i].end_us, BED_START + (i + 1) * PART);
		assert_int_equal(access(parts.all[i].path, F_OK), 0);
	}
	tt_spool_parts_fini(&parts);
	assert_int_equal(count_parts(BED_START + PART, BED_START + 2 * PART), 1);
	assert_int_equal(count_parts(TT_TIME_MIN, TT_TIME_MAX), 3);
}

static void
parts_survive_the_next_open_which_knows_their_end(void **state)
{
	assert_int_equal(tt_spool_end_us(bed.spool), INT64_MIN);
	assert_int_equal(write_part(BED_START, 0), 0);
	assert_int_equal(write_part(BED_START, 1), 0);
	tt_spool_close(bed.spool);
	bed_open_spool(&bed, TT_SYNC_NONE);
	assert_int_equal(count_parts(TT_TIME_MIN, TT_TIME_MAX), 2);
	assert_int_equal(tt_spool_end_us(bed.spool), BED_START + 2 * PART);
	bed_count_some(&bed, BED_START + BED_MINUTE);
	bed_write_ok(&bed, BED_START + BED_MINUTE);
	tt_spool_close(bed.spool);
	bed_open_spool(&bed, TT_SYNC_NONE);
	assert_int_equal(tt_spool_end_us(bed.spool), BED_START + 2 * BED_MINUTE);
}

static void
a_published_part_is_a_snapshot_like_any_other(void **state)
{
	struct tt_spool_parts parts;
	struct tt_error err = {0};

	assert_int_equal(write_part(BED_START, 0), 0);
	parts = list_parts(TT_TIME_MIN, TT_TIME_MAX);
	assert_int_equal(tt_spool_publish_part(bed.spool, &parts.all[0], &err), 0);
	assert_int_equal(bed_count_snapshots(&bed), 1);
	assert_true(tt_spool_has(bed.spool, BED_START));
	/* Of one that starts when a snapshot starts there can be no other. */
	assert_int_equal(write_part(BED_START, 0), -EEXIST);
	tt_spool_parts_fini(&parts);
}

static void
what_snapshots_are_made_of_is_found_by_their_time(void **state)
{
	struct tt_spool_made made;

	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	bed_write_ok(&bed, BED_START + BED_MINUTE);
	assert_int_equal(tt_spool_made_of(bed.spool, BED_START, BED_START + BED_MINUTE,
					 &made, NULL),
			0);
	assert_int_equal(made.n, 1);
	assert_int_equal(made.all[0].ids.n, 1);
	assert_int_equal(made.all[0].span.end_us, BED_START + BED_MINUTE);
	tt_spool_made_fini(&made);
	assert_int_equal(tt_spool_made_of(bed.spool, BED_START,
					 BED_START + 2 * BED_MINUTE, &made, NULL),
			0);
	assert_int_equal(made.n, 2);
	tt_spool_made_fini(&made);
	assert_int_equal(tt_spool_made_of(bed.spool, BED_START + 1,
					 BED_START + BED_MINUTE, &made, NULL),
			0);
	assert_int_equal(made.n, 0);
}

/* Parts would be taken for such as nothing is made of, and count twice. */
static void
what_is_compacted_meanwhile_is_looked_for_again(void **state)
{
	struct tt_spool_made made;

	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	compacted_us = BED_START;
	assert_int_equal(tt_spool_made_of(bed.spool, BED_START, BED_START + BED_MINUTE,
					 &made, NULL),
			0);
	assert_int_equal(compacted_us, 0);
	assert_int_equal(made.n, 1);
	assert_non_null(strstr(made.all[0].path, "--"));
	tt_spool_made_fini(&made);
}

static void
a_part_whose_start_is_taken_is_published_by_its_span(void **state)
{
	struct tt_spool_parts parts;
	struct tt_snapshot_list list;
	struct tt_error err = {0};

	assert_int_equal(write_part(BED_START, 0), 0);
	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	parts = list_parts(TT_TIME_MIN, TT_TIME_MAX);
	assert_int_equal(tt_spool_publish_part(bed.spool, &parts.all[0], &err), 0);
	assert_int_equal(bed_count_snapshots(&bed), 2);
	assert_int_equal(tt_snapshot_list_scan(&list, bed.spool_path, TT_TIME_MIN,
					 TT_TIME_MAX, &err),
			0);
	assert_int_equal(list.refs[0].end_us, BED_START + PART);
	assert_string_equal(list.refs[1].within, list.refs[0].path);
	tt_snapshot_list_fini(&list);
	tt_spool_parts_fini(&parts);
}

static void
removed_parts_are_gone(void **state)
{
	struct tt_spool_parts parts;

	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(write_part(BED_START, i), 0);
	parts = list_parts(TT_TIME_MIN, TT_TIME_MAX);
	assert_int_equal(tt_spool_remove_parts(bed.spool, parts.all, 2, NULL), 0);
	tt_spool_parts_fini(&parts);
	assert_int_equal(count_parts(TT_TIME_MIN, TT_TIME_MAX), 1);
	assert_int_equal(count_parts(BED_START + 2 * PART, TT_TIME_MAX), 1);
}

static int
fill(void *code, int dir_fd, struct tt_error *err)
{
	int fd = openat(dir_fd, "file", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	close(fd);
	if (*(int *)code != 0)
		tt_error_set(err, *(int *)code, "file", "as told");
	return *(int *)code;
}

static void
what_is_put_is_whole_or_absent(void **state)
{
	struct tt_error err = {0};
	int code = -EIO;

	assert_int_equal(tt_spool_put(bed.spool, BED_START, fill, &code, &err), -EIO);
	assert_non_null(strstr(err.where, "20261122T224500Z: file"));
	assert_false(tt_spool_has(bed.spool, BED_START));
	code = 0;
	assert_int_equal(tt_spool_put(bed.spool, BED_START, fill, &code, &err), 0);
	assert_true(tt_spool_has(bed.spool, BED_START));
	assert_int_equal(tt_spool_put(bed.spool, BED_START, fill, &code, &err), -EEXIST);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
			TEST(parts_are_no_snapshots),
			TEST(parts_survive_the_next_open_which_knows_their_end),
			TEST(a_published_part_is_a_snapshot_like_any_other),
			TEST(what_snapshots_are_made_of_is_found_by_their_time),
			TEST(what_is_compacted_meanwhile_is_looked_for_again),
			TEST(a_part_whose_start_is_taken_is_published_by_its_span),
			TEST(removed_parts_are_gone),
			TEST(what_is_put_is_whole_or_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
