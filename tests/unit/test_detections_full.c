/* SPDX-License-Identifier: BSD-3-Clause */
/* Tables of hits and of cells that are full: in the table, its copies, and their merge. */
#include "detections_bed.h"

/* More rules than there are cells, and more sources of each than hits are kept of all. */
static void
a_full_table_of_cells_loses_no_match(void **state)
{
	struct tt_detections d;
	struct tt_detections_merge *m = make_merge(TT_HITS_MIN, tt_mem_heap());

	set_rules(300, (struct tt_rule_count){0});
	d = make(TT_HITS_MIN);
	/* Three packets of each source: a hit that is given up has more than one. */
	for (unsigned i = 0; i < 300 * 20; i++)
		for (unsigned k = 0; k < 3; k++)
			add(&d, i % 300, 100 + i / 300, START);
	assert_int_equal(merge(m, &d, START), 0);
	assert_true(totals.one_in > 1);
	assert_int_equal(row_matches, 3 * 300 * 20);
	assert_int_equal(totals.matches, d.matches);
	assert_true(rest_matches > 0);
	tt_detections_fini(&d);
	tt_detections_merge_destroy(m);
}

/* The first interval's packets leave nothing behind in a table that is counted in again. */
static void
a_table_that_was_reset_is_as_good_as_new(void **state)
{
	struct tt_detections used, fresh;

	set_rules(300, (struct tt_rule_count){0});
	used = make(TT_HITS_MIN);
	for (unsigned interval = 0; interval < 3; interval++) {
		fresh = make(TT_HITS_MIN);
		tt_detections_reset(&used);
		for (unsigned i = 0; i < 300 * 20; i++) {
			add(&used, i % 300, 100 + i / 300, START + interval * MINUTE);
			add(&fresh, i % 300, 100 + i / 300, START + interval * MINUTE);
		}
		assert_true(used.shift[TT_HITS_PLAIN] > 0);
		assert_int_equal(used.shift[TT_HITS_PLAIN], fresh.shift[TT_HITS_PLAIN]);
		assert_int_equal(used.not_kept, fresh.not_kept);
		assert_memory_equal(
				used.hits, fresh.hits, used.n_hits * sizeof(*used.hits));
		assert_memory_equal(
				used.tags, fresh.tags, used.n_hits * sizeof(*used.tags));
		assert_memory_equal(used.cells, fresh.cells,
				used.n_cells * sizeof(*used.cells));
		assert_memory_equal(used.rest, fresh.rest, set.n * sizeof(*used.rest));
		tt_detections_fini(&fresh);
	}
	tt_detections_reset(&used);
	assert_false(used.any);
	for (unsigned rule = 0; rule < set.n; rule++)
		assert_int_equal(used.rest[rule], 0);
	tt_detections_fini(&used);
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

/* The merge of a table and of its copy say the same, of what was not kept as well. */
static void
a_copy_of_a_sampled_table_merges_to_the_same(void **state)
{
	struct tt_detections_merge *m = make_merge(TT_HITS_MIN, tt_mem_heap());
	struct tt_signature_totals of_table;
	struct tt_detections d, copy, again;
	uint64_t stale = 0;

	set_both();
	d = make(TT_HITS_MIN);
	for (unsigned i = 0; i < 4000; i++)
		for (unsigned k = 0; k < 1 + i % 3; k++)
			add(&d, i % 2, 1000 + i, START);
	for (uint64_t i = 0; i < d.n_hits; i++)
		if (!tt_detections_wanted(&d, &d.hits[i], d.shift))
			stale += d.hits[i].packets;
	/* Hits that left the sample, whose slots nobody needed yet. */
	assert_true(stale > 0);
	assert_int_equal(merge(m, &d, START), 0);
	of_table = totals;
	assert_int_equal(of_table.not_kept, d.not_kept + stale);
	assert_int_equal(tt_detections_compact(&copy, &d), 0);
	assert_int_equal(copy.not_kept, d.not_kept + stale);
	assert_null(copy.put_off);
	assert_int_equal(merge(m, &copy, START), 0);
	assert_memory_equal(&totals, &of_table, sizeof(totals));
	assert_int_equal(tt_detections_compact(&again, &copy), 0);
	assert_int_equal(again.not_kept, copy.not_kept);
	tt_detections_fini(&again);
	tt_detections_fini(&copy);
	tt_detections_fini(&d);
	tt_detections_merge_destroy(m);
}

#define PARTS 8

/* Of parts in which both hits and cells are full, cells are more than a merge has room for by their hits. */
static void
a_merge_takes_the_cells_of_more_parts_than_it_was_made_for(void **state)
{
	struct tt_detections_merge *m = make_merge(TT_HITS_MIN, tt_mem_heap());
	const struct tt_signature_sink sink = {.signature = put_row};
	const struct tt_detections *given[PARTS];
	struct tt_detections parts[PARTS];

	set_rules(300, (struct tt_rule_count){0});
	for (unsigned part = 0; part < PARTS; part++) {
		parts[part] = make(TT_HITS_MIN);
		given[part] = &parts[part];
		for (unsigned i = 0; i < 300 * 20; i++)
			add(&parts[part], i % 300, 100 + i / 300, START);
		assert_int_equal(parts[part].cells_taken, parts[part].n_cells / 8 * 7);
	}
	row_matches = 0;
	assert_int_equal(tt_detections_merge_run(m, &set, given, PARTS, START,
					 START + MINUTE, &sink, &totals, NULL),
			0);
	assert_int_equal(row_matches, PARTS * 300 * 20);
	for (unsigned part = 0; part < PARTS; part++)
		tt_detections_fini(&parts[part]);
	tt_detections_merge_destroy(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(a_full_table_of_cells_loses_no_match),
			cmocka_unit_test(a_table_that_was_reset_is_as_good_as_new),
			cmocka_unit_test(rules_that_count_take_no_room_of_others),
			cmocka_unit_test(
					sources_of_other_rules_take_no_room_of_those_that_count),
			cmocka_unit_test(
					packets_of_hits_that_are_given_up_stay_with_their_country),
			cmocka_unit_test(a_copy_of_a_sampled_table_merges_to_the_same),
			cmocka_unit_test(
					a_merge_takes_the_cells_of_more_parts_than_it_was_made_for),
	};

	if (tt_geo_open(&geo, "", tt_mem_heap(), NULL) != 0)
		return 1;
	return cmocka_run_group_tests_name("detections_full", tests, NULL, NULL);
}
