/* SPDX-License-Identifier: BSD-3-Clause */
/* The merge of tallies that are full: sums are exact, unique counts within their error. */
#include "merge_bed.h"

#define N_PACKETS 120000
#define N_HEAVY   4000

static struct traffic traffic;
static struct output *out;
static struct tt_addr heavy_src;
static struct tt_target heavy_target;
static uint64_t true_sources;

#define FOR_ROWS(kind, r)                                   \
	for (__typeof__(out->kind.rows) r = out->kind.rows; \
			r < out->kind.rows + out->kind.n; r++)

static const struct run flood = {&traffic, 3, .pairs = TT_PAIRS_MIN, .uneven = true,
		.talkers = 5, .source_ports = 5};

/* A flood of spoofed sources, and in it one source that is not. */
static int
make_flood(void **state)
{
	if (open_bed(0) != 0)
		return -1;
	traffic = draw_traffic(&(struct traffic_config){N_PACKETS, 100000, 3000, 65536});
	for (unsigned i = 0; i < N_HEAVY; i++) {
		unsigned at = i * (N_PACKETS / N_HEAVY);

		traffic.packets[at] = (struct tt_packet){.src = tt_addr_v4(0x01020304),
				.dst = tt_addr_v4(0xc0000201),
				.protocol = TT_PROTO_UDP,
				.has_ports = true,
				.src_port = 4444,
				.dst_port = 5060,
				.ip_version = 4,
				.ip_bytes = 60};
		traffic.details[at] = 0;
	}
	heavy_src = traffic.packets[0].src;
	heavy_target = target_at(&traffic, 0);
	true_sources = ask(&traffic, any_packet, NULL).sources;
	out = merge_over(&flood);
	return 0;
}

static int
free_flood(void **state)
{
	free_output(out);
	free_traffic(&traffic);
	return close_bed(state);
}

static void
all_tables_are_full_and_no_packet_is_lost(void **state)
{
	const struct tt_totals *t = &out->totals;

	assert_int_equal(t->count.packets, traffic.n);
	assert_int_equal(t->count.bytes, ask(&traffic, any_packet, NULL).count.bytes);
	assert_true(t->sources_one_in >= 8);
	assert_true(t->contacts_one_in >= 8);
	assert_true(t->pairs.packets > 0 && t->pairs.keys > 0);
	assert_true(t->contacts.packets > 0 && t->contacts.keys > 0);
	assert_true(t->ports.packets > 0 && t->ports.keys > 0);
	assert_true(t->slices.packets > 0 && t->slices.keys > 0);
	assert_true(t->talkers.packets > 0 && t->talkers.keys > 0);
}

static uint64_t *
new_counts(size_t n)
{
	uint64_t *counts = calloc(n, sizeof(*counts));

	assert_non_null(counts);
	return counts;
}

/* counts[n] is what rows were found to have, taken from what packets have: nothing is left. */
static void
assert_none_left(uint64_t *counts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(counts[i], 0);
	free(counts);
}

static void
targets_have_all_their_packets(void **state)
{
	uint64_t *left = new_counts(TT_N_ROWS), rest = 0, targets = 0, bytes = 0;

	for (unsigned i = 0; i < traffic.n; i++)
		left[tt_row_index(tt_target_key_of(&traffic.packets[i]),
				traffic.details[i])]++;
	FOR_ROWS(target, r)
	{
		left[tt_row_index(tt_target_key_make(r->target, r->class),
				r->backscatter ? TT_DETAIL_BACKSCATTER : 0)] -=
				r->count.packets;
		rest += r->country == TT_COUNTRY_REST;
		bytes += r->count.bytes;
		targets += r == out->target.rows || !same_target(r[-1].target, r->target);
	}
	assert_int_equal(targets, out->totals.targets);
	assert_true(rest > 0);
	assert_int_equal(bytes, out->totals.count.bytes);
	assert_none_left(left, TT_N_ROWS);
}

static unsigned
side(tt_country country, enum tt_class class, bool backscatter)
{
	return ((unsigned)country * TT_N_CLASSES + class) * 2 + backscatter;
}

static void
countries_have_all_their_packets(void **state)
{
	uint64_t *left = new_counts(TT_N_COUNTRIES * TT_N_CLASSES * 2);
	uint64_t sources = 0, bytes = 0;

	for (unsigned i = 0; i < traffic.n; i++)
		left[side(tt_geo_country(geo, traffic.packets[i].src),
				class_at(&traffic, i),
				tt_detail_backscatter(traffic.details[i]))]++;
	FOR_ROWS(country, r)
	{
		left[side(r->country, r->class, r->backscatter)] -= r->count.packets;
		sources += r->uniq_src_ip_country;
		bytes += r->count.bytes;
	}
	assert_int_equal(bytes, out->totals.count.bytes);
	assert_int_equal(sources, out->totals.uniq_src_ip);
	assert_none_left(left, TT_N_COUNTRIES * TT_N_CLASSES * 2);
}

