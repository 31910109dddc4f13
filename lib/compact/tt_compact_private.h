/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the room share; not for others. */
#ifndef TT_COMPACT_PRIVATE_H
#define TT_COMPACT_PRIVATE_H

#include "tt_compact.h"
#include "tt_compact_pack.h"
#include "tt_compact_signatures.h"
#include "tt_compact_sketches.h"
#include "tt_packets.h"
#include "tt_prefix.h"

/* Words of a row that no file has, after those that files have. */
enum {
	TT_SOURCE_PACKETS, /* as tt_roles.h has the sums and bounds of sources */
	TT_SOURCE_BYTES,
	TT_SOURCE_BACKSCATTER,
	TT_SOURCE_FIRST,
	TT_SOURCE_LAST,
	TT_SOURCE_BITS,
	TT_SOURCE_CARRIED, /* country, AS number and seen_before of its first part */
	TT_SOURCE_EXTENT, /* targets, classes, fingerprints */
	TT_SOURCE_DESTINATIONS,
	TT_SOURCE_DESTINATIONS_ERROR,
	TT_SOURCE_N_VALUES
};

/* Where sample_bits, or the counts of sources, stand among the values of a row. */
enum {
	TT_PAIR_PACKETS,
	TT_PAIR_BYTES,
	TT_PAIR_BITS,
	TT_CONTACT_PACKETS = 0,
	TT_CONTACT_BITS,
	TT_VICTIM_BITS = 4,
};

/* Parts of TT_SOURCE_EXTENT: targets below, then bits per class, then bits per rule. */
#define TT_EXTENT_CLASSES 32
#define TT_EXTENT_RULES   48

/* Distinct sources of a row in the sample: those of the row in the lower half of a word, in the
 * upper half of these the ones that no earlier row of its group has. */
#define TT_UNIQ(word)       ((word)&UINT32_MAX)
#define TT_UNIQ_FIRST(word) ((word) >> 32)

/* What is carried of a source, as a number that is less where its text is. */
static inline uint64_t
tt_carried_make(uint16_t country, uint32_t asn, int64_t seen_before)
{
	return (uint64_t)country << 48 | (uint64_t)asn << 8 | (uint64_t)(seen_before + 1);
}

static inline uint16_t
tt_carried_country(uint64_t carried)
{
	return (uint16_t)(carried >> 48);
}

static inline uint32_t
tt_carried_asn(uint64_t carried)
{
	return (uint32_t)(carried >> 8);
}

static inline int
tt_carried_seen_before(uint64_t carried)
{
	return (int)(carried & 0xff) - 1;
}

/* A source that is kept of the part being read, in order of address. */
struct tt_kept {
	struct tt_addr src;
	int64_t bits;
};

/* A row of `coverage`. */
struct tt_covered {
	char origin[TT_SENSOR_MAX + 1];
	int64_t from_us, until_us, observed_us, addresses, intervals;
	const char *path; /* of the part that has it, the caller's; NULL: not noted */
};

struct tt_covered_rows {
	struct tt_covered *all; /* [n], of [room]; heap */
	size_t n, room;
};

/* A row of `ledger`, text on the heap. */
struct tt_entered {
	char *port, *reason;
	int64_t queue;
	unsigned account, place; /* in their order */
	int64_t packets, keys;
};

/* What is not told apart in a table of heavy hitters, and what may enter it. */
struct tt_heavy {
	struct tt_store others; /* the row of all others, by its key's first word */
	uint64_t least; /* a new row is taken for sure with so many packets; 1: every one */
	uint64_t group, rest; /* bits of that word */
	struct tt_ledger_not_kept cut; /* rows that joined the others */
};

/* A part, in the order in which they are read. */
struct tt_part {
	int64_t start_us, end_us;
	char sensor[TT_SENSOR_MAX + 1];
	const char *path;
};

struct tt_compact {
	const struct tt_compact_job *job;
	struct tt_compact_result *result;
	struct tt_error *err;

