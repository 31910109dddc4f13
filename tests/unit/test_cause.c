/* SPDX-License-Identifier: BSD-3-Clause */
/* Why targets rose or fell: changes, cycles, bounded counts, and snapshots that hold them. */
#include "snapshot_forge.h"
#include "tt_cause.h"
#include "tt_sketch.h"

#include <math.h>

#define DAYS 40

static double packets[DAYS], exposures[DAYS];

/* A level with a noise that is the same in every run. */
static void
fill(size_t from, size_t to, double level)
{
	for (size_t i = from; i < to; i++) {
		packets[i] = level + sqrt(level) * ((double)(i * 7 % 5) - 2) / 2;
		exposures[i] = 1;
	}
}

static void
a_level_that_stays_has_no_change(void **state)
{
	struct tt_change changes[TT_CHANGES_MAX];

	fill(0, DAYS, 100);
	assert_int_equal(tt_changes_find(packets, exposures, DAYS, changes), 0);
	fill(0, DAYS, 0);
	assert_int_equal(tt_changes_find(packets, exposures, DAYS, changes), 0);
	assert_int_equal(tt_changes_find(packets, exposures, 0, changes), 0);
}

static void
a_rise_begins_on_its_day(void **state)
{
	struct tt_change changes[TT_CHANGES_MAX];

	fill(0, 30, 18);
	fill(30, DAYS, 240);
	assert_int_equal(tt_changes_find(packets, exposures, DAYS, changes), 1);
	assert_int_equal(changes[0].at, 30);
	assert_true(changes[0].before < 25 && changes[0].after > 200);
}

static void
a_second_rise_does_not_hide_the_first(void **state)
{
	struct tt_change changes[TT_CHANGES_MAX];

	fill(0, 20, 18);
	fill(20, 32, 240);
	fill(32, DAYS, 1600);
	assert_int_equal(tt_changes_find(packets, exposures, DAYS, changes), 2);
	assert_int_equal(changes[0].at, 20);
	assert_int_equal(changes[1].at, 32);
}

static void
one_high_day_is_no_change_and_two_are(void **state)
{
	struct tt_change changes[TT_CHANGES_MAX];

	fill(0, DAYS, 100);
	packets[20] = 5000;
	assert_int_equal(tt_changes_find(packets, exposures, DAYS, changes), 0);
	fill(0, DAYS, 100);
	packets[38] = packets[39] = 5000;
	assert_int_equal(tt_changes_find(packets, exposures, DAYS, changes), 1);
	assert_int_equal(changes[0].at, 38);
}

/* The median of two points is their mean: one alone would move it by half. */
static void
one_odd_day_beside_the_end_is_no_change(void **state)
{
	static const size_t at[] = {0, 1, DAYS / 2, DAYS - 2, DAYS - 1};
	static const double odd[] = {0, 5000};
	struct tt_change changes[TT_CHANGES_MAX];

	for (size_t i = 0; i < DAYS; i++) {
		packets[i] = 100;
		exposures[i] = 1;
	}
	for (size_t i = 0; i < TT_ARRAY_SIZE(at) * TT_ARRAY_SIZE(odd); i++) {
		packets[at[i / 2]] = odd[i % 2];
		assert_int_equal(tt_changes_find(packets, exposures, DAYS, changes), 0);
		packets[at[i / 2]] = 100;
	}
	/* Nor are two that are off in opposite ways. */
	for (size_t i = 0; i < 2; i++) {
		packets[i * (DAYS - 2)] = 500;
		packets[i * (DAYS - 2) + 1] = 10;
		assert_int_equal(tt_changes_find(packets, exposures, DAYS, changes), 0);
		packets[i * (DAYS - 2)] = packets[i * (DAYS - 2) + 1] = 100;
	}
	/* So it is beside another change: 40, then 0 once, then 10. */
	for (size_t i = 0; i < DAYS; i++)
		packets[i] = i < 20 ? 40 : i == 20 ? 0 : 10;
	assert_int_equal(tt_changes_find(packets, exposures, DAYS, changes), 1);
	assert_int_equal(changes[0].at, 20);
	assert_true(changes[0].before == 40 && changes[0].after == 10);
}

static void
days_without_observation_are_left_out(void **state)
{
	struct tt_change changes[TT_CHANGES_MAX];

	fill(0, DAYS, 100);
	for (size_t i = 10; i < 15; i++)
		packets[i] = exposures[i] = 0;
	/* Half a day has half of the packets, and the same rate. */
	packets[20] /= 2;
	exposures[20] = 0.5;
	assert_int_equal(tt_changes_find(packets, exposures, DAYS, changes), 0);
}

