/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_lacking.h"

#include <inttypes.h>
#include <stdio.h>

void
tt_lacking_add(struct tt_lacking *lacking, const struct tt_totals *totals)
{
	const struct tt_not_kept *tables[] = {[TT_LEDGER_PAIRS] = &totals->pairs,
			[TT_LEDGER_CONTACTS] = &totals->contacts,
			[TT_LEDGER_SOURCE_PORTS] = &totals->ports,
			[TT_LEDGER_SLICES] = &totals->slices,
			[TT_LEDGER_TALKERS] = &totals->talkers};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(tables); i++)
		lacking->of[i] += tables[i]->packets;
	lacking->of[TT_LEDGER_SIGNATURES] += totals->signatures.not_kept;
}

char *
tt_lacking_text(const struct tt_lacking *lacking, char text[TT_LACKING_TEXT_MAX])
{
	unsigned tables = 0;
	size_t n = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < TT_N_LEDGER_TABLES; i++) {
		if (lacking->of[i] == 0 || i == TT_LEDGER_SIGNATURES)
			continue;
		n += (size_t)snprintf(text + n, TT_LACKING_TEXT_MAX - n, "%s%s %" PRIu64,
				n == 0 ? "" : ", ",
				tt_ledger_table_name((enum tt_ledger_table)i),
				lacking->of[i]);
		tables++;
	}
	if (n > 0)
		n += (size_t)snprintf(text + n, TT_LACKING_TEXT_MAX - n,
				": packets that %s, since %s full (pairs, table-memory)",
				tables == 1 ? "this table lacks" : "these tables lack",
				tables == 1 ? "it was" : "they were");
	if (lacking->of[TT_LEDGER_SIGNATURES] > 0)
		snprintf(text + n, TT_LACKING_TEXT_MAX - n,
				"%ssignatures %" PRIu64
				": matches that this table lacks, "
				"since it was full (signature-hits)",
				n == 0 ? "" : "; ", lacking->of[TT_LEDGER_SIGNATURES]);
	return text;
}

void
tt_lacking_change(unsigned *told, const struct tt_totals *totals,
		char begun[TT_LACKING_TEXT_MAX], char ended[TT_LACKING_TEXT_MAX])
{
	struct tt_lacking lacking = {0};
	size_t n = 0;

	ended[0] = '\0';
	tt_lacking_add(&lacking, totals);
	for (unsigned i = 0; i < TT_N_LEDGER_TABLES; i++) {
		const unsigned bit = 1U << i;
		const bool was = (*told & bit) != 0, is = lacking.of[i] > 0;

		if (was && !is)
			n += (size_t)snprintf(ended + n, TT_LACKING_TEXT_MAX - n, "%s%s",
					n == 0 ? "" : ", ",
					tt_ledger_table_name((enum tt_ledger_table)i));
		if (was)
			lacking.of[i] = 0;
		*told = is ? *told | bit : *told & ~bit;
	}
	tt_lacking_text(&lacking, begun);
}