	/* tt_compact_plan.c: what is known before tables are read. */
	struct tt_manifest manifest; /* of the result */
	struct tt_prefix_set monitored;
	char *monitored_list; /* of all parts, joined */
	struct tt_covered *covered; /* [n_covered] */
	size_t n_covered, room_covered;
	struct tt_entered *entered; /* [n_entered] */
	size_t n_entered, room_entered;
	struct tt_compact_rules rules;
	int64_t returning_one_in, recall_since_us;
	bool resampled; /* parts had samples of other names */
	bool any_part, rules_read; /* one was seen */
	struct tt_part *parts; /* [n_parts of the job] by time */

	/* tt_compact_read.c */
	struct tt_packet_records packets; /* the first of each signature */
	int64_t packets_per_signature; /* the most of any part */
	struct tt_layout layouts[TT_N_TABLES];
	struct tt_store stores[TT_N_TABLES];
	struct tt_compact_packer packer;
	struct tt_store_batch *batch, *addresses;
	uint16_t chosen[TT_STORE_BATCH];
	struct tt_compact_units units;
	struct tt_sketches sketches;
	struct tt_compact_signatures signatures;
	uint64_t *first_time; /* bit per protocol and number */
	struct tt_kept *kept; /* [n_kept] */
	size_t n_kept, room_kept, at_kept;
	unsigned shift, contact_shift; /* one in 2^shift is kept */
	struct tt_heavy heavy[2]; /* of source_ports, and of talkers */
	int64_t part_us; /* start of the part being read */
	bool part_tells_ipv6; /* how many packets of it are IPv6 */
	int64_t ipv6_untold; /* packets of IPv6 of parts that do not */

	/* tt_compact_uniques */
	struct tt_sort_item *sorted[TT_N_TABLES]; /* [n of the store] */
	int64_t uniq_src_ip_returning, targets, targets_first_time, destinations;
	int64_t kept_packets, kept_contact_packets;
};

/* After why parts cannot be merged, where fewer of them can. */
#define TT_COMPACT_ADVICE \
	"; compact to shorter periods, such as --per hour, or merge fewer sensors"

/* -ENOMEM with err filled. */
int tt_compact_no_memory(struct tt_compact *c);

/* Reads what is small of all parts, and says whether they can be merged. */
int tt_compact_plan(struct tt_compact *c) TT_MUST_CHECK;
/* Puts the part's path before an error that names none. */
void tt_compact_name_part(struct tt_compact *c, const struct tt_snapshot *part);
/* The parts of a plan. path: that of the snapshot, which lives as long as the job. */
int tt_compact_plan_part(struct tt_compact *c, const struct tt_snapshot *part,
		const char *path) TT_MUST_CHECK;
int tt_compact_plan_rules(
		struct tt_compact *c, const struct tt_snapshot *part) TT_MUST_CHECK;
int tt_compact_plan_coverage(struct tt_compact *c, const struct tt_snapshot *part,
		const char *path) TT_MUST_CHECK;
int tt_compact_plan_ledger(
		struct tt_compact *c, const struct tt_snapshot *part) TT_MUST_CHECK;
/* Adds the rows of a snapshot's coverage. Returns 0, or a negative errno with err filled. */
int tt_compact_read_coverage(const struct tt_snapshot *part, struct tt_covered_rows *rows,
		struct tt_error *err) TT_MUST_CHECK;
/* Puts the rows of coverage in order and joins what adjoins. -EEXIST where time is there twice. */
int tt_compact_join_coverage(struct tt_compact *c) TT_MUST_CHECK;
/* What follows from it for the interval. */
void tt_compact_note_coverage(struct tt_compact *c);
void tt_compact_sort_rules(struct tt_compact *c);
void tt_compact_sort_ledger(struct tt_compact *c);
/* The row of the account "tables", or NULL; a row as the ledger's own functions take it. */
struct tt_entered *tt_compact_table_entry(
		struct tt_compact *c, enum tt_ledger_table table);
struct tt_ledger_row tt_compact_ledger_row(const struct tt_entered *e);

/* Reads the tables of one part. */
int tt_compact_read(struct tt_compact *c, const struct tt_snapshot *part) TT_MUST_CHECK;
int tt_compact_read_sketches(
		struct tt_compact *c, const struct tt_snapshot *part) TT_MUST_CHECK;

