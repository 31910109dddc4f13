/* SPDX-License-Identifier: BSD-3-Clause */
/* What a tally takes of memory, and that it gives all back. */
#include "counting_mem.h"
#include "tally_bed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
too_few_pairs_are_refused(void **state)
{
	struct tt_tally_config config = tally_bed(TT_PAIRS_MIN - 1);
	struct tt_tally *t;
	struct tt_error err = {0};

	assert_true(tt_tally_create(&t, &config, tt_mem_heap(), &err) < 0);
	assert_string_equal(err.where, "pairs");
}

/* Of all numbers of pairs, those just above three quarters of a power of two have the longest lists. */
static void
tables_are_full_only_once_their_contacts_are_listed_no_more(void **state)
{
	static const unsigned pairs[] = {TT_PAIRS_MIN, 1536, 1537, 3072, 3073, 6145};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(pairs); i++) {
		struct tt_tally *t = tally_make(pairs[i]);

		assert_true(t->max_contacts4 > t->list_mask);
		assert_true(t->max_contacts6 > t->list_mask);
		tt_tally_destroy(t);
	}
}

static void
a_tally_takes_the_bytes_that_it_says_and_gives_all_back(void **state)
{
	struct tt_mem mem = {counting_alloc, counting_free};
	struct tt_tally_config config = tally_bed(30000); /* some arrays: tt_busy.h */
	struct tt_tally *t;
	uint64_t budget = 400 << 20;

	assert_int_equal(tt_tally_create(&t, &config, &mem, NULL), 0);
	assert_int_equal(mem_taken, tt_tally_bytes(&config));
	tt_tally_destroy(t);
	assert_int_equal(mem_taken, 0);
	config.pairs = tt_tally_pairs_for(&config, budget);
	assert_true(config.pairs > 100000 && tt_tally_bytes(&config) <= budget);
	config.pairs *= 2;
	assert_true(tt_tally_bytes(&config) > budget);
	assert_int_equal(tt_tally_pairs_for(&config, 1 << 20), 0);
}

static void
where_no_ipv6_is_monitored_its_contacts_take_no_memory(void **state)
{
	struct tt_tally_config both = tally_bed(786432), config = both;
	struct tt_prefix_set set = {0};
	struct tt_units v4;

	assert_int_equal(tt_prefix_set_parse(&set, "192.0.2.0/24,10.0.0.0/18", NULL), 0);
	assert_int_equal(tt_units_init(&v4, &set, 65536, 0, 0, NULL), 0);
	config.destinations = &v4;
	/* The table of 32 bytes a slot, and what waits for it; beside the cells of destinations. */
	assert_true(tt_tally_bytes(&config) + ((16 + 8) << 20) < tt_tally_bytes(&both));
	tt_units_fini(&v4);
	tt_prefix_set_fini(&set);
}

/* A /16 as programs count it (tt_setup.c); no space of IPv4 has more units. */
static void
three_table_sets_of_default_size_take_less_than_a_gibibyte(void **state)
{
	struct tt_tally_config config = tally_bed(786432);
	struct tt_prefix_set set = {0};
	struct tt_units destinations, prefixes;

	assert_int_equal(tt_prefix_set_parse(&set, "198.18.0.0/16", NULL), 0);
	assert_int_equal(tt_units_init(&destinations, &set, 65536, 0, 0, NULL), 0);
	assert_int_equal(tt_units_init(&prefixes, &set, 1024, 8, 64, NULL), 0);
	assert_int_equal(destinations.n, 65536);
	config.destinations = &destinations;
	config.prefixes = &prefixes;
	assert_in_range(3 * tt_tally_bytes(&config), 900 << 20, 1010 << 20);
	tt_units_fini(&destinations);
	tt_units_fini(&prefixes);
	tt_prefix_set_fini(&set);
}

/* Gives memory until a number of times, then none. */
static unsigned gives;

static void *
failing_alloc(struct tt_mem *mem, size_t bytes, const char *purpose)
{
	char *block;

	if (gives-- == 0)
		return NULL;
	/* What is given is not what free() takes. */
	block = aligned_alloc(TT_CACHE_LINE, (bytes / TT_CACHE_LINE + 2) * TT_CACHE_LINE);
	memset(block, 0, bytes + TT_CACHE_LINE);
	return block + TT_CACHE_LINE;
}

static void
failing_free(struct tt_mem *mem, void *ptr, size_t bytes)
{
	free((char *)ptr - TT_CACHE_LINE);
}

static void
short_memory_is_said_and_given_back(void **state)
{
	struct tt_mem mem = {failing_alloc, failing_free};
	struct tt_tally_config config = tally_bed(30000); /* some arrays: tt_busy.h */
	struct tt_tally *t = NULL;
	unsigned n = 0;

	for (; t == NULL; n++) {
		int ret;

		gives = n;
		ret = tt_tally_create(&t, &config, &mem, NULL);
		assert_int_equal(ret, t != NULL ? 0 : -12);
	}
	assert_true(n > 20);
	tt_tally_destroy(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(too_few_pairs_are_refused),
			cmocka_unit_test(
					tables_are_full_only_once_their_contacts_are_listed_no_more),
			cmocka_unit_test(
					a_tally_takes_the_bytes_that_it_says_and_gives_all_back),
			cmocka_unit_test(
					where_no_ipv6_is_monitored_its_contacts_take_no_memory),
			cmocka_unit_test(
					three_table_sets_of_default_size_take_less_than_a_gibibyte),
			cmocka_unit_test(short_memory_is_said_and_given_back),
	};

	return cmocka_run_group_tests_name("tally_memory", tests, NULL, NULL);
}
