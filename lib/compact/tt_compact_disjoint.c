/* SPDX-License-Identifier: BSD-3-Clause */
/* Which of several snapshots can be one: those of which no sensor observed the same time twice. */
#include "tt_compact_private.h"

#include <errno.h>
#include <string.h>

/* Time that a sensor observed, of the snapshots that were taken. What adjoins is one. */
struct taken {
	struct tt_covered *rows; /* [n], by origin and time */
	size_t n, room;
};

/* The first row that does not come before another one, in the order of the list. */
static size_t
place_of(const struct taken *t, const struct tt_covered *row)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(t->rows[middle].origin, row->origin);

		if (order < 0 || (order == 0 && t->rows[middle].from_us < row->from_us))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_same_origin(const struct tt_covered *a, const struct tt_covered *b)
{
	return strcmp(a->origin, b->origin) == 0;
}

/* As tt_compact_join_coverage finds it. */
static bool
is_twice(const struct taken *t, const struct tt_covered *row)
{
	size_t at = place_of(t, row);
	const struct tt_covered *before = at == 0 ? NULL : &t->rows[at - 1];
	const struct tt_covered *after = at == t->n ? NULL : &t->rows[at];

	if (before != NULL && is_same_origin(before, row)
			&& before->until_us > row->from_us)
		return true;
	return after != NULL && is_same_origin(after, row)
			&& (after->from_us == row->from_us
					|| after->from_us < row->until_us);
}

static int
take(struct taken *t, const struct tt_covered *row)
{
	size_t at = place_of(t, row);

	if (at > 0 && is_same_origin(&t->rows[at - 1], row)
			&& t->rows[at - 1].until_us == row->from_us
			&& row->from_us < row->until_us) {
		t->rows[at - 1].until_us = row->until_us;
		return 0;
	}
	if (t->n == t->room) {
		size_t room = t->room == 0 ? 16 : 2 * t->room;
		struct tt_covered *more = reallocarray(t->rows, room, sizeof(*more));

		if (more == NULL)
			return -ENOMEM;
		t->rows = more;
		t->room = room;
	}
	memmove(&t->rows[at + 1], &t->rows[at], (t->n - at) * sizeof(*row));
	t->rows[at] = *row;
	t->n++;
	return 0;
}

/* Takes a snapshot, or leaves it aside. */
static int
take_part(struct taken *t, const char *path, bool *aside, struct tt_error *err)
{
	struct tt_covered_rows rows = {0};
	struct tt_snapshot *part;
	int ret = tt_snapshot_open(&part, path, err);

	if (ret != 0)
		return ret;
	ret = tt_compact_read_coverage(part, &rows, err);
	tt_snapshot_close(part);
	*aside = false;
	for (size_t i = 0; ret == 0 && i < rows.n; i++)
		*aside |= is_twice(t, &rows.all[i]);
	for (size_t i = 0; ret == 0 && !*aside && i < rows.n; i++)
		if (take(t, &rows.all[i]) != 0)
			ret = tt_error_set(err, -ENOMEM, path, "out of memory");
	free(rows.all);
	return ret;
}

int
tt_compact_disjoint(const char *const *parts, size_t n, bool *aside, struct tt_error *err)
{
	struct taken t = {0};
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < n; i++)
		ret = take_part(&t, parts[i], &aside[i], err);
	free(t.rows);
	return ret;
}
