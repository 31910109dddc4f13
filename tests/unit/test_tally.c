/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_tally.h"

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
	struct tt_packet p = {.src = tt_addr_v4((uint32_t)draw(n_sources)),
			.dst = tt_addr_v4(1),
			.ip_version = 4,
			.protocol = protocols[draw(TT_ARRAY_SIZE(protocols))],
			.ttl = (uint8_t)draw(256),
			.ip_bytes = (uint32_t)draw(70000),
			.encap = (uint8_t)draw(TT_N_ENCAPS)};

	p.later_fragment = p.fragment = draw(10) == 0;
	if (p.later_fragment)
		return p;
	p.has_ports = p.protocol == TT_PROTO_TCP || p.protocol == TT_PROTO_UDP;
	p.has_icmp = p.protocol == TT_PROTO_ICMP || p.protocol == TT_PROTO_ICMPV6;
	p.dst_port = (uint16_t)(p.has_ports ? draw(50) : 0);
	p.tcp_flags = (uint16_t)(p.protocol == TT_PROTO_TCP ? draw(4096) : 0);
	p.icmp_type = (uint8_t)(p.has_icmp ? draw(20) : 0);
	p.icmp_code = (uint8_t)(p.has_icmp ? draw(5) : 0);
	return p;
}

static struct tt_tally *
make(uint64_t pairs)
{
	struct tt_tally *t = NULL;

	assert_int_equal(tt_tally_create(&t, pairs, tt_mem_heap(), NULL), 0);
	return t;
}

static void
assert_same(const struct tt_tally *a, const struct tt_tally *b)
{
	assert_int_equal(a->n_used, b->n_used);
	assert_memory_equal(a->used, b->used, a->n_used * sizeof(*a->used));
	assert_memory_equal(a->slots, b->slots, (a->mask + 1) * sizeof(*a->slots));
	assert_memory_equal(a->cells, b->cells, TT_N_CELLS * sizeof(*a->cells));
	assert_memory_equal(
			a->overflow, b->overflow, TT_N_OVERFLOW * sizeof(*a->overflow));
	assert_int_equal(a->overflow_packets, b->overflow_packets);
}

static void
count_both(struct tt_tally *burst, struct tt_tally *one, uint64_t n_sources,
		unsigned n_bursts)
{
	for (unsigned i = 0; i < n_bursts; i++) {
		struct tt_packet p[TT_TALLY_BURST];
		int64_t times[TT_TALLY_BURST];
		unsigned n = (unsigned)draw(TT_TALLY_BURST + 1);

		for (unsigned k = 0; k < n; k++) {
			p[k] = random_packet(n_sources);
			times[k] = (int64_t)draw(1000000);
			tt_tally_one_ref(one, &p[k], times[k]);
		}
		tt_tally_burst(burst, p, times, n);
	}
}

static void
bursts_count_what_single_packets_count(void **state)
{
	struct tt_tally *burst = make(100000), *one = make(100000);

	count_both(burst, one, 3000, 200);
	assert_same(burst, one);
	assert_int_equal(burst->overflow_packets, 0);
	tt_tally_destroy(burst);
	tt_tally_destroy(one);
}

static uint64_t
packets_in_slots(const struct tt_tally *t)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < t->n_used; i++)
		sum += t->slots[t->used[i]].count.packets;
	return sum;
}

static void
a_full_table_counts_by_target_and_loses_no_packet(void **state)
{
	struct tt_tally *burst = make(500), *one = make(500);
	uint64_t overflow = 0, by_protocol = 0;

	count_both(burst, one, 100000, 100);
	assert_same(burst, one);
	assert_int_equal(burst->n_used, 500);
	for (uint32_t i = 0; i < TT_N_OVERFLOW; i++)
		overflow += burst->overflow[i].packets;
	for (uint32_t i = 0; i < 256; i++)
		by_protocol += burst->cells[TT_CELL_IP_PROTOCOL + i].packets;
	assert_true(overflow > 0);
	assert_int_equal(overflow, burst->overflow_packets);
	assert_int_equal(packets_in_slots(burst) + overflow, by_protocol);
	tt_tally_destroy(burst);
	tt_tally_destroy(one);
}

static void
a_reset_tally_is_as_new(void **state)
{
	static const uint64_t sources[] = {20, 100000};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(sources); i++) {
		struct tt_tally *fresh = make(2000), *used = make(2000),
				*other = make(2000);

		count_both(used, other, sources[i], 20);
		used->frames = 1; /* as the pipeline would have set it */
		used->fates[TT_FATE_ARP] = 3;
		used->late = 4;
		tt_tally_reset(used);
		assert_same(used, fresh);
		assert_int_equal(used->frames + used->late + used->fates[TT_FATE_ARP], 0);
		tt_tally_destroy(fresh);
		tt_tally_destroy(used);
		tt_tally_destroy(other);
	}
}

