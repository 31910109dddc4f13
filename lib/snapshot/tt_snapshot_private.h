/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the snapshot reader share; not for other rooms. */
#ifndef TT_SNAPSHOT_PRIVATE_H
#define TT_SNAPSHOT_PRIVATE_H

#include "tt_snapshot.h"

struct tt_text {
	char *bytes; /* [size], and a NUL; heap */
	size_t size;
};

/* "dir/name" on the heap, or NULL. */
char *tt_path_join(const char *dir, const char *name);

/* Reads and parses a snapshot's manifest; its text is the caller's to free. */
int tt_manifest_read(const char *dir, struct tt_text *text, struct tt_manifest *manifest,
		struct tt_error *err) TT_MUST_CHECK;

/* Where a snapshot lies: the names of its directory, its day's and its sensor's; the latter two
 * are NULL where they are not looked at. Each is on the heap. */
struct tt_place {
	char *name, *day, *sensor;
};

/* Of the snapshot list->refs[i]: what lies at or below the path that was listed. */
int tt_place_of(struct tt_place *place, const struct tt_snapshot_list *list,
		size_t i) TT_MUST_CHECK;
/* Of the directory path alone. */
int tt_place_of_path(struct tt_place *place, const char *path) TT_MUST_CHECK;
void tt_place_fini(struct tt_place *place);

/* Is it the place of that manifest? Returns 0, or -EBADMSG with err naming path. */
int tt_place_check(const struct tt_place *place, const struct tt_manifest *manifest,
		const char *path, struct tt_error *err) TT_MUST_CHECK;

/* The last part of a path, symbolic links and "." followed; heap, or NULL. */
char *tt_path_name(const char *path);

/* What the rows of a snapshot's tables add up to. */
struct tt_sums {
	bool read[TT_N_TABLES]; /* the table could be read to its end */
	int64_t interval_packets, interval_bytes, interval_frames;
	int64_t target_packets, target_bytes, distinct_targets;
	int64_t source_packets, source_bytes, source_rows;
	int64_t target_sources; /* sources of each target, summed over the targets */
	int64_t source_targets; /* targets of each source, summed over the sources */
	struct tt_ledger_short ledger;
};

/*
 * Reads a whole table; adds to sums what other tables must agree with, and checks what the
 * manifest must agree with. Returns 0, or a negative errno with err naming the file.
 */
int tt_verify_table(const struct tt_snapshot *snapshot, enum tt_table table,
		struct tt_sums *sums, struct tt_error *err) TT_MUST_CHECK;

#endif
