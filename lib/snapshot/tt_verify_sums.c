/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tables of a snapshot must agree on, with each other and with the interval. */
#include "tt_verify_compare.h"

#include <inttypes.h>

static void
by_class(struct tt_compare *c, enum tt_table table, const struct tt_count *expected,
		bool bytes)
{
	for (unsigned i = 0; i < TT_N_CLASSES; i++) {
		const struct tt_count *sum = &c->s->by_class[table][i];
		const char *class = tt_class_name((enum tt_class)i);

		if (!tt_compare_have(c, table, TT_TABLE_TARGETS))
			return;
		if (sum->packets != expected[i].packets)
			tt_compare_tell(c, table,
					"packets of class %s: %" PRIu64
					"; %s says %" PRIu64,
					class, sum->packets,
					tt_compare_file(TT_TABLE_TARGETS),
					expected[i].packets);
		else if (bytes && sum->bytes != expected[i].bytes)
			tt_compare_tell(c, table,
					"bytes of class %s: %" PRIu64
					"; %s says %" PRIu64,
					class, sum->bytes,
					tt_compare_file(TT_TABLE_TARGETS),
					expected[i].bytes);
	}
}

static void
compare_targets(struct tt_compare *c)
{
	const struct tt_sums *s = c->s;
	const enum tt_table table = TT_TABLE_TARGETS;
	int64_t answers = 0;

	for (unsigned i = 0; i < TT_N_CLASSES; i++)
		answers += (int64_t)s->answers[i].packets;
	tt_compare_equal(c, table, "packets", (int64_t)s->total[table].packets,
			TT_TABLE_INTERVAL, c->m->packets);
	tt_compare_equal(c, table, "bytes", (int64_t)s->total[table].bytes,
			TT_TABLE_INTERVAL, c->m->bytes);
	tt_compare_equal(c, table, "backscatter packets", answers, TT_TABLE_INTERVAL,
			c->m->backscatter_packets);
	tt_compare_equal(c, table, "distinct targets", s->targets, TT_TABLE_INTERVAL,
			c->m->targets);
	if (s->read[TT_TABLE_INTERVAL])
		tt_compare_equal(c, table, "targets for the first time",
				s->targets_first_time, TT_TABLE_INTERVAL, s->first_time);
	/* A pair of source and target is counted once from either side (decision 0003). */
	tt_compare_equal(c, table, "sources of all targets", s->target_sources,
			TT_TABLE_SOURCES, s->source_targets * c->m->sources_one_in);
}

static void
compare_countries(struct tt_compare *c)
{
	const struct tt_sums *s = c->s;
	const enum tt_table table = TT_TABLE_COUNTRIES;

	tt_compare_equal(c, table, "packets", (int64_t)s->total[table].packets,
			TT_TABLE_INTERVAL, c->m->packets);
	tt_compare_equal(c, table, "bytes", (int64_t)s->total[table].bytes,
			TT_TABLE_INTERVAL, c->m->bytes);
	by_class(c, table, s->by_class[TT_TABLE_TARGETS], true);
	tt_compare_equal(c, table, "sources of all countries", s->country_sources,
			TT_TABLE_INTERVAL, c->m->uniq_src_ip);
	tt_compare_match(c, table, "sources by country", TT_MATCH_COUNTRY_SOURCES,
			TT_TABLE_SOURCES);
	if (!s->country_rest)
		tt_compare_match(c, table, "counts by country and class",
				TT_MATCH_COUNTRIES, TT_TABLE_TARGETS);
}