static void
destinations_have_all_their_packets(void **state)
{
	uint64_t *left = new_counts((size_t)destinations.n * TT_N_CLASSES);

	for (unsigned i = 0; i < traffic.n; i++)
		left[tt_units_index(&destinations, traffic.packets[i].dst) * TT_N_CLASSES
				+ class_at(&traffic, i)]++;
	FOR_ROWS(destination, r)
	left[r->unit * TT_N_CLASSES + r->class] -= r->packets;
	assert_none_left(left, (size_t)destinations.n * TT_N_CLASSES);
}

static unsigned
port_cell(enum tt_class class, uint32_t port)
{
	return class * 65536 + port;
}

static void
source_port_distributions_have_all_their_packets(void **state)
{
	uint64_t *left = new_counts(6 * 65536);

	for (unsigned i = 0; i < traffic.n; i++)
		if (traffic.packets[i].has_ports)
			left[port_cell(class_at(&traffic, i),
					traffic.packets[i].src_port)]++;
	FOR_ROWS(distribution, r)
	if (r->distribution == TT_DIST_TCP_SOURCE_PORT
			|| r->distribution == TT_DIST_UDP_SOURCE_PORT)
		left[port_cell(r->class, r->value)] -= r->count.packets;
	assert_none_left(left, 6 * 65536);
}

/* By (protocol, number) and class: of that, the code and backscatter are folded in. */
static uint32_t
folded(struct tt_target t, enum tt_class class)
{
	t.code = 0;
	return tt_row_index(tt_target_key_make(t, class), 0);
}

static void
talkers_and_their_rests_have_all_packets(void **state)
{
	uint64_t *left = new_counts(TT_N_ROWS);

	for (unsigned i = 0; i < traffic.n; i++)
		left[folded(target_at(&traffic, i), class_at(&traffic, i))]++;
	FOR_ROWS(talker, r)
	left[folded(r->target, r->class)] -= r->packets;
	assert_none_left(left, TT_N_ROWS);
}

static void
source_ports_and_their_rests_have_all_packets(void **state)
{
	uint64_t *left = new_counts(TT_N_ROWS);

	for (unsigned i = 0; i < traffic.n; i++)
		if (traffic.packets[i].has_ports)
			left[folded(target_at(&traffic, i), class_at(&traffic, i))]++;
	FOR_ROWS(source_port, r)
	left[folded(r->target, r->class)] -= r->packets;
	assert_none_left(left, TT_N_ROWS);
}

static void
who_is_heavy_is_found_among_the_spoofed(void **state)
{
	uint64_t talker = 0, port = 0;

	FOR_ROWS(talker, r)
	if (same_target(r->target, heavy_target) && tt_addr_cmp(r->src, heavy_src) == 0)
		talker = r->packets;
	FOR_ROWS(source_port, r)
	if (same_target(r->target, heavy_target) && r->source_port == 4444)
		port = r->packets;
	assert_true(talker > N_HEAVY * 9 / 10 && talker <= N_HEAVY);
	assert_true(port > N_HEAVY * 9 / 10 && port <= N_HEAVY + N_HEAVY / 10);
}

static void
kept_sources_are_whole_and_the_others_are_said_to_lack(void **state)
{
	uint64_t packets = 0, checked = 0;

	FOR_ROWS(source, r)
	{
		packets += r->count.packets;
		if (checked++ > 200)
			continue;
		assert_int_equal(r->count.packets,
				ask(&traffic, is_of_source, &r->src).count.packets);
	}
	assert_int_equal(packets + out->totals.pairs.packets, traffic.n);
	assert_int_equal(out->source.n * out->totals.sources_one_in,
			out->totals.uniq_src_ip);
}

static void
backscatter_has_all_its_packets(void **state)
{
	struct answer a = ask(&traffic, is_backscatter, NULL);
	uint64_t packets = 0, bytes = 0;

	FOR_ROWS(backscatter, r)
	{
		packets += r->count.packets;
		bytes += r->count.bytes;
	}
	assert_int_equal(packets, a.count.packets);
	assert_int_equal(bytes, a.count.bytes);
	assert_int_equal(out->totals.backscatter_packets, packets);
}

