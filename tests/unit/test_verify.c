/* SPDX-License-Identifier: BSD-3-Clause */
/* What `verify` finds beside damaged bytes: snapshots out of place, strangers in the spool, and
 * unique counts that contradict each other. */
#include "verify_damage.h"

static int
setup(void **state)
{
	bed_init(&bed);
	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	return 0;
}

static int
teardown(void **state)
{
	bed_fini(&bed);
	return 0;
}

static void
ignore(void *context, const struct tt_error *err)
{
}

/* Verifies all that is listed under a path. Returns how many files are damaged. */
static int
verify(const char *path)
{
	struct tt_snapshot_list list;
	int damaged = 0;

	said[0] = '\0';
	assert_int_equal(
			tt_snapshot_list_scan_strict(&list, path, ignore, NULL, &bed.err),
			0);
	assert_true(list.n > 0);
	for (size_t i = 0; i < list.n; i++)
		damaged += tt_snapshot_verify_listed(&list, i, note, NULL);
	tt_snapshot_list_fini(&list);
	return damaged;
}

/* "DIR/spool/…" */
static const char *
in_spool(const char *rest)
{
	static char paths[2][256];
	static unsigned next;
	char *path = paths[next++ % 2];

	snprintf(path, sizeof(paths[0]), "%s/%s", bed.spool_path, rest);
	return path;
}

static void
move(const char *from, const char *to)
{
	assert_int_equal(rename(in_spool(from), in_spool(to)), 0);
}

#define DAY      "tokyo-1/2026-11-22"
#define SNAPSHOT DAY "/20261122T224500Z"

static void
a_spool_and_each_part_of_it_are_in_place(void **state)
{
	char here[256];

	assert_int_equal(verify(bed.spool_path), 0);
	assert_int_equal(verify(in_spool("tokyo-1")), 0);
	assert_int_equal(verify(in_spool("tokyo-1/")), 0);
	assert_int_equal(verify(in_spool(DAY)), 0);
	assert_int_equal(verify(in_spool(SNAPSHOT)), 0);
	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(chdir(in_spool("tokyo-1")), 0);
	assert_int_equal(verify("."), 0);
	assert_int_equal(verify(".."), 0);
	assert_int_equal(verify("2026-11-22"), 0);
	assert_int_equal(chdir(here), 0);
}

static void
a_snapshot_under_another_time_is_found(void **state)
{
	static const char other[] = DAY "/20261122T224600Z";

	move(SNAPSHOT, other);
	assert_int_equal(verify(bed.spool_path), 1);
	assert_string_equal(said,
			"20261122T224600Z: holds the snapshot 20261122T224500Z "
			"of sensor tokyo-1\n");
	assert_int_equal(verify(in_spool(other)), 1);
	assert_int_equal(tt_snapshot_verify(in_spool(other), note, NULL), 1);
}

static void
a_link_to_a_snapshot_under_another_time_is_found(void **state)
{
	assert_int_equal(symlink("20261122T224500Z", in_spool(DAY "/20261122T224600Z")),
			0);
	assert_int_equal(verify(bed.spool_path), 1);
}

static void
a_snapshot_in_another_day_is_found(void **state)
{
	move(DAY, "tokyo-1/2026-11-21");
	assert_int_equal(verify(bed.spool_path), 1);
	assert_string_equal(said,
			"20261122T224500Z: lies in 2026-11-21, not in its day "
			"2026-11-22\n");
	assert_int_equal(verify(in_spool("tokyo-1/2026-11-21")), 1);
	assert_int_equal(verify(in_spool("tokyo-1/2026-11-21/20261122T224500Z")), 0);
}

static void
a_snapshot_outside_of_any_day_is_found(void **state)
{
	move(SNAPSHOT, "tokyo-1/20261122T224500Z");
	assert_int_equal(verify(bed.spool_path), 1);
	assert_string_equal(said,
			"20261122T224500Z: lies in tokyo-1, not in its day "
			"2026-11-22\n");
}

static void
a_snapshot_of_another_sensor_is_found(void **state)
{
	move("tokyo-1", "osaka-1");
	assert_int_equal(verify(bed.spool_path), 1);
	assert_string_equal(said,
			"20261122T224500Z: lies in the directory of sensor "
			"osaka-1; it is of sensor tokyo-1\n");
	assert_int_equal(verify(in_spool("osaka-1")), 1);
}

static void
a_part_that_was_copied_elsewhere_may_have_any_parent(void **state)
{
	char other[256];

	snprintf(other, sizeof(other), "%s/20261122T224500Z", bed.dir);
	assert_int_equal(rename(in_spool(SNAPSHOT), other), 0);
	assert_int_equal(verify(other), 0);
	assert_int_equal(tt_snapshot_verify(other, note, NULL), 0);
	assert_int_equal(rename(other, in_spool(SNAPSHOT)), 0);
	snprintf(other, sizeof(other), "%s/2026-11-22", bed.dir);
	assert_int_equal(rename(in_spool(DAY), other), 0);
	assert_int_equal(verify(other), 0);
}

