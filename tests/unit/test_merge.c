/* SPDX-License-Identifier: BSD-3-Clause */
/* The merge against plain counting, and against itself over other splits of the packets. */
#include "tt_merge.h"

#include "tt_hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define N_PACKETS 4000

static uint64_t seed;

static uint64_t
draw(uint64_t below)
{
	seed += UINT64_C(0x9e3779b97f4a7c15);
	return tt_hash_mix(seed) % below;
}

static struct tt_packet packets[N_PACKETS];
static int64_t times_us[N_PACKETS];

static void
draw_packets(void)
{
	static const uint8_t protocols[] = {
			TT_PROTO_TCP, TT_PROTO_UDP, TT_PROTO_ICMP, 47};

	for (unsigned i = 0; i < N_PACKETS; i++) {
		struct tt_packet *p = &packets[i];

		*p = (struct tt_packet){.src = tt_addr_v4((uint32_t)draw(60)),
				.protocol = protocols[draw(4)],
				.ip_bytes = 40 + (uint32_t)draw(100),
				.ttl = (uint8_t)draw(256)};
		p->has_ports = p->protocol == TT_PROTO_TCP || p->protocol == TT_PROTO_UDP;
		p->has_icmp = p->protocol == TT_PROTO_ICMP;
		p->dst_port = (uint16_t)draw(8);
		p->tcp_flags = (uint16_t)draw(64);
		p->icmp_type = (uint8_t)draw(12);
		p->icmp_code = (uint8_t)draw(3);
		times_us[i] = (int64_t)draw(1000);
	}
}

/* What a merge gave out, as text, so that two merges compare as strings. */
struct listing {
	FILE *out;
	char *text;
	size_t size;
	struct tt_totals totals;
	struct tt_target_row targets[N_PACKETS];
	struct tt_source_row sources[N_PACKETS];
	unsigned n_targets, n_sources;
};

static int
list_target(void *context, const struct tt_target_row *r, struct tt_error *err)
{
	struct listing *l = context;

	l->targets[l->n_targets++] = *r;
	fprintf(l->out, "T %u %d %u %u %u %lu %lu %lu %lu\n", r->target.protocol,
			r->target.number, r->target.code, r->class, r->country,
			r->count.packets, r->count.bytes, r->uniq_src_ip,
			r->uniq_src_ip_target);
	return 0;
}

static int
list_source(void *context, const struct tt_source_row *r, struct tt_error *err)
{
	struct listing *l = context;

	l->sources[l->n_sources++] = *r;
	fprintf(l->out, "S %lx %u %lu %lu %lu %x %ld %ld\n", r->src.lo, r->country,
			r->count.packets, r->count.bytes, r->targets, r->classes,
			r->first_us, r->last_us);
	return 0;
}

static int
list_distribution(
		void *context, const struct tt_distribution_row *r, struct tt_error *err)
{
	struct listing *l = context;

	fprintf(l->out, "D %u %u %lu %lu\n", r->distribution, r->value, r->count.packets,
			r->count.bytes);
	return 0;
}

/* A database in which the country follows from the address's last bit. */
static struct tt_geo *geo;

static int
open_geo(void **state)
{
	char path[] = "/tmp/test-merge-geoip-XXXXXX";
	FILE *out = fdopen(mkstemp(path), "w");
	int ret;

	for (unsigned i = 0; i < 60; i++)
		fprintf(out, "%u,%u,%s\n", i, i, i % 2 == 0 ? "JP" : "CN");
	fclose(out);
	ret = tt_geo_open(&geo, path, tt_mem_heap(), NULL);
	unlink(path);
	return ret;
}

static int
close_geo(void **state)
{
	tt_geo_close(geo);
	return 0;
}

