/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Detections of several workers, merged, against a plain list of all matches that is gone through
 * from the first interval on: which of them are detections by threshold and detection_filter, by
 * country and by source. Where hits are full, matches stay exact, and so do the detections of rules that do
 * not count, what is not kept, and all of the rules whose hits are not; and rules that do not count have the
 * same rows as without those that do.
 *
 *     check_detections [SEED [ROUNDS]]
 */
#include "detections_ref.h"
#include "tt_detections_merge.h"
#include "tt_sketch.h"
#include "tt_time.h"

#include <string.h>
#include <unistd.h>

#define RULES     14
#define INTERVALS 3
#define WORKERS   3
#define SOURCES   40
#define START_US  (INT64_C(1700000000) * TT_US_PER_S)

struct bed {
	struct tt_rule rules[RULES];
	struct tt_rules set;
	struct tt_geo *geo;
	struct event events[EVENTS_MAX];
	unsigned n;
	int64_t length_us; /* of an interval */
	uint64_t random;
	/* What the merge gave, by interval. */
	struct tt_signature_row rows[INTERVALS][RULES * 8];
	struct tt_signature_source_row sources[INTERVALS][RULES * SOURCES];
	unsigned n_rows[INTERVALS], n_sources[INTERVALS], interval;
	struct tt_signature_totals totals[INTERVALS];
	bool lacks; /* windows, of an interval before */
	bool plain_alone; /* rules that count are left out */
};

static bool
counts(const struct tt_rule *rule)
{
	return rule->count.type != TT_RULE_COUNT_NONE;
}

static uint64_t
draw(struct bed *bed, uint64_t below)
{
	bed->random = tt_hash_mix(bed->random + UINT64_C(0x9e3779b97f4a7c15));
	return bed->random % below;
}

/* Rules of every type, every track, and with distinct values. */
static void
make_rules(struct bed *bed)
{
	for (unsigned i = 0; i < RULES; i++) {
		struct tt_rule_count *c = &bed->rules[i].count;

		bed->rules[i] = (struct tt_rule){.gid = 1, .sid = 100 + i, .message = ""};
		c->type = (enum tt_rule_count_type)(i % 5);
		c->track = (enum tt_rule_track)draw(bed, 4);
		c->count = 1 + (uint32_t)draw(bed, 6);
		c->seconds = 1 + (uint32_t)draw(bed, 90);
		if (c->type == TT_RULE_COUNT_FILTER)
			c->unique = (enum tt_rule_unique)draw(bed, 4);
	}
	bed->set = (struct tt_rules){.rules = bed->rules,
			.n = RULES,
			.n_counting = tt_rules_counting(bed->rules, RULES)};
}

/* Of either version; those of IPv6 differ in one half or in both, of which the second may be zero. */
static struct tt_addr
draw_destination(struct bed *bed)
{
	const uint32_t host = (uint32_t)draw(bed, 4);

	if (draw(bed, 2) == 0)
		return tt_addr_v4(0xc0000200u + host);
	return (struct tt_addr){UINT64_C(0x20010db800010000) + host / 2, host % 2};
}

static void
make_events(struct bed *bed)
{
	const unsigned n_sources = 1 + (unsigned)draw(bed, SOURCES);

	bed->n = 1 + (unsigned)draw(bed, EVENTS_MAX);
	bed->length_us = (int64_t)(10 + draw(bed, 60)) * TT_US_PER_S
			+ (int64_t)draw(bed, 2) * 333333;
	for (unsigned i = 0; i < bed->n; i++) {
		struct event *e = &bed->events[i];
		const uint64_t source = draw(bed, n_sources);

		*e = (struct event){
				.src = source % 5 == 0
						? (struct tt_addr){source << 40, source}
						: tt_addr_v4(0x01000000u
								+ (uint32_t)source * 50),
				.dst = draw_destination(bed),
				.src_port = (uint16_t)draw(bed, 5),
				.dst_port = (uint16_t)draw(bed, 9),
				.rule = (uint16_t)draw(bed, RULES),
				.interval = (unsigned)draw(bed, INTERVALS),
				.worker = (unsigned)draw(bed, WORKERS),
		};
		e->time_us = START_US + e->interval * bed->length_us
				+ (int64_t)draw(bed, (uint64_t)bed->length_us);
		/* Whole seconds meet the end of a window. */
		if (draw(bed, 2) == 0
				&& e->time_us / TT_US_PER_S * TT_US_PER_S
						>= START_US + e->interval * bed->length_us)
			e->time_us = e->time_us / TT_US_PER_S * TT_US_PER_S;
	}
}

