/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets whose source is not kept, put off. What each touches besides its source lies with its target: two sketches,
 * the row without sources, its slices. So those of IPv4 to a port wait in queues by the high byte of that port
 * (tt_later.h), and are counted when so many are there that the sketches of these 256 ports can be read in
 * a row. ICMP waits by its type. This is how a packet waits; pure functions, any thread.
 */
#ifndef TT_REFUSED_H
#define TT_REFUSED_H

#include "tt_later.h"
#include "tt_rest.h"

#define TT_REFUSED_PARTS 256
/* Of `at` in an update: port, or type and code of ICMP, 16 | row's block 3 | class 4 | register 9. */
#define TT_REFUSED_SHIFT 24
_Static_assert(TT_ROWS_ICMP < 8 && TT_N_CLASSES <= 16 && TT_SKETCH_P_TARGET <= 9,
		"what an update has room for");

/* The destination of a packet among the sketch of its target's: its register; rho 0: none. */
struct tt_refused_destination {
	uint16_t reg;
	uint8_t rho;
};

static inline struct tt_refused_destination
tt_refused_destination(struct tt_addr dst)
{
	const uint64_t hash = tt_sketch_hash(dst);

	return (struct tt_refused_destination){
			(uint16_t)tt_sketch_register(hash, TT_SKETCH_P_TARGET),
			tt_sketch_rho(hash, TT_SKETCH_P_TARGET)};
}

/* Can a packet wait? row: its tt_row_index; bytes: of IP. */
static inline bool
tt_refused_can_wait(struct tt_addr src, uint32_t row, uint64_t bytes)
{
	return row < TT_ROWS_ICMPV6 * 65536 && tt_addr_is_v4(src) && bytes <= UINT16_MAX;
}

/* A packet that can; class: that of its key. */
static inline struct tt_later_update
tt_refused_update(struct tt_addr src, enum tt_class class, uint32_t row, tt_detail detail,
		uint64_t bytes, struct tt_refused_destination dst)
{
	/* Backscatter stands before protocol and number of what was attacked. */
	const uint32_t attacked = (uint32_t)(detail >> TT_DETAIL_NUMBER_SHIFT)
			& 0x3ffffff;

	return (struct tt_later_update){
			.key = src.lo << 32 | bytes << 16 | tt_detail_matched(detail),
			.at = row << 16 | row >> 16 << 13 | (uint32_t) class << 9
					| dst.reg,
			.more = attacked << 6 | dst.rho,
	};
}
_Static_assert(TT_DETAIL_BACKSCATTER == UINT64_C(1) << (TT_DETAIL_NUMBER_SHIFT + 25),
		"bits of attacked");

static inline uint32_t
tt_refused_src(const struct tt_later_update *u)
{
	return (uint32_t)(u->key >> 32);
}

static inline uint32_t
tt_refused_bytes(const struct tt_later_update *u)
{
	return u->key >> 16 & 0xffff;
}

static inline uint32_t
tt_refused_matched(const struct tt_later_update *u)
{
	return u->key & 0xffff;
}

/* A port, or type and code of ICMP. */
static inline uint32_t
tt_refused_number(const struct tt_later_update *u)
{
	return u->at >> 16;
}

static inline enum tt_class
tt_refused_class(const struct tt_later_update *u)
{
	return (enum tt_class)(u->at >> 9 & 15);
}

static inline uint32_t
tt_refused_block(const struct tt_later_update *u)
{
	return u->at >> 13 & 7;
}

static inline uint32_t
tt_refused_row(const struct tt_later_update *u)
{
	return tt_refused_block(u) << 16 | tt_refused_number(u);
}

static inline uint32_t
tt_refused_register(const struct tt_later_update *u)
{
	return u->at & ((1 << TT_SKETCH_P_TARGET) - 1);
}

static inline uint8_t
tt_refused_rho(const struct tt_later_update *u)
{
	return u->more & 63;
}

/* Backscatter and the attacked service, as in a detail. */
static inline tt_detail
tt_refused_detail(const struct tt_later_update *u)
{
	return (uint64_t)(u->more >> 6) << TT_DETAIL_NUMBER_SHIFT;
}

/* Counts updates[n] in the rest. */
void tt_refused_count(
		struct tt_rest *rest, const struct tt_later_update *updates, uint32_t n);

#endif
