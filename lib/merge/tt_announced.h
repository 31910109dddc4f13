/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How many frames each interval of a replay is still to get, for the sequence and for programs
 * that look beforehand which intervals a replay will write. Filled by the scan of the files,
 * counted down as tallies come in. Grows with the number of intervals, 24 bytes each; one thread.
 */
#ifndef TT_ANNOUNCED_H
#define TT_ANNOUNCED_H

#include "tt_base.h"

struct tt_announcement {
	int64_t start_us;
	uint64_t frames; /* still to come */
	bool given; /* the interval was given out already */
};

struct tt_announced {
	struct tt_announcement
			*list; /* [n], ascending and without doubles where sorted */
	size_t n, room;
	size_t next; /* the first that was not given out */
	bool sorted;
};

/* Adds frames to an interval. Before anything is taken. Returns 0 or -ENOMEM. */
int tt_announced_add(
		struct tt_announced *a, int64_t start_us, uint64_t frames) TT_MUST_CHECK;
void tt_announced_fini(struct tt_announced *a);

/* Takes frames off an interval. Returns false if it has not so many, or was given out. */
bool tt_announced_take(struct tt_announced *a, int64_t start_us, uint64_t frames);

/* The first interval that was not given out; NULL after the last. */
const struct tt_announcement *tt_announced_next(struct tt_announced *a);

/* Marks all intervals that start before end_us as given out. */
void tt_announced_give(struct tt_announced *a, int64_t end_us);

/* Do frames of [from_us, to_us), not given out, still have to come? */
bool tt_announced_missing(struct tt_announced *a, int64_t from_us, int64_t to_us);

/* Does an interval start at or after us? */
bool tt_announced_after(struct tt_announced *a, int64_t us);

#endif
