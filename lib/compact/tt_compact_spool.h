/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Merged snapshots in a spool: published, and their parts deleted. One thread. Safe against being
 * killed at any moment:
 *
 *   1. the result is written under a hidden name in the sensor's directory, made durable, verified;
 *   2. one rename gives it its final name. From here on a longer snapshot is made of its parts, as
 *      its manifest says, and whoever lists the spool leaves them out (tt_snapshot_list). Where one
 *      of the parts has the name, the two change names in one moment;
 *   3. the parts are deleted: each gets a hidden name first, so that none is ever half there.
 *
 * A snapshot that comes meanwhile, in the time of the result, is no part of it: it is listed beside
 * it, is never deleted for it, and becomes one with it when they are merged the next time.
 *
 * What a killed run left is deleted by the next one, at tt_compactor_open. A sensor has one writer
 * and one compactor at a time, each with a lock of its own: they may run beside each other. A reader that
 * cannot do with snapshots that change holds the compactor up for a while (tt_compactor_lock.h).
 */
#ifndef TT_COMPACT_SPOOL_H
#define TT_COMPACT_SPOOL_H

#include "tt_compact.h"

/* Where a result goes. */
struct tt_compact_place {
	const char *sensor_path; /* SPOOL/SENSOR, which is there */
	const char *hidden; /* name of its own meanwhile, with a leading dot */
	bool interval; /* it gets the name of a single interval, of its start alone */
};

/*
 * Merges the parts of a job (tt_compact_merge), verifies the result, and publishes it, in the place of
 * the part that has its name, if one has. path: that of the result, which the caller frees. Returns 0;
 * -EEXIST where there is another snapshot of this name; or another negative errno, with err filled and
 * the spool as it was (after -EINPROGRESS, that is not known). The other parts are not touched: they are
 * the caller's. Takes no lock.
 */
int tt_compact_publish(const struct tt_compact_place *place,
		const struct tt_compact_job *job, struct tt_compact_result *result,
		char **path, struct tt_error *err) TT_MUST_CHECK;

/* Hidden names: of a result on its way, and of snapshots that are being deleted. */
#define TT_COMPACT_HIDDEN  ".compact-new"
#define TT_COMPACT_DELETED ".compact-old-"

/* A sensor's directory whose snapshots are merged or deleted. */
struct tt_compactor {
	char *path; /* SPOOL/SENSOR */
	int fd, lock_fd;
	size_t cleaned; /* what a killed run left and open deleted */
	struct tt_error left; /* of that, the first that could not be deleted, and why; code 0: none */
	/* The caller's, once it is open: called for each part before it is deleted, unless it is NULL. */
	void (*deleted)(void *context, size_t done, size_t n_parts);
	void *context;
};

/*
 * Takes the lock (tt_compactor_lock.h), and deletes what a killed run left: hidden names, and parts of snapshots that are
 * there. What of it cannot be deleted stays, and is noted. wait_us: so long, at most, it waits for readers. Returns 0,
 * -EBUSY where another compactor has the lock, -EAGAIN where readers still have it, or another negative errno.
 */
int tt_compactor_open(struct tt_compactor *compactor, const char *sensor_path,
		int64_t wait_us, struct tt_error *err) TT_MUST_CHECK;
void tt_compactor_close(struct tt_compactor *compactor);

/* Publishes under TT_COMPACT_HIDDEN, and tells the sensor's writer that there is a longer one. */
int tt_compactor_publish(struct tt_compactor *compactor, bool interval,
		const struct tt_compact_job *job, struct tt_compact_result *result,
		char **path, struct tt_error *err) TT_MUST_CHECK;

/* Has a snapshot's directory the files of a snapshot alone? Returns 0 (also if it is not there), or
 * -ENOTEMPTY with err naming what else it has: it is somebody's, and is not to be deleted. */
int tt_compactor_check(const char *path, struct tt_error *err) TT_MUST_CHECK;

/* Deletes a snapshot of the sensor. Returns 0 (also if it is not there), -ENOTEMPTY as above, or another
 * negative errno. */
int tt_compactor_delete(struct tt_compactor *compactor, const char *path,
		struct tt_error *err) TT_MUST_CHECK;

/* Deletes parts[n] of the snapshot at `path`, which may have taken the place of one of them. Returns 0,
 * or a negative errno with those that could be deleted gone. */
int tt_compactor_delete_parts(struct tt_compactor *compactor, const char *path,
		const char *const *parts, size_t n, struct tt_error *err) TT_MUST_CHECK;

/* Bytes that a snapshot's directory and its files take of the disk, as `du` has them; 0 where it cannot be read. */
uint64_t tt_snapshot_room(const char *path);

/* Bytes that a file of so many bytes and blocks of 512 takes. File systems that do not say what they use (of the network, in
 * user space), or have small files elsewhere, tell of no blocks: then it counts by its length, so that a quota has an effect there too. */
uint64_t tt_compact_room(uint64_t length, uint64_t blocks);

#endif
