/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files that verify a snapshot share; not for other rooms. Each table is read once, by the
 * batch, with the memory of one: each row is checked (this header), whatever tables must agree on is summed
 * up on the way (tt_verify_sums.h), and compared at the end (tt_verify_compare.h). What a text means is worked
 * out once for each text of a dictionary, so that the memory of that grows with the dictionaries of one
 * table (32 bytes a text).
 */
#ifndef TT_VERIFY_H
#define TT_VERIFY_H

#include "tt_reached.h"
#include "tt_row_text.h"
#include "tt_snapshot_private.h"
#include "tt_verify_sums.h"

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
	uint32_t classes; /* bit per class */
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

/* Where the packets of that source were counted: one country, but where parts of a merged snapshot had several databases. */
struct tt_pair_places {
	unsigned n;
	struct {
		uint16_t country;
		uint32_t sides; /* bit per class and backscatter */
	} places[TT_COUNTRY_REST + 1]; /* [n] in the order of their first rows */
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
	struct tt_pair_places places; /* of that source */
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
/* The error alone, of a count that is not negative. */
int tt_check_error(const struct tt_check *t, unsigned column, unsigned error_column,
		int64_t one_in);
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

/*
 * Reads a whole table; adds to sums what other tables must agree with, and checks what the
 * manifest must agree with. Returns 0, or a negative errno with err naming the file.
 */
int tt_verify_table(const struct tt_snapshot *snapshot, enum tt_table table,
		struct tt_sums *sums, struct tt_error *err) TT_MUST_CHECK;

/* Is each row of ipv6_targets one of targets, with no more packets and bytes? Both were read to their end. Returns 0; 1
 * with why; or a negative errno with err filled. */
#define TT_VERIFY_WHY_MAX 128
int tt_verify_ipv6_within(const struct tt_snapshot *snapshot, char why[TT_VERIFY_WHY_MAX],
		struct tt_error *err) TT_MUST_CHECK;

#endif