static void
a_compact_copy_holds_the_same_counts(void **state)
{
	struct tt_tally *full = make(500), *one = make(500), *copy;
	struct tt_count *cells = calloc(TT_N_CELLS, sizeof(*cells));
	struct tt_count *overflow = calloc(TT_N_OVERFLOW, sizeof(*overflow));

	count_both(full, one, 100000, 20);
	copy = tt_tally_compact(full);
	assert_non_null(copy);
	assert_true(tt_tally_is_compact(copy));
	assert_false(tt_tally_is_compact(full));
	assert_int_equal(copy->n_used, full->n_used);
	for (uint32_t i = 0; i < full->n_used; i++)
		assert_memory_equal(&copy->slots[copy->used[i]],
				&full->slots[full->used[i]], sizeof(*full->slots));
	tt_tally_add_cells(copy, cells);
	tt_tally_add_overflow(copy, overflow);
	assert_memory_equal(cells, full->cells, TT_N_CELLS * sizeof(*cells));
	assert_memory_equal(overflow, full->overflow, TT_N_OVERFLOW * sizeof(*overflow));
	free(cells);
	free(overflow);
	tt_tally_destroy(copy);
	tt_tally_destroy(full);
	tt_tally_destroy(one);
}

static int
by_pair(const void *a, const void *b)
{
	const struct tt_slot *x = a, *y = b;
	int order = tt_addr_cmp(x->src, y->src);

	return order != 0 ? order : x->key < y->key ? -1 : x->key > y->key;
}

static void
joined_parts_hold_what_one_tally_would_have_counted(void **state)
{
	struct tt_tally *whole = make(100000), *parts[2] = {make(100000), make(100000)};
	struct tt_tally *compact[2], *joined;
	struct tt_count *cells = calloc(TT_N_CELLS, sizeof(*cells));

	for (unsigned i = 0; i < 20000; i++) {
		struct tt_packet p = random_packet(300);
		int64_t time_us = (int64_t)draw(1000000);

		tt_tally_one_ref(whole, &p, time_us);
		tt_tally_one_ref(parts[i % 2], &p, time_us);
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
	assert_int_equal(joined->n_used, whole->n_used);
	assert_int_equal(joined->frames, 20000);
	assert_int_equal(joined->late, 3);
	assert_int_equal(joined->first_us, 4);
	assert_int_equal(joined->last_us, 8);
	tt_tally_add_cells(joined, cells);
	assert_memory_equal(cells, whole->cells, TT_N_CELLS * sizeof(*cells));
	tt_tally_destroy(compact[0]);
	compact[0] = tt_tally_compact(whole);
	qsort(compact[0]->slots, compact[0]->n_used, sizeof(*compact[0]->slots), by_pair);
	assert_memory_equal(joined->slots, compact[0]->slots,
			joined->n_used * sizeof(*joined->slots));
	free(cells);
	tt_tally_destroy(joined);
	tt_tally_destroy(whole);
	for (unsigned i = 0; i < 2; i++) {
		tt_tally_destroy(compact[i]);
		tt_tally_destroy(parts[i]);
	}
}

static void
overflow_indexes_and_target_keys_are_two_ways_to_say_the_same(void **state)
{
	for (uint32_t i = 0; i < TT_N_OVERFLOW; i++)
		assert_int_equal(tt_overflow_index(tt_overflow_key(i)), i);
	for (unsigned i = 0; i < 100000; i++) {
		struct tt_packet p = random_packet(10);
		tt_target_key key = tt_target_key_of(&p);

		assert_int_equal(tt_overflow_key(tt_overflow_index(key)), key);
	}
}

static void
no_pairs_at_all_is_refused(void **state)
{
	struct tt_tally *t;
	struct tt_error err = {0};

	assert_true(tt_tally_create(&t, 0, tt_mem_heap(), &err) < 0);
	assert_string_equal(err.where, "pairs");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(bursts_count_what_single_packets_count),
			cmocka_unit_test(
					a_full_table_counts_by_target_and_loses_no_packet),
			cmocka_unit_test(a_reset_tally_is_as_new),
			cmocka_unit_test(a_compact_copy_holds_the_same_counts),
			cmocka_unit_test(
					joined_parts_hold_what_one_tally_would_have_counted),
			cmocka_unit_test(
					overflow_indexes_and_target_keys_are_two_ways_to_say_the_same),
			cmocka_unit_test(no_pairs_at_all_is_refused),
	};
	const char *given = getenv("TT_SEED");

	seed = given != NULL ? strtoull(given, NULL, 0) : (uint64_t)(uintptr_t)&tests;
	fprintf(stderr, "TT_SEED=0x%llx\n", (unsigned long long)seed);
	return cmocka_run_group_tests_name("tally", tests, NULL, NULL);
}
