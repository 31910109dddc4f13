/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tests of detections share: rules that can be set, a table that counts by them, and its merge. */
#ifndef DETECTIONS_BED_H
#define DETECTIONS_BED_H

#include "tt_detections_merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define START  (INT64_C(1700000000) * TT_US_PER_S)
#define MINUTE (60 * TT_US_PER_S)

static struct tt_rule rules[300];
static struct tt_rules set = {.rules = rules};
static struct tt_geo *geo;
static struct tt_signature_totals totals;
static struct tt_signature_row of_rule[2]; /* the last row of each */
static uint64_t row_sources, row_matches, rest_matches, error;
static uint64_t matches_of[2][TT_N_COUNTRIES + 1]; /* of the rows of each rule */

static inline int
put_row(void *context, const struct tt_signature_row *row, struct tt_error *err)
{
	if (row->rule < &rules[2]) {
		of_rule[row->rule - rules] = *row;
		matches_of[row->rule - rules][row->country] += row->matches;
	}
	row_sources += row->uniq_src_ip;
	row_matches += row->matches;
	rest_matches += row->country == TT_N_COUNTRIES ? row->matches : 0;
	error += row->detections_variance > 0;
	return 0;
}

static inline struct tt_detections
make(uint64_t hits)
{
	const struct tt_detections_config config = {&set, geo, hits, 1, 0};
	struct tt_detections d;

	assert_int_equal(tt_detections_init(&d, &config, tt_mem_heap(), NULL), 0);
	return d;
}

static inline void
add(struct tt_detections *d, uint32_t rule, uint32_t src, int64_t us)
{
	const struct tt_packet p = {.src = tt_addr_v4(src), .dst = tt_addr_v4(1)};

	tt_detections_add(d, rule, &p, us);
}

static inline int
merge(struct tt_detections_merge *m, const struct tt_detections *d, int64_t start_us)
{
	const struct tt_signature_sink sink = {.signature = put_row};

	row_sources = row_matches = rest_matches = error = 0;
	memset(matches_of, 0, sizeof(matches_of));
	return tt_detections_merge_run(m, &set, &d, 1, start_us, start_us + MINUTE, &sink,
			&totals, NULL);
}

static inline struct tt_detections_merge *
make_merge(uint64_t hits, struct tt_mem *mem)
{
	struct tt_detections_merge *m = NULL;

	assert_int_equal(tt_detections_merge_create(&m, hits, geo, mem, NULL), 0);
	return m;
}

static inline void
set_rules(unsigned n, struct tt_rule_count count)
{
	for (unsigned i = 0; i < n; i++)
		rules[i] = (struct tt_rule){.gid = 1, .sid = i + 1, .count = count};
	set.n = n;
	set.n_counting = tt_rules_counting(rules, n);
}

/* A rule that does not count and one that does, which share a table of the smallest size. */
static inline void
set_both(void)
{
	set_rules(2, (struct tt_rule_count){0});
	rules[1].count = (struct tt_rule_count){TT_RULE_COUNT_LIMIT, TT_RULE_TRACK_SOURCE,
			1, 60, TT_RULE_UNIQUE_NONE};
	set.n_counting = 1;
}

#define COUNTRY_SOURCES 3000 /* of which a table keeps a few dozen */

/* Two countries of so many addresses, one after the other. */
static inline struct tt_geo *
two_countries(void)
{
	char path[] = "/tmp/test_detections.XXXXXX";
	struct tt_geo *two = NULL;
	const int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_true(dprintf(fd, "%d,%d,CN\n%d,%d,JP\n", 1 << 24,
				    (1 << 24) + COUNTRY_SOURCES - 1,
				    (1 << 24) + COUNTRY_SOURCES,
				    (1 << 24) + 2 * COUNTRY_SOURCES - 1)
			> 0);
	close(fd);
	assert_int_equal(tt_geo_open(&two, path, tt_mem_heap(), NULL), 0);
	unlink(path);
	return two;
}

#endif
