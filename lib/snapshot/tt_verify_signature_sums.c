/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tables of signatures must agree on, with each other and with the interval. */
#include "tt_verify_compare.h"

#include <string.h>

/* Rules were not loaded for longer than sensors looked. */
void
tt_compare_signature_rules(struct tt_compare *c)
{
	const struct tt_sums *s = c->s;
	const enum tt_table table = TT_TABLE_SIGNATURE_RULES;

	if (!s->read[table])
		return;
	if (strcmp(c->m->signatures, "none") == 0)
		tt_compare_equal(c, table, "rows without signatures",
				c->m->files[table].rows, TT_TABLE_INTERVAL, 0);
	if (c->m->files[table].rows > 0)
		tt_compare_equal(c, table, "sources are kept of one in",
				s->signature_one_in, TT_TABLE_INTERVAL,
				c->m->signature_sources_one_in);
	if (s->read[TT_TABLE_COVERAGE] && !c->told[TT_TABLE_COVERAGE])
		tt_compare_at_most(c, table, "microseconds loaded", s->longest_loaded_us,
				TT_TABLE_COVERAGE, s->covered_us);
}

/* A packet matches one rule at least, and a detection is a match. */
void
tt_compare_signatures(struct tt_compare *c)
{
	const struct tt_sums *s = c->s;
	const enum tt_table table = TT_TABLE_SIGNATURES;

	if (!tt_compare_have(c, table, TT_TABLE_INTERVAL))
		return;
	tt_compare_equal(c, table, "detections", s->rule_detections, TT_TABLE_INTERVAL,
			c->m->detections);
	if (c->m->signature_sources_one_in == 1)
		tt_compare_at_most(c, table, "detections", s->rule_detections, table,
				s->matches);
	if (strcmp(c->m->signatures, "none") == 0)
		tt_compare_equal(c, table, "rows without signatures",
				c->m->files[table].rows, TT_TABLE_INTERVAL, 0);
	tt_compare_at_most(c, TT_TABLE_INTERVAL, "packets that signatures match",
			c->m->signature_packets, table, s->matches);
	if (!tt_compare_have(c, table, TT_TABLE_SIGNATURE_SOURCES))
		return;
	tt_compare_match(c, TT_TABLE_SIGNATURE_SOURCES,
			"sources by signature and country", TT_MATCH_SIGNATURE_SOURCES,
			table);
	if (s->read[TT_TABLE_INTERVAL] && s->common_source_rows > 0)
		tt_compare_at_most(c, TT_TABLE_SIGNATURE_SOURCES,
				"sources with detections, at least",
				c->m->signature_sources_one_in, TT_TABLE_INTERVAL,
				s->sources_detected);
	tt_compare_at_most(c, TT_TABLE_INTERVAL, "sources with detections",
			s->sources_detected, TT_TABLE_SIGNATURE_SOURCES,
			s->common_source_rows * c->m->signature_sources_one_in);
	if (c->m->signature_sources_one_in == 1)
		tt_compare_equal(c, TT_TABLE_SIGNATURE_SOURCES, "detections",
				s->source_detections, table, s->rule_detections);
}
