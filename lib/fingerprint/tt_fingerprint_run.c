/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The program on a burst, chunk by chunk. A step may write the column that it reads: element by
 * element, so that no loop carries anything from one packet to the next (hence the pragma).
 */
#include "tt_fingerprint_private.h"

/* Unrolled, a step is a fifth cheaper: what it does for four packets is little more than a loop's own
 * part. */
#ifdef __clang__
#define INDEPENDENT /* it checks as it runs */
#define UNROLLED
#else
#define INDEPENDENT _Pragma("GCC ivdep")
#define UNROLLED    _Pragma("GCC unroll 4")
#endif
#define EACH(n) INDEPENDENT UNROLLED for (unsigned i = 0; i < (n); i++)

struct burst {
	const struct tt_fingerprints *set;
	const struct tt_packet *packets;
	const uint8_t *const *frames;
	const uint32_t *captured;
	const int64_t *times_us;
	unsigned n;
	bool all_valid;
};

typedef uint32_t column[TT_FP_CHUNK];

static struct tt_fp_input
input(const struct burst *b, unsigned i)
{
	return (struct tt_fp_input){.packet = &b->packets[i],
			.frame = b->frames[i],
			.captured = b->captured[i]};
}

/* One loop per field, with the switch of tt_fp_plain_value out of it. */
static void
fill_field(const struct burst *b, enum tt_fp_field field, uint32_t *to)
{
	switch (field) {
#define X(name, f, has)                                            \
	case TT_FP_##f:                                            \
		UNROLLED                                           \
		for (unsigned i = 0; i < b->n; i++) {              \
			const struct tt_fp_input in = input(b, i); \
			to[i] = tt_fp_plain_value(&in, TT_FP_##f); \
		}                                                  \
		break;
		TT_FP_FIELDS(X)
#undef X
	case TT_FP_N_FIELDS:
		break;
	}
}

/* has: added to; options, mss: NULL where no rule asks. */
static void
fill_options(const struct burst *b, uint32_t *has, uint32_t *options, uint32_t *mss)
{
	for (unsigned i = 0; i < b->n; i++) {
		const struct tt_fp_input in = input(b, i);
		struct tt_fp_layout layout;
		uint32_t found = 0, value = 0;

		has[i] |= tt_fp_options_presence(&in, has[i]);
		if ((has[i] & TT_FP_HAS_OPTIONS) && tt_fp_options(&in, &layout, &value))
			found = tt_fp_layout_find(&b->set->layouts, &layout);
		if (options != NULL)
			options[i] = found;
		if (mss != NULL)
			mss[i] = value;
	}
}

static void
fill_presence(const struct burst *b, uint32_t *has)
{
	column kinds, protocol, later;

	UNROLLED
	for (unsigned i = 0; i < b->n; i++) {
		const struct tt_fp_words w = tt_fp_words(&b->packets[i]);

		kinds[i] = w.kinds;
		protocol[i] = w.protocol;
		later[i] = w.later;
	}
	EACH(b->n)
	has[i] = tt_fp_presence_of((struct tt_fp_words){kinds[i], protocol[i], later[i]});
}

static void
fill_sources(const struct burst *b, column *columns)
{
	const uint16_t *sources = b->set->program.sources;
	const uint16_t has = sources[TT_FP_SOURCE_HAS];
	const uint16_t options = sources[TT_FP_TCP_OPTIONS], mss = sources[TT_FP_TCP_MSS];

	for (unsigned f = 0; f < TT_FP_N_FIELDS; f++)
		if (sources[f] != TT_FP_NO_COLUMN)
			fill_field(b, f, columns[sources[f]]);
	if (has == TT_FP_NO_COLUMN)
		return;
	fill_presence(b, columns[has]);
	if (options != TT_FP_NO_COLUMN || mss != TT_FP_NO_COLUMN)
		fill_options(b, columns[has],
				options != TT_FP_NO_COLUMN ? columns[options] : NULL,
				mss != TT_FP_NO_COLUMN ? columns[mss] : NULL);
}

/* The kinds that a step can have, each with a loop of its own. */
#define KINDS(X)         \
	X(TT_FP_OR)      \
	X(TT_FP_AND)     \
	X(TT_FP_EQ)      \
	X(TT_FP_NE)      \
	X(TT_FP_LT)      \
	X(TT_FP_LE)      \
	X(TT_FP_GT)      \
	X(TT_FP_GE)      \
	X(TT_FP_BIT_OR)  \
	X(TT_FP_BIT_XOR) \
	X(TT_FP_BIT_AND) \
	X(TT_FP_SHL)     \
	X(TT_FP_SHR)     \
	X(TT_FP_ADD)     \
	X(TT_FP_SUB)

static void
run_pair(enum tt_fp_kind kind, uint32_t *to, const uint32_t *a, const uint32_t *b,
		unsigned n)
{
	switch (kind) {
#define X(k)                                            \
	case k:                                         \
		EACH(n)                                 \
		to[i] = tt_fp_calculate(k, a[i], b[i]); \
		return;
		KINDS(X)
#undef X
	default:
		TT_ASSERT(!"a step of this kind");
	}
}

static void
run_value(enum tt_fp_kind kind, uint32_t *to, const uint32_t *a, uint32_t value,
		unsigned n)
{
	switch (kind) {
#define X(k)                                             \
	case k:                                          \
		EACH(n)                                  \
		to[i] = tt_fp_calculate(k, a[i], value); \
		return;
		KINDS(X)
#undef X
	default:
		TT_ASSERT(!"a step of this kind");
	}
}

static void
answer(const struct burst *b, uint32_t *out, uint32_t place, const uint32_t *tested,
		const uint32_t *matched)
{
	const struct tt_fingerprint_rule *rule = &b->set->rules[place].rule;
	const uint32_t shift = place + TT_DETAIL_TESTED_SHIFT;

	if (b->all_valid) {
		EACH(b->n)
		out[i] |= tested[i] << shift | (tested[i] & matched[i]) << place;
		return;
	}
	for (unsigned i = 0; i < b->n; i++) {
		const uint32_t t = tested[i] & (b->times_us[i] >= rule->valid_from_us)
				& (b->times_us[i] < rule->valid_until_us);

		out[i] |= t << shift | (t & matched[i]) << place;
	}
}

static void
run_step(const struct burst *b, const struct tt_fp_step *step, column *columns,
		uint32_t *out)
{
	uint32_t *to = columns[step->to];
	const uint32_t *a = columns[step->a];

	switch (step->operation) {
	case TT_FP_STEP_PAIR:
		run_pair(step->kind, to, a, columns[step->b], b->n);
		break;
	case TT_FP_STEP_VALUE:
		run_value(step->kind, to, a, step->value, b->n);
		break;
	case TT_FP_STEP_CONSTANT:
		EACH(b->n)
		to[i] = step->value;
		break;
	case TT_FP_STEP_HAS:
		EACH(b->n)
		to[i] = (a[i] & step->value) == step->value;
		break;
	case TT_FP_STEP_ANSWER:
		answer(b, out, step->value, a, columns[step->b]);
		break;
	}
}

static void
run_chunk(const struct burst *b, tt_detail *details)
{
	const struct tt_fp_program *program = &b->set->program;
	column columns[TT_FP_COLUMNS_MAX] TT_CACHE_ALIGNED;
	column out TT_CACHE_ALIGNED;

	fill_sources(b, columns);
	EACH(b->n)
	out[i] = 0;
	for (unsigned s = 0; s < program->n; s++)
		run_step(b, &program->steps[s], columns, out);
	EACH(b->n)
	details[i] |= out[i];
}

/* Whether the times of a burst are all within; until_us: exclusive. Live, they are all the same. */
static bool
all_within(const int64_t *times_us, unsigned n, int64_t from_us, int64_t until_us)
{
	int64_t differ = 0;
	bool within = times_us[0] >= from_us && times_us[0] < until_us;

	for (unsigned i = 0; i < n; i++)
		differ |= times_us[i] ^ times_us[0];
	for (unsigned i = 0; i < n && differ != 0; i++)
		within &= (times_us[i] >= from_us) & (times_us[i] < until_us);
	return within;
}

void
tt_fingerprints_burst(const struct tt_fingerprints *set, const struct tt_packet *packets,
		const uint8_t *const *frames, const uint32_t *captured,
		const int64_t *times_us, tt_detail *details, unsigned n)
{
	if (tt_fingerprints_count(set) == 0)
		return;
	TT_ASSERT(n <= TT_FINGERPRINT_BURST);
	for (unsigned done = 0; done < n; done += TT_FP_CHUNK) {
		const unsigned rest = n - done;
		struct burst b = {.set = set,
				.packets = packets + done,
				.frames = frames + done,
				.captured = captured + done,
				.times_us = times_us + done,
				.n = rest < TT_FP_CHUNK ? rest : TT_FP_CHUNK};

		b.all_valid = all_within(
				b.times_us, b.n, set->valid_from_us, set->valid_until_us);
		run_chunk(&b, details + done);
	}
}
