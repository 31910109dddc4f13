/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_pipeline.h"

#include "tt_packet_plain.h"
#include "tt_tally_place.h"

bool
tt_pipeline_open(struct tt_pipeline *pipeline, struct tt_tally *tally,
		const struct tt_adoption *next)
{
	const bool adopts = next != NULL && tally->span.start_us >= next->from_us;

	if (adopts)
		pipeline->matcher = next->matcher;
	if (pipeline->matcher != NULL)
		tt_tally_count_by(tally, tt_matcher_rules(pipeline->matcher));
	return adopts;
}

/* The fate of a packet that was decoded. */
static inline enum tt_fate
whose(const struct tt_prefix_set *monitored, const struct tt_packet *p)
{
	if (TT_LIKELY(tt_prefix_set_has(monitored, p->dst)))
		return TT_FATE_COUNTED;
	return tt_prefix_set_has(monitored, p->src) ? TT_FATE_OUTGOING
						    : TT_FATE_NOT_MONITORED;
}

static enum tt_fate
fate_of(const struct tt_prefix_set *monitored, const struct tt_frame *f,
		struct tt_packet *p)
{
	enum tt_fate fate = tt_packet_decode(f->data, f->captured, f->link, p);

	return fate == TT_FATE_COUNTED ? whose(monitored, p) : fate;
}

static void
note_frame(struct tt_tally *tally, const struct tt_frame *f, enum tt_fate fate)
{
	tally->fates[fate]++;
	tally->frame_bytes += f->captured;
	if (tally->frames == 0)
		tally->first_us = tally->last_us = f->time_us;
	tally->frames++;
	if (f->time_us < tally->first_us)
		tally->first_us = f->time_us;
	if (f->time_us > tally->last_us)
		tally->last_us = f->time_us;
}

/* The same of frames[n], n at least 1, but for their fates. Live, their times are all the same. */
static void
note_frames(struct tt_tally *tally, const struct tt_frame *frames, unsigned n)
{
	int64_t first = frames[0].time_us, last = first, differ = 0;
	uint64_t bytes = 0;

	for (unsigned i = 0; i < n; i++) {
		bytes += frames[i].captured;
		differ |= frames[i].time_us ^ first;
	}
	for (unsigned i = 0; i < n && differ != 0; i++) {
		const int64_t t = frames[i].time_us;

		first = t < first ? t : first;
		last = t > last ? t : last;
	}
	if (tally->frames == 0 || first < tally->first_us)
		tally->first_us = first;
	if (tally->frames == 0 || last > tally->last_us)
		tally->last_us = last;
	tally->frames += n;
	tally->frame_bytes += bytes;
}

/* The packets of a burst that are counted, side by side as the next stages want them. */
struct counted {
	struct tt_packet packets[TT_TALLY_BURST];
	const uint8_t *data[TT_TALLY_BURST];
	uint32_t captured[TT_TALLY_BURST];
	int64_t times_us[TT_TALLY_BURST];
	uint16_t frames[TT_TALLY_BURST]; /* which they are of the burst's */
	tt_target_key keys[TT_TALLY_BURST];
	tt_detail details[TT_TALLY_BURST];
	uint64_t places[TT_TALLY_BURST];
};

/* Is it plain, and counted for sure? */
static inline bool
is_plain(const struct tt_prefix_set *monitored, const struct tt_frame *f)
{
	return tt_packet_is_plain(f->data, f->captured, f->link)
			&& tt_prefix_set_widest_has(
					monitored, tt_packet_plain_dst(f->data));
}

/* Returns how many of frames[n] are counted; the others are in the tally's fates. */
static unsigned
decode(const struct tt_pipeline *pipeline, const struct tt_frame *frames, unsigned n,
		struct counted *c, struct tt_tally *tally)
{
	const struct tt_prefix_set *monitored = pipeline->monitored;
	struct tt_packet *p = c->packets;
	size_t k = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct tt_frame *f = &frames[i];

		if (TT_LIKELY(is_plain(monitored, f))) {
			tt_packet_decode_plain(f->data, p);
		} else {
			const enum tt_fate fate = fate_of(monitored, f, p);

			if (fate != TT_FATE_COUNTED) {
				tally->fates[fate]++;
				continue;
			}
		}
		c->data[k] = f->data;
		c->captured[k] = f->captured;
		c->times_us[k] = f->time_us;
		c->frames[k] = (uint16_t)i;
		k++;
		p++;
	}
	tally->fates[TT_FATE_COUNTED] += k;
	return (unsigned)k;
}

