/* SPDX-License-Identifier: BSD-3-Clause */
/* Snapshots that have time of others again, which a clock that was set back leaves: they are not to be one with these. */
#include "merge.h"

#include <string.h>

/* May a snapshot that has time of others be one beside them? Not of a sensor of which two directories
 * have the same time: they are given by mistake. */
static bool
may_be_beside(const struct input *inputs, const bool *aside, size_t n, size_t i)
{
	const struct tt_snapshot_ref *ref = inputs[i].ref, *other;

	for (size_t k = 0; k < n; k++) {
		other = inputs[k].ref;
		if (!aside[k]
				&& (inputs[k].is == INPUT_OWN
						|| (other->sensor_length == ref->sensor_length
								&& memcmp(other->path,
										   ref->path,
										   ref->sensor_length)
										== 0)))
			return true;
	}
	return false;
}

/* Puts last those that are aside. Returns how many the others are. */
static size_t
part(struct input *inputs, const bool *aside, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct input input = inputs[i];

		if (aside[i])
			continue;
		memmove(&inputs[kept + 1], &inputs[kept], (i - kept) * sizeof(input));
		inputs[kept++] = input;
	}
	return kept;
}

size_t
merge_set_aside(struct input *inputs, size_t n)
{
	const char **paths = calloc(n, sizeof(*paths));
	bool *aside = calloc(n, sizeof(*aside));
	bool able = aside != NULL && paths != NULL;

	for (size_t i = 0; able && i < n; i++)
		paths[i] = inputs[i].ref->path;
	able = able && tt_compact_disjoint(paths, n, aside, NULL) == 0;
	for (size_t i = 0; able && i < n; i++)
		able = !aside[i] || may_be_beside(inputs, aside, n, i);
	if (able)
		n = part(inputs, aside, n);
	free(aside);
	free(paths);
	return n;
}
