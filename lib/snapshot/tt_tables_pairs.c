/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows of pairs and contacts: they are many, and in order of source, so that texts of the row
 * before are kept. */
#include "tt_tables.h"

static void
put_same_addr(struct tt_tables *t, struct tt_row *row, struct tt_addr src)
{
	if (t->src_text[0] == '\0' || tt_addr_cmp(t->src, src) != 0) {
		tt_addr_format(src, t->src_text);
		t->src = src;
	}
	tt_row_text(row, t->src_text);
}

/* rules, text: those of the row before. */
static void
put_same_rules(const struct tt_tables *t, struct tt_row *row, uint32_t set,
		uint32_t *rules, char text[TT_RULES_TEXT_MAX])
{
	if (set != *rules) {
		tt_row_rules(t->config->fingerprints, set, text);
		*rules = set;
	}
	tt_row_text(row, text);
}

int
tt_tables_put_pair(void *context, const struct tt_pair_row *r, struct tt_error *err)
{
	const struct tt_target target = tt_target_key_target(r->key);
	struct tt_tables *t = context;
	struct tt_row row = tt_row_begin(t, TT_TABLE_PAIRS);

	put_same_addr(t, &row, r->src);
	tt_row_put_country(&row, r->country);
	tt_row_put_target(&row, target);
	tt_row_int(&row, target.code);
	tt_row_put_class(&row, tt_target_key_class(r->key));
	tt_row_int(&row, tt_detail_backscatter(r->detail));
	tt_row_put_known_target(&row, tt_detail_attacked(r->detail));
	put_same_rules(t, &row, tt_detail_matched(r->detail), &t->matched,
			t->matched_text);
	put_same_rules(t, &row, tt_detail_tested(r->detail), &t->tested, t->tested_text);
	tt_row_count(&row, r->count);
	tt_row_int(&row, r->sample_bits);
	return tt_row_end(&row, err);
}

int
tt_tables_put_contact(void *context, const struct tt_contact_row *r, struct tt_error *err)
{
	struct tt_tables *t = context;
	struct tt_row row = tt_row_begin(t, TT_TABLE_CONTACTS);

	put_same_addr(t, &row, r->src);
	if (t->unit_text[0] == '\0' || t->unit != r->unit) {
		tt_units_format(t->config->destinations, r->unit, t->unit_text);
		t->unit = r->unit;
	}
	tt_row_text(&row, t->unit_text);
	tt_row_int(&row, r->host);
	tt_row_put_class(&row, r->class);
	tt_row_int(&row, (int64_t)r->packets);
	tt_row_int(&row, r->sample_bits);
	return tt_row_end(&row, err);
}
