/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The histogram tables of one core and one interval: a tally. One worker counts into it and
 * then passes it on whole; it is never shared, so nothing in it is atomic or locked.
 *
 * Three tables have keys; nearly all that an interval reports is a marginal of them and is
 * derived at merge time:
 *
 *   pairs      (source, target and class, detail) → packets, bytes, first and last time
 *   contacts   (source, destination, class) → packets
 *   ports      (target and class, source port) → packets
 *
 * Most sources send to a target once, or again and again the same. So a pair of IPv4 holds in its
 * own cache line the first contact and the first source port, with the packets that were like
 * them in either; only what differs goes to the other two tables. A contact, or a port, is
 * therefore the sum of what pairs and its table say of it. Ports of targets to which packets come from many have
 * arrays beside their table, which are part of that sum (tt_busy.h).
 *
 * Beside them stand a tt_rest: distributions, sketches, and the counts of what is not kept; and,
 * where there are signatures, what these found (tt_detections.h), and the first packets of each (tt_kept.h).
 *
 * When a table is full:
 *   pairs      Only sources whose tt_sample_hash has its `pair_shift` top bits zero are kept, all
 *              of what they send or none; pair_shift grows by one whenever there is no room.
 *              Distinct sources are then 2^pair_shift times those kept, without bias (P. Flajolet,
 *              "On adaptive sampling", 1990). Those that are no longer wanted stay until their
 *              place is needed, so that growing costs nothing at that moment. Packets of sources
 *              that are not kept are counted in the rest.
 *   contacts   The same by the hash of source and destination unit, and contact_shift.
 *   ports      The lightest of a few neighbours makes room for a new key: what is heavy stays.
 *              Counts are then lower bounds; source ports of the rest are counted without target.
 *              Busy targets go on to be counted in their arrays, exactly.
 *
 * Memory: tt_tally_bytes(). With n the power of two that is at least 4/3 of `pairs`: 64 bytes for each
 * pair, 8 x n to find them, 32 x n for contacts of IPv4 (2 n) and, where some of its addresses are monitored, 16 x n for those of IPv6 (n / 2), 32 x n for ports, 12 x n for
 * slices, 9 x n for talkers, n for lists of the first contacts and ports, 20 x n for contacts and ports that are put off (tt_later.h), 8 x n more with IPv6,
 * 8 x n, at most 8 MiB, for packets that are (tt_refused.h),
 * 64 KiB for tt_alike.h, 6 x n, at most 6 MiB, for tt_busy.h, and what tt_rest.h says of cells and registers.
 */
#ifndef TT_TALLY_H
#define TT_TALLY_H

#include "tt_alike.h"
#include "tt_busy.h"
#include "tt_contacts.h"
#include "tt_detections.h"
#include "tt_kept.h"
#include "tt_pair_lines.h"
#include "tt_waiting.h"

/* From start (inclusive) to end (exclusive), microseconds since the epoch. */
struct tt_span {
	int64_t start_us, end_us;
};

struct tt_slot {
	union {
		struct tt_addr v6; /* the source, where detail has TT_DETAIL_V6 */
		struct {
			uint32_t src;
			/* A source port, and how many of the packets came from it; 0: none.
			 * At the most, further ones are counted in the table. */
			uint16_t port, port_packets;
			uint32_t dst, dst_packets; /* a destination, likewise */
		} v4;
	};
	tt_target_key key;
	tt_detail detail;
	struct tt_count count; /* packets == 0: the slot is free */
	int64_t first_us, last_us;
} TT_CACHE_ALIGNED;
_Static_assert(sizeof(struct tt_slot) == 64, "a slot is one cache line");

static inline struct tt_addr
tt_slot_src(const struct tt_slot *s)
{
	return (s->detail & TT_DETAIL_V6) != 0 ? s->v6 : tt_addr_v4(s->v4.src);
}

/* Packets of the contact that the slot holds, of its port; 0 where it holds none. */
static inline uint32_t
tt_slot_contact_packets(const struct tt_slot *s)
{
	return (s->detail & TT_DETAIL_V6) != 0 ? 0 : s->v4.dst_packets;
}

static inline uint32_t
tt_slot_port_packets(const struct tt_slot *s)
{
	return (s->detail & TT_DETAIL_V6) != 0 ? 0 : s->v4.port_packets;
}

struct tt_port_entry {
	uint64_t key; /* tt_port_key */
	uint64_t packets; /* 0: free */
};

