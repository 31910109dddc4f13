/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The merge of one full tally that may be used up. It reads slices and talkers where the tally has them, beside what
 * its sample lacks: the rows are those of a merge that copies all, but for talkers, of which others are pushed out. What
 * it leaves behind is as good as new.
 */
#include "merge_bed.h"
#include "tt_tally_place.h"

#define MAX_PAIRS 20000

static struct traffic traffic;
static struct run full = {&traffic, 1, .pairs = TT_PAIRS_MIN}, lent;
static struct tt_tally *tally;
static struct output *plain, *out;

static int
make_full(void **state)
{
	struct tt_merge *merge;

	if (open_bed(0) != 0)
		return -1;
	traffic = draw_traffic(&(struct traffic_config){70000, 20000, 3000, 65536});
	lent = full;
	lent.uses_up = true;
	new_tallies(&full, &tally);
	merge = new_merge(&full, MAX_PAIRS);
	plain = output_of(merge, &tally, 1, START_US);
	tt_merge_destroy(merge);
	return 0;
}

static int
free_full(void **state)
{
	free_output(plain);
	tt_tally_destroy(tally);
	free_traffic(&traffic);
	return close_bed(state);
}

/* The next line that is none of talkers, which *at is moved past; its length, 0 at the end. */
static size_t
next_line(const char **at, const char **line)
{
	size_t n;

	while (strncmp(*at, "talker ", strlen("talker ")) == 0)
		*at += strcspn(*at, "\n") + 1;
	*line = *at;
	n = strcspn(*at, "\n");
	*at += n + (n > 0);
	return n;
}

static void
assert_same_but_talkers(const struct output *a, const struct output *b)
{
	const char *at = a->text, *bt = b->text, *x, *y;
	size_t n = 1;

	while (n > 0) {
		n = next_line(&at, &x);
		assert_int_equal(n, next_line(&bt, &y));
		assert_memory_equal(x, y, n);
	}
}

static uint64_t
packets_of_talkers(const struct output *o)
{
	uint64_t packets = 0;

	for (size_t i = 0; i < o->talker.n; i++)
		packets += o->talker.rows[i].packets;
	return packets;
}

static void
rows_are_those_of_a_merge_that_copies(void **state)
{
	struct tt_merge *merge = new_merge(&lent, MAX_PAIRS);
	struct tt_totals totals;
	uint64_t refused = 0, lost;

	for (uint32_t i = 0; i < tally->n_pairs; i++)
		refused += !tt_sampled(
				tt_tally_sample_hash(tally,
						tt_slot_src(tt_tally_pair(tally, i))),
				tally->pair_shift);
	assert_true(refused > 100 && plain->totals.slices.packets > 0);
	out = output_of(merge, &tally, 1, START_US);
	assert_same_but_talkers(plain, out);
	assert_true(out->talker.n > 0);
	assert_int_equal(packets_of_talkers(out), packets_of_talkers(plain));
	lost = out->totals.talkers.keys - tally->rest.talkers_lost.keys;
	assert_true(lost <= refused / 4);
	totals = out->totals;
	totals.talkers = plain->totals.talkers;
	assert_memory_equal(&totals, &plain->totals, sizeof(totals));
	tt_merge_destroy(merge);
	free_output(out);
}

/* The tally is filled anew and merged again, alone and beside another one. */
static void
what_was_lent_is_clean_again(void **state)
{
	struct run two = {&traffic, 2, .pairs = TT_PAIRS_MIN};
	struct tt_tally *tallies[2];
	struct tt_merge *merge = new_merge(&lent, MAX_PAIRS), *fresh;
	struct output *first, *again;

	tt_tally_reset(tally);
	fill(&lent, &tally);
	first = output_of(merge, &tally, 1, START_US);
	assert_int_equal(tally->rest.n_talkers, 0);
	assert_int_equal(tally->rest.n_slices, 0);
	tt_tally_reset(tally);
	fill(&lent, &tally);
	again = output_of(merge, &tally, 1, START_US);
	assert_string_equal(first->text, again->text);
	free_output(first);
	free_output(again);

	new_tallies(&two, tallies);
	fresh = new_merge(&two, MAX_PAIRS);
	first = output_of(fresh, tallies, 2, START_US);
	again = output_of(merge, tallies, 2, START_US);
	assert_string_equal(first->text, again->text);
	free_output(first);
	free_output(again);
	tt_merge_destroy(fresh);
	tt_merge_destroy(merge);
	tt_tally_destroy(tallies[0]);
	tt_tally_destroy(tallies[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(rows_are_those_of_a_merge_that_copies),
			cmocka_unit_test(what_was_lent_is_clean_again),
	};

	return cmocka_run_group_tests(tests, make_full, free_full);
}
