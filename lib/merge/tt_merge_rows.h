/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside the merge: the keys of all tallies as references that are sorted one way for one table
 * and another way for the next, each file taking one table from them. Whatever has no source (or
 * whose source the sample lacks) is added up in a tt_rest, whose registers and cells the kept keys
 * then join.
 */
#ifndef TT_MERGE_ROWS_H
#define TT_MERGE_ROWS_H

#include "tt_merge.h"
#include "tt_rules_joined.h"

#include "tt_sort.h"

struct tt_merge_list {
	struct tt_sort_item *items; /* [n], of [room] */
	uint64_t n, room;
};

struct tt_merge_group {
	struct tt_count count, ipv6; /* of all; of IPv6 */
	uint64_t uniq, uniq_first; /* uniq_src_ip; those that no earlier row has */
};

/*
 * The rows that one (protocol, number) can have: a class or a code (never both: a class of ICMP
 * follows from its type), with and without backscatter, by country. All zero between targets.
 */
#define TT_MERGE_SUBS          512
#define TT_MERGE_COUNTRIES     (TT_N_COUNTRIES + 1) /* the last is TT_COUNTRY_REST */
#define TT_MERGE_COUNTRY_WORDS ((TT_MERGE_COUNTRIES + 63) / 64)

struct tt_merge_matrix {
	tt_target_key keys[TT_MERGE_SUBS]; /* the key of each sub that is in use */
	uint64_t used_subs[TT_MERGE_SUBS / 64]; /* bit per sub */
	uint64_t used[TT_MERGE_SUBS][TT_MERGE_COUNTRY_WORDS]; /* bit per country */
	struct tt_merge_group groups[TT_MERGE_SUBS][TT_MERGE_COUNTRIES];
};

/* Class and backscatter as one number. */
#define TT_MERGE_SIDES (TT_N_CLASSES * 2)

/* An address, or a port in the low bits of one, and its packets. */
struct tt_merge_heavy {
	struct tt_addr src;
	uint64_t packets;
};

struct tt_merge_heaviest {
	struct tt_merge_heavy *entries; /* [n], of [max] */
	unsigned n, max;
};

struct tt_merge_rule {
	uint64_t sources, carriers, carrier_packets; /* kept ones */
};

/* The sources of a destination unit: those of a class, and of these the ones that no earlier class of the unit has. */
struct tt_merge_reached {
	uint32_t sources, first;
};

struct tt_merge {
	struct tt_merge_config config;
	struct tt_mem *mem;
	struct tt_rest rest;
	struct tt_detections_merge *detections; /* NULL where there are no signatures */
	const struct tt_detections *
			*detections_of; /* [n_detections_of] those of the tallies */
	unsigned n_detections_of;
	struct tt_detections_joined joined; /* where they are of different rules */
	struct tt_merge_list pairs; /* kept ones: tt_slot */
	struct tt_merge_list
			others; /* kept contacts (tt_merge_contact_item); then ports, as words
				      * of tt_merge_ports.c; then targets by their packets */
	struct tt_merge_list contacts4,
			contacts6; /* the contacts: first and last part of others */
	struct tt_merge_list sourceless; /* struct tt_count of slices and rests */
	struct tt_merge_list talkers; /* of the rest, and of what it lends: tt_entry */
	struct tt_merge_list busy; /* arrays of source ports, by their targets */
	uint64_t *port_packets; /* [TT_BUSY_PORTS] of a target that has some of these */
	struct tt_merge_list scratch; /* of sorts; between sorts: what was picked */
	struct tt_merge_list countries, attacked, fingerprints; /* parts of sourceless */
	struct tt_merge_matrix *matrix;
	struct tt_merge_group (*country_rows)[TT_MERGE_SIDES]; /* [TT_N_COUNTRIES] */
	uint64_t *row_packets; /* [TT_N_ROWS] of all, by tt_row_index */
	uint64_t *target_packets; /* [TT_N_TARGETS] likewise */
	uint8_t *sketched; /* [TT_N_TARGETS] are its sketches among the rows? */
	/* [class][destination unit], as TT_CELL_DESTINATION_REST; zero but in tt_merge_destinations. */
	struct tt_merge_reached *reached;
	struct tt_merge_heavy *heavy; /* memory of the two below */
	struct tt_merge_heaviest heavy_talkers[TT_N_CLASSES], heavy_ports;

