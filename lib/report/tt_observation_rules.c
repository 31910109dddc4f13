/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads which signatures were loaded, also those that detected nothing. */
#include "tt_observation_tables.h"

#include <errno.h>

static int
begin(void *context, int64_t sign, struct tt_error *err)
{
	struct tt_observation_reading *r = context;

	tt_text_map_forget(&r->categories);
	return 0;
}

/* Those of a part of schema version 4 have no time: whether others were loaded besides, it does not say. */
static int
add_rule(struct tt_observation_reading *r, const struct tt_parquet_values *c, unsigned i,
		int64_t sign)
{
	const struct tt_parquet_values *messages = &c[TT_SIGNATURE_RULES_MESSAGE];
	uint32_t code = c[TT_SIGNATURE_RULES_CATEGORY].codes[i];
	int32_t signature = tt_observed_names_signature(r->o->names,
			c[TT_SIGNATURE_RULES_GID].ints[i],
			c[TT_SIGNATURE_RULES_SID].ints[i],
			(uint32_t)r->categories.index[code],
			messages->texts[messages->codes[i]]);

	if (r->manifest->observed_us > 0 && c[TT_SIGNATURE_RULES_LOADED_US].ints[i] == 0)
		r->o->loaded_untold += (uint64_t)sign;
	return signature < 0
			? signature
			: tt_sums_add(&r->o->loaded, (size_t)signature, (uint64_t)sign);
}

static int
add(void *context, const struct tt_parquet_batch *batch, int64_t sign,
		struct tt_error *err)
{
	struct tt_observation_reading *r = context;
	const struct tt_parquet_values *c = batch->columns;
	int ret = tt_text_map_fill(&r->categories, &c[TT_SIGNATURE_RULES_CATEGORY],
			tt_scan_category, r->o->names);

	if (ret == 0
			&& tt_scan_any_negative(
					c[TT_SIGNATURE_RULES_LOADED_US].ints, batch->n))
		return tt_error_set(err, -EBADMSG, NULL, "a time that cannot be");
	for (unsigned i = 0; ret == 0 && i < batch->n; i++)
		ret = add_rule(r, c, i, sign);
	return ret == 0 ? 0 : tt_error_set(err, ret, NULL, "out of memory");
}

unsigned
tt_observation_rules_scan(struct tt_observation_reading *reading, struct tt_scan *scan)
{
	static const unsigned columns[] = {TT_SIGNATURE_RULES_GID, TT_SIGNATURE_RULES_SID,
			TT_SIGNATURE_RULES_MESSAGE, TT_SIGNATURE_RULES_CATEGORY,
			TT_SIGNATURE_RULES_LOADED_US};

	if (!reading->in_rates
			|| !tt_manifest_has(reading->manifest, TT_TABLE_SIGNATURE_RULES))
		return 0;
	*scan = (struct tt_scan){TT_TABLE_SIGNATURE_RULES, columns,
			TT_ARRAY_SIZE(columns), add, begin, NULL, reading};
	return 1;
}
