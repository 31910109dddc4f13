/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows of signatures and of their sources. */
#include "tt_tables.h"

#include <math.h>

static void
put_rule(struct tt_row *row, const struct tt_rule *rule)
{
	tt_row_int(row, rule->gid);
	tt_row_int(row, rule->sid);
	tt_row_int(row, rule->rev);
}

int
tt_tables_put_signature_rule(void *context, const struct tt_signature_rule_row *r,
		struct tt_error *err)
{
	const struct tt_tables *t = context;
	struct tt_row row;

	tt_row_begin(&row, t, TT_TABLE_SIGNATURE_RULES);
	put_rule(&row, r->rule);
	tt_row_text(&row, r->rule->message);
	tt_row_text(&row, r->rule->category);
	tt_row_int(&row, r->rule->count.type != TT_RULE_COUNT_NONE);
	tt_row_int(&row, (int64_t)r->one_in);
	tt_row_int(&row, t->manifest->observed_us);
	return tt_row_end(&row, err);
}

int
tt_tables_put_signature(
		void *context, const struct tt_signature_row *r, struct tt_error *err)
{
	const struct tt_tables *t = context;
	struct tt_row row;

	tt_row_begin(&row, t, TT_TABLE_SIGNATURES);
	put_rule(&row, r->rule);
	tt_row_text(&row, r->rule->message);
	tt_row_text(&row, r->rule->category);
	tt_row_put_country(&row, r->country);
	tt_row_int(&row, (int64_t)r->matches);
	tt_row_int(&row, (int64_t)r->detections);
	tt_row_int(&row, (int64_t)ceil(sqrt(r->detections_variance)));
	tt_row_int(&row, (int64_t)r->uniq_src_ip);
	tt_row_int(&row, (int64_t)tt_scaled_error(r->uniq_src_ip, r->one_in));
	return tt_row_end(&row, err);
}

int
tt_tables_put_signature_source(void *context, const struct tt_signature_source_row *r,
		struct tt_error *err)
{
	struct tt_row row;
	char text[TT_ADDR_TEXT_MAX];

	tt_row_begin(&row, context, TT_TABLE_SIGNATURE_SOURCES);
	put_rule(&row, r->rule);
	tt_row_text(&row, tt_addr_format(r->src, text));
	tt_row_put_country(&row, r->country);
	tt_row_int(&row, (int64_t)r->detections);
	tt_row_int(&row, r->first_us);
	tt_row_int(&row, r->last_us);
	tt_row_int(&row, (int64_t)r->sample_bits);
	return tt_row_end(&row, err);
}
