/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What one worker and one interval found by signatures. Part of a tally; one thread at a time.
 *
 *   hits     (rule, source) → packets, first and last time: the sources of a rule. Of a rule that
 *            counts (threshold, detection_filter) also what it tracks, each second apart, so that
 *            which of its packets are detections can be decided when all workers' are together. The two
 *            kinds have each their part of the table, so that neither takes the other's room.
 *   cells    (rule, country of the source) → packets that match and that no hit has. Where the table is
 *            full, packets are counted under the rule alone.
 *
 * The packets of a rule and country are those of its cell and of the hits of its sources, exact always;
 * whoever puts the two together (the merge) looks up the country of each hit, once. So a match whose hit is
 * kept touches nothing but that.
 *
 * Seconds are as fine as the engines' own clocks of thresholds, and they add up: results do not depend
 * on how packets were spread over workers.
 *
 * When hits of a kind are full: only those of sources whose tt_sample_hash has its `shift` top bits zero are
 * kept, as in the tables of tt_tally.h; the shift of the kind grows by one whenever there is no room. Sources,
 * and the detections of rules that count, are then scaled by 2^shift; the packets that match stay
 * exact, and so do the detections of rules that do not count.
 *
 * Memory: tt_detections_bytes(): 82 bytes for each of `hits`, and 516 KiB. Nothing else is taken
 * on the path of a packet.
 */
#ifndef TT_DETECTIONS_H
#define TT_DETECTIONS_H

#include "tt_geo.h"
#include "tt_hash.h"
#include "tt_mem.h"
#include "tt_rules.h"

#define TT_HITS_MIN (1 << 8)
#define TT_HITS_MAX (1 << 26)

/* Rules of a set: what a hit has room for. */
#define TT_DETECTION_RULES_MAX 65535

/* A slot of the table of hits, and what a merge takes from it. */
struct tt_hit {
	struct tt_addr src;
	struct tt_addr dst; /* zero, unless the rule tracks or tells apart destinations */
	uint64_t packets; /* 0: free */
	int64_t first_us, last_us;
	uint32_t second; /* since the epoch, modulo 2^32, of rules that count; else 0. Tells apart and
			  * sorts within an interval: the one of 2106 in which it begins anew has
			  * its windows out of order */
	uint16_t rule; /* its place in the set */
	uint16_t value; /* the port that a rule wants distinct; else 0 */
} TT_CACHE_ALIGNED;
_Static_assert(sizeof(struct tt_hit) == 64, "a hit is one cache line");

/* Kinds of hits: those of rules that do not count, and those of rules that do. */
enum tt_hit_kind {
	TT_HITS_PLAIN,
	TT_HITS_COUNTING,
	TT_N_HIT_KINDS
};

struct tt_detection_cell {
	uint32_t key; /* tt_detection_key + 1; 0: free */
	uint32_t unused;
	uint64_t packets;
};

static inline uint32_t
tt_detection_key(uint32_t rule, tt_country country)
{
	return rule << 10 | country;
}

struct tt_detections_config {
	const struct tt_rules *rules; /* outlives all detections that are counted by it */
	const struct tt_geo *geo;
	uint64_t hits; /* TT_HITS_MIN to TT_HITS_MAX; a power of two */
	uint64_t seed; /* of the placement; nobody outside should know it */
	uint64_t secret; /* of the sampling; the same in all tallies of a sensor */
};

/* A match that is about to be counted: what its hit is told apart by, and where that is. */
struct tt_detection_match {
	struct tt_addr src, dst; /* dst, second, rule, value: as of struct tt_hit */
	int64_t time_us;
	uint32_t second;
	uint16_t rule, value;
	uint64_t hash;
	struct tt_hit *slot; /* where the hit seems to be; NULL: nowhere */
} TT_CACHE_ALIGNED;
_Static_assert(sizeof(struct tt_detection_match) == 64, "a match is one cache line");

#define TT_DETECTIONS_PUT_OFF \
	64 /* matches that are counted at once: the bits of a word */

