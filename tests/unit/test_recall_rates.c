/* SPDX-License-Identifier: BSD-3-Clause */
/* What lib/recall makes of intervals that were sampled themselves. */
#include "recall_bed.h"
#include "seed.h"

#include <string.h>
#include <unistd.h>

#define HORIZON 10
#define ROOM    100000 /* so much that this memory never samples */
#define FLOOD   40000
#define N_ASKED 3000

/* Enters what an interval sampled at one in 2^rate keeps of the addresses. */
static void
enter(struct tt_recall *recall, uint32_t first, uint32_t n, int interval, unsigned rate)
{
	tt_recall_begin(recall, at(interval), rate);
	for (uint32_t i = first; i < first + n; i++) {
		uint64_t hash = tt_sketch_hash(addr(i));

		if (is_kept(hash, rate))
			tt_recall_source(recall, addr(i), hash, at(interval));
	}
}

static uint32_t
first_kept(unsigned from, unsigned to)
{
	uint32_t i = 0;

	while (!is_kept(tt_sketch_hash(addr(i)), from)
			|| is_kept(tt_sketch_hash(addr(i)), to))
		i++;
	return i;
}

static void
a_source_that_a_sampled_interval_may_have_had_is_unknown(void **state)
{
	struct tt_recall *recall = make(ROOM, HORIZON);
	struct tt_addr before = addr(first_kept(2, 3)), never = addr(first_kept(1, 2)),
		       in = addr(first_kept(3, 64));

	assert_int_equal(source(recall, before, 0), TT_RETURNING_NO);
	tt_recall_begin(recall, at(1), 3);
	assert_int_equal(source(recall, before, 2), TT_RETURNING_YES);
	assert_int_equal(source(recall, in, 2), TT_RETURNING_NO);
	for (int n = 2; n <= 11; n++)
		assert_int_equal(source(recall, never, n),
				n == 2 ? TT_RETURNING_UNKNOWN : TT_RETURNING_YES);
	tt_recall_destroy(recall);
}

static void
a_sampled_interval_counts_for_the_horizon_and_not_for_itself(void **state)
{
	struct tt_recall *recall = make(ROOM, HORIZON);
	struct tt_addr a = addr(first_kept(1, 2)), b = addr(first_kept(0, 1));

	enter(recall, 0, 10, 1, 3);
	assert_int_equal(tt_recall_shift_for(recall, at(1)), 0);
	assert_int_equal(tt_recall_shift_for(recall, at(2)), 3);
	assert_int_equal(tt_recall_shift_for(recall, at(11)), 3);
	assert_int_equal(tt_recall_shift_for(recall, at(12)), 0);
	assert_int_equal(tt_recall_shift_for(recall, at(0)), TT_SAMPLE_SHIFT_MAX);
	assert_int_equal(source(recall, a, 11), TT_RETURNING_UNKNOWN);
	assert_int_equal(source(recall, b, 12), TT_RETURNING_NO);
	tt_recall_destroy(recall);
}

static void
the_coarsest_interval_within_the_horizon_rules(void **state)
{
	static const unsigned rates[] = {32, 0, 0, 5, 5, 0, 0, 2},
			      expected[] = {0, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 5,
					      5, 5, 5, 2, 2, 2, 0};
	struct tt_recall *recall = make(ROOM, HORIZON);

	for (int n = 0; n < (int)TT_ARRAY_SIZE(expected); n++) {
		tt_recall_begin(recall, at(n),
				n < (int)TT_ARRAY_SIZE(rates) ? rates[n] : 0);
		assert_int_equal(tt_recall_shift_for(recall, at(n)), expected[n]);
	}
	tt_recall_destroy(recall);
}

static void
the_same_interval_asked_again_gets_the_same_answer(void **state)
{
	struct tt_recall *recall = make(ROOM, HORIZON);
	struct tt_addr out = addr(first_kept(2, 3)), in = addr(first_kept(3, 64));

	tt_recall_begin(recall, at(0), 3);
	for (int again = 0; again < 3; again++) {
		assert_int_equal(source(recall, out, 1), TT_RETURNING_UNKNOWN);
		assert_int_equal(source(recall, in, 1), TT_RETURNING_NO);
		assert_int_equal(tt_recall_shift_for(recall, at(1)), 3);
	}
	/* The next one has the rate of the first: that is still known when asked again. */
	for (int again = 0; again < 3; again++) {
		tt_recall_begin(recall, at(2), 3);
		assert_int_equal(tt_recall_shift_for(recall, at(2)), 3);
		/* What is late is noted as well, and does not hide the one before. */
		tt_recall_begin(recall, at(1), 3);
		assert_int_equal(tt_recall_shift_for(recall, at(2)), 3);
	}
	tt_recall_destroy(recall);
}

