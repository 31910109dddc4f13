/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The lock of a sensor's snapshots, flock(2) of SPOOL/SENSOR/.compact: exclusive for whoever merges or deletes them,
 * shared for whoever reads them and can bear neither. It holds up no writer, and goes when its program ends. Waiting has a limit, which
 * flock has not: it is asked for again every 20 ms. Who merges takes several in order of their paths; who reads waits for none while
 * it holds another. One thread each.
 *
 * The file comes with the first merged snapshot, and a reader makes none: it holds the directory instead, which whoever merges locks
 * as well.
 */
#ifndef TT_COMPACTOR_LOCK_H
#define TT_COMPACTOR_LOCK_H

#include "tt_error.h"

/*
 * Locks a sensor's snapshots so that they can be merged and deleted; makes the file. dir: the sensor's directory. Waits for
 * readers, at most wait_us. Returns 0 with *fd; -EBUSY where another one merges them; -EAGAIN where they are still read; or another
 * negative errno; with err.
 */
int tt_compactor_lock(int *fd, int dir, const char *sensor_path, int64_t wait_us,
		struct tt_error *err) TT_MUST_CHECK;

/*
 * Holds a sensor's snapshots, so that nobody merges or deletes them. Waits for whoever does, at most wait_us in which no
 * merged snapshot came, and at most whole_us. Returns 0 with *fd, which is -1 where there is no such sensor; -EBUSY; or
 * another negative errno where there is no lock to be had, such as -EACCES or -ENOLCK.
 */
int tt_compactor_hold(int *fd, const char *sensor_path, int64_t wait_us,
		int64_t whole_us) TT_MUST_CHECK;

/* Ends either; -1 is nothing. */
void tt_compactor_release(int fd);

#endif
