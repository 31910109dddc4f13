/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the spool writer share; not for other rooms. */
#ifndef TT_SPOOL_PRIVATE_H
#define TT_SPOOL_PRIVATE_H

#include "tt_spool.h"
#include "tt_time.h"

#include <sys/types.h>
#include <time.h>

#define TT_SPOOL_TMP_PREFIX ".tmp-"

#define TT_SPOOL_NAME_MAX (2 * TT_TIME_TEXT_MAX + 16)

/* The lock of whoever merges a sensor's snapshots; written anew whenever there is a merged one. */
#define TT_SPOOL_MERGED_FILE ".compact"

struct tt_inode {
	dev_t device;
	ino_t number;
};

/* A snapshot on its way: its day and its final name. */
struct tt_spool_name {
	char day[TT_TIME_TEXT_MAX];
	char name[TT_SPOOL_NAME_MAX];
};

/* Spans of the snapshots of several intervals, as they were when the file was changed last. */
struct tt_spool_merged {
	struct tt_span *spans; /* [n], of [room] */
	size_t n, room;
	struct tt_span asked; /* the latest one whose coverage was read; of end_us 0: none */
	struct tt_span *observed; /* [n_observed]: that coverage */
	size_t n_observed;
	struct timespec changed; /* TT_SPOOL_MERGED_FILE */
	bool known;
};

struct tt_spool {
	char *path; /* SPOOL/SENSOR */
	char sensor[TT_SENSOR_MAX + 1];
	int fd; /* of that directory */
	int lock_fd;
	bool mounted; /* its file system lies on another one, */
	dev_t below; /* which is this */
	enum tt_sync sync;
	char synced_day[TT_TIME_TEXT_MAX]; /* the latest day that is known to be durable */
	char unsynced_day
			[TT_TIME_TEXT_MAX]; /* a name in it is not durable yet; "" if none */
	struct tt_spool_name pending[TT_SPOOL_BATCH]; /* [n_pending] */
	unsigned n_pending;
	/* A name that may have been given or not: the file system did not say. "" if there is none. */
	struct tt_spool_name unsure;
	struct tt_inode unsure_inode; /* what it was to be given to */
	int64_t end_us; /* of the latest snapshot at open; INT64_MIN: none */
	char *latest; /* path of the latest snapshot, NULL before */
	struct tt_spool_merged *merged;
	struct tt_spool_singles *singles; /* NULL until tt_spool_find_taken */
};

/* Has a snapshot of several intervals the one that starts at start_us, as its coverage says? Looks at
 * the names of the sensor's directories once, and again whenever snapshots were merged meanwhile. */
bool tt_spool_covered(const struct tt_spool *spool, int64_t start_us);
/* Is there one that observed any of a span? by: the first one's. */
bool tt_spool_merged_in(const struct tt_spool *spool, const struct tt_span *span,
		struct tt_span *by);
void tt_spool_merged_free(struct tt_spool_merged *merged); /* NULL is allowed */

struct tt_spool_singles;
void tt_spool_singles_free(struct tt_spool_singles *singles); /* NULL is allowed */

/*
 * Opens the spool's directory anew where its path has come to be another one: it was removed and is
 * made again, or its file system was mounted again. Returns 0, -ENODEV while that file system is
 * away, or another negative errno, with err naming the path.
 */
int tt_spool_follow(struct tt_spool *spool, struct tt_error *err) TT_MUST_CHECK;

/* Fills err with the errno, and the path spool/day/name (parts may be NULL). Returns -errno. */
int tt_spool_error(const struct tt_spool *spool, const char *day, const char *name,
		struct tt_error *err);

/* Writes ".tmp-NAME". */
void tt_spool_tmp_name(char tmp[TT_SPOOL_NAME_MAX], const char *name);

/*
 * Puts a snapshot under that name: makes an empty directory, has it filled, makes it durable as the
 * spool's tt_sync says, and renames it. again: as of tt_interval. Returns 0, -EEXIST where the name
 * is taken or, but for `again`, a snapshot has the time; -EINPROGRESS where the disk did not say whether
 * the snapshot has its name now; or another negative errno, also what fill returned. It may then be
 * tried again: after -EINPROGRESS with the same, of which no second one is made if the first is there.
 */
int tt_spool_put_named(struct tt_spool *spool, const struct tt_spool_name *name,
		int64_t start_us, bool again,
		int (*fill)(void *context, int dir_fd, struct tt_error *err),
		void *context, struct tt_error *err) TT_MUST_CHECK;

/* Parses "START--END", also with TT_SPOOL_PART_PREFIX before it. Returns 0 or -EINVAL. */
int tt_spool_span_parse(
		const char *name, int64_t *start_us, int64_t *end_us) TT_MUST_CHECK;

/* Makes path and its parents, and makes durable what was made. Returns 0 or -errno. */
int tt_mkdir_parents(const char *path);

/* Says why path could not be made, by the directory that there is and that refused it: fills err, returns code, a negative
 * errno. */
int tt_spool_refuse_making(const char *path, int code, struct tt_error *err);

/* The inode that has a name. Returns 0 or -errno. */
int tt_inode_at(int dir_fd, const char *name, struct tt_inode *inode) TT_MUST_CHECK;
/* Is it that one? Returns 1, 0 (also where there is none), or -errno where it cannot be known. */
int tt_inode_is_at(
		int dir_fd, const char *name, const struct tt_inode *inode) TT_MUST_CHECK;

/*
 * rename of a directory that never replaces anything, not even an empty directory; or one that lets
 * two change names. Return 0, or -1 with errno: EEXIST where the name is taken. A rename that took
 * effect although it failed (a network file system lost the answer) is told by the inode, and is none
 * that failed; where the inode cannot be asked either, it is EINPROGRESS, and nothing of that name
 * may be touched before it can. moved: the inode, for that; NULL is allowed.
 */
int tt_rename_dir_at(int from_fd, const char *from, int to_fd, const char *to,
		struct tt_inode *moved);
int tt_exchange_dir_at(int from_fd, const char *from, int to_fd, const char *to);

/* Removes a directory that holds files only. Returns 0 (also if it is not there) or -errno. */
int tt_remove_dir_at(int dir_fd, const char *name);

/*
 * Writes the data files of an interval into dir_fd, and *manifest but for its run. Returns 0,
 * or a negative errno with err naming the file.
 */
int tt_tables_write(int dir_fd, bool sync, struct tt_manifest *manifest,
		const struct tt_interval *interval, struct tt_merge *merge,
		const struct tt_merge_config *config, const struct tt_ledger_row *ledger,
		unsigned n, struct tt_totals *totals, struct tt_error *err) TT_MUST_CHECK;

#endif
