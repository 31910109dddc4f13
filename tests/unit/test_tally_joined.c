/* SPDX-License-Identifier: BSD-3-Clause */
/* Compact copies of tallies, and two of them joined. */
#include "tally_packets.h"
#include "tt_rest_tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
assert_adds_up_to(const struct tt_rest *part, const struct tt_rest *whole)
{
	struct tt_rest sum;

	assert_int_equal(tt_rest_init(&sum, &whole->config, tt_mem_heap()), 0);
	tt_rest_add(&sum, part);
	assert_true(same_cells(&sum, whole));
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
	int order = tt_addr_cmp(tt_slot_src(x), tt_slot_src(y));

	if (order == 0)
		order = x->key < y->key ? -1 : x->key > y->key;
	return order != 0 ? order : x->detail < y->detail ? -1 : x->detail > y->detail;
}

/* A slot holds no more than 32 bits can count, and keeps that when its part is joined. */
static void
a_full_contact_of_a_slot_survives_a_join(void **state)
{
	const struct tt_packet p = {.src = tt_addr_v4(0x01020304),
			.dst = tt_addr_v4(0xc0000201),
			.protocol = TT_PROTO_UDP,
			.has_ports = true,
			.src_port = 7,
			.dst_port = 9,
			.ip_bytes = 28};
	struct tt_tally *parts[2], *compact[2], *joined;

	for (unsigned i = 0; i < 2; i++) {
		parts[i] = tally_make(1024);
		tt_tally_one_ref(parts[i], &p, 0, 1);
		parts[i]->frames = 1;
	}
	parts[0]->slots[0].v4.dst_packets = UINT32_MAX;
	for (unsigned i = 0; i < 2; i++)
		compact[i] = tt_tally_compact(parts[i]);
	for (unsigned i = 0; i < 2; i++) {
		joined = tt_tally_join(compact[i], compact[1 - i]);
		assert_int_equal(joined->n_pairs, 1);
		assert_int_equal(sum_of_contacts(joined), UINT64_C(1) + UINT32_MAX);
		assert_int_equal(sum_of_ports(joined), 2);
		tt_tally_destroy(joined);
	}
	for (unsigned i = 0; i < 2; i++) {
		tt_tally_destroy(compact[i]);
		tt_tally_destroy(parts[i]);
	}
}

/* Of sources that are all different, and all the same. */
static void
a_join_takes_no_more_than_was_worked_out(void **state)
{
	for (unsigned same = 0; same < 2; same++) {
		struct tt_tally *parts[2], *compact[2], *joined;
		struct tt_join_sizes sizes;
		uint64_t bytes = 0;

		for (unsigned i = 0; i < 2; i++) {
			parts[i] = tally_make(100000);
			for (unsigned k = 0; k < 10000; k++) {
				struct tt_packet p = random_packet(4000);

				p.src.lo += same ? 0 : i * 4000;
				tt_tally_one_ref(parts[i], &p, 0, k);
			}
			compact[i] = tt_tally_compact(parts[i]);
			bytes += tt_tally_compact_bytes(compact[i]);
		}
		sizes = tt_tally_join_sizes(compact[0], compact[1]);
		joined = tt_tally_join(compact[0], compact[1]);
		assert_non_null(joined);
		assert_true(sizes.bytes < bytes);
		assert_true(tt_tally_compact_bytes(joined) <= sizes.bytes);
		assert_int_equal(joined->n_pairs, sizes.pairs);
		assert_true(joined->n_contacts <= sizes.contacts);
		assert_true(joined->n_ports <= sizes.ports);
		assert_int_equal(sum_of_pairs(joined), 20000);
		tt_tally_destroy(joined);
		for (unsigned i = 0; i < 2; i++) {
			tt_tally_destroy(compact[i]);
			tt_tally_destroy(parts[i]);
		}
	}
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
	assert_int_equal(sum_of_contacts(joined), 20000);
	assert_int_equal(sum_of_ports(joined), sum_of_ports(whole));
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
	/* Which contact and port a slot holds depends on what came first. */
	for (uint32_t i = 0; i < joined->n_pairs; i++) {
		const struct tt_slot *a = &joined->slots[i], *b = &compact[0]->slots[i];

		assert_int_equal(by_pair(a, b), 0);
		assert_memory_equal(&a->count, &b->count,
				sizeof(*a) - offsetof(struct tt_slot, count));
	}
	tt_tally_destroy(joined);
	tt_tally_destroy(whole);
	for (unsigned i = 0; i < 2; i++) {
		tt_tally_destroy(compact[i]);
		tt_tally_destroy(parts[i]);
	}
}

static uint64_t
packets_of_row_rests(const struct tt_rest *r)
{
	uint64_t sum = 0;

	for (uint32_t row = 0; row < TT_N_ROWS; row++)
		sum += r->cells[TT_CELL_ROW_REST + row].packets;
	return sum;
}

/* Packets to as many ports that no slice of them finds room where all slices are taken, by either version. */
static void
slices_without_room_leave_the_packets_of_ipv6_in_their_cell(void **state)
{
	struct tt_tally *t = tally_make(1024);
	struct tt_rest_config few = t->rest.config;
	struct tt_rest whole;

	few.slices = 64;
	assert_int_equal(tt_rest_init(&whole, &few, tt_mem_heap()), 0);
	for (uint32_t i = 0; i < 200; i++) {
		const bool before = i < whole.max_slices, v6 = !before && i % 4 == 0;
		struct tt_rest_pair pair = {
				.src = v6 ? (struct tt_addr){1, i} : tt_addr_v4(i),
				.key = tt_target_key_make((struct tt_target){TT_PROTO_TCP,
									  (int32_t)i, 0},
						TT_CLASS_TCP_SYN),
				.count = {3, 120}};

		tt_rest_add_pairs(before ? &whole : &t->rest, &pair, 1);
	}
	assert_int_equal(whole.n_slices, 16);
	assert_int_equal(t->rest.n_slices, 184);
	tt_rest_add(&whole, &t->rest);
	assert_int_equal(whole.n_slices, 16);
	assert_int_equal(whole.slices_lost.packets, 184 * 3);
	assert_int_equal(packets_of_row_rests(&whole), 184 * 3);
	assert_int_equal(whole.cells[TT_CELL_IPV6_REST].packets, 184 / 4 * 3);
	assert_int_equal(whole.cells[TT_CELL_IPV6_REST].bytes, 184 / 4 * 120);
	tt_rest_fini(&whole);
	tt_tally_destroy(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(a_compact_copy_holds_the_same_counts),
			cmocka_unit_test(
					joined_parts_hold_what_one_tally_would_have_counted),
			cmocka_unit_test(a_full_contact_of_a_slot_survives_a_join),
			cmocka_unit_test(a_join_takes_no_more_than_was_worked_out),
			cmocka_unit_test(
					slices_without_room_leave_the_packets_of_ipv6_in_their_cell),
	};

	draw_state = choose_seed();
	return cmocka_run_group_tests_name("tally_joined", tests, NULL, NULL);
}
