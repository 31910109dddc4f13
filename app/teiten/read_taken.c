/* SPDX-License-Identifier: BSD-3-Clause */
/* The intervals that the scan announced, held against those that the spool has already. */
#include "reading.h"

#include "tt_time.h"

#include <errno.h>

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void
sort_starts(struct reading *r)
{
	size_t kept = 0;

	if (r->n_starts > 0)
		qsort(r->starts, r->n_starts, sizeof(*r->starts), compare);
	for (size_t i = 0; i < r->n_starts; i++)
		if (kept == 0 || r->starts[kept - 1] != r->starts[i])
			r->starts[kept++] = r->starts[i];
	r->n_starts = kept;
}

static int
make_room(struct reading *r)
{
	size_t room = r->room_starts == 0 ? 64 : 2 * r->room_starts;
	int64_t *more;

	if (r->n_starts < r->room_starts)
		return 0;
	/* Files out of order announce an interval many times. */
	sort_starts(r);
	if (2 * r->n_starts < r->room_starts)
		return 0;
	more = reallocarray(r->starts, room, sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	r->starts = more;
	r->room_starts = room;
	return 0;
}

int
reading_note_interval(struct reading *r, int64_t start_us)
{
	if (r->n_starts > 0 && r->starts[r->n_starts - 1] == start_us)
		return 0;
	if (make_room(r) != 0)
		return -ENOMEM;
	r->starts[r->n_starts++] = start_us;
	return 0;
}

struct taken {
	uint64_t n, of;
	int64_t first_us;
};

static void
ask(const struct reading *r, int64_t start_us, struct taken *taken)
{
	taken->of++;
	if (!tt_spool_has(r->spool, start_us))
		return;
	if (taken->n++ == 0)
		taken->first_us = start_us;
}

static int
refuse(const struct reading *r, const struct taken *taken, struct tt_error *err)
{
	char day[TT_TIME_TEXT_MAX], name[TT_TIME_TEXT_MAX];

	tt_error_set(err, -EEXIST, NULL,
			"there is a snapshot of this interval already (%llu of %llu "
			"intervals); read files that share an interval together, choose "
			"another spool, or give --skip-existing",
			(unsigned long long)taken->n, (unsigned long long)taken->of);
	tt_error_at(err, "%s/%s/%s/%s", r->config.spool, r->config.sensor,
			tt_time_format_date(taken->first_us, day),
			tt_time_format_compact(taken->first_us, name));
	return -EEXIST;
}

int
reading_check_taken(struct reading *r, struct tt_error *err)
{
	struct taken taken = {0};

	sort_starts(r);
	for (size_t i = 0; i < r->n_starts; i++) {
		int64_t end = i == 0 ? r->starts[0]
				     : r->starts[i - 1] + r->config.interval_us;

		/* Empty intervals between are written as well, unless they are a gap. */
		if (r->starts[i] - end <= r->config.max_gap_us)
			for (; end < r->starts[i]; end += r->config.interval_us)
				ask(r, end, &taken);
		ask(r, r->starts[i], &taken);
	}
	return taken.n == 0 || r->skip_existing ? 0 : refuse(r, &taken, err);
}
