/* SPDX-License-Identifier: BSD-3-Clause */
/* What is said of full tables: of a run, and of the intervals of a live one. */
#include "tt_lacking.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
what_full_tables_lack_is_said_in_its_unit(void **state)
{
	struct tt_lacking lacking = {0};
	char text[TT_LACKING_TEXT_MAX];

	assert_string_equal(tt_lacking_text(&lacking, text), "");
	lacking.of[TT_LEDGER_SIGNATURES] = 5;
	assert_string_equal(tt_lacking_text(&lacking, text),
			"signatures 5: matches that this table lacks, since it was full "
			"(signature-hits)");
	lacking.of[TT_LEDGER_PAIRS] = 3;
	lacking.of[TT_LEDGER_TALKERS] = 4;
	assert_string_equal(tt_lacking_text(&lacking, text),
			"pairs 3, talkers 4: packets that these tables lack, since they "
			"were full (pairs, table-memory); signatures 5: matches that this "
			"table lacks, since it was full (signature-hits)");
	lacking = (struct tt_lacking){.of = {[TT_LEDGER_PAIRS] = 7}};
	assert_string_equal(tt_lacking_text(&lacking, text),
			"pairs 7: packets that this table lacks, since it was full (pairs, "
			"table-memory)");
	for (unsigned i = 0; i < TT_N_LEDGER_TABLES; i++) /* all of them fit */
		lacking.of[i] = UINT64_MAX;
	assert_non_null(strstr(tt_lacking_text(&lacking, text), "(signature-hits)"));
}

/* Of an interval whose tables lack so much, what is said after what was said so far. */
static void
expect_change(unsigned *told, uint64_t pairs, uint64_t talkers, uint64_t matches,
		const char *begun, const char *ended)
{
	const struct tt_totals totals = {.pairs.packets = pairs,
			.talkers.packets = talkers,
			.sketches.packets = 1,
			.signatures.not_kept = matches};
	char b[TT_LACKING_TEXT_MAX], e[TT_LACKING_TEXT_MAX];

	tt_lacking_change(told, &totals, b, e);
	assert_string_equal(b, begun);
	assert_string_equal(e, ended);
}

static void
each_table_is_said_once_to_be_full_and_to_have_room_again(void **state)
{
	static const char one_packet[] =
			"pairs 1: packets that this table lacks, since it was full (pairs, "
			"table-memory)";
	unsigned told = 0;

	expect_change(&told, 0, 0, 0, "", "");
	expect_change(&told, 1, 0, 0, one_packet, "");
	expect_change(&told, 9, 0, 0, "", "");
	expect_change(&told, 9, 0, 2,
			"signatures 2: matches that this table lacks, since it was full "
			"(signature-hits)",
			"");
	expect_change(&told, 0, 4, 2,
			"talkers 4: packets that this table lacks, since it was full (pairs, "
			"table-memory)",
			"pairs");
	expect_change(&told, 0, 0, 0, "", "talkers, signatures");
	expect_change(&told, 0, 0, 0, "", "");
	expect_change(&told, 1, 0, 0, one_packet, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(what_full_tables_lack_is_said_in_its_unit),
			cmocka_unit_test(
					each_table_is_said_once_to_be_full_and_to_have_room_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