	/* Of one run. */
	struct tt_tally *const *tallies;
	unsigned n_tallies;
	int64_t start_us;
	const struct tt_merge_sink *sink;
	struct tt_totals *totals;
	struct tt_error *err;
	unsigned shift, contact_shift; /* one in 2^shift is kept */
	unsigned pair_row_shift, contact_row_shift; /* of rows, no less */
	uint64_t secret; /* of the sampling, as all tallies have it */
	struct tt_hash_seed sample; /* likewise, of contacts */
	bool any_v6; /* is there a pair whose source is not IPv4? */
	struct tt_rest *lender; /* what the cells and registers of rest belong to, and whose slices and talkers
				 * are beside those of rest; NULL: they are own */
	uint64_t kept_pairs, kept_contacts; /* distinct keys */
	uint64_t pair_bits[TT_SAMPLE_SHIFT_MAX + 1]; /* kept pairs by their sample_bits */
	struct tt_merge_rule rules[TT_FINGERPRINTS_MAX];
	uint64_t returning
			[65]; /* sources by the number of leading zero bits of their hash */
};

/* Gives a row to the sink, if it wants any of that kind. */
#define TT_MERGE_EMIT(m, kind, row) \
	((m)->sink->kind == NULL ? 0 : (m)->sink->kind((m)->sink->context, row, (m)->err))

/* Takes in what tt_merge_run was given. */
void tt_merge_begin(struct tt_merge *m, struct tt_tally *const *tallies, unsigned n,
		int64_t start_us, const struct tt_merge_sink *sink,
		struct tt_totals *totals, struct tt_error *err);

/*
 * A tally that is merged alone, and may be used up, lends its cells and registers: they are the
 * sums already, and those of the merge need not be touched. Until they are given back it has the
 * merge's, which are clean. Its slices and talkers are read where they are; those of the merge's own rest are
 * what the sample lacks, and a key may be in both.
 */
void tt_merge_borrow(struct tt_merge *m);
void tt_merge_give_back(struct tt_merge *m);

/* The steps of a merge, to be called in their order after that. */
struct tt_merge_step {
	const char *name;
	int (*run)(struct tt_merge *m);
};

extern const struct tt_merge_step tt_merge_steps[TT_MERGE_N_STEPS];

int tt_merge_collect(struct tt_merge *m) TT_MUST_CHECK;
int tt_merge_targets(struct tt_merge *m) TT_MUST_CHECK;
int tt_merge_fingerprints(struct tt_merge *m) TT_MUST_CHECK;
int tt_merge_sources(struct tt_merge *m) TT_MUST_CHECK;
int tt_merge_rules(struct tt_merge *m) TT_MUST_CHECK;
int tt_merge_countries(struct tt_merge *m) TT_MUST_CHECK;
int tt_merge_backscatter(struct tt_merge *m) TT_MUST_CHECK;
int tt_merge_destinations(struct tt_merge *m) TT_MUST_CHECK;
int tt_merge_contact_rows(struct tt_merge *m) TT_MUST_CHECK;
int tt_merge_ports(struct tt_merge *m) TT_MUST_CHECK;
int tt_merge_distributions(struct tt_merge *m) TT_MUST_CHECK;
int tt_merge_sketches(struct tt_merge *m) TT_MUST_CHECK;
int tt_merge_signatures(struct tt_merge *m) TT_MUST_CHECK;

/* Collects slices and rest cells into m->sourceless and its three parts, each sorted. */
void tt_merge_collect_sourceless(struct tt_merge *m);

/* Makes room for n items, which are then lost. Returns 0, or -ENOMEM. */
int tt_merge_room(
		struct tt_merge *m, struct tt_merge_list *list, uint64_t n) TT_MUST_CHECK;

/* Gives the pages of the first n items of a list that the run does not need any more back to the system, where they
 * are many. */