static int
put_row(void *context, const struct tt_signature_row *row, struct tt_error *err)
{
	struct bed *bed = context;

	bed->rows[bed->interval][bed->n_rows[bed->interval]++] = *row;
	return 0;
}

static int
put_source(void *context, const struct tt_signature_source_row *row, struct tt_error *err)
{
	struct bed *bed = context;

	bed->sources[bed->interval][bed->n_sources[bed->interval]++] = *row;
	return 0;
}

/* Counts one interval over several workers and merges it, twice; some of them as compact copies. */
static void
run_interval(struct bed *bed, struct tt_detections_merge *merge, uint64_t hits,
		uint64_t secret)
{
	const struct tt_signature_sink sink = {bed, NULL, put_row, put_source};
	struct tt_detections parts[WORKERS], copies[WORKERS];
	const struct tt_detections *given[WORKERS];
	const struct tt_detections_config config = {&bed->set, bed->geo, hits, 7, secret};
	const int64_t start_us = START_US + bed->interval * bed->length_us;
	unsigned n = WORKERS;

	for (unsigned w = 0; w < WORKERS; w++)
		TT_ASSERT(tt_detections_init(&parts[w], &config, tt_mem_heap(), NULL)
				== 0);
	for (unsigned i = 0; i < bed->n; i++) {
		const struct event *e = &bed->events[i];
		const struct tt_packet p = {.src = e->src,
				.dst = e->dst,
				.src_port = e->src_port,
				.dst_port = e->dst_port};

		if (e->interval == bed->interval
				&& !(bed->plain_alone && counts(&bed->rules[e->rule])))
			tt_detections_add(&parts[e->worker], e->rule, &p, e->time_us);
	}
	for (unsigned w = 0; w < WORKERS; w++) {
		TT_ASSERT(tt_detections_compact(&copies[w], &parts[w]) == 0);
		given[w] = w % 2 == 0 ? &copies[w] : &parts[w];
	}
	if (draw(bed, 2) == 0) {
		struct tt_detections joined;

		TT_ASSERT(tt_detections_join(&joined, &copies[0], &copies[1]) == 0);
		tt_detections_fini(&copies[0]);
		copies[0] = joined;
		given[1] = given[2];
		n = WORKERS - 1;
	}
	for (unsigned twice = 0; twice < 2; twice++) {
		bed->n_rows[bed->interval] = bed->n_sources[bed->interval] = 0;
		TT_ASSERT(tt_detections_merge_run(merge, &bed->set, given, n, start_us,
					  start_us + bed->length_us, &sink,
					  &bed->totals[bed->interval], NULL)
				== 0);
	}
	for (unsigned w = 0; w < WORKERS; w++) {
		tt_detections_fini(&parts[w]);
		tt_detections_fini(&copies[w]);
	}
}

static bool
is_in(const struct bed *bed, const struct event *e, unsigned rule, tt_country country)
{
	return e->interval == bed->interval && e->rule == rule
			&& tt_geo_country(bed->geo, e->src) == country;
}