/* How many of the addresses are known to return, at what they are counted with. */
static uint64_t
estimate(struct tt_recall *recall, uint32_t first, uint32_t n, int interval)
{
	unsigned shift = tt_recall_shift_for(recall, at(interval));
	uint64_t count = 0;

	for (uint32_t i = first; i < first + n; i++)
		count += is_kept(tt_sketch_hash(addr(i)), shift)
				&& source(recall, addr(i), interval) == TT_RETURNING_YES;
	return count << shift;
}

static void
expect_near(uint64_t count, uint64_t truth, uint64_t one_in)
{
	int64_t off = (int64_t)count - (int64_t)truth;

	if ((uint64_t)(off * off) > 4 * 4 * truth * (one_in - 1))
		fail_msg("%llu is not near %llu, one in %llu", (unsigned long long)count,
				(unsigned long long)truth, (unsigned long long)one_in);
}

static void
what_a_flood_between_fine_intervals_had_is_counted_without_bias(void **state)
{
	for (unsigned rate = 1; rate <= 6; rate++) {
		struct tt_recall *recall = make(ROOM, HORIZON);

		/* Interval 2: 1000 of the first one, 1000 of the flood only, 1000 of neither;
		 * those beyond the sample of which one knows that they return do not count. */
		enter(recall, 0, 1000, 0, 0);
		enter(recall, 1000, FLOOD, 1, rate);
		for (int again = 0; again < 2; again++) {
			enter(recall, 0, 2000, 2, 0);
			enter(recall, 50000, 1000, 2, 0);
			assert_int_equal(tt_recall_shift_for(recall, at(2)), rate);
			expect_near(estimate(recall, 0, 2000,
						    2) + estimate(recall, 50000, 1000, 2),
					2000, UINT64_C(1) << rate);
		}
		/* Nothing is left of the flood. */
		enter(recall, 0, 2000, 3, 0);
		enter(recall, 0, 2000, 12, 0);
		assert_int_equal(tt_recall_shift_for(recall, at(12)), 0);
		assert_int_equal(estimate(recall, 0, 2000, 12), 2000);
		assert_int_equal(tt_recall_shift(recall), 0);
		tt_recall_destroy(recall);
	}
}

static void
a_file_keeps_the_rates(void **state)
{
	struct tt_recall *first = make(ROOM, HORIZON), *second = make(ROOM, HORIZON);
	char path[] = "/tmp/test_recall_rates.XXXXXX";
	struct tt_error err = {0};

	assert_int_not_equal(close(mkstemp(path)), -1);
	enter(first, 0, FLOOD, 0, 32);
	enter(first, 0, FLOOD, 1, 4);
	enter(first, 0, FLOOD, 2, 4);
	enter(first, 0, 100, 3, 0);
	assert_int_equal(tt_recall_save(first, path, "sensor", &err), 0);
	assert_int_equal(tt_recall_load(second, path, "sensor", &err), 0);
	for (int n = 0; n < 15; n++)
		assert_int_equal(tt_recall_shift_for(second, at(n)),
				tt_recall_shift_for(first, at(n)));
	assert_int_equal(tt_recall_shift_for(second, at(10)), 32);
	assert_int_equal(tt_recall_shift_for(second, at(12)), 4);
	for (int n = 3; n < 15; n += 9)
		for (uint32_t i = 0; i < N_ASKED; i++)
			assert_int_equal(source(second, addr(i), n),
					source(first, addr(i), n));
	unlink(path);
	tt_recall_destroy(first);
	tt_recall_destroy(second);
}

#define N_ADDRS     4000
#define N_INTERVALS 60

/* What there was, and what of it was entered. */
struct model {
	bool had[N_ADDRS][N_INTERVALS];
	unsigned rate[N_INTERVALS];
	int horizon;
	uint64_t x;
	unsigned n_sampled, n_yes_beyond; /* of what was asked */
};

