/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What signatures cost the whole worker: rings of frames through the burst pipeline, without a matcher and with
 * one in turn, into one tally. Which of two comes first is by no rhythm that the frames, of which the same come again
 * after 64 rings, or the tally, which puts work off, could have as well. One JSON object for each kind of traffic and
 * run: nanoseconds of CPU a packet without and with, and the rate with signatures over the rate without, of medians;
 * mean_rate is that of sums, in which nothing that was put off is left out.
 *
 *     bench_signature_worker --profile FILE --fingerprints FILE [--rules FILE] [--count N]
 *             [--rings N] [--runs N] [--burst N] [--only CASE] [--page 4k|2m] [--simd-bits BITS]
 *
 * Traffic: that of the profile; then Slammer's frames. Rules: as of bench_signature.
 */
#include "bench_args.h"
#include "bench_bed.h"
#include "bench_signature.h"
#include "bench_stats.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM  "bench_signature_worker"
#define START_US INT64_C(1767571200000000)
#define RINGS    4096 /* at most */

struct bench {
	struct bench_bed bed;
	struct tt_pipeline with;
	uint64_t rings, burst;
};

/* The rules as a file; as many as were asked for, of which those of `from` are the first. */
static int
write_rules(const char *path, const char *from, uint64_t count, struct tt_error *err)
{
	struct tt_rules rules;
	size_t bytes;
	char *text = bench_signature_text(from, 0, &bytes);
	FILE *out = fopen(path, "w");
	int ret = tt_rules_parse(
			&rules, "rules", (const uint8_t *)text, bytes, NULL, err);

	free(text);
	if (ret == 0 && out != NULL) {
		text = bench_signature_text(from,
				(unsigned)(rules.n < count ? count - rules.n : 0),
				&bytes);
		if (fwrite(text, 1, bytes, out) != bytes)
			ret = tt_error_set(err, -EIO, path, "cannot be written");
		free(text);
		tt_rules_fini(&rules);
	}
	if (out == NULL || fclose(out) != 0)
		return tt_error_set(err, -EIO, path, "cannot be written");
	return ret;
}

static int
open_bed(struct bench *b, struct bench_bed_options *options, const char *rules,
		uint64_t count, struct tt_error *err)
{
	char path[] = "/tmp/bench-signature-XXXXXX";
	const int fd = mkstemp(path);
	int ret;

	if (fd < 0)
		return tt_error_set(err, -errno, path, "cannot be made");
	close(fd);
	options->signatures = path;
	ret = write_rules(path, rules, count, err);
	if (ret == 0)
		ret = bench_bed_init(&b->bed, options, err);
	if (ret == 0)
		ret = tt_setup_pipeline(&b->bed.setup, &b->with, err);
	unlink(path);
	return ret;
}

/* The n-th ring. Returns ns of a packet. */
static double
time_ring(struct bench *b, const struct tt_pipeline *pipeline, uint64_t n)
{
	const struct tt_frame *frames = b->bed.traffic.frames;
	double start;

	bench_traffic_next(&b->bed.traffic, START_US + (int64_t)n);
	start = bench_cpu_ns();
	for (unsigned i = 0; i < BENCH_RING; i += (unsigned)b->burst) {
		for (unsigned k = i; k < i + b->burst; k++)
			__builtin_prefetch(frames[k].data);
		tt_pipeline_burst(pipeline, frames + i, (unsigned)b->burst,
				b->bed.tallies[0]);
	}
	return (bench_cpu_ns() - start) / BENCH_RING;
}

static void
measure(struct bench *b, const char *name)
{
	static double without[RINGS], with[RINGS];
	struct tt_tally *tally = b->bed.tallies[0];
	struct bench_figure slow, fast;
	double all_without = 0, all_with = 0;

	tt_tally_reset(tally);
	b->bed.traffic.sent = 0;
	for (uint64_t i = 0; i < b->rings; i++) {
		const unsigned first = (unsigned)__builtin_popcountll(i) % 2;

		for (unsigned k = 0; k < 2; k++)
			if (k == first)
				without[i] = time_ring(
						b, &b->bed.setup.pipeline, 2 * i + k);
			else
				with[i] = time_ring(b, &b->with, 2 * i + k);
		all_without += without[i];
		all_with += with[i];
	}
	fast = bench_figure_of(without, b->rings);
	slow = bench_figure_of(with, b->rings);
	printf("{\"case\": \"worker %s\", \"rules\": %u, \"without_ns\": %.2f, "
	       "\"with_ns\": %.2f, \"rate\": %.3f, \"mean_rate\": %.3f, \"matches\": %.3f}\n",
			name, tt_matcher_rules(b->with.matcher)->n, fast.median,
			slow.median, fast.median / slow.median, all_without / all_with,
			(double)tally->detections.matches
					/ (double)(b->rings * BENCH_RING));
}

/* What the ring is filled from, from now on: Slammer's frames, of as many sources as there are frames. */
static void
send_slammer(struct bench_bed *bed)
{
	static struct bench_traffic_set set;

	bench_signature_traffic(&set, BENCH_SIGNATURE_SLAMMER, NULL);
	for (unsigned i = 0; i < BENCH_SIGNATURE_PACKETS; i++) {
		bed->traffic.stored[i] = (struct tt_frame){.data = set.frame_of[i],
				.captured = set.captured[i],
				.length = set.captured[i],
				.link = TT_LINK_ETHERNET};
	}
	bed->traffic.n = BENCH_SIGNATURE_PACKETS;
	bed->traffic.fresh = false;
}

int
main(int argc, char **argv)
{
	static struct bench b = {.rings = 200, .burst = 64};
	struct bench_bed_options options = {
			.pairs = TT_CONFIG_PAIRS_DEFAULT, .tallies = 1};
	const char *rules = NULL, *only = NULL, *page = "4k";
	uint64_t count = 2886, runs = 1;
	const struct bench_arg args[] = {{"profile", &options.traffic.profile, NULL},
			{"fingerprints", &options.rules, NULL}, {"rules", &rules, NULL},
			{"only", &only, NULL}, {"page", &page, NULL},
			{"simd-bits", &options.simd_bits, NULL}, {"count", NULL, &count},
			{"rings", NULL, &b.rings}, {"runs", NULL, &runs},
			{"burst", NULL, &b.burst}};
	struct tt_error err = {0};
	int ret = bench_args_parse(args, TT_ARRAY_SIZE(args), argc, argv, &err);

	options.traffic.packets = 64 * BENCH_RING;
	if (ret == 0 && bench_page_parse(page, &options.page) != 0)
		ret = tt_error_set(&err, -EINVAL, "page", "neither 4k nor 2m");
	if (ret == 0
			&& (b.rings == 0 || b.rings > RINGS || b.burst == 0
					|| b.burst > TT_TALLY_BURST
					|| BENCH_RING % b.burst != 0))
		ret = tt_error_set(&err, -EINVAL, "rings, burst", "out of range");
	if (ret == 0)
		ret = open_bed(&b, &options, rules, count, &err);
	if (ret != 0) {
		tt_error_print(PROGRAM, &err);
		return EXIT_FAILURE;
	}
	for (uint64_t i = 0; i < runs && bench_args_has(only, "syn"); i++)
		measure(&b, "syn");
	send_slammer(&b.bed);
	for (uint64_t i = 0; i < runs && bench_args_has(only, "slammer"); i++)
		measure(&b, "slammer");
	return EXIT_SUCCESS;
}
