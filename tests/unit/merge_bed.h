/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the tests of the merge share: a monitored space, countries and rules; random packets with
 * their details; and merges of any split of them over tallies.
 */
#ifndef MERGE_BED_H
#define MERGE_BED_H

#include "draw.h"
#include "merge_output.h"

#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define N_TALLIES_MAX 8
#define START_US      INT64_C(1000000)

static struct tt_geo *geo;
static struct tt_fingerprints *rules;
static struct tt_units destinations, prefixes;

static inline FILE *
new_file(char *path)
{
	FILE *out = fdopen(mkstemp(path), "w");

	assert_non_null(out);
	return out;
}

/* IPv4 sources 0 to 255: the country follows from the last two bits. */
static inline int
open_geo(void)
{
	static const char *const countries[] = {"JP", "CN", "AR", "CN"};
	char path[] = "/tmp/test-merge-geoip-XXXXXX";
	FILE *out = new_file(path);
	int ret;

	for (unsigned i = 0; i < 256; i++)
		fprintf(out, "%u,%u,%s\n", i, i, countries[i % 4]);
	fclose(out);
	ret = tt_geo_open(&geo, path, tt_mem_heap(), NULL);
	unlink(path);
	return ret;
}

/* Two rules; what they look for does not matter, since the tests draw who matches. */
static inline int
open_rules(void)
{
	char path[] = "/tmp/test-merge-rules-XXXXXX";
	FILE *out = new_file(path);
	struct tt_error err = {0};
	int ret;

	fprintf(out, "version: 1\nfingerprints:\n");
	for (unsigned i = 0; i < 2; i++)
		fprintf(out,
				"  - id: rule-%u\n    title: Rule\n    valid-from: 2020-01-01\n"
				"    where: ip.version == 4\n    match: ip.id == %u\n"
				"    chance: 1/65536\n"
				"    source: {packets: %u, percent: 50}\n"
				"    origin: made up\n",
				i, i, i + 1);
	fclose(out);
	ret = tt_fingerprints_open(&rules, path, &err);
	if (ret != 0)
		print_message("# %s: %s\n", err.where, err.why);
	unlink(path);
	return ret;
}

/* unit_bits: low bits of IPv4 addresses that a destination unit spans. */
static inline int
open_bed(unsigned unit_bits)
{
	struct tt_prefix_set set = {0};

	if (tt_prefix_set_parse(&set, "192.0.2.0/24,2001:db8::/48", NULL) != 0
			|| tt_units_init(&destinations, &set, 4096, unit_bits, 0, NULL)
					!= 0
			|| tt_units_init(&prefixes, &set, 4096, 6, 84, NULL) != 0)
		return -1;
	tt_prefix_set_fini(&set);
	return open_geo() != 0 || open_rules() != 0 ? -1 : 0;
}

static inline int
close_bed(void **state)
{
	tt_fingerprints_close(rules);
	tt_geo_close(geo);
	tt_units_fini(&destinations);
	tt_units_fini(&prefixes);
	return 0;
}

/* Packets, and what the merge should make of them. */
struct traffic {
	struct tt_packet *packets;
	tt_detail *details;
	int64_t *times_us;
	unsigned n;
};

struct traffic_config {
	unsigned n;
	uint64_t sources, ports, src_ports;
};

static inline void
draw_addresses(struct tt_packet *p, uint64_t sources)
{
	p->ip_version = draw(8) == 0 ? 6 : 4;
	p->src = tt_addr_v4((uint32_t)draw(sources));
	p->dst = tt_addr_v4(0xc0000200 + (uint32_t)draw(256));
	if (p->ip_version == 4)
		return;
	p->src = (struct tt_addr){draw(4) << 62 | draw(2), draw(sources / 4 + 1)};
	p->dst = (struct tt_addr){UINT64_C(0x20010db800000000) | draw(65536), draw(99)};
}

static inline void
draw_transport(struct tt_packet *p, const struct traffic_config *c)
{
	const uint8_t icmp = p->ip_version == 4 ? TT_PROTO_ICMP : TT_PROTO_ICMPV6;
	const uint8_t protocols[] = {TT_PROTO_TCP, TT_PROTO_TCP, TT_PROTO_UDP, icmp, 47};

	p->protocol = protocols[draw(5)];
	p->later_fragment = draw(50) == 0;
	p->has_icmp = p->protocol == icmp && !p->later_fragment;
	p->has_ports = (p->protocol == TT_PROTO_TCP || p->protocol == TT_PROTO_UDP)
			&& !p->later_fragment;
	p->has_tcp = p->has_ports && p->protocol == TT_PROTO_TCP;
	if (p->has_ports) {
		p->dst_port = (uint16_t)(draw(4) == 0 ? 65535 - draw(2) : draw(c->ports));
		p->src_port = (uint16_t)(draw(4) == 0 ? 53 : draw(c->src_ports));
	}
	if (p->has_tcp) {
		p->tcp_flags = (uint16_t)draw(draw(8) == 0 ? 4096 : 64);
		p->tcp_window = (uint16_t)draw(3);
	}
	if (p->has_icmp) {
		p->icmp_type = (uint8_t)draw(12);
		p->icmp_code = (uint8_t)draw(3);
	}
}

