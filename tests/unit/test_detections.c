/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_detections_merge.h"
#include "tt_detections_tags.h"
#include "tt_hash.h"
#include "tt_window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define START  (INT64_C(1700000000) * TT_US_PER_S)
#define MINUTE (60 * TT_US_PER_S)

static struct tt_rule rules[300];
static struct tt_rules set = {.rules = rules};
static struct tt_geo *geo;
static struct tt_signature_totals totals;
static struct tt_signature_row of_rule[2]; /* the last row of each */
static uint64_t row_sources, row_matches, rest_matches, error;
static uint64_t matches_of[2][TT_N_COUNTRIES + 1]; /* of the rows of each rule */

static int
put_row(void *context, const struct tt_signature_row *row, struct tt_error *err)
{
	if (row->rule < &rules[2]) {
		of_rule[row->rule - rules] = *row;
		matches_of[row->rule - rules][row->country] += row->matches;
	}
	row_sources += row->uniq_src_ip;
	row_matches += row->matches;
	rest_matches += row->country == TT_N_COUNTRIES ? row->matches : 0;
	error += row->detections_variance > 0;
	return 0;
}

static struct tt_detections
make(uint64_t hits)
{
	const struct tt_detections_config config = {&set, geo, hits, 1, 0};
	struct tt_detections d;

	assert_int_equal(tt_detections_init(&d, &config, tt_mem_heap(), NULL), 0);
	return d;
}

static void
add(struct tt_detections *d, uint32_t rule, uint32_t src, int64_t us)
{
	const struct tt_packet p = {.src = tt_addr_v4(src), .dst = tt_addr_v4(1)};

	tt_detections_add(d, rule, &p, us);
}

static int
merge(struct tt_detections_merge *m, const struct tt_detections *d, int64_t start_us)
{
	const struct tt_signature_sink sink = {.signature = put_row};

	row_sources = row_matches = rest_matches = error = 0;
	memset(matches_of, 0, sizeof(matches_of));
	return tt_detections_merge_run(m, &set, &d, 1, start_us, start_us + MINUTE, &sink,
			&totals, NULL);
}

static struct tt_detections_merge *
make_merge(uint64_t hits, struct tt_mem *mem)
{
	struct tt_detections_merge *m = NULL;

	assert_int_equal(tt_detections_merge_create(&m, hits, geo, mem, NULL), 0);
	return m;
}

static void
set_rules(unsigned n, struct tt_rule_count count)
{
	for (unsigned i = 0; i < n; i++)
		rules[i] = (struct tt_rule){.gid = 1, .sid = i + 1, .count = count};
	set.n = n;
	set.n_counting = tt_rules_counting(rules, n);
}

/* More rules than there are cells, and more sources of each than hits are kept of all. */
static void
a_full_table_of_cells_loses_no_match(void **state)
{
	struct tt_detections d;
	struct tt_detections_merge *m = make_merge(TT_HITS_MIN, tt_mem_heap());

	set_rules(300, (struct tt_rule_count){0});
	d = make(TT_HITS_MIN);
	for (unsigned i = 0; i < 300 * 20; i++)
		add(&d, i % 300, 100 + i / 300, START);
	assert_int_equal(merge(m, &d, START), 0);
	assert_true(totals.one_in > 1);
	assert_int_equal(row_matches, 300 * 20);
	assert_true(rest_matches > 0);
	tt_detections_fini(&d);
	tt_detections_merge_destroy(m);
}

/* A rule that does not count and one that does, which share a table of the smallest size. */
static void
set_both(void)
{
	set_rules(2, (struct tt_rule_count){0});
	rules[1].count = (struct tt_rule_count){TT_RULE_COUNT_LIMIT, TT_RULE_TRACK_SOURCE,
			1, 60, TT_RULE_UNIQUE_NONE};
	set.n_counting = 1;
}

static void
rules_that_count_take_no_room_of_others(void **state)
{
	struct tt_detections_merge *m = make_merge(TT_HITS_MIN, tt_mem_heap());
	struct tt_detections d;

	set_both();
	d = make(TT_HITS_MIN);
	for (unsigned i = 0; i < 40; i++)
		add(&d, 0, 100 + i, START);
	for (unsigned i = 0; i < 50000; i++)
		add(&d, 1, 1000 + i % 1000, START + i / 1000 * TT_US_PER_S);
	assert_int_equal(merge(m, &d, START), 0);
	assert_true(totals.one_in > 1);
	assert_int_equal(of_rule[0].one_in, 1);
	assert_int_equal(of_rule[0].uniq_src_ip, 40);
	assert_int_equal(of_rule[0].detections, 40);
	assert_true(of_rule[1].one_in > 1 && of_rule[1].detections_variance > 0);
	tt_detections_fini(&d);
	tt_detections_merge_destroy(m);
}

