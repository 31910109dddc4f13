/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_sketch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Nothing here is random: the same addresses each time, so that a bound holds or does not. */

static const unsigned precisions[] = {9, 11, 12, 14};
#define N_PRECISIONS TT_ARRAY_SIZE(precisions)
#define P_LAST       14
#define REPETITIONS  200

/* The i-th address of the series of number `series`; all of one series are distinct. */
typedef struct tt_addr address_fn(uint64_t series, uint64_t i);

/* A permutation of 32 bits: odd factors and shifted exclusive ors, each of which can be undone. */
static uint32_t
permute32(uint32_t x)
{
	x ^= x >> 16;
	x *= 0x9e3779b9;
	x ^= x >> 15;
	x *= 0xb7e15163;
	return x ^ x >> 16;
}

static struct tt_addr
sequential_v4(uint64_t series, uint64_t i)
{
	return tt_addr_v4((uint32_t)(series * 0x9e3779b9 + i));
}

static struct tt_addr
random_v4(uint64_t series, uint64_t i)
{
	return tt_addr_v4(permute32((uint32_t)i ^ permute32((uint32_t)series)));
}

/* Not by tt_hash_mix, of which the sketch's hash is made. */
static struct tt_addr
random_v6(uint64_t series, uint64_t i)
{
	return (struct tt_addr){(uint64_t)permute32((uint32_t)i) << 32
					| permute32((uint32_t)(i + 77 * series)),
			(uint64_t)permute32((uint32_t)(i ^ series)) << 32
					| permute32((uint32_t)~i)};
}

/* By turns IPv4 in scattered /24s and the first hosts of random IPv6 /48s. */
static struct tt_addr
scattered_prefixes(uint64_t series, uint64_t i)
{
	uint32_t prefix = permute32((uint32_t)(i >> 9) ^ permute32((uint32_t)series));
	uint64_t host = i >> 1 & 255;

	if (i & 1)
		return (struct tt_addr){UINT64_C(0x2400) << 48 | (uint64_t)prefix << 16,
				host + 1};
	return tt_addr_v4((uint32_t)(((i >> 9) * 40503 + series * 7919) << 8 | host));
}

static const struct {
	const char *name;
	address_fn *at;
} kinds[] = {
		{"sequential IPv4", sequential_v4},
		{"random IPv4", random_v4},
		{"random IPv6", random_v6},
		{"scattered prefixes", scattered_prefixes},
};

/* One sketch for each precision, of the same hashes. */
struct sketches {
	uint8_t registers[N_PRECISIONS][1 << P_LAST];
};

static void
add(struct sketches *s, uint64_t hash)
{
	for (unsigned k = 0; k < N_PRECISIONS; k++)
		tt_sketch_add(s->registers[k], precisions[k], hash);
}

static double
relative_error(const struct sketches *s, unsigned k, uint64_t n)
{
	return tt_sketch_estimate(s->registers[k], precisions[k]) / (double)n - 1;
}

static void
the_hash_is_the_one_of_the_snapshot_format(void **state)
{
	static const struct {
		const char *text;
		uint64_t hash;
	} frozen[] = {
			{"192.0.2.1", UINT64_C(0xd6300ac158e8fb77)},
			{"2001:db8::1", UINT64_C(0x2a06600b97f0f7bb)},
			{"::", UINT64_C(0x28a51cb834bdc3c4)},
	};
	struct tt_addr a;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(frozen); i++) {
		assert_int_equal(tt_addr_parse(frozen[i].text, &a), 0);
		assert_true(tt_sketch_hash(a) == frozen[i].hash);
	}
	/* The top bits of 0xd6300ac1… are 1101 0110 0011 0000 0000 1010. */
	assert_int_equal(tt_sketch_register(frozen[0].hash, 12), 0xd63);
	assert_int_equal(tt_sketch_rho(frozen[0].hash, 12), 9);
}

