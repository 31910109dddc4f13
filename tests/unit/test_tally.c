/* SPDX-License-Identifier: BSD-3-Clause */
#include "tally_bed.h"

#include "tt_hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static uint64_t seed;

static uint64_t
draw(uint64_t below)
{
	seed += UINT64_C(0x9e3779b97f4a7c15);
	return tt_hash_mix(seed) % below;
}

/* A packet of any class, from one of n_sources sources, to one of few targets. */
static struct tt_packet
random_packet(uint64_t n_sources)
{
	static const uint8_t protocols[] = {TT_PROTO_TCP, TT_PROTO_TCP, TT_PROTO_UDP,
			TT_PROTO_ICMP, TT_PROTO_ICMPV6, 47};
	bool v6 = draw(4) == 0;
	struct tt_packet p = {.src = v6 ? (struct tt_addr){7, draw(n_sources)}
					: tt_addr_v4((uint32_t)draw(n_sources)),
			.dst = v6 ? (struct tt_addr){UINT64_C(0x20010db800000000),
					       draw(1000) << 48}
				  : tt_addr_v4(0x0a000000 + (uint32_t)draw(300)),
			.ip_version = v6 ? 6 : 4,
			.protocol = protocols[draw(TT_ARRAY_SIZE(protocols))],
			.ttl = (uint8_t)draw(256),
			.ip_bytes = (uint32_t)draw(70000),
			.encap = (uint8_t)draw(TT_N_ENCAPS),
			.encap_depth = (uint8_t)draw(40)};

	p.later_fragment = p.fragment = draw(10) == 0;
	if (p.later_fragment)
		return p;
	p.has_ports = p.protocol == TT_PROTO_TCP || p.protocol == TT_PROTO_UDP;
	p.has_icmp = p.protocol == TT_PROTO_ICMP || p.protocol == TT_PROTO_ICMPV6;
	p.has_tcp = p.protocol == TT_PROTO_TCP && draw(10) != 0;
	p.src_port = (uint16_t)(p.has_ports ? draw(2) ? 53 : draw(65536) : 0);
	p.dst_port = (uint16_t)(p.has_ports ? draw(2) ? draw(50) : draw(65536) : 0);
	p.tcp_flags = (uint16_t)(p.protocol == TT_PROTO_TCP ? draw(4096) : 0);
	p.tcp_window = (uint16_t)(p.has_tcp ? draw(65536) : 0);
	p.icmp_type = (uint8_t)(p.has_icmp ? draw(20) : 0);
	p.icmp_code = (uint8_t)(p.has_icmp ? draw(5) : 0);
	return p;
}

static tt_detail
random_detail(const struct tt_packet *p)
{
	uint32_t tested = (uint32_t)draw(4);

	return tt_backscatter_detail(p, NULL, 0)
			| tt_detail_of_fingerprints(tested, tested & (uint32_t)draw(4));
}

static void
assert_same_rest(const struct tt_rest *a, const struct tt_rest *b)
{
	assert_memory_equal(a->cells, b->cells, a->n_cells * sizeof(*a->cells));
	assert_memory_equal(a->registers, b->registers, a->n_registers);
	assert_int_equal(a->n_slices, b->n_slices);
	assert_memory_equal(a->slices, b->slices, a->config.slices * sizeof(*a->slices));
	assert_int_equal(a->n_talkers, b->n_talkers);
	assert_memory_equal(
			a->talkers, b->talkers, a->config.talkers * sizeof(*a->talkers));
}

static void
assert_same(const struct tt_tally *a, const struct tt_tally *b)
{
	assert_int_equal(a->n_pairs, b->n_pairs);
	assert_int_equal(a->pair_shift, b->pair_shift);
	assert_int_equal(a->contact_shift, b->contact_shift);
	assert_memory_equal(a->slots, b->slots, (a->pair_mask + 1) * sizeof(*a->slots));
	assert_memory_equal(a->contacts, b->contacts,
			(a->contact_mask + 1) * sizeof(*a->contacts));
	assert_memory_equal(a->ports, b->ports, (a->port_mask + 1) * sizeof(*a->ports));
	assert_memory_equal(a->tested, b->tested, sizeof(a->tested));
	assert_memory_equal(a->matched, b->matched, sizeof(a->matched));
	assert_int_equal(a->pairs_lost.packets, b->pairs_lost.packets);
	assert_int_equal(a->contacts_lost.packets, b->contacts_lost.packets);
	assert_int_equal(a->ports_lost.packets, b->ports_lost.packets);
	assert_same_rest(&a->rest, &b->rest);
}