static void
sources_of_other_rules_take_no_room_of_those_that_count(void **state)
{
	struct tt_detections_merge *m = make_merge(TT_HITS_MIN, tt_mem_heap());
	struct tt_detections d;

	set_both();
	d = make(TT_HITS_MIN);
	for (unsigned i = 0; i < 50000; i++)
		add(&d, 0, 1000 + i, START);
	for (unsigned i = 0; i < 100; i++)
		add(&d, 1, 100 + i % 50, START + i * 100000);
	assert_int_equal(merge(m, &d, START), 0);
	assert_true(of_rule[0].one_in > 1);
	assert_int_equal(of_rule[0].detections, 50000);
	assert_int_equal(of_rule[1].one_in, 1);
	assert_int_equal(of_rule[1].detections, 50);
	assert_int_equal(of_rule[1].detections_variance, 0);
	/* Sources of both are known of the sample that both have. */
	assert_int_equal(totals.one_in, of_rule[0].one_in);
	assert_true(totals.uniq_src_ip % totals.one_in == 0);
	assert_true(totals.uniq_src_ip > 25000 && totals.uniq_src_ip < 100000);
	tt_detections_fini(&d);
	tt_detections_merge_destroy(m);
}

#define COUNTRY_SOURCES 3000 /* of which a table keeps a few dozen */

/* Two countries of so many addresses, one after the other. */
static struct tt_geo *
two_countries(void)
{
	char path[] = "/tmp/test_detections.XXXXXX";
	struct tt_geo *two = NULL;
	const int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_true(dprintf(fd, "%d,%d,CN\n%d,%d,JP\n", 1 << 24,
				    (1 << 24) + COUNTRY_SOURCES - 1,
				    (1 << 24) + COUNTRY_SOURCES,
				    (1 << 24) + 2 * COUNTRY_SOURCES - 1)
			> 0);
	close(fd);
	assert_int_equal(tt_geo_open(&two, path, tt_mem_heap(), NULL), 0);
	unlink(path);
	return two;
}

/* Each source once more than the one before, of both rules, from the n-th on. */
static void
add_countries(struct tt_detections *d, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		for (unsigned k = 0; k < 1 + i % 5; k++) {
			add(d, 0, (1u << 24) + i, START + i);
			add(d, 1, (1u << 24) + i, START + i % 60 * TT_US_PER_S);
		}
}

static void
assert_countries_are_exact(void)
{
	const tt_country cn = tt_country_parse("CN"), jp = tt_country_parse("JP");

	for (unsigned rule = 0; rule < 2; rule++) {
		assert_true(of_rule[rule].one_in > 1);
		assert_int_equal(matches_of[rule][cn], 3 * COUNTRY_SOURCES);
		assert_int_equal(matches_of[rule][jp], 3 * COUNTRY_SOURCES);
	}
	assert_int_equal(totals.matches, 4 * 3 * COUNTRY_SOURCES);
	assert_true(totals.not_kept > 3 * 3 * COUNTRY_SOURCES);
	assert_true(totals.not_kept < totals.matches);
}

/* No two slots have the hit of one key: a copy, in which they would be one, has as many. */
static void
assert_hits_are_found_again(const struct tt_detections *d)
{
	struct tt_detections copy;
	uint64_t n = 0;

	for (uint64_t i = 0; i < d->n_hits; i++)
		n += tt_detections_wanted(d, &d->hits[i], d->shift);
	assert_int_equal(tt_detections_compact(&copy, d), 0);
	assert_int_equal(copy.n_hits, n);
	tt_detections_fini(&copy);
}

