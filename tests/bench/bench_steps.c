/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench_steps.h"

#include "tt_packet_plain.h"

#include <string.h>

enum feature {
	MONITORED = 1,
	TARGETS = 2, /* the histogram of targets; pairs have it as a marginal */
	BACKSCATTER = 4,
	RULES = 8,
	PIPELINE = 16,
	PLAIN = 32
};

#define ALL_SUMS                                                      \
	(BENCH_SUM_FRAMES | BENCH_SUM_DISTRIBUTIONS | BENCH_SUM_PAIRS \
			| BENCH_SUM_CONTACTS | BENCH_SUM_PORTS)
#define PAIRS_SUMS (BENCH_SUM_DISTRIBUTIONS | BENCH_SUM_PAIRS)
#define TO_PAIRS   (TT_PASS_DISTRIBUTIONS | TT_PASS_PAIRS)
#define TO_PORTS   (TO_PAIRS | TT_PASS_CONTACTS | TT_PASS_PORTS)

const struct bench_step bench_steps[] = {
		{"decode", 0, 0, 0},
		{"monitored", MONITORED, 0, 0},
		{"headers", MONITORED | TARGETS, TT_PASS_DISTRIBUTIONS,
				BENCH_SUM_DISTRIBUTIONS | BENCH_SUM_ROWS},
		{"backscatter", MONITORED | TARGETS | BACKSCATTER, TT_PASS_DISTRIBUTIONS,
				BENCH_SUM_DISTRIBUTIONS | BENCH_SUM_ROWS},
		{"pairs", MONITORED | BACKSCATTER, TO_PAIRS, PAIRS_SUMS},
		{"contacts", MONITORED | BACKSCATTER, TO_PAIRS | TT_PASS_CONTACTS,
				PAIRS_SUMS | BENCH_SUM_CONTACTS},
		{"ports", MONITORED | BACKSCATTER, TO_PORTS,
				PAIRS_SUMS | BENCH_SUM_CONTACTS | BENCH_SUM_PORTS},
		{"sketches", MONITORED | BACKSCATTER, TO_PORTS | TT_PASS_SKETCHES,
				PAIRS_SUMS | BENCH_SUM_CONTACTS | BENCH_SUM_PORTS},
		{"fingerprints", MONITORED | BACKSCATTER | RULES, TT_PASS_ALL,
				PAIRS_SUMS | BENCH_SUM_CONTACTS | BENCH_SUM_PORTS},
		{"pipeline", PIPELINE, 0, ALL_SUMS},
		{"plain", PLAIN, 0, ALL_SUMS},
};
const unsigned bench_n_steps = TT_ARRAY_SIZE(bench_steps);

const struct bench_step *
bench_step_find(const char *name)
{
	for (unsigned i = 0; i < bench_n_steps; i++)
		if (strcmp(bench_steps[i].name, name) == 0)
			return &bench_steps[i];
	return NULL;
}

/* The packets of a burst, as in lib/capture/tt_pipeline.c. */
struct burst {
	struct tt_packet packets[TT_TALLY_BURST];
	const uint8_t *data[TT_TALLY_BURST];
	uint32_t captured[TT_TALLY_BURST];
	int64_t times_us[TT_TALLY_BURST];
	tt_target_key keys[TT_TALLY_BURST];
	tt_detail details[TT_TALLY_BURST];
};

static inline enum tt_fate
decode_one(const struct tt_frame *f, struct tt_packet *p)
{
	if (TT_UNLIKELY(!tt_packet_is_plain(f->data, f->captured, f->link)))
		return tt_packet_decode(f->data, f->captured, f->link, p);
	tt_packet_decode_plain(f->data, p);
	return TT_FATE_COUNTED;
}

static unsigned
decode(const struct bench_step *step, const struct tt_prefix_set *monitored,
		const struct tt_frame *frames, unsigned n, struct burst *b)
{
	const bool any = (step->features & MONITORED) == 0;
	unsigned k = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct tt_frame *f = &frames[i];
		struct tt_packet *p = &b->packets[k];

		if (TT_UNLIKELY(decode_one(f, p) != TT_FATE_COUNTED)
				|| !(any || tt_prefix_set_has(monitored, p->dst)))
			continue;
		b->data[k] = f->data;
		b->captured[k] = f->captured;
		b->times_us[k] = f->time_us;
		b->keys[k] = tt_target_key_of(p);
		b->details[k] = 0;
		k++;
	}
	return k;
}

static void
count_targets(struct tt_tally *t, const struct burst *b, unsigned k)
{
	uint32_t cells[TT_TALLY_BURST];

	for (unsigned i = 0; i < k; i++) {
		cells[i] = TT_CELL_ROW_REST + tt_row_index(b->keys[i], b->details[i]);
		__builtin_prefetch(&t->rest.cells[cells[i]], 1);
	}
	for (unsigned i = 0; i < k; i++)
		tt_rest_count(&t->rest, cells[i], 1, b->packets[i].ip_bytes);
}

static unsigned
count_staged(const struct bench_step *step, const struct tt_pipeline *pipeline,
		const struct tt_frame *frames, unsigned n, struct tt_tally *tally)
{
	struct burst b;
	const unsigned k = decode(step, pipeline->monitored, frames, n, &b);

	if (step->features & BACKSCATTER)
		for (unsigned i = 0; i < k; i++)
			b.details[i] = tt_backscatter_of_class(&b.packets[i],
					tt_target_key_class(b.keys[i]), b.data[i],
					b.captured[i]);
	if (step->features & RULES)
		tt_fingerprints_burst(pipeline->fingerprints, b.packets, b.data,
				b.captured, b.times_us, b.details, k);
	if (step->features & TARGETS)
		count_targets(tally, &b, k);
	if (step->passes != 0)
		tt_tally_burst_passes(tally, b.packets, b.keys, b.details, b.times_us, k,
				step->passes);
	return k;
}

unsigned
bench_step_burst(const struct bench_step *step, const struct tt_pipeline *pipeline,
		const struct tt_frame *frames, unsigned n, struct tt_tally *tally)
{
	for (unsigned i = 0; i < n; i++)
		__builtin_prefetch(frames[i].data);
	if (step->features & PIPELINE)
		tt_pipeline_burst(pipeline, frames, n, tally);
	else if (step->features & PLAIN)
		tt_pipeline_burst_ref(pipeline, frames, n, tally);
	else
		return count_staged(step, pipeline, frames, n, tally);
	return 0;
}