/* Sources of a rule and country with detections. */
static uint64_t
ref_sources(const struct bed *bed, unsigned rule, tt_country country)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < bed->n; i++) {
		const struct event *e = &bed->events[i];
		bool known = !is_in(bed, e, rule, country) || e->detections == 0;

		for (unsigned k = 0; k < i && !known; k++)
			known = is_in(bed, &bed->events[k], rule, country)
					&& bed->events[k].detections > 0
					&& tt_addr_cmp(bed->events[k].src, e->src) == 0;
		n += !known;
	}
	return n;
}

/* What a row has to have beside its matches, which are exact always. */
static bool
is_exact(const struct bed *bed, const struct tt_signature_row *row)
{
	return row->one_in == 1 && !(counts(row->rule) && bed->lacks);
}

static bool
row_is_right(const struct bed *bed, const struct tt_signature_row *row)
{
	const unsigned rule = (unsigned)(row->rule - bed->rules);
	uint64_t matches = 0, detections = 0;

	for (unsigned i = 0; i < bed->n; i++) {
		matches += is_in(bed, &bed->events[i], rule, row->country);
		if (is_in(bed, &bed->events[i], rule, row->country))
			detections += bed->events[i].detections;
	}
	if (row->matches == matches && row->detections <= row->matches * row->one_in
			&& (row->detections == detections
					|| (counts(row->rule) && !is_exact(bed, row)))
			&& (row->uniq_src_ip == ref_sources(bed, rule, row->country)
					|| !is_exact(bed, row)))
		return true;
	printf("rule %u (type %u track %u count %u seconds %u unique %u): %llu matches "
	       "%llu detections %llu sources, not %llu %llu %llu\n",
			rule, row->rule->count.type, row->rule->count.track,
			row->rule->count.count, row->rule->count.seconds,
			row->rule->count.unique, (unsigned long long)row->matches,
			(unsigned long long)row->detections,
			(unsigned long long)row->uniq_src_ip, (unsigned long long)matches,
			(unsigned long long)detections,
			(unsigned long long)ref_sources(bed, rule, row->country));
	return false;
}

static bool
source_is_right(const struct bed *bed, const struct tt_signature_source_row *row)
{
	const unsigned rule = (unsigned)(row->rule - bed->rules);
	uint64_t detections = 0;

	for (unsigned i = 0; i < bed->n; i++) {
		const struct event *e = &bed->events[i];

		if (e->interval == bed->interval && e->rule == rule
				&& tt_addr_cmp(e->src, row->src) == 0)
			detections += e->detections;
	}
	if (row->detections == detections)
		return true;
	printf("rule %u: a source has %llu detections, not %llu\n", rule,
			(unsigned long long)row->detections,
			(unsigned long long)detections);
	return false;
}

static bool
interval_is_right(struct bed *bed, bool full)
{
	const struct tt_signature_totals *t = &bed->totals[bed->interval];
	uint64_t matches = 0, kept = 0;
	bool right = true;

	for (unsigned i = 0; i < bed->n; i++)
		matches += bed->events[i].interval == bed->interval;
	for (unsigned i = 0; i < bed->n_rows[bed->interval]; i++)
		right &= row_is_right(bed, &bed->rows[bed->interval][i]);
	for (unsigned i = 0; i < bed->n_rows[bed->interval]; i++)
		bed->lacks |= counts(bed->rows[bed->interval][i].rule)
				&& bed->rows[bed->interval][i].one_in > 1;
	for (unsigned i = 0; i < bed->n_sources[bed->interval]; i++) {
		kept += bed->sources[bed->interval][i].detections;
		right &= full || source_is_right(bed, &bed->sources[bed->interval][i]);
	}
	if (t->matches != matches || t->not_kept > matches || (!full && t->not_kept != 0)
			|| (!full && kept != t->detections)) {
		printf("%llu matches, not %llu; %llu detections, of sources %llu; not kept %llu\n",
				(unsigned long long)t->matches,
				(unsigned long long)matches,
				(unsigned long long)t->detections,
				(unsigned long long)kept,
				(unsigned long long)t->not_kept);
		return false;
	}
	return right;
}

