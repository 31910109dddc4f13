/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the parts of lib/recall share: the two tables. Targets are a dense array. Sources lie one
 * after the other, as they came, so that as much memory is touched as there are of them; an index
 * of three slots for two sources tells where each is, by open addressing with linear probing. The
 * place in the index depends on a seed of this process, so that nobody can choose addresses that
 * collide, and answers never depend on it. Not for other rooms.
 */
#ifndef TT_RECALL_PRIVATE_H
#define TT_RECALL_PRIVATE_H

#include "tt_hash.h"
#include "tt_recall.h"
#include "tt_sketch.h"

#define TT_RECALL_N_TARGETS (256 + 2 * 65536 + 2 * 256)
#define TT_RECALL_NEVER     INT64_MAX /* in `targets` */
#define TT_RECALL_NONE      INT64_MIN /* no interval */
#define TT_RECALL_SHIFT_MAX TT_SAMPLE_SHIFT_MAX

/* Beside the rates: intervals of which sources found no room although sampled as far as it goes. */
#define TT_RECALL_RATE_OVERFLOW (TT_RECALL_SHIFT_MAX + 1)
#define TT_RECALL_N_RATES       (TT_RECALL_SHIFT_MAX + 2)

struct tt_recall_source {
	struct tt_addr addr;
	int64_t last_us, prev_us; /* the latest two intervals */
};

_Static_assert(sizeof(struct tt_recall_source) == 32,
		"38 bytes per source, as tt_recall.h says");

/* A slot of the index: 0, or one more than the source's place, below three bits of its hash, which
 * keep most searches from looking at other sources. */
#define TT_RECALL_PLACE_BITS 29

/* The latest two intervals that were entered at a rate. */
struct tt_recall_rate {
	int64_t last_us, prev_us;
};

struct tt_recall {
	int64_t *targets; /* [TT_RECALL_N_TARGETS]: start of the first interval */
	struct tt_recall_source *sources; /* [n_sources] of [max_sources] */
	uint32_t *slots; /* [n_slots] index of sources */
	uint64_t n_slots, n_sources, max_sources;
	int64_t horizon_us, since_us;
	int64_t entered_us; /* the latest interval that was begun */
	int64_t latest_us; /* the latest interval that sources were entered of */
	int64_t swept_us; /* the interval in which old sources were last forgotten */
	int64_t collect_us; /* the first interval of what is collected beyond the sample */
	struct tt_recall_rate rates[TT_RECALL_N_RATES]; /* by the shift of the pairs */
	int64_t begun_us; /* the interval that sources are entered of now */
	unsigned begun_shift; /* the higher of its own and of the highest before it */
	bool begun_blind; /* an interval within the horizon before it overflowed */
	uint64_t seed; /* of the places in the table */
	uint64_t secret; /* of the sampling */
	unsigned shift; /* of the sample */
	unsigned collect_shift; /* of what the table has; less where there is a collect_us */
	struct tt_mem *mem;
};

/* How many numbers a protocol's targets have beside -1. */
static inline int32_t
tt_recall_numbers(unsigned protocol)
{
	switch (protocol) {
	case TT_PROTO_TCP:
	case TT_PROTO_UDP:
		return 65536;
	case TT_PROTO_ICMP:
	case TT_PROTO_ICMPV6:
		return 256;
	default:
		return 0;
	}
}

/* Where a target is in `targets`. number: -1 to tt_recall_numbers - 1. */
size_t tt_recall_target_index(unsigned protocol, int32_t number);

/* Does the sample of that shift have the hash? */
static inline bool
tt_recall_keeps(unsigned shift, uint64_t hash)
{
	return shift == 0 || hash >> (64 - shift) == 0;
}

static inline uint64_t
tt_recall_hash(const struct tt_recall *recall, struct tt_addr addr)
{
	return tt_sample_hash(recall->secret, tt_sketch_hash(addr));
}

/* Is an interval that was begun later known already? */
static inline bool
tt_recall_is_late(const struct tt_recall *recall, int64_t start_us)
{
	return start_us < recall->entered_us;
}

/* Finds a source; NULL where it is not known. */
struct tt_recall_source *tt_recall_find(
		const struct tt_recall *recall, struct tt_addr addr);

/* Adds a source that is not known. There must be room. */
void tt_recall_append(struct tt_recall *recall, const struct tt_recall_source *source);

/* Raises the shift of what is collected, and with it at last the sample's, until there is room
 * for one more source. False: the hash is no longer collected. */
bool tt_recall_raise_shift(struct tt_recall *recall, uint64_t hash);

/* The same, but forgets those last seen longer before the latest interval than the horizon first,
 * unless that was done in it already. */
bool tt_recall_make_room(struct tt_recall *recall, uint64_t hash);

/* Begins to collect a larger sample if few sources were seen within the horizon; nothing may be
 * collected beyond the sample yet. */
void tt_recall_widen(struct tt_recall *recall, int64_t start_us);

/* Forgets at which rates intervals were entered. */
void tt_recall_clear_rates(struct tt_recall *recall);

/* Notes that a source of the interval found no room although it is in the sample. */
void tt_recall_note_overflow(struct tt_recall *recall, int64_t start_us);

#endif