/* Target and class (the code is 0), and the source port, as one number that sorts in this order. */
static inline uint64_t
tt_port_key(tt_target_key key, uint16_t src_port)
{
	/* protocol 8 | number + 1 24 | code 8 | class 8 becomes 8 | 24 | class 8 | port 16 */
	return key >> 16 << 24 | (key & 0xff) << 16 | src_port;
}

static inline tt_target_key
tt_port_key_target(uint64_t port_key)
{
	return port_key >> 24 << 16 | (port_key >> 16 & 0xff);
}

/* The keys of what a slot holds, where it does. */
static inline uint64_t
tt_slot_contact_key(const struct tt_slot *s)
{
	return (uint64_t)s->v4.dst << 4 | (uint64_t)tt_target_key_class(s->key);
}

static inline uint64_t
tt_slot_port_key(const struct tt_slot *s)
{
	return tt_port_key(s->key, s->v4.port);
}

struct tt_tally_config {
	uint64_t pairs; /* 2^10 to 2^29; all other sizes follow from it */
	const struct tt_geo *geo;
	const struct tt_units *destinations, *prefixes;
	uint64_t seed; /* of the placement in tables; nobody outside should know it */
	uint64_t secret; /* of the sampling (tt_sample_hash); the same in all tallies of a sensor */
	uint64_t signature_hits; /* `hits` of tt_detections_config; 0: no signatures */
	unsigned keep_packets; /* of each signature; 0: none */
	const struct tt_rules *rules; /* of signatures, where there are any */
};

/* Less is refused; tt_tally_create says what would not hold then. */
#define TT_PAIRS_MIN (1 << 10)
#define TT_PAIRS_MAX (1 << 29)

/* So many pairs that are to make room are found ahead, so that their lines of the index are at hand. */
#define TT_PAIRS_NEXT 4

struct tt_tally {
	struct tt_span span; /* set by who opens it */
	struct tt_slot *slots; /* pairs: [n_pairs] of [max_pairs], in order of arrival */
	struct tt_pair_lines pair_lines; /* their numbers, by hash */
	struct tt_contact_line
			*contact_lines; /* contacts of IPv4; NULL in a compact tally */
	struct tt_entry *contacts; /* of IPv6, compact: all; key: tt_contact_key */
	struct tt_port_entry *ports;
	/* Where the first ones are, in order of arrival, [list_mask + 1]: who has few of them looks at these alone. With
	 * more the lists wrap round and mean nothing, and tables are walked. NULL in a compact tally. */
	uint32_t *contacts_at, *ports_at;
	uint32_t list_mask;
	uint64_t port_mask;
	uint64_t contact4_mask, contact6_mask; /* of slots; see tt_tally_contact_entry */
	uint32_t n_pairs, n_contacts, n_ports; /* slots taken */
	uint32_t n_contacts6; /* those of n_contacts that are of IPv6 */
	uint32_t max_pairs, max_contacts4, max_contacts6,
			max_ports; /* how many may be, before it is full */
	unsigned pair_shift, contact_shift; /* one in 2^shift is kept */
	uint32_t pair_hand; /* full pairs: how many have been seen to be sampled at pair_shift */
	/* Full pairs: those that are to make room next, a ring; how many were found, and have made room. */
	uint32_t pairs_next[TT_PAIRS_NEXT], n_pairs_next, n_pairs_left;
	struct tt_not_kept pairs_lost,
			contacts_lost; /* packets alone: keys are estimated */
	struct tt_not_kept ports_lost;
	struct tt_rest rest;
	/* [TT_ALIKE_SLOTS], not yet in the rest's cells; NULL in a compact tally. */
	struct tt_alike *alike;
	struct tt_waiting *waiting; /* what is put off; NULL in a compact tally */
	struct tt_busy *busy; /* ports of busy targets; NULL in a compact tally */
	struct tt_detections detections; /* zero where there are no signatures */
	struct tt_kept_table kept; /* packets of these; zero where none are to be kept */
	/* Of each fingerprint: packets that were tested, that matched. Exact always. */
	uint64_t tested[TT_FINGERPRINTS_MAX], matched[TT_FINGERPRINTS_MAX];
	uint64_t fates[TT_N_FATES]; /* frames by where they ended up */
	uint64_t frames; /* the sum of fates */
	uint64_t frame_bytes; /* captured bytes of all frames */
	uint64_t late; /* frames older than a newer interval already seen */
	int64_t first_us,
			last_us; /* least and greatest time of any frame; no frames: 0 */
	unsigned owner; /* the worker it belongs to */
	bool compact; /* made by tt_tally_compact or tt_tally_join */
	bool sorted; /* compact: all of it is in the order of its keys */
	struct tt_hash_seed place; /* of the config's seed */
	struct tt_hash_seed sample; /* of the config's secret: of contacts */
	uint64_t secret; /* as in the config: of sources */
	struct tt_mem *mem;
};