static void
count_both(struct tt_tally *burst, struct tt_tally *one, uint64_t n_sources,
		unsigned n_bursts)
{
	for (unsigned i = 0; i < n_bursts; i++) {
		struct tt_packet p[TT_TALLY_BURST];
		tt_detail details[TT_TALLY_BURST];
		int64_t times[TT_TALLY_BURST];
		unsigned n = (unsigned)draw(TT_TALLY_BURST + 1);

		for (unsigned k = 0; k < n; k++) {
			p[k] = random_packet(n_sources);
			details[k] = random_detail(&p[k]);
			times[k] = (int64_t)draw(1000000);
			tt_tally_one_ref(one, &p[k], details[k], times[k]);
		}
		tt_tally_burst(burst, p, details, times, n);
		burst->frames += n;
	}
	one->frames = burst->frames;
}

static void
bursts_count_what_single_packets_count(void **state)
{
	struct tt_tally *burst = tally_make(100000), *one = tally_make(100000);

	count_both(burst, one, 3000, 200);
	assert_same(burst, one);
	assert_int_equal(burst->pair_shift + burst->contact_shift, 0);
	assert_int_equal(burst->pairs_lost.packets + burst->ports_lost.packets, 0);
	tt_tally_destroy(burst);
	tt_tally_destroy(one);
}

static uint64_t
sum_of_pairs(struct tt_tally *t)
{
	uint64_t sum = 0;

	tt_tally_settle(t);
	for (uint32_t i = 0; i < t->n_pairs; i++)
		sum += tt_tally_pair(t, i)->count.packets;
	return sum;
}

static uint64_t
sum_of_contacts(struct tt_tally *t)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < t->n_contacts; i++)
		sum += tt_tally_contact(t, i)->packets;
	return sum;
}

static uint64_t
sum_of_ports(const struct tt_tally *t)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < t->n_ports; i++)
		sum += tt_tally_port(t, i)->packets;
	return sum;
}

static uint64_t
sum_of_cells(const struct tt_rest *r, uint32_t first, uint32_t end)
{
	uint64_t sum = 0;

	for (uint32_t i = first; i < end; i++)
		sum += r->cells[i].packets;
	return sum;
}

static uint64_t
sum_of_slices(const struct tt_rest *r, enum tt_slice_kind kind)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < r->n_slices; i++)
		if (tt_rest_slice(r, i)->key >> 62 == kind)
			sum += tt_rest_slice(r, i)->count.packets;
	return sum;
}

/* However full: every packet is in a pair, or in a slice, or in the rest of its row. */
static void
assert_nothing_is_lost(struct tt_tally *t)
{
	uint64_t packets = sum_of_cells(&t->rest, TT_CELL_TTL, TT_CELL_TCP_FLAGS);
	uint64_t rows = sum_of_slices(&t->rest, TT_SLICE_COUNTRY);
	uint64_t rest = sum_of_cells(&t->rest, TT_CELL_ROW_REST, TT_CELL_COUNTRY_REST);

	assert_int_equal(packets, t->frames);
	assert_int_equal(sum_of_pairs(t) + rows + rest, packets);
	assert_int_equal(rows + rest, t->pairs_lost.packets);
	assert_int_equal(rest,
			sum_of_cells(&t->rest, TT_CELL_COUNTRY_REST,
					TT_CELL_ATTACKED_REST));
	assert_int_equal(rest > 0, t->rest.slices_lost.packets > 0);
	assert_int_equal(sum_of_contacts(t) + t->contacts_lost.packets, packets);
	assert_int_equal(t->contacts_lost.packets,
			sum_of_cells(&t->rest, TT_CELL_DESTINATION_REST,
					t->rest.n_cells));
	assert_int_equal(t->ports_lost.packets,
			sum_of_cells(&t->rest, TT_CELL_SOURCE_PORT_REST,
					TT_CELL_ROW_REST));
	assert_int_equal(sum_of_ports(t) + t->ports_lost.packets,
			sum_of_cells(&t->rest, TT_CELL_TCP_FLAGS, TT_CELL_TCP_WINDOW)
					+ t->rest.cells[TT_CELL_IP_PROTOCOL
								 + TT_CLASS_UDP * 256
								 + TT_PROTO_UDP]
							  .packets);
}

