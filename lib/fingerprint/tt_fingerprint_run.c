/* SPDX-License-Identifier: BSD-3-Clause */
/* The program on a burst, chunk by chunk: fields into columns, the steps, details out of columns. */
#include "tt_fingerprint_private.h"

#ifdef __clang__
#define UNROLLED
#else
#define UNROLLED _Pragma("GCC unroll 4")
#endif

struct burst {
	const struct tt_fingerprints *set;
	const struct tt_packet *packets;
	const uint8_t *const *frames;
	const uint32_t *captured;
	const int64_t *times_us;
	unsigned n;
	bool all_valid;
};

/* What the rules say, a bit for each: the first eight, the others. */
struct answers {
	uint8_t tested[2][TT_FP_CHUNK], matched[2][TT_FP_CHUNK];
} TT_CACHE_ALIGNED;

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
fill_options(const struct burst *b, uint8_t *has, uint32_t *options, uint32_t *mss)
{
	for (unsigned i = 0; i < b->n; i++) {
		const struct tt_fp_input in = input(b, i);
		struct tt_fp_layout layout;
		uint32_t found = 0, value = 0;

		has[i] |= (uint8_t)tt_fp_options_presence(&in, has[i]);
		if ((has[i] & TT_FP_HAS_OPTIONS) && tt_fp_options(&in, &layout, &value))
			found = tt_fp_layout_find(&b->set->layouts, &layout);
		if (options != NULL)
			options[i] = found;
		if (mss != NULL)
			mss[i] = value;
	}
}

static void
fill_parts(const struct burst *b, uint8_t *has)
{
	UNROLLED
	for (unsigned i = 0; i < b->n; i++)
		has[i] = b->packets[i].parts;
}

static void
fill_sources(const struct burst *b, struct tt_fp_columns *c)
{
	const struct tt_fp_program *program = &b->set->program;
	const uint16_t *sources = program->sources;
	const uint16_t options = sources[TT_FP_TCP_OPTIONS], mss = sources[TT_FP_TCP_MSS];
	uint8_t *has;

	for (unsigned i = 0; i < program->n_fields; i++)
		fill_field(b, program->fields[i],
				tt_fp_number(c, sources[program->fields[i]]));
	if (sources[TT_FP_SOURCE_HAS] == TT_FP_NO_COLUMN)
		return;
	has = tt_fp_truth(c, sources[TT_FP_SOURCE_HAS]);
	fill_parts(b, has);
	if (options != TT_FP_NO_COLUMN || mss != TT_FP_NO_COLUMN)
		fill_options(b, has,
				options != TT_FP_NO_COLUMN ? tt_fp_number(c, options)
							   : NULL,
				mss != TT_FP_NO_COLUMN ? tt_fp_number(c, mss) : NULL);
}

/* Takes those of n truths back that are of packets outside a rule's validity. */
static void
forget_invalid(const struct burst *b, uint32_t place, uint8_t *tested)
{
	const struct tt_fingerprint_rule *rule = &b->set->rules[place].rule;

	for (unsigned i = 0; i < b->n; i++)
		tested[i] &= TT_FP_TRUTH((b->times_us[i] >= rule->valid_from_us)
				& (b->times_us[i] < rule->valid_until_us));
}

static void
answer(const struct burst *b, const struct tt_fp_step *step, struct tt_fp_columns *c,
		struct answers *out, unsigned n)
{
	const uint8_t bit = (uint8_t)(1u << step->value % 8);
	const uint8_t *matched = tt_fp_truth(c, step->b),
		      *tested = tt_fp_truth(c, step->a);
	uint8_t *all_tested = out->tested[step->value / 8];
	uint8_t *all_matched = out->matched[step->value / 8];
	uint8_t valid[TT_FP_CHUNK] TT_CACHE_ALIGNED;

	if (!b->all_valid) {
		memcpy(valid, tested, n);
		forget_invalid(b, step->value, valid);
		tested = valid;
	}
	/* The rules answer in their order: nothing has to be cleared before. */
	if (step->value % 8 == 0)
		for (unsigned i = 0; i < n / TT_FP_GROUP * TT_FP_GROUP; i++) {
			all_tested[i] = tested[i] & bit;
			all_matched[i] = tested[i] & matched[i] & bit;
		}
	else
		for (unsigned i = 0; i < n / TT_FP_GROUP * TT_FP_GROUP; i++) {
			all_tested[i] |= tested[i] & bit;
			all_matched[i] |= tested[i] & matched[i] & bit;
		}
}

/* Adds what the rules from 8 * half on say. */
static void
give_details(const struct burst *b, const struct answers *out, unsigned half,
		tt_detail *details)
{
	const uint8_t *tested = out->tested[half], *matched = out->matched[half];

	for (unsigned i = 0; i < b->n; i++)
		details[i] |= tt_detail_of_fingerprints(tested[i], matched[i])
				<< half * 8;
}

static void
run_chunk(const struct burst *b, tt_detail *details)
{
	const struct tt_fp_program *program = &b->set->program;
	const unsigned n = (b->n + TT_FP_GROUP - 1) / TT_FP_GROUP * TT_FP_GROUP;
	struct tt_fp_columns c;
	struct answers out;

	fill_sources(b, &c);
	for (unsigned i = 0; i < program->n; i++) {
		const struct tt_fp_step *step = &program->steps[i];

		if (step->operation == TT_FP_STEP_ANSWER)
			answer(b, step, &c, &out, n);
		else
			tt_fp_run_step(step, &c, n);
	}
	for (unsigned half = 0; half * 8 < b->set->n; half++)
		give_details(b, &out, half, details);
}

/* Whether the times of a burst are all within; until_us: exclusive. Live, they are all the same. */
static bool
all_within(const int64_t *times_us, unsigned n, int64_t from_us, int64_t until_us)
{
	int64_t differ = 0;
	bool within = times_us[0] >= from_us && times_us[0] < until_us;

	UNROLLED
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