static void
a_change_in_a_gap_has_both_of_its_ends(void **state)
{
	struct tt_change changes[TT_CHANGES_MAX];

	fill(0, 20, 18);
	fill(20, DAYS, 240);
	for (size_t i = 17; i < 23; i++)
		packets[i] = exposures[i] = 0;
	assert_int_equal(tt_changes_find(packets, exposures, DAYS, changes), 1);
	assert_int_equal(changes[0].at, 23);
	assert_int_equal(changes[0].last, 16);
}

#define HOURS (20 * 24)

static uint64_t hourly[HOURS];
static struct tt_address_time observed[HOURS];

static void
fill_hours(double level, double amplitude, double peak)
{
	for (size_t h = 0; h < HOURS; h++) {
		double phase = 2 * M_PI * ((double)(h % 24) + 0.5 - peak) / 24;

		hourly[h] = (uint32_t)(level * (1 + amplitude * cos(phase)) + 0.5);
		observed[h].us = 1;
	}
}

static void
a_cycle_has_its_strength_and_its_peak(void **state)
{
	struct tt_cycle c;

	fill_hours(50, 0.6, 21);
	c = tt_cycle_of(hourly, observed, HOURS);
	assert_true(c.found);
	assert_int_equal(c.days, 20);
	assert_true(fabs(c.strength - 0.6) < 0.02);
	assert_true(fabs(c.peak - 21) < 0.1);
}

static void
a_steady_rate_has_no_cycle(void **state)
{
	struct tt_cycle c;

	fill_hours(50, 0, 0);
	for (size_t h = 0; h < HOURS; h++)
		hourly[h] += (uint32_t)(h * 2654435761u >> 7) % 9;
	c = tt_cycle_of(hourly, observed, HOURS);
	assert_false(c.found);
}

static void
one_burst_makes_no_cycle(void **state)
{
	struct tt_cycle c;

	fill_hours(50, 0, 0);
	for (size_t h = 0; h < HOURS; h++)
		hourly[h] += (uint32_t)(h * 2654435761u >> 7) % 9;
	hourly[5 * 24 + 3] = 1000000;
	c = tt_cycle_of(hourly, observed, HOURS);
	assert_false(c.found);
}

static void
days_with_gaps_have_no_vote(void **state)
{
	struct tt_cycle c;

	fill_hours(50, 0.6, 3);
	for (size_t day = 4; day < 20; day++)
		observed[day * 24 + 7].us = 0;
	c = tt_cycle_of(hourly, observed, HOURS);
	assert_int_equal(c.days, 4);
	assert_false(c.found);
}

static void
a_slice_holds_a_day_of_line_rate(void **state)
{
	const uint64_t day = UINT64_C(14880952) * 86400;
	const struct tt_cause_count key = {.of = 3};
	struct tt_counts counts;

	tt_counts_init(&counts, 64, 2);
	for (unsigned i = 0; i < 2; i++)
		assert_non_null(tt_counts_add(&counts, &key, TT_CAUSE_NOW, 1, day / 2));
	assert_int_equal(tt_counts_sum(&counts, &counts.all[0], 1, 2), day);
	tt_counts_fini(&counts);
}

static void
full_counts_keep_the_heavier_half(void **state)
{
	struct tt_counts counts;
	struct tt_cause_count key = {.of = 3};
	size_t heavy = 0;

	tt_counts_init(&counts, 64, 2);
	for (unsigned i = 0; i < 64; i++) {
		key.lo = i;
		assert_non_null(tt_counts_add(
				&counts, &key, TT_CAUSE_NOW, i % 2, i < 10 ? 1000 : 1));
	}
	key.lo = 64;
	assert_non_null(tt_counts_add(&counts, &key, TT_CAUSE_NOW, 1, 7));
	assert_int_equal(counts.pruned, 32);
	assert_int_equal(counts.n, 33);
	for (size_t i = 0; i < counts.n; i++) {
		heavy += counts.all[i].packets[TT_CAUSE_NOW] == 1000;
		assert_int_equal(tt_counts_sum(&counts, &counts.all[i], 0, 2),
				counts.all[i].packets[TT_CAUSE_NOW]);
	}
	assert_int_equal(heavy, 10);
	tt_counts_fini(&counts);
}

static struct bed bed;
static struct tt_error error;

#define MINUTE(n) (BED_START + (n)*BED_MINUTE)

static int
setup(void **state)
{
	bed_init(&bed);
	error = (struct tt_error){0};
	return 0;
}

static int
teardown(void **state)
{
	bed_fini(&bed);
	return 0;
}

