/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is counted without a source: the plain counters and distributions, the sketches, and for
 * packets whose source is not kept the slices (target by country, attacked services,
 * fingerprints) and the heaviest talkers. Each tally has one; the merge has one that all of them
 * are added into. One thread at a time; all memory is taken at creation.
 *
 * Cells and registers are marked in blocks as they are touched, so that adding up, copying and
 * clearing cost what was used and not what there is.
 *
 * Memory for `slots` (a power of two): 12 bytes each for slices, 9 bytes each for talkers, 19 MiB
 * of cells and 88 bytes more for each destination unit, 132 MiB of registers and 2 KiB more for
 * each destination prefix.
 *
 * Full slices: packets are counted in the rests of tt_cells.h, so that the sums over targets, over
 * countries, over classes, over fingerprints and over IP versions stay exact each. Full talkers: the lightest of a
 * few neighbours makes room, so that what is heavy stays; counts are then lower bounds.
 */
#ifndef TT_REST_H
#define TT_REST_H

#include "tt_cells.h"
#include "tt_error.h"
#include "tt_mem.h"
#include "tt_pair_lines.h"
#include "tt_sketch.h"
#include "tt_units.h"

/* Precision of the sketches: 2^p registers. */
#define TT_SKETCH_P_ALL     14 /* sources overall */
#define TT_SKETCH_P_COUNTRY 12 /* sources of a country */
#define TT_SKETCH_P_PREFIX  11 /* sources that reached a destination prefix */
#define TT_SKETCH_P_TARGET  9 /* sources, and destinations, of a (protocol, number) */

/* Where the registers of each kind start. The first kind is entered for every packet, the others
 * for packets whose source (TT_REGISTERS_PREFIX: contact) is not kept. */
enum tt_registers {
	TT_REGISTERS_DESTINATIONS = 0, /* [TT_N_TARGETS] of 512, of every other 512 */
	TT_REGISTERS_TARGET = 1 << TT_SKETCH_P_TARGET, /* those between them */
	TT_REGISTERS_ALL = TT_N_TARGETS << (TT_SKETCH_P_TARGET + 1),
	TT_REGISTERS_COUNTRY = TT_REGISTERS_ALL
			+ (1 << TT_SKETCH_P_ALL), /* [TT_N_COUNTRIES][4096] */
	TT_REGISTERS_PREFIX = TT_REGISTERS_COUNTRY
			+ (TT_N_COUNTRIES << TT_SKETCH_P_COUNTRY), /* [prefix][2048] */
	TT_N_FIXED_REGISTERS = TT_REGISTERS_PREFIX
};

/* Where the registers of a target start; kind: one of the first two. Both lie in one page. */
static inline uint32_t
tt_registers_of_target(enum tt_registers kind, uint32_t target)
{
	return (uint32_t)kind + (target << (TT_SKETCH_P_TARGET + 1));
}

/*
 * What is below all registers of a sketch: packets that raise none of them, nearly all once many sources
 * have been seen, need not look at them. Zero is right for an empty sketch; where registers were
 * raised without it, it is too low, which does no harm. Where sampling has no secret, sources that are kept
 * are those of the first registers, which no packet here raises then: so these may be left out.
 */
struct tt_floor {
	uint16_t from; /* of the registers from this one on: 0, or 2^p / 2^n */
	uint16_t above; /* so many of these are more, or some more than that */
	uint8_t rho; /* none of these is less */
};

/* Where the floors of each kind of sketch start. */
enum tt_floors {
	TT_FLOOR_ALL = 0,
	TT_FLOOR_COUNTRY = 1, /* [TT_N_COUNTRIES] */
	TT_FLOOR_PREFIX = TT_FLOOR_COUNTRY + TT_N_COUNTRIES, /* [prefix] */
};

/* Blocks that are marked as one. Those before TT_CELL_DENSE_END are marked always. */
#define TT_CELL_BLOCK     256
#define TT_REGISTER_BLOCK 512