static void
full_tables_lose_no_packet_in_bursts_or_one_by_one(void **state)
{
	static const uint64_t sources[] = {10, 3000, 100000, UINT32_MAX};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(sources); i++) {
		struct tt_tally *burst = tally_make(1024), *one = tally_make(1024);

		count_both(burst, one, sources[i], 200);
		assert_nothing_is_lost(burst);
		assert_nothing_is_lost(one);
		assert_true(burst->pair_shift > 0 && burst->contact_shift > 0);
		tt_tally_destroy(burst);
		tt_tally_destroy(one);
	}
}

/* Counts `each` packets from each of so many random sources; returns how many were kept. */
static uint32_t
sample(struct tt_tally *t, unsigned sources, unsigned each)
{
	uint64_t base = seed;
	uint32_t kept = 0;

	for (unsigned i = 0; i < sources * each; i++) {
		struct tt_packet p = {.dst = tt_addr_v4(0x0a000001),
				.protocol = TT_PROTO_UDP,
				.has_ports = true,
				.dst_port = 53,
				.ip_bytes = 40};

		p.src = (struct tt_addr){7, tt_hash_mix(base + i % sources)};
		tt_tally_one_ref(t, &p, 0, 1);
	}
	seed += sources;
	tt_tally_settle(t);
	for (uint32_t i = 0; i < t->n_pairs; i++) {
		const struct tt_slot *s = tt_tally_pair(t, i);
		uint64_t hash = tt_sample_hash(t->secret, tt_sketch_hash(s->src));

		if (!tt_sampled(hash, t->pair_shift))
			continue;
		kept++;
		assert_int_equal(s->count.packets, each);
	}
	return kept;
}

/* Of a source that is kept, everything is; and the mean of many estimates is the truth. */
static void
sampled_sources_are_whole_and_their_number_is_unbiased(void **state)
{
	enum {
		SOURCES = 7000,
		ROUNDS = 200
	};
	struct tt_tally_config config = tally_bed(1024);
	struct tt_tally *t;
	double sum = 0, variance = 0, mean;

	config.secret = draw(UINT64_MAX);
	assert_int_equal(tt_tally_create(&t, &config, tt_mem_heap(), NULL), 0);
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint64_t kept = sample(t, SOURCES, 2);

		sum += (double)(kept << t->pair_shift);
		variance += (double)SOURCES * ((1u << t->pair_shift) - 1);
		assert_true(t->pair_shift >= 3 && t->pair_shift <= 5);
		tt_tally_reset(t);
	}
	mean = sum / ROUNDS;
	variance /= (double)ROUNDS * ROUNDS;
	assert_true(mean > SOURCES - 4 * __builtin_sqrt(variance));
	assert_true(mean < SOURCES + 4 * __builtin_sqrt(variance));
	tt_tally_destroy(t);
}

/* Who chooses addresses whose public hash begins with zeros gains nothing where there is a secret,
 * and where there is none the rate goes no further than it may. */
static void
chosen_sources_neither_stay_nor_overflow_the_rate(void **state)
{
	for (unsigned secret = 0; secret < 2; secret++) {
		struct tt_tally_config config = tally_bed(1024);
		struct tt_tally *t;

		config.secret = secret * UINT64_C(0x123456789abcdef);
		assert_int_equal(tt_tally_create(&t, &config, tt_mem_heap(), NULL), 0);
		for (uint64_t i = 0; i < 20000; i++) {
			/* hi chosen so that lo ^ mix(hi ^ seed) is 0: the sketch's hash is 0. */
			struct tt_packet p = {.dst = tt_addr_v4(0x0a000001),
					.protocol = 47,
					.ip_bytes = 40};

			p.src.hi = i + 1;
			p.src.lo = tt_hash_mix(p.src.hi ^ TT_SKETCH_SEED);
			assert_int_equal(tt_sketch_hash(p.src), 0);
			tt_tally_one_ref(t, &p, 0, 1);
			t->frames++;
		}
		if (secret == 0)
			assert_int_equal(t->pair_shift, TT_SAMPLE_SHIFT_MAX);
		assert_true(t->pair_shift <= TT_SAMPLE_SHIFT_MAX);
		assert_nothing_is_lost(t);
		tt_tally_destroy(t);
	}
}

