/* SPDX-License-Identifier: BSD-3-Clause */
/* How the sample of lib/recall shrinks in a flood and grows again after it. */
#include "recall_bed.h"
#include "seed.h"

#include <string.h>

#define HORIZON 10
#define FLOOD   20000 /* sources: a sample of one in 32 of them fits */

static void
enter(struct tt_recall *recall, uint32_t first, uint32_t n, int interval)
{
	for (uint32_t i = first; i < first + n; i++)
		source(recall, addr(i), interval);
}

static void
expect(struct tt_recall *recall, uint32_t n, int interval, enum tt_returning expected)
{
	for (uint32_t i = 0; i < n; i++) {
		enum tt_returning got = source(recall, addr(i), interval);
		bool kept = is_kept(tt_sketch_hash(addr(i)), tt_recall_shift(recall));

		assert_int_equal(got, kept ? expected : TT_RETURNING_UNKNOWN);
	}
}

/* A flood in interval 0, and the same 100 sources in all intervals up to the last one. */
static struct tt_recall *
make_flooded(int last, unsigned *shift)
{
	struct tt_recall *recall = make(SOURCES, HORIZON);

	enter(recall, 0, FLOOD, 0);
	*shift = tt_recall_shift(recall);
	assert_in_range(*shift, 4, 6);
	for (int n = 1; n <= last; n++) {
		enter(recall, 0, 100, n);
		assert_int_equal(tt_recall_shift(recall), *shift);
		expect(recall, 100, n, TT_RETURNING_YES);
	}
	return recall;
}

static void
the_shift_falls_two_horizons_after_a_flood_and_all_is_known_again(void **state)
{
	unsigned shift;
	struct tt_recall *recall = make_flooded(20, &shift);

	expect(recall, 100, 21, TT_RETURNING_YES);
	assert_int_equal(tt_recall_shift(recall), 0);
	expect(recall, 100, 21, TT_RETURNING_YES);
	for (uint32_t i = 100; i < 200; i++)
		assert_int_equal(source(recall, addr(i), 21), TT_RETURNING_NO);
	tt_recall_destroy(recall);
}

static void
what_is_collected_is_known_from_a_whole_horizon_on(void **state)
{
	unsigned shift;
	struct tt_recall *recall = make_flooded(10, &shift);

	/* Collecting begins with interval 11, and the last that needs none of before is 21. */
	enter(recall, 100, 100, 11);
	enter(recall, 0, 1, 20);
	assert_int_equal(tt_recall_shift(recall), shift);
	for (uint32_t i = 100; i < 200; i++)
		assert_int_equal(source(recall, addr(i), 21), TT_RETURNING_YES);
	assert_int_equal(tt_recall_shift(recall), 0);
	tt_recall_destroy(recall);
}

static void
a_sample_that_is_needed_stays(void **state)
{
	struct tt_recall *recall = make(SOURCES, HORIZON);

	for (int n = 0; n < 5 * HORIZON; n++) {
		enter(recall, 0, SOURCES * 2 - 200, n);
		assert_int_equal(tt_recall_shift(recall), 1);
	}
	expect(recall, SOURCES, 5 * HORIZON - 1, TT_RETURNING_YES);
	tt_recall_destroy(recall);
}

static void
the_shift_falls_as_far_as_half_of_the_room_lasts(void **state)
{
	struct tt_recall *recall = make(SOURCES, HORIZON);

	/* Of 1600 sources a quarter fits into half of the room, and half does not. */
	enter(recall, 0, FLOOD, 0);
	for (int n = 1; n <= 60; n++)
		enter(recall, 0, 1600, n);
	assert_int_equal(tt_recall_shift(recall), 2);
	expect(recall, 1600, 60, TT_RETURNING_YES);
	tt_recall_destroy(recall);
}

static void
what_is_collected_is_dropped_before_the_sample(void **state)
{
	unsigned shift;
	struct tt_recall *recall = make_flooded(14, &shift);

	/* The sample has room for another flood, but not what is collected since interval 11. */
	enter(recall, 50000, (uint32_t)(SOURCES / 2) << shift, 15);
	assert_int_equal(tt_recall_shift(recall), shift);
	expect(recall, 100, 15, TT_RETURNING_YES);
	for (int n = 16; n <= 35; n++) {
		enter(recall, 0, 100, n);
		assert_int_equal(tt_recall_shift(recall), shift);
	}
	expect(recall, 100, 36, TT_RETURNING_YES);
	assert_int_equal(tt_recall_shift(recall), 0);
	tt_recall_destroy(recall);
}

