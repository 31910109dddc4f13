/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ranking of targets over any number of snapshots: `targets` summed by (protocol, target).
 * One thread. Memory: 56 bytes for each distinct target, that of tt_ranking_span.h, and where sources were sampled that of
 * tt_target_sources.h.
 *
 * Rates are per day and monitored address, as observation reports give them: packets divided by
 * the sum over snapshots of observed days x monitored addresses, so that intervals and sensors
 * of unequal size weigh as they should. Where IPv4 and IPv6 are monitored, they are of IPv4 (tt_version_rate.h), while packets,
 * shares, bytes and sources are of both.
 *
 * Unique sources cannot be summed over snapshots (a source comes again), and the tables of a
 * snapshot do not say which sources a target had. So the ranking gives the greatest number in
 * any one snapshot, max_uniq_src_ip: over one snapshot this is its unique sources, over several
 * a lower bound. With a class, it is those of the class: of UDP and ICMP every packet to a target
 * is of one class, and of TCP a class has one code and is backscatter or is not, so that `targets`
 * has these numbers. Were a target to have several classes and the class several codes, they would be
 * a lower bound (at_least). Where a snapshot's unique counts are estimates (see tt_merge.h), so are
 * these (estimated), but of targets of which it has all talkers: tt_target_sources.h.
 *
 * Of one IP version: what `ipv6_targets` has is IPv6, the rest of `targets` IPv4, with what a snapshot does not tell apart.
 */
#ifndef TT_RANKING_H
#define TT_RANKING_H

#include "tt_class.h"
#include "tt_ranking_span.h"
#include "tt_target_sources.h"

struct tt_rank {
	uint8_t protocol;
	int32_t target; /* -1: none */
	uint64_t packets, bytes;
	uint64_t ipv6_packets, ipv6_bytes; /* of these, what is known to be IPv6 */
	uint64_t max_uniq_src_ip;
	bool at_least; /* max_uniq_src_ip is a lower bound in some snapshot */
	bool estimated; /* the number of its sources is an estimate in some snapshot */
};

struct tt_ranking {
	bool one_class; /* only packets of this class */
	enum tt_class class;
	unsigned ip_version; /* 4 or 6: only packets of it, set before the first is added; 0: of both */
	struct tt_rank *ranks; /* [n_ranks], after tt_ranking_sort from the most packets */
	size_t n_ranks, room;
	uint32_t *slots; /* [n_slots] index into ranks + 1, or 0 */
	size_t n_slots;
	uint64_t packets, bytes; /* of what was added, the class alone */
	struct tt_target_sources sources; /* of the snapshot that is being added */
	struct tt_ranking_span
			over; /* address_time.untold: also where a table was full */
};

/* Makes an empty ranking. class: NULL for all. */
void tt_ranking_init(struct tt_ranking *ranking, const enum tt_class *class);
void tt_ranking_fini(struct tt_ranking *ranking);

/* Adds a snapshot, whose table is read once before, so that a damaged one adds nothing. Returns
 * 0, or a negative errno with err naming the file. */
int tt_ranking_add(struct tt_ranking *ranking, const struct tt_snapshot *snapshot,
		struct tt_error *err) TT_MUST_CHECK;

/* Leaves, of each target, what is of the IP version; those without any go. Called by tt_ranking_sort. */
void tt_ranking_choose_version(struct tt_ranking *ranking);

/* Leaves what is of the IP version, and sorts by packets, most first; equal ones by protocol and target. Ends adding. */
void tt_ranking_sort(struct tt_ranking *ranking);

/* Are unique sources known? Of one IP version they are where it alone is monitored. */
bool tt_ranking_tells_sources(const struct tt_ranking *ranking);

/* Packets per day and monitored address, of IPv4 where both versions are monitored, or of the IP version; 0 where nothing was observed. */
double tt_ranking_rate(const struct tt_ranking *ranking, const struct tt_rank *rank);

/* Is the rate of all packets that small that text gives those per day and sensor (tt_version_rate_is_nil)? */
bool tt_ranking_is_per_sensor(const struct tt_ranking *ranking);
double tt_ranking_sensor_rate(
		const struct tt_ranking *ranking, const struct tt_rank *rank);

/* Prints the first n ranks; errors are those of the FILE. CSV and JSON Lines have in their last columns what text marks:
 * `sources_estimated` (the number of sources is one in some snapshot that has the target, from a sample or sketch), `sources_at_least`
 * (it is a lower bound) and `ipv6_untold` (packets of IPv6 are among those of IPv4, and so in rates by address). */
void tt_ranking_print(const struct tt_ranking *ranking, size_t n,
		enum tt_ranking_format format, FILE *out);

#endif
