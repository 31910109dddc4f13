/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a packet costs the worker, without the device: one line of JSON for each step and run, runs
 * of all steps one after the other. Exit status 1 where a sum is wrong, 77 where there are no pages.
 */
#include "bench_args.h"
#include "bench_timing.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define PROGRAM "bench_worker"
#define SKIPPED 77

struct options {
	struct bench_bed_options bed;
	const char *page, *steps, *fragments, *bursts;
	uint64_t packets, passes, burst, runs;
};

static int
parse(struct options *o, int argc, char **argv, struct tt_error *err)
{
	const struct bench_arg args[] = {{"profile", &o->bed.traffic.profile, NULL},
			{"capture", &o->bed.traffic.capture, NULL},
			{"monitored", &o->bed.traffic.monitored, NULL},
			{"rules", &o->bed.rules, NULL}, {"page", &o->page, NULL},
			{"steps", &o->steps, NULL}, {"fragments", &o->fragments, NULL},
			{"bursts", &o->bursts, NULL}, {"packets", NULL, &o->packets},
			{"passes", NULL, &o->passes}, {"burst", NULL, &o->burst},
			{"runs", NULL, &o->runs}, {"pairs", NULL, &o->bed.pairs}};
	int ret = bench_args_parse(args, TT_ARRAY_SIZE(args), argc, argv, err);

	if (ret != 0)
		return ret;
	if (bench_page_parse(o->page, &o->bed.page) != 0)
		return tt_error_set(err, -EINVAL, "page", "neither 4k nor 2m");
	if (o->burst == 0 || o->burst > TT_TALLY_BURST || BENCH_RING % o->burst != 0)
		return tt_error_set(
				err, -EINVAL, "burst", "does not divide %d", BENCH_RING);
	if (o->passes == 0)
		return tt_error_set(err, -EINVAL, "passes", "none");
	o->bed.traffic.packets = (unsigned)o->packets;
	o->bed.traffic.fragments = strcmp(o->fragments, "yes") == 0;
	return 0;
}

static bool
times_bursts(const struct options *o)
{
	return strcmp(o->bursts, "yes") == 0;
}

static void
print(const struct options *o, const struct bench_bed *bed, const struct bench_step *step,
		const struct bench_timing *t)
{
	const struct tt_tally *tally = bed->tallies[0];

	printf("{\"program\": \"" PROGRAM "\", \"step\": \"%s\", \"burst\": %" PRIu64
	       ", \"page\": \"%s\", \"pairs\": %" PRIu64 ", \"packets\": %" PRIu64
	       ", \"ns\": %.2f, \"low\": %.2f, \"high\": %.2f, \"mean_ns\": %.2f, \"first_ns\": %.2f, "
	       "\"pairs_used\": %u, \"contacts_used\": %u, \"pair_shift\": %u, "
	       "\"monitored\": \"%s\", \"fresh\": %s, \"frame_bytes\": %.1f, "
	       "\"set_bytes\": %" PRIu64 ", \"merge_bytes\": %" PRIu64,
			step->name, o->burst, o->page, o->bed.pairs, bed->traffic.sent,
			t->again.median, t->again.low, t->again.high, t->again_mean,
			t->first.median, tally->n_pairs, tally->n_contacts,
			tally->pair_shift, bed->traffic.monitored,
			bed->traffic.fresh ? "true" : "false",
			(double)bed->once.frame_bytes / bed->traffic.n,
			tt_setup_set_bytes(&bed->setup),
			tt_setup_merge_bytes(&bed->setup));
	if (times_bursts(o))
		printf(", \"burst_100_us\": %.1f, \"burst_1000_us\": %.1f, "
		       "\"burst_10000_us\": %.1f, \"longest_us\": %.1f",
				t->burst_100, t->burst_1000, t->burst_10000, t->longest);
	printf("}\n");
	fflush(stdout);
}

static int
run(const struct options *o, struct bench_bed *bed, struct tt_error *err)
{
	int ret = 0;

	for (unsigned i = 0; i < bench_n_steps && ret == 0; i++) {
		struct bench_timing timing;

		if (!bench_args_has(o->steps, bench_steps[i].name))
			continue;
		ret = bench_timing_run(bed, &bench_steps[i], o->passes,
				(unsigned)o->burst, times_bursts(o), &timing, err);
		if (ret == 0)
			print(o, bed, &bench_steps[i], &timing);
		else
			tt_error_at(err, "%s", bench_steps[i].name);
	}
	return ret;
}

int
main(int argc, char **argv)
{
	static struct bench_bed bed;
	struct options o = {.bed = {.pairs = TT_CONFIG_PAIRS_DEFAULT, .tallies = 1},
			.page = "4k",
			.fragments = "no",
			.bursts = "no",
			.packets = 1 << 20,
			.passes = 4,
			.burst = 64,
			.runs = 1};
	struct tt_error err = {0};
	int ret = parse(&o, argc, argv, &err);

	if (ret == 0)
		ret = bench_bed_init(&bed, &o.bed, &err);
	for (uint64_t i = 0; i < o.runs && ret == 0; i++)
		ret = run(&o, &bed, &err);
	if (ret == 0)
		return EXIT_SUCCESS;
	tt_error_print(PROGRAM, &err);
	return ret == -ENOMEM ? SKIPPED : EXIT_FAILURE;
}
