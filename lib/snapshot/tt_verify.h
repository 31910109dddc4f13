/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files that verify a snapshot share; not for other rooms. Each table is read once, by the
 * batch, with the memory of one: whatever tables must agree on is summed up on the way and
 * compared at the end. What a text means is worked out once for each text of a dictionary, so that
 * the memory of that grows with the dictionaries of one table (32 bytes a text).
 *
 * Where two tables must agree key by key (every source, every target and class), both sum up
 * hash(key) x count modulo 2^64. Equal tables give equal sums; tables that differ in any key give
 * equal ones by accident once in 2^64. So the comparison needs no memory, whatever the number of
 * keys and in whatever order they come.
 */
#ifndef TT_VERIFY_H
#define TT_VERIFY_H

#include "tt_reached.h"
#include "tt_row_text.h"
#include "tt_snapshot_private.h"

/* What is compared key by key. */
enum tt_match {
	TT_MATCH_TALKERS, /* packets by target and class: targets, talkers */
	TT_MATCH_SOURCE_PORTS, /* the same of TCP and UDP with ports: targets, source_ports */
	TT_MATCH_COUNTRIES, /* by country, class and backscatter: targets, countries */
	TT_MATCH_COUNTRY_SOURCES, /* sources by country: sources, countries */
	TT_MATCH_PROTOCOLS, /* by protocol and class: targets, distributions */
	TT_MATCH_TCP_FLAGS, /* by class and the six flags: two distributions */
	TT_MATCH_VICTIMS, /* backscatter packets by source: sources, victims */
	TT_MATCH_FINGERPRINTS, /* sources and what they carry: sources, source_fingerprints */
	TT_MATCH_PAIR_SOURCES, /* by source, all that is counted: pairs, sources */
	TT_MATCH_PAIR_SOURCE_COUNTRY, /* country by source: pairs, sources */
	TT_MATCH_PAIR_TARGETS, /* rows of targets: pairs, targets */
	TT_MATCH_PAIR_IPV6, /* rows of ipv6_targets: pairs, ipv6_targets */
	TT_MATCH_PAIR_COUNTRIES, /* sources of the rows of countries: pairs, countries */
	TT_MATCH_PAIR_BACKSCATTER, /* rows of backscatter: pairs, backscatter */
	TT_MATCH_PAIR_VICTIMS, /* rows of victims: pairs, victims */
	TT_MATCH_PAIR_FINGERPRINTS, /* rows of fingerprints: pairs, fingerprints */
	TT_MATCH_PAIR_CARRIERS, /* rows of source_fingerprints: pairs, source_fingerprints */
	TT_MATCH_VICTIM_SOURCES, /* sources of TCP and UDP answers: victims, backscatter */
	TT_MATCH_CONTACTS, /* rows of destinations: contacts, destinations */
	TT_MATCH_CONTACT_SOURCES, /* destinations by source: contacts, sources */
	TT_MATCH_CONTACT_CLASSES, /* packets by source and class: contacts, pairs */
	TT_MATCH_SIGNATURE_SOURCES, /* sources by rule and country: both tables of signatures */
	TT_N_MATCHES
};

/* Of one rule, what three tables say. */
struct tt_rule_sums {
	int64_t tested, matched, sources, carriers,
			carrier_packets; /* fingerprint_rules */
	int64_t packets; /* fingerprints */
	int64_t source_rows, source_packets, source_tested; /* source_fingerprints */
	int64_t carried_rows, carried_packets;
	struct tt_fingerprint_rule judge; /* source_packets and source_percent alone */
};

/* A row of signature_rules. */
struct tt_loaded_rule {
	uint64_t rule, rev; /* gid and sid, 32 bits each */
	int64_t sources_one_in;
};

