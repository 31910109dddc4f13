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

/* Takes those out of the sorted list that are parts of a longer one, and notes of the others which
 * one they lie within. Returns 0 or -ENOMEM. */
int tt_snapshot_list_leave_out(struct tt_snapshot_list *list) TT_MUST_CHECK;

/* Is a manifest's text the one whose hash it carries? Returns 0, or -EBADMSG (-ENOMEM) with err
 * naming it. */
int tt_manifest_check(const char *dir, const struct tt_text *text,
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

#endif
