/* SPDX-License-Identifier: BSD-3-Clause */
/* What benchmarks stand on: order statistics, arguments, traffic, captures, and sums that find a loss. */
#include "bench_args.h"
#include "bench_stats.h"
#include "bench_timing.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char *profile_of_zipf, *profile_of_flood;

static void
a_figure_is_the_median_between_its_quartiles(void **state)
{
	double odd[] = {9, 1, 5, 3, 7}, even[] = {4, 1, 3, 2}, one[] = {6};
	struct bench_figure f = bench_figure_of(odd, 5);

	assert_true(f.median == 5 && f.low == 3 && f.high == 7);
	f = bench_figure_of(even, 4);
	assert_true(f.median == 2.5 && f.low == 2 && f.high == 3);
	f = bench_figure_of(one, 1);
	assert_true(f.median == 6 && f.low == 6 && f.high == 6);
}

static void
one_in_so_many_reaches_what_the_others_do_not(void **state)
{
	double samples[300];

	for (unsigned i = 0; i < TT_ARRAY_SIZE(samples); i++)
		samples[i] = i;
	assert_true(bench_reached_by_one_in(samples, 300, 100) == 297);
	assert_true(bench_reached_by_one_in(samples, 300, 150) == 298);
	assert_true(bench_reached_by_one_in(samples, 300, 1000) == 299);
	assert_true(bench_reached_by_one_in(samples, 1, 100) == 0);
}

static void
arguments_go_where_they_belong(void **state)
{
	const char *text = "as before";
	uint64_t number = 1;
	const struct bench_arg args[] = {
			{"text", &text, NULL}, {"number", NULL, &number}};
	char *good[] = {"x", "--number", "42", "--text", "word"};
	char *bad[] = {"x", "--number", "-2"}, *unknown[] = {"x", "--other", "1"};
	struct tt_error err = {0};

	assert_int_equal(bench_args_parse(args, 2, 5, good, &err), 0);
	assert_string_equal(text, "word");
	assert_int_equal(number, 42);
	assert_int_not_equal(bench_args_parse(args, 2, 3, bad, &err), 0);
	assert_int_not_equal(bench_args_parse(args, 2, 3, unknown, &err), 0);
	assert_int_not_equal(bench_args_parse(args, 2, 2, good, &err), 0);
}

static void
a_list_has_whole_words(void **state)
{
	assert_true(bench_args_has("pairs,ports", "ports"));
	assert_false(bench_args_has("pairs,ports", "port"));
	assert_false(bench_args_has("", "ports"));
	assert_true(bench_args_has(NULL, "ports"));
}