/* A minute with two packets from each of some hosts to port 445, one of them from port 6000. */
static void
write_hosts(unsigned hosts, int64_t start_us)
{
	tt_tally_reset(bed.tally);
	for (unsigned host = 1; host <= hosts; host++) {
		struct tt_packet p = bed_tcp(host, 445, TT_TCP_SYN);

		bed_packet(&bed, &p, start_us + host);
		p.src_port = 6000;
		bed_packet(&bed, &p, start_us + host);
	}
	bed_syn(&bed, 99, 80, start_us + 99);
	bed_write_ok(&bed, start_us);
}

static int
add(struct tt_cause *cause, int64_t start_us)
{
	struct tt_snapshot *s = NULL;
	char path[256];
	int ret;

	assert_int_equal(tt_snapshot_open(&s, bed_path(&bed, start_us, NULL, path),
					 &error),
			0);
	ret = tt_cause_add(cause, s, &error);
	tt_snapshot_close(s);
	return ret;
}

static void
open_cause(struct tt_cause *cause)
{
	const struct tt_cause_options options = {.from_us = {MINUTE(0), MINUTE(2)},
			.to_us = {MINUTE(2), MINUTE(4)}};

	assert_int_equal(tt_cause_init(cause, &options), 0);
	assert_int_equal(tt_cause_want(cause, TT_PROTO_TCP, 445), 0);
	for (int i = 0; i < 5; i++)
		write_hosts(i < 2 ? 2 : 6, MINUTE(i));
}

static void
snapshots_tell_the_cause(void **state)
{
	struct tt_cause cause;
	struct tt_cause_part parts[4];
	const struct tt_cause_target *t;

	open_cause(&cause);
	for (int i = 0; i < 5; i++)
		assert_int_equal(add(&cause, MINUTE(i)), 0);
	assert_int_equal(tt_cause_finish(&cause), 0);
	t = &cause.found[0];
	assert_int_equal(t->packets[TT_CAUSE_BEFORE], 8);
	assert_int_equal(t->packets[TT_CAUSE_NOW], 24);
	assert_true(fabs(tt_cause_rate(&cause, 24, TT_CAUSE_NOW) - 24 * 720.0 / 256)
			< 1e-6);
	/* Two of each snapshot have a row. */
	assert_int_equal(tt_cause_top(&cause, &cause.ports, 0, parts, 4), 2);
	assert_int_equal(parts[0].count->lo, 6000);
	assert_int_equal(parts[0].since, 12);
	assert_true(fabs(parts[0].share - 0.5) < 1e-9);
	assert_int_equal(tt_cause_sources(&cause, 0, 0, 1, TT_SOURCES_ANYWHERE).n, 6);
	assert_int_equal(tt_cause_all_sources(&cause, 0, TT_CAUSE_BEFORE).n, 2);
	assert_int_equal(tt_cause_top(&cause, &cause.countries, 0, parts, 4), 1);
	assert_int_equal(parts[0].count->lo, tt_cause_country("??"));
	assert_true(fabs(parts[0].of_change - 1) < 1e-9);
	tt_cause_fini(&cause);
}

static void
a_damaged_snapshot_adds_nothing(void **state)
{
	struct tt_cause cause;
	char path[256];
	FILE *f;

	open_cause(&cause);
	f = fopen(bed_path(&bed, MINUTE(2), "pairs.parquet", path), "r+");
	assert_non_null(f);
	fseek(f, 100, SEEK_SET);
	fputc('x', f);
	fclose(f);
	assert_int_equal(add(&cause, MINUTE(2)), -EBADMSG);
	assert_non_null(strstr(error.where, "pairs.parquet"));
	assert_int_equal(cause.found[0].packets[TT_CAUSE_NOW], 0);
	assert_int_equal(cause.snapshots[TT_CAUSE_NOW], 0);
	tt_cause_fini(&cause);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(a_level_that_stays_has_no_change),
			cmocka_unit_test(a_rise_begins_on_its_day),
			cmocka_unit_test(a_second_rise_does_not_hide_the_first),
			cmocka_unit_test(one_high_day_is_no_change_and_two_are),
			cmocka_unit_test(one_odd_day_beside_the_end_is_no_change),
			cmocka_unit_test(days_without_observation_are_left_out),
			cmocka_unit_test(a_change_in_a_gap_has_both_of_its_ends),
			cmocka_unit_test(a_cycle_has_its_strength_and_its_peak),
			cmocka_unit_test(a_steady_rate_has_no_cycle),
			cmocka_unit_test(one_burst_makes_no_cycle),
			cmocka_unit_test(days_with_gaps_have_no_vote),
			cmocka_unit_test(full_counts_keep_the_heavier_half),
			cmocka_unit_test(a_slice_holds_a_day_of_line_rate),
			cmocka_unit_test_setup_teardown(
					snapshots_tell_the_cause, setup, teardown),
			cmocka_unit_test_setup_teardown(
					a_damaged_snapshot_adds_nothing, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