void tt_merge_discard(struct tt_merge *m, const struct tt_merge_list *list, uint64_t n);

/* Where a walk over the contacts is, of each IP version. */
struct tt_merge_contacts_at {
	uint64_t v4, v6;
};

/* Sorts contacts by source and destination; counts the distinct destinations of a row's source,
 * from *at on, which is moved past the source. Sources are to be asked about in ascending order. */
void tt_merge_sort_contacts(struct tt_merge *m);
void tt_merge_destinations_of(struct tt_merge *m, struct tt_source_row *row,
		struct tt_merge_contacts_at *at);

/*
 * The least shift, from `shift` on, at which no more than `limit` rows are kept. bits: rows by their
 * sample_bits.
 */
unsigned tt_merge_rows_shift(const uint64_t bits[TT_SAMPLE_SHIFT_MAX + 1], unsigned shift,
		uint64_t limit);

/* Rows of `pairs` on the way: the slots of a source, whose equal keys come one after the other. */
struct tt_merge_pair_rows {
	struct tt_pair_row row;
	bool kept; /* the source is in the rows' sample */
};

/* Chooses the sample of rows, once tt_merge_targets has counted the kept pairs. */
void tt_merge_choose_pair_rows(struct tt_merge *m);
/* Begins a source (sample_hash: of it), adds a slot of it, ends the last row. */
void tt_merge_pair_begin(const struct tt_merge *m, struct tt_merge_pair_rows *rows,
		struct tt_addr src, tt_country country, uint64_t sample_hash);
int tt_merge_pair_add(struct tt_merge *m, struct tt_merge_pair_rows *rows,
		const struct tt_slot *s) TT_MUST_CHECK;
int tt_merge_pair_end(struct tt_merge *m, struct tt_merge_pair_rows *rows) TT_MUST_CHECK;

/* Enters an address; gives the entries the order of rows: most packets first, then address. */
void tt_merge_offer(struct tt_merge_heaviest *h, struct tt_addr src, uint64_t packets);
void tt_merge_rank(struct tt_merge_heaviest *h);

/* Source ports of busy targets: puts m->busy in order, and their packets into the cells. Returns 0, or -ENOMEM. */
int tt_merge_collect_busy(struct tt_merge *m) TT_MUST_CHECK;

/* Makes m->port_packets the sums over the arrays of a target (tt_port_key >> 16), from *at of m->busy on, which is
 * moved past them; false where it has none. Targets are to be asked about in ascending order. */
bool tt_merge_sum_busy(struct tt_merge *m, uint64_t target, uint64_t *at);

/* Offers what is in m->port_packets to m->heavy_ports. */
void tt_merge_offer_busy(struct tt_merge *m);

/* One (protocol, number) in the three lists that are sorted by it. */
struct tt_merge_target {
	uint64_t number; /* tt_merge_number */
	struct tt_merge_list pairs, sourceless, talkers;
	uint64_t class_packets[TT_N_CLASSES];
};

/* A source on its way to the talkers of a target. */
struct tt_merge_talker {
	struct tt_addr src;
	uint32_t classes; /* bit per class */
	uint64_t packets[TT_N_CLASSES]; /* 0 where there is none of the class */
};

/* Makes the talkers of a target those of its pairs, whose sources are to come in order: none yet;
 * with packets of one more pair. */
void tt_merge_talkers_begin(struct tt_merge *m, struct tt_merge_talker *talker);
void tt_merge_talkers_add(struct tt_merge *m, struct tt_merge_talker *talker,
		struct tt_addr src, enum tt_class class, uint64_t packets);

/* Adds the talkers that have no pair, and gives out the rows. */
int tt_merge_talkers(struct tt_merge *m, const struct tt_merge_target *t,
		struct tt_merge_talker *talker) TT_MUST_CHECK;

/* Protocol and number as 25 bits that sort as they do; the highest value is none. */
#define TT_MERGE_NUMBER_BITS 25
#define TT_MERGE_NUMBER_NONE ((UINT64_C(1) << TT_MERGE_NUMBER_BITS) - 1)