/* Returns 0 and a clean tally, or -ENOMEM, -EINVAL. What config points to must outlive it. */
int tt_tally_create(struct tt_tally **tally, const struct tt_tally_config *config,
		struct tt_mem *mem, struct tt_error *err) TT_MUST_CHECK;
void tt_tally_destroy(struct tt_tally *tally);

/* Bytes that such a tally takes, and the most pairs for which it takes no more than `bytes` (0:
 * even the fewest take more). */
uint64_t tt_tally_bytes(const struct tt_tally_config *config);
uint64_t tt_tally_pairs_for(const struct tt_tally_config *config, uint64_t bytes);

/* Makes a tally clean again; the time it takes goes with what was used. Keeps the owner. */
void tt_tally_reset(struct tt_tally *tally);

/*
 * A read-only copy of a tally in as little heap memory as its contents need, for replays that
 * must hold many intervals at once. Destroyed as any other. NULL if memory is short.
 */
struct tt_tally *tt_tally_compact(struct tt_tally *tally);

/* Bytes that a compact tally takes, or that the copy of another one would take. */
uint64_t tt_tally_compact_bytes(const struct tt_tally *tally);

/*
 * Two compact parts of one interval, or of two, as one compact tally over the span of both, in
 * which a key has one slot, in heap memory of exactly the size needed. Both are brought into order
 * first, which changes nothing of what they hold. Takes for a moment besides as much as 48 bytes
 * for each pair that both have. NULL if memory is short.
 *
 * Where the two sampled at different rates, the result has the lower of them: pairs that the other
 * one kept in addition count as not kept from then on.
 */
struct tt_tally *tt_tally_join(struct tt_tally *a, struct tt_tally *b);

/* What that will take. */
struct tt_join_sizes {
	uint64_t bytes; /* at most */
	uint64_t pairs, contacts, ports; /* contacts and ports: at most */
};

struct tt_join_sizes tt_tally_join_sizes(struct tt_tally *a, struct tt_tally *b);

static inline bool
tt_tally_is_compact(const struct tt_tally *tally)
{
	return tally->compact;
}

/* Moves the contact and the port that a slot of a tally holds, if any, into their tables. */
void tt_tally_unpack(struct tt_tally *tally, struct tt_slot *slot);

/*
 * Does what was put off (tt_later.h, tt_alike.h, tt_detections_put_off). To be called before pairs, contacts,
 * distributions, detections and shifts are read.
 */
void tt_tally_settle(struct tt_tally *tally);

/*
 * For who uses a settled tally up: the memory of what is not needed until it is reset goes back to the system
 * (tt_mem_discard), where it is much. Of waiting: where updates waited, and what finds pairs. Of contacts: those of IPv4, if
 * there are no others; the tally then has none. Of a compact tally there is nothing to give back.
 */
void tt_tally_discard_waiting(struct tt_tally *tally);
void tt_tally_discard_contacts(struct tt_tally *tally);

/* Are there signatures whose detections it counts? */
static inline bool
tt_tally_has_detections(const struct tt_tally *t)
{
	return t->detections.config.rules != NULL;
}

/* Has a clean tally, of which that is true, count by these rules, which outlive what is counted. */
static inline void
tt_tally_count_by(struct tt_tally *t, const struct tt_rules *rules)
{
	TT_ASSERT(tt_tally_has_detections(t));
	tt_detections_count_by(&t->detections, rules);
}

/* Pair i of n_pairs, in no order; it may hold a contact and a port of its own. Pairs and contacts that tt_sampled()
 * refuses are to be counted as not kept. */
static inline const struct tt_slot *
tt_tally_pair(const struct tt_tally *t, uint32_t i)
{
	return &t->slots[i];
}

/*
 * Places that contacts are looked for in, from 0 on, and likewise those of ports: beside the latter, arrays of busy
 * targets (tt_busy_end) have more. Each is in one of them, in no order; a place may be free (packets: 0) where there
 * are too many for a list.
 */
static inline bool
tt_tally_contacts_listed(const struct tt_tally *t)
{
	return t->n_contacts <= t->list_mask;
}