/* What the rows of a snapshot's tables add up to. */
struct tt_sums {
	bool read[TT_N_TABLES]; /* the table could be read to its end */
	struct tt_prefix_set monitored;
	struct tt_count total[TT_N_TABLES], by_class[TT_N_TABLES][TT_N_CLASSES];
	struct tt_count distributions[TT_N_DISTRIBUTIONS][TT_N_CLASSES];
	struct tt_count answers[TT_N_CLASSES]; /* rows of targets with backscatter */
	uint64_t match[TT_N_MATCHES][2];
	int64_t returning, returning_one_in, first_time; /* interval */
	int64_t targets, targets_first_time; /* distinct (protocol, target); targets */
	int64_t target_sources; /* sources of each target, summed over the targets */
	int64_t country_sources; /* likewise over the countries */
	int64_t destination_sources; /* likewise over the destinations */
	/* Distinct destinations, as far as the text of rows tells them apart. */
	int64_t destinations_least, destinations_most;
	int64_t source_rows, sources_returning, source_backscatter;
	int64_t source_targets, source_destinations; /* of each source, summed */
	bool country_rest; /* targets has rows of countries that are not told apart */
	int64_t ipv6_destined; /* packets to destinations of IPv6 */
	bool ipv6_untold; /* ipv6_targets has the row of what is not told apart */
	bool prefixes; /* of the destinations, some are prefixes */
	bool nest; /* and some lie in others */
	unsigned n_rules;
	char rules[TT_FINGERPRINTS_MAX][TT_FINGERPRINT_ID_MAX + 1];
	struct tt_rule_sums rule_sums[TT_FINGERPRINTS_MAX];
	/* Registers of the sources overall: as given, and as the rows of sources make them. */
	uint8_t sketch[1 << TT_SKETCH_P_ALL], source_sketch[1 << TT_SKETCH_P_ALL];
	struct tt_ledger_short ledger;
	__int128 address_us; /* coverage: observed time by monitored address */
	int64_t covered_until_us; /* of its last row */
	bool unit_unclear; /* rows of contacts of units that cannot be told apart */
	int64_t sources_detected; /* interval */
	struct tt_loaded_rule *signature_rules; /* [n_signature_rules] in order */
	size_t n_signature_rules;
	int64_t signature_one_in; /* the coarsest of them */
	int64_t longest_loaded_us; /* likewise */
	int64_t common_source_rows; /* of signature_sources, in the sample of all rules */
	int64_t covered_us; /* coverage: observed time of all rows */
	int64_t matches, rule_detections; /* signatures */
	int64_t source_detections; /* signature_sources */
	bool coverage_gap; /* some time of some origin is not covered */
};

#define TT_CHECK_KEY_MAX 6

/* Units of one interval have none of their addresses in common, and some may have the same text. Those of a merged snapshot are told
 * apart by their text, and some may lie in others (docs/decisions/0019-destinations-of-several-sizes.md). */
static inline bool
tt_check_is_merged(const struct tt_manifest *m)
{
	return m->parts.n > 0;
}

/* A destination, or a prefix of sketches, and how many there were. */
struct tt_check_unit {
	char text[TT_SKETCH_KEY_MAX];
	struct tt_addr base; /* that the text begins with */
	struct tt_range range; /* the monitored addresses that it is, or may be */
	/* Its order among units, and `within`: of a merged snapshot, where units nest, its length, and of a contact the host. */
	struct tt_addr at, widest_last; /* widest_last: no unit before reaches further */
	uint64_t within;
	bool nested; /* it lies in one before */
	uint64_t rows, units; /* rows of that text, and units that may be meant */
	uint64_t parts; /* units of that text in all */
	uint64_t key; /* hash of the text */
	int64_t least, most; /* distinct units so far */
};

/* A row of coverage. */
struct tt_coverage_row {
	char origin[TT_SENSOR_MAX + 1];
	int64_t from_us, until_us, observed_us, monitored_addresses;
};

