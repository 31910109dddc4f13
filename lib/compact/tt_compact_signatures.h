/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tables signatures and signature_sources of all parts as those of the result. Both are small
 * beside pairs: rows are collected in a list that is sorted and folded whenever it has doubled, so
 * that it never holds more than three times what the result has. For the files of the room only.
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
	uint16_t country; /* of the part that saw it first */
	uint8_t bits;
	int64_t detections, first_us, last_us;
};

struct tt_compact_signatures {
	struct tt_signature_sum *sums; /* [n_sums] */
	struct tt_signature_source *sources; /* [n_sources] */
	size_t n_sums, room_sums,
			folded_sums; /* the first so many are in order, once each */
	size_t n_sources, room_sources, folded_sources;
	unsigned shift; /* one source in 2^shift is kept */
	bool resampled; /* sample bits are to be those of the public hash */
	uint64_t limit; /* rows of sources */
	int64_t uniq_src_ip; /* sources with detections, scaled; after tt_compact_signatures_end */
};

void tt_compact_signatures_fini(struct tt_compact_signatures *s);

/* Adds the rows of a part. Returns 0, -EBADMSG or -ENOMEM with err filled. */
int tt_compact_signatures_read(struct tt_compact_signatures *s,
		const struct tt_snapshot *part, struct tt_error *err) TT_MUST_CHECK;

/* Puts all rows in order, once each. */
void tt_compact_signatures_fold(struct tt_compact_signatures *s);

/* After the last part: all rows in their order, sources counted. */
int tt_compact_signatures_end(
		struct tt_compact_signatures *s, struct tt_error *err) TT_MUST_CHECK;

/* Write the rows; return 0 or a negative errno with err filled. */
int tt_compact_signatures_write(const struct tt_compact_signatures *s,
		struct tt_parquet_writer *writer, struct tt_error *err) TT_MUST_CHECK;
int tt_compact_signatures_write_sources(const struct tt_compact_signatures *s,
		struct tt_parquet_writer *writer, struct tt_error *err) TT_MUST_CHECK;

#endif
