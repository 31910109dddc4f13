/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is on disk, as against what was handed to the spool: a replay's snapshots are written in
 * batches and appear at a flush, and a run that ends by an error has to say what is there and
 * what is not. Management core only; 4 KiB.
 */
#ifndef TT_WRITTEN_H
#define TT_WRITTEN_H

#include "tt_spool.h"

/* A snapshot that was written and may still wait for a flush. */
struct tt_written_fresh {
	int64_t start_us;
	uint64_t frames;
};

struct tt_written {
	struct tt_written_fresh fresh[TT_SPOOL_BATCH]; /* [n_fresh] */
	unsigned n_fresh;
	uint64_t snapshots, frames; /* on disk */
	int64_t last_us; /* start of the latest of them */
};

/* Has it no room for another snapshot, until the next flush? */
static inline bool
tt_written_full(const struct tt_written *w)
{
	return w->n_fresh == TT_SPOOL_BATCH;
}

/* tt_spool_write wrote it. */
void tt_written_add(struct tt_written *w, int64_t start_us, uint64_t frames);

/* A part of a longer interval is on disk; later, the snapshot that is made of parts. */
void tt_written_part(struct tt_written *w, uint64_t frames);
void tt_written_whole(struct tt_written *w, int64_t start_us);

/* Flushes the spool. Returns 0, or a negative errno; it may be called again. */
int tt_written_flush(struct tt_written *w, struct tt_spool *spool,
		struct tt_error *err) TT_MUST_CHECK;

/* Flushes for the last time. Where that fails, what is on disk nevertheless is looked for. */
int tt_written_conclude(struct tt_written *w, struct tt_spool *spool,
		struct tt_error *err) TT_MUST_CHECK;

#endif