static void
chosen_keys_do_not_share_a_home_where_there_is_a_seed(void **state)
{
	struct tt_tally_config config = tally_bed(100000);
	uint64_t low[2] = {0};
	struct tt_tally *t;

	config.seed = draw(UINT64_MAX) | 1;
	assert_int_equal(tt_tally_create(&t, &config, tt_mem_heap(), NULL), 0);
	for (unsigned i = 0; i < 60000; i++) {
		struct tt_packet p = {.dst = tt_addr_v4(0x0a000001),
				.protocol = TT_PROTO_UDP,
				.has_ports = true,
				.dst_port = (uint16_t)i,
				.ip_bytes = 40};
		tt_target_key key = tt_target_key_of(&p);

		/* The same tt_hash_3 of source and key for all. */
		p.src = (struct tt_addr){UINT64_C(0x20010db8) << 32,
				-UINT64_C(0xd1b54a32d192ed03) * key};
		tt_tally_one_ref(t, &p, 0, 1);
	}
	for (uint32_t i = 0; i < t->n_pairs; i++)
		low[t->pairs_at[i] < t->pair_mask / 2]++;
	assert_true(low[0] > t->n_pairs / 3 && low[1] > t->n_pairs / 3);
	tt_tally_destroy(t);
}

static void
the_heavier_of_two_sums_stays_a_talker(void **state)
{
	struct tt_rest whole, part;
	struct tt_tally *t = tally_make(1024);
	uint64_t kept = 0;

	assert_int_equal(tt_rest_init(&whole, &t->rest.config, tt_mem_heap()), 0);
	for (unsigned i = 0; i < 4000; i++) {
		struct tt_count heavy = {1000000 + i, 1};
		struct tt_addr src = tt_addr_v4(i + 1);

		tt_rest_add_pair(i < 200 ? &whole : &t->rest, src, tt_sketch_hash(src), 0,
				0, i < 200 ? heavy : (struct tt_count){2, 1});
	}
	assert_int_equal(tt_rest_compact(&part, &t->rest), 0);
	for (uint32_t i = 0; i < whole.n_talkers; i++)
		kept += tt_rest_talker(&whole, i)->packets >= 1000000;
	tt_rest_add(&whole, &part);
	for (uint32_t i = 0; i < whole.n_talkers; i++)
		kept -= tt_rest_talker(&whole, i)->packets >= 1000000;
	assert_int_equal(kept, 0);
	tt_rest_fini(&part);
	tt_rest_fini(&whole);
	tt_tally_destroy(t);
}

/* Gives memory until a number of times, then none. */
static unsigned gives;

static void *
failing_alloc(struct tt_mem *mem, size_t bytes, const char *purpose)
{
	char *block;

	if (gives-- == 0)
		return NULL;
	/* What is given is not what free() takes. */
	block = aligned_alloc(TT_CACHE_LINE, (bytes / TT_CACHE_LINE + 2) * TT_CACHE_LINE);
	memset(block, 0, bytes + TT_CACHE_LINE);
	return block + TT_CACHE_LINE;
}

static void
failing_free(struct tt_mem *mem, void *ptr, size_t bytes)
{
	free((char *)ptr - TT_CACHE_LINE);
}

static void
short_memory_is_said_and_given_back(void **state)
{
	struct tt_mem mem = {failing_alloc, failing_free};
	struct tt_tally_config config = tally_bed(1024);

	for (unsigned n = 0; n < 15; n++) {
		struct tt_tally *t;

		gives = n;
		assert_int_equal(tt_tally_create(&t, &config, &mem, NULL), -12);
	}
}

