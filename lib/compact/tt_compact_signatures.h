/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tables signature_rules, signatures and signature_sources of all parts as those of the result. All are
 * small beside pairs: rows are collected in a list that is sorted and folded whenever it has doubled, so
 * that it never holds more than three times what the result has. For the files of the room only.
 *
 * Which rules were loaded is read before anything else, for the rates at which their sources are kept. Most
 * parts have the same rules: those of an identity whose sources are all kept are read once.
 */
#ifndef TT_COMPACT_SIGNATURES_H
#define TT_COMPACT_SIGNATURES_H

#include "tt_addr.h"
#include "tt_error.h"
#include "tt_snapshot.h"

/* A rule of some revision. */
struct tt_signature_id {
	uint64_t rule; /* gid and sid, 32 bits each */
	uint32_t rev;
};

/* A row of signature_rules. */
struct tt_signature_loaded {
	struct tt_signature_id id;
	bool counts;
	int64_t one_in, loaded_us;
	char *message, *category; /* on the heap */
};

struct tt_signature_loaded_rows {
	struct tt_signature_loaded *all; /* [n] */
	size_t n, room, folded; /* the first so many are in order, once each */
};

/* Rules of single intervals that have one identity and all sources of each rule. */
struct tt_signature_set {
	char *identity; /* on the heap */
	struct tt_signature_loaded_rows rules;
	int64_t loaded_us; /* besides what the rows have */
};

/* A row of signatures. */
struct tt_signature_sum {
	struct tt_signature_id id;
	uint16_t country;
	int64_t matches, detections, error;
	char *message, *category; /* on the heap */
	/* Of the rows of sources that are kept. */
	int64_t sources;
};

/* A row of signature_sources. */
struct tt_signature_source {
	struct tt_signature_id id;
	struct tt_addr src;
	uint16_t country; /* where its detections were counted */
	uint8_t bits;
	int64_t detections, first_us, last_us;
};

struct tt_compact_signatures {
	struct tt_signature_loaded_rows rules;
	struct tt_signature_set *sets; /* [n_sets] until all parts were planned */
	size_t n_sets;
	struct tt_signature_id last; /* whose rate was asked for last, and */
	unsigned last_shift;
	struct tt_signature_sum *sums; /* [n_sums] */
	struct tt_signature_source *sources; /* [n_sources] */
	size_t n_sums, room_sums,
			folded_sums; /* the first so many are in order, once each */
	size_t n_sources, room_sources, folded_sources;
	unsigned shift; /* one source in 2^shift is kept, or less of rules of which less is */
	bool resampled; /* sample bits are to be those of the public hash */
	uint64_t limit; /* rows of sources */
	int64_t uniq_src_ip; /* sources with detections, scaled; after tt_compact_signatures_end */
};

void tt_compact_signatures_fini(struct tt_compact_signatures *s);
void tt_signature_loaded_fini(struct tt_signature_loaded_rows *rows);

/* Adds the rules that a part had loaded. Returns 0, -EBADMSG or -ENOMEM with err filled. */
int tt_compact_signatures_plan(struct tt_compact_signatures *s,
		const struct tt_snapshot *part, struct tt_error *err) TT_MUST_CHECK;

/* After the last part of a plan: all rules in their order, once each. Returns 0 or -ENOMEM. */
int tt_compact_signatures_planned(
		struct tt_compact_signatures *s, struct tt_error *err) TT_MUST_CHECK;

/* Of a rule one source in 2^shift is kept; of all rules together. */
unsigned tt_compact_signatures_shift(
		struct tt_compact_signatures *s, const struct tt_signature_id *id);
unsigned tt_compact_signatures_coarsest(const struct tt_compact_signatures *s);

/* Enters the rules of rows of signatures that no part said to have loaded, which are of snapshots that
 * could not say so. */
int tt_compact_signatures_enter_unsaid(
		struct tt_compact_signatures *s, struct tt_error *err) TT_MUST_CHECK;

/* Of rows that are read and written. */
int tt_signature_ids_compare(
		const struct tt_signature_id *a, const struct tt_signature_id *b);
bool tt_signature_id_take(const struct tt_parquet_reader *r, unsigned column,
		struct tt_signature_id *id);
void tt_signature_id_put(struct tt_parquet_writer *w, unsigned column,
		const struct tt_signature_id *id);
/* Room for row n of rows[*room], each of size bytes. Returns the rows, or NULL. */
void *tt_signature_rows_grow(void *rows, size_t n, size_t *room, size_t size);

/* Adds the rows of a part. Returns 0, -EBADMSG or -ENOMEM with err filled. */
int tt_compact_signatures_read(struct tt_compact_signatures *s,
		const struct tt_snapshot *part, struct tt_error *err) TT_MUST_CHECK;

/* Puts all rows in order, once each. */
void tt_compact_signatures_fold(struct tt_compact_signatures *s);

/* After the last part: all rows in their order, sources counted. */
int tt_compact_signatures_end(
		struct tt_compact_signatures *s, struct tt_error *err) TT_MUST_CHECK;

/* Write the rows; return 0 or a negative errno with err filled. */
int tt_compact_signatures_write_rules(struct tt_compact_signatures *s,
		struct tt_parquet_writer *writer, struct tt_error *err) TT_MUST_CHECK;
int tt_compact_signatures_write(struct tt_compact_signatures *s,
		struct tt_parquet_writer *writer, struct tt_error *err) TT_MUST_CHECK;
int tt_compact_signatures_write_sources(const struct tt_compact_signatures *s,
		struct tt_parquet_writer *writer, struct tt_error *err) TT_MUST_CHECK;

#endif