/* A slice: the count of one key of tt_slice_*. None of a table lies in two cache lines. */
struct tt_slice {
	uint64_t key;
	struct tt_count count;
	uint64_t unused;
};
_Static_assert(TT_CACHE_LINE % sizeof(struct tt_slice) == 0, "slices are aligned");

/* Packets of one source and one 64-bit key. packets == 0: free. Two lie in a cache line. */
struct tt_entry {
	struct tt_addr src;
	uint64_t key;
	uint64_t packets;
};

enum tt_slice_kind {
	TT_SLICE_COUNTRY = 1, /* row of tt_row_index, country, IP version */
	TT_SLICE_ATTACKED, /* class, packet's protocol, ICMP type and code, attacked service */
	TT_SLICE_FINGERPRINT, /* rule, row */
};

/* Of IPv4; with the bit below, of IPv6. */
static inline uint64_t
tt_slice_country(uint32_t row, tt_country country)
{
	return (uint64_t)TT_SLICE_COUNTRY << 62 | (uint64_t)row << 10 | country;
}

#define TT_SLICE_IPV6 (UINT64_C(1) << 30) /* above the 20 bits of the row */

/* The bit of a packet's slice, by its source. */
static inline uint64_t
tt_slice_version(struct tt_addr src)
{
	return tt_addr_is_v4(src) ? 0 : TT_SLICE_IPV6;
}

/* ICMP type and code are 0 where the packet is TCP or UDP. */
static inline uint64_t
tt_slice_attacked(tt_target_key key, tt_detail detail)
{
	struct tt_target t = tt_target_key_target(key);
	bool icmp = t.protocol == TT_PROTO_ICMP || t.protocol == TT_PROTO_ICMPV6;
	uint64_t attacked = detail >> TT_DETAIL_NUMBER_SHIFT & 0x1ffffff; /* 25 bits */

	return (uint64_t)TT_SLICE_ATTACKED << 62
			| (uint64_t)tt_target_key_class(key) << 49
			| (uint64_t)t.protocol << 41
			| (icmp ? (uint64_t)(uint8_t)t.number << 33 | (uint64_t)t.code << 25
				: 0)
			| attacked;
}

static inline uint64_t
tt_slice_fingerprint(unsigned rule, uint32_t row)
{
	return (uint64_t)TT_SLICE_FINGERPRINT << 62 | (uint64_t)rule << 20 | row;
}

/* One index and what it holds; how a compact rest keeps cells and registers. */
struct tt_sparse {
	uint32_t index;
	struct tt_count count;
};

struct tt_sparse_register {
	uint32_t index;
	uint8_t rho;
};

/* Keys that a full table did not keep, and the packets that are therefore not in it. */
struct tt_not_kept {
	uint64_t packets, keys;
};

#define TT_SLICES_MAX (UINT64_C(1) << 30) /* slots: numbers of the index have 32 bits */

struct tt_rest_config {
	uint64_t slices,
			talkers; /* slots of each, powers of two; slices: at most TT_SLICES_MAX */
	const struct tt_geo *geo; /* countries of sources that are not kept */
	const struct tt_units *destinations, *prefixes; /* see tt_units.h */
	uint64_t seed; /* of the placement in tables */
};

