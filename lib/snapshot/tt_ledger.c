/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_ledger.h"

#include <string.h>

static const char *const table_names[TT_N_LEDGER_TABLES] = {
		[TT_LEDGER_PAIRS] = "pairs",
		[TT_LEDGER_CONTACTS] = "contacts",
		[TT_LEDGER_SOURCE_PORTS] = "source-ports",
		[TT_LEDGER_SLICES] = "slices",
		[TT_LEDGER_TALKERS] = "talkers",
		[TT_LEDGER_SKETCHES] = "sketches",
		[TT_LEDGER_SIGNATURES] = "signatures",
};

const char *
tt_ledger_table_name(enum tt_ledger_table table)
{
	TT_ASSERT(table < TT_N_LEDGER_TABLES);
	return table_names[table];
}

static bool
add_table(struct tt_ledger_short *s, const struct tt_ledger_row *row)
{
	for (unsigned i = 0; i < TT_N_LEDGER_TABLES; i++) {
		if (strcmp(row->reason, table_names[i]) == 0) {
			s->not_kept[i].packets += row->packets;
			s->not_kept[i].keys += row->keys;
			return true;
		}
	}
	return false;
}

static bool
add_nic(struct tt_ledger_short *s, const struct tt_ledger_row *row)
{
	if (strcmp(row->reason, TT_REASON_MISSED) == 0)
		s->missed += row->packets;
	else if (strcmp(row->reason, TT_REASON_NO_MBUF) == 0)
		s->no_mbuf += row->packets;
	else if (strcmp(row->reason, TT_REASON_ERRORS) == 0)
		s->errors += row->packets;
	else if (strcmp(row->reason, TT_REASON_DELIVERED) == 0)
		s->delivered += row->packets;
	else
		return false;
	return true;
}

/* Adds a row to the sum that it belongs to. Returns false if it belongs to none. */
static bool
add_row(struct tt_ledger_short *s, const struct tt_ledger_row *row)
{
	if (strcmp(row->account, TT_ACCOUNT_TABLES) == 0)
		return add_table(s, row);
	if (strcmp(row->account, TT_ACCOUNT_NIC) == 0)
		return add_nic(s, row);
	if (strcmp(row->account, TT_ACCOUNT_FRAMES) == 0) {
		s->frames += row->packets;
		if (strcmp(row->reason, "counted") == 0)
			s->counted += row->packets;
		return true;
	}
	if (strcmp(row->account, TT_ACCOUNT_NOTE) != 0)
		return false;
	if (strcmp(row->reason, TT_REASON_LATE) == 0)
		s->late += row->packets;
	if (strcmp(row->reason, TT_REASON_LINK_DOWN) == 0)
		s->link_down_us += row->packets;
	return true;
}

static bool
port_closes(const struct tt_ledger_row *rows, unsigned n, const char *port)
{
	struct tt_ledger_short s = {0};
	bool known = true;

	for (unsigned i = 0; i < n; i++) {
		if (strcmp(rows[i].port, port) == 0)
			known = add_row(&s, &rows[i]) && known;
	}
	return known && s.delivered == s.frames;
}

bool
tt_ledger_closes(const struct tt_ledger_row *rows, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		bool first = i == 0 || strcmp(rows[i].port, rows[i - 1].port) != 0;

		if (first && !port_closes(rows, n, rows[i].port))
			return false;
	}
	return true;
}

struct tt_ledger_short
tt_ledger_sum(const struct tt_ledger_row *rows, unsigned n)
{
	struct tt_ledger_short s = {0};

	for (unsigned i = 0; i < n; i++)
		add_row(&s, &rows[i]);
	s.closes = tt_ledger_closes(rows, n);
	return s;
}

void
tt_ledger_add(struct tt_ledger_short *to, const struct tt_ledger_short *from)
{
	to->missed += from->missed;
	to->no_mbuf += from->no_mbuf;
	to->errors += from->errors;
	to->delivered += from->delivered;
	to->frames += from->frames;
	to->counted += from->counted;
	to->late += from->late;
	to->link_down_us += from->link_down_us;
	for (unsigned i = 0; i < TT_N_LEDGER_TABLES; i++) {
		to->not_kept[i].packets += from->not_kept[i].packets;
		to->not_kept[i].keys += from->not_kept[i].keys;
	}
	to->closes = to->closes && from->closes;
}