static void
make_file(const char *rest)
{
	int fd = open(in_spool(rest), O_CREAT | O_WRONLY, 0644);

	assert_true(fd >= 0);
	close(fd);
}

static unsigned n_strays;

static void
count_stray(void *context, const struct tt_error *err)
{
	note(context, err);
	n_strays++;
}

static size_t
list_strictly(const char *path)
{
	struct tt_snapshot_list list;
	size_t n;

	n_strays = 0;
	said[0] = '\0';
	assert_int_equal(tt_snapshot_list_scan_strict(
					 &list, path, count_stray, NULL, &bed.err),
			0);
	n = list.n;
	tt_snapshot_list_fini(&list);
	return n;
}

static void
strangers_in_a_sensor_or_a_day_are_named(void **state)
{
	make_file("tokyo-1/notes.txt");
	make_file("tokyo-1/2026-11-21");
	make_file(DAY "/20261122T224600Z");
	assert_int_equal(mkdir(in_spool(DAY "/copy of 20261122T224500Z"), 0755), 0);
	assert_int_equal(list_strictly(bed.spool_path), 1);
	assert_int_equal(n_strays, 4);
	assert_non_null(strstr(said, "notes.txt: neither a day nor a snapshot"));
	assert_non_null(strstr(said, "2026-11-21: neither"));
	assert_non_null(strstr(said, "20261122T224600Z: neither a snapshot"));
	assert_non_null(strstr(said, "copy of 20261122T224500Z: neither"));
	assert_int_equal(list_strictly(in_spool("tokyo-1")), 1);
	assert_int_equal(n_strays, 4);
	assert_int_equal(list_strictly(in_spool(DAY)), 1);
	assert_int_equal(n_strays, 2);
}

static void
what_a_spool_may_hold_beside_snapshots_is_no_stranger(void **state)
{
	make_file(DAY "/.hidden");
	assert_int_equal(mkdir(in_spool(DAY "/.tmp-20261122T224600Z"), 0755), 0);
	assert_int_equal(mkdir(in_spool("lost+found"), 0755), 0);
	assert_int_equal(mkdir(in_spool("exports"), 0755), 0);
	make_file("exports/november.csv");
	make_file("README");
	assert_int_equal(list_strictly(bed.spool_path), 1);
	assert_int_equal(n_strays, 0);
}

static void
sources_of_targets_have_to_be_targets_of_sources(void **state)
{
	const struct forge more[] = {{0, TT_TARGETS_UNIQ_SRC_IP_TARGET, -1, NULL}};
	struct tt_snapshot *s;

	assert_int_equal(tt_snapshot_open(&s, in_spool(SNAPSHOT), &bed.err), 0);
	forge_table(s, TT_TABLE_TARGETS, NULL, 0);
	assert_int_equal(verify(bed.spool_path), 0);
	forge_table(s, TT_TABLE_TARGETS, more, 1);
	assert_int_equal(verify(bed.spool_path), 1);
	assert_string_equal(said,
			"targets.parquet: sources of all targets: 4; "
			"sources.parquet says 5\n");
	tt_snapshot_close(s);
}

static void
a_manifest_whose_sampling_contradicts_itself_is_found(void **state)
{
	struct tt_snapshot *s;

	assert_int_equal(tt_snapshot_open(&s, in_spool(SNAPSHOT), &bed.err), 0);
	s->manifest.exact = false;
	forge_manifest(s);
	assert_int_equal(verify(bed.spool_path), 1);
	assert_string_equal(said,
			"manifest.json: interval: uniques contradicts the sampling\n");
	tt_snapshot_close(s);
}

int
main(void)
{
#define BEDDED(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
			BEDDED(a_spool_and_each_part_of_it_are_in_place),
			BEDDED(a_snapshot_under_another_time_is_found),
			BEDDED(a_link_to_a_snapshot_under_another_time_is_found),
			BEDDED(a_snapshot_in_another_day_is_found),
			BEDDED(a_snapshot_outside_of_any_day_is_found),
			BEDDED(a_snapshot_of_another_sensor_is_found),
			BEDDED(a_part_that_was_copied_elsewhere_may_have_any_parent),
			BEDDED(strangers_in_a_sensor_or_a_day_are_named),
			BEDDED(what_a_spool_may_hold_beside_snapshots_is_no_stranger),
			BEDDED(sources_of_targets_have_to_be_targets_of_sources),
			BEDDED(a_manifest_whose_sampling_contradicts_itself_is_found),
	};

	return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