/* The source of the rows of pairs before. */
struct tt_pair_source {
	bool any;
	struct tt_addr src;
	uint16_t country; /* of its first row; with one database, of all */
	unsigned sample_bits;
	struct tt_count count;
	uint64_t answers, targets, rows; /* packets of backscatter; distinct targets */
	uint32_t classes, sides; /* bit per class; per class and backscatter */
	/* Of the row before. */
	tt_target_key key;
	bool backscatter;
	uint16_t row_country;
	struct tt_target target;
	bool any_answer; /* and then what it was of */
	uint64_t answer_key, attacked;
	/* Rules that matched, also of the target and class of the row before. */
	uint32_t rules, seen_rules;
	uint64_t rule_key, tested[TT_FINGERPRINTS_MAX], matched[TT_FINGERPRINTS_MAX];
};

/* The source of the rows of contacts before. */
struct tt_contact_source {
	bool any;
	struct tt_addr src, destination, unit; /* unit: its first address */
	uint64_t unit_key;
	enum tt_class class;
	unsigned sample_bits;
	uint32_t classes; /* of the unit */
	uint64_t destinations;
};

/* What a text means, as far as that follows from the text alone; who asks knows what of it is set. */
struct tt_check_word {
	struct tt_addr addr; /* an address, or the first one of a prefix */
	uint64_t number; /* any other value; of a destination, the hash of its text */
	uint32_t bits; /* of a prefix: how many low ones its addresses differ in; of the key of
			* a sketch: its kind */
	bool whole; /* of a prefix: it is one, with a slash */
	bool known; /* worked out already, and it can be */
};

/* The same of the texts of one column, while these are those of text_id. */
struct tt_check_words {
	struct tt_check_word *words; /* [room], heap */
	size_t room;
	uint64_t text_id;
};

#define TT_CHECK_COLUMNS_MAX 32

/* A table that is being read, at one of its rows. */
struct tt_check {
	const struct tt_manifest *m;
	const struct tt_parquet_reader *reader;
	struct tt_parquet_batch batch;
	unsigned at; /* the row in the batch */
	struct tt_check_words words[TT_CHECK_COLUMNS_MAX]; /* by column */
	struct tt_sums *sums;
	const char *path;
	enum tt_table table;
	struct tt_error *err;
	int64_t row; /* from 1 */
	uint64_t before[TT_CHECK_KEY_MAX]; /* order of the row before */
	struct tt_target
			target; /* of the target row before, and whether it was the first time */
	bool first_time;
	struct tt_check_unit unit; /* of the row before */
	struct tt_coverage_row coverage; /* the row before */
	struct tt_pair_source source;
	struct tt_contact_source contact;
	struct tt_reached reached; /* by that source, in a merged snapshot */
	struct tt_ledger_row *ledger; /* [row], text on the heap */
	unsigned ledger_tables; /* rows of the account "tables" so far */
};

/* Fills err with the row and what is wrong with it. Returns -EBADMSG. */
int tt_check_wrong(const struct tt_check *t, const char *what);

static inline int64_t
tt_check_int(const struct tt_check *t, unsigned column)
{
	return t->batch.columns[column].ints[t->at];
}

static inline const char *
tt_check_text(const struct tt_check *t, unsigned column)
{
	const struct tt_parquet_values *values = &t->batch.columns[column];

	return values->texts[values->codes[t->at]];
}

/* Where what the row's text means is kept, and to be kept where it is not known yet. */
static inline struct tt_check_word *
tt_check_word(const struct tt_check *t, unsigned column)
{
	return &t->words[column].words[t->batch.columns[column].codes[t->at]];
}

/* Adds hash(a, b, c) x weight to one side of a match. */
static inline void
tt_match_add(uint64_t *side, uint64_t a, uint64_t b, uint64_t c, uint64_t weight)
{
	*side += tt_hash_3(a, b, c) * weight;
}

/* Both packets and bytes of a count. */
static inline void
tt_match_count(uint64_t *side, uint64_t a, uint64_t b, struct tt_count count)
{
	tt_match_add(side, a, b, 0, count.packets);
	tt_match_add(side, a, b, 1, count.bytes);
}

