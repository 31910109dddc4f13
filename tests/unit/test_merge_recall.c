/* SPDX-License-Identifier: BSD-3-Clause */
/* What a merge says of earlier intervals: targets seen first, sources that return. */
#include "merge_bed.h"

static struct traffic traffic;
static uint64_t true_sources;

static const struct run flood = {
		&traffic, 3, .pairs = TT_PAIRS_MIN, .uneven = true, .talkers = 5};

static int
make_flood(void **state)
{
	if (open_bed(0) != 0)
		return -1;
	traffic = draw_traffic(&(struct traffic_config){120000, 100000, 3000, 65536});
	true_sources = ask(&traffic, any_packet, NULL).sources;
	return 0;
}

static int
free_flood(void **state)
{
	free_traffic(&traffic);
	return close_bed(state);
}

static void
the_later_interval_knows_targets_and_sources_of_the_earlier(void **state)
{
	struct traffic few = draw_traffic(&(struct traffic_config){3000, 60, 6, 9});
	struct run r = {&few, 2};
	struct output *first, *again, *later;

	assert_int_equal(tt_recall_create(&r.recall, 10000, 1000 * TT_US_PER_S,
					 tt_mem_heap(), NULL),
			0);
	first = merge_over(&r);
	again = merge_over(&r);
	r.start_us = START_US + 60 * TT_US_PER_S;
	later = merge_over(&r);
	assert_string_equal(again->text, first->text);
	assert_memory_equal(&again->totals, &first->totals, sizeof(first->totals));
	assert_int_equal(first->totals.targets_first, first->totals.targets);
	assert_int_equal(first->totals.uniq_src_ip_returning, 0);
	assert_int_equal(later->totals.targets_first, 0);
	assert_int_equal(later->totals.uniq_src_ip_returning, later->totals.uniq_src_ip);
	assert_int_equal(later->totals.recall_since_us, START_US);
	for (size_t i = 0; i < later->source.n; i++) {
		assert_int_equal(first->source.rows[i].returning, TT_RETURNING_NO);
		assert_int_equal(later->source.rows[i].returning, TT_RETURNING_YES);
	}
	free_output(first);
	free_output(again);
	free_output(later);
	tt_recall_destroy(r.recall);
	free_traffic(&few);
}

/* Merges the same twice, as an earlier and a later interval. */
static void
return_all(struct run r, struct tt_totals *earlier, struct tt_totals *later)
{
	struct tt_tally *tallies[N_TALLIES_MAX];
	unsigned n = new_tallies(&r, tallies);
	struct tt_merge *merge;
	struct output *o;

	assert_int_equal(tt_recall_create(&r.recall, 1024, 1000 * TT_US_PER_S,
					 tt_mem_heap(), NULL),
			0);
	merge = new_merge(&r, 1000);
	o = output_of(merge, tallies, n, START_US);
	*earlier = o->totals;
	free_output(o);
	o = output_of(merge, tallies, n, START_US + TT_US_PER_S);
	*later = o->totals;
	free_output(o);
	tt_merge_destroy(merge);
	tt_recall_destroy(r.recall);
	for (unsigned i = 0; i < n; i++)
		tt_tally_destroy(tallies[i]);
}

static void
expect_all_to_return(const struct tt_totals *earlier, const struct tt_totals *later)
{
	uint64_t one_in = later->returning_one_in > later->sources_one_in
			? later->returning_one_in
			: later->sources_one_in;

	assert_int_equal(earlier->uniq_src_ip_returning, 0);
	expect_near(later->uniq_src_ip_returning, true_sources, one_in, 4);
}

static void
sources_that_return_are_estimated_at_the_lower_rate(void **state)
{
	struct tt_totals earlier, later;

	return_all(flood, &earlier, &later);
	assert_true(later.sources_one_in >= 8);
	expect_all_to_return(&earlier, &later);
	return_all((struct run){&traffic, 2}, &earlier, &later);
	assert_true(later.returning_one_in > later.sources_one_in);
	expect_all_to_return(&earlier, &later);
}