/* Spreads the packets over n tallies of `pairs` pairs, merges, lists. */
static struct listing *
merge_over(unsigned n, uint64_t pairs, bool compact)
{
	struct tt_merge_sink sink = {NULL, list_target, list_source, list_distribution};
	struct listing *l = calloc(1, sizeof(*l));
	struct tt_tally *tallies[8], *copy;
	struct tt_merge *merge;

	for (unsigned i = 0; i < n; i++)
		assert_int_equal(tt_tally_create(&tallies[i], pairs, tt_mem_heap(), NULL),
				0);
	for (unsigned i = 0; i < N_PACKETS; i++)
		tt_tally_one_ref(tallies[draw(n)], &packets[i], times_us[i]);
	for (unsigned i = 0; compact && i < n; i++) {
		copy = tt_tally_compact(tallies[i]);
		tt_tally_destroy(tallies[i]);
		tallies[i] = copy;
	}
	assert_int_equal(tt_merge_create(&merge, n * pairs, tt_mem_heap(), NULL), 0);
	l->out = open_memstream(&l->text, &l->size);
	sink.context = l;
	assert_int_equal(
			tt_merge_run(merge, tallies, n, geo, &sink, &l->totals, NULL), 0);
	fclose(l->out);
	tt_merge_destroy(merge);
	for (unsigned i = 0; i < n; i++)
		tt_tally_destroy(tallies[i]);
	return l;
}

static void
listing_free(struct listing *l)
{
	free(l->text);
	free(l);
}

static void
the_split_over_tallies_does_not_show(void **state)
{
	struct listing *whole = merge_over(1, 10000, false);

	assert_true(whole->size > 1000);
	for (unsigned n = 2; n <= 8; n++) {
		struct listing *split = merge_over(n, 10000, n % 2 == 0);

		assert_string_equal(split->text, whole->text);
		assert_memory_equal(
				&split->totals, &whole->totals, sizeof(whole->totals));
		listing_free(split);
	}
	listing_free(whole);
}

static uint64_t
distinct_sources(bool (*wanted)(const struct tt_packet *, const void *), const void *what)
{
	bool seen[60] = {0};
	uint64_t n = 0;

	for (unsigned i = 0; i < N_PACKETS; i++) {
		uint32_t source = (uint32_t)packets[i].src.lo;

		if (wanted(&packets[i], what) && !seen[source]) {
			seen[source] = true;
			n++;
		}
	}
	return n;
}

static bool
is_of_row(const struct tt_packet *p, const void *what)
{
	const struct tt_target_row *row = what;

	return tt_target_key_of(p) == tt_target_key_make(row->target, row->class)
			&& tt_geo_country(geo, p->src) == row->country;
}

static bool
is_of_target(const struct tt_packet *p, const void *what)
{
	const struct tt_target_row *row = what;

	return TT_TARGET_KEY_NUMBER(tt_target_key_of(p))
			== TT_TARGET_KEY_NUMBER(
					tt_target_key_make(row->target, row->class));
}

static void
target_rows_agree_with_plain_counting(void **state)
{
	struct listing *l = merge_over(3, 10000, false);
	uint64_t packets_sum = 0, targets = 0;

	for (unsigned i = 0; i < l->n_targets; i++) {
		const struct tt_target_row *row = &l->targets[i];
		uint64_t n = 0, of_target = 0;

		for (unsigned k = 0; k < N_PACKETS; k++)
			n += is_of_row(&packets[k], row);
		assert_int_equal(row->count.packets, n);
		assert_int_equal(row->uniq_src_ip, distinct_sources(is_of_row, row));
		for (unsigned k = 0; k < l->n_targets; k++)
			if (l->targets[k].target.protocol == row->target.protocol
					&& l->targets[k].target.number
							== row->target.number)
				of_target += l->targets[k].uniq_src_ip_target;
		assert_int_equal(of_target, distinct_sources(is_of_target, row));
		packets_sum += n;
		targets += i == 0 || row[-1].target.protocol != row->target.protocol
				|| row[-1].target.number != row->target.number;
	}
	assert_int_equal(packets_sum, N_PACKETS);
	assert_int_equal(l->totals.count.packets, N_PACKETS);
	assert_int_equal(l->totals.targets, targets);
	listing_free(l);
}