struct tt_rest {
	struct tt_rest_config config;
	struct tt_hash_seed place; /* of config.seed */
	/* NULL in a compact rest: [TT_CELL_PACKETS], and those from there on, [n_cells - TT_CELL_PACKETS]. */
	struct tt_count *cells;
	uint64_t *packet_cells;
	uint8_t *cells_used; /* [n_cells / TT_CELL_BLOCK + 1]: was the block touched? */
	uint8_t *registers; /* [n_registers]; NULL in a compact rest */
	uint8_t *registers_used; /* [n_registers / TT_REGISTER_BLOCK + 1] */
	struct tt_floor *
			floors; /* [n_floors], of the sketches in enum tt_floors; as registers */
	uint32_t n_cells, n_registers, n_floors;
	struct tt_slice *slices; /* [n_slices] in order of arrival, of [max_slices] */
	/* Their places by hash, in lines as those of pairs: a flood looks for many that are not
	 * there, and finds that out in here. NULL in a compact rest. */
	struct tt_pair_lines slice_lines;
	uint32_t n_slices, max_slices;
	struct tt_entry *talkers; /* key: tt_target_key without its code */
	uint32_t *talkers_at;
	uint32_t n_talkers, max_talkers;
	struct tt_not_kept slices_lost; /* packets: of country slices, each packet once */
	struct tt_not_kept talkers_lost;
	struct tt_sparse *sparse; /* [n_sparse] cells, ascending; compact only */
	struct tt_sparse_register *sparse_registers; /* ascending; compact only */
	uint32_t n_sparse, n_sparse_registers;
	bool compact; /* made by tt_rest_compact or tt_rest_join */
	struct tt_mem *mem;
};

/* Takes the memory of an empty rest in the caller's struct. Returns 0, or -ENOMEM. */
int tt_rest_init(struct tt_rest *rest, const struct tt_rest_config *config,
		struct tt_mem *mem) TT_MUST_CHECK;
void tt_rest_fini(struct tt_rest *rest);
void tt_rest_reset(struct tt_rest *rest);
uint64_t tt_rest_bytes(const struct tt_rest_config *config);

/* A register, and what it becomes at least. */
struct tt_rest_rise {
	uint32_t at;
	uint8_t rho;
};

/* Packets of a pair whose source is not kept. Below the caller's part stands where they go. */
struct tt_rest_pair {
	struct tt_addr src;
	tt_target_key key;
	tt_detail detail;
	struct tt_count count;

	uint32_t row; /* tt_row_index */
	uint64_t slice_hash;
	uint64_t talker; /* slot */
	struct tt_slice *
			slice; /* most likely that of its row and country; NULL: there was none */
	tt_country country;
	struct tt_rest_rise of_target, of_country, of_all; /* registers */
};

/* Counts pairs[n] in slices, talkers and sketches of sources. In stages: what they touch is
 * fetched for some of them before it is touched. */
void tt_rest_add_pairs(struct tt_rest *rest, struct tt_rest_pair *pairs, unsigned n);

/* The same of contacts (source and destination) that are not kept. */
struct tt_rest_contact {
	struct tt_addr src, dst;
	enum tt_class class;
	uint64_t packets;

	uint32_t cell; /* of the destination's unit */
	uint32_t prefix; /* its index */
	struct tt_rest_rise of_prefix; /* register */
};

void tt_rest_add_contacts(
		struct tt_rest *rest, struct tt_rest_contact *contacts, unsigned n);

/* Adds the whole of `from`, compact or not, into `into`, which is not compact. */
void tt_rest_add(struct tt_rest *into, const struct tt_rest *from);

/*
 * Has an empty rest, not a compact one, use a part of its tables, up to the next reset and tt_rest_widen: for so
 * many slices at most, all of which find room that would in the whole tables, and so many talkers.
 */
void tt_rest_narrow(struct tt_rest *rest, uint64_t slices, uint64_t talkers);

/* Has a rest use all of its tables again: an empty one, or one that is about to go. */
void tt_rest_widen(struct tt_rest *rest);

/* Gives the pages of talkers, or of slices, back to the system (tt_mem_discard), where it is much; there are none then. */
void tt_rest_discard_talkers(struct tt_rest *rest);
void tt_rest_discard_slices(struct tt_rest *rest);

/* Copies into heap memory of exactly the size needed. Returns 0, or -ENOMEM. The bytes are those of
 * a compact rest, or those that the copy of another one would take. */
int tt_rest_compact(struct tt_rest *compact, const struct tt_rest *rest) TT_MUST_CHECK;
uint64_t tt_rest_compact_bytes(const struct tt_rest *rest);

