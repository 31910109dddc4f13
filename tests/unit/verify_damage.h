/* SPDX-License-Identifier: BSD-3-Clause */
/* A snapshot with one changed table, and all that `verify` is to say of it. */
#ifndef VERIFY_DAMAGE_H
#define VERIFY_DAMAGE_H

#include "snapshot_forge.h"

static struct bed bed;

/* What was reported, one "name: why" per line. */
static char said[4096];

static inline void
note(void *context, const struct tt_error *err)
{
	const char *name = strrchr(err->where, '/');
	size_t used = strlen(said);

	snprintf(said + used, sizeof(said) - used, "%s: %s\n",
			name == NULL ? err->where : name + 1, err->why);
}

struct damage {
	enum tt_table table;
	struct forge forges[2];
	const char *said; /* without the file's name */
};

#define TWICE ": not in order, or a row that is there twice"

/* One changed value, or row. */
#define ONE(table, row, column, add, text, said)                                     \
	{                                                                            \
		TT_TABLE_##table, {{row, column, add, text}, {-1, 0, 0, NULL}}, said \
	}

/* Damages the snapshot of the bed, unless d is NULL, and compares what is said. */
static inline void
check_verify(const struct damage *d)
{
	struct tt_snapshot *s;
	char path[256], expected[512] = "";

	bed_path(&bed, BED_START, NULL, path);
	if (d != NULL) {
		assert_int_equal(tt_snapshot_open(&s, path, NULL), 0);
		forge_table(s, d->table, d->forges, 2);
		tt_snapshot_close(s);
		snprintf(expected, sizeof(expected), "%s: %s\n",
				tt_schema_of(d->table)->file, d->said);
	}
	said[0] = '\0';
	assert_int_equal(tt_snapshot_verify(path, note, NULL), d != NULL);
	assert_string_equal(said, expected);
}

static inline void
check_damage(const struct damage *d)
{
	bed_init(&bed);
	bed_count_all(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	check_verify(d);
	bed_fini(&bed);
}

#define CHECK_ALL(damages)                                    \
	for (unsigned i = 0; i < TT_ARRAY_SIZE(damages); i++) \
	check_damage(&(damages)[i])

#endif