/* The packets of both. */
static struct traffic
concat(const struct traffic *a, const struct traffic *b)
{
	struct traffic t = {.packets = calloc(a->n + b->n, sizeof(*t.packets)),
			.details = calloc(a->n + b->n, sizeof(*t.details)),
			.times_us = calloc(a->n + b->n, sizeof(*t.times_us)),
			.n = a->n + b->n};

	memcpy(t.packets, a->packets, a->n * sizeof(*t.packets));
	memcpy(t.packets + a->n, b->packets, b->n * sizeof(*t.packets));
	memcpy(t.details, a->details, a->n * sizeof(*t.details));
	memcpy(t.details + a->n, b->details, b->n * sizeof(*t.details));
	memcpy(t.times_us, a->times_us, a->n * sizeof(*t.times_us));
	memcpy(t.times_us + a->n, b->times_us, b->n * sizeof(*t.times_us));
	return t;
}

/* The memory overflows while it is asked: some answers come from before that. */
static void
the_flood_in_which_few_return_does_not_spoil_their_count(void **state)
{
	struct traffic few = draw_traffic(&(struct traffic_config){3000, 400, 9, 9});
	struct traffic both = concat(&few, &traffic);
	struct run r = {&few, 1};
	struct output *earlier, *later;

	assert_int_equal(tt_recall_create(&r.recall, 1024, 1000 * TT_US_PER_S,
					 tt_mem_heap(), NULL),
			0);
	earlier = merge_over(&r);
	assert_int_equal(earlier->totals.returning_one_in, 1);
	r.traffic = &both;
	r.start_us = START_US + TT_US_PER_S;
	later = merge_over(&r);
	assert_true(later->totals.returning_one_in >= 16);
	expect_near(later->totals.uniq_src_ip_returning, earlier->totals.uniq_src_ip,
			later->totals.returning_one_in, 4);
	free_output(earlier);
	free_output(later);
	tt_recall_destroy(r.recall);
	free_traffic(&few);
	free_traffic(&both);
}

/* The packets of one source. */
static struct traffic
of_source(const struct traffic *from, struct tt_addr src)
{
	struct traffic t = {.packets = calloc(from->n, sizeof(*t.packets)),
			.details = calloc(from->n, sizeof(*t.details)),
			.times_us = calloc(from->n, sizeof(*t.times_us))};

	for (size_t i = 0; i < from->n; i++) {
		if (tt_addr_cmp(from->packets[i].src, src) != 0)
			continue;
		t.packets[t.n] = from->packets[i];
		t.details[t.n] = from->details[i];
		t.times_us[t.n++] = from->times_us[i];
	}
	return t;
}

/* A source in the sample stands for many; alone in an interval, it is one. */
static void
no_more_sources_return_than_there_are(void **state)
{
	struct run r = flood, fine = {NULL, 2};
	struct output *flooded, *later;
	struct traffic one;

	assert_int_equal(tt_recall_create(&r.recall, 200000, 1000 * TT_US_PER_S,
					 tt_mem_heap(), NULL),
			0);
	flooded = merge_over(&r);
	one = of_source(&traffic, flooded->source.rows[0].src);
	fine.traffic = &one;
	fine.recall = r.recall;
	fine.start_us = START_US + TT_US_PER_S;
	later = merge_over(&fine);
	assert_true(later->totals.returning_one_in >= 8);
	assert_int_equal(later->source.rows[0].returning, TT_RETURNING_YES);
	assert_int_equal(later->totals.uniq_src_ip, 1);
	assert_int_equal(later->totals.uniq_src_ip_returning, 1);
	free_output(flooded);
	free_output(later);
	free_traffic(&one);
	tt_recall_destroy(r.recall);
}

static uint64_t
count_answers(const struct output *o, enum tt_returning answer)
{
	uint64_t n = 0;

	for (size_t i = 0; i < o->source.n; i++)
		n += o->source.rows[i].returning == answer;
	return n;
}