/* What sources and pairs must agree on, of one source. */
static inline void
tt_match_source(uint64_t *side, struct tt_addr src, struct tt_count count,
		uint64_t answers, uint64_t targets, uint32_t classes)
{
	tt_match_add(side, src.hi, src.lo, 0, count.packets);
	tt_match_add(side, src.hi, src.lo, 1, count.bytes);
	tt_match_add(side, src.hi, src.lo, 2, answers);
	tt_match_add(side, src.hi, src.lo, 3, targets);
	tt_match_add(side, src.hi, src.lo, 4 + (uint64_t)classes, 1);
}

/* A victim and class as one number. */
static inline uint64_t
tt_match_victim(struct tt_addr src, enum tt_class class)
{
	return tt_hash_3(src.hi, src.lo, class);
}

/* Is a source in the sample of one in so many? Without the public hash nobody knows: true. */
bool tt_check_in_sample(const struct tt_manifest *m, struct tt_addr src, int64_t one_in);
/* Of TCP, the class tells what is backscatter; what asks, or has no header, never is. */
bool tt_check_may_be_backscatter(
		const struct tt_target *target, enum tt_class class, bool backscatter);

/*
 * Each takes a value from the columns that begin at `column`, and says what is wrong with it: 0 or
 * -EBADMSG.
 */
int tt_check_add(const struct tt_check *t, int64_t *sum, unsigned column);
int tt_check_flag(const struct tt_check *t, unsigned column, bool *flag);
int tt_check_addr(const struct tt_check *t, unsigned column, struct tt_addr *addr);
int tt_check_country(
		const struct tt_check *t, unsigned column, bool rest, uint16_t *country);
int tt_check_class(const struct tt_check *t, unsigned column, enum tt_class *class);
/* Protocol and number (of ICMP, at most 255); unknown: may be "" and -1, then protocol is 0. */
int tt_check_target(const struct tt_check *t, unsigned column, bool unknown,
		struct tt_target *target);
/* Can packets to the target be of the class? */
int tt_check_class_fits(const struct tt_check *t, const struct tt_target *target,
		enum tt_class class);
/* The code of a target, which ICMP alone has. */
int tt_check_code(const struct tt_check *t, unsigned column, enum tt_class class,
		struct tt_target *target);
/* How far the row is in smaller samples than one in so many. */
int tt_check_sample_bits(const struct tt_check *t, unsigned column, int64_t one_in,
		unsigned *bits);
/* Packets, at least one, and added to the sums of table and class. */
int tt_check_packets(struct tt_check *t, unsigned column, enum tt_class class,
		struct tt_count *count);
/* Packets and bytes. */
int tt_check_count(struct tt_check *t, unsigned column, enum tt_class class,
		struct tt_count *count);
/* A count of distinct keys, of which one_in is kept, of so many packets; and its error. */
int tt_check_uniques(const struct tt_check *t, unsigned column, unsigned error_column,
		int64_t one_in, uint64_t packets);
/* First and last time, both of which lie together. */
int tt_check_times(const struct tt_check *t, unsigned column);
/* The rule's number, of those that fingerprint_rules has; -ENOENT where that was not read. */
int tt_check_rule(const struct tt_check *t, unsigned column, unsigned *rule);
/* A set of rules, each once and in order; likewise. */
int tt_check_rules(const struct tt_check *t, unsigned column, uint32_t *rules);
/*
 * Finds which unit of monitored addresses a text is about, "192.0.2.1" or "192.0.2.0/24", and keeps
 * it in t->unit: where units have the same text, the first one that the row can be of. again: after
 * a row of the same text, this one is of another unit.
 */
int tt_check_unit(struct tt_check *t, const char *text, bool again);
/*
 * The same of a contact, from columns of text and host: *destination is the address, of IPv6 the
 * first one of the unit.
 */
int tt_check_unit_host(struct tt_check *t, unsigned column, bool again,
		struct tt_addr *destination);
/* Does the row come after the one before? key: [n]. */
int tt_check_order(struct tt_check *t, const uint64_t *key, unsigned n);