static void
the_shift_never_falls_within_an_interval(void **state)
{
	unsigned shift;
	struct tt_recall *recall = make_flooded(20, &shift);

	for (int pass = 0; pass < 3; pass++)
		for (int n = 20; n >= 0; n--)
			enter(recall, 0, 100, n);
	assert_int_equal(tt_recall_shift(recall), shift);
	enter(recall, 0, 1, 21);
	assert_int_equal(tt_recall_shift(recall), 0);
	tt_recall_destroy(recall);
}

/* Addresses chosen so that they fill what is collected and leave the sample as sparse as it is:
 * collecting begins anew with the next interval, not with an earlier one asked about late. */
static void
after_a_flood_of_chosen_addresses_collecting_begins_with_a_later_interval(void **state)
{
	unsigned shift, n_chosen = 0;
	struct tt_recall *recall = make_flooded(14, &shift);

	enter(recall, 0, 100, 15);
	for (uint32_t i = FLOOD; n_chosen <= SOURCES; i++) {
		uint64_t hash = tt_sketch_hash(addr(i));

		if (!is_kept(hash, shift - 1) || is_kept(hash, shift))
			continue;
		n_chosen++;
		assert_int_equal(source(recall, addr(i), 15), TT_RETURNING_UNKNOWN);
	}
	enter(recall, 0, 100, 14);
	for (int n = 16; n <= 25; n++) {
		enter(recall, 0, 100, n);
		assert_int_equal(tt_recall_shift(recall), shift);
	}
	expect(recall, 100, 26, TT_RETURNING_YES);
	assert_int_equal(tt_recall_shift(recall), 0);
	tt_recall_destroy(recall);
}

#define N_ADDRS     6000
#define N_INTERVALS 150
#define ENTRIES_MAX 3000

/* The rule, said of whole intervals and of all addresses that there are. */
struct model {
	int horizon, collect_from; /* -1: nothing is collected */
	uint64_t room;
	unsigned shift, collect_shift;
	uint64_t hash[N_ADDRS];
	int last[N_ADDRS]; /* -1: not held */
	bool seen[N_ADDRS][N_INTERVALS];
	unsigned raised, fallen, given_up;
};

static void
model_init(struct model *m, uint64_t room, int horizon)
{
	memset(m, 0, sizeof(*m));
	m->room = room;
	m->horizon = horizon;
	m->collect_from = -1;
	for (uint32_t i = 0; i < N_ADDRS; i++) {
		m->hash[i] = tt_sketch_hash(addr(i));
		m->last[i] = -1;
	}
}

static uint64_t
model_count(const struct model *m, int n)
{
	int oldest = n - m->horizon < 0 ? 0 : n - m->horizon;
	uint64_t count = 0;

	for (uint32_t i = 0; i < N_ADDRS; i++)
		count += m->last[i] >= oldest;
	return count;
}

static void
model_begin(struct model *m, int n)
{
	uint64_t count = model_count(m, n);

	if (m->collect_from >= 0 && n - m->collect_from >= m->horizon) {
		m->shift = m->collect_shift;
		m->collect_from = -1;
		m->fallen++;
	}
	if (m->shift == 0 || m->collect_from >= 0 || count > m->room / 4)
		return;
	for (; m->collect_shift > 0 && count <= m->room / 4; count *= 2)
		m->collect_shift--;
	m->collect_from = n;
}

static void
model_enter(struct model *m, const uint32_t *sources, unsigned n_sources, int n)
{
	for (unsigned k = 0; k < n_sources; k++) {
		m->seen[sources[k]][n] = true;
		if (is_kept(m->hash[sources[k]], m->collect_shift))
			m->last[sources[k]] = n;
	}
	while (model_count(m, n) > m->room) {
		m->collect_shift++;
		for (uint32_t i = 0; i < N_ADDRS; i++)
			if (!is_kept(m->hash[i], m->collect_shift))
				m->last[i] = -1;
	}
	if (m->collect_shift < m->shift)
		return;
	m->raised += m->collect_shift > m->shift;
	m->given_up += m->collect_from >= 0;
	m->shift = m->collect_shift;
	m->collect_from = -1;
}

