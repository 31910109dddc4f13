/* SPDX-License-Identifier: BSD-3-Clause */
/* What was marked is evaluated, in the order of ranks; or what came of it before is taken. */
#include "tt_signature_verify.h"

/* Where fewer steps are left than that after what is remembered, it is evaluated once more: a cost is
 * exact but for what is rounded. */
#define STEPS_LEFT 8

/* By rule, ascending: ranks are nearly so. */
static void
insert_hit(struct tt_signature_hit *hits, unsigned n, struct tt_signature_hit hit)
{
	for (; n > 0 && hits[n - 1].rule > hit.rule; n--)
		hits[n] = hits[n - 1];
	hits[n] = hit;
}

void
tt_signature_verification_hit(struct tt_signature_verification *v, uint32_t rank)
{
	if (v->n_hits == TT_SIGNATURE_HITS_MAX) {
		v->eval->cut = true;
		return;
	}
	insert_hit(v->hits, v->n_hits++,
			(struct tt_signature_hit){.packet = v->packet,
					.rule = v->s->rules[rank].index});
}

/* From here on rules are evaluated: flowbits and contents are brought to where they would be. */
static void
stop_following(struct tt_signature_verification *v)
{
	struct tt_signature_eval *e = v->eval;
	const int64_t steps = e->steps;
	const uint32_t verifications = e->verifications;

	e->steps = INT64_MAX;
	e->verifications = UINT32_MAX;
	for (uint32_t k = 0; k < v->n_tried; k++)
		(void)tt_signature_matches_payload(
				e, &v->s->rules[v->repeat->tried[k].rank]);
	e->steps = steps;
	e->verifications = verifications;
	v->follows = false;
}

/* What came of the same rule after the same others, if that is known. */
static const struct tt_signature_tried *
followed(struct tt_signature_verification *v, uint32_t rank)
{
	const struct tt_signature_eval *e = v->eval;
	const struct tt_signature_tried *t = &v->repeat->tried[v->n_tried];

	if (v->n_tried < v->repeat->n_tried && t->rank == rank
			&& e->steps >= (int64_t)t->steps + STEPS_LEFT)
		return t;
	stop_following(v);
	return NULL;
}

/* Remembers what came of a rule; or stops to, where that depends on more than the payload. */
static void
remember(struct tt_signature_verification *v, uint32_t rank,
		const struct tt_signature_eval *before, bool matched)
{
	const struct tt_signature_eval *e = v->eval;
	struct tt_signature_repeat *r = v->repeat;

	if (v->n_tried == TT_SIGNATURE_REPEAT_TRIED || e->cut
			|| !v->s->rules[rank].payload_alone) {
		v->repeat = NULL;
		return;
	}
	r->tried[v->n_tried++] = (struct tt_signature_tried){.rank = rank,
			.steps = (uint32_t)(before->steps - e->steps),
			.verifications = (uint8_t)(before->verifications
					- e->verifications),
			.matched = matched};
	r->n_tried = v->n_tried;
}

static bool
matches_payload(struct tt_signature_verification *v, uint32_t rank)
{
	struct tt_signature_eval *e = v->eval;
	const struct tt_signature_tried *t = v->follows ? followed(v, rank) : NULL;
	struct tt_signature_eval before;
	bool matched;

	if (t != NULL) {
		v->n_tried++;
		e->steps -= t->steps;
		e->verifications -= t->verifications;
		return t->matched;
	}
	before.steps = e->steps;
	before.verifications = e->verifications;
	matched = tt_signature_matches_payload(e, &v->s->rules[rank]);
	if (v->repeat != NULL)
		remember(v, rank, &before, matched);
	return matched;
}

void
tt_signature_verify(struct tt_signature_verification *v, uint32_t rank)
{
	if (v->eval->steps >= 0 && tt_signature_matches_head(v->eval, &v->s->rules[rank])
			&& matches_payload(v, rank))
		tt_signature_verification_hit(v, rank);
}

void
tt_signature_verify_marked(
		struct tt_signature_verification *v, struct tt_signature_scratch *scratch)
{
	for (uint32_t k = 0; k < scratch->n_summary; k++) {
		uint64_t summary = scratch->summary[k];

		scratch->summary[k] = 0;
		for (; summary != 0; summary &= summary - 1) {
			const uint32_t w = k * 64 + (unsigned)__builtin_ctzll(summary);
			uint64_t word = scratch->candidates[w];

			scratch->candidates[w] = 0;
			for (; word != 0; word &= word - 1)
				tt_signature_verify(v,
						w * 64 + (unsigned)__builtin_ctzll(word));
		}
	}
}
