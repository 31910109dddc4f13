/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the reference: one function for each table. */
#ifndef MEASURES_REF_TABLES_H
#define MEASURES_REF_TABLES_H

#include "measures_ref.h"

typedef void measures_table(const struct measures_ref *ref, int64_t start_us,
		const struct tt_merge_sink *sink, struct tt_totals *totals);

measures_table ref_targets, ref_countries, ref_destinations; /* measures_ref_targets.c */
measures_table ref_distributions, ref_sketches; /* measures_ref_values.c */
measures_table ref_source_ports, ref_talkers; /* measures_ref_heavy.c */
measures_table ref_sources, ref_backscatter, ref_victims; /* measures_ref_sources.c */
measures_table ref_fingerprints, ref_rules,
		ref_source_fingerprints; /* measures_ref_fingerprints.c */
measures_table ref_pairs, ref_contacts; /* measures_ref_pairs.c */

/* Adds a fact for a packet; what a table lists. */
typedef void measures_list(const struct measures_ref *ref, const struct measured *m,
		struct facts *facts);

/* The facts of all packets, sorted. */
struct facts ref_list(const struct measures_ref *ref, measures_list *add);

/* Distinct destinations: an IPv4 address, or the unit of an IPv6 one. */
uint64_t ref_destinations_of(
		const struct measures_ref *ref, const struct fact *facts, size_t n);

/* Distinct (protocol, number). */
uint64_t ref_targets_of(const struct fact *facts, size_t n);

/* Packets of facts[n] that were tested for a rule, that matched it. */
void ref_rule_packets(const struct fact *facts, size_t n, unsigned rule, uint64_t *tested,
		uint64_t *matched);

/* The least and the greatest time of facts[n], n > 0. */
void ref_times(const struct fact *facts, size_t n, int64_t *first_us, int64_t *last_us);

/* Had an earlier interval the target? Had one within the horizon the source? */
bool ref_target_seen(const struct measures_ref *ref, struct tt_target target,
		int64_t start_us);
bool ref_source_seen(
		const struct measures_ref *ref, struct tt_addr src, int64_t start_us);

#endif
