/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Time of a sensor that two of its snapshots have, so that sums over them count its packets twice.
 * Not meant are snapshots that lie beside a longer one, or that say of themselves that another one has
 * their time: they hold other packets. One thread; snapshots are added in the order of their list, which
 * has to live as long. Heap memory: one struct for each sensor that has such time.
 */
#ifndef TT_TWICE_H
#define TT_TWICE_H

#include "tt_snapshot.h"

/* Of one sensor. */
struct tt_twice {
	char sensor[TT_SENSOR_MAX + 1];
	int64_t us; /* how much in all */
	int64_t from_us; /* where it begins first, */
	const char *one, *other; /* in which two snapshots */
};

struct tt_twices {
	struct tt_twice *all; /* [n] */
	size_t n;
	/* Of the latest sensor, the snapshot that reaches furthest. */
	const struct tt_snapshot_ref *furthest;
	int64_t until_us;
	bool any; /* the latest sensor is the last of `all` */
};

/* Adds a snapshot, whose place in the list is ref. Returns 0 or -ENOMEM. */
int tt_twices_add(struct tt_twices *twices, const struct tt_snapshot_ref *ref,
		const struct tt_snapshot *snapshot) TT_MUST_CHECK;
void tt_twices_fini(struct tt_twices *twices);

/* Prints each as one line "PROGRAM: sensor S: 60 s are there twice, from …" to stderr. */
void tt_twices_print(const struct tt_twices *twices, const char *program);

#endif
