/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Guards the speed of the worker as a ratio, which holds on any machine: the burst pipeline, which
 * prefetches, against its plain twin, both on the same frames one after the other. A machine that
 * others use spoils a comparison now and then, so one good one of several is enough. All sums have to
 * be exact in every one.
 *
 *   bench_guard RULES PROFILE LEAST-RATIO-IN-PERCENT
 */
#include "bench_timing.h"

#include <errno.h>

#define PROGRAM "bench_guard"
#define TRIES   8
#define PASSES  2
#define BURST   64

static int
compare(struct bench_bed *bed, double *ratio, struct tt_error *err)
{
	struct bench_timing staged, plain;
	int ret = bench_timing_run(bed, bench_step_find("pipeline"), PASSES, BURST, false,
			&staged, err);

	if (ret == 0)
		ret = bench_timing_run(bed, bench_step_find("plain"), PASSES, BURST,
				false, &plain, err);
	if (ret != 0)
		return ret;
	*ratio = plain.again.median / staged.again.median;
	printf("plain %.1f ns, staged %.1f ns: %.2f times as fast\n", plain.again.median,
			staged.again.median, *ratio);
	return 0;
}

static int
guard(struct bench_bed *bed, double least, struct tt_error *err)
{
	double best = 0;
	int ret = 0;

	for (unsigned i = 0; i < TRIES && best < least && ret == 0; i++) {
		double ratio;

		ret = compare(bed, &ratio, err);
		if (ret == 0 && ratio > best)
			best = ratio;
	}
	if (ret == 0 && best < least)
		ret = tt_error_set(err, -ETIME, NULL,
				"the staged pipeline is %.2f times as fast as the plain "
				"one, and not %.2f",
				best, least);
	return ret;
}

int
main(int argc, char **argv)
{
	static struct bench_bed bed;
	struct bench_bed_options o = {.pairs = 196608,
			.page = BENCH_PAGE_4K,
			.tallies = 1,
			.traffic.packets = 1 << 18};
	struct tt_error err = {0};
	int ret;

	if (argc != 4) {
		fprintf(stderr, "usage: " PROGRAM " RULES PROFILE PERCENT\n");
		return EXIT_FAILURE;
	}
	o.rules = argv[1];
	o.traffic.profile = argv[2];
	ret = bench_bed_init(&bed, &o, &err);
	if (ret == 0)
		ret = guard(&bed, atoi(argv[3]) / 100.0, &err);
	if (ret != 0)
		tt_error_print(PROGRAM, &err);
	return ret == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
