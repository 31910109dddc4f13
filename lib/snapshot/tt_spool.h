/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The spool directory, written to: one directory per interval, whole or absent. One thread at a
 * time (who writes, or a tool); one writer per spool and sensor, which a lock file sees to.
 *
 *     SPOOL/SENSOR/2026-11-22/20261122T225500Z/{interval,targets,…}.parquet, manifest.json
 *
 * A snapshot is written under a temporary name (with a leading dot, in the directory of its day),
 * made durable, and renamed. So whenever the program is killed, what carries a final name is
 * whole; what a killed writer left under a temporary name is removed at the next open. A long
 * interval can be written in parts, which are made one snapshot at its end (lib/compact does it).
 *
 * Memory: while a snapshot is written, one row group of each table (tt_parquet.h). A full disk,
 * or any other failure, leaves nothing behind and the interval can be written again.
 */
#ifndef TT_SPOOL_H
#define TT_SPOOL_H

#include "tt_ledger.h"
#include "tt_manifest.h"
#include "tt_merge.h"
#include "tt_sequence.h"
#include "tt_time.h"

/* When what is written is made durable. */
enum tt_sync {
	TT_SYNC_EACH, /* each snapshot before tt_spool_write returns */
	TT_SYNC_BATCHED, /* TT_SPOOL_BATCH at a time; they appear at tt_spool_flush */
	TT_SYNC_NONE, /* left to the kernel: whole after a kill, perhaps not after a crash */
};

#define TT_SPOOL_BATCH 256

#define TT_SPOOL_LOCK_FILE   ".lock" /* in the sensor's directory */
#define TT_SPOOL_PART_PREFIX ".part-" /* in a day's, before START--END */

/* What a snapshot says of the run; all text UTF-8, NULL reads as "". */
struct tt_run_info {
	const char *monitored; /* CIDR list, tt_prefix_set_format */
	int64_t monitored_addresses;
	const char *program, *version, *host;
	unsigned workers;
	uint64_t secret; /* of the sampling, as in tt_tally_config; only its name is written */
};

struct tt_spool;

/*
 * Makes the directories that are missing, takes the sensor's lock, removes what a killed writer
 * left, and checks that files can be written. sensor: a name as of tt_sensor.h. Returns 0, -EBUSY where another writer has the lock, -EINVAL for a bad name,
 * -ENOTSUP as tt_spool_check_place, or another negative errno, with err naming the path.
 */
int tt_spool_open(struct tt_spool **spool, const char *path, const char *sensor,
		enum tt_sync sync, struct tt_error *err) TT_MUST_CHECK;

/* Has the directory what a writer makes in a sensor's, its lock or a day? False also where it cannot be read. */
bool tt_spool_is_sensor(const char *path);

/* Returns -ENOTSUP, with err filled, where path is a sensor's directory, in which readers would not look for another
 * sensor; else 0. */
int tt_spool_check_place(
		const char *path, const char *sensor, struct tt_error *err) TT_MUST_CHECK;

/*
 * Merges the tallies of an interval and writes its snapshot. config: what merge was created
 * with, for texts and for the identities of databases and rules; ledger: [n], entered as it is,
 * before the rows of the account "tables"; *totals gets the sums. Returns 0, -EEXIST where
 * the interval has a snapshot already, by itself or (but for one of `again`) as a part of a longer
 * one, which stays as it is; -EINPROGRESS where the disk did not say whether it has the snapshot now;
 * or another negative errno. After a failure the interval may be written again; after -EINPROGRESS it
 * has to be the same one, and is not written a second time if it is there. Where the
 * spool's directory was removed, it is made anew; where its file system was unmounted, the error is
 * -ENODEV until it is there again.
 */
int tt_spool_write(struct tt_spool *spool, const struct tt_interval *interval,
		struct tt_merge *merge, const struct tt_merge_config *config,
		const struct tt_run_info *run, const struct tt_ledger_row *ledger,
		unsigned n, struct tt_totals *totals, struct tt_error *err) TT_MUST_CHECK;

/*
 * Writes a part of a longer interval, whose length nominal_us is: a snapshot like any other under a
 * hidden name, ".part-START--END" in the directory of its day, which nobody lists. -EEXIST also
 * where there is a snapshot that starts then. The rest as above.
 */
int tt_spool_write_part(struct tt_spool *spool, const struct tt_interval *interval,
		struct tt_merge *merge, const struct tt_merge_config *config,
		const struct tt_run_info *run, const struct tt_ledger_row *ledger,
		unsigned n, struct tt_totals *totals, struct tt_error *err) TT_MUST_CHECK;

/* Puts a snapshot that starts at start_us and that fill() writes into dir_fd, an empty directory:
 * tables and manifest, durable as the spool's tt_sync says (not TT_SYNC_BATCHED). Returns as
 * tt_spool_write does of an interval of `again`. */
