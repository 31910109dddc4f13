/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Many tallies of one interval → the rows of its tables, in canonical order. The tallies are
 * settled and then only read, unless they may be used up. One thread. The rows go to a sink one by one, so that no table is held twice. The
 * memory of a merge is 48 bytes for each key that the tallies can hold, a tt_rest and 46 MiB,
 * taken at creation (it grows only for replays that hold more parts than that).
 *
 * The same packets give the same rows however they are spread over tallies, as long as no table
 * was full: rows are sorted by their keys, sums do not depend on order, and unique counts are
 * counts of distinct keys. Where pairs or contacts were sampled, all tallies are brought to the
 * rate of the lowest, and unique counts are scaled: their standard error is
 * sqrt(count x (one_in - 1)), since of N sources each is kept with probability 1 / one_in.
 */
#ifndef TT_MERGE_H
#define TT_MERGE_H

#include "tt_asn.h"
#include "tt_detections_merge.h"
#include "tt_fingerprint.h"
#include "tt_geo.h"
#include "tt_recall.h"
#include "tt_tally.h"

/* "**" in `targets` and `countries`: packets of countries that are not told apart. */
#define TT_COUNTRY_REST TT_N_COUNTRIES

/* A row of `targets`, in order of target, code, class, backscatter, country ("**" last). */
struct tt_target_row {
	struct tt_target target;
	enum tt_class class;
	bool backscatter;
	uint16_t country; /* tt_country or TT_COUNTRY_REST */
	struct tt_count count;
	struct tt_count ipv6; /* of these, the packets of IPv6; none in rows of TT_COUNTRY_REST */
	uint64_t uniq_src_ip; /* distinct sources of this row */
	/*
	 * Of these, the ones that no earlier row of the same protocol and target (any code,
	 * class or backscatter) has. A source has one country, so the sum over rows is the number
	 * of distinct sources of the target, in all or in any countries.
	 */
	uint64_t uniq_src_ip_target;
	bool first; /* no earlier interval at this sensor had this protocol and target */
};

/* A row of `countries`, in order of country, class, backscatter. Sums are exact always. */
struct tt_country_row {
	tt_country country;
	enum tt_class class;
	bool backscatter;
	struct tt_count count;
	uint64_t uniq_src_ip; /* distinct sources of this row */
	uint64_t uniq_src_ip_country; /* of these, those that no earlier row of the country has */
};

/* A row of `sources`, in order of address (IPv4 as ::ffff:0:0/96 among IPv6). */
struct tt_source_row {
	struct tt_addr src;
	tt_country country;
	uint32_t asn; /* 0: unknown */
	struct tt_count count;
	uint64_t backscatter_packets;
	uint64_t targets; /* distinct (protocol, target) */
	uint64_t destinations; /* distinct ones (tt_contact_key without class), scaled */
	uint64_t destinations_error; /* standard error of the former, rounded up */
	uint32_t classes; /* bit per enum tt_class */
	uint32_t fingerprints; /* bit per rule that the source carries (tt_fingerprint_judge) */
	int64_t first_us, last_us;
	enum tt_returning returning;
};

/* A row of `source_fingerprints`: every rule of which a source has matching packets, in order of
 * source, rule. */
struct tt_source_fingerprint_row {
	struct tt_addr src;
	unsigned rule;
	uint64_t packets, tested; /* that match; of how many tested */
	bool carried; /* tt_fingerprint_judge */
};

/* A row of `fingerprints`, in order of rule, target (without code), class. Where slices were
 * full: last of a rule, number and protocol 0 with `rest`. */
struct tt_fingerprint_row {
	unsigned rule;
	struct tt_target target;
	enum tt_class class;
	bool rest; /* packets whose target is not told apart; target and class are then 0 */
	struct tt_count count; /* bytes 0 in the rest: not known */
	uint64_t uniq_src_ip; /* distinct sources with matching packets */
};

