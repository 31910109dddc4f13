/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench_timing.h"

#include <errno.h>
#include <inttypes.h>

#define START_US INT64_C(1767571200000000)

/* One ring. Returns ns of a packet; adds to `counted` what the step says. bursts: NULL, or room for the µs of each. */
static double
time_ring(struct bench_bed *bed, const struct bench_step *step, unsigned burst,
		double *bursts, uint64_t *counted)
{
	const struct tt_frame *frames = bed->traffic.frames;
	const uint64_t start = bench_now_ns();

	for (unsigned i = 0; i < BENCH_RING; i += burst) {
		const uint64_t before = bursts != NULL ? bench_now_ns() : 0;

		*counted += bench_step_burst(step, &bed->setup.pipeline, frames + i,
				burst, bed->tallies[0]);
		if (bursts != NULL)
			bursts[i / burst] = (double)(bench_now_ns() - before) / 1000;
	}
	return (double)(bench_now_ns() - start) / BENCH_RING;
}

static int
check(struct bench_bed *bed, const struct bench_step *step, uint64_t passes,
		uint64_t counted, struct tt_error *err)
{
	const uint64_t expected = bed->once.fates[TT_FATE_COUNTED] * passes;

	if ((step->sums & BENCH_SUM_FRAMES) == 0 && counted != expected)
		return tt_error_set(err, -EBADMSG, step->name,
				"%" PRIu64 " packets, and not %" PRIu64, counted,
				expected);
	return bench_sums_check(&bed->once, passes, bed->tallies[0], step->sums, err);
}

static double
mean_of(const double *samples, uint64_t n)
{
	double sum = 0;

	for (uint64_t i = 0; i < n; i++)
		sum += samples[i];
	return sum / (double)n;
}

static void
tell_bursts(struct bench_timing *timing, double *bursts, uint64_t n)
{
	(void)bench_figure_of(bursts, n); /* sorts */
	timing->burst_100 = bench_reached_by_one_in(bursts, n, 100);
	timing->burst_1000 = bench_reached_by_one_in(bursts, n, 1000);
	timing->burst_10000 = bench_reached_by_one_in(bursts, n, 10000);
	timing->longest = bursts[n - 1];
}

int
bench_timing_run(struct bench_bed *bed, const struct bench_step *step, uint64_t passes,
		unsigned burst, bool each, struct bench_timing *timing,
		struct tt_error *err)
{
	const uint64_t rings = bed->traffic.n / BENCH_RING, all = rings * passes;
	const uint64_t bursts = each ? BENCH_RING / burst : 0; /* of a ring */
	double *samples = calloc(all * (1 + bursts), sizeof(*samples));
	double *of_bursts = each ? samples + all : NULL;
	uint64_t counted = 0;
	int ret;

	if (samples == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	tt_tally_reset(bed->tallies[0]);
	bed->traffic.sent = 0;
	for (uint64_t i = 0; i < all; i++) {
		bench_traffic_next(&bed->traffic, START_US + (int64_t)i);
		samples[i] = time_ring(bed, step, burst,
				each ? of_bursts + i * bursts : NULL, &counted);
	}
	ret = check(bed, step, passes, counted, err);
	*timing = (struct bench_timing){0};
	if (each)
		tell_bursts(timing, of_bursts, all * bursts);
	timing->first = timing->again = bench_figure_of(samples, rings);
	timing->again_mean = mean_of(samples, rings);
	if (passes > 1) {
		timing->again = bench_figure_of(samples + rings, all - rings);
		timing->again_mean = mean_of(samples + rings, all - rings);
	}
	free(samples);
	return ret;
}
