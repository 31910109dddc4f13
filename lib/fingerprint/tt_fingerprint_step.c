/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One step of a program. A step may write the column that it reads: element by element, so that no loop carries
 * anything from one packet to the next (hence the pragma).
 */
#include "tt_fingerprint_private.h"

/* TT_FP_NO_SSE2: as on other machines, for the check. */
#if defined(__SSE2__) && !defined(TT_FP_NO_SSE2)
#include <emmintrin.h>
#define SSE2 1
#else
#define SSE2 0
#endif

#ifdef __clang__
#define INDEPENDENT /* it checks as it runs */
#else
#define INDEPENDENT _Pragma("GCC ivdep")
#endif
/* The division says that n is a multiple. */
#define EACH(n) INDEPENDENT for (unsigned i = 0; i < (n) / TT_FP_GROUP * TT_FP_GROUP; i++)

/* The kinds that a step on numbers can have, each with a loop of its own. */
#define CALCULATIONS(X)  \
	X(TT_FP_BIT_OR)  \
	X(TT_FP_BIT_XOR) \
	X(TT_FP_BIT_AND) \
	X(TT_FP_SHL)     \
	X(TT_FP_SHR)     \
	X(TT_FP_ADD)     \
	X(TT_FP_SUB)
#define COMPARISONS(X)  \
	X(TT_FP_EQ, ==) \
	X(TT_FP_NE, !=) \
	X(TT_FP_LT, <)  \
	X(TT_FP_LE, <=) \
	X(TT_FP_GT, >)  \
	X(TT_FP_GE, >=)

static void
calculate_pair(enum tt_fp_kind kind, uint32_t *to, const uint32_t *a, const uint32_t *b,
		unsigned n)
{
	switch (kind) {
#define X(k)                                            \
	case k:                                         \
		EACH(n)                                 \
		to[i] = tt_fp_calculate(k, a[i], b[i]); \
		return;
		CALCULATIONS(X)
#undef X
	default:
		TT_ASSERT(!"a step of this kind");
	}
}

static void
calculate_value(enum tt_fp_kind kind, uint32_t *to, const uint32_t *a, uint32_t value,
		unsigned n)
{
	switch (kind) {
#define X(k)                                             \
	case k:                                          \
		EACH(n)                                  \
		to[i] = tt_fp_calculate(k, a[i], value); \
		return;
		CALCULATIONS(X)
#undef X
	default:
		TT_ASSERT(!"a step of this kind");
	}
}

/* Four numbers; a comparison of two fours gives all bits or none in each. */
typedef uint32_t four __attribute__((vector_size(16), may_alias));
typedef int32_t four_truths __attribute__((vector_size(16), may_alias));

static inline four
four_at(const uint32_t *column, unsigned i)
{
	return *(const four *)(const void *)&column[i];
}

/*
 * Sixteen truths of 32 bits, as truths of a column. With the plain loop, gcc 12 needs 16 instructions a packet for
 * the comparisons of the shipped rules, and not 7: it does not know that nothing is lost.
 */
static inline void
narrow(uint8_t *to, const four_truths from[static 4])
{
#if SSE2
	const __m128i low = _mm_packs_epi32((__m128i)from[0], (__m128i)from[1]);
	const __m128i high = _mm_packs_epi32((__m128i)from[2], (__m128i)from[3]);

	_mm_store_si128((__m128i *)to, _mm_packs_epi16(low, high));
#else
	for (unsigned i = 0; i < TT_FP_GROUP; i++)
		to[i] = (uint8_t)from[i / 4][i % 4];
#endif
}

/* As tt_fp_calculate has it. right: four numbers, for the four of a from i + 4 * j on. */
#define COMPARE(k, op, right)                                            \
	case k:                                                          \
		for (unsigned i = 0; i < n; i += TT_FP_GROUP) {          \
			four_truths all[4];                              \
                                                                         \
			for (unsigned j = 0; j < 4; j++)                 \
				all[j] = four_at(a, i + 4 * j) op right; \
			narrow(&to[i], all);                             \
		}                                                        \
		return;

static void
compare_pair(enum tt_fp_kind kind, uint8_t *to, const uint32_t *a, const uint32_t *b,
		unsigned n)
{
	switch (kind) {
#define X(k, op) COMPARE(k, op, four_at(b, i + 4 * j))
		COMPARISONS(X)
#undef X
	default:
		TT_ASSERT(!"a step of this kind");
	}
}

static void
compare_value(enum tt_fp_kind kind, uint8_t *to, const uint32_t *a, uint32_t value,
		unsigned n)
{
	const four all_the_same = {value, value, value, value};

	switch (kind) {
#define X(k, op) COMPARE(k, op, all_the_same)
		COMPARISONS(X)
#undef X
	default:
		TT_ASSERT(!"a step of this kind");
	}
}

static void
has(uint8_t *to, const uint8_t *a, uint8_t bits, unsigned n)
{
	EACH(n)
	to[i] = TT_FP_TRUTH((a[i] & bits) == bits);
}

static void
logic(enum tt_fp_kind kind, uint8_t *to, const uint8_t *a, const uint8_t *b, unsigned n)
{
	if (kind == TT_FP_AND) {
		EACH(n)
		to[i] = a[i] & b[i];
	} else {
		EACH(n)
		to[i] = a[i] | b[i];
	}
}

void
tt_fp_run_step(const struct tt_fp_step *step, struct tt_fp_columns *c, unsigned n)
{
	uint32_t *const number = tt_fp_number(c, step->to);
	uint8_t *const truth = tt_fp_truth(c, step->to);
	const uint32_t *const a = tt_fp_number(c, step->a),
			      *const b = tt_fp_number(c, step->b);
	const uint8_t *const true_a = tt_fp_truth(c, step->a);
	const uint8_t *const true_b = tt_fp_truth(c, step->b);

	switch ((enum tt_fp_operation)step->operation) {
	case TT_FP_STEP_PAIR:
		calculate_pair(step->kind, number, a, b, n);
		break;
	case TT_FP_STEP_VALUE:
		calculate_value(step->kind, number, a, step->value, n);
		break;
	case TT_FP_STEP_CONSTANT:
		EACH(n)
		number[i] = step->value;
		break;
	case TT_FP_STEP_COMPARE_PAIR:
		compare_pair(step->kind, truth, a, b, n);
		break;
	case TT_FP_STEP_COMPARE_VALUE:
		compare_value(step->kind, truth, a, step->value, n);
		break;
	case TT_FP_STEP_LOGIC:
		logic(step->kind, truth, true_a, true_b, n);
		break;
	case TT_FP_STEP_NOT:
		EACH(n)
		truth[i] = (uint8_t)~true_a[i];
		break;
	case TT_FP_STEP_TRUTH:
		memset(truth, TT_FP_TRUTH(step->value != 0), n);
		break;
	case TT_FP_STEP_HAS:
		has(truth, true_a, (uint8_t)step->value, n);
		break;
	case TT_FP_STEP_ANSWER:
		TT_ASSERT(!"an answer, which is the caller's");
	}
}
