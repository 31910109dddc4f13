/* SPDX-License-Identifier: BSD-3-Clause */
/* What the snapshots of a period add up to, and what is left out. */
#include "snapshot_forge.h"
#include "tt_observation.h"
#include "tt_series.h"

static struct bed bed;
static struct tt_archive archive;
static struct tt_observed_names names;
static struct tt_observation observed;
static struct tt_error error;

#define MINUTE(n) (BED_START + (n)*BED_MINUTE) /* BED_START is 22:45 of 2026-11-22 */
#define MIDNIGHT  MINUTE(75)
#define DAY       "2026-11-22"

static int
setup(void **state)
{
	bed_init(&bed);
	assert_int_equal(tt_observed_names_init(&names), 0);
	error = (struct tt_error){0};
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

static void
write_minute(unsigned n)
{
	bed_count_some(&bed, MINUTE(n));
	bed_write_ok(&bed, MINUTE(n));
}

static int
open_spools(const char *const *spools, size_t n, const char *period)
{
	struct tt_period p;
	const struct tt_archive_wish wish = {spools, n, NULL, &p, 1};

	assert_int_equal(tt_period_parse(&p, period, 0, &error), 0);
	return tt_archive_open(&archive, &wish, &error);
}

static void
observe(const char *period)
{
	const char *const spool = bed.spool_path;
	struct tt_period p;

	if (open_spools(&spool, 1, period) != 0)
		fail_msg("%s: %s", error.where, error.why);
	assert_int_equal(tt_period_parse(&p, period, 0, &error), 0);
	if (tt_observation_read(&observed, &archive, &names, &p, NULL, &error) != 0)
		fail_msg("%s: %s", error.where, error.why);
}

static uint64_t
packets_to(const char *target)
{
	struct tt_target t;

	assert_int_equal(tt_target_parse(target, &t), 0);
	return tt_observation_target(&observed, tt_observed_target(&names, t));
}

static void
snapshots_add_up(void **state)
{
	write_minute(0);
	write_minute(1);
	observe(DAY);
	assert_int_equal(observed.packets, 12);
	assert_int_equal(packets_to("445/TCP"), 6);
	assert_int_equal(packets_to("23/TCP"), 4);
	assert_int_equal(packets_to("8/ICMP"), 2);
	assert_int_equal(packets_to("80/TCP"), 0);
	assert_int_equal(observed.countries[tt_observed_country(&names, "??")], 12);
	assert_int_equal(observed.days[0].packets, 12);
	assert_int_equal(observed.exposure.observed_us, 2 * BED_MINUTE);
	assert_float_equal(tt_address_days(observed.exposure.address_time),
			2 * 256 / 1440.0, 1e-9);
	assert_float_equal(tt_rate(TT_PER_ADDRESS, &observed.exposure, 12),
			12 * 1440 / 512.0, 1e-9);
	assert_float_equal(observed.sources, 3, 0.1);
	/* Two signatures: of ports below 100, and of the second such packet of a source. */
	assert_true(observed.detections > 0);
	assert_int_equal(observed.detections, observed.days[0].detections);
	assert_float_equal(tt_observation_coverage(&observed), 2 / 1440.0, 1e-9);
}

static void
days_are_kept_apart(void **state)
{
	write_minute(0);
	write_minute(75);
	write_minute(76);
	observe("2026-11-22..2026-11-23");
	assert_int_equal(observed.period.n_days, 2);
	assert_int_equal(observed.days[0].packets, 6);
	assert_int_equal(observed.days[1].packets, 12);
	assert_false(observed.days[0].torn);
	assert_float_equal(observed.days[1].sources, 3, 0.1);
}

static void
snapshot_over_the_end_is_left_out_and_noted(void **state)
{
	write_minute(0);
	write_minute(1);
	observe("2026-11-22T22:45..2026-11-22T22:46:30");
	assert_int_equal(observed.packets, 6);
	assert_int_equal(observed.n_across, 1);
	assert_int_equal(observed.across_us, BED_MINUTE / 2);
	assert_non_null(observed.across);
}

static void
write_over_midnight(void)
{
	struct tt_interval interval = {
			.span = {MIDNIGHT - BED_MINUTE, MIDNIGHT + BED_MINUTE},
			.nominal_us = BED_MINUTE,
			.observed_us = 2 * BED_MINUTE,
			.tallies = &bed.tally,
			.n_tallies = 1};
	const struct tt_run_info run = {.monitored = bed.monitored,
			.monitored_addresses = 256,
			.program = "test",
			.version = "0",
			.host = "bed",
			.workers = 1};

	bed_count_some(&bed, MIDNIGHT - BED_MINUTE);
	bed.tally->span = interval.span;
	bed_make_ledger(&bed);
	assert_int_equal(tt_spool_write(bed.spool, &interval, bed.merge, bed.config, &run,
					 bed.ledger, bed.n_ledger, &bed.totals, &error),
			0);
}

static void
snapshot_over_midnight_is_of_no_day(void **state)
{
	write_over_midnight();
	write_minute(77);
	observe("2026-11-22..2026-11-23");
	assert_int_equal(observed.packets, 12);
	assert_int_equal(observed.days[0].packets, 0);
	assert_int_equal(observed.days[0].exposure.observed_us, 0);
	assert_int_equal(observed.days[1].packets, 6);
	assert_true(observed.days[0].torn && observed.days[1].torn);
	assert_true(observed.days[1].sources < 0);
	assert_int_equal(observed.n_torn_days, 2);
	assert_float_equal(tt_day_cover_share(&observed.cover, 0).torn, 0, 0);
	assert_float_equal(tt_day_cover_share(&observed.cover, 1).torn, 1 / 1440.0, 1e-9);
	assert_float_equal(tt_day_cover_share(&observed.cover, 1).observed, 1 / 1440.0,
			1e-9);
}

static void
snapshot_over_the_end_tears_the_day_it_leaves(void **state)
{
	write_over_midnight();
	write_minute(77);
	observe("2026-11-23");
	assert_int_equal(observed.n_across, 1);
	assert_true(observed.days[0].torn);
	assert_true(observed.days[0].sources < 0);
	assert_float_equal(tt_day_cover_share(&observed.cover, 0).torn, 1 / 1440.0, 1e-9);
	assert_float_equal(tt_day_cover_share(&observed.cover, 0).observed, 1 / 1440.0,
			1e-9);
}

static void
torn_time_is_not_missing(void **state)
{
	assert_true(tt_day_is_whole((struct tt_day_share){.observed = 0.95}));
	assert_false(tt_day_is_whole((struct tt_day_share){.observed = 0.94}));
	assert_true(tt_day_is_whole((struct tt_day_share){0.5, 0.5}));
	assert_false(tt_day_is_whole((struct tt_day_share){0.49, 0.51}));
	assert_false(tt_day_is_whole((struct tt_day_share){0.8, 0.125}));
}

/* Changes a byte in the middle of a table. */
static void
damage(unsigned minute, const char *table)
{
	char path[256];
	size_t size;
	char *bytes = bed_read_file(bed_path(&bed, MINUTE(minute), table, path), &size);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	for (size_t i = 8; i < 200 && i < size; i++)
		bytes[i] ^= 0x55;
	assert_int_equal(fwrite(bytes, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
	free(bytes);
}

static void
damaged_snapshot_counts_not_at_all(void **state)
{
	static const char *const tables[] = {"targets.parquet", "countries.parquet",
			"signatures.parquet", "sketches.parquet"};

	write_minute(0);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(tables); i++) {
		write_minute(1 + i);
		damage(1 + i, tables[i]);
	}
	observe(DAY);
	assert_int_equal(observed.packets, 6);
	assert_int_equal(packets_to("445/TCP"), 3);
	assert_int_equal(observed.countries[tt_observed_country(&names, "??")], 6);
	assert_int_equal(observed.exposure.observed_us, BED_MINUTE);
	assert_int_equal(tt_observation_damages(&observed, TT_ARCHIVE_DAMAGED),
			TT_ARRAY_SIZE(tables));
	for (size_t i = 0; i < observed.n_categories; i++)
		for (uint32_t c = 0; c < observed.categories[i].n; c++)
			assert_true(observed.categories[i].sums[c]
					<= observed.detections);
}

/* Rows that were all read, and are not those of the manifest. */
static void
rows_that_contradict_the_manifest_are_taken_back(void **state)
{
	const struct forge forge = {0, TT_TARGETS_PACKETS, 5, NULL};
	struct tt_snapshot *snapshot;
	char path[256];

	write_minute(0);
	write_minute(1);
	assert_int_equal(tt_snapshot_open(&snapshot,
					 bed_path(&bed, MINUTE(1), NULL, path), &error),
			0);
	forge_table(snapshot, TT_TABLE_TARGETS, &forge, 1);
	tt_snapshot_close(snapshot);
	observe(DAY);
	assert_int_equal(observed.packets, 6);
	assert_int_equal(packets_to("445/TCP") + packets_to("23/TCP")
					+ packets_to("8/ICMP"),
			6);
	assert_int_equal(tt_observation_damages(&observed, TT_ARCHIVE_DAMAGED), 1);
}

static void
same_time_in_two_spools_is_refused(void **state)
{
	const char *const spools[] = {bed.spool_path, bed.spool_path};

	write_minute(0);
	assert_int_equal(open_spools(spools, 2, DAY), -EEXIST);
}

static void
no_packets_are_counted_as_none(void **state)
{
	tt_tally_reset(bed.tally);
	bed_write_ok(&bed, MINUTE(0));
	observe(DAY);
	assert_int_equal(observed.packets, 0);
	assert_int_equal(observed.exposure.observed_us, BED_MINUTE);
	assert_true(observed.sources == 0);
	assert_int_equal(tt_rate_unit_of(&observed, NULL), TT_PER_ADDRESS);
}

static void
nothing_in_the_period_is_nothing(void **state)
{
	write_minute(0);
	observe("2026-11-24");
	assert_int_equal(observed.exposure.snapshots, 0);
	assert_true(tt_observation_coverage(&observed) == 0);
	assert_true(tt_rate(TT_PER_ADDRESS, &observed.exposure, 5) == 0);
}

static void
so_many_addresses_that_rates_say_nothing(void **state)
{
	write_minute(0);
	observe(DAY);
	assert_int_equal(tt_rate_unit_of(&observed, NULL), TT_PER_ADDRESS);
	tt_address_time_join(&observed.exposure.address_time,
			tt_address_time_of(TT_US_PER_DAY, INT64_MAX));
	assert_int_equal(tt_rate_unit_of(&observed, NULL), TT_PER_SENSOR);
	assert_float_equal(tt_rate(TT_PER_SENSOR, &observed.exposure, 6), 6 * 1440, 1e-6);
}

static void
series_have_leaders_by_day_and_month(void **state)
{
	struct tt_series series;
	int32_t unknown;

	write_minute(0);
	write_minute(75);
	write_minute(76);
	observe("2026-11-22..2026-11-23");
	assert_int_equal(tt_series_read(&series, &observed, NULL, 2, NULL, &error), 0);
	assert_int_equal(series.n_targets, 2);
	assert_int_equal(names.targets[series.targets[0].target].number, 445);
	assert_int_equal(names.targets[series.targets[1].target].number, 23);
	/* No country is known, so that none leads. */
	assert_int_equal(series.n_countries, 0);
	unknown = tt_observed_country(&names, "??");
	assert_int_equal(tt_sums_get(&series.targets[0].days, (size_t)unknown * 2), 3);
	assert_int_equal(
			tt_sums_get(&series.targets[0].days, (size_t)unknown * 2 + 1), 6);
	assert_int_equal(tt_sums_get(&series.targets[0].months,
					 (size_t)unknown * TT_SERIES_MONTHS
							 + TT_SERIES_MONTHS - 1),
			9);
	assert_string_equal(series.months[TT_SERIES_MONTHS - 1].name, "2026-11");
	assert_string_equal(series.months[0].name, "2026-02");
	assert_int_equal(series.packets[TT_SERIES_MONTHS - 1], 18);
	assert_int_equal(series.exposure[0].observed_us, 0);
	tt_series_fini(&series);
}

static uint64_t
packets_of_last_month(const struct tt_series *series, unsigned target)
{
	size_t unknown = (size_t)tt_observed_country(&names, "??");

	return tt_sums_get(&series->targets[target].months,
			unknown * TT_SERIES_MONTHS + TT_SERIES_MONTHS - 1);
}

/* Without the snapshots, which are gone but for the one of the day. */
static void
month_that_was_observed_is_made_of_its_sums(void **state)
{
	struct tt_observation month;
	struct tt_series series;
	struct tt_period day;

	write_minute(0);
	write_minute(75);
	write_minute(76);
	observe("2026-11");
	month = observed;
	archive.entries[0].path = "/nonexistent";
	assert_int_equal(tt_period_parse(&day, "2026-11-23", 0, &error), 0);
	assert_int_equal(tt_observation_read(
					 &observed, &archive, &names, &day, NULL, &error),
			0);
	assert_int_equal(tt_series_read(&series, &observed, &month, 2, NULL, &error), 0);
	assert_int_equal(archive.n_damages, 0);
	assert_int_equal(packets_of_last_month(&series, 0), 9);
	assert_int_equal(packets_of_last_month(&series, 1), 6);
	assert_int_equal(series.packets[TT_SERIES_MONTHS - 1], 18);
	assert_int_equal(series.exposure[TT_SERIES_MONTHS - 1].observed_us,
			3 * BED_MINUTE);
	assert_int_equal(series.exposure[TT_SERIES_MONTHS - 1].snapshots, 3);
	tt_series_fini(&series);
	tt_observation_fini(&month);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
			TEST(snapshots_add_up),
			TEST(days_are_kept_apart),
			TEST(snapshot_over_the_end_is_left_out_and_noted),
			TEST(snapshot_over_midnight_is_of_no_day),
			TEST(snapshot_over_the_end_tears_the_day_it_leaves),
			cmocka_unit_test(torn_time_is_not_missing),
			TEST(damaged_snapshot_counts_not_at_all),
			TEST(rows_that_contradict_the_manifest_are_taken_back),
			TEST(same_time_in_two_spools_is_refused),
			TEST(no_packets_are_counted_as_none),
			TEST(nothing_in_the_period_is_nothing),
			TEST(so_many_addresses_that_rates_say_nothing),
			TEST(series_have_leaders_by_day_and_month),
			TEST(month_that_was_observed_is_made_of_its_sums),
	};

	return cmocka_run_group_tests_name("observation", tests, NULL, NULL);
}
