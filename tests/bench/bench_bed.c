/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench_bed.h"

#include <errno.h>

#define FEW_REMEMBERED "1024" /* nothing is merged here */

static int
configure(struct tt_config *config, const struct bench_bed_options *options,
		const char *monitored, struct tt_error *err)
{
	char pairs[24];
	const char *settings[][2] = {{"spool", "/nonexistent"}, {"sensor", "bench"},
			{"monitored", monitored},
			{"fingerprints",
					options->rules != NULL ? options->rules : "none"},
			{"rules",
					options->signatures == NULL
							? "none"
							: options->signatures},
			{"pairs", pairs}, {"asn", "none"},
			{"simd-bits",
					options->simd_bits == NULL ? "512"
								   : options->simd_bits},
			{"remember-sources", FEW_REMEMBERED}};
	int ret = tt_config_init(config, err);

	snprintf(pairs, sizeof(pairs), "%llu", (unsigned long long)options->pairs);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(settings) && ret == 0; i++)
		ret = tt_config_set(config, settings[i][0], settings[i][1], err);
	return ret != 0 ? ret : tt_config_check(config, err);
}

static int
set_up(struct bench_bed *bed, const struct bench_bed_options *options, struct tt_mem *mem,
		struct tt_error *err)
{
	struct tt_config config = {0};
	int ret = configure(&config, options, bed->traffic.monitored, err);

	if (ret == 0)
		ret = tt_setup_init(&bed->setup, &config, BENCH_TABLE_SETS, err);
	if (ret == 0)
		ret = tt_setup_open(&bed->setup, &config, 0, mem, err);
	tt_config_fini(&config);
	return ret;
}

int
bench_bed_init(struct bench_bed *bed, const struct bench_bed_options *options,
		struct tt_error *err)
{
	struct tt_mem *mem = bench_pages(options->page);
	int ret = bench_traffic_make(&bed->traffic, &options->traffic, mem, err);

	if (ret == 0)
		ret = set_up(bed, options, mem, err);
	for (unsigned i = 0; i < options->tallies && ret == 0; i++)
		ret = tt_tally_create(&bed->tallies[i], &bed->setup.tally, mem, err);
	if (ret != 0)
		return ret;
	bed->once = bench_sums_of(
			bed->traffic.stored, bed->traffic.n, &bed->setup.monitored);
	return 0;
}