/* The rows of each table. */
int tt_check_interval(struct tt_check *t);
int tt_check_target_row(struct tt_check *t);
int tt_check_ipv6_target_row(struct tt_check *t);
int tt_check_country_row(struct tt_check *t);
int tt_check_source_row(struct tt_check *t);
int tt_check_talker_row(struct tt_check *t);
int tt_check_source_port_row(struct tt_check *t);
int tt_check_destination_row(struct tt_check *t);
int tt_check_backscatter_row(struct tt_check *t);
int tt_check_victim_row(struct tt_check *t);
int tt_check_fingerprint_row(struct tt_check *t);
int tt_check_rule_row(struct tt_check *t);
int tt_check_source_fingerprint_row(struct tt_check *t);
int tt_check_distribution_row(struct tt_check *t);
int tt_check_sketch_row(struct tt_check *t);
int tt_check_pair_row(struct tt_check *t);
int tt_check_contact_row(struct tt_check *t);
int tt_check_signature_rule_row(struct tt_check *t);
int tt_check_signature_row(struct tt_check *t);
int tt_check_signature_source_row(struct tt_check *t);
int tt_check_coverage_row(struct tt_check *t);
int tt_check_ledger_row(struct tt_check *t);

/* After the last row. */
void tt_check_pairs_end(struct tt_check *t);
void tt_check_contacts_end(struct tt_check *t);

/* The ledger as a whole. */
int tt_check_ledger_begin(struct tt_check *t, int64_t rows);
int tt_check_ledger_end(const struct tt_check *t);
void tt_check_ledger_free(struct tt_check *t);

/* What is wrong with a table, and which. */
struct tt_compare {
	const struct tt_manifest *m;
	const struct tt_sums *s;
	void (*wrong)(void *context, enum tt_table table, const char *why);
	void *context;
	bool told[TT_N_TABLES]; /* one line for each file: the first that fails */
};

/* Could both be read to their end, and is the other one not known to be wrong itself? The
 * interval's numbers are in the manifest as well. */
bool tt_compare_have(
		const struct tt_compare *c, enum tt_table table, enum tt_table other);

/* Compares one sum, with what it is or is at most, or key by key, where both tables could be read. */
void tt_compare_equal(struct tt_compare *c, enum tt_table table, const char *what,
		int64_t sum, enum tt_table other, int64_t expected);
void tt_compare_at_most(struct tt_compare *c, enum tt_table table, const char *what,
		int64_t sum, enum tt_table other, int64_t most);
void tt_compare_match(struct tt_compare *c, enum tt_table table, const char *what,
		enum tt_match m, enum tt_table other);

/* Tables of signatures with each other and with the interval. */
void tt_compare_signatures(struct tt_compare *c);
/* After what coverage has was compared. */
void tt_compare_signature_rules(struct tt_compare *c);

/* Are all countries by one database? Where parts had others, a source may have pairs in several. */
bool tt_check_one_geo(const struct tt_manifest *m);

/* Pairs and contacts with all that are marginals of them. */
void tt_compare_pairs(struct tt_compare *c);
void tt_compare_contacts(struct tt_compare *c);

/*
 * Reads a whole table; adds to sums what other tables must agree with, and checks what the
 * manifest must agree with. Returns 0, or a negative errno with err naming the file.
 */
int tt_verify_table(const struct tt_snapshot *snapshot, enum tt_table table,
		struct tt_sums *sums, struct tt_error *err) TT_MUST_CHECK;

/* Compares what was summed up, and tells of each file the first thing that is wrong. */
void tt_verify_sums(const struct tt_manifest *manifest, const struct tt_sums *sums,
		void (*wrong)(void *context, enum tt_table table, const char *why),
		void *context);

/* Is each row of ipv6_targets one of targets, with no more packets and bytes? Both were read to their end. Returns 0; 1
 * with why; or a negative errno with err filled. */
#define TT_VERIFY_WHY_MAX 128
int tt_verify_ipv6_within(const struct tt_snapshot *snapshot, char why[TT_VERIFY_WHY_MAX],
		struct tt_error *err) TT_MUST_CHECK;

#endif