static inline tt_detail
draw_detail(const struct tt_packet *p)
{
	tt_detail detail = tt_backscatter_detail(p, NULL, 0);

	if (tt_detail_backscatter(detail) && p->has_icmp)
		detail = tt_detail_of_attacked((struct tt_target){
				TT_PROTO_UDP, (int32_t)draw(3) - 1, 0});
	if (p->has_tcp && draw(3) == 0)
		detail |= tt_detail_of_fingerprints(
				3, p->src.lo % 4 == 0 ? 3 : (uint32_t)draw(4));
	return detail;
}

static inline struct traffic
draw_traffic(const struct traffic_config *c)
{
	struct traffic t = {.packets = calloc(c->n, sizeof(*t.packets)),
			.details = calloc(c->n, sizeof(*t.details)),
			.times_us = calloc(c->n, sizeof(*t.times_us)),
			.n = c->n};

	for (unsigned i = 0; i < c->n; i++) {
		struct tt_packet *p = &t.packets[i];

		draw_addresses(p, c->sources);
		draw_transport(p, c);
		p->ip_bytes = 20 + (uint32_t)draw(draw(9) == 0 ? 100000 : 100);
		p->ttl = (uint8_t)draw(256);
		p->encap = (uint8_t)draw(TT_N_ENCAPS);
		p->encap_depth = (uint8_t)draw(40);
		t.details[i] = draw_detail(p);
		t.times_us[i] = START_US + (int64_t)draw(1000);
	}
	return t;
}

static inline void
free_traffic(struct traffic *t)
{
	free(t->packets);
	free(t->details);
	free(t->times_us);
}

/* How packets are spread and merged; zeros are what most tests want. */
struct run {
	const struct traffic *traffic;
	unsigned n_tallies;
	uint64_t pairs; /* 0: more than enough */
	bool compact, join;
	unsigned talkers, source_ports; /* 0: all */
	uint64_t sketch_rows; /* 0: all */
	struct tt_recall *recall;
	int64_t start_us; /* 0: START_US */
	/* Shares of the tallies, all alike where it is false; else 1/2, 1/4, 1/8 … */
	bool uneven;
	bool uses_up; /* as in tt_merge_config */
};

static inline unsigned
choose_tally(const struct run *r)
{
	unsigned i = 0;

	if (!r->uneven)
		return (unsigned)draw(r->n_tallies);
	while (i + 1 < r->n_tallies && draw(2) == 0)
		i++;
	return i;
}

static inline void
fill(const struct run *r, struct tt_tally **tallies)
{
	const struct traffic *f = r->traffic;

	for (unsigned i = 0; i < f->n; i++) {
		struct tt_tally *t = tallies[choose_tally(r)];

		tt_tally_one_ref(t, &f->packets[i], f->details[i], f->times_us[i]);
		if (t->frames == 0 || f->times_us[i] < t->first_us)
			t->first_us = f->times_us[i];
		if (t->frames == 0 || f->times_us[i] > t->last_us)
			t->last_us = f->times_us[i];
		t->frames++;
		t->frame_bytes += f->packets[i].ip_bytes + 14;
		t->fates[TT_FATE_COUNTED]++;
	}
}

static inline void
compact_all(struct tt_tally **tallies, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct tt_tally *copy = tt_tally_compact(tallies[i]);

		assert_non_null(copy);
		tt_tally_destroy(tallies[i]);
		tallies[i] = copy;
	}
}

/* Joins the first tally with each other; returns how many are left. */
static inline unsigned
join_all(struct tt_tally **tallies, unsigned n)
{
	for (unsigned i = 1; i < n; i++) {
		struct tt_tally *joined = tt_tally_join(tallies[0], tallies[i]);

		assert_non_null(joined);
		tt_tally_destroy(tallies[0]);
		tt_tally_destroy(tallies[i]);
		tallies[0] = joined;
	}
	return n > 0 ? 1 : 0;
}

static inline struct tt_merge *
new_merge(const struct run *r, uint64_t max_pairs)
{
	struct tt_merge_config config = {.max_pairs = max_pairs,
			.geo = geo,
			.destinations = &destinations,
			.prefixes = &prefixes,
			.fingerprints = rules,
			.recall = r->recall,
			.talkers = r->talkers != 0 ? r->talkers : 1000,
			.source_ports = r->source_ports != 0 ? r->source_ports : 1000,
			.sketch_rows = r->sketch_rows != 0 ? r->sketch_rows : INT64_MAX,
			.uses_up = r->uses_up};
	struct tt_merge *merge;

	assert_int_equal(tt_merge_create(&merge, &config, tt_mem_heap(), NULL), 0);
	return merge;
}