/* IPv6 of parts that do not tell it: counts it in a batch of `destinations`, as tt_compact_read has the part; enters the
 * row of all such packets, once all parts are read. */
void tt_compact_note_ipv6(struct tt_compact *c, const struct tt_parquet_batch *batch);
int tt_compact_enter_ipv6(struct tt_compact *c) TT_MUST_CHECK;

/* Chooses of a batch the rows that are in the sample, or whose source is. */
int tt_compact_choose(struct tt_compact *c, enum tt_table table,
		const struct tt_parquet_batch *batch,
		struct tt_compact_choice *choice) TT_MUST_CHECK;

/* Are the files of a part those of its manifest? First those that a plan reads, then the others that
 * are read. -EBADMSG with err naming the file. */
int tt_compact_check_small(
		struct tt_compact *c, const struct tt_snapshot *part) TT_MUST_CHECK;
int tt_compact_check_large(
		struct tt_compact *c, const struct tt_snapshot *part) TT_MUST_CHECK;

/* Do the rows of all parts add up to what their manifests say? -EBADMSG where they do not. */
int tt_compact_check_totals(struct tt_compact *c) TT_MUST_CHECK;

/* Samples further until pairs, or contacts, are no more than their limit. */
void tt_compact_thin_pairs(struct tt_compact *c);
void tt_compact_thin_contacts(struct tt_compact *c);

/*
 * Talkers and source_ports: what a table of them, or NULL of others, knows besides its rows; takes
 * from a packed batch what is with all others, and finds the rows of the rest; cuts the rows where they are more than their limit;
 * enters the rows of all others at the end.
 */
void tt_heavy_init(struct tt_heavy *heavy, const struct tt_layout *layout, uint64_t seed);
struct tt_heavy *tt_compact_heavy(struct tt_compact *c, enum tt_table table);
int tt_compact_locate_heavy(struct tt_compact *c, enum tt_table table) TT_MUST_CHECK;
int tt_compact_cut_heavy(struct tt_compact *c, enum tt_table table) TT_MUST_CHECK;
int tt_compact_join_heavy(struct tt_compact *c, enum tt_table table) TT_MUST_CHECK;

/* Counts unique sources and destinations from pairs and contacts. */
int tt_compact_uniques(struct tt_compact *c) TT_MUST_CHECK;
int tt_compact_uniques_pairs(struct tt_compact *c) TT_MUST_CHECK;
int tt_compact_uniques_contacts(struct tt_compact *c) TT_MUST_CHECK;
/* The word that counts the sources of a row; NULL where there is no such row. */
uint64_t *tt_compact_counter(
		const struct tt_compact *c, enum tt_table table, uint64_t key);
/*
 * The same of a source that was counted in a country, which goes into the column. In what was merged by earlier versions
 * of parts with several databases, pairs are all of the source's own country, wherever their packets were counted: then it is the first country whose
 * row has packets of more sources than were counted. NULL where there is none. key: but for the country.
 */
uint64_t *tt_compact_counter_in(const struct tt_compact *c, enum tt_table table,
		unsigned column, uint64_t key, uint64_t country);
/* Judges what sources carry; does the source of a row of source_fingerprints? */
int tt_compact_judge(struct tt_compact *c) TT_MUST_CHECK;
bool tt_compact_carries(const struct tt_compact *c, const uint64_t *row);

/* Sorts a store into c->sorted[table]. */
int tt_compact_sort(struct tt_compact *c, enum tt_table table) TT_MUST_CHECK;

/* Writes all files. */
int tt_compact_write(struct tt_compact *c, int dir_fd) TT_MUST_CHECK;

static inline bool
tt_target_bit(const uint64_t *bits, uint64_t number)
{
	return (bits[number / 64] >> number % 64 & 1) != 0;
}

/* Protocol and number as 25 bits, as the highest ones of a key of `targets`. */
#define TT_COMPACT_NUMBERS      (1 << 25)
#define TT_COMPACT_NUMBER_SHIFT 39

#endif