static void
what_is_heavy_stays_among_the_talkers_and_source_ports_of_a_flood(void **state)
{
	struct tt_tally *t = tally_make(1024);
	struct tt_packet heavy = {.src = tt_addr_v4(0xc6336407),
			.dst = tt_addr_v4(0x0a000001),
			.protocol = TT_PROTO_TCP,
			.tcp_flags = TT_TCP_SYN,
			.has_ports = true,
			.src_port = 6000,
			.dst_port = 1521,
			.ip_bytes = 40};
	uint64_t talked = 0, from_port = 0;

	for (unsigned i = 0; i < 400000; i++) {
		struct tt_packet p = heavy;

		if (i % 20 != 0 || i < 100000) {
			p.src = tt_addr_v4((uint32_t)draw(UINT32_MAX));
			p.src_port = (uint16_t)draw(65536);
			p.dst_port = (uint16_t)draw(65536);
		}
		tt_tally_one_ref(t, &p, 0, 1);
	}
	tt_tally_settle(t);
	for (uint32_t i = 0; i < t->rest.n_talkers; i++)
		if (tt_addr_cmp(tt_rest_talker(&t->rest, i)->src, heavy.src) == 0)
			talked += tt_rest_talker(&t->rest, i)->packets;
	for (uint32_t i = 0; i < t->n_pairs; i++)
		if (tt_addr_cmp(tt_tally_pair(t, i)->src, heavy.src) == 0)
			talked += tt_tally_pair(t, i)->count.packets;
	for (uint32_t i = 0; i < t->n_ports; i++)
		if ((tt_tally_port(t, i)->key & 0xffff) == 6000)
			from_port += tt_tally_port(t, i)->packets;
	assert_in_range(talked, 14000, 15100);
	assert_in_range(from_port, 14000, 15100);
	tt_tally_destroy(t);
}

static void
a_reset_tally_is_as_new(void **state)
{
	static const uint64_t sources[] = {20, 100000};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(sources); i++) {
		struct tt_tally *fresh = tally_make(2000), *used = tally_make(2000),
				*other = tally_make(2000);

		count_both(used, other, sources[i], 40);
		used->fates[TT_FATE_ARP] = 3;
		used->late = 4;
		used->owner = 5;
		tt_tally_reset(used);
		assert_same(used, fresh);
		assert_int_equal(used->frames + used->late + used->fates[TT_FATE_ARP], 0);
		assert_int_equal(used->owner, 5);
		assert_int_equal(sum_of_cells(&used->rest, 0, used->rest.n_cells), 0);
		tt_tally_destroy(fresh);
		tt_tally_destroy(used);
		tt_tally_destroy(other);
	}
}

static void
assert_adds_up_to(const struct tt_rest *part, const struct tt_rest *whole)
{
	struct tt_rest sum;

	assert_int_equal(tt_rest_init(&sum, &whole->config, tt_mem_heap()), 0);
	tt_rest_add(&sum, part);
	assert_memory_equal(sum.cells, whole->cells, sum.n_cells * sizeof(*sum.cells));
	assert_memory_equal(sum.registers, whole->registers, sum.n_registers);
	assert_int_equal(sum_of_slices(&sum, TT_SLICE_COUNTRY),
			sum_of_slices(whole, TT_SLICE_COUNTRY));
	tt_rest_fini(&sum);
}

static void
a_compact_copy_holds_the_same_counts(void **state)
{
	struct tt_tally *full = tally_make(1024), *one = tally_make(1024), *copy;

	count_both(full, one, 100000, 20);
	copy = tt_tally_compact(full);
	assert_non_null(copy);
	assert_true(tt_tally_is_compact(copy));
	assert_false(tt_tally_is_compact(full));
	assert_int_equal(copy->n_pairs, full->n_pairs);
	for (uint32_t i = 0; i < full->n_pairs; i++)
		assert_memory_equal(tt_tally_pair(copy, i), tt_tally_pair(full, i),
				sizeof(*full->slots));
	assert_int_equal(sum_of_contacts(copy), sum_of_contacts(full));
	assert_int_equal(sum_of_ports(copy), sum_of_ports(full));
	assert_int_equal(copy->pairs_lost.packets, full->pairs_lost.packets);
	assert_adds_up_to(&copy->rest, &full->rest);
	assert_true(tt_tally_compact_bytes(copy) > full->n_pairs * 64);
	tt_tally_destroy(copy);
	tt_tally_destroy(full);
	tt_tally_destroy(one);
}

static int
by_pair(const void *a, const void *b)
{
	const struct tt_slot *x = a, *y = b;
	int order = tt_addr_cmp(x->src, y->src);

	if (order == 0)
		order = x->key < y->key ? -1 : x->key > y->key;
	return order != 0 ? order : x->detail < y->detail ? -1 : x->detail > y->detail;
}