struct tt_detections {
	struct tt_detections_config config;
	struct tt_hash_seed place;
	struct tt_hit *hits; /* [config.hits], those of rules that count last; compact:
			      * [n_hits], all of them taken, by rule */
	uint16_t *tags; /* [n_hits] of their hashes; 0: free. NULL where compact */
	struct tt_detection_cell *cells; /* [n_cells]; compact: [n_cells], all taken */
	uint64_t *rest; /* [TT_DETECTION_RULES_MAX] packets of no hit whose country is not told apart */
	uint64_t n_hits, n_cells; /* slots */
	uint64_t n_plain; /* slots of hits for rules that do not count; not where compact */
	uint64_t cells_taken;
	unsigned shift[TT_N_HIT_KINDS]; /* one in 2^shift is kept */
	uint64_t packets; /* at least one rule matched */
	uint64_t matches; /* the sum of all rules */
	uint64_t not_kept; /* matches that hits therefore lack */
	uint64_t cut_short; /* packets whose matching met a limit of cost */
	bool any; /* something was counted: otherwise there is nothing to clear */
	bool compact; /* made by tt_detections_compact or _join */
	struct tt_mem *mem;
	/* [n_put_off] matches in their order, room for TT_DETECTIONS_PUT_OFF; NULL where compact */
	struct tt_detection_match *put_off;
	unsigned n_put_off;
	uint64_t counting; /* which of put_off are of rules that count, a bit each */
};

/* Takes the memory of empty detections in the caller's struct. Returns 0, -EINVAL or -ENOMEM. */
int tt_detections_init(struct tt_detections *d, const struct tt_detections_config *config,
		struct tt_mem *mem, struct tt_error *err) TT_MUST_CHECK;
void tt_detections_fini(struct tt_detections *d); /* a zeroed one is allowed */
void tt_detections_reset(struct tt_detections *d);

/* Counts by these rules from now on; nothing was counted. */
void tt_detections_count_by(struct tt_detections *d, const struct tt_rules *rules);

uint64_t tt_detections_bytes(const struct tt_detections_config *config);

static inline enum tt_hit_kind
tt_hit_kind_of(const struct tt_rule *rule)
{
	return rule->count.type == TT_RULE_COUNT_NONE ? TT_HITS_PLAIN : TT_HITS_COUNTING;
}

/* Counts what tt_detections_put_off put off. */
void tt_detections_settle(struct tt_detections *d);

/* Counts that a rule (its place in the set) matched a packet: at once, after what was put off. The plain twin of
 * tt_detections_put_off. */
void tt_detections_add(struct tt_detections *d, uint32_t rule,
		const struct tt_packet *packet, int64_t time_us);

/* Is a slot taken, and in the sample of one in 2^shift of its kind? shift: [TT_N_HIT_KINDS] */
bool tt_detections_wanted(const struct tt_detections *d, const struct tt_hit *hit,
		const unsigned *shift);

/* Raises to[TT_N_HIT_KINDS] to what the detections sample at. */
static inline void
tt_detections_shift(unsigned *to, const struct tt_detections *d)
{
	for (unsigned i = 0; i < TT_N_HIT_KINDS; i++)
		if (d->shift[i] > to[i])
			to[i] = d->shift[i];
}

/* A read-only copy of settled detections in as little heap memory as it needs. Returns 0 or -ENOMEM. */
int tt_detections_compact(
		struct tt_detections *to, const struct tt_detections *from) TT_MUST_CHECK;

/* Two compact ones, of the same rules, as one, which samples as the one that keeps less. Returns 0 or
 * -ENOMEM. */
int tt_detections_join(struct tt_detections *to, const struct tt_detections *a,
		const struct tt_detections *b) TT_MUST_CHECK;

/* Bytes that compact ones take, or that the copy of another would; two as one take no more than both. */
uint64_t tt_detections_compact_bytes(const struct tt_detections *d);

#endif
