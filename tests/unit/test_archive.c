/* SPDX-License-Identifier: BSD-3-Clause */
/* A spool that changes between its listing and its reading: merged, deleted, written to. */
#include "snapshot_bed.h"
#include "tt_compact_spool.h"
#include "tt_observation.h"
#include "tt_series.h"

#include <fcntl.h>
#include <sys/syscall.h>

static struct bed bed;
static struct tt_archive archive;
static struct tt_observed_names names;
static struct tt_observation observed;
static struct tt_error error;
static struct tt_period period;
static bool hides_the_next; /* the second snapshot goes once the first one's manifest is opened */

#define MINUTE(n) (BED_START + (n)*BED_MINUTE)
#define MERGED    "/tokyo-1/2026-11-22/20261122T224500Z--20261122T224700Z"

/* Gives the snapshot of a minute a hidden name, or its own again. */
static void
hide(unsigned n, bool hide)
{
	char path[256], hidden[256];

	bed_path(&bed, MINUTE(n), NULL, path);
	snprintf(hidden, sizeof(hidden), "%s/.hidden-%u", bed.dir, n);
	assert_int_equal(hide ? rename(path, hidden) : rename(hidden, path), 0);
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
	if (hides_the_next
			&& strcmp(path,
					   bed_path(&bed, MINUTE(0), TT_MANIFEST_FILE,
							   manifest))
					== 0) {
		hides_the_next = false;
		hide(1, true);
	}
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static int
setup(void **state)
{
	bed_init(&bed);
	assert_int_equal(tt_observed_names_init(&names), 0);
	error = (struct tt_error){0};
	assert_int_equal(tt_period_parse(&period, "2026-11-22", 0, &error), 0);
	for (unsigned i = 0; i < 3; i++) {
		bed_count_some(&bed, MINUTE(i));
		bed_write_ok(&bed, MINUTE(i));
	}
	return 0;
}

static int
teardown(void **state)
{
	tt_observation_fini(&observed);
	tt_archive_close(&archive);
	tt_observed_names_fini(&names);
	bed_fini(&bed);
	return 0;
}

static struct tt_archive_wish
wish(void)
{
	static const char *spool;

	spool = bed.spool_path;
	return (struct tt_archive_wish){&spool, 1, NULL, &period, 1};
}

static void
open_archive(struct tt_archive *a)
{
	const struct tt_archive_wish w = wish();

	if (tt_archive_open(a, &w, &error) != 0)
		fail_msg("%s: %s", error.where, error.why);
}

static int
check(void)
{
	const struct tt_archive_wish w = wish();

	return tt_archive_check(&archive, &w, &error);
}

static int
observe(void)
{
	return tt_observation_read(&observed, &archive, &names, &period, NULL, &error);
}

/* Makes one snapshot of the first two minutes. */
static void
publish(struct tt_compactor *c)
{
	char paths[2][256], *made;
	const char *parts[] = {bed_path(&bed, MINUTE(0), NULL, paths[0]),
			bed_path(&bed, MINUTE(1), NULL, paths[1])};
	const struct tt_compact_job job = {
			.parts = parts, .n_parts = 2, .sensor = "tokyo-1"};
	struct tt_compact_result result;
	char sensor[256];

	snprintf(sensor, sizeof(sensor), "%s/tokyo-1", bed.spool_path);
	assert_int_equal(tt_compactor_open(c, sensor, 0, &error), 0);
	if (tt_compactor_publish(c, false, &job, &result, &made, &error) != 0)
		fail_msg("%s: %s", error.where, error.why);
	free(made);
}

static void
compact(void)
{
	struct tt_compactor c;
	char paths[2][256], whole[256];
	const char *parts[] = {bed_path(&bed, MINUTE(0), NULL, paths[0]),
			bed_path(&bed, MINUTE(1), NULL, paths[1])};

	publish(&c);
	snprintf(whole, sizeof(whole), "%s" MERGED, bed.spool_path);
	assert_int_equal(tt_compactor_delete_parts(&c, whole, parts, 2, &error), 0);
	tt_compactor_close(&c);
}

static void
nothing_changed(void **state)
{
	open_archive(&archive);
	assert_int_equal(observe(), 0);
	assert_int_equal(check(), 0);
	assert_int_equal(observed.packets, 18);
}

static void
parts_merged_before_they_are_read(void **state)
{
	struct tt_archive earlier;

	open_archive(&earlier);
	archive = earlier;
	compact();
	assert_int_equal(observe(), -EAGAIN);
	assert_int_equal(archive.n_damages, 0);
	assert_int_equal(check(), -EAGAIN);
	open_archive(&archive);
	assert_int_equal(tt_archive_vanished(&archive, &earlier), 0);
	tt_archive_close(&earlier);
	assert_int_equal(archive.n, 2);
	assert_int_equal(archive.n_damages, 0);
	assert_int_equal(observe(), 0);
	assert_int_equal(check(), 0);
	assert_int_equal(observed.packets, 18);
	assert_int_equal(observed.exposure.observed_us, 3 * BED_MINUTE);
}

static void
parts_merged_between_two_passes(void **state)
{
	struct tt_series series;

	open_archive(&archive);
	assert_int_equal(observe(), 0);
	compact();
	assert_int_equal(tt_series_read(&series, &observed, NULL, 2, NULL, &error),
			-EAGAIN);
	assert_int_equal(archive.n_damages, 0);
}

/* As a walk that reads the names of a day before the merged one is there, and its parts after they went. */
static void
merged_one_that_no_listing_saw(void **state)
{
	open_archive(&archive);
	tt_archive_close(&archive);
	hide(0, true);
	hide(1, true);
	open_archive(&archive);
	hide(0, false);
	hide(1, false);
	compact();
	assert_int_equal(observe(), 0);
	assert_int_equal(check(), -EAGAIN);
	assert_string_equal(error.where + strlen(bed.spool_path), MERGED);
}

static void
merged_one_beside_its_parts_is_a_change(void **state)
{
	struct tt_compactor c;

	open_archive(&archive);
	publish(&c);
	tt_compactor_close(&c);
	assert_int_equal(check(), -EAGAIN);
}

static void
deleted_snapshot_is_named(void **state)
{
	struct tt_archive earlier;
	char path[256];

	open_archive(&earlier);
	hide(1, true);
	archive = earlier;
	assert_int_equal(observe(), -EAGAIN);
	assert_string_equal(error.where, bed_path(&bed, MINUTE(1), NULL, path));
	open_archive(&archive);
	assert_int_equal(tt_archive_vanished(&archive, &earlier), 0);
	tt_archive_close(&earlier);
	assert_int_equal(archive.n_damages, 1);
	assert_int_equal(archive.damages[0].lack, TT_ARCHIVE_VANISHED);
	assert_string_equal(archive.damages[0].path, path);
	assert_int_equal(observe(), 0);
	assert_int_equal(observed.packets, 12);
	assert_int_equal(tt_observation_damages(&observed, TT_ARCHIVE_DAMAGED), 0);
	/* What vanished in an earlier try is told after the next one, too. */
	earlier = archive;
	open_archive(&archive);
	assert_int_equal(tt_archive_vanished(&archive, &earlier), 0);
	assert_int_equal(archive.n_damages, 1);
	/* The sums name the archive that they are of. */
	tt_observation_fini(&observed);
	tt_archive_close(&earlier);
}

/* As a second listing that has neither the merged one nor its parts, and a third one that has it. */
static void
what_a_listing_missed_did_not_vanish(void **state)
{
	struct tt_archive first, second;
	char path[256];

	open_archive(&first);
	for (unsigned i = 0; i < 3; i++)
		hide(i, true);
	open_archive(&second);
	assert_int_equal(tt_archive_vanished(&second, &first), 0);
	tt_archive_close(&first);
	assert_int_equal(second.n_damages, 3);
	hide(0, false);
	hide(1, false);
	compact();
	open_archive(&archive);
	assert_int_equal(tt_archive_vanished(&archive, &second), 0);
	tt_archive_close(&second);
	assert_int_equal(archive.n_damages, 1);
	assert_string_equal(
			archive.damages[0].path, bed_path(&bed, MINUTE(2), NULL, path));
	assert_int_equal(observe(), 0);
	assert_int_equal(check(), 0);
	assert_int_equal(observed.packets, 12);
}

static void
another_one_of_the_same_name(void **state)
{
	open_archive(&archive);
	hide(2, true);
	bed_count_all(&bed, MINUTE(2));
	tt_spool_close(bed.spool);
	bed_open_spool(&bed, TT_SYNC_NONE);
	bed_write_ok(&bed, MINUTE(2));
	assert_int_equal(check(), -EAGAIN);
}

static void
interval_that_came_since_is_no_change(void **state)
{
	open_archive(&archive);
	bed_count_some(&bed, MINUTE(3));
	bed_write_ok(&bed, MINUTE(3));
	assert_int_equal(observe(), 0);
	assert_int_equal(check(), 0);
	assert_int_equal(observed.packets, 18);
}

static void
what_went_before_it_was_read_is_a_change(void **state)
{
	const struct tt_archive_wish w = wish();

	hides_the_next = true;
	assert_int_equal(tt_archive_open(&archive, &w, &error), -EAGAIN);
}

static void
what_went_of_another_sensor_is_no_change(void **state)
{
	struct tt_archive_wish w = wish();

	w.sensors = "tokyo-2";
	hides_the_next = true;
	assert_int_equal(tt_archive_open(&archive, &w, &error), -ENOENT);
	assert_false(hides_the_next);
}

static void
missing_table_is_damage_and_no_change(void **state)
{
	char path[256];

	assert_int_equal(unlink(bed_path(&bed, MINUTE(0), "targets.parquet", path)), 0);
	open_archive(&archive);
	assert_int_equal(observe(), 0);
	assert_int_equal(check(), 0);
	assert_int_equal(tt_observation_damages(&observed, TT_ARCHIVE_DAMAGED), 1);
	assert_string_equal(archive.damages[0].where, path);
}

static void
damage_is_named_by_its_file(void **state)
{
	char manifest[256], table[256];
	FILE *file;

	bed_path(&bed, MINUTE(0), "manifest.json", manifest);
	assert_int_equal(unlink(manifest), 0);
	file = fopen(bed_path(&bed, MINUTE(1), "targets.parquet", table), "r+");
	assert_non_null(file);
	assert_int_equal(fseek(file, -20, SEEK_END), 0);
	for (int i = 0; i < 4; i++)
		fputc(0xff, file);
	fclose(file);
	open_archive(&archive);
	assert_int_equal(observe(), 0);
	assert_int_equal(tt_observation_damages(&observed, TT_ARCHIVE_DAMAGED), 2);
	assert_string_equal(archive.damages[0].where, manifest);
	assert_string_equal(archive.damages[1].where, table);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
			TEST(nothing_changed),
			TEST(parts_merged_before_they_are_read),
			TEST(parts_merged_between_two_passes),
			TEST(merged_one_that_no_listing_saw),
			TEST(merged_one_beside_its_parts_is_a_change),
			TEST(deleted_snapshot_is_named),
			TEST(what_a_listing_missed_did_not_vanish),
			TEST(another_one_of_the_same_name),
			TEST(interval_that_came_since_is_no_change),
			TEST(what_went_before_it_was_read_is_a_change),
			TEST(what_went_of_another_sensor_is_no_change),
			TEST(missing_table_is_damage_and_no_change),
			TEST(damage_is_named_by_its_file),
	};

	return cmocka_run_group_tests_name("archive", tests, NULL, NULL);
}