static void
registers_and_rho_stay_within_their_bounds(void **state)
{
	for (unsigned p = TT_SKETCH_P_MIN; p <= TT_SKETCH_P_MAX; p++) {
		uint64_t low = UINT64_MAX >> p;

		assert_int_equal(tt_sketch_register(0, p), 0);
		assert_int_equal(tt_sketch_register(UINT64_MAX, p), (1u << p) - 1);
		assert_int_equal(tt_sketch_rho(0, p), 64 - p + 1);
		assert_int_equal(tt_sketch_rho(~low, p), 64 - p + 1);
		assert_int_equal(tt_sketch_rho(1, p), 64 - p);
		assert_int_equal(tt_sketch_rho(low, p), 1);
		assert_int_equal(tt_sketch_rho(UINT64_MAX, p), 1);
		for (unsigned bit = 0; bit < 64 - p; bit++)
			assert_int_equal(tt_sketch_rho(~low | UINT64_C(1) << bit, p),
					64 - p - bit);
	}
}

static void
an_empty_sketch_estimates_nothing_and_a_full_one_all_hashes(void **state)
{
	static uint8_t registers[1 << TT_SKETCH_P_MAX];

	for (unsigned p = TT_SKETCH_P_MIN; p <= TT_SKETCH_P_MAX; p++) {
		size_t m = (size_t)1 << p;

		memset(registers, 0, m);
		assert_true(tt_sketch_estimate(registers, p) == 0);
		memset(registers, (int)(64 - p + 1), m);
		assert_true(tt_sketch_estimate(registers, p) == 0x1p64);
		memset(registers, 255, m);
		assert_true(tt_sketch_estimate(registers, p) == 0x1p64);
	}
}

/*
 * A register is at most k < 64 - p + 1 with probability exp(-n / (m 2^k)) if n is Poisson
 * distributed. Registers that are spread exactly so have to give n, from few hashes to all 2^64.
 */
static void
registers_in_their_expected_numbers_give_n_over_the_whole_range(void **state)
{
	enum {
		P = TT_SKETCH_P_MAX,
		Q = 64 - P,
		M = 1 << P
	};
	static uint8_t registers[M];

	for (int exponent = 10; exponent < 64; exponent++) {
		double n = ldexp(1, exponent);
		size_t at = 0;

		for (int k = 0; k <= Q + 1; k++) {
			double below = k > Q ? 1 : exp(-n / M * ldexp(1, -k));

			for (; at < (size_t)lround(M * below); at++)
				registers[at] = (uint8_t)k;
		}
		assert_true(fabs(tt_sketch_estimate(registers, P) / n - 1) < 0.001);
	}
}

static void
merging_gives_the_sketch_of_the_union(void **state)
{
	static struct sketches a, b, both;

	for (uint64_t i = 0; i < 30000; i++) {
		uint64_t hash = tt_sketch_hash(random_v4(0, i));

		if (i < 20000)
			add(&a, hash);
		if (i >= 10000)
			add(&b, hash);
		add(&both, hash);
	}
	tt_sketch_merge((uint8_t *)&a, (const uint8_t *)&b, sizeof(a));
	assert_memory_equal(&a, &both, sizeof(a));
	tt_sketch_merge((uint8_t *)&a, (const uint8_t *)&b, sizeof(a));
	assert_memory_equal(&a, &both, sizeof(a));
}

static void
assert_error(const struct sketches *s, unsigned k, uint64_t n, const char *name)
{
	double error = relative_error(s, k, n);

	if (fabs(error) > 4 * tt_sketch_error(precisions[k]))
		fail_msg("%s, n = %llu, p = %u: relative error %g", name,
				(unsigned long long)n, precisions[k], error);
}

static void
estimates_up_to_ten_million_are_within_four_standard_errors(void **state)
{
	static struct sketches s;

	for (unsigned kind = 0; kind < TT_ARRAY_SIZE(kinds); kind++) {
		uint64_t mark = 10;

		memset(&s, 0, sizeof(s));
		for (uint64_t i = 0; i < 10000000; i++) {
			add(&s, tt_sketch_hash(kinds[kind].at(0, i)));
			if (i + 1 != mark)
				continue;
			for (unsigned k = 0; k < N_PRECISIONS; k++)
				assert_error(&s, k, mark, kinds[kind].name);
			mark *= 10;
		}
	}
}

/* Sums over the repetitions, for n = 10, 100, 1000, 10000. */
struct moments {
	double sum[4][N_PRECISIONS], squares[4][N_PRECISIONS];
};