static void
compare_sources(struct tt_compare *c)
{
	const struct tt_sums *s = c->s;
	const enum tt_table table = TT_TABLE_SOURCES;
	const struct tt_ledger_not_kept *lost = &c->m->ledger.not_kept[TT_LEDGER_PAIRS];

	tt_compare_equal(c, table, "sources", s->source_rows * c->m->sources_one_in,
			TT_TABLE_INTERVAL, c->m->uniq_src_ip);
	tt_compare_equal(c, table, "packets, and those that the ledger says are not kept",
			(int64_t)(s->total[table].packets + lost->packets),
			TT_TABLE_INTERVAL, c->m->packets);
	tt_compare_at_most(c, table, "bytes", (int64_t)s->total[table].bytes,
			TT_TABLE_INTERVAL, c->m->bytes);
	tt_compare_at_most(c, table, "backscatter packets", s->source_backscatter,
			TT_TABLE_INTERVAL, c->m->backscatter_packets);
	if (c->m->sources_one_in == 1) {
		tt_compare_equal(c, table, "bytes", (int64_t)s->total[table].bytes,
				TT_TABLE_INTERVAL, c->m->bytes);
		tt_compare_equal(c, table, "backscatter packets", s->source_backscatter,
				TT_TABLE_INTERVAL, c->m->backscatter_packets);
	}
	if (s->read[TT_TABLE_INTERVAL] && s->returning_one_in == 1)
		tt_compare_equal(c, table, "returning sources",
				s->sources_returning * c->m->sources_one_in,
				TT_TABLE_INTERVAL, s->returning);
	tt_compare_match(c, table, "fingerprints that sources carry",
			TT_MATCH_FINGERPRINTS, TT_TABLE_SOURCE_FINGERPRINTS);
}

static void
compare_split(struct tt_compare *c)
{
	const struct tt_sums *s = c->s;

	tt_compare_match(c, TT_TABLE_TALKERS, "packets by target and class",
			TT_MATCH_TALKERS, TT_TABLE_TARGETS);
	tt_compare_match(c, TT_TABLE_SOURCE_PORTS, "packets by target and class",
			TT_MATCH_SOURCE_PORTS, TT_TABLE_TARGETS);
	by_class(c, TT_TABLE_BACKSCATTER, s->answers, true);
	tt_compare_match(c, TT_TABLE_VICTIMS, "backscatter packets by source",
			TT_MATCH_VICTIMS, TT_TABLE_SOURCES);
}

static void
compare_destinations(struct tt_compare *c)
{
	const struct tt_sums *s = c->s;
	const enum tt_table table = TT_TABLE_DESTINATIONS;

	by_class(c, table, s->by_class[TT_TABLE_TARGETS], false);
	tt_compare_at_most(c, table, "distinct destinations", s->destinations_least,
			TT_TABLE_INTERVAL, c->m->destinations);
	if (s->destinations_most < c->m->destinations)
		tt_compare_equal(c, table, "distinct destinations", s->destinations_most,
				TT_TABLE_INTERVAL, c->m->destinations);
	if (!c->m->exact)
		return;
	/* A pair of source and destination is counted once from either side, unless
	 * destinations are told apart by their prefix only, or an address lies in several of them. */
	if (s->nest)
		return;
	tt_compare_at_most(c, table, "sources of all destinations",
			s->destination_sources, TT_TABLE_SOURCES, s->source_destinations);
	if (!s->prefixes)
		tt_compare_equal(c, table, "sources of all destinations",
				s->destination_sources, TT_TABLE_SOURCES,
				s->source_destinations);
}

/* By their destinations and by their targets there are as many packets of IPv6. */
static void
compare_ipv6(struct tt_compare *c)
{
	const struct tt_sums *s = c->s;
	const enum tt_table table = TT_TABLE_IPV6_TARGETS;
	int64_t packets = (int64_t)s->total[table].packets;

	if (s->read[table] && packets != c->m->ipv6_packets)
		tt_compare_tell(c, table,
				"packets: %" PRId64 "; the manifest says %" PRId64,
				packets, c->m->ipv6_packets);
	tt_compare_equal(c, table, "packets", packets, TT_TABLE_DESTINATIONS,
			s->ipv6_destined);
}