static void
joined_parts_hold_what_one_tally_would_have_counted(void **state)
{
	struct tt_tally *whole = tally_make(100000);
	struct tt_tally *parts[2] = {tally_make(100000), tally_make(100000)};
	struct tt_tally *compact[2], *joined;

	for (unsigned i = 0; i < 20000; i++) {
		struct tt_packet p = random_packet(300);
		tt_detail detail = random_detail(&p);
		int64_t time_us = (int64_t)draw(1000000);

		tt_tally_one_ref(whole, &p, detail, time_us);
		tt_tally_one_ref(parts[i % 2], &p, detail, time_us);
	}
	for (unsigned i = 0; i < 2; i++) {
		parts[i]->frames = 10000;
		parts[i]->late = 1 + i;
		parts[i]->first_us = 5 - i;
		parts[i]->last_us = 7 + i;
		compact[i] = tt_tally_compact(parts[i]);
	}
	joined = tt_tally_join(compact[0], compact[1]);
	assert_non_null(joined);
	assert_int_equal(joined->n_pairs, whole->n_pairs);
	assert_int_equal(joined->n_contacts, whole->n_contacts);
	assert_int_equal(joined->n_ports, whole->n_ports);
	assert_int_equal(joined->frames, 20000);
	assert_int_equal(joined->late, 3);
	assert_int_equal(joined->first_us, 4);
	assert_int_equal(joined->last_us, 8);
	assert_memory_equal(joined->tested, whole->tested, sizeof(whole->tested));
	assert_memory_equal(joined->matched, whole->matched, sizeof(whole->matched));
	assert_adds_up_to(&joined->rest, &whole->rest);
	tt_tally_destroy(compact[0]);
	compact[0] = tt_tally_compact(whole);
	qsort(compact[0]->slots, compact[0]->n_pairs, sizeof(*compact[0]->slots),
			by_pair);
	assert_memory_equal(joined->slots, compact[0]->slots,
			joined->n_pairs * sizeof(*joined->slots));
	tt_tally_destroy(joined);
	tt_tally_destroy(whole);
	for (unsigned i = 0; i < 2; i++) {
		tt_tally_destroy(compact[i]);
		tt_tally_destroy(parts[i]);
	}
}

static void
rows_and_keys_are_two_ways_to_say_the_same(void **state)
{
	for (uint32_t i = 0; i < TT_N_ROWS; i++) {
		tt_target_key key;
		tt_detail detail;

		tt_row_key(i, &key, &detail);
		assert_int_equal(tt_row_index(key, detail), i);
	}
	for (unsigned i = 0; i < 100000; i++) {
		struct tt_packet p = random_packet(10);
		tt_target_key key = tt_target_key_of(&p), back_key;
		tt_detail detail = random_detail(&p), back;

		tt_row_key(tt_row_index(key, detail), &back_key, &back);
		assert_int_equal(back_key, key);
		assert_int_equal(back, detail & TT_DETAIL_BACKSCATTER);
	}
}

static void
targets_have_an_index_each(void **state)
{
	for (uint32_t i = 0; i < TT_N_TARGETS; i++) {
		struct tt_target t = tt_target_of_index(i);

		assert_int_equal(tt_target_index(tt_target_key_make(t, TT_CLASS_OTHER)),
				i);
	}
}

static void
cells_of_distributions_do_not_meet(void **state)
{
	uint8_t *seen = calloc(TT_N_FIXED_CELLS, 1);

	for (unsigned d = 0; d < TT_N_DISTRIBUTIONS; d++) {
		if (d == TT_DIST_TCP_FLAGS)
			continue;
		for (unsigned c = 0; c < TT_N_CLASSES; c++)
			for (uint32_t v = 0; v < tt_distribution_values(d); v++) {
				int64_t cell = tt_distribution_cell(d, c, v);

				assert_true(cell < TT_CELL_ROW_REST);
				assert_true(cell < 0 || seen[cell]++ == 0);
			}
	}
	for (uint32_t i = 0; i < TT_CELL_ROW_REST; i++)
		assert_int_equal(seen[i], 1);
	free(seen);
}