/* What packet i aims at, and whether it is an answer. */
static inline __attribute__((always_inline)) void
classify_one(struct counted *c, unsigned i)
{
	const struct tt_packet *p = &c->packets[i];

	c->keys[i] = tt_target_key_of(p);
	c->details[i] = tt_backscatter_of_class(
			p, tt_target_key_class(c->keys[i]), c->data[i], c->captured[i]);
}

/* The same of n packets. Then it is known where a pair stands: its line is on its way while fingerprints are
 * found. In one loop, as long as all sources are sampled, since one that only asks for lines would have to wait
 * for them. */
static void
classify(struct counted *c, unsigned n, const struct tt_tally *tally)
{
	if (TT_UNLIKELY(tally->pair_shift != 0)) {
		for (unsigned i = 0; i < n; i++)
			classify_one(c, i);
		tt_tally_fetch_sampled(
				tally, c->packets, c->keys, c->details, n, c->places);
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		classify_one(c, i);
		c->places[i] = tt_tally_fetch_pair(
				tally, c->packets[i].src, c->keys[i], c->details[i]);
	}
}

/* Keeps the first packets of what the last burst matched. at: [packets of the burst], their frames; NULL:
 * there was one alone, of the first frame. */
static void
keep_matched(struct tt_matcher *matcher, const struct tt_frame *frames,
		const uint16_t *at, struct tt_tally *tally)
{
	const struct tt_rules *rules = tt_matcher_rules(matcher);
	unsigned n;
	const struct tt_signature_hit *hits = tt_matcher_hits(matcher, &n);

	for (unsigned i = 0; i < n; i++) {
		const struct tt_frame *f = at == NULL ? frames
						      : &frames[at[hits[i].packet]];
		const struct tt_kept_frame kept = {
				f->data, f->time_us, f->captured, f->length, f->link};

		if (!rules->rules[hits[i].rule].no_alert)
			tt_kept_add(&tally->kept, hits[i].rule, &kept);
	}
}

void
tt_pipeline_burst(const struct tt_pipeline *pipeline, const struct tt_frame *frames,
		unsigned n, struct tt_tally *tally)
{
	struct counted c;
	unsigned k;

	if (n == 0)
		return;
	note_frames(tally, frames, n);
	k = decode(pipeline, frames, n, &c, tally);
	/* Before the lines of all pairs are on their way: what it reads is in the second cache, and would wait behind. */
	if (pipeline->matcher != NULL)
		tt_matcher_burst(pipeline->matcher, c.packets, c.data, c.captured,
				c.times_us, k, &tally->detections);
	classify(&c, k, tally);
	if (pipeline->fingerprints != NULL)
		tt_fingerprints_burst(pipeline->fingerprints, c.packets, c.data,
				c.captured, c.times_us, c.details, k);
	if (tally->kept.per_rule != 0)
		keep_matched(pipeline->matcher, frames, c.frames, tally);
	tt_tally_burst_placed(
			tally, c.packets, c.keys, c.details, c.times_us, c.places, k);
}

void
tt_pipeline_burst_ref(const struct tt_pipeline *pipeline, const struct tt_frame *frames,
		unsigned n, struct tt_tally *tally)
{
	for (unsigned i = 0; i < n; i++) {
		const struct tt_frame *f = &frames[i];
		struct tt_packet p;
		enum tt_fate fate = fate_of(pipeline->monitored, f, &p);
		tt_detail detail;

		note_frame(tally, f, fate);
		if (fate != TT_FATE_COUNTED)
			continue;
		detail = tt_backscatter_detail(&p, f->data, f->captured);
		if (pipeline->fingerprints != NULL)
			detail |= tt_fingerprints_one_ref(pipeline->fingerprints, &p,
					f->data, f->captured, f->time_us);
		if (pipeline->matcher != NULL)
			tt_matcher_one_ref(pipeline->matcher, &p, f->data, f->captured,
					f->time_us, &tally->detections);
		if (tally->kept.per_rule != 0)
			keep_matched(pipeline->matcher, f, NULL, tally);
		tt_tally_one_ref(tally, &p, detail, f->time_us);
	}
}