static struct tt_detections_merge *
make_merge(const struct bed *bed, uint64_t hits)
{
	struct tt_detections_merge *merge;

	TT_ASSERT(tt_detections_merge_create(
				  &merge, WORKERS * hits, bed->geo, tt_mem_heap(), NULL)
			== 0);
	return merge;
}

static bool
is_same(const struct tt_signature_row *a, const struct tt_signature_row *b)
{
	return a->rule == b->rule && a->country == b->country && a->matches == b->matches
			&& a->detections == b->detections
			&& a->detections_variance == b->detections_variance
			&& a->uniq_src_ip == b->uniq_src_ip && a->one_in == b->one_in;
}

/* The last interval once more, without the matches of rules that count: the others' rows are the same. */
static bool
others_do_not_matter(struct bed *bed, uint64_t hits, uint64_t secret)
{
	const unsigned last = INTERVALS - 1, n = bed->n_rows[last];
	struct tt_detections_merge *merge = make_merge(bed, hits);
	static struct tt_signature_row all[RULES * 8];
	unsigned plain = 0;

	memcpy(all, bed->rows[last], sizeof(all));
	bed->interval = last;
	bed->plain_alone = true;
	run_interval(bed, merge, hits, secret);
	bed->plain_alone = false;
	tt_detections_merge_destroy(merge);
	for (unsigned i = 0; i < n; i++) {
		if (counts(all[i].rule))
			continue;
		if (plain == bed->n_rows[last]
				|| !is_same(&all[i], &bed->rows[last][plain])) {
			printf("rule %u: other rows where no rule counts\n",
					(unsigned)(all[i].rule - bed->rules));
			return false;
		}
		plain++;
	}
	return plain == bed->n_rows[last];
}

static bool
round_is_right(struct bed *bed, uint64_t seed, bool full)
{
	const uint64_t hits = full ? TT_HITS_MIN : 8192;
	struct tt_detections_merge *merge;
	bool right = true;

	bed->random = seed;
	bed->lacks = false;
	make_rules(bed);
	make_events(bed);
	for (unsigned rule = 0; rule < RULES; rule++)
		detections_ref(bed->events, bed->n, (uint16_t)rule,
				&bed->rules[rule].count);
	merge = make_merge(bed, hits);
	for (bed->interval = 0; bed->interval < INTERVALS && right; bed->interval++) {
		run_interval(bed, merge, hits, seed);
		right = interval_is_right(bed, full);
	}
	tt_detections_merge_destroy(merge);
	return right && others_do_not_matter(bed, hits, seed);
}

/* Three countries, and addresses of none. */
static struct tt_geo *
make_geo(void)
{
	char path[] = "/tmp/check_detections.XXXXXX";
	struct tt_geo *geo = NULL;
	int fd = mkstemp(path);

	TT_ASSERT(fd >= 0);
	TT_ASSERT(dprintf(fd,
				  "16777216,16777415,JP\n16777416,16777815,KR\n"
				  "16777816,16778015,CN\n")
			> 0);
	close(fd);
	TT_ASSERT(tt_geo_open(&geo, path, tt_mem_heap(), NULL) == 0);
	unlink(path);
	return geo;
}

int
main(int argc, char **argv)
{
	static struct bed bed;
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : (uint64_t)tt_time_now();
	unsigned rounds = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 200;
	uint64_t sampled = 0;

	bed.geo = make_geo();
	printf("seed %llu, %u rounds\n", (unsigned long long)seed, rounds);
	for (unsigned i = 0; i < rounds; i++, seed++) {
		if (!round_is_right(&bed, seed, seed % 2 == 1)) {
			printf("FAILED: check_detections %llu 1\n",
					(unsigned long long)seed);
			return 1;
		}
		sampled += bed.totals[0].one_in > 1;
	}
	tt_geo_close(bed.geo);
	printf("equal; sampled in %llu rounds\n", (unsigned long long)sampled);
	return sampled == 0 && rounds >= 100;
}
