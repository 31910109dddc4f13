/* SPDX-License-Identifier: BSD-3-Clause */
/* What full tables keep, and that nothing else is lost. */
#include "tally_packets.h"
#include "tt_tally_place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static int
by_talker(const void *a, const void *b)
{
	const struct tt_entry *x = a, *y = b;
	int order = tt_addr_cmp(x->src, y->src);

	return order != 0 ? order : x->key < y->key ? -1 : x->key > y->key;
}

/* No talker has two slots, so that none is counted where it does not stand; and none loses a packet. */
static void
assert_talkers_are_whole(const struct tt_tally *t)
{
	const uint32_t n = t->rest.n_talkers;
	struct tt_entry *all = calloc(n + 1, sizeof(*all));
	uint64_t packets = t->rest.talkers_lost.packets;

	assert_non_null(all);
	for (uint32_t i = 0; i < n; i++) {
		all[i] = *tt_rest_talker(&t->rest, i);
		packets += all[i].packets;
	}
	qsort(all, n, sizeof(*all), by_talker);
	for (uint32_t i = 1; i < n; i++)
		assert_true(by_talker(&all[i - 1], &all[i]) < 0);
	assert_int_equal(packets, t->pairs_lost.packets);
	free(all);
}

/* However full: every packet is in a pair, or in a slice, or in the rest of its row. */
static void
assert_nothing_is_lost(struct tt_tally *t)
{
	uint64_t packets, rows, rest;

	tt_tally_settle(t);
	packets = sum_of_cells(&t->rest, TT_CELL_TTL, TT_CELL_TCP_FLAGS);
	rows = sum_of_slices(&t->rest, TT_SLICE_COUNTRY);
	rest = sum_of_cells(&t->rest, TT_CELL_ROW_REST, TT_CELL_COUNTRY_REST);
	assert_int_equal(packets, t->frames);
	assert_int_equal(sum_of_pairs(t) + rows + rest, packets);
	assert_int_equal(rows + rest, t->pairs_lost.packets);
	assert_int_equal(rest,
			sum_of_cells(&t->rest, TT_CELL_COUNTRY_REST,
					TT_CELL_ATTACKED_REST));
	assert_int_equal(rest > 0, t->rest.slices_lost.packets > 0);
	assert_talkers_are_whole(t);
	assert_int_equal(sum_of_contacts(t) + t->contacts_lost.packets, packets);
	assert_int_equal(t->contacts_lost.packets,
			sum_of_cells(&t->rest, TT_CELL_DESTINATION_REST,
					t->rest.n_cells));
	assert_int_equal(t->ports_lost.packets,
			sum_of_cells(&t->rest, TT_CELL_SOURCE_PORT_REST,
					TT_CELL_DESTINATION_REST));
	assert_int_equal(sum_of_ports(t) + t->ports_lost.packets,
			sum_of_cells(&t->rest, TT_CELL_TCP_FLAGS, TT_CELL_TCP_WINDOW)
					+ sum_of_cells(&t->rest,
							TT_CELL_TTL + TT_CLASS_UDP * 256,
							TT_CELL_TTL + TT_CLASS_UDP * 256
									+ 256));
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

/* Sketches of targets and countries, of packets that waited and of those that did not. */
static void
packets_that_wait_raise_the_same_registers(void **state)
{
	struct tt_tally *burst = tally_make(1024), *one = tally_make(1024);

	count_both(burst, one, UINT32_MAX, 200);
	tt_tally_settle(burst);
	tt_tally_settle(one);
	assert_true(burst->pair_shift > 0);
	assert_memory_equal(
			burst->rest.registers, one->rest.registers, TT_REGISTERS_PREFIX);
	tt_tally_destroy(burst);
	tt_tally_destroy(one);
}

/* Counts `each` packets from each of so many random sources; returns how many were kept. */
static uint32_t
sample(struct tt_tally *t, unsigned sources, unsigned each)
{
	uint64_t base = draw_state;
	uint32_t kept = 0;

	for (unsigned i = 0; i < sources * each; i++) {
		struct tt_packet p = {.dst = tt_addr_v4(0x0a000001),
				.protocol = TT_PROTO_UDP,
				.has_ports = true,
				.dst_port = 53,
				.ip_version = 6,
				.ip_bytes = 40};

		p.src = (struct tt_addr){7, tt_hash_mix(base + i % sources)};
		tt_tally_one_ref(t, &p, 0, 1);
	}
	draw_state += sources;
	tt_tally_settle(t);
	for (uint32_t i = 0; i < t->n_pairs; i++) {
		const struct tt_slot *s = tt_tally_pair(t, i);
		uint64_t hash = tt_sample_hash(t->secret, tt_sketch_hash(tt_slot_src(s)));

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
					.ip_version = 6,
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

/* Every pair is visited before the rate falls again, in whatever order. */
static void
the_rate_falls_when_no_pair_is_left_that_is_not_sampled(void **state)
{
	struct tt_tally *t = tally_make(3000);

	for (uint32_t i = 0; t->pair_shift < 2; i++) {
		const struct tt_packet p = {.src = tt_addr_v4(i),
				.dst = tt_addr_v4(0xc0000201),
				.ip_version = 4,
				.protocol = TT_PROTO_TCP,
				.has_ports = true,
				.ip_bytes = 40};

		tt_tally_one_ref(t, &p, 0, 1);
	}
	assert_int_equal(t->n_pairs, 3000);
	for (uint32_t i = 0; i < t->n_pairs; i++)
		assert_true(tt_sampled(
				tt_tally_sample_hash(t, tt_slot_src(&t->slots[i])), 1));
	tt_tally_destroy(t);
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
				.ip_version = 6,
				.ip_bytes = 40};
		tt_target_key key = tt_target_key_of(&p);

		/* The same tt_hash_3 of source and key for all. */
		p.src = (struct tt_addr){UINT64_C(0x20010db8) << 32,
				-UINT64_C(0xd1b54a32d192ed03) * key};
		tt_tally_one_ref(t, &p, 0, 1);
	}
	for (uint32_t i = 0; i < t->n_pairs; i++)
		low[(tt_pair_hash(t, tt_slot_src(&t->slots[i]), t->slots[i].key,
				     t->slots[i].detail)
				    & t->pair_lines.mask)
				< t->pair_lines.mask / 2]++;
	assert_true(low[0] > t->n_pairs / 3 && low[1] > t->n_pairs / 3);
	tt_tally_destroy(t);
}

/* Floors may pass over what raises nothing, and nothing else. Of sources that are kept (one in 2^shift) none comes
 * before the last ones. */
static void
check_floors(unsigned shift)
{
	struct tt_tally *t = tally_make(1024), *plain = tally_make(1024);
	const struct tt_addr dst = tt_addr_v4(0xc6120001);

	for (uint32_t i = 0; i < 400000; i++) {
		const struct tt_addr src = tt_addr_v4(i * 2654435761u);
		const uint64_t hash = tt_sketch_hash(src);
		struct tt_rest_pair pair = {.src = src, .count = {1, 40}};
		struct tt_rest_contact contact = {.src = src, .dst = dst, .packets = 1};

		if (shift != 0 && tt_sampled(hash, shift) && i < 390000)
			continue;
		tt_rest_add_pairs(&t->rest, &pair, 1);
		tt_rest_add_contacts(&t->rest, &contact, 1);
		tt_rest_sketch(&plain->rest,
				TT_REGISTERS_TARGET
						+ (TT_TARGET_OTHER << (TT_SKETCH_P_TARGET
								   + 1)),
				TT_SKETCH_P_TARGET, hash);
		tt_rest_sketch(&plain->rest, TT_REGISTERS_ALL, TT_SKETCH_P_ALL, hash);
		tt_rest_sketch(&plain->rest, TT_REGISTERS_COUNTRY, TT_SKETCH_P_COUNTRY,
				hash);
		tt_rest_sketch(&plain->rest,
				TT_REGISTERS_PREFIX
						+ (tt_units_index(plain->rest.config
										   .prefixes,
								   dst)
								<< TT_SKETCH_P_PREFIX),
				TT_SKETCH_P_PREFIX, hash);
	}
	assert_true(t->rest.floors[TT_FLOOR_ALL].rho > 0);
	assert_true(t->rest.floors[TT_FLOOR_COUNTRY].rho > 2);
	assert_int_equal(t->rest.floors[TT_FLOOR_COUNTRY].from,
			shift != 0 ? 1u << TT_SKETCH_P_COUNTRY >> shift : 0);
	assert_int_equal(t->rest.n_registers, plain->rest.n_registers);
	assert_memory_equal(
			t->rest.registers, plain->rest.registers, t->rest.n_registers);
	assert_memory_equal(t->rest.registers_used, plain->rest.registers_used,
			tt_rest_register_blocks(&t->rest));
	tt_tally_reset(t);
	assert_int_equal(t->rest.floors[TT_FLOOR_ALL].rho, 0);
	tt_tally_destroy(t);
	tt_tally_destroy(plain);
}

static void
floors_leave_registers_as_they_would_be(void **state)
{
	check_floors(0);
}

static void
floors_rise_without_the_registers_of_sources_that_are_kept(void **state)
{
	check_floors(1);
	check_floors(3);
	check_floors(9);
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
		struct tt_rest_pair pair = {.src = tt_addr_v4(i + 1),
				.count = i < 200 ? heavy : (struct tt_count){2, 1}};

		tt_rest_add_pairs(i < 200 ? &whole : &t->rest, &pair, 1);
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
		if (tt_addr_cmp(tt_slot_src(tt_tally_pair(t, i)), heavy.src) == 0)
			talked += tt_tally_pair(t, i)->count.packets;
	for (uint32_t i = 0; i < tt_tally_ports_end(t); i++)
		if ((tt_tally_port(t, i)->key & 0xffff) == 6000)
			from_port += tt_tally_port(t, i)->packets;
	assert_in_range(talked, 14000, 15100);
	assert_in_range(from_port, 14000, 15100);
	tt_tally_destroy(t);
}

struct row_id {
	uint64_t id; /* home and tag of its slice */
	uint32_t row;
};

static int
by_id(const void *a, const void *b)
{
	const struct row_id *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* Two rows whose slices of a country the index does not tell apart. */
static void
find_look_alikes(const struct tt_rest *r, tt_country country, uint32_t rows[2])
{
	const uint32_t n = TT_N_ROWS;
	struct row_id *all = calloc(n, sizeof(*all));

	assert_non_null(all);
	for (uint32_t row = 0; row < n; row++) {
		const uint64_t hash = tt_rest_slice_hash(
				r, tt_slice_country(row, country));

		all[row] = (struct row_id){(hash & r->slice_lines.mask)
						| (uint64_t)tt_pair_tag(hash) << 32,
				row};
	}
	qsort(all, n, sizeof(*all), by_id);
	for (uint32_t i = 1; i < n; i++)
		if (all[i].id == all[i - 1].id) {
			rows[0] = all[i - 1].row;
			rows[1] = all[i].row;
			free(all);
			return;
		}
	fail();
}

static uint64_t
packets_of_slice(const struct tt_rest *r, uint64_t key)
{
	uint64_t packets = 0;

	for (uint32_t i = 0; i < r->n_slices; i++)
		packets += tt_rest_slice(r, i)->key == key
				? tt_rest_slice(r, i)->count.packets
				: 0;
	return packets;
}

static void
a_slice_is_not_taken_for_one_that_looks_alike(void **state)
{
	struct tt_tally *t = tally_make(1024);
	struct tt_rest *r = &t->rest;
	const struct tt_addr src = tt_addr_v4(0x01020304);
	const tt_country country = tt_geo_country(r->config.geo, src);
	uint32_t rows[2] = {0};

	find_look_alikes(r, country, rows);
	for (unsigned i = 0; i < 4; i++) {
		struct tt_rest_pair p = {.src = src, .count = {1 + i % 2, 40}};

		tt_row_key(rows[i % 2], &p.key, &p.detail);
		tt_rest_add_pairs(r, &p, 1);
	}
	assert_int_equal(r->n_slices, 2);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(packets_of_slice(r, tt_slice_country(rows[i], country)),
				2 * (1 + i));
	tt_tally_destroy(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(a_slice_is_not_taken_for_one_that_looks_alike),
			cmocka_unit_test(
					full_tables_lose_no_packet_in_bursts_or_one_by_one),
			cmocka_unit_test(packets_that_wait_raise_the_same_registers),
			cmocka_unit_test(
					sampled_sources_are_whole_and_their_number_is_unbiased),
			cmocka_unit_test(
					chosen_sources_neither_stay_nor_overflow_the_rate),
			cmocka_unit_test(
					the_rate_falls_when_no_pair_is_left_that_is_not_sampled),
			cmocka_unit_test(
					chosen_keys_do_not_share_a_home_where_there_is_a_seed),
			cmocka_unit_test(floors_leave_registers_as_they_would_be),
			cmocka_unit_test(
					floors_rise_without_the_registers_of_sources_that_are_kept),
			cmocka_unit_test(the_heavier_of_two_sums_stays_a_talker),
			cmocka_unit_test(
					what_is_heavy_stays_among_the_talkers_and_source_ports_of_a_flood),
	};

	draw_state = choose_seed();
	return cmocka_run_group_tests_name("tally_full", tests, NULL, NULL);
}
