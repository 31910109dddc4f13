/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tables of signatures must agree on, with each other and with the interval. */
#include "tt_identities.h"
#include "tt_verify_compare.h"

#include <string.h>

/* Is part of the time that of which signatures were loaded, or all of it, or nothing, as the sets say? */
static bool
is_of(unsigned sets, bool without, unsigned __int128 part, unsigned __int128 all)
{
	if (sets == 0)
		return part == 0;
	return without ? part <= all : part == all;
}

/* Signatures were loaded for no longer than sensors looked, as long where all parts had some, and no rule for longer than they all. */
static void
compare_loaded(struct tt_compare *c)
{
	const struct tt_manifest *m = c->m;
	const struct tt_loaded *l = &m->loaded;
	unsigned __int128 seconds = (unsigned __int128)l->observed_us;
	bool without;
	unsigned sets = tt_identities_sets(m->signatures, &without);

	if (!l->told)
		return;
	without = without && m->parts.n > 0;
	if (!is_of(sets, without, seconds, (unsigned __int128)c->s->covered_us)
			|| !is_of(sets, without, l->address_us,
					(unsigned __int128)c->s->address_us)
			|| !is_of(sets, without, l->ipv4_us, m->ipv4_us)
			|| l->address_us > seconds * (uint64_t)m->monitored_addresses
			|| l->ipv4_us > l->address_us
			|| l->observed_us < c->s->longest_loaded_us)
		tt_compare_tell(c, TT_TABLE_COVERAGE,
				"not the time with signatures that the manifest says");
}

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
	if (!s->read[TT_TABLE_COVERAGE] || c->told[TT_TABLE_COVERAGE])
		return;
	tt_compare_at_most(c, table, "microseconds loaded", s->longest_loaded_us,
			TT_TABLE_COVERAGE, s->covered_us);
	compare_loaded(c);
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