int tt_spool_put(struct tt_spool *spool, int64_t start_us,
		int (*fill)(void *context, int dir_fd, struct tt_error *err),
		void *context, struct tt_error *err) TT_MUST_CHECK;

struct tt_spool_part {
	int64_t start_us, end_us;
	char *path;
};

struct tt_spool_parts {
	struct tt_spool_part *all; /* [n], by start */
	size_t n;
};

/* Lists the parts that start from from_us on and before to_us. Returns 0 or a negative errno. */
int tt_spool_list_parts(const struct tt_spool *spool, int64_t from_us, int64_t to_us,
		struct tt_spool_parts *parts, struct tt_error *err) TT_MUST_CHECK;
void tt_spool_parts_fini(struct tt_spool_parts *parts);

/* What a snapshot is made of, and when it begins and ends; heap. */
struct tt_spool_made_one {
	struct tt_part_ids ids;
	struct tt_span span;
	char *path;
};

struct tt_spool_made {
	struct tt_spool_made_one *all; /* [n] */
	size_t n;
};

/* Looks into all snapshots that start in the span or, merged ones, reach into it; again where any of them
 * goes meanwhile, since what it is made of is in a longer one then. Returns 0 or a negative errno. */
int tt_spool_made_of(const struct tt_spool *spool, int64_t from_us, int64_t to_us,
		struct tt_spool_made *made, struct tt_error *err) TT_MUST_CHECK;
void tt_spool_made_fini(struct tt_spool_made *made);

/* Makes a part a snapshot of its own, under the name START, or START--END where that is taken.
 * Returns 0, -EEXIST where both are, or another negative errno. */
int tt_spool_publish_part(struct tt_spool *spool, const struct tt_spool_part *part,
		struct tt_error *err) TT_MUST_CHECK;

/* Removes parts[n], once the names of all snapshots of their days are durable. Returns 0, or a
 * negative errno with all or some of them still there. */
int tt_spool_remove_parts(struct tt_spool *spool, const struct tt_spool_part *parts,
		size_t n, struct tt_error *err) TT_MUST_CHECK;

/*
 * Is there a snapshot, under its final name, of the interval that starts at start_us, or one of
 * several intervals in which that time was observed? Those that wait for a flush are not asked.
 */
bool tt_spool_has(const struct tt_spool *spool, int64_t start_us);
/* Is there one of that name alone, whatever other snapshots have its time? */
bool tt_spool_has_name(const struct tt_spool *spool, int64_t start_us);

/* How the time of an interval stands to the snapshots that there are. */
enum tt_taken_how {
	TT_TAKEN_NOT, /* none has any of it */
	TT_TAKEN_SAME, /* it has one: by itself, or as a part of a longer one that was merged */
	TT_TAKEN_WITHIN, /* one of a longer interval has all of it */
	TT_TAKEN_IN_PART, /* there are some of another length that share time with it */
};

struct tt_spool_taken {
	enum tt_taken_how how;
	struct tt_span by; /* of the first snapshot that has its time */
	bool merged; /* that is one of several intervals */
};

/*
 * Asks this of the span of an interval. Looks at the names of the sensor's directories when it is asked
 * first (24 bytes for each snapshot, until the spool is closed), and at the manifests of neighbours; what
 * this writer adds later is not seen. Returns 0, or a negative errno with err filled.
 */
int tt_spool_find_taken(struct tt_spool *spool, const struct tt_span *span,
		struct tt_spool_taken *taken, struct tt_error *err) TT_MUST_CHECK;

/* Writes "DAY/NAME" of the snapshot that has the time. Returns text. */
#define TT_TAKEN_NAME_MAX (TT_TIME_TEXT_MAX + 2 * TT_TIME_TEXT_MAX + 4)
char *tt_spool_taken_name(
		const struct tt_spool_taken *taken, char text[TT_TAKEN_NAME_MAX]);

/* The end of the latest snapshot or part that there was when the spool was opened; INT64_MIN where there
 * was none. */
int64_t tt_spool_end_us(const struct tt_spool *spool);

/* Is the name of what was written last durable (TT_SYNC_EACH)? Where it is not, this tries again to make
 * it so; returns 0 or a negative errno. */
bool tt_spool_is_durable(const struct tt_spool *spool);
int tt_spool_make_durable(struct tt_spool *spool, struct tt_error *err) TT_MUST_CHECK;

/* Makes durable and renames what TT_SYNC_BATCHED holds back. After a failure, call it again. */
int tt_spool_flush(struct tt_spool *spool, struct tt_error *err) TT_MUST_CHECK;

/* Closes; drops what was not flushed. NULL is allowed. */
void tt_spool_close(struct tt_spool *spool);

/* The sensor's name. */
const char *tt_spool_sensor(const struct tt_spool *spool);

/* The path of the latest snapshot that tt_spool_write wrote; "" before the first. */
const char *tt_spool_latest(const struct tt_spool *spool);

#endif