static void
one_repetition(struct moments *moments, address_fn *at, uint64_t series)
{
	static struct sketches s;
	uint64_t i = 0, mark = 10;

	memset(&s, 0, sizeof(s));
	for (unsigned step = 0; step < 4; step++, mark *= 10) {
		for (; i < mark; i++)
			add(&s, tt_sketch_hash(at(series, i)));
		for (unsigned k = 0; k < N_PRECISIONS; k++) {
			double error = relative_error(&s, k, mark);

			moments->sum[step][k] += error;
			moments->squares[step][k] += error * error;
		}
	}
}

/*
 * The mean of 200 errors has a 14th of their standard error, and their root mean square is known
 * to 5 %; bounds are four of these. Below some four addresses to a register the error is
 * smaller. Of few addresses two rarely share a register, but then the error is 1 / n at once; so
 * four such cases more than the standard error allows for are borne with.
 */
static void
assert_moments(const struct moments *moments, unsigned step, unsigned k, const char *name)
{
	double n = pow(10, step + 1), m = ldexp(1, (int)precisions[k]);
	double mean = moments->sum[step][k] / REPETITIONS;
	double rms = sqrt(moments->squares[step][k] / REPETITIONS);
	double unit = tt_sketch_error(precisions[k]);
	double most = sqrt(1.44 * unit * unit + 4 / (n * n) / REPETITIONS);

	if (fabs(mean) > 4 * unit / sqrt(REPETITIONS) || rms > most
			|| (n >= 4 * m && rms < 0.8 * unit))
		fail_msg("%s, n = %g, p = %u: mean %g, rms %g", name, n, precisions[k],
				mean, rms);
}

static void
estimates_are_unbiased_and_as_exact_as_the_header_says(void **state)
{
	for (unsigned kind = 0; kind < TT_ARRAY_SIZE(kinds); kind++) {
		struct moments moments = {0};

		for (uint64_t series = 1; series <= REPETITIONS; series++)
			one_repetition(&moments, kinds[kind].at, series);
		for (unsigned step = 0; step < 4; step++)
			for (unsigned k = 0; k < N_PRECISIONS; k++)
				assert_moments(&moments, step, k, kinds[kind].name);
	}
}

static void
a_thousand_parts_merged_are_the_sketch_of_the_whole(void **state)
{
	enum {
		PARTS = 1000
	};
	static struct sketches whole, merged;
	struct sketches *parts = calloc(PARTS, sizeof(*parts));

	/* Each address comes into one part, every eighth into a second one as well. */
	for (uint64_t i = 0; i < 10000000; i++) {
		uint64_t hash = tt_sketch_hash(random_v4(0, i));

		add(&whole, hash);
		add(&parts[i % PARTS], hash);
		if (i % 8 == 0)
			add(&parts[i / 8 % PARTS], hash);
	}
	for (unsigned i = 0; i < PARTS; i++)
		tt_sketch_merge((uint8_t *)&merged, (const uint8_t *)&parts[i],
				sizeof(merged));
	free(parts);
	assert_memory_equal(&merged, &whole, sizeof(merged));
	for (unsigned k = 0; k < N_PRECISIONS; k++)
		assert_true(tt_sketch_estimate(merged.registers[k], precisions[k])
				== tt_sketch_estimate(whole.registers[k], precisions[k]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(the_hash_is_the_one_of_the_snapshot_format),
			cmocka_unit_test(registers_and_rho_stay_within_their_bounds),
			cmocka_unit_test(
					an_empty_sketch_estimates_nothing_and_a_full_one_all_hashes),
			cmocka_unit_test(
					registers_in_their_expected_numbers_give_n_over_the_whole_range),
			cmocka_unit_test(merging_gives_the_sketch_of_the_union),
			cmocka_unit_test(
					estimates_up_to_ten_million_are_within_four_standard_errors),
			cmocka_unit_test(
					estimates_are_unbiased_and_as_exact_as_the_header_says),
			cmocka_unit_test(
					a_thousand_parts_merged_are_the_sketch_of_the_whole),
	};

	return cmocka_run_group_tests_name("sketch", tests, NULL, NULL);
}
