/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Source ports of busy targets: a target (with its class) to which packets come from many ports gets an
 * array of counts, one for each port. A dozen of these are 1 MiB, which stays in the caches, where the
 * same ports in a hash table (tt_tally_tables.h) lie scattered over 32 MiB, so that nearly each packet
 * waits for memory. For that counts are of eight bits; what is carried goes to sixteen more elsewhere.
 *
 * Which targets are busy is voted on: of each slot that targets fall into by a hash that nobody outside
 * knows, the candidate is the one with more votes than all others together, if there is one (R. S. Boyer,
 * J. S. Moore, "MJRTY", 1981). One source port in TT_BUSY_TURN has a vote. A candidate that leads by enough
 * gets an array, as long as there are some, and keeps it. The lead that it takes grows with the
 * number of arrays that are taken: packets to any targets never have one, and a sweep that stays with each
 * target for a while uses up the first arrays alone.
 *
 * What is above 24 bits goes to the table, and so went what came before there was an array: a port is the sum
 * of both. No result depends on what is busy. One thread at a time. Memory: tt_busy_bytes().
 */
#ifndef TT_BUSY_H
#define TT_BUSY_H

#include "tt_hash.h"
#include "tt_mem.h"

#define TT_BUSY_PORTS 65536
#define TT_BUSY_MAX   32 /* arrays, at most */
#define TT_BUSY_SLOTS 512
#define TT_BUSY_TURN  16
#define TT_BUSY_LEAD \
	16 /* votes for the first array; twice as many after each TT_BUSY_DEAR */
#define TT_BUSY_DEAR 8

/* Below, a key is that of a source port (tt_port_key), of which the lowest 16 bits are the port. */
struct tt_busy_candidate {
	uint64_t target; /* key >> 16 */
	uint64_t lead; /* in votes */
};

struct tt_busy {
	uint64_t slots[TT_BUSY_SLOTS]; /* target << 8 | array; 0: none */
	struct tt_busy_candidate candidates[TT_BUSY_SLOTS];
	uint64_t targets[TT_BUSY_MAX]; /* [n] of the arrays */
	uint8_t *low; /* [max][TT_BUSY_PORTS]; NULL where max is 0 */
	uint16_t *high; /* likewise; in 256 packets */
	unsigned n, max;
	unsigned turn; /* source ports so far, modulo 2^32 */
};

/* Arrays beside a table of so many slots: none where that is small itself. */
static inline unsigned
tt_busy_arrays(uint64_t slots)
{
	const uint64_t n = slots / TT_BUSY_PORTS;

	return n < TT_BUSY_MAX ? (unsigned)n : TT_BUSY_MAX;
}

uint64_t tt_busy_bytes(unsigned arrays);

/* Returns NULL where memory is short. */
struct tt_busy *tt_busy_create(unsigned arrays, struct tt_mem *mem);
void tt_busy_destroy(struct tt_busy *busy, struct tt_mem *mem);

/* None is busy any more; takes time by the arrays that were used. */
void tt_busy_reset(struct tt_busy *busy);

/* A vote for the target of a key. */
void tt_busy_vote(struct tt_busy *busy, const struct tt_hash_seed *seed, uint64_t key);

static inline uint64_t
tt_busy_slot(const struct tt_hash_seed *seed, uint64_t key)
{
	return ((key >> 16 ^ seed->a) * (seed->b | 1)) / (UINT64_MAX / TT_BUSY_SLOTS + 1);
}

/* Where the arrays have a key; TT_BUSY_NONE or more where its target has none. */
#define TT_BUSY_NONE (UINT64_C(1) << 24)

static inline uint64_t
tt_busy_at(const struct tt_busy *b, const struct tt_hash_seed *seed, uint64_t key)
{
	const uint64_t other = b->slots[tt_busy_slot(seed, key)] ^ key >> 16 << 8;

	return other << 16 | (key & 0xffff);
}

/* Places that are in use, from 0 on; of each the key and the packets, which may be 0. busy: NULL is none. */
static inline uint32_t
tt_busy_end(const struct tt_busy *b)
{
	return b == NULL ? 0 : b->n * TT_BUSY_PORTS;
}

static inline uint64_t
tt_busy_key(const struct tt_busy *b, uint32_t at)
{
	return b->targets[at / TT_BUSY_PORTS] << 16 | at % TT_BUSY_PORTS;
}

static inline uint32_t
tt_busy_packets(const struct tt_busy *b, uint32_t at)
{
	return (uint32_t)b->high[at] << 8 | b->low[at];
}

/* How many places have packets. */
uint32_t tt_busy_used(const struct tt_busy *busy);

/* Counts packets, 65,535 at most. Returns false, and does nothing, where the sum is of more than 24 bits. */
bool tt_busy_carry(struct tt_busy *busy, uint32_t at, uint32_t packets);

/* The same where it suffices to look at low: given apart, since a store of a byte may change any pointer. */
static inline bool
tt_busy_add(struct tt_busy *b, uint8_t *low, uint32_t at, uint32_t packets)
{
	const uint32_t sum = low[at] + packets;

	if (TT_UNLIKELY(sum > UINT8_MAX))
		return tt_busy_carry(b, at, packets);
	low[at] = (uint8_t)sum;
	return true;
}

#endif