static bool
is_matched(const struct traffic *t, unsigned i, const void *what)
{
	return (tt_detail_matched(t->details[i]) >> *(const unsigned *)what & 1) != 0;
}

static void
rules_have_all_their_packets_and_estimate_their_sources(void **state)
{
	uint64_t packets[2] = {0}, rests = 0;

	FOR_ROWS(fingerprint, r)
	{
		packets[r->rule] += r->count.packets;
		rests += r->rest;
	}
	assert_true(rests > 0);
	assert_int_equal(out->rule.n, 2);
	FOR_ROWS(rule, r)
	{
		struct answer a = ask(&traffic, is_matched, &r->rule);

		assert_int_equal(r->matched, a.count.packets);
		assert_int_equal(packets[r->rule], a.count.packets);
		expect_near(r->sources, a.sources, out->totals.sources_one_in, 4);
	}
}

static void
unique_counts_are_near_the_truth(void **state)
{
	const struct tt_target busy[] = {{TT_PROTO_TCP, 65535, 0},
			{TT_PROTO_TCP, 65534, 0}, {TT_PROTO_UDP, 65535, 0}, {47, -1, 0}};

	expect_near(out->totals.uniq_src_ip, true_sources, out->totals.sources_one_in, 4);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(busy); i++) {
		uint64_t sources = 0;

		FOR_ROWS(target, r)
		if (same_target(r->target, busy[i]))
			sources += r->uniq_src_ip_target;
		expect_near(sources, ask(&traffic, is_of_target, &busy[i]).sources,
				out->totals.sources_one_in, 4);
	}
}

/* Distinct (source, destination unit), and with `by_class` these in each class. */
static uint64_t
count_contacts(bool by_class)
{
	struct tt_addr *contacts = calloc(traffic.n, sizeof(*contacts));
	uint64_t n;

	for (unsigned i = 0; i < traffic.n; i++) {
		struct tt_addr s = traffic.packets[i].src;
		uint64_t unit = tt_units_index(&destinations, traffic.packets[i].dst);

		contacts[i] = (struct tt_addr){tt_hash_mix(s.hi ^ tt_hash_mix(s.lo)),
				unit << 8 | (by_class ? class_at(&traffic, i) : 0)};
	}
	n = count_distinct(contacts, traffic.n);
	free(contacts);
	return n;
}

static void
unique_sources_of_destinations_are_near_the_truth(void **state)
{
	uint64_t of_rows = 0, of_units = 0;

	FOR_ROWS(destination, r)
	{
		of_rows += r->uniq_src_ip;
		of_units += r->uniq_src_ip_destination;
	}
	expect_near(of_rows, count_contacts(true), out->totals.contacts_one_in, 5);
	expect_near(of_units, count_contacts(false), out->totals.contacts_one_in, 4);
}

/* All that a kind's sketches hold, from the packets. [keys][1 << p] */
static uint8_t *
plain_sketches(enum tt_sketch_kind kind, unsigned p, uint32_t keys)
{
	uint8_t *registers = calloc(keys, UINT64_C(1) << p);

	for (unsigned i = 0; i < traffic.n; i++) {
		const struct tt_packet *k = &traffic.packets[i];
		bool of_destinations = kind == TT_SKETCH_DESTINATIONS_TARGET;
		uint32_t key = kind == TT_SKETCH_SOURCES ? 0
				: kind == TT_SKETCH_SOURCES_COUNTRY
				? tt_geo_country(geo, k->src)
				: kind == TT_SKETCH_SOURCES_PREFIX
				? tt_units_index(&prefixes, k->dst)
				: tt_target_index(tt_target_key_of(k));

		tt_sketch_add(registers + ((size_t)key << p), p,
				tt_sketch_hash(of_destinations ? k->dst : k->src));
	}
	return registers;
}

static void
expect_sketches(enum tt_sketch_kind kind, unsigned p, uint32_t keys)
{
	uint8_t *left = plain_sketches(kind, p, keys);

	FOR_ROWS(sketch, r)
	{
		size_t at = ((size_t)r->key << p) + r->reg;

		if (r->kind != kind)
			continue;
		assert_int_equal(r->p, p);
		assert_true(r->key < keys && r->reg < 1u << p);
		assert_int_equal(r->rho, left[at]);
		left[at] = 0;
	}
	for (size_t i = 0; i < (size_t)keys << p; i++)
		assert_int_equal(left[i], 0);
	free(left);
}