/* A row of `fingerprint_rules`: one for each rule, always. */
struct tt_rule_row {
	unsigned rule;
	uint64_t tested, matched; /* packets, exact always */
	uint64_t sources; /* distinct sources with a matching packet, scaled */
	uint64_t carriers; /* of these, those that carry the fingerprint, scaled */
	uint64_t carrier_packets; /* matching packets of carriers, scaled */
};

/* A row of `source_ports`: heaviest source ports of a target and class, in order of target (without
 * code), class; then packets, most first; then port; then the rest as source_port -1, if any. */
struct tt_source_port_row {
	struct tt_target target;
	enum tt_class class;
	int32_t source_port; /* -1: all others */
	uint64_t packets;
};

/* A row of `talkers`: likewise the heaviest sources of a target and class. */
struct tt_talker_row {
	struct tt_target target;
	enum tt_class class;
	bool rest; /* all other sources */
	struct tt_addr src;
	uint64_t packets;
};

/* A row of `destinations`, in order of destination unit, class. */
struct tt_destination_row {
	uint32_t unit;
	enum tt_class class;
	uint64_t packets;
	uint64_t uniq_src_ip; /* distinct sources of this row, scaled */
	uint64_t uniq_src_ip_destination; /* of these, those no earlier row of the unit has */
};

/* A row of `backscatter`, in order of packet's protocol, ICMP type and code (-1 and 0 where it is
 * not ICMP), class, attacked service. Where slices were full: first rows of protocol 0 and number
 * -1, for packets of which only the class is told apart. */
struct tt_backscatter_row {
	struct tt_target
			target; /* protocol and ICMP type and code; number -1 for TCP and UDP */
	enum tt_class class;
	struct tt_target attacked; /* protocol 0, number -1: unknown */
	struct tt_count count;
	uint64_t uniq_src_ip; /* victims (or routers on the way that answer for them) */
};

/* A row of `victims`: sources of backscatter, in order of source, attacked service, class. */
struct tt_victim_row {
	struct tt_addr src;
	tt_country country;
	struct tt_target attacked;
	enum tt_class class;
	struct tt_count count;
	int64_t first_us, last_us;
};

/* A row of `distributions`, in order of distribution, class, value. */
struct tt_distribution_row {
	enum tt_distribution distribution;
	enum tt_class class;
	uint32_t value;
	struct tt_count count; /* bytes 0 in the source port distributions: not counted */
};

/* A row of `sketches`: a register that is not empty, in order of kind, key, register. */
enum tt_sketch_kind {
	TT_SKETCH_SOURCES, /* of all */
	TT_SKETCH_SOURCES_COUNTRY,
	TT_SKETCH_SOURCES_PREFIX, /* that reached a destination prefix */
	TT_SKETCH_SOURCES_TARGET,
	TT_SKETCH_DESTINATIONS_TARGET,
};

struct tt_sketch_row {
	enum tt_sketch_kind kind;
	uint32_t key; /* country; unit of `prefixes`; tt_target_index; 0 */
	unsigned p;
	uint32_t reg;
	uint8_t rho;
};

/* Rows of one sketch at once, in ascending order of register. */
#define TT_SKETCH_ROWS_MAX TT_REGISTER_BLOCK

struct tt_sketch_rows {
	enum tt_sketch_kind kind;
	uint32_t key;
	unsigned p;
	unsigned n;
	int32_t regs[TT_SKETCH_ROWS_MAX], rhos[TT_SKETCH_ROWS_MAX]; /* [n], n > 0 */
};

/*
 * A row of `pairs`: what the marginals above are counted from, in order of source, key, detail. Of
 * sources in the sample of one in pair_rows_one_in (tt_totals).
 */
struct tt_pair_row {
	struct tt_addr src;
	tt_country country;
	tt_target_key key; /* target, code and class */
	tt_detail detail; /* backscatter, attacked service, fingerprints */
	struct tt_count count;
	unsigned sample_bits; /* of the source: tt_sample_bits */
};

