/* SPDX-License-Identifier: BSD-3-Clause */
/* A bed of which `verify` says which files are damaged. */
#ifndef VERIFY_BED_H
#define VERIFY_BED_H

#include "snapshot_bed.h"

static struct bed bed;

static inline int
setup(void **state)
{
	bed_init(&bed);
	return 0;
}

static inline int
teardown(void **state)
{
	bed_fini(&bed);
	return 0;
}

/* Names of the damaged files of a snapshot, one per line. */
static char damage[4096];

static inline void
note_damage(void *context, const struct tt_error *err)
{
	const char *name = strrchr(err->where, '/');
	size_t used = strlen(damage);

	snprintf(damage + used, sizeof(damage) - used, "%s\n",
			name == NULL ? err->where : name + 1);
}

static inline int
verify(int64_t start_us)
{
	char path[256];

	damage[0] = '\0';
	return tt_snapshot_verify(
			bed_path(&bed, start_us, NULL, path), note_damage, NULL);
}

#endif
