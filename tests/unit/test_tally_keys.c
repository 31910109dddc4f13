/* SPDX-License-Identifier: BSD-3-Clause */
/* What the keys and cells of the tables say of packets, back and forth. */
#include "tally_packets.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

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

				assert_true(cell < TT_CELL_ROW_REST
						|| (cell >= TT_CELL_PACKETS
								&& cell < TT_CELL_DESTINATION_REST));
				assert_true(cell < 0 || seen[cell]++ == 0);
			}
	}
	for (uint32_t i = 0; i < TT_N_FIXED_CELLS; i++)
		assert_int_equal(seen[i], i < TT_CELL_ROW_REST || i >= TT_CELL_PACKETS);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(rows_and_keys_are_two_ways_to_say_the_same),
			cmocka_unit_test(targets_have_an_index_each),
			cmocka_unit_test(cells_of_distributions_do_not_meet),
			cmocka_unit_test(
					keys_of_source_ports_and_contacts_come_apart_again),
	};

	draw_state = choose_seed();
	return cmocka_run_group_tests_name("tally_keys", tests, NULL, NULL);
}
