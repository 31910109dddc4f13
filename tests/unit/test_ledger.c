/* SPDX-License-Identifier: BSD-3-Clause */
/* When a ledger closes. */
#include "verify_bed.h"

static void
a_ledger_that_does_not_close_is_found(void **state)
{
	bed_count_some(&bed, BED_START);
	bed.tally->fates[TT_FATE_NOT_IP]++; /* and not in frames */
	bed_write_ok(&bed, BED_START);
	assert_int_equal(verify(BED_START), 1);
	assert_string_equal(damage, "ledger.parquet\n");
}

static void
a_ledger_closes_port_by_port(void **state)
{
	struct tt_ledger_row rows[] = {
			{"a", -1, "nic", "missed", 5, 0},
			{"a", 0, "nic", "delivered", 3, 0},
			{"a", 1, "nic", "delivered", 4, 0},
			{"a", 0, "frames", "counted", 3, 0},
			{"a", 1, "frames", "arp", 4, 0},
			{"b", 0, "nic", "delivered", 1, 0},
			{"b", 0, "frames", "counted", 1, 0},
			{"b", 0, "note", "late", 99, 0},
			{"b", -1, "note", "link-down", 60000000, 0},
			{"tables", -1, "tables", "talkers", 6, 2},
	};
	struct tt_ledger_short s = tt_ledger_sum(rows, TT_ARRAY_SIZE(rows));

	assert_true(s.closes);
	assert_int_equal(tt_ledger_offered(&s), 13);
	assert_int_equal(s.counted, 4);
	assert_int_equal(s.late, 99);
	assert_int_equal(s.link_down_us, 60000000);
	assert_int_equal(s.not_kept[TT_LEDGER_TALKERS].packets, 6);
	assert_int_equal(s.not_kept[TT_LEDGER_TALKERS].keys, 2);
	rows[1].packets++;
	rows[5].packets--;
	assert_false(tt_ledger_closes(rows, TT_ARRAY_SIZE(rows)));
	rows[5].packets++;
	rows[1].packets--;
	rows[9].reason = "walkers";
	assert_false(tt_ledger_closes(rows, TT_ARRAY_SIZE(rows)));
	rows[9].reason = "talkers";
	assert_true(tt_ledger_closes(rows, TT_ARRAY_SIZE(rows)));
	rows[7].account = "notes";
	assert_false(tt_ledger_closes(rows, TT_ARRAY_SIZE(rows)));
}

int
main(void)
{
#define BEDDED(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
			BEDDED(a_ledger_that_does_not_close_is_found),
			cmocka_unit_test(a_ledger_closes_port_by_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