/* Brings a compact rest into the order that the two below need; a joined one has it. */
void tt_rest_sort(struct tt_rest *rest);

/* Joins two into heap memory of exactly the size needed, which the other one tells. Returns 0, or
 * -ENOMEM. */
int tt_rest_join(struct tt_rest *joined, const struct tt_rest *a,
		const struct tt_rest *b) TT_MUST_CHECK;
uint64_t tt_rest_join_bytes(const struct tt_rest *a, const struct tt_rest *b);

static inline uint32_t
tt_rest_cell_blocks(const struct tt_rest *rest)
{
	return rest->n_cells / TT_CELL_BLOCK + 1;
}

static inline uint32_t
tt_rest_register_blocks(const struct tt_rest *rest)
{
	return rest->n_registers / TT_REGISTER_BLOCK + 1;
}

/* May the cell be other than zero? */
static inline bool
tt_rest_cell_used(const struct tt_rest *rest, uint32_t cell)
{
	return rest->cells_used[cell / TT_CELL_BLOCK] != 0;
}

/* Counts in a cell before TT_CELL_PACKETS. */
static inline void
tt_rest_count(struct tt_rest *rest, uint32_t cell, uint64_t packets, uint64_t bytes)
{
	tt_count_add(&rest->cells[cell], (struct tt_count){packets, bytes});
	rest->cells_used[cell / TT_CELL_BLOCK] = 1;
}

/* A cell from TT_CELL_PACKETS on. */
static inline uint64_t *
tt_rest_packets(const struct tt_rest *rest, uint32_t cell)
{
	return &rest->packet_cells[cell - TT_CELL_PACKETS];
}

static inline void
tt_rest_count_packets(struct tt_rest *rest, uint32_t cell, uint64_t packets)
{
	*tt_rest_packets(rest, cell) += packets;
	rest->cells_used[cell / TT_CELL_BLOCK] = 1;
}

/* What any cell holds. Bytes follow from the packets of a length; those of source ports and destinations are 0. */
static inline struct tt_count
tt_rest_cell(const struct tt_rest *rest, uint32_t cell)
{
	uint64_t packets;

	if (cell < TT_CELL_PACKETS)
		return rest->cells[cell];
	packets = *tt_rest_packets(rest, cell);
	return (struct tt_count){packets,
			cell < TT_CELL_SOURCE_PORT_REST
					? packets * tt_length_of_cell(cell)
					: 0};
}

/* Derives the cells of usual values (tt_cells.h) from the others; to be called before any of the
 * distributions is read. May be called again. */
void tt_rest_complete(struct tt_rest *rest);

/* Raises a register to at least rho. */
static inline void
tt_rest_raise(struct tt_rest *rest, uint32_t at, uint8_t rho)
{
	if (TT_LIKELY(rho <= rest->registers[at]))
		return;
	rest->registers[at] = rho;
	rest->registers_used[at / TT_REGISTER_BLOCK] = 1;
}

/* Enters a hash into the 2^p registers that start at `first`. */
static inline void
tt_rest_sketch(struct tt_rest *rest, uint32_t first, unsigned p, uint64_t hash)
{
	tt_rest_raise(rest, first + tt_sketch_register(hash, p), tt_sketch_rho(hash, p));
}

/* What slice_lines know a key by. */
static inline uint64_t
tt_rest_slice_hash(const struct tt_rest *rest, uint64_t key)
{
	return tt_hash_mix(key ^ rest->config.seed);
}

/* Slice i of n_slices, talker i of n_talkers, in no order; a key may come twice. */
static inline const struct tt_slice *
tt_rest_slice(const struct tt_rest *rest, uint32_t i)
{
	return &rest->slices[i];
}

static inline const struct tt_entry *
tt_rest_talker(const struct tt_rest *rest, uint32_t i)
{
	return &rest->talkers[rest->talkers_at != NULL ? rest->talkers_at[i] : i];
}

#endif