static uint64_t
draw(struct model *m, uint64_t n)
{
	return (m->x = tt_hash_mix(m->x + 1)) % n;
}

static unsigned
coarsest(const struct model *m, int n)
{
	unsigned rate = 0;

	for (int i = n - m->horizon < 0 ? 0 : n - m->horizon; i < n; i++)
		rate = m->rate[i] > rate ? m->rate[i] : rate;
	return rate;
}

/* Did an interval within the horizon have the source, or was it even entered? */
static bool
returns(const struct model *m, uint32_t a, int n, bool entered)
{
	uint64_t hash = tt_sketch_hash(addr(a));

	for (int i = n - m->horizon < 0 ? 0 : n - m->horizon; i < n; i++)
		if (m->had[a][i] && (!entered || is_kept(hash, m->rate[i])))
			return true;
	return false;
}

static void
check_answer(struct model *m, struct tt_recall *recall, uint32_t a, int n)
{
	uint64_t hash = tt_sketch_hash(addr(a));
	enum tt_returning got = tt_recall_source(recall, addr(a), hash, at(n));
	unsigned before = coarsest(m, n), memory = tt_recall_shift(recall);
	bool known = is_kept(hash, before > memory ? before : memory);

	assert_int_equal(tt_recall_shift_for(recall, at(n)),
			before > memory ? before : memory);
	if (known) /* as if nothing had been sampled */
		assert_int_equal(got,
				returns(m, a, n, false) ? TT_RETURNING_YES
							: TT_RETURNING_NO);
	else
		assert_int_equal(got,
				is_kept(hash, memory) && returns(m, a, n, true)
						? TT_RETURNING_YES
						: TT_RETURNING_UNKNOWN);
	m->n_sampled += before > m->rate[n] && before > memory;
	m->n_yes_beyond += !known && got == TT_RETURNING_YES;
}

static void
check_interval(struct model *m, struct tt_recall *recall, int n)
{
	uint32_t most = 1 + (uint32_t)draw(m, 600),
		 spread = 1 + (uint32_t)draw(m, N_ADDRS);

	m->rate[n] = draw(m, 6) == 0 ? (unsigned)draw(m, 5) : 0;
	for (uint32_t i = 0; i < most; i++)
		m->had[draw(m, spread)][n] = true;
	for (int again = 0; again < 2; again++) {
		tt_recall_begin(recall, at(n), m->rate[n]);
		for (uint32_t a = 0; a < spread; a++)
			if (m->had[a][n] && is_kept(tt_sketch_hash(addr(a)), m->rate[n]))
				check_answer(m, recall, a, n);
	}
}

static void
what_is_known_is_exact_at_whatever_rates_intervals_were_entered(void **state)
{
	static struct model m;
	const uint64_t seed = choose_seed();
	unsigned n_sampled = 0, n_yes_beyond = 0, highest = 0;

	for (unsigned round = 0; round < 20; round++) {
		struct tt_recall *recall;

		memset(&m, 0, sizeof(m));
		m.x = tt_hash_mix(seed + round);
		m.horizon = (int)draw(&m, 12);
		recall = make(SOURCES + draw(&m, 2000), m.horizon);
		for (int n = 0; n < N_INTERVALS; n++) {
			check_interval(&m, recall, n);
			if (tt_recall_shift(recall) > highest)
				highest = tt_recall_shift(recall);
		}
		n_sampled += m.n_sampled;
		n_yes_beyond += m.n_yes_beyond;
		tt_recall_destroy(recall);
	}
	assert_true(n_sampled > 0 && n_yes_beyond > 0 && highest > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					a_source_that_a_sampled_interval_may_have_had_is_unknown),
			cmocka_unit_test(
					a_sampled_interval_counts_for_the_horizon_and_not_for_itself),
			cmocka_unit_test(the_coarsest_interval_within_the_horizon_rules),
			cmocka_unit_test(
					the_same_interval_asked_again_gets_the_same_answer),
			cmocka_unit_test(
					what_a_flood_between_fine_intervals_had_is_counted_without_bias),
			cmocka_unit_test(a_file_keeps_the_rates),
			cmocka_unit_test(
					what_is_known_is_exact_at_whatever_rates_intervals_were_entered),
	};

	return cmocka_run_group_tests_name("recall_rates", tests, NULL, NULL);
}
