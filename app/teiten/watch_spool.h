/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which snapshots of a spool a watch has not looked at: of each sensor, the days that changed since they were listed. What a
 * look costs depends on what is new, and on the days of four weeks. One thread, the caller's struct; zeroed it is empty. Heap
 * memory: 32 bytes for each snapshot and each day of the past (tt_past.h).
 */
#ifndef WATCH_SPOOL_H
#define WATCH_SPOOL_H

#include "tt_known.h"
#include "tt_snapshot.h"

struct watch_day {
	uint64_t name; /* hash of its path */
	int64_t start_us;
	int64_t changed_ns; /* when it was listed */
	bool again; /* something is to be looked at again, or may have come unseen */
};

struct watch_sensor {
	uint64_t name; /* hash of its directory's path */
	int64_t latest_us; /* end of its latest snapshot; INT64_MIN: nothing was counted yet */
	struct watch_day *days; /* [n_days] */
	size_t n_days;
	struct tt_known seen; /* paths, by their hash */
};

struct watch_spool {
	struct watch_sensor *sensors; /* [n] */
	size_t n;
	/* What a sensor's latest snapshot is, where it was not met yet: INT64_MIN: none. */
	int64_t (*latest_of)(void *context, const char *name);
	void *context;
};

uint64_t watch_hash(const char *text, size_t length);

/* Lists what may be new: days that changed, and the past of a sensor that is met for the first time. Returns as
 * tt_snapshot_list_scan. */
int watch_spool_list(struct watch_spool *spool, const char *path, int64_t to_us,
		struct tt_snapshot_list *list, struct tt_error *err) TT_MUST_CHECK;

/* The sensor of a listed snapshot. NULL: memory is short. */
struct watch_sensor *watch_spool_sensor(
		struct watch_spool *spool, const struct tt_snapshot_ref *ref);
bool watch_sensor_has_seen(
		const struct watch_sensor *sensor, const struct tt_snapshot_ref *ref);
/* Returns 0 or -ENOMEM. */
int watch_sensor_see(struct watch_sensor *sensor,
		const struct tt_snapshot_ref *ref) TT_MUST_CHECK;

/* The day of a path, a snapshot in it or the day itself, is listed again with the next look. */
void watch_spool_again(struct watch_spool *spool, const char *path);

void watch_spool_fini(struct watch_spool *spool);

#endif