/* A row of `contacts`, in order of source, unit, host, class. Of (source, unit) in the sample of
 * one in contact_rows_one_in. */
struct tt_contact_row {
	struct tt_addr src;
	uint32_t unit;
	uint32_t host; /* IPv4: the address, less the one in the unit's text; IPv6: 0 */
	enum tt_class class;
	uint64_t packets;
	unsigned sample_bits; /* of source and unit */
};

/* Rows of `signature_rules`, `signatures` and `signature_sources`: tt_detections_merge.h. */

/* Sums over the interval; also what `interval` and `ledger` need. */
struct tt_totals {
	struct tt_count count; /* packets counted and their IP bytes */
	struct tt_count ipv6; /* of these, those of IPv6 */
	struct tt_count ipv6_untold; /* and of them, those that are in rows of TT_COUNTRY_REST */
	uint64_t backscatter_packets;
	uint64_t uniq_src_ip; /* distinct sources, scaled */
	uint64_t uniq_src_ip_returning; /* of these, seen in an earlier interval, scaled; no more than these */
	uint64_t uniq_dst_ip; /* distinct destination units, exact */
	uint64_t targets,
			targets_first; /* distinct (protocol, target); seen never before */
	uint64_t sources_one_in, contacts_one_in; /* sampling: 1 where all are kept */
	uint64_t pair_rows_one_in,
			contact_rows_one_in; /* of their rows, no less than that */
	uint64_t returning_one_in; /* returning sources are counted among one in so many */
	int64_t recall_since_us; /* since when; the interval's start where it begins */
	/* Keys not kept, and the packets that their tables therefore lack. */
	struct tt_not_kept pairs, contacts, ports, slices, talkers, sketches;
	uint64_t frames, frame_bytes, late;
	uint64_t fates[TT_N_FATES];
	int64_t first_us, last_us; /* of any frame; 0 without frames */
	struct tt_signature_totals signatures; /* zero where there are none */
};

/* The steps of a merge, in their order. */
enum tt_merge_step_id {
	TT_STEP_COLLECT,
	TT_STEP_TARGETS,
	TT_STEP_FINGERPRINTS,
	TT_STEP_SOURCES,
	TT_STEP_RULES,
	TT_STEP_COUNTRIES,
	TT_STEP_BACKSCATTER,
	TT_STEP_DESTINATIONS,
	TT_STEP_CONTACT_ROWS,
	TT_STEP_SOURCE_PORTS,
	TT_STEP_DISTRIBUTIONS,
	TT_STEP_SKETCHES,
	TT_STEP_SIGNATURES,
	TT_MERGE_N_STEPS
};

/* Where rows go. Each returns 0, or a negative errno that ends the merge. NULL: not wanted. */
struct tt_merge_sink {
	void *context;
	int (*target)(void *context, const struct tt_target_row *row,
			struct tt_error *err);
	int (*country)(void *context, const struct tt_country_row *row,
			struct tt_error *err);
	int (*source)(void *context, const struct tt_source_row *row,
			struct tt_error *err);
	int (*source_fingerprint)(void *context,
			const struct tt_source_fingerprint_row *row,
			struct tt_error *err);
	int (*fingerprint)(void *context, const struct tt_fingerprint_row *row,
			struct tt_error *err);
	int (*rule)(void *context, const struct tt_rule_row *row, struct tt_error *err);
	int (*source_port)(void *context, const struct tt_source_port_row *row,
			struct tt_error *err);
	int (*talker)(void *context, const struct tt_talker_row *row,
			struct tt_error *err);
	int (*destination)(void *context, const struct tt_destination_row *row,
			struct tt_error *err);
	int (*backscatter)(void *context, const struct tt_backscatter_row *row,
			struct tt_error *err);
	int (*victim)(void *context, const struct tt_victim_row *row,
			struct tt_error *err);
	int (*distribution)(void *context, const struct tt_distribution_row *row,
			struct tt_error *err);
	/* Either of these two: they are millions, and little to do for each. */
	int (*sketch)(void *context, const struct tt_sketch_row *row,
			struct tt_error *err);
	int (*pair)(void *context, const struct tt_pair_row *row, struct tt_error *err);
	int (*contact)(void *context, const struct tt_contact_row *row,
			struct tt_error *err);
	int (*signature_rule)(void *context, const struct tt_signature_rule_row *row,
			struct tt_error *err);
	int (*signature)(void *context, const struct tt_signature_row *row,
			struct tt_error *err);
	int (*signature_source)(void *context, const struct tt_signature_source_row *row,
			struct tt_error *err);
	int (*sketches)(void *context, const struct tt_sketch_rows *rows,
			struct tt_error *err);
	/* After each step: no row of the kinds that it gives out comes any more. */
	int (*step_done)(void *context, enum tt_merge_step_id step, struct tt_error *err);
};