static inline unsigned
new_tallies(const struct run *r, struct tt_tally **tallies)
{
	struct tt_tally_config config = {.pairs = r->pairs != 0 ? r->pairs : 100000,
			.geo = geo,
			.destinations = &destinations,
			.prefixes = &prefixes};

	for (unsigned i = 0; i < r->n_tallies; i++) {
		config.seed = draw(UINT64_MAX);
		assert_int_equal(tt_tally_create(&tallies[i], &config, tt_mem_heap(),
						 NULL),
				0);
	}
	fill(r, tallies);
	if (r->compact || r->join)
		compact_all(tallies, r->n_tallies);
	return r->join ? join_all(tallies, r->n_tallies) : r->n_tallies;
}

static inline struct output *
output_of(struct tt_merge *merge, struct tt_tally **tallies, unsigned n, int64_t start_us)
{
	struct tt_merge_sink sink = {KINDS(TAKE_INTO)};
	struct output *o = calloc(1, sizeof(*o));

	o->out = open_memstream(&o->text, &o->size);
	sink.context = o;
	assert_int_equal(tt_merge_run(merge, tallies, n, start_us, &sink, &o->totals,
					 NULL),
			0);
	fclose(o->out);
	return o;
}

static inline struct output *
merge_over(const struct run *r)
{
	struct tt_tally *tallies[N_TALLIES_MAX];
	unsigned n = new_tallies(r, tallies);
	struct tt_merge *merge = new_merge(r, r->n_tallies * 1000);
	struct output *o = output_of(
			merge, tallies, n, r->start_us != 0 ? r->start_us : START_US);

	tt_merge_destroy(merge);
	for (unsigned i = 0; i < n; i++)
		tt_tally_destroy(tallies[i]);
	return o;
}

/* How many packets are wanted, their bytes, and from how many distinct sources they are. */
struct answer {
	struct tt_count count;
	uint64_t sources;
};

static inline int
compare_addr(const void *a, const void *b)
{
	return tt_addr_cmp(*(const struct tt_addr *)a, *(const struct tt_addr *)b);
}

static inline uint64_t
count_distinct(struct tt_addr *a, size_t n)
{
	size_t distinct = n > 0;

	qsort(a, n, sizeof(*a), compare_addr);
	for (size_t i = 1; i < n; i++)
		distinct += tt_addr_cmp(a[i - 1], a[i]) != 0;
	return distinct;
}

static inline struct answer
ask(const struct traffic *t,
		bool (*wanted)(const struct traffic *, unsigned, const void *),
		const void *what)
{
	struct tt_addr *sources = malloc(t->n * sizeof(*sources));
	struct answer answer = {0};

	for (unsigned i = 0; i < t->n; i++) {
		if (!wanted(t, i, what))
			continue;
		sources[answer.count.packets++] = t->packets[i].src;
		answer.count.bytes += t->packets[i].ip_bytes;
	}
	answer.sources = count_distinct(sources, answer.count.packets);
	free(sources);
	return answer;
}

static inline bool
any_packet(const struct traffic *t, unsigned i, const void *what)
{
	return true;
}

static inline bool
same_target(struct tt_target a, struct tt_target b)
{
	return a.protocol == b.protocol && a.number == b.number;
}

static inline enum tt_class
class_at(const struct traffic *t, unsigned i)
{
	return tt_target_key_class(tt_target_key_of(&t->packets[i]));
}

static inline struct tt_target
target_at(const struct traffic *t, unsigned i)
{
	return tt_target_key_target(tt_target_key_of(&t->packets[i]));
}

static inline bool
is_of_source(const struct traffic *t, unsigned i, const void *what)
{
	return tt_addr_cmp(t->packets[i].src, *(const struct tt_addr *)what) == 0;
}

static inline bool
is_backscatter(const struct traffic *t, unsigned i, const void *what)
{
	return tt_detail_backscatter(t->details[i]);
}

static inline bool
is_of_target(const struct traffic *t, unsigned i, const void *what)
{
	return same_target(target_at(t, i), *(const struct tt_target *)what);
}

/* Within so many standard errors of a count that was scaled? */
static inline void
expect_near(uint64_t count, uint64_t truth, uint64_t one_in, unsigned errors)
{
	uint64_t error = errors * tt_scaled_error(truth, one_in);

	if (count + error < truth || count > truth + error)
		fail_msg("%" PRIu64 " is not near %" PRIu64 ", one in %" PRIu64, count,
				truth, one_in);
}

#endif
