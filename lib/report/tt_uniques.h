/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Distinct sources and destinations over any number of snapshots: the rows of `sketches` merged,
 * for each key, by the maximum of each register (docs/snapshot-format.md). Intervals of any
 * length, spools and sensors may be mixed; a snapshot that is added twice changes no estimate.
 *
 * Without a pattern, the key "sources" is merged for each sensor and for all together, and no more
 * of a table is read than that key. With one, every key that matches it is merged over all sensors.
 * Of targets, a snapshot has the sketches of the busiest alone (--sketch-rows): what was left out of
 * some is counted, and the estimates of targets are then lower bounds.
 *
 * One thread. Heap memory: for each key that is merged its 2^p registers of one byte (16 KiB for
 * all sources, 4 KiB for a country, 2 KiB for a prefix, 512 bytes for a target) and up to 200 bytes
 * besides; 65 bytes for each sensor; 256 KiB for the sketch being read. It is bounded by the number of
 * distinct keys, however many the snapshots are.
 */
#ifndef TT_UNIQUES_H
#define TT_UNIQUES_H

#include "tt_sketch.h"
#include "tt_snapshot.h"

#define TT_UNIQUES_ALL 0 /* in place of a sensor: all of them */

struct tt_unique {
	char *key; /* "sources/country/JP" */
	size_t sensor; /* index into sensors + 1, or TT_UNIQUES_ALL */
	unsigned p; /* 0: no snapshot of the sensor had it */
	uint8_t *registers; /* [1 << p], NULL if p is 0 */
	uint64_t snapshots; /* that had it */
	uint64_t latest; /* number of the last of them, from 1 */
	double estimate; /* after tt_uniques_finish */
};

struct tt_uniques {
	const char *pattern; /* fnmatch(3), the caller's; NULL: by sensor */
	struct tt_unique *all; /* [n]; see tt_uniques_finish for the order */
	size_t n, room;
	uint32_t *slots; /* [n_slots] index into all + 1, or 0 */
	size_t n_slots;
	char (*sensors)[TT_SENSOR_MAX + 1]; /* [n_sensors], as they came */
	size_t n_sensors;
	uint64_t snapshots;
	int64_t first_us, last_us; /* start of the first interval, end of the latest */
	uint64_t incomplete; /* snapshots without the sketches of some targets */
	uint64_t not_kept; /* sketches that they left out, together */
	uint8_t *scratch; /* [1 << TT_SKETCH_P_MAX] of the key being read; else zeros */
};

/* Makes an empty one. pattern: which keys; `*` matches `/` as well. NULL: "sources" by sensor. */
void tt_uniques_init(struct tt_uniques *uniques, const char *pattern);
void tt_uniques_fini(struct tt_uniques *uniques);

/*
 * Adds a snapshot, whose table is read once before, so that a damaged one adds nothing. Returns 0;
 * -EPROTO where a key has another precision than before, so that nothing can be merged with it; or
 * another negative errno; err names the file.
 */
int tt_uniques_add(struct tt_uniques *uniques, const struct tt_snapshot *snapshot,
		struct tt_error *err) TT_MUST_CHECK;

/*
 * Estimates, and sorts: with a pattern by estimate, greatest first, equal ones by key; without one
 * by sensor, TT_UNIQUES_ALL last. Ends adding.
 */
void tt_uniques_finish(struct tt_uniques *uniques);

/* The standard error of the estimate, in the same unit. */
double tt_unique_error(const struct tt_unique *unique);

/* The sensor's name, or NULL for TT_UNIQUES_ALL. */
const char *tt_unique_sensor(
		const struct tt_uniques *uniques, const struct tt_unique *unique);

#endif