static void
source_rows_agree_with_plain_counting(void **state)
{
	struct listing *l = merge_over(3, 10000, false);

	assert_int_equal(l->totals.uniq_src_ip, l->n_sources);
	for (unsigned i = 0; i < l->n_sources; i++) {
		const struct tt_source_row *row = &l->sources[i];
		uint64_t n = 0, bytes = 0;
		int64_t first = INT64_MAX, last = INT64_MIN;

		for (unsigned k = 0; k < N_PACKETS; k++) {
			if (tt_addr_cmp(packets[k].src, row->src) != 0)
				continue;
			n++;
			bytes += packets[k].ip_bytes;
			first = times_us[k] < first ? times_us[k] : first;
			last = times_us[k] > last ? times_us[k] : last;
		}
		assert_int_equal(row->count.packets, n);
		assert_int_equal(row->count.bytes, bytes);
		assert_int_equal(row->first_us, first);
		assert_int_equal(row->last_us, last);
	}
	listing_free(l);
}

static void
overflow_keeps_the_packets_of_every_target_and_class(void **state)
{
	struct listing *exact = merge_over(1, 10000, false),
		       *full = merge_over(2, 30, false);
	uint64_t sum = 0;

	assert_int_equal(exact->totals.overflow_packets, 0);
	assert_true(full->totals.overflow_packets > 0);
	assert_int_equal(full->totals.count.packets, N_PACKETS);
	assert_int_equal(full->totals.targets, exact->totals.targets);
	for (unsigned i = 0; i < exact->n_targets; i++) {
		const struct tt_target_row *row = &exact->targets[i];
		tt_target_key key = tt_target_key_make(row->target, row->class);
		int64_t left = 0;

		for (unsigned k = 0; k < exact->n_targets; k++)
			if (tt_target_key_make(exact->targets[k].target,
					    exact->targets[k].class)
					== key)
				left += (int64_t)exact->targets[k].count.packets;
		for (unsigned k = 0; k < full->n_targets; k++)
			if (tt_target_key_make(full->targets[k].target,
					    full->targets[k].class)
					== key)
				left -= (int64_t)full->targets[k].count.packets;
		assert_int_equal(left, 0);
		sum += row->count.packets;
	}
	assert_int_equal(sum, N_PACKETS);
	assert_true(full->n_sources <= 60);
	listing_free(exact);
	listing_free(full);
}

static void
nothing_merges_into_nothing(void **state)
{
	struct tt_merge_sink sink = {NULL, list_target, list_source, list_distribution};
	struct tt_totals totals;
	struct tt_merge *merge;

	assert_int_equal(tt_merge_create(&merge, 0, tt_mem_heap(), NULL), 0);
	assert_int_equal(tt_merge_run(merge, NULL, 0, geo, &sink, &totals, NULL), 0);
	assert_int_equal(totals.frames + totals.count.packets + totals.uniq_src_ip, 0);
	tt_merge_destroy(merge);
}

static int
refuse(void *context, const struct tt_source_row *row, struct tt_error *err)
{
	return tt_error_set(err, -28, "disk", "full");
}

static void
what_a_sink_returns_ends_the_merge(void **state)
{
	struct tt_merge_sink sink = {.source = refuse};
	struct tt_error err = {0};
	struct tt_totals totals;
	struct tt_tally *t;
	struct tt_merge *merge;

	assert_int_equal(tt_tally_create(&t, 100, tt_mem_heap(), NULL), 0);
	tt_tally_one_ref(t, &packets[0], 1);
	assert_int_equal(tt_merge_create(&merge, 100, tt_mem_heap(), NULL), 0);
	assert_int_equal(tt_merge_run(merge, &t, 1, geo, &sink, &totals, &err), -28);
	assert_string_equal(err.where, "disk");
	tt_merge_destroy(merge);
	tt_tally_destroy(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(the_split_over_tallies_does_not_show),
			cmocka_unit_test(target_rows_agree_with_plain_counting),
			cmocka_unit_test(source_rows_agree_with_plain_counting),
			cmocka_unit_test(
					overflow_keeps_the_packets_of_every_target_and_class),
			cmocka_unit_test(nothing_merges_into_nothing),
			cmocka_unit_test(what_a_sink_returns_ends_the_merge),
	};
	const char *given = getenv("TT_SEED");

	seed = given != NULL ? strtoull(given, NULL, 0) : (uint64_t)(uintptr_t)&tests;
	fprintf(stderr, "TT_SEED=0x%llx\n", (unsigned long long)seed);
	draw_packets();
	return cmocka_run_group_tests_name("merge", tests, open_geo, close_geo);
}