/* Hits are given up in the table itself, in a copy, in two that are joined, and in the merge. */
static void
packets_of_hits_that_are_given_up_stay_with_their_country(void **state)
{
	struct tt_geo *unknown = geo;
	struct tt_detections whole, few, many, copies[2], joined;
	const struct tt_detections *parts[2] = {&few, &many};
	const struct tt_signature_sink sink = {.signature = put_row};
	struct tt_detections_merge *m;

	geo = two_countries();
	m = make_merge(2 * TT_HITS_MIN, tt_mem_heap());
	set_both();
	whole = make(TT_HITS_MIN);
	few = make(TT_HITS_MIN);
	many = make(TT_HITS_MIN);
	add_countries(&whole, 0, 2 * COUNTRY_SOURCES);
	assert_hits_are_found_again(&whole);
	assert_int_equal(merge(m, &whole, START), 0);
	assert_countries_are_exact();
	/* The few were all kept, until they are together with the many. */
	add_countries(&few, 0, 40);
	add_countries(&many, 40, 2 * COUNTRY_SOURCES);
	assert_int_equal(few.shift[0] | few.shift[1], 0);
	assert_int_equal(merge(m, &few, START), 0);
	memset(matches_of, 0, sizeof(matches_of));
	assert_int_equal(tt_detections_merge_run(m, &set, parts, 2, START, START + MINUTE,
					 &sink, &totals, NULL),
			0);
	assert_countries_are_exact();
	assert_int_equal(tt_detections_compact(&copies[0], &few), 0);
	assert_int_equal(tt_detections_compact(&copies[1], &many), 0);
	assert_int_equal(tt_detections_join(&joined, &copies[0], &copies[1]), 0);
	assert_true(tt_detections_compact_bytes(&joined)
			<= tt_detections_compact_bytes(&copies[0])
					+ tt_detections_compact_bytes(&copies[1]));
	assert_int_equal(merge(m, &joined, START), 0);
	assert_countries_are_exact();
	tt_detections_fini(&joined);
	tt_detections_fini(&copies[0]);
	tt_detections_fini(&copies[1]);
	tt_detections_fini(&whole);
	tt_detections_fini(&few);
	tt_detections_fini(&many);
	tt_detections_merge_destroy(m);
	tt_geo_close(geo);
	geo = unknown;
}

static void
tags_are_compared_as_one_by_one(void **state)
{
	for (unsigned i = 0; i < 100000; i++) {
		uint16_t tags[TT_HIT_BUCKET];

		for (unsigned k = 0; k < TT_HIT_BUCKET; k++)
			tags[k] = (uint16_t)(tt_hash_mix(i * TT_HIT_BUCKET + k) % 4
					* (i % 2 == 0 ? 0x0101 : 0x5555));
		for (unsigned k = 0; k < TT_HIT_BUCKET; k++) {
			const uint64_t want = tt_hit_tags_equal_ref(tags, tags[k]);

			assert_int_equal(tt_hit_tags_equal(tags, tags[k]), want);
			assert_true(tags[tt_hit_first(want)] == tags[k]);
		}
		assert_int_equal(tt_hit_tags_equal(tags, 0),
				tt_hit_tags_equal_ref(tags, 0));
	}
	assert_int_equal(tt_hit_tag(0), 1);
	assert_int_equal(tt_hit_tag(UINT64_C(0x1234000012340000)), 1);
	assert_int_equal(tt_hit_tag(UINT64_C(0x0000123400000235)), 0x1001);
}

static void
windows_begin_anew_where_the_clock_was_set_back(void **state)
{
	struct tt_detections_merge *m = make_merge(TT_HITS_MIN, tt_mem_heap());
	const int64_t starts[] = {START + 3600 * TT_US_PER_S, START, START + MINUTE};
	const uint64_t wanted[] = {1, 1, 0};
	struct tt_detections d;

	set_rules(1,
			(struct tt_rule_count){TT_RULE_COUNT_LIMIT, TT_RULE_TRACK_SOURCE,
					1, 600, TT_RULE_UNIQUE_NONE});
	for (unsigned i = 0; i < TT_ARRAY_SIZE(starts); i++) {
		d = make(TT_HITS_MIN);
		add(&d, 0, 7, starts[i]);
		assert_int_equal(merge(m, &d, starts[i]), 0);
		assert_int_equal(totals.detections, wanted[i]);
		assert_int_equal(error, 0);
		tt_detections_fini(&d);
	}
	tt_detections_merge_destroy(m);
}

static void
windows_without_room_are_said(void **state)
{
	struct tt_detections_merge *m = make_merge(TT_HITS_MIN, tt_mem_heap());
	struct tt_detections d;

	set_rules(1,
			(struct tt_rule_count){TT_RULE_COUNT_LIMIT, TT_RULE_TRACK_SOURCE,
					1, 100, TT_RULE_UNIQUE_NONE});
	/* Of one interval all fit, of two they do not. */
	for (unsigned minute = 0; minute < 4; minute++) {
		d = make(TT_HITS_MIN);
		for (unsigned i = 0; i < 150 && minute < 2; i++)
			add(&d, 0, 1000 * minute + i,
					START + minute * MINUTE + 59 * TT_US_PER_S);
		add(&d, 0, 5000, START + minute * MINUTE);
		assert_int_equal(merge(m, &d, START + minute * MINUTE), 0);
		assert_int_equal(totals.one_in, 1);
		assert_true((totals.not_carried > 0) == (minute == 1));
		assert_int_equal(error > 0, minute == 2);
		tt_detections_fini(&d);
	}
	tt_detections_merge_destroy(m);
}