static void
sketches_are_those_of_all_packets_sampled_or_not(void **state)
{
	expect_sketches(TT_SKETCH_SOURCES, TT_SKETCH_P_ALL, 1);
	expect_sketches(TT_SKETCH_SOURCES_COUNTRY, TT_SKETCH_P_COUNTRY, TT_N_COUNTRIES);
	expect_sketches(TT_SKETCH_SOURCES_PREFIX, TT_SKETCH_P_PREFIX, prefixes.n);
	expect_sketches(TT_SKETCH_SOURCES_TARGET, TT_SKETCH_P_TARGET, TT_N_TARGETS);
	expect_sketches(TT_SKETCH_DESTINATIONS_TARGET, TT_SKETCH_P_TARGET, TT_N_TARGETS);
}

/* Rows of the sketches of targets. */
static uint64_t
count_target_rows(const struct output *o, uint8_t *has)
{
	uint64_t n = 0;

	for (size_t i = 0; i < o->sketch.n; i++) {
		if (o->sketch.rows[i].kind < TT_SKETCH_SOURCES_TARGET)
			continue;
		has[o->sketch.rows[i].key] |= 1 << (o->sketch.rows[i].kind & 1);
		n++;
	}
	return n;
}

static void
the_busiest_targets_keep_their_sketches(void **state)
{
	struct run r = {&traffic, 1, .sketch_rows = 2000};
	struct output *some = merge_over(&r);
	uint8_t *has = calloc(2, TT_N_TARGETS), *all = has + TT_N_TARGETS;
	uint64_t *packets = new_counts(TT_N_TARGETS), least = UINT64_MAX, most = 0;
	uint64_t n = count_target_rows(some, has), left_out = 0;

	assert_true(n > 0 && n <= r.sketch_rows);
	count_target_rows(out, all);
	for (unsigned i = 0; i < traffic.n; i++)
		packets[tt_target_index(tt_target_key_of(&traffic.packets[i]))]++;
	for (uint32_t i = 0; i < TT_N_TARGETS; i++) {
		if (has[i] != 0 && packets[i] < least)
			least = packets[i];
		if (has[i] == 0 && packets[i] > most)
			most = packets[i];
		if (has[i] == 0)
			left_out += (unsigned)__builtin_popcount(all[i]);
	}
	assert_true(least >= most);
	assert_int_equal(some->totals.sketches.keys, left_out);
	assert_int_equal(out->totals.sketches.keys, 0);
	free(packets);
	free(has);
	free_output(some);
}

static void
compact_tallies_give_the_same_sums(void **state)
{
	struct run r = flood;
	struct output *live = out;

	r.join = true;
	out = merge_over(&r);
	assert_int_equal(out->totals.count.packets, traffic.n);
	targets_have_all_their_packets(state);
	countries_have_all_their_packets(state);
	destinations_have_all_their_packets(state);
	source_port_distributions_have_all_their_packets(state);
	talkers_and_their_rests_have_all_packets(state);
	source_ports_and_their_rests_have_all_packets(state);
	kept_sources_are_whole_and_the_others_are_said_to_lack(state);
	backscatter_has_all_its_packets(state);
	unique_counts_are_near_the_truth(state);
	free_output(out);
	out = live;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(all_tables_are_full_and_no_packet_is_lost),
			cmocka_unit_test(targets_have_all_their_packets),
			cmocka_unit_test(countries_have_all_their_packets),
			cmocka_unit_test(destinations_have_all_their_packets),
			cmocka_unit_test(
					source_port_distributions_have_all_their_packets),
			cmocka_unit_test(talkers_and_their_rests_have_all_packets),
			cmocka_unit_test(source_ports_and_their_rests_have_all_packets),
			cmocka_unit_test(who_is_heavy_is_found_among_the_spoofed),
			cmocka_unit_test(
					kept_sources_are_whole_and_the_others_are_said_to_lack),
			cmocka_unit_test(backscatter_has_all_its_packets),
			cmocka_unit_test(
					rules_have_all_their_packets_and_estimate_their_sources),
			cmocka_unit_test(unique_counts_are_near_the_truth),
			cmocka_unit_test(
					unique_sources_of_destinations_are_near_the_truth),
			cmocka_unit_test(
					sketches_are_those_of_all_packets_sampled_or_not),
			cmocka_unit_test(the_busiest_targets_keep_their_sketches),
			cmocka_unit_test(compact_tallies_give_the_same_sums),
	};

	draw_state = choose_seed();
	return cmocka_run_group_tests_name("merge_full", tests, make_flood, free_flood);
}
