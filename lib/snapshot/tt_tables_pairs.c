/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows of pairs and contacts: they are many, and in order of source, which is often that of the row
 * before. */
#include "tt_tables.h"

int
tt_tables_put_pair(void *context, const struct tt_pair_row *r, struct tt_error *err)
{
	const struct tt_target target = tt_target_key_target(r->key);
	struct tt_tables *t = context;
	struct tt_row row;

	tt_row_begin(&row, t, TT_TABLE_PAIRS);
	tt_row_put_src(&row, r->src, &t->pair_src);
	tt_row_put_country(&row, r->country);
	tt_row_put_target(&row, target);
	tt_row_int(&row, target.code);
	tt_row_put_class(&row, tt_target_key_class(r->key));
	tt_row_int(&row, tt_detail_backscatter(r->detail));
	tt_row_put_known_target(&row, tt_detail_attacked(r->detail));
	tt_row_put_rules(&row, t, tt_detail_matched(r->detail));
	tt_row_put_rules(&row, t, tt_detail_tested(r->detail));
	tt_row_count(&row, r->count);
	tt_row_int(&row, r->sample_bits);
	return tt_row_end(&row, err);
}

int
tt_tables_put_contact(void *context, const struct tt_contact_row *r, struct tt_error *err)
{
	struct tt_tables *t = context;
	struct tt_row row;

	tt_row_begin(&row, t, TT_TABLE_CONTACTS);
	tt_row_put_src(&row, r->src, &t->contact_src);
	tt_row_put_unit(&row, t, r->unit);
	tt_row_int(&row, r->host);
	tt_row_put_class(&row, r->class);
	tt_row_int(&row, (int64_t)r->packets);
	tt_row_int(&row, r->sample_bits);
	return tt_row_end(&row, err);
}
