/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench_timing.h"

#include <errno.h>
#include <inttypes.h>

#define START_US INT64_C(1767571200000000)

/* One ring. Returns ns of a packet; adds to `counted` what the step says. */
static double
time_ring(struct bench_bed *bed, const struct bench_step *step, unsigned burst,
		uint64_t *counted)
{
	const struct tt_frame *frames = bed->traffic.frames;
	const uint64_t start = bench_now_ns();

	for (unsigned i = 0; i < BENCH_RING; i += burst)
		*counted += bench_step_burst(step, &bed->setup.pipeline, frames + i,
				burst, bed->tallies[0]);
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

int
bench_timing_run(struct bench_bed *bed, const struct bench_step *step, uint64_t passes,
		unsigned burst, struct bench_timing *timing, struct tt_error *err)
{
	const uint64_t rings = bed->traffic.n / BENCH_RING, all = rings * passes;
	double *samples = calloc(all, sizeof(*samples));
	uint64_t counted = 0;
	int ret;

	if (samples == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	tt_tally_reset(bed->tallies[0]);
	bed->traffic.sent = 0;
	for (uint64_t i = 0; i < all; i++) {
		bench_traffic_next(&bed->traffic, START_US + (int64_t)i);
		samples[i] = time_ring(bed, step, burst, &counted);
	}
	ret = check(bed, step, passes, counted, err);
	timing->first = timing->again = bench_figure_of(samples, rings);
	if (passes > 1)
		timing->again = bench_figure_of(samples + rings, all - rings);
	free(samples);
	return ret;
}