/* Is every packet of the class in the distribution? */
static bool
covers(enum tt_distribution d, enum tt_class class)
{
	switch (d) {
	case TT_DIST_TCP_FLAGS:
	case TT_DIST_TCP_FLAGS_ALL:
	case TT_DIST_TCP_SOURCE_PORT:
		return class <= TT_CLASS_TCP_OTHER;
	case TT_DIST_UDP_SOURCE_PORT:
		return class == TT_CLASS_UDP;
	default:
		return true;
	}
}

/* TCP windows are those of SYNs of which that much of the header is there; of the source port
 * distributions, bytes are not counted. */
static void
compare_distribution(struct tt_compare *c, enum tt_distribution d, enum tt_class class)
{
	const struct tt_count *sum = &c->s->distributions[d][class];
	struct tt_count expected = c->s->by_class[TT_TABLE_TARGETS][class];
	bool wrong;

	if (d == TT_DIST_TCP_SOURCE_PORT || d == TT_DIST_UDP_SOURCE_PORT)
		expected.bytes = 0;
	if (d == TT_DIST_TCP_WINDOW)
		wrong = sum->packets > expected.packets || sum->bytes > expected.bytes;
	else
		wrong = covers(d, class)
				&& (sum->packets != expected.packets
						|| sum->bytes != expected.bytes);
	if (wrong)
		tt_compare_tell(c, TT_TABLE_DISTRIBUTIONS,
				"%s of class %s: %" PRIu64 " packets, %" PRIu64
				" bytes; %s says %" PRIu64 " and %" PRIu64,
				tt_distribution_name(d), tt_class_name(class),
				sum->packets, sum->bytes,
				tt_compare_file(TT_TABLE_TARGETS), expected.packets,
				expected.bytes);
}

static void
compare_distributions(struct tt_compare *c)
{
	const enum tt_table table = TT_TABLE_DISTRIBUTIONS;

	if (!tt_compare_have(c, table, TT_TABLE_TARGETS))
		return;
	for (unsigned d = 0; d < TT_N_DISTRIBUTIONS; d++)
		for (unsigned i = 0; i < TT_N_CLASSES; i++)
			compare_distribution(
					c, (enum tt_distribution)d, (enum tt_class)i);
	tt_compare_match(c, table, "counts by IP protocol and class", TT_MATCH_PROTOCOLS,
			TT_TABLE_TARGETS);
	tt_compare_match(c, table, "tcp-flags", TT_MATCH_TCP_FLAGS, table);
}

/* Of one rule: matching packets by target, and sources by what is kept of them. */
static void
compare_rule(struct tt_compare *c, const struct tt_rule_sums *r)
{
	const enum tt_table rules = TT_TABLE_FINGERPRINT_RULES;
	const enum tt_table sources = TT_TABLE_SOURCE_FINGERPRINTS;
	int64_t one_in = c->m->sources_one_in;

	tt_compare_equal(c, TT_TABLE_FINGERPRINTS, "packets of a rule", r->packets, rules,
			r->matched);
	tt_compare_equal(c, sources, "sources of a rule", r->source_rows * one_in, rules,
			r->sources);
	tt_compare_equal(c, sources, "carriers of a rule", r->carried_rows * one_in,
			rules, r->carriers);
	tt_compare_equal(c, sources, "packets of the carriers of a rule",
			r->carried_packets * one_in, rules, r->carrier_packets);
	tt_compare_at_most(c, sources, "packets of a rule", r->source_packets, rules,
			r->matched);
	tt_compare_at_most(
			c, sources, "packets tested", r->source_tested, rules, r->tested);
	if (one_in == 1)
		tt_compare_equal(c, sources, "packets of a rule", r->source_packets,
				rules, r->matched);
}

static void
compare_sketch(struct tt_compare *c)
{
	const struct tt_sums *s = c->s;

	if (!tt_compare_have(c, TT_TABLE_SKETCHES, TT_TABLE_SOURCES))
		return;
	for (unsigned i = 0; i < TT_ARRAY_SIZE(s->sketch); i++) {
		bool wrong = s->sketch[i] < s->source_sketch[i];

		/* Where sources are not kept, the sketch knows of more. */
		if (c->m->sources_one_in == 1)
			wrong = s->sketch[i] != s->source_sketch[i];
		if (wrong)
			tt_compare_tell(c, TT_TABLE_SKETCHES,
					"sources: register %u is %u; by %s it is %u", i,
					s->sketch[i], tt_compare_file(TT_TABLE_SOURCES),
					s->source_sketch[i]);
	}
}

