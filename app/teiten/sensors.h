/* SPDX-License-Identifier: BSD-3-Clause */
/* Which sensors a command works on: option --sensor of those that read several; and whether two of them have the same
 * packets. One thread. Heap memory: 65 bytes for each name that is given. */
#ifndef SENSORS_H
#define SENSORS_H

#include "tt_owners.h"
#include "tt_snapshot.h"

struct tool;

/* Zeroed: all of them. */
struct chosen_sensors {
	char (*names)[TT_SENSOR_MAX + 1]; /* [n] */
	bool *found; /* [n] that were asked for with sensors_want */
	size_t n;
};

/* Takes the value of --sensor, names with commas between; more than once adds to them. Returns false where one is no
 * sensor's name, and says so. */
bool sensors_take(struct tool *tool);

/* Is the sensor, whose name is given in length bytes, among those that were asked for? Notes that it is there. */
bool sensors_want(const struct chosen_sensors *sensors, const char *name, size_t length);

/* The same of a listed snapshot by the names of directories, so that those of other sensors are not even opened. True
 * where these do not tell, for it was not listed from its spool: then its manifest does. */
bool sensors_want_ref(
		const struct chosen_sensors *sensors, const struct tt_snapshot_ref *ref);

/* Says which of them have no snapshot in path (NULL: in any of the operands). Returns whether there are such. */
bool sensors_say_missing(const struct tool *tool, const char *path);

/* Of a command that adds up what it reads: warns in one line where a snapshot of one sensor has packets of another's as
 * well, which it was merged of. owners: of the list's snapshots, by their place in it. */
void sensors_warn_twice(const struct tool *tool, const struct tt_snapshot_list *list,
		struct tt_owners *owners);

void sensors_fini(struct chosen_sensors *sensors);

#endif
