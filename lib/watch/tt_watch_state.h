/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a watch knows, in a file, so that it goes on where it ended: the past, which snapshots were counted, the events. One file for all
 * sensors of a watch. All numbers are little-endian:
 *
 *    8 bytes  "TTWATCH4"
 *    int64    snapshots that end by then are only learnt from (microseconds)
 *    uint32   number of sensors, then for each
 *      64 bytes name, filled up with zeros
 *      int64    first hour, latest hour, end of the latest snapshot, and of the latest one of more than an hour (microseconds)
 *      int64    ends of the latest snapshot with packets, and of the latest one where they stopped coming; each with uint8 1: silent, uint8 1: told
 *      int64    beginning and end of the latest silence that is over
 *      float64 exposure, uint64 frames, int64 microseconds without a link since that with packets; int64 length of the latest one, uint8 1: it was in time
 *      TT_PAST_HOURS times float64  exposures by hour modulo that
 *      packets of all targets by hour modulo that, as a row below
 *      uint32   number of targets, then for each
 *        uint8 protocol, int32 target, int64 its first hour, uint8 1: it has a row
 *        row, or the latest 24 hours: numbers in 7 bits each byte, low ones first; after a 0, how many more zeros follow
 *      uint32   number of intervals counted, then for each uint64 id, int64 start
 *      uint32   number of events, then for each
 *        uint32 number of the target, uint8 1: new, uint8 1: told, uint8 1: coarse, int64 began, its hour, the latest hour over, uint64 packets, float64 usual rate,
 *        spread, peak rate
 *    uint32   CRC-32 (as in zlib) of all before
 *
 * A file is whole or absent: it is written beside its place, made durable, and renamed. One thread.
 */
#ifndef TT_WATCH_STATE_H
#define TT_WATCH_STATE_H

#include "tt_watch.h"

/* Watches of several sensors, in the order in which they came. */
struct tt_watches {
	struct tt_watch **all; /* [n] */
	size_t n;
	struct tt_watch_options options; /* of new ones */
	int64_t quiet_until_us; /* of all: snapshots that end by then are learnt from, and nothing is said */
};

/* The watch of a sensor, made if there is none. NULL: memory is short. */
struct tt_watch *tt_watches_of(struct tt_watches *watches, const char *sensor);
void tt_watches_fini(struct tt_watches *watches);

/* Writes the state beside its place, durably: all that can fail for want of space. Returns 0, or a negative errno with
 * err naming path. */
int tt_watches_prepare(const struct tt_watches *watches, const char *path,
		struct tt_error *err) TT_MUST_CHECK;
/* Puts what was prepared into its place. Returns as above. */
int tt_watches_commit(const char *path, struct tt_error *err) TT_MUST_CHECK;
/* Both. */
int tt_watches_save(const struct tt_watches *watches, const char *path,
		struct tt_error *err) TT_MUST_CHECK;
/* Into an empty struct with options. Returns 0; -ENOENT where there is no such file; -EBADMSG where it is none, or damaged; or another
 * negative errno; with err. */
int tt_watches_load(struct tt_watches *watches, const char *path,
		struct tt_error *err) TT_MUST_CHECK;

#endif
