/* SPDX-License-Identifier: BSD-3-Clause */
/* The ledger in short, as a manifest has it. */
#include "tt_manifest_parse.h"

static int
take_not_kept(const struct tt_manifest_parse *p, json_t *tables)
{
	for (unsigned i = 0; i < TT_N_LEDGER_TABLES; i++) {
		struct tt_ledger_not_kept *n = &p->m->ledger.not_kept[i];
		json_int_t packets, keys;
		json_error_t why;

		if (json_unpack_ex(tables, &why, 0, "{s:{s:I s:I}}",
				    tt_ledger_table_name((enum tt_ledger_table)i),
				    "packets", &packets, "keys", &keys)
				!= 0)
			return tt_manifest_wrong(p, "run.ledger.not_kept", why.text);
		if (packets < 0 || keys < 0)
			return tt_manifest_wrong(
					p, "run.ledger.not_kept", "a negative count");
		n->packets = (uint64_t)packets;
		n->keys = (uint64_t)keys;
	}
	return 0;
}

int
tt_manifest_take_ledger(const struct tt_manifest_parse *p, json_t *ledger)
{
	struct tt_ledger_short *s = &p->m->ledger;
	json_int_t missed, no_mbuf, errors, delivered, counted, late, link_down = 0;
	json_t *not_kept;
	json_error_t why;
	int closes;

	if (json_unpack_ex(ledger, &why, 0, "{s:I s:I s:I s:I s:I s:I s?I s:o s:b}",
			    "missed", &missed, "no_mbuf", &no_mbuf, "errors", &errors,
			    "delivered", &delivered, "counted", &counted, "late", &late,
			    "link_down_us", &link_down, "not_kept", &not_kept, "closes",
			    &closes)
			!= 0)
		return tt_manifest_wrong(p, "run.ledger", why.text);
	if (missed < 0 || no_mbuf < 0 || errors < 0 || delivered < 0 || counted < 0
			|| late < 0 || link_down < 0)
		return tt_manifest_wrong(p, "run.ledger", "a negative count");
	*s = (struct tt_ledger_short){
			.missed = (uint64_t)missed,
			.no_mbuf = (uint64_t)no_mbuf,
			.errors = (uint64_t)errors,
			.delivered = (uint64_t)delivered,
			.counted = (uint64_t)counted,
			.late = (uint64_t)late,
			.link_down_us = (uint64_t)link_down,
			.closes = closes != 0,
	};
	return take_not_kept(p, not_kept);
}
