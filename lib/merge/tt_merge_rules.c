/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows of `fingerprint_rules`: packets from the tallies, sources as tt_merge_sources judged. */
#include "tt_merge_rows.h"

int
tt_merge_rules(struct tt_merge *m)
{
	unsigned n = tt_fingerprints_count(m->config.fingerprints);
	int ret = 0;

	for (unsigned rule = 0; ret == 0 && rule < n; rule++) {
		const struct tt_merge_rule *r = &m->rules[rule];
		struct tt_rule_row row = {.rule = rule,
				.sources = r->sources << m->shift,
				.carriers = r->carriers << m->shift,
				.carrier_packets = r->carrier_packets << m->shift};

		for (unsigned i = 0; i < m->n_tallies; i++) {
			row.tested += m->tallies[i]->tested[rule];
			row.matched += m->tallies[i]->matched[rule];
		}
		ret = TT_MERGE_EMIT(m, rule, &row);
	}
	return ret;
}
