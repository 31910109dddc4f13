/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Snapshots, read: found in a spool, opened, proved intact. Any thread, one struct each. Heap
 * memory: a manifest for each open snapshot, a path for each one listed.
 *
 * Nothing is believed: a directory is a snapshot only with a manifest that this version knows,
 * and a table is given out only if its columns are those of the schema.
 */
#ifndef TT_SNAPSHOT_H
#define TT_SNAPSHOT_H

#include "tt_manifest.h"
#include "tt_parquet.h"
#include "tt_snapshot_name.h"

struct tt_snapshot {
	char *path;
	struct tt_manifest manifest;
};

/* Opens the snapshot in the directory `path`. Returns 0, or a negative errno with err naming
 * the manifest and what is wrong with it (-EBADMSG). */
int tt_snapshot_open(struct tt_snapshot **snapshot, const char *path,
		struct tt_error *err) TT_MUST_CHECK;
/* The same; -EBADMSG also where the manifest is not the one whose hash it carries. */
int tt_snapshot_open_intact(struct tt_snapshot **snapshot, const char *path,
		struct tt_error *err) TT_MUST_CHECK;
/* tt_manifest_says_merged of the snapshot in a directory; false also where it cannot be read. */
bool tt_snapshot_says_merged(const char *dir);

void tt_snapshot_close(struct tt_snapshot *snapshot); /* NULL is allowed */

/* Is the file of a table a regular one with the size and the hash of the manifest? Returns 0, or a
 * negative errno with err naming the file and what is wrong with it (-EBADMSG). */
int tt_snapshot_check_file(const struct tt_snapshot *snapshot, enum tt_table table,
		struct tt_error *err) TT_MUST_CHECK;

/* The same of the file of packets, which the manifest names. */
int tt_snapshot_check_packets(
		const struct tt_snapshot *snapshot, struct tt_error *err) TT_MUST_CHECK;

/* Opens a table of it, whose columns are as tt_schema_of says. */
int tt_snapshot_table(const struct tt_snapshot *snapshot, enum tt_table table,
		struct tt_parquet_reader **reader, struct tt_error *err) TT_MUST_CHECK;

/* The same of the snapshot in the directory `path`, whose manifest was read before. */
int tt_snapshot_table_at(const char *path, enum tt_table table,
		struct tt_parquet_reader **reader, struct tt_error *err) TT_MUST_CHECK;

struct tt_observed {
	int64_t us;
	int64_t least_addresses; /* monitored at any time */
};

/*
 * How long its sensor observed, and the fewest addresses that it monitored. The manifest's observed_us is time for each of all addresses that were ever
 * monitored in it, as address-days are made of: by that, a merged snapshot of a sensor with few addresses in the morning and many in the
 * afternoon was not observed for a whole day. Here it was. Of several sensors it is their mean, each weighted by the most
 * addresses that it had, and the addresses are those of the manifest. Reads the table coverage of merged snapshots that their manifest does not say
 * to be wholly observed, and of no others. Returns 0, or a negative errno with err naming the file.
 */
int tt_snapshot_observed(const struct tt_snapshot *snapshot, struct tt_observed *observed,
		struct tt_error *err) TT_MUST_CHECK;

/*
 * Proves a snapshot intact: every file is there and no other, each has the size and the hash of
 * the manifest, every row can be read, has values that can be and comes in order, what the
 * tables add up to agrees (packets and bytes, unique counts and sketches, by target, class,
 * country and source; the ledger closes), and the directory has the name of its interval. Calls damaged() once for each damaged file, with the first thing that
 * is wrong with it. Returns how many files are damaged, or -ENOMEM.
 */
int tt_snapshot_verify(const char *path,
		void (*damaged)(void *context, const struct tt_error *err),
		void *context) TT_MUST_CHECK;

struct tt_snapshot_ref {
	char *path;
	size_t sensor_length; /* of the path, up to and with the sensor's directory */
	int64_t start_us;
	int64_t end_us; /* of a merged snapshot, by its name; 0 of a single interval */
	unsigned depth; /* of the path, how many parts lie below the one that was listed */
	char *within; /* path of the longer one whose time it starts in; NULL: there is none */
};

struct tt_snapshot_list {
	struct tt_snapshot_ref *refs; /* [n], by sensor and start */
	size_t n, room;
	/*
	 * Those that a longer one of the same sensor is made of, as its manifest says: they are not
	 * deleted yet. They are in no list of snapshots.
	 */
	struct tt_snapshot_ref *covered; /* [n_covered] */
	size_t n_covered;
	/* Directories on the way that could not be read, and why: what is in them is not listed. */
	struct tt_error *unread; /* [n_unread] */
	size_t n_unread;
	/* How many merged ones start before from_us and reach beyond it, and the first of them. */
	size_t n_reaching;
	struct tt_snapshot_ref reaching;
	char *name; /* of the directory that was listed */
};

/*
 * Lists the snapshots in a spool, in a sensor's directory, in a day, or the one that path is.
 * Those that start in [from_us, to_us) are taken, but for those that a longer one is made of; a
 * snapshot that path itself names always is.
 * Whatever has another name, temporary directories among it, is passed over; so is a directory below
 * path that cannot be read, which is noted. Returns 0 (also for an empty list), or a negative errno
 * with err naming the directory.
 */
int tt_snapshot_list_scan(struct tt_snapshot_list *list, const char *path,
		int64_t from_us, int64_t to_us, struct tt_error *err) TT_MUST_CHECK;

/* The directory of a sensor's day. */
struct tt_snapshot_day {
	const char *path;
	size_t sensor_length; /* as in tt_snapshot_ref */
	int64_t start_us;
	int64_t changed_ns; /* when entries were last made or removed, by the clock of the file system */
};

/* The same of the days for which wanted() returns true, and of what lies outside of days. A longer snapshot and what it is made
 * of are both listed where they lie in different days and only one of these is wanted. */
int tt_snapshot_list_scan_days(struct tt_snapshot_list *list, const char *path,
		int64_t to_us,
		bool (*wanted)(void *context, const struct tt_snapshot_day *day),
		void *context, struct tt_error *err) TT_MUST_CHECK;

/*
 * Lists all of them, whenever they start, and calls stray() for each entry of a sensor's or a
 * day's directory that is neither a day, nor a snapshot, nor hidden, and for each of a spool that has
 * days and no sensor's name (err says where and what).
 */
int tt_snapshot_list_scan_strict(struct tt_snapshot_list *list, const char *path,
		void (*stray)(void *context, const struct tt_error *err), void *context,
		struct tt_error *err) TT_MUST_CHECK;

/*
 * Verifies list->refs[i], as tt_snapshot_verify does, and that it lies in the directories of its
 * sensor and day: of these, the ones that were listed. What lies above the listed path may have
 * any name, so that a part of a spool can be verified wherever it was copied to.
 */
int tt_snapshot_verify_listed(const struct tt_snapshot_list *list, size_t i,
		void (*damaged)(void *context, const struct tt_error *err),
		void *context) TT_MUST_CHECK;

void tt_snapshot_list_fini(struct tt_snapshot_list *list);

#endif
