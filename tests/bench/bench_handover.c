/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How long the end of an interval holds the worker up: the burst in which the table set changes,
 * the bursts after it that meet a cold one, and an ordinary burst. The set is taken from, and given
 * to, a variable instead of a ring: the ring's own part, about a tenth of a microsecond, is missing.
 * One line of JSON per run.
 */
#include "bench_args.h"
#include "bench_stats.h"
#include "bench_steps.h"
#include "tt_counter.h"

#include <errno.h>
#include <inttypes.h>

#define PROGRAM     "bench_handover"
#define SKIPPED     77
#define BURST       64
#define BURSTS      (BENCH_RING / BURST)
#define INTERVALS   16
#define RINGS       24 /* of an interval */
#define INTERVAL_US TT_US_PER_S
#define START_US    (INTERVAL_US * INT64_C(1767571200))

/* The other table set; what was sealed goes there to be cleaned. */
struct hands {
	struct tt_tally *clean, *sealed;
	uint64_t frames; /* of sealed ones, so far */
};

struct samples {
	double crossing[INTERVALS], ring_after[INTERVALS],
			ordinary[INTERVALS * RINGS * BURSTS];
	unsigned n_crossing, n_ordinary;
};

static struct tt_tally *
seal(void *context, struct tt_tally *sealed)
{
	struct hands *h = context;
	struct tt_tally *clean = h->clean;

	h->sealed = sealed;
	h->clean = NULL;
	return clean;
}

/* Not timed: what the management core does. */
static void
clean_up(struct hands *h)
{
	if (h->sealed == NULL)
		return;
	h->frames += h->sealed->frames;
	tt_tally_reset(h->sealed);
	h->clean = h->sealed;
	h->sealed = NULL;
}

/* Nanoseconds of each burst of a ring. */
static void
time_ring(struct tt_counter *counter, const struct tt_frame *frames, double ns[BURSTS])
{
	uint64_t then = bench_now_ns();

	for (unsigned i = 0; i < BURSTS; i++) {
		uint64_t now;

		for (unsigned k = 0; k < BURST; k++)
			__builtin_prefetch(frames[i * BURST + k].data);
		tt_counter_burst(counter, frames + i * BURST, BURST);
		now = bench_now_ns();
		ns[i] = (double)(now - then);
		then = now;
	}
}

static void
note_crossing(struct samples *s, const double ns[BURSTS])
{
	double sum = 0;

	for (unsigned i = 0; i < BURSTS; i++)
		sum += ns[i];
	s->crossing[s->n_crossing] = ns[0];
	s->ring_after[s->n_crossing++] = sum;
}

static void
time_intervals(struct bench_bed *bed, struct tt_counter *counter, struct hands *hands,
		struct samples *s)
{
	double ns[BURSTS];

	for (unsigned i = 0; i < INTERVALS * RINGS; i++) {
		const bool crosses = i > 0 && i % RINGS == 0;

		bench_traffic_next(&bed->traffic,
				START_US + i / RINGS * INTERVAL_US + i % RINGS);
		time_ring(counter, bed->traffic.frames, ns);
		clean_up(hands);
		if (crosses)
			note_crossing(s, ns);
		for (unsigned k = 0; k < BURSTS && !crosses && i % RINGS > RINGS / 2; k++)
			s->ordinary[s->n_ordinary++] = ns[k];
	}
}

static int
run(struct bench_bed *bed, struct tt_error *err)
{
	static struct samples s;
	struct hands hands = {.clean = bed->tallies[1]};
	struct tt_counter counter;
	struct bench_figure crossing, after, ordinary;
	double longest;

	s.n_crossing = s.n_ordinary = 0;
	bed->traffic.sent = 0;
	tt_tally_reset(bed->tallies[0]);
	tt_tally_reset(bed->tallies[1]);
	tt_counter_init(&counter, TT_COUNTER_LIVE, INTERVAL_US, 3600 * TT_US_PER_S,
			&bed->setup.pipeline, bed->tallies[0], START_US, seal, &hands);
	time_intervals(bed, &counter, &hands, &s);
	hands.frames += counter.open->frames;
	if (hands.frames != bed->traffic.sent)
		return tt_error_set(err, -EBADMSG, "frames",
				"%" PRIu64 ", and not %" PRIu64, hands.frames,
				bed->traffic.sent);
	crossing = bench_figure_of(s.crossing, s.n_crossing);
	longest = s.crossing[s.n_crossing - 1];
	after = bench_figure_of(s.ring_after, s.n_crossing);
	ordinary = bench_figure_of(s.ordinary, s.n_ordinary);
	printf("{\"program\": \"" PROGRAM "\", \"burst\": %d, \"crossing_ns\": %.0f, "
	       "\"crossing_max_ns\": %.0f, \"ordinary_ns\": %.0f, \"ring_after_ns\": %.0f, "
	       "\"ring_ordinary_ns\": %.0f}\n",
			BURST, crossing.median, longest, ordinary.median, after.median,
			ordinary.median * BURSTS);
	fflush(stdout);
	return 0;
}

int
main(int argc, char **argv)
{
	static struct bench_bed bed;
	struct bench_bed_options o = {.pairs = TT_CONFIG_PAIRS_DEFAULT,
			.tallies = 2,
			.traffic.packets = RINGS * BENCH_RING};
	const char *page = "4k";
	uint64_t runs = 1;
	const struct bench_arg args[] = {{"profile", &o.traffic.profile, NULL},
			{"rules", &o.rules, NULL}, {"page", &page, NULL},
			{"pairs", NULL, &o.pairs}, {"runs", NULL, &runs}};
	struct tt_error err = {0};
	int ret = bench_args_parse(args, TT_ARRAY_SIZE(args), argc, argv, &err);

	if (ret == 0 && bench_page_parse(page, &o.page) != 0)
		ret = tt_error_set(&err, -EINVAL, "page", "neither 4k nor 2m");
	if (ret == 0)
		ret = bench_bed_init(&bed, &o, &err);
	for (uint64_t i = 0; i < runs && ret == 0; i++)
		ret = run(&bed, &err);
	if (ret == 0)
		return EXIT_SUCCESS;
	tt_error_print(PROGRAM, &err);
	return ret == -ENOMEM ? SKIPPED : EXIT_FAILURE;
}
