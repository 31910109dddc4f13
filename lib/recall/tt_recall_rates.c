/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_recall_private.h"

void
tt_recall_clear_rates(struct tt_recall *recall)
{
	for (unsigned i = 0; i < TT_RECALL_N_RATES; i++)
		recall->rates[i] = (struct tt_recall_rate){
				TT_RECALL_NONE, TT_RECALL_NONE};
	recall->begun_us = TT_RECALL_NONE;
	recall->begun_shift = 0;
	recall->begun_blind = false;
}

/* As a source's two intervals are kept, so that both look back equally far. */
static void
note(struct tt_recall_rate *rate, int64_t start_us)
{
	if (start_us <= rate->last_us)
		return;
	rate->prev_us = rate->last_us;
	rate->last_us = start_us;
}

void
tt_recall_note_overflow(struct tt_recall *recall, int64_t start_us)
{
	note(&recall->rates[TT_RECALL_RATE_OVERFLOW], start_us);
}

/* Had an interval within the horizon before that one, which is not late, the rate? */
static bool
looks_back_on(const struct tt_recall *recall, unsigned i, int64_t start_us)
{
	const struct tt_recall_rate *rate = &recall->rates[i];
	int64_t latest = rate->last_us < start_us ? rate->last_us : rate->prev_us;

	return latest != TT_RECALL_NONE && latest < start_us
			&& start_us - latest <= recall->horizon_us;
}

static unsigned
coarsest(const struct tt_recall *recall, int64_t start_us)
{
	unsigned shift = TT_RECALL_SHIFT_MAX;

	while (shift > 0 && !looks_back_on(recall, shift, start_us))
		shift--;
	return shift;
}

void
tt_recall_begin(struct tt_recall *recall, int64_t start_us, unsigned pair_shift)
{
	unsigned shift = coarsest(recall, start_us);

	TT_ASSERT(pair_shift <= TT_RECALL_SHIFT_MAX);
	note(&recall->rates[pair_shift], start_us);
	recall->begun_us = start_us;
	recall->begun_shift = shift > pair_shift ? shift : pair_shift;
	recall->begun_blind = looks_back_on(recall, TT_RECALL_RATE_OVERFLOW, start_us);
	if (recall->since_us == 0 || start_us < recall->since_us)
		recall->since_us = start_us;
	if (start_us > recall->entered_us)
		recall->entered_us = start_us;
}

unsigned
tt_recall_shift_for(const struct tt_recall *recall, int64_t start_us)
{
	unsigned shift;

	if (tt_recall_is_late(recall, start_us))
		return TT_RECALL_SHIFT_MAX;
	shift = coarsest(recall, start_us);
	return shift > recall->shift ? shift : recall->shift;
}
