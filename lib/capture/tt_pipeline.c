/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_pipeline.h"

static enum tt_fate
fate_of(const struct tt_prefix_set *monitored, const struct tt_frame *f,
		struct tt_packet *p)
{
	enum tt_fate fate = tt_packet_decode(f->data, f->captured, f->link, p);

	if (TT_UNLIKELY(fate != TT_FATE_COUNTED))
		return fate;
	if (TT_LIKELY(tt_prefix_set_has(monitored, p->dst)))
		return TT_FATE_COUNTED;
	return tt_prefix_set_has(monitored, p->src) ? TT_FATE_OUTGOING
						    : TT_FATE_NOT_MONITORED;
}

static inline void
note_frame(struct tt_tally *tally, const struct tt_frame *f, enum tt_fate fate)
{
	tally->fates[fate]++;
	tally->frame_bytes += f->captured;
	if (TT_UNLIKELY(tally->frames == 0))
		tally->first_us = tally->last_us = f->time_us;
	tally->frames++;
	if (f->time_us < tally->first_us)
		tally->first_us = f->time_us;
	if (f->time_us > tally->last_us)
		tally->last_us = f->time_us;
}

void
tt_pipeline_burst(const struct tt_prefix_set *monitored, const struct tt_frame *frames,
		unsigned n, struct tt_tally *tally)
{
	struct tt_packet packets[TT_TALLY_BURST];
	int64_t times_us[TT_TALLY_BURST];
	unsigned counted = 0;

	for (unsigned i = 0; i < n; i++) {
		enum tt_fate fate = fate_of(monitored, &frames[i], &packets[counted]);

		note_frame(tally, &frames[i], fate);
		times_us[counted] = frames[i].time_us;
		counted += fate == TT_FATE_COUNTED;
	}
	tt_tally_burst(tally, packets, times_us, counted);
}

void
tt_pipeline_burst_ref(const struct tt_prefix_set *monitored,
		const struct tt_frame *frames, unsigned n, struct tt_tally *tally)
{
	for (unsigned i = 0; i < n; i++) {
		struct tt_packet p;
		enum tt_fate fate = fate_of(monitored, &frames[i], &p);

		note_frame(tally, &frames[i], fate);
		if (fate == TT_FATE_COUNTED)
			tt_tally_one_ref(tally, &p, frames[i].time_us);
	}
}