static inline bool
tt_tally_ports_listed(const struct tt_tally *t)
{
	return t->n_ports <= t->list_mask;
}

static inline uint32_t
tt_tally_contacts_end(const struct tt_tally *t)
{
	if (t->compact || tt_tally_contacts_listed(t))
		return t->n_contacts;
	return (uint32_t)(t->contact4_mask + 1
			+ (t->n_contacts6 != 0 ? t->contact6_mask + 1 : 0));
}

static inline uint32_t
tt_tally_ports_end(const struct tt_tally *t)
{
	return t->compact || tt_tally_ports_listed(t) ? t->n_ports
						      : (uint32_t)(t->port_mask + 1);
}

/* The slot that a place is, of a tally that is not compact: those of IPv6 come after those of IPv4. */
static inline uint32_t
tt_tally_contact_slot(const struct tt_tally *t, uint32_t place)
{
	return tt_tally_contacts_listed(t) ? t->contacts_at[place] : place;
}

/* Where a contact stands as an entry: those of IPv6, and all of a compact tally; else NULL. */
static inline const struct tt_entry *
tt_tally_contact_entry(const struct tt_tally *t, uint32_t place)
{
	uint32_t slot;

	if (t->compact)
		return &t->contacts[place];
	slot = tt_tally_contact_slot(t, place);
	return slot <= t->contact4_mask ? NULL
					: &t->contacts[slot - t->contact4_mask - 1];
}

static inline struct tt_entry
tt_tally_contact(const struct tt_tally *t, uint32_t place)
{
	const struct tt_entry *e = tt_tally_contact_entry(t, place);

	return e != NULL ? *e
			 : tt_contact_of_slot(t->contact_lines,
					 tt_tally_contact_slot(t, place));
}

/* Fetches what that will read. Inlined always: of a function that only prefetches gcc 12 drops calls. */
static inline __attribute__((always_inline)) void
tt_tally_prefetch_contact(const struct tt_tally *t, uint32_t place)
{
	const struct tt_entry *e = tt_tally_contact_entry(t, place);

	__builtin_prefetch(e != NULL ? (const void *)e
				     : &t->contact_lines[tt_tally_contact_slot(t, place)
						     / TT_CONTACT_WAYS]);
}

static inline const struct tt_port_entry *
tt_tally_port(const struct tt_tally *t, uint32_t place)
{
	return &t->ports[!t->compact && tt_tally_ports_listed(t) ? t->ports_at[place]
								 : place];
}

/*
 * Counts decoded packets to monitored addresses. packets, keys, details, times_us: [n]; keys: their
 * tt_target_key_of; n at most TT_TALLY_BURST; source and destination of a packet are of the version in ip_version. Staged: what the burst
 * will touch is prefetched before the first is touched.
 */
#define TT_TALLY_BURST 256
void tt_tally_burst(struct tt_tally *tally, const struct tt_packet *packets,
		const tt_target_key *keys, const tt_detail *details,
		const int64_t *times_us, unsigned n);

/* The same where places are known and on their way: tt_tally_fetch_pairs (tt_tally_place.h). A packet has none only
 * where its source is not sampled. */
void tt_tally_burst_placed(struct tt_tally *tally, const struct tt_packet *packets,
		const tt_target_key *keys, const tt_detail *details,
		const int64_t *times_us, const uint64_t *places, unsigned n);

/*
 * The same with some of its passes alone, a set of enum tt_pass: for benchmarks that tell what
 * each costs. What the others would count is missing from the tally. Those after PAIRS count what
 * a pair leaves to them, and do nothing without it.
 */
enum tt_pass {
	TT_PASS_DISTRIBUTIONS = 1,
	TT_PASS_FINGERPRINTS = 2,
	TT_PASS_PAIRS = 4,
	TT_PASS_CONTACTS = 8,
	TT_PASS_PORTS = 16,
	TT_PASS_SKETCHES = 32,
	TT_PASS_ALL = 63
};
void tt_tally_burst_passes(struct tt_tally *tally, const struct tt_packet *packets,
		const tt_target_key *keys, const tt_detail *details,
		const int64_t *times_us, unsigned n, unsigned passes);

/* The plain twin that defines the result: one packet, no staging. Once tables are full it may keep
 * other slices and talkers than the burst, which counts what it refuses last; all sums agree. */
void tt_tally_one_ref(struct tt_tally *tally, const struct tt_packet *packet,
		tt_detail detail, int64_t time_us);

#endif