static inline uint64_t
tt_merge_number(tt_target_key key)
{
	return key >> 40 << 17 | (key >> 16 & 0x1ffff);
}

static inline struct tt_target
tt_merge_number_target(uint64_t number)
{
	return (struct tt_target){.protocol = (uint8_t)(number >> 17),
			.number = (int32_t)(number & 0x1ffff) - 1};
}

/* Where the parts of a prefix start in each of the lists that are sorted by (protocol, number). */
#define TT_MERGE_PAIR_NUMBER 39 /* above 39 bits of the source */
#define TT_MERGE_ADDR39      ((UINT64_C(1) << TT_MERGE_PAIR_NUMBER) - 1)
#define TT_MERGE_COUNTRY_NUMBER \
	31 /* above the row, 20 bits, the country, 10 bits, and one of IPv6 */
#define TT_MERGE_FINGERPRINT_NUMBER 4 /* above the class; below the rule */

/* The order of addresses in 39 bits: all of IPv4, the first 38 bits of IPv6. */
static inline uint64_t
tt_merge_addr39(struct tt_addr a)
{
	if (TT_LIKELY(tt_addr_is_v4(a)))
		return 1 + (a.lo & 0xffffffff);
	if (a.hi == 0)
		return a.lo < TT_ADDR_V4_PREFIX ? 0 : (UINT64_C(1) << 32) + 1;
	return (UINT64_C(1) << 32) + 2 + (a.hi >> 26);
}

/* The same in 64 bits: all of IPv4, the first 63 bits of IPv6. */
static inline uint64_t
tt_merge_addr64(struct tt_addr a)
{
	if (TT_LIKELY(tt_addr_is_v4(a)))
		return 1 + (a.lo & 0xffffffff);
	if (a.hi == 0)
		return a.lo < TT_ADDR_V4_PREFIX ? 0 : (UINT64_C(1) << 32) + 1;
	return (UINT64_C(1) << 32) + 2 + (a.hi >> 1);
}

/* What lies anywhere in memory is fetched so many items before it is needed. */
#define TT_MERGE_AHEAD 16

/* Item i as a slot, and fetches of those that come next. */
static inline const struct tt_slot *
tt_merge_slot(const struct tt_merge_list *list, uint64_t i)
{
	if (TT_LIKELY(i + TT_MERGE_AHEAD < list->n))
		__builtin_prefetch(list->items[i + TT_MERGE_AHEAD].ref);
	return list->items[i].ref;
}

/*
 * A contact of IPv4 is whole in its item, so that nothing has to be fetched: source and
 * destination in the prefix, packets and class in the value. One of IPv6 is a reference to its
 * tt_entry.
 */
static inline struct tt_sort_item
tt_merge_contact_item(uint32_t src, uint64_t contact_key, uint64_t packets)
{
	return (struct tt_sort_item){
			.prefix = (uint64_t)src << 32 | (uint32_t)(contact_key >> 4),
			.value = packets << 4 | (uint64_t)tt_contact_class(contact_key)};
}

static inline uint32_t
tt_merge_item_class(struct tt_sort_item contact)
{
	return (uint32_t)contact.value & 15;
}

/* How many classes there are, as bits: nearly always one. */
static inline unsigned
tt_merge_n_classes(uint32_t classes)
{
	if (TT_LIKELY((classes & (classes - 1)) == 0))
		return classes != 0;
	return (unsigned)__builtin_popcount(classes);
}

/* How many items from `at` on have the value above `shift` in their prefix. */
static inline uint64_t
tt_merge_run_length(const struct tt_merge_list *list, uint64_t at, unsigned shift,
		uint64_t value)
{
	uint64_t n = 0;

	while (at + n < list->n && list->items[at + n].prefix >> shift == value)
		n++;
	return n;
}

static inline void
tt_merge_sort(struct tt_merge *m, struct tt_merge_list *list,
		int (*compare)(const void *a, const void *b))
{
	tt_sort(list->items, m->scratch.items, list->n, compare);
}

static inline void
tt_merge_add(struct tt_count *to, struct tt_count from)
{
	to->packets += from.packets;
	to->bytes += from.bytes;
}

#endif
