/* SPDX-License-Identifier: BSD-3-Clause */
/* How large the tables are. */
#include "tt_setup_private.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#define MIB 1048576.0

/* All tables and the merge, with so many pairs in each set. */
static uint64_t
bytes_of(const struct tt_setup *setup, uint64_t pairs)
{
	struct tt_setup s = *setup;

	s.tally.pairs = pairs;
	s.merge.max_pairs = pairs * s.table_sets;
	return tt_setup_tables_bytes(&s) + tt_setup_merge_bytes(&s);
}

/* Finds the most pairs that fit: what they take only grows with their number. */
static int
fit(struct tt_setup *s, uint64_t bytes, struct tt_error *err)
{
	uint64_t fits = TT_PAIRS_MIN, beyond = (uint64_t)TT_PAIRS_MAX + 1;

	if (bytes_of(s, fits) > bytes)
		return tt_error_set(err, -EINVAL, "table-memory",
				"%" PRIu64
				" MiB are too little: %u table sets and the merge "
				"take %" PRIu64 "M at least",
				bytes >> 20, s->table_sets,
				(bytes_of(s, fits) + (1 << 20) - 1) >> 20);
	while (beyond - fits > 1) {
		uint64_t pairs = (fits + beyond) / 2;

		if (bytes_of(s, pairs) <= bytes)
			fits = pairs;
		else
			beyond = pairs;
	}
	s->tally.pairs = fits;
	return 0;
}

int
tt_setup_decide_pairs(
		struct tt_setup *s, const struct tt_config *config, struct tt_error *err)
{
	int ret = 0;

	s->tally.pairs = config->pairs;
	if (config->table_memory == 0 && config->pairs > TT_PAIRS_MAX)
		return tt_error_set(err, -EINVAL, "pairs", "at most %d", TT_PAIRS_MAX);
	if (config->table_memory != 0)
		ret = fit(s, config->table_memory, err);
	s->merge.max_pairs = s->tally.pairs * s->table_sets;
	return ret;
}

uint64_t
tt_setup_set_bytes(const struct tt_setup *s)
{
	return tt_tally_bytes(&s->tally);
}

uint64_t
tt_setup_tables_bytes(const struct tt_setup *s)
{
	return tt_setup_set_bytes(s) * s->table_sets;
}

uint64_t
tt_setup_merge_bytes(const struct tt_setup *s)
{
	return tt_merge_bytes(&s->merge);
}

int
tt_setup_check_memory(const struct tt_setup *s, const struct tt_config *config,
		struct tt_error *err)
{
	uint64_t needed = tt_setup_tables_bytes(s) + tt_setup_merge_bytes(s)
			+ tt_recall_bytes(config->remember_sources);
	uint64_t has = (uint64_t)sysconf(_SC_PHYS_PAGES)
			* (uint64_t)sysconf(_SC_PAGESIZE);

	if (needed <= has)
		return 0;
	return tt_error_set(err, -ENOMEM,
			config->table_memory != 0 ? "table-memory" : "pairs",
			"%u table sets of %" PRIu64
			" pairs, the merge and remember-sources take %" PRIu64
			" MiB, and this machine has %" PRIu64 " MiB",
			s->table_sets, s->tally.pairs, needed >> 20, has >> 20);
}

char *
tt_setup_tables_text(const struct tt_setup *s, char text[TT_SETUP_TABLES_TEXT_MAX])
{
	snprintf(text, TT_SETUP_TABLES_TEXT_MAX,
			"%u table sets of %" PRIu64 " pairs %.1f MiB, merge %.1f MiB",
			s->table_sets, s->tally.pairs,
			(double)tt_setup_tables_bytes(s) / MIB,
			(double)tt_setup_merge_bytes(s) / MIB);
	return text;
}
