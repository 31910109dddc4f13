/* SPDX-License-Identifier: BSD-3-Clause */
/* What is not observed within a snapshot, as its table coverage says. */
#include "snapshot_bed.h"
#include "tt_summary.h"

#include <fcntl.h>

#define SECOND TT_US_PER_S

/* Seconds after BED_START; the snapshot is a minute. */
struct row {
	const char *origin;
	int64_t from_s, until_s, observed_s;
};

static struct bed bed;

static struct tt_snapshot *
open_snapshot(void)
{
	struct tt_snapshot *s;
	char path[256];

	bed_init(&bed);
	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	assert_int_equal(tt_snapshot_open(&s, bed_path(&bed, BED_START, NULL, path),
					 &bed.err),
			0);
	return s;
}

static void
put_rows(struct tt_snapshot *s, const struct row *rows, unsigned n)
{
	static const char *const keys[] = {TT_META_SCHEMA_VERSION, TT_META_TABLE,
			TT_META_INTERVAL_START, TT_META_SENSOR};
	const struct tt_schema *schema = tt_schema_of(TT_TABLE_COVERAGE);
	struct tt_key_value metadata[TT_ARRAY_SIZE(keys)];
	int dir = open(s->path, O_RDONLY | O_DIRECTORY);
	struct tt_parquet_reader *before;
	struct tt_parquet_writer *w;

	assert_int_equal(tt_snapshot_table(s, TT_TABLE_COVERAGE, &before, &bed.err), 0);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(keys); i++)
		metadata[i] = (struct tt_key_value){
				keys[i], tt_parquet_metadata(before, keys[i])};
	assert_int_equal(unlinkat(dir, schema->file, 0), 0);
	assert_int_equal(tt_parquet_create(&w, dir, schema->file, schema->columns,
					 schema->n_columns, metadata, TT_ARRAY_SIZE(keys),
					 &bed.err),
			0);
	for (unsigned i = 0; i < n; i++) {
		const struct row *row = &rows[i];

		tt_parquet_set_int(w, 0, BED_START);
		tt_parquet_set_text(w, 1, "tokyo-1");
		tt_parquet_set_text(w, TT_COVERAGE_ORIGIN, row->origin);
		tt_parquet_set_int(w, TT_COVERAGE_OBSERVED_FROM,
				BED_START + row->from_s * SECOND);
		tt_parquet_set_int(w, TT_COVERAGE_OBSERVED_UNTIL,
				BED_START + row->until_s * SECOND);
		tt_parquet_set_int(w, TT_COVERAGE_OBSERVED_US, row->observed_s * SECOND);
		tt_parquet_set_int(w, TT_COVERAGE_MONITORED_ADDRESSES, 256);
		tt_parquet_set_int(w, TT_COVERAGE_INTERVALS, 1);
		assert_int_equal(tt_parquet_end_row(w, &bed.err), 0);
	}
	assert_int_equal(tt_parquet_finish(w, false,
					 &s->manifest.files[TT_TABLE_COVERAGE], &bed.err),
			0);
	tt_parquet_close(before);
	close(dir);
	s->manifest.complete = false;
}

static void
close_snapshot(struct tt_snapshot *s)
{
	tt_snapshot_close(s);
	bed_fini(&bed);
}

static void
gaps_lie_between_rows_of_a_sensor_and_parts_in_them(void **state)
{
	static const struct row rows[] = {
			{"a", 0, 10, 10}, {"a", 10, 20, 7}, /* adjoins */
			{"a", 25, 30, 5}, /* a gap of 5 s */
			{"b", 0, 10, 0}, /* another sensor */
			{"b", 40, 60, 19}, /* a gap of 30 s */
	};
	struct tt_within within = {.gaps = {1, SECOND}, .in_part = {1, SECOND}};
	struct tt_snapshot *s = open_snapshot();

	put_rows(s, rows, TT_ARRAY_SIZE(rows));
	assert_int_equal(tt_summary_gaps_within(s, &within, &bed.err), 0);
	assert_int_equal(within.gaps.n, 1 + 2);
	assert_int_equal(within.gaps.us, (1 + 5 + 30) * SECOND);
	assert_int_equal(within.in_part.n, 1 + 3);
	assert_int_equal(within.in_part.us, (1 + 3 + 10 + 1) * SECOND);
	close_snapshot(s);
}

static void
of_a_complete_snapshot_it_is_not_read(void **state)
{
	static const struct row rows[] = {{"a", 0, 10, 10}, {"a", 50, 60, 5}};
	struct tt_within within = {0};
	struct tt_snapshot *s = open_snapshot();

	put_rows(s, rows, TT_ARRAY_SIZE(rows));
	s->manifest.complete = true;
	assert_int_equal(tt_summary_gaps_within(s, &within, &bed.err), 0);
	assert_int_equal(within.gaps.n + within.in_part.n, 0);
	close_snapshot(s);
}

static void
a_row_that_cannot_be_is_an_error_that_names_the_snapshot(void **state)
{
	static const struct row cases[][2] = {
			{{"a", 0, 10, 10}, {"a", 9, 20, 5}}, /* overlaps */
			{{"a", -1, 10, 10}, {"b", 0, 1, 1}},
			{{"a", 0, 10, 10}, {"a", 50, 61, 5}},
			{{"a", 0, 10, 10}, {"a", 30, 20, -10}},
			{{"a", 0, 10, -1}, {"b", 0, 1, 1}},
			{{"a", 0, 10, 11}, {"b", 0, 1, 1}},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		struct tt_snapshot *s = open_snapshot();
		struct tt_summaries all = {0};

		put_rows(s, cases[i], 2);
		assert_int_equal(tt_summaries_add(&all, s, &bed.err), -EBADMSG);
		assert_non_null(strstr(
				bed.err.where, "/tokyo-1/2026-11-22/20261122T224500Z"));
		assert_int_equal(all.n, 1);
		assert_int_equal(all.all[0].snapshots, 1);
		tt_summaries_fini(&all);
		close_snapshot(s);
	}
}

static void
a_summary_of_several_adds_what_is_within_and_before_them(void **state)
{
	static const struct row rows[] = {{"a", 0, 10, 4}, {"a", 20, 60, 40}};
	struct tt_snapshot *s = open_snapshot();
	struct tt_summaries all = {0};

	put_rows(s, rows, TT_ARRAY_SIZE(rows));
	assert_int_equal(tt_summaries_add(&all, s, &bed.err), 0);
	s->manifest.gap_before_us = 7 * SECOND; /* of a minute, ten later */
	s->manifest.start_us += 10 * BED_MINUTE;
	s->manifest.end_us += 10 * BED_MINUTE;
	s->manifest.complete = true;
	assert_int_equal(tt_summaries_add(&all, s, &bed.err), 0);
	assert_int_equal(all.n, 1);
	assert_int_equal(all.all[0].gaps.n, 2);
	assert_int_equal(all.all[0].gaps.us, 17 * SECOND);
	assert_int_equal(all.all[0].in_part.n, 1);
	assert_int_equal(all.all[0].in_part.us, 6 * SECOND);
	assert_int_equal(all.all[0].missing.us, 9 * BED_MINUTE - 7 * SECOND);
	tt_summaries_fini(&all);
	close_snapshot(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					gaps_lie_between_rows_of_a_sensor_and_parts_in_them),
			cmocka_unit_test(of_a_complete_snapshot_it_is_not_read),
			cmocka_unit_test(
					a_row_that_cannot_be_is_an_error_that_names_the_snapshot),
			cmocka_unit_test(
					a_summary_of_several_adds_what_is_within_and_before_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