/* Seconds are told apart, and windows go on, beyond 2^32 of them. */
static void
windows_are_the_same_after_2106(void **state)
{
	const int64_t start = START + (INT64_C(1) << 32) * TT_US_PER_S;
	struct tt_detections_merge *m = make_merge(TT_HITS_MIN, tt_mem_heap());
	const uint64_t wanted[] = {2, 0, 1};
	struct tt_detections d;

	set_rules(1,
			(struct tt_rule_count){TT_RULE_COUNT_LIMIT, TT_RULE_TRACK_SOURCE,
					2, 127, TT_RULE_UNIQUE_NONE});
	for (unsigned i = 0; i < TT_ARRAY_SIZE(wanted); i++) {
		d = make(TT_HITS_MIN);
		for (unsigned k = 0; k < 3; k++)
			add(&d, 0, 7, start + i * MINUTE + (3 + 5 * k) * TT_US_PER_S);
		assert_int_equal(merge(m, &d, start + i * MINUTE), 0);
		assert_int_equal(totals.detections, wanted[i]);
		tt_detections_fini(&d);
	}
	tt_detections_merge_destroy(m);
}

static unsigned allowed;

static void *
alloc_some(struct tt_mem *mem, size_t bytes, const char *purpose)
{
	if (allowed == 0)
		return NULL;
	allowed--;
	return calloc(1, bytes);
}

static void
free_some(struct tt_mem *mem, void *ptr, size_t bytes)
{
	free(ptr);
}

static void
a_merge_that_could_not_grow_works_when_there_is_memory(void **state)
{
	struct tt_mem mem = {.alloc = alloc_some, .free = free_some};
	struct tt_detections_merge *m;
	struct tt_detections d;

	allowed = 100;
	m = make_merge(TT_HITS_MIN, &mem);
	set_rules(2, (struct tt_rule_count){0});
	d = make(8 * TT_HITS_MIN);
	add(&d, 1, 7, START);
	for (unsigned i = 0; i < 5; i++) {
		allowed = i;
		assert_int_equal(merge(m, &d, START), -12);
	}
	allowed = 100;
	assert_int_equal(merge(m, &d, START), 0);
	assert_int_equal(row_matches, 1);
	tt_detections_fini(&d);
	tt_detections_merge_destroy(m);
}

static void
a_window_has_its_end_and_no_more(void **state)
{
	const struct tt_rule_count rule = {TT_RULE_COUNT_BOTH, TT_RULE_TRACK_SOURCE, 3,
			10, TT_RULE_UNIQUE_NONE};
	struct tt_window w = {0};

	assert_true(tt_window_turn(&w, &rule, START));
	assert_int_equal(tt_window_add(&w, &rule, 2), 0);
	assert_false(tt_window_turn(&w, &rule, START + 10 * TT_US_PER_S));
	assert_int_equal(tt_window_add(&w, &rule, 1), 1);
	assert_int_equal(tt_window_add(&w, &rule, 5), 0);
	assert_true(tt_window_turn(&w, &rule, START + 10 * TT_US_PER_S + 1));
	assert_int_equal(tt_window_add(&w, &rule, 5), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(a_full_table_of_cells_loses_no_match),
			cmocka_unit_test(rules_that_count_take_no_room_of_others),
			cmocka_unit_test(
					sources_of_other_rules_take_no_room_of_those_that_count),
			cmocka_unit_test(
					packets_of_hits_that_are_given_up_stay_with_their_country),
			cmocka_unit_test(tags_are_compared_as_one_by_one),
			cmocka_unit_test(windows_begin_anew_where_the_clock_was_set_back),
			cmocka_unit_test(windows_without_room_are_said),
			cmocka_unit_test(windows_are_the_same_after_2106),
			cmocka_unit_test(
					a_merge_that_could_not_grow_works_when_there_is_memory),
			cmocka_unit_test(a_window_has_its_end_and_no_more),
	};

	if (tt_geo_open(&geo, "", tt_mem_heap(), NULL) != 0)
		return 1;
	return cmocka_run_group_tests_name("detections", tests, NULL, NULL);
}