static void
keys_of_source_ports_and_contacts_come_apart_again(void **state)
{
	const struct tt_tally_config bed = tally_bed(1024);
	tt_target_key key = tt_target_key_make(
			(struct tt_target){TT_PROTO_UDP, 65535, 0}, TT_CLASS_UDP);
	struct tt_addr v6 = {UINT64_C(0x20010db800000000), UINT64_C(5) << 48};

	assert_int_equal(tt_port_key_target(tt_port_key(key, 65535)), key);
	for (uint32_t i = 0; i < 256; i++) {
		uint64_t to = tt_contact_key(bed.destinations, tt_addr_v4(0xc0000200 + i),
				TT_CLASS_OTHER);

		assert_int_equal(tt_contact_class(to), TT_CLASS_OTHER);
		assert_int_equal(tt_contact_unit(bed.destinations, to),
				tt_units_index(bed.destinations,
						tt_addr_v4(0xc0000200 + i)));
	}
	assert_int_equal(tt_contact_unit(bed.destinations,
					 tt_contact_key(bed.destinations, v6, 0)),
			tt_units_index(bed.destinations, v6));
}

static void
too_few_pairs_are_refused(void **state)
{
	struct tt_tally_config config = tally_bed(TT_PAIRS_MIN - 1);
	struct tt_tally *t;
	struct tt_error err = {0};

	assert_true(tt_tally_create(&t, &config, tt_mem_heap(), &err) < 0);
	assert_string_equal(err.where, "pairs");
}

/* Counts what is taken. */
static size_t taken;

static void *
counting_alloc(struct tt_mem *mem, size_t bytes, const char *purpose)
{
	taken += bytes;
	return tt_mem_heap()->alloc(tt_mem_heap(), bytes, purpose);
}

static void
counting_free(struct tt_mem *mem, void *ptr, size_t bytes)
{
	taken -= bytes;
	tt_mem_heap()->free(tt_mem_heap(), ptr, bytes);
}

static void
a_tally_takes_the_bytes_that_it_says_and_gives_all_back(void **state)
{
	struct tt_mem mem = {counting_alloc, counting_free};
	struct tt_tally_config config = tally_bed(5000);
	struct tt_tally *t;
	uint64_t budget = 400 << 20;

	assert_int_equal(tt_tally_create(&t, &config, &mem, NULL), 0);
	assert_int_equal(taken, tt_tally_bytes(&config));
	tt_tally_destroy(t);
	assert_int_equal(taken, 0);
	config.pairs = tt_tally_pairs_for(&config, budget);
	assert_true(config.pairs > 100000 && tt_tally_bytes(&config) <= budget);
	config.pairs *= 2;
	assert_true(tt_tally_bytes(&config) > budget);
	assert_int_equal(tt_tally_pairs_for(&config, 1 << 20), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(bursts_count_what_single_packets_count),
			cmocka_unit_test(
					full_tables_lose_no_packet_in_bursts_or_one_by_one),
			cmocka_unit_test(
					sampled_sources_are_whole_and_their_number_is_unbiased),
			cmocka_unit_test(
					chosen_sources_neither_stay_nor_overflow_the_rate),
			cmocka_unit_test(
					chosen_keys_do_not_share_a_home_where_there_is_a_seed),
			cmocka_unit_test(the_heavier_of_two_sums_stays_a_talker),
			cmocka_unit_test(short_memory_is_said_and_given_back),
			cmocka_unit_test(
					what_is_heavy_stays_among_the_talkers_and_source_ports_of_a_flood),
			cmocka_unit_test(a_reset_tally_is_as_new),
			cmocka_unit_test(a_compact_copy_holds_the_same_counts),
			cmocka_unit_test(
					joined_parts_hold_what_one_tally_would_have_counted),
			cmocka_unit_test(rows_and_keys_are_two_ways_to_say_the_same),
			cmocka_unit_test(targets_have_an_index_each),
			cmocka_unit_test(cells_of_distributions_do_not_meet),
			cmocka_unit_test(
					keys_of_source_ports_and_contacts_come_apart_again),
			cmocka_unit_test(too_few_pairs_are_refused),
			cmocka_unit_test(
					a_tally_takes_the_bytes_that_it_says_and_gives_all_back),
	};
	const char *given = getenv("TT_SEED");

	seed = given != NULL ? strtoull(given, NULL, 0) : (uint64_t)(uintptr_t)&tests;
	fprintf(stderr, "TT_SEED=0x%llx\n", (unsigned long long)seed);
	return cmocka_run_group_tests_name("tally", tests, NULL, NULL);
}