/* Memory has room for all; the tables of the flood had not. */
static void
what_a_flood_had_is_counted_in_later_intervals_that_kept_all(void **state)
{
	struct traffic few = draw_traffic(&(struct traffic_config){6000, 4000, 9, 9});
	struct traffic both = concat(&few, &traffic);
	struct run r = flood, fine = {&few, 2};
	struct output *flooded, *later, *again, *last;

	assert_int_equal(tt_recall_create(&r.recall, 200000, 1000 * TT_US_PER_S,
					 tt_mem_heap(), NULL),
			0);
	r.traffic = &both;
	fine.recall = r.recall;
	flooded = merge_over(&r);
	fine.start_us = START_US + TT_US_PER_S;
	later = merge_over(&fine);
	again = merge_over(&fine);
	fine.start_us = START_US + 1001 * TT_US_PER_S;
	last = merge_over(&fine);
	assert_true(flooded->totals.sources_one_in >= 8);
	assert_int_equal(later->totals.sources_one_in, 1);
	assert_int_equal(later->totals.returning_one_in, flooded->totals.sources_one_in);
	expect_near(later->totals.uniq_src_ip_returning, later->totals.uniq_src_ip,
			later->totals.returning_one_in, 4);
	assert_int_equal(count_answers(later, TT_RETURNING_NO), 0);
	assert_true(count_answers(later, TT_RETURNING_UNKNOWN) > 0);
	assert_string_equal(again->text, later->text);
	assert_memory_equal(&again->totals, &later->totals, sizeof(later->totals));
	assert_int_equal(last->totals.returning_one_in, 1);
	assert_int_equal(last->totals.uniq_src_ip_returning, last->totals.uniq_src_ip);
	free_output(flooded);
	free_output(later);
	free_output(again);
	free_output(last);
	tt_recall_destroy(r.recall);
	free_traffic(&few);
	free_traffic(&both);
}

/* Returning sources in the sample at the rate at which they are counted, scaled by it, but no more than there are sources. */
static uint64_t
returning_in_sample(const struct output *o)
{
	uint64_t one_in = o->totals.returning_one_in, n = 0;

	for (size_t i = 0; i < o->source.n; i++) {
		const struct tt_source_row *row = &o->source.rows[i];
		unsigned bits = tt_sample_bits(tt_sketch_hash(row->src));

		n += row->returning == TT_RETURNING_YES && UINT64_C(1) << bits >= one_in;
	}
	n *= one_in;
	return n < o->totals.uniq_src_ip ? n : o->totals.uniq_src_ip;
}

/* The interval between knows all that returns of the first one; it counts those of the sample. */
static void
sources_known_to_return_beyond_the_sample_are_told_and_not_counted(void **state)
{
	struct traffic few = draw_traffic(&(struct traffic_config){6000, 4000, 9, 9});
	struct run r = flood, fine = {&few, 2};
	struct output *first, *flooded, *later;

	assert_int_equal(tt_recall_create(&r.recall, 200000, 1000 * TT_US_PER_S,
					 tt_mem_heap(), NULL),
			0);
	fine.recall = r.recall;
	first = merge_over(&fine);
	r.start_us = START_US + TT_US_PER_S;
	flooded = merge_over(&r);
	fine.start_us = START_US + 2 * TT_US_PER_S;
	later = merge_over(&fine);
	assert_int_equal(
			flooded->totals.returning_one_in, flooded->totals.sources_one_in);
	assert_int_equal(count_answers(later, TT_RETURNING_YES), first->source.n);
	assert_int_equal(later->totals.returning_one_in, flooded->totals.sources_one_in);
	assert_int_equal(later->totals.uniq_src_ip_returning, returning_in_sample(later));
	expect_near(later->totals.uniq_src_ip_returning, later->totals.uniq_src_ip,
			later->totals.returning_one_in, 4);
	free_output(first);
	free_output(flooded);
	free_output(later);
	tt_recall_destroy(r.recall);
	free_traffic(&few);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					the_later_interval_knows_targets_and_sources_of_the_earlier),
			cmocka_unit_test(
					sources_that_return_are_estimated_at_the_lower_rate),
			cmocka_unit_test(
					the_flood_in_which_few_return_does_not_spoil_their_count),
			cmocka_unit_test(
					what_a_flood_had_is_counted_in_later_intervals_that_kept_all),
			cmocka_unit_test(no_more_sources_return_than_there_are),
			cmocka_unit_test(
					sources_known_to_return_beyond_the_sample_are_told_and_not_counted),
	};

	draw_state = choose_seed();
	return cmocka_run_group_tests_name("merge_recall", tests, make_flood, free_flood);
}