static enum tt_returning
model_answer(const struct model *m, uint32_t i, int n, unsigned shift)
{
	if (!is_kept(m->hash[i], shift))
		return TT_RETURNING_UNKNOWN;
	for (int before = n - 1; before >= 0 && before >= n - m->horizon; before--)
		if (m->seen[i][before])
			return TT_RETURNING_YES;
	return TT_RETURNING_NO;
}

/* Floods, quiet times and times between take turns. */
static unsigned
draw(uint32_t *sources, int n, uint64_t *x)
{
	static const uint32_t most[] = {150, ENTRIES_MAX, 60, 400},
			      spread[] = {200, N_ADDRS, 150, 1000};
	uint64_t phase = tt_hash_mix(*x >> 63 | (uint64_t)n / 12) % 4;
	unsigned n_sources = (unsigned)((*x = tt_hash_mix(*x + 1)) % most[phase]);

	for (unsigned k = 0; k < n_sources; k++)
		sources[k] = (uint32_t)((*x = tt_hash_mix(*x + 1)) % spread[phase]);
	return n_sources;
}

static void
ask(struct tt_recall *recall, const struct model *m, const uint32_t *sources,
		unsigned n_sources, int n)
{
	for (unsigned k = 0; k < n_sources; k++) {
		enum tt_returning got = source(recall, addr(sources[k]), n);

		assert_int_equal(got,
				model_answer(m, sources[k], n, tt_recall_shift(recall)));
	}
}

static void
run_against_model(struct model *m, uint64_t seed)
{
	static uint32_t sources[ENTRIES_MAX];
	uint64_t x = seed;
	struct tt_recall *recall = make(m->room, m->horizon);

	for (int n = 0; n < N_INTERVALS; n++) {
		unsigned n_sources = draw(sources, n, &x);

		/* Some intervals fail once or twice before all of their sources were entered. */
		for (unsigned again = (unsigned)(x >> 32) % 3; again > 0; again--)
			ask(recall, m, sources, n_sources * again / 3, n);
		ask(recall, m, sources, n_sources, n);
		if (n_sources > 0) {
			model_begin(m, n);
			model_enter(m, sources, n_sources, n);
		}
		assert_int_equal(tt_recall_shift(recall), m->shift);
		ask(recall, m, sources, n_sources, n);
		assert_int_equal(tt_recall_shift(recall), m->shift);
	}
	tt_recall_destroy(recall);
}

static void
answers_and_shift_are_those_of_whole_intervals_however_often_they_fail(void **state)
{
	static struct model m;
	const uint64_t seed = choose_seed();
	unsigned raised = 0, fallen = 0, given_up = 0;

	for (unsigned round = 0; round < 24; round++) {
		uint64_t x = tt_hash_mix(seed + round);

		model_init(&m, SOURCES + (x >> 32) % 500, (int)(x % 12));
		run_against_model(&m, x);
		raised += m.raised;
		fallen += m.fallen;
		given_up += m.given_up;
	}
	print_message("# raised %u, fallen %u, given up %u\n", raised, fallen, given_up);
	assert_true(raised > 0 && fallen > 0 && given_up > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					the_shift_falls_two_horizons_after_a_flood_and_all_is_known_again),
			cmocka_unit_test(
					what_is_collected_is_known_from_a_whole_horizon_on),
			cmocka_unit_test(a_sample_that_is_needed_stays),
			cmocka_unit_test(
					the_shift_falls_as_far_as_half_of_the_room_lasts),
			cmocka_unit_test(what_is_collected_is_dropped_before_the_sample),
			cmocka_unit_test(the_shift_never_falls_within_an_interval),
			cmocka_unit_test(
					after_a_flood_of_chosen_addresses_collecting_begins_with_a_later_interval),
			cmocka_unit_test(
					answers_and_shift_are_those_of_whole_intervals_however_often_they_fail),
	};

	return cmocka_run_group_tests_name("recall_sampling", tests, NULL, NULL);
}