static void
make_traffic(struct bench_traffic *t, const char *profile, bool fragments)
{
	const struct bench_traffic_options options = {.profile = profile,
			.packets = BENCH_RING,
			.fragments = fragments};
	struct tt_error err = {0};

	if (bench_traffic_make(t, &options, bench_pages(BENCH_PAGE_4K), &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
}

static uint32_t
source(const struct tt_frame *f)
{
	struct tt_packet p;

	assert_int_equal(tt_packet_decode(f->data, f->captured, f->link, &p),
			TT_FATE_COUNTED);
	return (uint32_t)p.src.lo;
}

static void
a_flood_has_other_sources_in_each_pass(void **state)
{
	static struct bench_traffic t;
	uint32_t first;

	make_traffic(&t, profile_of_flood, false);
	assert_true(t.fresh);
	bench_traffic_next(&t, 1);
	first = source(&t.frames[7]);
	bench_traffic_next(&t, 2);
	assert_int_not_equal(source(&t.frames[7]), first);
	assert_int_equal(t.frames[7].time_us, 2);
	assert_int_equal(t.sent, 2 * BENCH_RING);
}

static void
half_of_the_fragments_are_some(void **state)
{
	static struct bench_traffic t;
	unsigned fragments = 0, later = 0;

	make_traffic(&t, profile_of_zipf, true);
	for (unsigned i = 0; i < t.n; i++) {
		const struct tt_frame *f = &t.stored[i];
		struct tt_packet p;

		assert_int_equal(tt_packet_decode(f->data, f->captured, f->link, &p), 0);
		fragments += p.fragment;
		later += p.later_fragment;
	}
	assert_int_equal(fragments, t.n / 2);
	assert_int_equal(later, t.n / 4);
}

#define IN_CAPTURE 3 /* frames, of 60 bytes, 61 and too many for a buffer */
#define TOO_LONG   4000

/* Writes a capture of these; returns its path. */
static const char *
write_capture(unsigned n)
{
	static char path[] = "bench-XXXXXX";
	static uint8_t data[TOO_LONG];
	struct tt_capwriter *writer;
	struct tt_error err = {0};
	const int fd = strchr(path, 'X') != NULL ? mkstemp(path) : -1;

	if (fd >= 0)
		close(fd);
	assert_int_equal(tt_capwriter_open(&writer, path, TT_LINK_ETHERNET, &err), 0);
	for (unsigned i = 0; i < n; i++) {
		const uint32_t bytes = i == 2 ? TOO_LONG : 60 + i;
		const struct tt_frame frame = {data, 7, bytes, bytes, TT_LINK_ETHERNET};

		data[0] = (uint8_t)i;
		assert_int_equal(tt_capwriter_write(writer, &frame, &err), 0);
	}
	assert_int_equal(tt_capwriter_close(writer, &err), 0);
	return path;
}

static void
a_capture_begins_again_and_fits_the_buffers(void **state)
{
	static struct bench_traffic t;
	const struct bench_traffic_options options = {
			.capture = write_capture(IN_CAPTURE),
			.monitored = "192.0.2.0/24",
			.packets = BENCH_RING};
	struct tt_error err = {0};

	assert_int_equal(bench_traffic_make(
					 &t, &options, bench_pages(BENCH_PAGE_4K), &err),
			0);
	for (unsigned i = 0; i < t.n; i++) {
		const uint32_t bytes = i % IN_CAPTURE == 2 ? 2048 : 60 + i % IN_CAPTURE;

		assert_int_equal(t.stored[i].data[0], i % IN_CAPTURE);
		assert_int_equal(t.stored[i].captured, bytes);
	}
	assert_string_equal(t.monitored, "192.0.2.0/24");
	assert_false(t.fresh);
	unlink(options.capture);
}

static void
a_capture_without_frames_or_prefixes_is_refused(void **state)
{
	static struct bench_traffic t[2]; /* what they took is freed with the process */
	struct bench_traffic_options options = {
			.capture = write_capture(0), .packets = BENCH_RING};
	struct tt_error err = {0};

	assert_int_equal(bench_traffic_make(&t[0], &options, bench_pages(BENCH_PAGE_4K),
					 &err),
			-EINVAL);
	options.monitored = "192.0.2.0/24";
	assert_int_equal(bench_traffic_make(&t[1], &options, bench_pages(BENCH_PAGE_4K),
					 &err),
			-ENODATA);
	assert_string_equal(err.where, options.capture);
	unlink(options.capture);
}

static struct bench_bed *
small_bed(void)
{
	static struct bench_bed bed;
	const struct bench_bed_options options = {
			.traffic = {.profile = profile_of_zipf, .packets = BENCH_RING},
			.rules = "none",
			.pairs = 1024, /* too few: what is not kept has to be in the sums */
			.tallies = 1};
	struct tt_error err = {0};

	if (bed.tallies[0] == NULL && bench_bed_init(&bed, &options, &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
	return &bed;
}

static void
every_step_counts_every_packet(void **state)
{
	struct tt_error err = {0};

	for (unsigned i = 0; i < bench_n_steps; i++) {
		struct bench_timing timing;

		if (bench_timing_run(small_bed(), &bench_steps[i], 2, 64, i == 0, &timing,
				    &err)
				!= 0)
			fail_msg("%s: %s: %s", bench_steps[i].name, err.where, err.why);
		assert_int_equal(timing.longest > 0, i == 0);
		assert_true(timing.burst_100 <= timing.burst_1000
				&& timing.burst_1000 <= timing.burst_10000
				&& timing.burst_10000 <= timing.longest);
	}
}

static void
a_packet_that_is_lost_is_found(void **state)
{
	struct bench_bed *bed = small_bed();
	struct tt_tally *t = bed->tallies[0];
	const unsigned sums = bench_step_find("pipeline")->sums;
	struct bench_timing timing;
	uint64_t *const kept[] = {&t->frames, &t->fates[0], &t->pairs_lost.packets,
			&t->contacts_lost.packets, &t->ports_lost.packets,
			&t->rest.cells[TT_CELL_TTL].packets};

	assert_int_equal(bench_timing_run(bed, bench_step_find("pipeline"), 1, 64, false,
					 &timing, NULL),
			0);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(kept); i++) {
		--*kept[i];
		assert_int_not_equal(bench_sums_check(&bed->once, 1, t, sums, NULL), 0);
		++*kept[i];
		assert_int_equal(bench_sums_check(&bed->once, 1, t, sums, NULL), 0);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(a_figure_is_the_median_between_its_quartiles),
			cmocka_unit_test(one_in_so_many_reaches_what_the_others_do_not),
			cmocka_unit_test(arguments_go_where_they_belong),
			cmocka_unit_test(a_list_has_whole_words),
			cmocka_unit_test(a_flood_has_other_sources_in_each_pass),
			cmocka_unit_test(half_of_the_fragments_are_some),
			cmocka_unit_test(a_capture_begins_again_and_fits_the_buffers),
			cmocka_unit_test(a_capture_without_frames_or_prefixes_is_refused),
			cmocka_unit_test(every_step_counts_every_packet),
			cmocka_unit_test(a_packet_that_is_lost_is_found),
	};

	TT_ASSERT(argc == 3);
	profile_of_zipf = argv[1];
	profile_of_flood = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
