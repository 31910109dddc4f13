/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_sketch.h"

#include <math.h>

/* 1 / (2 ln 2), the factor for many registers; M_LOG2E is 1 / ln 2. */
#define ALPHA_INFINITY (M_LOG2E / 2)

/* There are no more hashes than this to be distinct. */
#define HASHES 0x1p64

void
tt_sketch_merge(uint8_t *into, const uint8_t *from, size_t n)
{
	/* A store each time, needed or not, is what lets the compiler vectorise. */
	for (size_t i = 0; i < n; i++)
		into[i] = into[i] > from[i] ? into[i] : from[i];
}

/* sigma(x) = x + sum over k >= 1 of x^(2^k) * 2^(k - 1), for x from 0 up to but not 1. */
static double
sigma(double x)
{
	double sum = x, before = -1, weight = 1;

	while (sum != before) {
		before = sum;
		x *= x;
		sum += x * weight;
		weight *= 2;
	}
	return sum;
}

/* tau(x) = (1 - x - sum over k >= 1 of (1 - x^(2^-k))^2 * 2^-k) / 3, for x from 0 to 1. */
static double
tau(double x)
{
	double sum = 1 - x, before = 2, weight = 1;

	if (x <= 0)
		return 0; /* the limit: the sum would only come near it */
	while (sum != before) {
		before = sum;
		x = sqrt(x);
		weight /= 2;
		sum -= (1 - x) * (1 - x) * weight;
	}
	return sum / 3;
}

/* counts[k]: registers that hold k, from 0 to `most`; damaged ones with more hold `most`. */
static void
count_registers(const uint8_t *registers, size_t m, unsigned most, uint32_t counts[])
{
	for (size_t i = 0; i < m; i++)
		counts[registers[i] < most ? registers[i] : most]++;
}

double
tt_sketch_estimate(const uint8_t *registers, unsigned p)
{
	uint32_t counts[64 - TT_SKETCH_P_MIN + 2] = {0};
	unsigned q = 64 - p;
	double m, sum, estimate;

	TT_ASSERT(p >= TT_SKETCH_P_MIN && p <= TT_SKETCH_P_MAX);
	m = (double)((size_t)1 << p);
	count_registers(registers, (size_t)1 << p, q + 1, counts);
	if (counts[0] == (size_t)1 << p)
		return 0;
	/* Horner's scheme: each step halves what higher registers gave. */
	sum = m * tau(1 - counts[q + 1] / m);
	for (unsigned k = q; k >= 1; k--)
		sum = (sum + counts[k]) / 2;
	sum += m * sigma(counts[0] / m);
	estimate = ALPHA_INFINITY * m * m / sum;
	return estimate < HASHES ? estimate : HASHES;
}

double
tt_sketch_error(unsigned p)
{
	return 1.04 / sqrt((double)((size_t)1 << p));
}
