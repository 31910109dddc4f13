/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The histogram tables of one core and one interval: a tally. One worker counts into it and
 * then passes it on whole; it is never shared, so nothing in it is atomic or locked.
 *
 * The main table has one slot per (source, target, class): packets, bytes, first and last time.
 * Everything that an interval reports of sources and targets (unique sources of a port, of a
 * port and country; targets of a source) is a marginal of it and is derived at merge time, so
 * that a packet costs one access to memory here and the worker never looks up a country. A slot
 * is exactly one cache line. Small distributions (TTL, length, flags, …) are plain arrays.
 *
 * Memory: 64 bytes for each slot (a power of two, at least 8/7 of `pairs`), 4 bytes for each
 * pair, 1.1 MiB of distributions, 8.0 MiB of overflow counters; all of it taken at creation.
 *
 * When `pairs` slots are taken, a packet of a new pair is counted by target and class alone, in
 * the overflow counters: packets and bytes of targets stay exact, unique counts become lower
 * bounds, and the tally says so (overflow_packets).
 */
#ifndef TT_TALLY_H
#define TT_TALLY_H

#include "tt_class.h"
#include "tt_error.h"
#include "tt_mem.h"
#include "tt_packet.h"

/* From start (inclusive) to end (exclusive), microseconds since the epoch. */
struct tt_span {
	int64_t start_us, end_us;
};

struct tt_count {
	uint64_t packets, bytes;
};

struct tt_slot {
	struct tt_addr src;
	tt_target_key key;
	struct tt_count count; /* packets == 0: the slot is free */
	int64_t first_us, last_us;
	uint64_t sourceless; /* 0 here; the merge marks counts without a source with 1 */
} TT_CACHE_ALIGNED;
_Static_assert(sizeof(struct tt_slot) == 64, "a slot is one cache line");

/* The distributions, laid end to end in one array of cells. */
enum tt_distribution {
	TT_DIST_IP_PROTOCOL, /* value: protocol number */
	TT_DIST_TTL, /* value: TTL or hop limit */
	TT_DIST_TCP_FLAGS, /* value: the six control bits, URG to FIN; a marginal of the next */
	TT_DIST_TCP_FLAGS_ALL, /* value: all twelve, with CWR, ECE, AE and the reserved ones */
	TT_DIST_ENCAPSULATION, /* value: set of enum tt_encap */
	TT_DIST_IP_LENGTH, /* value: bytes; 65536 stands for all longer ones */
	TT_N_DISTRIBUTIONS
};

#define TT_DIST_IP_LENGTH_MAX 65536
#define TT_CELL_IP_PROTOCOL   0
#define TT_CELL_TTL           (TT_CELL_IP_PROTOCOL + 256)
#define TT_CELL_TCP_FLAGS     (TT_CELL_TTL + 256)
#define TT_CELL_ENCAPSULATION (TT_CELL_TCP_FLAGS + 4096)
#define TT_CELL_IP_LENGTH     (TT_CELL_ENCAPSULATION + TT_N_ENCAPS)
#define TT_N_CELLS            (TT_CELL_IP_LENGTH + TT_DIST_IP_LENGTH_MAX + 1)

/* Targets with class, without sources, as a dense range of indexes. */
#define TT_N_OVERFLOW (65536 * (5 + 1 + 2) + 256)

/* One index and its count; how a compact tally keeps cells and overflow. */
struct tt_sparse {
	uint32_t index;
	struct tt_count count;
};

struct tt_tally {
	struct tt_span span; /* set by who opens it */
	struct tt_slot *slots; /* [n_slots] */
	uint32_t *used; /* [n_used] indexes into slots, in order of arrival */
	struct tt_count *cells; /* [TT_N_CELLS], NULL in a compact tally */
	struct tt_count *overflow; /* [TT_N_OVERFLOW], NULL in a compact tally */
	uint64_t mask; /* n_slots - 1 */
	uint32_t n_used, pairs; /* slots taken, and how many may be */
	uint64_t overflow_packets; /* counted without their source */
	uint64_t fates[TT_N_FATES]; /* frames by where they ended up */
	uint64_t frames; /* the sum of fates */
	uint64_t frame_bytes; /* captured bytes of all frames */
	uint64_t late; /* frames older than a newer interval already seen */
	int64_t first_us,
			last_us; /* least and greatest time of any frame; no frames: 0 */
	unsigned owner; /* the worker it belongs to */
	struct tt_sparse *sparse_cells, *sparse_overflow; /* compact tally only */
	uint32_t n_sparse_cells, n_sparse_overflow;
	struct tt_mem *mem;
};

/* Returns 0 and a clean tally that keeps up to `pairs` pairs, or -ENOMEM, -EINVAL. */
int tt_tally_create(struct tt_tally **tally, uint64_t pairs, struct tt_mem *mem,
		struct tt_error *err) TT_MUST_CHECK;
void tt_tally_destroy(struct tt_tally *tally);

/* Bytes that a tally of that many pairs takes. */
uint64_t tt_tally_bytes(uint64_t pairs);

/* Makes a tally clean again; the time it takes goes with what was used. Keeps the owner. */
void tt_tally_reset(struct tt_tally *tally);

/*
 * A read-only copy of a tally in as little heap memory as its contents need, for replays that
 * must hold many intervals at once. Destroyed as any other. NULL if memory is short.
 */
struct tt_tally *tt_tally_compact(const struct tt_tally *tally);
uint64_t tt_tally_compact_bytes(const struct tt_tally *tally);

/* Two compact parts of one interval as one compact tally, in which a pair has one slot. NULL if
 * memory is short. */
struct tt_tally *tt_tally_join(const struct tt_tally *a, const struct tt_tally *b);

static inline bool
tt_tally_is_compact(const struct tt_tally *tally)
{
	return tally->cells == NULL;
}

/*
 * Counts decoded packets to monitored addresses. packets: [n], times_us: [n]; n at most
 * TT_TALLY_BURST. Staged: all slots of the burst are prefetched before the first is touched.
 */
#define TT_TALLY_BURST 256
void tt_tally_burst(struct tt_tally *tally, const struct tt_packet *packets,
		const int64_t *times_us, unsigned n);

/* The plain twin that defines the result: one packet, no staging. */
void tt_tally_one_ref(
		struct tt_tally *tally, const struct tt_packet *packet, int64_t time_us);

/* Overflow index of a key, and back. */
uint32_t tt_overflow_index(tt_target_key key);
tt_target_key tt_overflow_key(uint32_t index);

/* "ip-protocol", "ttl", …; and the cell range [first, first + n) of a distribution. The range
 * of TT_DIST_TCP_FLAGS is that of TT_DIST_TCP_FLAGS_ALL: its cell i counts for value i % 64. */
const char *tt_distribution_name(enum tt_distribution d);
void tt_distribution_range(enum tt_distribution d, uint32_t *first, uint32_t *n);

/* Adds what cell and overflow arrays hold, dense or sparse: cells: [TT_N_CELLS], overflow:
 * [TT_N_OVERFLOW]. For the merge. */
void tt_tally_add_cells(const struct tt_tally *tally, struct tt_count *cells);
void tt_tally_add_overflow(const struct tt_tally *tally, struct tt_count *overflow);

#endif
