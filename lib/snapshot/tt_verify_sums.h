/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the rows of a snapshot's tables add up to, for the files that verify one (tt_verify.h).
 *
 * Where two tables must agree key by key (every source, every target and class), both sum up
 * hash(key) x count modulo 2^64. Equal tables give equal sums; tables that differ in any key give
 * equal ones by accident once in 2^64. So the comparison needs no memory, whatever the number of
 * keys and in whatever order they come.
 */
#ifndef TT_VERIFY_SUMS_H
#define TT_VERIFY_SUMS_H

#include "tt_row_text.h"
#include "tt_snapshot_private.h"

/* What is compared key by key. */
enum tt_match {
	TT_MATCH_TALKERS, /* packets by target and class: targets, talkers */
	TT_MATCH_SOURCE_PORTS, /* the same of TCP and UDP with ports: targets, source_ports */
	TT_MATCH_COUNTRIES, /* by country, class and backscatter: targets, countries */
	TT_MATCH_COUNTRY_SOURCES, /* sources by country: sources, countries */
	TT_MATCH_PROTOCOLS, /* by protocol and class: targets, distributions */
	TT_MATCH_TCP_FLAGS, /* by class and the six flags: two distributions */
	TT_MATCH_VICTIMS, /* backscatter packets by source: sources, victims */
	TT_MATCH_FINGERPRINTS, /* sources and what they carry: sources, source_fingerprints */
	TT_MATCH_PAIR_SOURCES, /* by source, all that is counted: pairs, sources */
	TT_MATCH_PAIR_SOURCE_COUNTRY, /* country by source: pairs, sources */
	TT_MATCH_PAIR_TARGETS, /* rows of targets: pairs, targets */
	TT_MATCH_PAIR_IPV6, /* rows of ipv6_targets: pairs, ipv6_targets */
	TT_MATCH_PAIR_COUNTRIES, /* sources of the rows of countries: pairs, countries */
	TT_MATCH_PAIR_OWN_COUNTRIES, /* and those that have their country there */
	TT_MATCH_PAIR_BACKSCATTER, /* rows of backscatter: pairs, backscatter */
	TT_MATCH_PAIR_VICTIMS, /* rows of victims: pairs, victims */
	TT_MATCH_PAIR_FINGERPRINTS, /* rows of fingerprints: pairs, fingerprints */
	TT_MATCH_PAIR_CARRIERS, /* rows of source_fingerprints: pairs, source_fingerprints */
	TT_MATCH_VICTIM_SOURCES, /* sources of TCP and UDP answers: victims, backscatter */
	TT_MATCH_CONTACTS, /* rows of destinations: contacts, destinations */
	TT_MATCH_CONTACT_SOURCES, /* destinations by source: contacts, sources */
	TT_MATCH_CONTACT_CLASSES, /* packets by source and class: contacts, pairs */
	TT_MATCH_SIGNATURE_SOURCES, /* sources by rule and country: both tables of signatures */
	TT_N_MATCHES
};

/* Of one rule, what three tables say. */
struct tt_rule_sums {
	int64_t tested, matched, sources, carriers,
			carrier_packets; /* fingerprint_rules */
	int64_t packets; /* fingerprints */
	int64_t source_rows, source_packets, source_tested; /* source_fingerprints */
	int64_t carried_rows, carried_packets;
	struct tt_fingerprint_rule judge; /* source_packets and source_percent alone */
};

/* A row of signature_rules. */
struct tt_loaded_rule {
	uint64_t rule, rev; /* gid and sid, 32 bits each */
	int64_t sources_one_in;
};

/* What the rows of a snapshot's tables add up to. */
struct tt_sums {
	bool read[TT_N_TABLES]; /* the table could be read to its end */
	struct tt_prefix_set monitored;
	struct tt_count total[TT_N_TABLES], by_class[TT_N_TABLES][TT_N_CLASSES];
	struct tt_count distributions[TT_N_DISTRIBUTIONS][TT_N_CLASSES];
	struct tt_count answers[TT_N_CLASSES]; /* rows of targets with backscatter */
	uint64_t match[TT_N_MATCHES][2];
	int64_t returning, returning_one_in, first_time; /* interval */
	int64_t targets, targets_first_time; /* distinct (protocol, target); targets */
	int64_t target_sources; /* sources of each target, summed over the targets */
	int64_t country_sources; /* likewise over the countries */
	int64_t destination_sources; /* likewise over the destinations */
	/* Distinct destinations, as far as the text of rows tells them apart. */
	int64_t destinations_least, destinations_most;
	int64_t source_rows, sources_returning, source_backscatter;
	int64_t source_targets, source_destinations; /* of each source, summed */
	bool country_rest; /* targets has rows of countries that are not told apart */
	int64_t ipv6_destined; /* packets to destinations of IPv6 */
	bool ipv6_untold; /* ipv6_targets has the row of what is not told apart */
	bool prefixes; /* of the destinations, some are prefixes */
	bool nest; /* and some lie in others */
	unsigned n_rules;
	char rules[TT_FINGERPRINTS_MAX][TT_FINGERPRINT_ID_MAX + 1];
	struct tt_rule_sums rule_sums[TT_FINGERPRINTS_MAX];
	/* Registers of the sources overall: as given, and as the rows of sources make them. */
	uint8_t sketch[1 << TT_SKETCH_P_ALL], source_sketch[1 << TT_SKETCH_P_ALL];
	struct tt_ledger_short ledger;
	__int128 address_us; /* coverage: observed time by monitored address */
	int64_t covered_until_us; /* of its last row */
	bool unit_unclear; /* rows of contacts of units that cannot be told apart */
	int64_t sources_detected; /* interval */
	struct tt_loaded_rule *signature_rules; /* [n_signature_rules] in order */
	size_t n_signature_rules;
	int64_t signature_one_in; /* the coarsest of them */
	int64_t longest_loaded_us; /* likewise */
	int64_t common_source_rows; /* of signature_sources, in the sample of all rules */
	int64_t covered_us; /* coverage: observed time of all rows */
	int64_t matches, rule_detections; /* signatures */
	int64_t source_detections; /* signature_sources */
	bool coverage_gap; /* some time of some origin is not covered */
};

/* Adds hash(a, b, c) x weight to one side of a match. */
static inline void
tt_match_add(uint64_t *side, uint64_t a, uint64_t b, uint64_t c, uint64_t weight)
{
	*side += tt_hash_3(a, b, c) * weight;
}

/* Both packets and bytes of a count. */
static inline void
tt_match_count(uint64_t *side, uint64_t a, uint64_t b, struct tt_count count)
{
	tt_match_add(side, a, b, 0, count.packets);
	tt_match_add(side, a, b, 1, count.bytes);
}

/* What sources and pairs must agree on, of one source. */
static inline void
tt_match_source(uint64_t *side, struct tt_addr src, struct tt_count count,
		uint64_t answers, uint64_t targets, uint32_t classes)
{
	tt_match_add(side, src.hi, src.lo, 0, count.packets);
	tt_match_add(side, src.hi, src.lo, 1, count.bytes);
	tt_match_add(side, src.hi, src.lo, 2, answers);
	tt_match_add(side, src.hi, src.lo, 3, targets);
	tt_match_add(side, src.hi, src.lo, 4 + (uint64_t)classes, 1);
}

/* A victim and class as one number. */
static inline uint64_t
tt_match_victim(struct tt_addr src, enum tt_class class)
{
	return tt_hash_3(src.hi, src.lo, class);
}

#endif
