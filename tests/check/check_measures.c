/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tables of tallies and merge against the reference (measures_ref.h), on random and hostile
 * input: equal in every field where nothing was full; where tables were full, exact in the sums,
 * and within the stated errors in what is estimated.
 *
 *     check_measures [SEED [ROUNDS]]
 *
 * The seed of a round is printed where it fails; given as SEED, it is the first round's.
 */
#include "measures_bed.h"
#include "measures_frames.h"
#include "measures_full.h"
#include "tt_pipeline.h"
#include "tt_time.h"

#define PAIRS_ENOUGH 16384
#define PAIRS_FEW    1024
#define INTERVALS    3

/* A weight that makes the counters nearly overflow 63 bits. */
static uint64_t
weight_of(const struct input *input)
{
	uint64_t bytes = 1;

	for (unsigned i = 0; i < input->n; i++)
		bytes += input->packets[i].ip_bytes;
	return (UINT64_C(1) << 62) / bytes;
}

static bool
all_same(const struct rows *got, const struct rows *want, const char *where)
{
	bool right = true;

	for (unsigned t = 0; t < ROWS_N_TABLES; t++)
		right &= rows_same((enum rows_table)t, got, want, where);
	return right;
}

/* Merges twice: what is recalled of earlier intervals must not change by it. */
static bool
interval_is_right(struct bed *bed, int64_t start_us, bool full, bool fair,
		const char *where)
{
	bool right = true;

	bed_run_ref(bed, start_us);
	for (unsigned i = 0; i < 2 && right; i++) {
		bed_merge(bed, start_us);
		right = full ? full_is_right(
					&bed->got, &bed->want, &bed->config, fair, where)
			     : all_same(&bed->got, &bed->want, where);
	}
	return right;
}

static bool
round_is_right(const struct shape *shape, bool full)
{
	bool fair = shape->pool == POOL_RANDOM, right = true;
	struct input input = {0};
	struct bed bed;

	bed_init(&bed, full ? PAIRS_FEW : PAIRS_ENOUGH, full, NULL);
	for (unsigned i = 0; i < INTERVALS && right; i++) {
		int64_t start_us = BED_START_US + i * BED_INTERVAL_US;
		uint64_t weight = 1;
		char where[128];

		input_draw(&input, shape, bed.tallies[0], start_us,
				start_us + BED_INTERVAL_US);
		bed_count(&bed, &input, start_us);
		if (shape->heavy)
			bed_multiply(&bed, weight = weight_of(&input));
		bed_count_ref(&bed, &input, weight);
		snprintf(where, sizeof(where), "%s, %s, interval %u", shape->name,
				full ? "few pairs" : "enough pairs", i);
		right = interval_is_right(&bed, start_us, full, fair, where);
		bed_next(&bed, start_us);
	}
	input_fini(&input);
	bed_fini(&bed);
	return right;
}

/* Counts frames[n] by the pipeline, by its plain twin, and by the reference. */
static void
count_frames(struct bed *bed, const struct tt_frame *frames, unsigned n)
{
	const struct tt_pipeline pipeline = {&bed->monitored, bed->fingerprints};

	tt_pipeline_burst(&pipeline, frames, n, bed->tallies[0]);
	tt_pipeline_burst_ref(&pipeline, frames, n, bed->tallies[1]);
	for (unsigned i = 0; i < n; i++)
		measures_ref_frame(&bed->ref, &bed->monitored, frames[i].data,
				frames[i].captured, frames[i].link, frames[i].time_us);
}

/* Counts a frame cut off at every byte, some of them in each burst. */
static void
count_cut(struct bed *bed, const struct frame_pages *pages, const struct frame_bytes *f)
{
	struct tt_frame frames[TT_TALLY_BURST];
	unsigned n = 0;

	for (unsigned captured = 0; captured <= f->n; captured++) {
		frames[n] = frame_put(pages, n, f, captured,
				BED_START_US + (int64_t)draw(BED_INTERVAL_US));
		n++;
		if (captured == f->n || n == TT_TALLY_BURST || one_in(20)) {
			count_frames(bed, frames, n);
			n = 0;
		}
	}
}

/* Whole frames in bursts. */
static void
count_whole(struct bed *bed, const struct frame_pages *pages)
{
	struct tt_frame frames[TT_TALLY_BURST];
	unsigned n = (unsigned)draw(TT_TALLY_BURST + 1);

	for (unsigned i = 0; i < n; i++) {
		struct frame_bytes f;

		frame_draw(&f);
		frames[i] = frame_put(pages, i, &f, f.n,
				BED_START_US + (int64_t)draw(BED_INTERVAL_US));
	}
	count_frames(bed, frames, n);
}

static bool
frames_are_right(void)
{
	static const char *const names[] = {"frames, bursts", "frames, one by one"};
	struct frame_pages pages;
	struct bed bed;
	bool right = true;

	bed_init(&bed, PAIRS_ENOUGH, false, frame_rules);
	frame_pages_init(&pages);
	for (unsigned i = 0; i < 40; i++) {
		struct frame_bytes f;

		frame_draw(&f);
		count_cut(&bed, &pages, &f);
		count_whole(&bed, &pages);
	}
	bed_run_ref(&bed, BED_START_US);
	for (unsigned i = 0; i < 2; i++) {
		bed_merge_some(&bed, &bed.tallies[i], 1, BED_START_US);
		right &= all_same(&bed.got, &bed.want, names[i]);
	}
	frame_pages_fini(&pages);
	bed_fini(&bed);
	return right;
}

static unsigned
wrong_of_round(uint64_t seed)
{
	unsigned wrong = 0;

	for (const struct shape *s = shapes; s->name != NULL; s++) {
		for (unsigned full = 0; full < 2; full++) {
			draw_seed(seed);
			wrong += !round_is_right(s, full);
		}
	}
	draw_seed(seed);
	wrong += !frames_are_right();
	if (wrong > 0)
		fprintf(stderr, "seed 0x%llx: %u wrong\n", (unsigned long long)seed,
				wrong);
	return wrong;
}

int
main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : (uint64_t)tt_time_now();
	unsigned rounds = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 0) : 1;
	unsigned wrong = 0;

	printf("seed 0x%llx, %u rounds\n", (unsigned long long)seed, rounds);
	fflush(stdout);
	for (unsigned i = 0; i < rounds; i++)
		wrong += wrong_of_round(seed + i);
	return wrong > 0;
}
