/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What pairs and contacts must agree on with the tables that are marginals of them. Of sources that
 * have rows in pairs, all is there; where all sources have, the other tables follow.
 */
#include "tt_verify_compare.h"

#include <string.h>

/* Can it be told which of the sources that are kept have rows in pairs? */
static bool
rows_are_known(const struct tt_manifest *m)
{
	return m->pair_rows_one_in == m->sources_one_in
			|| tt_sample_knows_sources(m->sample);
}

/* Where databases differed, a packet and its source may be of two countries. */
bool
tt_check_one_geo(const struct tt_manifest *m)
{
	return strstr(m->geo, " + ") == NULL && strcmp(m->geo, "mixed") != 0;
}

/* Are rows of countries made of those of pairs? Before schema version 6, merged snapshots had the packets of a source that
 * moved in one country of pairs. */
static bool
countries_are_of_pairs(const struct tt_manifest *m)
{
	return tt_check_one_geo(m) || tt_manifest_tells_ipv6(m);
}

static void
compare_sources(struct tt_compare *c)
{
	const enum tt_table pairs = TT_TABLE_PAIRS;

	tt_compare_match(c, pairs, "counts by source", TT_MATCH_PAIR_SOURCES,
			TT_TABLE_SOURCES);
	if (tt_check_one_geo(c->m))
		tt_compare_match(c, pairs, "countries by source",
				TT_MATCH_PAIR_SOURCE_COUNTRY, TT_TABLE_SOURCES);
	tt_compare_match(c, pairs, "counts by victim", TT_MATCH_PAIR_VICTIMS,
			TT_TABLE_VICTIMS);
	tt_compare_match(c, pairs, "counts by source and fingerprint",
			TT_MATCH_PAIR_CARRIERS, TT_TABLE_SOURCE_FINGERPRINTS);
}

static void
compare_all(struct tt_compare *c)
{
	const enum tt_table pairs = TT_TABLE_PAIRS;

	if (countries_are_of_pairs(c->m)) {
		tt_compare_match(c, pairs, "counts by target and country",
				TT_MATCH_PAIR_TARGETS, TT_TABLE_TARGETS);
		if (!c->s->ipv6_untold)
			tt_compare_match(c, pairs, "counts of IPv6 by target and country",
					TT_MATCH_PAIR_IPV6, TT_TABLE_IPV6_TARGETS);
		tt_compare_match(c, pairs, "sources by country and class",
				TT_MATCH_PAIR_COUNTRIES, TT_TABLE_COUNTRIES);
	}
	if (tt_check_one_geo(c->m))
		tt_compare_match(c, pairs,
				"sources that have their country there, by class",
				TT_MATCH_PAIR_OWN_COUNTRIES, TT_TABLE_COUNTRIES);
	tt_compare_match(c, pairs, "counts of backscatter", TT_MATCH_PAIR_BACKSCATTER,
			TT_TABLE_BACKSCATTER);
	tt_compare_match(c, pairs, "counts by fingerprint", TT_MATCH_PAIR_FINGERPRINTS,
			TT_TABLE_FINGERPRINTS);
}

void
tt_compare_pairs(struct tt_compare *c)
{
	tt_compare_match(c, TT_TABLE_VICTIMS, "sources of TCP and UDP answers",
			TT_MATCH_VICTIM_SOURCES, TT_TABLE_BACKSCATTER);
	if (rows_are_known(c->m))
		compare_sources(c);
	if (c->m->pair_rows_one_in == 1)
		compare_all(c);
}

void
tt_compare_contacts(struct tt_compare *c)
{
	const enum tt_table contacts = TT_TABLE_CONTACTS;
	const struct tt_manifest *m = c->m;

	if (!c->s->unit_unclear && m->contact_rows_one_in == m->contacts_one_in
			&& (m->sources_one_in == 1 || tt_sample_knows_sources(m->sample)))
		tt_compare_match(c, contacts, "destinations by source",
				TT_MATCH_CONTACT_SOURCES, TT_TABLE_SOURCES);
	if (m->contact_rows_one_in == 1 && !c->s->unit_unclear)
		tt_compare_match(c, contacts, "counts by destination", TT_MATCH_CONTACTS,
				TT_TABLE_DESTINATIONS);
	if (m->contact_rows_one_in == 1 && m->pair_rows_one_in == 1)
		tt_compare_match(c, contacts, "packets by source and class",
				TT_MATCH_CONTACT_CLASSES, TT_TABLE_PAIRS);
}
