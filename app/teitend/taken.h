/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The intervals that a pure replay will write, held against those that the spool has already:
 * asked before the first packet, so that a replay that was made before is refused at once and
 * nothing is written. (A live run is never refused: see write_held in output.c.) Filled by
 * the scan of the files, management core, at start only; 24 bytes for each interval.
 */
#ifndef TT_TAKEN_H
#define TT_TAKEN_H

#include "tt_announced.h"
#include "tt_sequence.h"
#include "tt_spool.h"

struct tt_taken {
	struct tt_announced intervals; /* that have packets */
	const char *spool, *sensor;
};

/* The room that the path of a snapshot needs is that of an error's place. */
#define TT_TAKEN_PATH_MAX sizeof(((struct tt_error *)NULL)->where)

/* Writes "SPOOL/SENSOR/DAY/NAME" of the snapshot that starts at start_us. Returns path. */
char *tt_taken_path(const struct tt_taken *taken, int64_t start_us,
		char path[TT_TAKEN_PATH_MAX]);

/* Has no snapshot in the spool time of the intervals, or of an empty one between them that
 * the sequence, settled, will give out? Empties the list.
 * Returns 0, -EEXIST with the first one in err->where, or another negative errno. */
int tt_taken_check(struct tt_taken *taken, struct tt_spool *spool, int64_t interval_us,
		const struct tt_sequence *sequence, struct tt_error *err) TT_MUST_CHECK;

void tt_taken_fini(struct tt_taken *taken);

#endif