static void
compare_ledger(struct tt_compare *c)
{
	const struct tt_ledger_short *s = &c->s->ledger;
	const enum tt_table table = TT_TABLE_LEDGER;

	tt_compare_equal(c, table, "frames", (int64_t)s->frames, TT_TABLE_INTERVAL,
			c->m->frames);
	tt_compare_equal(c, table, "packets counted", (int64_t)s->counted,
			TT_TABLE_INTERVAL, c->m->packets);
	if (c->m->sources_one_in == 1)
		tt_compare_equal(c, table, "packets of sources that are not kept",
				(int64_t)s->not_kept[TT_LEDGER_PAIRS].packets,
				TT_TABLE_INTERVAL, 0);
	if (c->m->contacts_one_in == 1)
		tt_compare_equal(c, table, "packets of contacts that are not kept",
				(int64_t)s->not_kept[TT_LEDGER_CONTACTS].packets,
				TT_TABLE_INTERVAL, 0);
}

/* How long IPv4 addresses were observed: where there are no others, it is what coverage has; else no more than if each sensor had them
 * all, and just that where there is one interval. */
static void
compare_ipv4_time(struct tt_compare *c)
{
	const struct tt_manifest *m = c->m;
	const unsigned __int128 all = (unsigned __int128)c->s->covered_us
			* (uint64_t)m->monitored_ipv4;
	bool wrong;

	if (!tt_manifest_tells_ipv6(m))
		return;
	if (!m->monitors_ipv6)
		wrong = m->ipv4_us != (unsigned __int128)c->s->address_us;
	else if (m->parts.n == 0)
		wrong = m->ipv4_us != all;
	else
		wrong = m->ipv4_us > all;
	if (wrong)
		tt_compare_tell(c, TT_TABLE_COVERAGE,
				"not the time of IPv4 addresses that the manifest says");
}

/* Address-seconds are kept: the interval's are those of its monitored addresses, rounded down. */
static void
compare_coverage(struct tt_compare *c)
{
	const struct tt_sums *s = c->s;
	const enum tt_table table = TT_TABLE_COVERAGE;
	int64_t addresses = c->m->monitored_addresses;

	if (!tt_compare_have(c, table, TT_TABLE_INTERVAL))
		return;
	if (addresses > 0)
		tt_compare_equal(c, table, "microseconds observed",
				(int64_t)(s->address_us / addresses), TT_TABLE_INTERVAL,
				c->m->observed_us);
	compare_ipv4_time(c);
	if (c->m->complete && (s->coverage_gap || s->covered_until_us != c->m->end_us))
		tt_compare_tell(c, table, "not all of an interval that is complete");
}

void
tt_verify_sums(const struct tt_manifest *manifest, const struct tt_sums *sums,
		void (*wrong)(void *context, enum tt_table table, const char *why),
		void *context)
{
	struct tt_compare c = {
			.m = manifest, .s = sums, .wrong = wrong, .context = context};

	/* What others are held against comes first: one wrong file is then one line. */
	for (unsigned i = 0; i < sums->n_rules; i++)
		compare_rule(&c, &sums->rule_sums[i]);
	compare_sources(&c);
	compare_targets(&c);
	compare_countries(&c);
	compare_split(&c);
	compare_destinations(&c);
	compare_ipv6(&c);
	compare_distributions(&c);
	compare_sketch(&c);
	tt_compare_pairs(&c);
	tt_compare_contacts(&c);
	tt_compare_signatures(&c);
	compare_coverage(&c);
	tt_compare_signature_rules(&c);
	compare_ledger(&c);
}