/* What a merge needs to know beside the tallies; all of it outlives the merge. */
struct tt_merge_config {
	uint64_t max_pairs; /* the sum of tt_tally_config's `pairs` over tallies merged at once */
	const struct tt_geo *geo;
	const struct tt_asn *asn; /* NULL: none */
	const struct tt_units *destinations, *prefixes;
	const struct tt_fingerprints *fingerprints; /* NULL: none */
	const struct tt_rules
			*rules; /* of signatures, where no tally says which; NULL: none */
	uint64_t max_signature_hits; /* the sum of `signature_hits` of tallies merged at once;
				      * 0: no signatures */
	struct tt_recall *
			recall; /* NULL: every target is seen for the first time, and no source
				   * returns */
	unsigned source_ports, talkers; /* heaviest so many of each target and class */
	uint64_t sketch_rows; /* the most rows of target sketches; the busiest targets first */
	uint64_t pair_rows,
			contact_rows; /* the most rows of `pairs`, of `contacts`; 0: all */
	bool uses_up; /* the tallies of a run are of no use after it but to be reset, also of one that
		      * fails: what they hold may have been given back */
};

struct tt_merge;

int tt_merge_create(struct tt_merge **merge, const struct tt_merge_config *config,
		struct tt_mem *mem, struct tt_error *err) TT_MUST_CHECK;
void tt_merge_destroy(struct tt_merge *merge);
uint64_t tt_merge_bytes(const struct tt_merge_config *config);

/* The most keys for which no more than that is needed: pairs of all tallies that are merged at once,
 * and the contacts or ports in their tables, whichever are more. */
uint64_t tt_merge_keys(const struct tt_merge_config *config);

/*
 * Merges tallies[n] (n may be 0) of the interval that starts at start_us. May be called again for
 * the same interval, unless tallies are used up: what is recalled of earlier intervals does not
 * change by it. Returns 0, -ENOMEM, or what the sink returned.
 */
int tt_merge_run(struct tt_merge *merge, struct tt_tally *const *tallies, unsigned n,
		int64_t start_us, const struct tt_merge_sink *sink,
		struct tt_totals *totals, struct tt_error *err) TT_MUST_CHECK;

/* Has the rules of an interval without tallies be these from now on, in place of the config's. */
void tt_merge_set_rules(struct tt_merge *merge, const struct tt_rules *rules);

/* The standard error of a count of distinct keys that was scaled by one_in, rounded up; of 0, that
 * of one key. 0 only where one_in is 1. */
uint64_t tt_scaled_error(uint64_t count, uint64_t one_in);

/* The same of a count that was scaled by groups of keys, each of which is kept whole or not at all
 * (the addresses of a unit that a source reached). squares: the sum of the squares of the sizes of those kept. */
uint64_t tt_scaled_group_error(uint64_t squares, uint64_t one_in);

#endif
