/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ranking of where packets come from, over any number of snapshots: of countries, from `countries`, whose packets are
 * exact always; or of networks (AS numbers), from `sources`. One thread. Memory: 144 bytes for each distinct country or network, and
 * that of tt_ranking_span.h.
 *
 * Where a snapshot has a sample of its sources, one in k, packets of networks are estimates: k times those of the sources that are
 * there (Horvitz and Thompson 1952; unbiased). The standard error of a snapshot is sqrt(k (k - 1) sum of squares of the packets of each of
 * these sources), which is low where a heavy source happens to be none of them. Over snapshots it is their sum: a source is in the sample of
 * all or of none, so that errors do not cancel; what is printed is no less than the error is (Minkowski).
 *
 * Unique sources are, as in tt_ranking.h, the most in any one snapshot: of countries with a class, a lower bound where packets of the class
 * are backscatter and others are not (at_least). Of a sample, they are no fewer than one and no more than the packets.
 *
 * Rates are as in tt_ranking.h. `countries` does not tell IPv4 and IPv6 apart: where both are monitored, and some packets
 * were of IPv6, there is no rate by address.
 */
#ifndef TT_ORIGINS_H
#define TT_ORIGINS_H

#include "tt_class.h"
#include "tt_geo.h"
#include "tt_hash_draw.h"
#include "tt_ranking_span.h"

enum tt_origins_by {
	TT_ORIGINS_COUNTRIES,
	TT_ORIGINS_NETWORKS,
};

/* What a snapshot has of one. */
struct tt_origin_here {
	uint64_t packets, bytes, ipv6_packets; /* times one_in */
	uint64_t sources; /* of rows that are one after the other all sources once */
	double squares; /* of packets of a source, times one_in (one_in - 1) */
	/* Of a class: sources of the groups (backscatter or not). */
	uint64_t groups, most;
	bool touched;
};

struct tt_origin {
	uint32_t key; /* tt_country, or AS number, 0: unknown */
	uint64_t packets, bytes;
	uint64_t ipv6_packets; /* of these; of networks alone */
	double packets_stderr; /* 0: exact */
	uint64_t max_uniq_src_ip;
	bool at_least; /* max_uniq_src_ip is a lower bound in some snapshot */
	bool estimated; /* some snapshot that has it has a sample of sources */
	struct tt_origin_here here; /* of the snapshot that is being added */
};

struct tt_origins {
	enum tt_origins_by by;
	bool one_class; /* of countries: only packets of this class */
	enum tt_class class;
	unsigned ip_version; /* of networks: 4 or 6, only packets of it; 0: of both */
	struct tt_origin *all; /* [n], after tt_origins_sort from the most packets */
	size_t n, room;
	uint32_t *slots; /* [n_slots] index into all + 1, or 0 */
	size_t n_slots;
	struct tt_hash_seed seed; /* of the slots */
	uint32_t *touched; /* [n_touched], of [room]: indices, by the snapshot that is being added */
	size_t n_touched;
	uint64_t packets, ipv6_packets;
	bool ipv6_untold; /* packets of countries are of IPv6 in part, and it is not known which */
	struct tt_ranking_span over;
};

/* Makes an empty ranking. class and ip_version are set before the first is added. */
void tt_origins_init(struct tt_origins *origins, enum tt_origins_by by);
void tt_origins_fini(struct tt_origins *origins);

/* Adds a snapshot; a damaged one adds nothing. Returns 0, or a negative errno with err naming the file. */
int tt_origins_add(struct tt_origins *origins, const struct tt_snapshot *snapshot,
		struct tt_error *err) TT_MUST_CHECK;

/* Sorts by packets, most first; equal ones by key. Ends adding. */
void tt_origins_sort(struct tt_origins *origins);

/* Are rates by address known? */
bool tt_origins_tell_rates(const struct tt_origins *origins);
/* Packets per day and monitored address, of IPv4 where both versions are monitored, or of the IP version; 0 where nothing was observed. */
double tt_origins_rate(const struct tt_origins *origins, const struct tt_origin *origin);

/* Prints the first n; errors are those of the FILE. */
void tt_origins_print(const struct tt_origins *origins, size_t n,
		enum tt_ranking_format format, FILE *out);

#endif
